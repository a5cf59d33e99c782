"""gatewayctl doctor: a good set-up, and each kind of wrong thing with the line that says what to do."""
import contextlib
import grp
import json
import os
import pathlib
import pwd
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import Gatewayd, running
from tests.rig.hook_receiver import HookReceiver, new_secret
from tests.rig.mail import compose, parse
from tests.rig.pki import Authority
from tests.rig.process import free_port, wait_for
from tests.rig.tap import Tap, same

WRONG = 69
BORDER = ["mx.example.test above", "mail.example.test inside"]
# A wrong password is refused as quickly as the next one.
AT_ONCE = """
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
"""
NO_MOVE = "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE NAMESPACE AUTH=PLAIN AUTH=LOGIN"


class World:
    """A rig with a configuration, and no daemon on it."""

    def __init__(self, rig):
        self.rig = rig
        self.daemon = Gatewayd(rig)
        self.settings = self.daemon.settings
        self.settings["mailboxes"].pop("emerging")
        self.settings["queues"].pop("emerging")
        self.settings["border_hosts"] = BORDER
        self.settings["limits"]["disk_free"] = "1MB"
        self.support, self.smtp = self.settings["mailboxes"]["support"], self.settings["smtp"]
        for path in self.daemon.dir.glob("secret-*"):
            self.daemon.own(path)

    def doctor(self, *args):
        """The findings, and its exit status."""
        self.daemon.write_conf()
        _, done = self.daemon.ctl_run("doctor", "--json", *args)
        assert done.stdout, done.stderr
        return json.loads(done.stdout), done.returncode

    def finds(self, what, words, todo="", state="wrong", args=()):
        """One of the findings; it decides the exit status."""
        found, status = self.doctor(*args)
        match = [f for f in found if f["what"] == what and words in f["text"] and f["state"] == state and
                 todo in (f["todo"] or "")]
        assert match, "\n".join(str(f) for f in found)
        same(status, WRONG if any(f["state"] == "wrong" for f in found) else 0, "exit status")
        return match[0]

    @contextlib.contextmanager
    def changed(self, table, **values):
        """Settings that are put back; with no SMTP server no mail to itself is waited for."""
        before = dict(table)
        table.update(values)
        try:
            yield
        finally:
            table.clear()
            table.update(before)


def check_good(tap, w):
    with tap.point("a good set-up: nothing is wrong, each thing is named, and no mail is left behind"):
        w.rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "From outside", "Hello."))
        w.rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "From outside")
        found, status = w.doctor()
        same(([f for f in found if f["state"] == "wrong"], status), ([], 0))
        text = "\n".join(f"{f['what']}: {f['text']}" for f in found)
        for words in ("user: tried as nobody", "files: nobody reads", "configuration:", "store: nobody writes in", "disk:",
                      "memory:", "descriptors:", "zone: in Europe/Berlin it is", "smtp: TLS and log-in at localhost", "SMTPUTF8",
                      "IDLE, MOVE and UIDPLUS", "folder INBOX: 1 mails", "1 of 1 mails from outside have results",
                      "a mail to itself came back", "plus addresses arrive", "clock:"):
            assert words in text, f"{words}:\n{text}"
        same([m["Subject"] for m in map(parse, w.rig.mailbox(r.SUPPORT))], ["From outside"])
    with tap.point("a user and groups that are not there are findings that name them"):
        with w.changed(w.settings, user="gatewyd"):
            w.finds("user", 'there is no user "gatewyd" on this machine', "create it")
        w.finds("user", 'there is no user "nobdy"', "name another behind --user", args=("--user", "nobdy"))
        for key in ("control_group", "data_group"):
            with w.changed(w.settings, **{key: "admns"}):
                w.finds("configuration", f'{key}: there is no group "admns" on this machine')
    with tap.point("what the border writes is proposed, and good when it is pasted"):
        with w.changed(w.settings, authserv_ids=["mx.example.com"], border_hosts=["mx.example.com above"]):
            paste = w.finds("border of support", "0 of 1 mails", "put this into the configuration")["paste"]
            for key in ("authserv_ids", "border_hosts"):
                words = re.search(rf"^{key} = \[ (.*) \];$", paste, re.M)[1]
                w.settings[key] = [s.strip('"') for s in words.split(", ")]
            w.finds("border of support", "1 of 1 mails", state="good")


