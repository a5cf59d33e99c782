"""A configuration whose mail templates are faulty is refused, and what is wrong is named; one with doubts is not."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.rig.process import PATIENCE
from tests.rig.tap import Tap, same

BUILD = os.environ.get("BUILD", "build")
SECRETS = ["token.key", "smtp.password", "support.password", "emerging.password", "billing.password"]
USER = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def checked(folder, files):
    """gatewayd -n on the example configuration with these templates of the operator's own."""
    for name, text in files.items():
        path = folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = subprocess.run([f"{ROOT}/{BUILD}/gatewayd", "-n", "-c", folder / "gatewayd.conf"], timeout=60 * PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stderr.splitlines()


def example(folder):
    """The example configuration with its secrets, the user and folders of this machine, and a folder for templates."""
    text = (ROOT / "conf/gatewayd.conf.example").read_text()
    text = text.replace('user = "gatewayd";', f'user = "{USER.pw_name}";')
    text = text.replace('"/var/lib/gatewayd/', f'"{folder}/').replace('"/run/gatewayd/', f'"{folder}/')
    (folder / "templates" / "en").mkdir(parents=True)
    (folder / "gatewayd.conf").write_text(f'templates = "{folder}/templates";\n' + text)
    for name in SECRETS:
        path = folder / name
        path.touch(mode=0o600)
        path.write_text("0123456789abcdef" * 3 + "\n")
        os.chown(path, USER.pw_uid, -1)


def ctl(folder, *words):
    done = subprocess.run([f"{ROOT}/{BUILD}/gatewayctl", "-c", folder / "gatewayd.conf", *words], timeout=60 * PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def preview(tap, folder):
    """gatewayctl template list and show, without a daemon."""
    with tap.point("all mails are listed with their languages"):
        status, out, _ = ctl(folder, "template", "list", "--json")
        rows = {row["notice"]: row for row in json.loads(out)}
        opened, told = rows["opened.requester"], rows["opened.queue"]
        same((status, opened["template"], opened["told"]), (0, "confirmation", "on"))
        same(opened["languages"], ["en", "de", "fr", "es", "ja"])
        same((told["to"], told["template"], told["languages"][:2]), ("staff", "staff_new_case", ["en", "de"]))
    with tap.point("a mail is shown with samples, in a language, and as HTML"):
        page = folder / "page.html"
        status, out, _ = ctl(folder, "template", "show", "confirmation", "--lang", "de", "--html", page)
        same((status, out.splitlines()[0]), (0, "Subject: [Case #4711] Wir haben Ihre E-Mail erhalten"))
        same('<html lang="de"' in page.read_text() and "Dringlichkeit 3" in page.read_text(), True)
    with tap.point("a template that was edited is shown as it is now"):
        own = folder / "templates/en/confirmation.txt"
        own.write_text("Subject: Mine\n\n{{! facts }}\nCase: {{case}}\n")
        status, out, _ = ctl(folder, "template", "show", "confirmation", "--html", page)
        own.unlink()
        same((status, out), (0, "Subject: [Case #4711] Mine\n\nCase: 4711\n"))
        same("4711</td>" in page.read_text(), True)
    with tap.point("a template that gatewayd refuses is not shown, and what is wrong in it is named"):
        for words, wrong in (("{{custmer}}", "{{custmer}}: unknown placeholder; did you mean {{customer}}?"), ("{{#due}}", "{{due}}: is not closed")):
            own.write_text(f"Subject: Mine\n\nCase {{{{case}}}}\n{words}\n")
            same(ctl(folder, "template", "show", "confirmation"), (65, "", f"gatewayctl: {own}:4: {wrong}\n"))
        own.unlink()
    with tap.point("a mail is shown of a case"):
        same(ctl(folder, "case", "open", "--queue", "technical", "--channel", "phone", "--from", "ann@customer.example",
                 "--subject", "The proxy drops requests", "Since ten o'clock.")[0], 0)
        status, out, _ = ctl(folder, "template", "show", "staff_new_case", "--case", "1")
        same((status, "The proxy drops requests" in out, "Since ten o'clock." in out), (0, True, True))
    with tap.point("what is not there is refused"):
        same(ctl(folder, "template", "show", "xyzzy")[::2], (64, 'gatewayctl: there is no mail template "xyzzy"; gatewayctl template list lists them\n'))
        same(ctl(folder, "template", "show", "confirmation", "--case", "99")[0], 65)


def main():
    tap = Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatewayd-templates-"))
    os.chown(folder, USER.pw_uid, -1)
    try:
        example(folder)
        with tap.point("the shipped templates are good"):
            same(checked(folder, {}), (0, []))
        with tap.point("a template of the operator's own is good"):
            same(checked(folder, {"en/confirmation.txt": "Subject: Got it\n\nCase {{case}}\n"}), (0, []))
        with tap.point("an unknown placeholder is named with file and line"):
            status, lines = checked(folder, {"en/confirmation.txt": "Subject: Got it\n\nCase {{caze}}\n"})
            same((status, lines[0]),
                 (78, f"{folder}/templates/en/confirmation.txt:3: {{{{caze}}}}: unknown placeholder; did you mean {{{{case}}}}?"))
        with tap.point("so is a section that is not closed, in HTML as well"):
            status, lines = checked(folder, {"en/confirmation.txt": "Subject: Got it\n\nx\n",
                                             "en/confirmation.html": "<p>\n{{#due}}\n"})
            same((status, lines[0]),
                 (78, f"{folder}/templates/en/confirmation.html:2: {{{{due}}}}: is not closed"))
        with tap.point("a configuration that is only doubtful is good, and the doubt is told"):
            conf = folder / "gatewayd.conf"
            conf.write_text(conf.read_text().replace("\nauthserv_ids = ", "\n#"))
            status, lines = checked(folder, {"en/confirmation.html": "<p>\n"})
            same((status, len(lines)), (0, 1))
            at = 1 + [line.startswith("staff_trust") for line in conf.read_text().splitlines()].index(True)
            same(lines[0][:len(f"{conf}:{at}: warning: staff_trust: without")], f"{conf}:{at}: warning: staff_trust: without")
        for own in (folder / "templates/en").iterdir():
            own.unlink()
        preview(tap, folder)
    finally:
        shutil.rmtree(folder)
    tap.done()


if __name__ == "__main__":
    main()
