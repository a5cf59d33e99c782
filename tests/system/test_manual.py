"""Each example in the manual is run: a configuration is checked, a command typed, a file imported, a mail sent.

What needs another machine (a package, a unit, a provider) names the test that has it."""
import base64
import hmac
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.gatewayd import BUILD, ROOT
from tests.rig.process import PATIENCE
from tests.rig.tap import Tap, same

PAGES = sorted([*ROOT.glob("gatewayd/*.[78]"), ROOT / "conf/gatewayd.conf.5", ROOT / BUILD / "gatewayd-templates.7"])
BASE = {
    "hostname": '"mail.example.com"', "company": '"Example Networks"', "token_key_file": '"token.key"', "store": '"gatewayd.db"',
    "socket": '"control.sock"', "authserv_ids": '[ "mx.example.com" ]', "border_hosts": '[ "mx.example.com above" ]',
    "mailboxes": '{ support: { host = "localhost"; tls = "none"; user = "s"; secret_file = "s.secret"; processed = "P"; '
                 'queue = "technical"; address = "support@example.com"; }; }',
    "smtp": '{ host = "localhost"; tls = "none"; auth = "none"; }',
    "queues": '{ technical: { kind = "technical"; notify = [ "alice@example.com" ]; }; }',
    "staff": '{ alice: { name = "Alice"; addresses = [ "alice@example.com" ]; }; }',
}
# Where what cannot be typed here is typed: the words must stand in that file.
ELSEWHERE = {
    "systemctl": ("tests/package/inside", "systemctl"), "apt-get install": ("tests/package/inside", "apt-get install -y"),
    "gatewayctl login": ("tests/system/test_oauth.py", '"login"'), "gatewayctl setup": ("tests/system/test_setup.py", "setup"),
    "createuser": ("tests/rig/postgresql.py", "-U"), "createdb": ("tests/rig/postgresql.py", '"createdb"'),
    "gatewayctl store copy": ("tests/system/test_store_copy.py", '"store", "copy"'),
    "gatewayctl doctor": ("tests/system/test_doctor.py", "doctor"),
}
# PowerShell of the provider; a Postfix that runs.
FOREIGN = ("New-ServicePrincipal", "Add-MailboxPermission", "-User ", "Set-CASMailbox", "postfix reload")


def text_of(roff):
    return roff.replace("\\e", "\\").replace("\\-", "-").replace("\\(dq", '"').replace("\\&", "")


def blocks(page):
    lines, inside = [], False
    for line in page.read_text().splitlines():
        if line.startswith(".Bd -literal"):
            lines, inside = [], True
        elif line == ".Ed" and inside:
            inside = False
            yield text_of("\n".join(lines)) + "\n"
        elif inside:
            lines.append(line)