def check_servers(tap, w):
    nobody = free_port()
    with tap.point("a wrong password, of a mailbox and of the SMTP server"):
        path = pathlib.Path(w.support["secret_file"])
        good = path.read_text()
        path.write_text("wrong\n")
        w.finds("mailbox support", "Login denied", f"the password in {path}")
        path.write_text(good)
        path = pathlib.Path(w.smtp["secret_file"])
        good = path.read_text()
        path.write_text("wrong\n")
        w.finds("smtp", "535", f"the password in {path}")
        path.write_text(good)
    with w.changed(w.smtp, port=nobody):
        with tap.point("a closed port"):
            w.finds("smtp", f"localhost:{nobody}", "correct smtp.host and smtp.port")
            with w.changed(w.support, port=nobody):
                w.finds("mailbox support", f"localhost:{nobody}", "correct mailboxes.support.host and mailboxes.support.port")
        with tap.point("a host that is none, and a port that speaks no TLS"):
            with w.changed(w.support, host="imap.nowhere.invalid"):
                w.finds("mailbox support", "resolve", "correct mailboxes.support.host")
            with w.changed(w.support, port=w.rig.dovecot.imap):
                w.finds("mailbox support", "localhost", "mailboxes.support.tls")
        with tap.point("a certificate that nobody known has signed"):
            other = Authority(w.rig.dir / "other-ca")
            with w.changed(w.support, ca_file=str(other.ca)):
                w.finds("mailbox support", "ertificate", "mailboxes.support.ca_file")
        with tap.point("a server without MOVE, UIDPLUS and IDLE"):
            plain = w.rig.add_dovecot("plain", w.rig.users, extra=NO_MOVE)
            with w.changed(w.support, port=plain.imaps):
                w.finds("mailbox support", "no MOVE and no UIDPLUS", state="note")
                w.finds("mailbox support", "no IDLE", state="note")
        with tap.point("a folder that is not there, and those that the daemon makes"):
            with w.changed(w.support, folder="Incoming"):
                w.finds("mailbox support", "folder Incoming:", "correct mailboxes.support.folder")
            w.finds("mailbox support", "folder Processed is not there yet", state="good")
        with tap.point("a clock that is off"):
            w.rig.append(r.SUPPORT, compose(r.ANN, r.SUPPORT, "Later", "Hello.").as_bytes(), date=time.time() + 3600)
            assert "s behind the IMAP server's" in w.finds("clock", "it is 3", "timedatectl")["text"]
    check_others(tap, w)
    with tap.point("no plus addresses, and what to paste"):
        with w.changed(w.settings, recipient_delimiter="-"):
            found = w.finds(f"mail to {r.SUPPORT}", "plus addresses do not arrive", "do without")
            same(found["paste"], "plus_addresses = false;\n")
            with w.changed(w.settings, plus_addresses=False):
                w.finds(f"mail to {r.SUPPORT}", "do not arrive, and are not used", state="good")


def check_others(tap, w):
    """What only some have: a second SMTP server, and webhooks."""
    secret = w.daemon.dir / "alarm.password"
    secret.write_text(pathlib.Path(w.smtp["secret_file"]).read_text())
    secret.chmod(0o600)
    w.daemon.own(secret)
    alarm = {**{k: v for k, v in w.smtp.items() if not k.startswith("retry_")}, "secret_file": str(secret)}
    with w.changed(w.smtp, port=free_port()), w.changed(w.settings, operators_smtp=alarm, operators=[r.SAM]):
        with tap.point("operators_smtp: what it can do, a file that cannot be read, a password, a closed port"):
            w.finds("operators_smtp", "TLS and log-in at localhost", state="good")
            secret.write_text("wrong\n")
            w.finds("operators_smtp", "535", f"the password in {secret}")
            os.chown(secret, 0, 0)
            w.finds("operators_smtp", f"{secret} belongs to root", f"chown nobody {secret}")
            w.daemon.own(secret)
            alarm["port"] = free_port()
            w.finds("operators_smtp", f"localhost:{alarm['port']}", "correct operators_smtp.host and operators_smtp.port")
    key = w.daemon.dir / "hook.key"
    key.write_text(new_secret())
    key.chmod(0o600)
    w.daemon.own(key)
    receiver = HookReceiver(w.rig.cert, w.rig.key)
    hook = {"url": receiver.url("chat"), "secret_file": str(key), "ca_file": str(w.rig.authority.ca), "private": ["127.0.0.0/8", "::1"]}
    try:
        with w.changed(w.smtp, port=free_port()), w.changed(w.settings, hooks={"chat": hook}):
            with tap.point("a webhook: TLS and an answer, and nothing is posted"):
                w.finds("hook chat", "TLS and an answer", state="good")
                same((receiver.posts, receiver.unverified), ([], 0))
            with tap.point("a webhook: a private address, a CA, a redirect, a path, a key, a port"):
                with w.changed(hook, private=["10.0.0.0/8"]):
                    w.finds("hook chat", "is not public", "name its network in hooks.chat.private")
                with w.changed(hook, ca_file=str(Authority(w.rig.dir / "hook-ca").ca)):
                    w.finds("hook chat", "ertificate", "hooks.chat.ca_file")
                for status, words in ((302, "a redirect is not followed"), (404, "the path in the url"), (403, "more than the signature"),
                                      (500, "look at the receiver")):
                    receiver.head = status
                    w.finds("hook chat", f"it answers HEAD with {status}", words, state="note")
                os.chown(key, 0, 0)
                w.finds("hook chat", f"{key} belongs to root", f"chown nobody {key}")
                w.daemon.own(key)
                with w.changed(hook, url=f"https://localhost:{free_port()}/"):
                    w.finds("hook chat", "the receiver: ", "correct hooks.chat.url")
    finally:
        receiver.stop()


