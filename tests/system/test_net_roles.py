"""The poller and the sender as processes, with a program in core's place: nothing stalls another, nothing moves unkept."""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import FakeImap
from tests.rig.fake_submission import FakeSubmission
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

TOOL = str(pathlib.Path(os.environ.get("BUILD", "build")) / "tests/tools/role_probe")
MAIL = b"Subject: x\r\n\r\nbody\r\n"
GOOD = b"From: gw@example.test\r\nSubject: x\r\n\r\nbody\r\n"


# The role's seal forbids what the leak sanitizer does at the end; all else it finds.
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")


def role(*words, timeout=90):
    done = subprocess.run([TOOL, *map(str, words)], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout)
    output = done.stdout.decode(errors="replace")
    assert "role ended 0" in output and "ERROR: " not in output, output
    return output


def mailbox(server, name="support", folder="INBOX", idle=0, poll=30):
    return f"{name},{folder},Done,{idle},{poll},localhost,{server.port},none,,,,3"


def poll(server, *boxes, seconds=4, window=32, keep=True):
    server.start()
    try:
        return role("poller", f"{'' if keep else '-'}{seconds}", window, 26214400, *(boxes or (mailbox(server),)))
    finally:
        server.stop()


def moves(tap):
    with tap.point("what was kept moves, in one go"):
        server = FakeImap({n: MAIL for n in range(1, 401)}, capabilities="IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS IDLE")
        output = poll(server)
        same((server.mails, sorted(server.moved)), ({}, [(n, "Done") for n in range(1, 401)]), output)
        assert "mails=400 " in output, output
    with tap.point("what was not kept stays, and no more than the window is fetched"):
        server = FakeImap({n: MAIL for n in range(1, 101)})
        output = poll(server, window=7, keep=False, seconds=3)
        same((server.moved, len(server.mails)), ([], 100), output)
        assert "mails=7 " in output, output
        assert b"STORE" not in server.all_heard() and b"EXPUNGE" not in server.all_heard()
    with tap.point("a mail that a person moved back is moved again, not fetched again"):
        server = FakeImap({1: MAIL, 2: MAIL})
        timer = threading.Timer(1.5, lambda: server.mails.update({2: MAIL}))
        timer.start()
        output = poll(server, mailbox(server, poll=1))
        same((server.mails, server.moved.count((2, "Done"))), ({}, 2), output)
        assert "mails=2 " in output and "again" not in output, output
    with tap.point("a refused move stops neither fetching nor the telling of it"):
        server = FakeImap({n: MAIL for n in range(1, 6)}, answers={"UID MOVE": "TAG NO [OVERQUOTA] full\r\n"})
        output = poll(server, window=2)
        assert "mails=5 " in output and "bad UID MOVE: the IMAP server says NO" in output, output
        same(len(server.mails), 5)
    with tap.point("a new UIDVALIDITY begins afresh"):
        server = FakeImap({1: MAIL})
        def renew():
            server.uidvalidity = 8
            server.mails[5] = MAIL
        timer = threading.Timer(1.5, renew)
        timer.start()
        output = poll(server, mailbox(server, poll=1))
        assert "uidvalidity=7 uids=1" in output and "uidvalidity=8 uids=1" in output and "mails=2 " in output, output


