"""gatewayctl setup: asked on a terminal and by answers, tried, and nothing half left behind."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, ROLE_USER, Gatewayd
from tests.rig.mail import compose
from tests.rig.mounts import own_mounts
from tests.rig.process import PATIENCE, free_port
from tests.rig.tap import Tap, same
from tests.rig.terminal import Terminal

NOT_WRITTEN, WRONG_ANSWER = 69, 65


class World:
    def __init__(self, rig):
        self.rig = rig
        self.shipped = Gatewayd(rig, "shipped").dir     # policy and templates
        self.count = 0

    def folder(self):
        """An empty one where a configuration may be written; the state beside it is the daemon's user's."""
        self.count += 1
        path = self.rig.dir / f"etc-{self.count}"
        (path / "state").mkdir(parents=True)
        user = pwd.getpwnam(ROLE_USER)
        os.chown(path / "state", user.pw_uid, user.pw_gid)
        for name in ("policy", "templates"):
            (path / name).symlink_to(self.shipped / name)
        return path

    def answers(self, path, **change):
        """What nobody has to be asked, and with `change` the rest."""
        rest = {"daemon_user": ROLE_USER, "store": path / "state" / "gatewayd.db", "socket": path / "state" / "control.sock"}
        (path / "answers").write_text("".join(f"{k} = {v}\n" for k, v in {**rest, **change}.items() if v is not None))
        return path / "answers"

    def all(self, **change):
        rig = self.rig
        return {"company": "Example Support", "addresses": r.SUPPORT, f"password.{r.SUPPORT}": rig.users[r.SUPPORT],
                "imap": f"localhost:{rig.dovecot.imaps} implicit", "smtp": f"localhost:{rig.postfix.submission} starttls",
                "ca_file": rig.authority.ca, "staff": f"Sam Sample <{r.SAM}>, {r.TESS}", "zone": "Europe/Berlin", **change}

    def run(self, path, *args, stdin=None, etc=None):
        """`etc`: a folder that it sees as /etc."""
        command = [BUILD / "gatewayctl", "-c", path / "gatewayd.conf", "setup", *args]
        if etc:
            command = [*own_mounts("sh", "-c"), 'mount --bind "$0" /etc && exec "$@"', etc, *command]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL if stdin is None else None)


def left(path):
    """What setup has made there."""
    return sorted(str(p.relative_to(path)) for p in path.rglob("*")
                  if p.name not in ("policy", "templates", "state", "answers") and "state" not in p.parts)


def check_written(path):
    """Its files: who may read them, and a configuration without a warning."""
    user = pwd.getpwnam(ROLE_USER)
    for secret in (path / "secrets").iterdir():
        stat = secret.stat()
        same((stat.st_mode & 0o7777, stat.st_uid), (0o600, user.pw_uid), secret.name)
    same((path / "secrets").stat().st_mode & 0o7777, 0o750, "secrets")
    same((path / "gatewayd.conf").stat().st_mode & 0o7777, 0o644, "gatewayd.conf")
    done = subprocess.run([BUILD / "gatewayd", "-n", "-c", path / "gatewayd.conf"], capture_output=True, text=True, timeout=60 * PATIENCE)
    same((done.returncode, done.stderr), (0, ""), "gatewayd -n")


def check_terminal(tap, w):
    rig = w.rig
    with tap.point("on a terminal: questions, a wrong answer asked again, tried, proposals taken, written"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "From outside", "Hello."))
        rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "From outside")
        path = w.folder()
        t = Terminal(BUILD / "gatewayctl", "-c", path / "gatewayd.conf", "setup", "--answers", w.answers(path))
        t.answer("Whose servers: own, microsoft365 or google [own]: ", "mine")
        t.answer("That does not do: say own, microsoft365 or google", "")
        t.answer("Name of the company", "Example \"Support\"")
        t.answer("Addresses that customers write to", r.SUPPORT)
        t.answer(f"What comes to {r.SUPPORT}", "")
        t.answer(f"User that logs in for {r.SUPPORT} [{r.SUPPORT}]: ", "")
        t.answer(f"Password of {r.SUPPORT} (not shown): ", rig.users[r.SUPPORT])
        t.answer("IMAP server", f"localhost:{rig.dovecot.imaps} implicit")
        t.answer("SMTP server", f"localhost:{rig.postfix.submission} starttls")
        t.answer("File of the CA", str(rig.authority.ca))
        t.answer(f"User that logs in to the SMTP server [{r.SUPPORT}]: ", "")
        t.answer("Who answers", f"Sam Sample <{r.SAM}>, {r.TESS}")
        t.answer("Time zone [", "Europe/Berlin")
        t.expect("good   mailbox support: TLS and log-in")
        t.answer("Put the lines that it proposes into the configuration [yes]: ", "")
        t.expect("1 of 1 mails from outside have results of our border")
        t.expect(f"Next:\n  gatewayd -c {path}/gatewayd.conf\n  gatewayctl -c {path}/gatewayd.conf doctor\n")
        same(t.wait(), 0, t.screen)
        assert rig.users[r.SUPPORT] not in t.screen, "a password was shown"
        check_written(path)
        text = (path / "gatewayd.conf").read_text()
        for words in ('company = "Example \\"Support\\"";', 'authserv_ids = [ "mx.example.test" ];', 'staff_trust = "dmarc";',
                      'sam: { name = "Sam Sample"; addresses = [ "sam@example.test" ]; };',
                      'tess: { name = "Tess"; addresses = [ "tess@example.test" ]; };'):
            assert words in text, text
        same(left(path), ["gatewayd.conf", "secrets", "secrets/support.password", "secrets/token-key"])
    with tap.point("Ctrl-C at a question, at a password and while it is tried leaves nothing"):
        for stop in range(3):
            path = w.folder()
            known = w.all() if stop == 2 else {k: v for k, v in w.all().items() if not k.startswith("password")}
            if stop == 0:
                known.pop("company")
            if stop == 2:   # whose answer comes late
                known["imap"] = "192.0.2.1:993"
            t = Terminal(BUILD / "gatewayctl", "-c", path / "gatewayd.conf", "setup", "--answers",
                         w.answers(path, provider="own", **known, **{f"kind.{r.SUPPORT}": "technical", f"user.{r.SUPPORT}": r.SUPPORT},
                                   smtp_user=r.SUPPORT))
            t.expect(("Name of the company", "Password of", "Trying it")[stop])
            t.interrupt()
            t.expect("Stopped; nothing was written.")
            same(t.wait(), 75, t.screen)
            same(left(path), [])


def check_answers(tap, w):
    with tap.point("answers in a file: written, and a second time beside it, with the secrets that are there"):
        path = w.folder()
        done = w.run(path, "--answers", w.answers(path, **w.all()))
        same(done.returncode, 0, done.stdout + done.stderr)
        check_written(path)
        first = (path / "gatewayd.conf").read_text()
        key = (path / "secrets" / "token-key").read_text()
        done = w.run(path, "--answers", path / "answers")
        same(done.returncode, 0, done.stdout + done.stderr)
        assert "The one that was there stays" in done.stdout, done.stdout
        same(((path / "gatewayd.conf").read_text(), (path / "secrets" / "token-key").read_text()), (first, key))
        same(left(path), ["gatewayd.conf", "gatewayd.conf.new", "secrets", "secrets/support.password", "secrets/token-key"])
        same((path / "gatewayd.conf.new").read_text(), first)
        assert "Secrets of before" not in done.stdout, done.stdout
    with tap.point("with another secret: a file of its own, and commands to the new one, back, and to be rid of what is left"):
        done = w.run(path, "--anyway", "--answers", w.answers(path, **w.all(**{f"password.{r.SUPPORT}": "another"})))
        same(done.returncode, 0, done.stdout + done.stderr)
        assert '"secrets/support.password-2"' in (path / "gatewayd.conf.new-2").read_text()
        for words in (f"  mv {path}/gatewayd.conf.new-2 {path}/gatewayd.conf\n",
                      "or, to go on without what was written now,\n"
                      f"  rm {path}/gatewayd.conf.new-2 {path}/secrets/support.password-2\n",
                      f"when it is in its place:\n  rm {path}/secrets/support.password\n"):
            assert words in done.stdout, done.stdout
    with tap.point("root without a user gatewayd, by answers: it is created and stands in the configuration, or all is as it was"):
        etc, home = w.rig.dir / "etc", "gatewayd:x:"
        shutil.copytree("/etc", etc, symlinks=True)
        for name in ("passwd", "group", "shadow", "gshadow"):
            file = etc / name
            file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("gatewayd:")))
        path = w.folder()
        store = path / "var" / "gatewayd.db"
        for change, status, there in (({"zone": "Mars"}, WRONG_ANSWER, False), ({"smtp": f"localhost:{free_port()}"}, NOT_WRITTEN, False),
                                      ({"create_user": "no"}, WRONG_ANSWER, False), ({}, 0, True)):
            answers = w.answers(path, **w.all(daemon_user=None, store=store, **change))
            done = w.run(path, "--answers", answers, etc=etc)
            same(done.returncode, status, done.stdout + done.stderr)
            same((home in (etc / "passwd").read_text(), (path / "gatewayd.conf").exists()), (there, there), done.stdout)
        assert "The user gatewayd was created." in done.stdout, done.stdout
        assert '\nuser = "gatewayd";' in (path / "gatewayd.conf").read_text()
        uid = int(next(line for line in (etc / "passwd").read_text().splitlines() if line.startswith(home)).split(":")[2])
        same({p.stat().st_uid for p in (store.parent, *(path / "secrets").iterdir())}, {uid})
    with tap.point("by standard input, without plus addresses: what the trial found stands in it"):
        path = w.folder()
        plain = w.rig.add_postfix("plain", delimiter="")
        done = w.run(path, "--json", stdin=w.answers(path, **w.all(smtp=f"localhost:{plain.submission} starttls")).read_text())
        same((done.returncode, json.loads(done.stdout)), (0, {"written": True}), done.stderr)
        assert "plus addresses do not arrive, and are not used" in done.stderr, done.stderr
        assert "\nplus_addresses = false;" in (path / "gatewayd.conf").read_text()
        check_written(path)
    with tap.point("what does not work is not written, unless it is wanted"):
        path = w.folder()
        file = w.answers(path, **w.all(smtp=f"localhost:{free_port()} starttls"))
        done = w.run(path, "--answers", file)
        same(done.returncode, NOT_WRITTEN, done.stdout + done.stderr)
        assert "WRONG  smtp:" in done.stdout and "Nothing was written; with --anyway it is." in done.stdout, done.stdout
        same(left(path), [])
        same(w.run(path, "--answers", file, "--anyway").returncode, 0)
        check_written(path)
    with tap.point("answers that are missing, wrong, twice, or to no question"):
        good = w.all()
        for change, words in (({"zone": "Berlin"}, "zone: there is no such zone"), ({"company": None}, "company is missing"),
                              ({"company": ""}, "company is empty: Name of the company"),
                              ({"colour": "red"}, 'there is no question "colour" here; there are provider, company, addresses, '),
                              ({f"kind.{r.SUPPORT}": "tecnical"}, f"kind.{r.SUPPORT}: say technical, business, billing, "),
                              ({"kind.suport@example.test": "technical"},
                               f'"kind.suport@example.test" here; did you mean "kind.{r.SUPPORT}"?'),
                              ({"way": "person"}, '"way" here; there are provider, company, '),
                              ({"adopt": "maybe"}, "adopt: say yes or no"),
                              ({"addresses": None, "adress": "a@x.example"}, '"adress" here; did you mean "addresses"?'),
                              ({"daemon_user": "gatewayed"}, "daemon_user: there is no such user"), ({"staff": "nobody"}, "staff: write "),
                              ({"imap": "a b"}, "imap: behind the port stands"), ({"imap": "host:x"}, "a port is a number"),
                              ({"addresses": "support"}, "addresses: write one address"), ({"provider": "yahoo"}, "say own"),
                              ({"ca_file": "/no/such/file"}, "ca_file: No such file")):
            path = w.folder()
            answers = {k: v for k, v in {**good, **change}.items() if v is not None}
            done = w.run(path, "--answers", w.answers(path, **answers))
            same(done.returncode, WRONG_ANSWER, done.stdout)
            assert words in done.stdout, f"{words}: {done.stdout}"
            key = next(iter(change))
            lines = (path / "answers").read_text().splitlines()
            at = [f":{i}" for i, line in enumerate(lines, 1) if line.startswith(f"{key} = ") or "adress" in line and "adress" in change]
            assert f"gatewayctl: {path}/answers{(at or [''])[0]}: " in done.stdout, f"{words}: {done.stdout}"
            same(left(path), [])
        path = w.folder()
        done = w.run(path, stdin="company = a\ncompany = b\n")
        assert "standard input:2: company is there twice, in line 1, too" in done.stdout, done.stdout


def main():
    tap = Tap()
    with r.Rig() as rig:
        w = World(rig)
        check_terminal(tap, w)
        check_answers(tap, w)
    tap.done()


if __name__ == "__main__":
    main()