def check_files(tap, w):
    with w.changed(w.smtp, port=free_port()):
        with tap.point("a key of root's, and a folder that may not be entered"):
            key = pathlib.Path(w.settings["token_key_file"])
            os.chown(key, 0, 0)
            w.finds("token key", f"{key} belongs to root and has mode 0600: nobody may not read it", f"chown nobody {key}")
            w.daemon.own(key)
            closed = w.daemon.dir / "closed"
            group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
            closed.mkdir(mode=0o700)
            moved = key.rename(closed / "key")
            with w.changed(w.settings, token_key_file=str(moved)):
                w.finds("token key", f"nobody may not enter {closed}", f"chgrp {group} {closed}")
            moved.rename(key)
        with tap.point("a secret that everybody may read, and one that is not there"):
            path = pathlib.Path(w.smtp["secret_file"])
            path.chmod(0o644)
            w.finds("configuration", "can be read by everybody; chmod o= it")
            path.chmod(0o600)
            with w.changed(w.smtp, secret_file=str(path) + ".none"):
                w.finds("smtp", "No such file", "correct its name")
        with tap.point("a store of root's, and a folder of root's"):
            store = pathlib.Path(w.settings["store"])
            store.touch()
            os.chown(store, 0, 0)
            store.chmod(0o600)
            w.finds("store", f"nobody may not write {store}", f"chown nobody: {store}*")
            store.unlink()
            bulk = pathlib.Path(f"{store}.bulk")
            bulk.symlink_to("elsewhere")
            w.finds("store", f"{bulk} is no file", "move it away")
            bulk.unlink()
            with w.changed(w.settings, store=str(w.daemon.dir / "gatewayd.db")):
                w.finds("store", f"nobody may not write in {w.daemon.dir}", "chown nobody:")
        with tap.point("a mistake in the configuration stands there with its line"):
            with w.changed(w.settings, compny="Example"):
                found = w.finds("configuration", "compny")
                assert re.search(r"gatewayd\.conf:\d+: ", found["text"]), found
        with tap.point("a disk that is nearly full, and one that is"):
            small = w.daemon.dir / "small"
            small.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", small], check=True)
            try:
                with w.changed(w.settings, store=str(small / "gatewayd.db")):
                    with w.changed(w.settings["limits"], disk_free="1GB"):
                        w.finds("disk", "are free in", "make room")
                    with contextlib.suppress(OSError):
                        (small / "filler").write_bytes(b"x" * (2 << 20))
                    w.finds("store", "No space left", "make room")
            finally:
                subprocess.run(["umount", small], check=True)


def flags(rig):
    client = rig.imap(r.SUPPORT)
    try:
        client.select("INBOX", readonly=True)
        return client.uid("fetch", "1:*", "(FLAGS)")[1]
    finally:
        client.logout()


def check_beside(tap):
    def change(daemon):
        daemon.settings["border_hosts"] = BORDER
        daemon.settings["limits"]["disk_free"] = "1MB"

    with running(change) as (rig, daemon):
        with tap.point("beside a living daemon: its words, and no mail is sent, moved or flagged"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Before", "Hello."))
            daemon.case_of("Before")
            wait_for(lambda: rig.count(r.SUPPORT) == 0, 20, "its move")
            wait_for(lambda: daemon.ctl_run("status")[1].returncode == 0, 20, "all to be well")
            before = (daemon.json("mail", "list"), flags(rig), daemon.json("outbox", "list"))
            _, done = daemon.ctl_run("doctor")
            out = done.stdout.decode()
            same(done.returncode, 0, out + done.stderr.decode())
            for words in ("it runs, and nothing is wrong by its own words", "not tried beside the daemon", "1 of 1 mails from outside",
                          "all is well",
                          "files tried as root, as whom the daemon was started, all else as nobody, as whom its roles run",
                          "store: nobody writes in"):
                assert words in out, out
            same((daemon.json("mail", "list"), flags(rig)), before[:2])
            same(len(daemon.json("outbox", "list")), len(before[2]))
        with tap.point("a folder that only root may write is none for the roles"):
            state = pathlib.Path(daemon.settings["store"]).parent
            owner = state.stat().st_uid
            os.chown(state, 0, -1)
            try:
                _, done = daemon.ctl_run("doctor")
            finally:
                os.chown(state, owner, -1)
            out = done.stdout.decode()
            assert done.returncode == WRONG and f"WRONG  store: nobody may not write in {state}: Permission denied" in out, out
        with tap.point("with --mail the daemon files what comes, and opens no case"):
            cases = len(daemon.cases())
            _, done = daemon.ctl_run("doctor", "--mail")
            out = done.stdout.decode()
            assert done.returncode == 0 and out.count("plus addresses arrive, with their token") == 2, out
            same(len(daemon.cases()), cases)
            wait_for(lambda: {m["state"] for m in daemon.json("mail", "list") if "doctor" in m["subject"]} == {"auto-filed"},
                     20, "them to be filed")


def main():
    tap = Tap()
    with r.Rig(dovecot_extra=AT_ONCE) as rig:
        w = World(rig)
        check_good(tap, w)
        check_servers(tap, w)
        check_files(tap, w)
    check_beside(tap)
    tap.done()


if __name__ == "__main__":
    main()