class Place:
    """A folder with a configuration, a store with one mail, and what examples name."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("token.key", "s.secret"):
            self.file(name, "0123456789abcdef" * 3 + "\n")
        (folder / "policy").symlink_to(ROOT / "conf/policy")
        self.conf = self.file("gatewayd.conf", "".join(f"{k} = {v};\n" for k, v in BASE.items()))
        for sender in ("ann@acme.example", "ann@customer.example"):
            self.ctl("ingest", "--mailbox", "support", stdin=f"From: {sender}\nSubject: x\n\nx\n")

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def run(self, *words, stdin=""):
        return subprocess.run(list(map(str, words)), input=stdin, capture_output=True, text=True, timeout=60 * PATIENCE, cwd=self.folder)

    def ctl(self, *words, stdin=""):
        done = self.run(os.path.abspath(BUILD / "gatewayctl"), "-c", self.conf, *words, stdin=stdin)
        assert done.returncode in (0, 69) and not done.stderr, (words, done)    # 69: status says that no daemon runs
        return done.stdout

    def here(self, line):
        """Nothing is written outside of the folder."""
        line = line.replace("$(man -w gatewayd-mail)", str((ROOT / "gatewayd/gatewayd-mail.7").resolve()))
        return re.sub(r"/var/backups|/etc/gatewayd|/root", str(self.folder), line)

    def configuration(self, block):
        own = re.findall(r"^(\w+) *[:=]", block, re.M)
        rest = "".join(f"{k} = {v};\n" for k, v in BASE.items() if k not in own)
        path = self.file("example.conf", rest + block)
        done = self.run(os.path.abspath(BUILD / "gatewayd"), "-n", "-s", "-c", path)
        same(done.returncode, 0, done.stderr)

    def command(self, line):
        for words, (file, text) in ELSEWHERE.items():
            if line.startswith(words):
                assert text in (ROOT / file).read_text(), (line, file)
                return
        line = self.here(line)
        words = ["sh", "-c", line] if re.search("[<>|]", line) else shlex.split(line)
        if words[0] == "gatewayctl":
            # It asks on a terminal, and here is none.
            self.ctl(*words[1:], *(["--yes"] if words[1:3] == ["person", "erase"] and "--dry-run" not in words else []))
            return
        if words[0] == "postconf":
            words[1:1] = ["-c", self.folder]
            self.file("main.cf", "")
        done = self.run(*words)
        same(done.returncode, 0, done.stderr)
        if words[0] == "doveconf":
            same(done.stdout, "lmtp_save_to_detail_mailbox = no\n")


def kind_of(block):
    """Its name and how it is run."""
    first = block.split("\n")[0]
    if first.startswith("[ {"):
        return "a file of accounts", lambda place: place.ctl("account", "import", "-", "--dry-run", stdin=block)
    if re.match(r"[A-Z][\w ().@-]*: ?", first):
        return "answers to setup", questions(block)
    if first.startswith("def verify("):
        return "a receiver of webhooks", lambda place: verifies(block)
    if re.match(r"\S+:\d+:", first):
        return "a password file of libpq", lambda place: same(len(first.split(":")), 5)
    if first.startswith("#"):
        return "a mail of staff", played(block)
    if re.match(r"\w+(:$| = |: \{)", first):
        return "a configuration", lambda place: place.configuration(block)
    return "commands", lambda place: typed(place, block)


def questions(block):
    known = (ROOT / "conf/setup.conf").read_text() + "".join(p.read_text() for p in ROOT.glob("gatewayd/begin/*.c"))

    def run(place):
        for line in block.splitlines():
            label = line.split(":")[0]
            assert re.sub(r"\S+@\S+.*", "", label) in known, label
    return run


def played(block):
    def run(place):
        assert any(block in p.read_text() for p in ROOT.glob("tests/scenarios/*.txt")), "no scenario has it"
    return run


def verifies(block):
    """Its own signature is right, and no other."""
    names = {"base64": base64, "hmac": hmac, "time": time}
    exec(block, names)
    key, body = b"0123456789abcdef", b'{"event": "case.opened"}'
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time()))}
    signed = hmac.digest(key, f"msg_1.{headers['webhook-timestamp']}.".encode() + body, "sha256")
    secret = "whsec_" + base64.b64encode(key).decode()
    for mac, good in ((signed, True), (bytes(32), False)):
        headers["webhook-signature"] = "v1," + base64.b64encode(mac).decode()
        try:
            names["verify"](secret, headers, body)
            taken = True
        except ValueError:
            taken = False
        same(taken, good)


def typed(place, block):
    for line in block.replace("\\\n", " ").splitlines():
        if not line.startswith(FOREIGN):
            place.command(line)


def check_verbs(tap, place):
    """What is named in a sentence exists, too."""
    with tap.point("each verb that a page names is one"):
        verbs = {v["name"] for v in json.loads(place.ctl("help", "--json"))}
        nouns = {v.split()[0] for v in verbs}
        for page in PAGES:
            for words in re.findall(r"gatewayctl (?:Cm )?([a-z]+(?: [a-z]+)?)", text_of(page.read_text())):
                first = words.split()[0]
                assert words in verbs or first in verbs or (words == first and first in nouns), (page.name, words)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-manual-") as folder:
        place = Place(pathlib.Path(folder))
        for page in PAGES:
            for number, block in enumerate(blocks(page), 1):
                kind, run = kind_of(block)
                with tap.point(f"{page.name}, example {number}: {kind}"):
                    run(place)
        check_verbs(tap, place)
    tap.done()


if __name__ == "__main__":
    main()
