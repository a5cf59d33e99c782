#!/usr/bin/env python3
"""Pictures of every mail template, at the widths of a phone and of a screen, light and dark.

usage: tests/pictures.py [NAME...]    NAME: a template or a language; without one, all of both

Each picture is build/pictures/LANGUAGE/TEMPLATE.png: the mail 360 and 800 pixels wide beside each other, and
TEMPLATE.dark.png the same in dark mode.  Needs chromium; run by `make templates-pictures`, not by `make check`.
"""
import concurrent.futures
import html
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / "build/pictures"
WIDTHS = (360, 800)
GAP = 20
HEIGHT = 1500
# A template that looks another way with a value set.
VARIANTS = {"confirmation": ["severity_requested=1"], "staff_new_case": ["severity_requested=1"], "listing_answer": ["cases="]}
CONF = """
hostname = "mx.example.com"; company = "Example Support"; token_key_file = "key";
mailboxes: {{ support: {{ host = "127.0.0.1"; tls = "none"; auth = "none"; processed = "Done"; queue = "technical";
                          address = "support@example.com"; }}; }};
smtp: {{ host = "127.0.0.1"; tls = "none"; auth = "none"; }};
queues: {{ technical: {{ kind = "technical"; zone = "Europe/Berlin"; phone = "+49 30 5550100";
                         portal = "https://portal.example.com/"; community = "https://community.example.com/"; }}; }};
"""
SHEET = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0;background:#888;display:flex;gap:{gap}px;align-items:start">
{frames}<script>
for (const f of document.querySelectorAll("iframe"))
  f.onload = () => f.style.height = f.contentDocument.documentElement.scrollHeight + "px";
</script></body>"""
FRAME = '<iframe width="{width}" height="10" style="border:0;flex:none" srcdoc="{mail}"></iframe>'


def ctl(conf, *words):
    build = ROOT / os.environ.get("BUILD", "build")
    done = subprocess.run([build / "gatewayctl", "-c", conf, *words], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def shoot(sheet, picture, dark):
    """A profile of its own each time: several run at once."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as profile:
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        f"--user-data-dir={profile}", "--hide-scrollbars", "--virtual-time-budget=2000",
                        f"--window-size={sum(WIDTHS) + GAP},{HEIGHT}",
                        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                        f"--screenshot={picture}", f"file://{sheet}"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True)


def picture(conf, template, language, setting):
    folder = OUT / language
    folder.mkdir(parents=True, exist_ok=True)
    name = template + ("." + setting.split("=")[0] if setting else "")
    mail, sheet = folder / f"{name}.html", folder / f"{name}.sheet.html"
    words = ["template", "show", template, "--lang", language, "--html", mail]
    text = ctl(conf, *words, *(["--set", setting] if setting else []))
    (folder / f"{name}.txt").write_text(text)
    frames = [FRAME.format(width=w, mail=html.escape(mail.read_text())) for w in WIDTHS]
    sheet.write_text(SHEET.format(gap=GAP, frames="".join(frames)))
    shoot(sheet, folder / f"{name}.png", False)
    shoot(sheet, folder / f"{name}.dark.png", True)
    sheet.unlink()


def main():
    if not shutil.which("chromium"):
        sys.exit("chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="pictures-") as place:
        conf = pathlib.Path(place) / "gatewayd.conf"
        conf.write_text(CONF.format())
        shown = {(row["template"], language) for row in json.loads(ctl(conf, "template", "list", "--json"))
                 for language in row["languages"]}
        jobs = [(template, language, setting) for template, language in sorted(shown)
                for setting in [None, *VARIANTS.get(template, [])]]
        wanted = [j for j in jobs if all(name in j[:2] for name in sys.argv[1:])]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(picture, conf, *job) for job in wanted]:
                done.result()
    print(f"{len(wanted)} mails in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