def isolation(tap):
    with tap.point("a mailbox that hangs does not hold up another of its server"):
        server = FakeImap({n: MAIL for n in range(1, 6)})
        server.answers["SELECT"] = lambda c: time.sleep(2.5) or "" if "Stuck" in c else None
        output = poll(server, mailbox(server, "stuck", "Stuck"), mailbox(server, "fine"), seconds=2)
        same(server.mails, {}, output)
    with tap.point("a mail at which the session dies is left alone, the others come"):
        server = FakeImap({n: MAIL for n in range(1, 6)})
        def fetch(command):
            if "BODY.PEEK" not in command or not re.search(r"FETCH (3|[12](,\d)*:[345]) ", command):
                return None
            return "* BYE I cannot\r\n"
        server.answers["UID FETCH"] = fetch
        output = poll(server, seconds=14)
        same(list(server.mails), [3], output)
        assert "mail UID" in output, output
    with tap.point("a size that is not the length is believed when it comes the same again"):
        server = FakeImap({1: MAIL, 2: MAIL}, sizes={2: 9999})
        output = poll(server, seconds=5)
        same(server.mails, {}, output)
        assert "mails=2 " in output, output
    with tap.point("a server that turns us away is asked again with back-off, and told of"):
        server = FakeImap({1: MAIL}, greeting="* BYE busy\r\n")
        threading.Timer(2, lambda: setattr(server, "greeting", "* OK fake\r\n")).start()
        output = poll(server, seconds=7)
        same(server.mails, {}, output)
        assert "bad " in output and 3 <= server.sessions <= 5, (server.sessions, output)
    with tap.point("a Dovecot that goes and comes: nothing is lost"):
        with r.Rig(users=[r.SUPPORT]) as rig:
            secret = rig.dir / "secret"
            secret.write_text(rig.users[r.SUPPORT] + "\n")
            secret.chmod(0o600)
            rig.append(r.SUPPORT, MAIL)
            box = (f"support,INBOX,Done,1,60,localhost,{rig.dovecot.imaps},implicit,{r.SUPPORT},{secret},"
                   f"{rig.authority.ca},5")
            child = subprocess.Popen([TOOL, "poller", "12", "32", "26214400", box], env=ENV,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            wait_for(lambda: rig.count(r.SUPPORT, "Done") == 1, 10, "the first mail in Done")
            rig.dovecot.stop()
            time.sleep(1)
            rig.dovecot.start()
            rig.append(r.SUPPORT, MAIL)
            wait_for(lambda: rig.count(r.SUPPORT, "Done") == 2, 10, "the second mail in Done")
            output = child.communicate(timeout=30)[0].decode()
            assert "mails=2 " in output and "role ended 0" in output, output


def submission(server, folder, secret=True):
    if not secret:
        return f"localhost,{server.port},none,,,,3"
    path = folder / "smtp-secret"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return f"localhost,{server.port},none,gw@example.test,{path},,3"


def send(server, folder, count, *to, lanes=2):
    mail = folder / "mail.eml"
    mail.write_bytes(GOOD)
    server.start()
    try:
        return role("sender", lanes, submission(server, folder), "gw@example.test", count, mail, *(to or ("ann@example.test",)))
    finally:
        server.stop()


class SlowFor(FakeSubmission):
    """Waits at the dot for one recipient."""

    def __init__(self, recipient, seconds):
        super().__init__()
        self.slow, self.seconds = recipient, seconds
        outer = self

        class Session(self.RequestHandlerClass):
            def reply(self, step, usual):
                if step == "DOT" and self.recipient == outer.slow:
                    time.sleep(outer.seconds)
                return super().reply(step, usual)
        self.RequestHandlerClass = Session


def times(output):
    """{row: ms} of the results."""
    return {int(m[2]): int(m[1]) for m in re.finditer(r"^(\d+) ms \w+ row=(\d+)", output, re.M)}


def sending(tap, folder):
    with tap.point("each row has its result, each lane one connection"):
        server = FakeSubmission()
        output = send(server, folder, 50, "ann@example.test", "paul@example.test", lanes=4)
        same(len(server.taken), 50)
        same(sorted(times(output)), list(range(50)))
        assert server.sessions <= 4, server.sessions
    with tap.point("a recipient whose server is slow at the dot holds up nobody else"):
        server = SlowFor("slow@example.test", 2)
        output = send(server, folder, 20, "slow@example.test", *["ann@example.test"] * 19)
        ended = times(output)
        assert ended[0] >= 2000 and max(v for k, v in ended.items() if k not in (0,)) < 2000, output
    with tap.point("a failure of one mail is that mail's only"):
        server = FakeSubmission({"RCPT": ["250 ok", "550 5.1.1 no", "450 4.2.0 later"]})
        output = send(server, folder, 8, lanes=1)
        same(collections.Counter(re.findall(r" ms (\w+) row", output)), {"sent": 6, "failed": 1, "retry": 1}, output)
    with tap.point("a failure of the server makes the others wait instead of failing in a rush"):
        server = FakeSubmission({"GREETING": ["421 busy"] * 2})
        output = send(server, folder, 6, lanes=1)
        assert server.sessions == 3 and "retry row=1" in output and output.count(" sent ") == 4, output
        assert times(output)[2] > 1500, output
    with tap.point("addresses that would break out are refused, the sender lives on"):
        server = FakeSubmission()
        output = send(server, folder, 3, "ann@example.test", "a@b\r\nRCPT TO:<c@d>", "paul@example.test", lanes=1)
        same([x for x, _ in server.taken], ["ann@example.test", "paul@example.test"], output)
        assert "failed row=1" in output


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-net-") as folder:
        moves(tap)
        isolation(tap)
        sending(tap, pathlib.Path(folder))
    tap.done()


main()
