"""The poller and the sender as processes, with a program in core's place: nothing stalls another, nothing moves unkept."""
import collections
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import FakeImap
from tests.rig.fake_submission import SILENCE, FakeSubmission
from tests.rig.probe import LIMIT_S, NEVER_S
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

TOOL = str(pathlib.Path(os.environ.get("BUILD", "build")) / "tests/tools/role_probe")
MAIL = b"Subject: x\r\n\r\nbody\r\n"
PROCESSED = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] next\r\nTAG OK [READ-WRITE] done\r\n"
GOOD = b"From: gw@example.test\r\nSubject: x\r\n\r\nbody\r\n"


# The role's seal forbids what the leak sanitizer does at the end; all else it finds.
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")


def ended(output):
    assert "role ended 0" in output and "ERROR: " not in output, output
    return output


def role(*words):
    done = subprocess.run([TOOL, *map(str, words)], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=LIMIT_S)
    return ended(done.stdout.decode(errors="replace"))


def mailbox(server, name="support", folder="INBOX", idle=0, poll=30):
    return f"{name},{folder},Done,{idle},{poll},localhost,{server.port},none,,,,{NEVER_S}"


class Poller:
    """A poller from `with` to its end; wait() says when enough has happened, whenever that is."""

    def __init__(self, *boxes, window=32, keep=True):
        self.words = ["poller", "0" if keep else "-0", window, 26214400, *boxes]
        self.file = tempfile.TemporaryFile()

    def __enter__(self):
        self.child = subprocess.Popen([TOOL, *map(str, self.words)], env=ENV, stdin=subprocess.PIPE,
                                      stdout=self.file, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(LIMIT_S)

    @property
    def output(self):
        with open(f"/proc/self/fd/{self.file.fileno()}", "rb") as again:
            return again.read().decode(errors="replace")

    def wait(self, *what):
        """Each is a condition, or words that the output must have."""
        for one in what:
            wait_for(lambda: one in self.output if isinstance(one, str) else one(), LIMIT_S, f"{one}\n{self.output}")


@contextlib.contextmanager
def polling(server, *boxes, **how):
    """A Poller on a server that runs as long; afterwards it has ended in order."""
    server.start()
    try:
        with Poller(*(boxes or (mailbox(server),)), **how) as poller:
            yield poller
        ended(poller.output)
    finally:
        server.stop()


ROUND_TRIP_S = 0.05     # that makes the window twice as large, as ROUND_TRIP_MS in gatewayd/poller/poll_window.c
LATER_S = 20    # as POLL_LATER_MS in gatewayd/poller/poll_move.h


def fetched_at_moves(mails, pause_s, **how):
    """For each MOVE the seconds since the first mail was asked for, and how many had come; a mail takes pause_s."""
    server, began, seen = FakeImap({n: MAIL for n in range(1, mails + 1)}), [], []

    def fetch(command):
        if "BODY.PEEK[]" in command:
            began.append(time.monotonic())
            time.sleep(pause_s)

    server.answers["UID FETCH"] = fetch
    server.answers["UID MOVE"] = lambda _: seen.append((time.monotonic() - began[0], len(server.fetched)))
    with polling(server, **how) as poller:
        poller.wait(lambda: not server.mails)
    return seen


def order(tap):
    with tap.point("of a backlog mails are fetched first, for some seconds"):
        early = [(s, n) for s, n in fetched_at_moves(1500, 0, window=256) if n < 1500 and s < LATER_S]
        same(early, [])
    with tap.point("and where that takes longer what was kept moves meanwhile"):
        (waited_s, fetched), *_ = fetched_at_moves(24, LATER_S / 20, window=2)
        assert waited_s >= LATER_S - 1 and fetched < 24, (waited_s, fetched)


def moves(tap):
    with tap.point("what was kept moves, in one go"):
        server = FakeImap({n: MAIL for n in range(1, 401)}, capabilities="IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS IDLE")
        with polling(server) as poller:
            poller.wait(lambda: not server.mails)
        same(sorted(server.moved), [(n, "Done") for n in range(1, 401)], poller.output)
        assert "mails=400 " in poller.output, poller.output
    with tap.point("what was not kept stays, and no more than the window is fetched"):
        server, asked = FakeImap({n: MAIL for n in range(1, 1001)}), []
        server.answers["UID FETCH"] = lambda command: asked.append(time.monotonic()) if "BODY.PEEK[]" in command else None
        began = time.monotonic()
        with polling(server, window=7, keep=False) as poller:
            poller.wait(lambda: poller.output.count("\nmail ") >= 7)
            time.sleep(0.5)     # for more to come, which must not: a slower machine sees less, and passes
        same((server.moved, len(server.mails)), ([], 1000), poller.output)
        assert 7 <= len(server.fetched) <= 7 + 7 * (asked[-1] - began) / ROUND_TRIP_S, (len(server.fetched), asked[-1] - began)
        assert b"STORE" not in server.all_heard() and b"EXPUNGE" not in server.all_heard()
    with tap.point("a mail that a person moved back is moved again, not fetched again"):
        server = FakeImap({1: MAIL, 2: MAIL})
        with polling(server, mailbox(server, poll=1)) as poller:
            poller.wait(lambda: not server.mails)
            server.mails.update({2: MAIL})
            poller.wait(lambda: not server.mails)
        same((server.moved.count((2, "Done")), sorted(server.fetched)), (2, [1, 2]), poller.output)
        assert "mails=2 " in poller.output and "again" not in poller.output, poller.output
    with tap.point("a refused move stops neither fetching nor the report of it"):
        server = FakeImap({n: MAIL for n in range(1, 6)}, answers={"UID MOVE": "TAG NO [OVERQUOTA] full\r\n"})
        with polling(server, window=2) as poller:
            poller.wait(lambda: poller.output.count("\nmail ") == 5, "bad UID MOVE: the IMAP server says NO")
        same(len(server.mails), 5)
    with tap.point("a folder of which core could not say what it wants is compared again in the same session"):
        server = FakeImap({1: MAIL}, answers={"SELECT": lambda command: PROCESSED if "Done" in command else None})
        with polling(server, mailbox(server, "troubled", poll=1)) as poller:
            poller.wait("place troubled done", lambda: not server.mails)
        same((poller.output.count("place troubled\n"), server.sessions), (2, 1), poller.output)
    with tap.point("a new UIDVALIDITY begins afresh"):
        server = FakeImap({1: MAIL})
        with polling(server, mailbox(server, poll=1)) as poller:
            poller.wait("uidvalidity=7 uids=1", lambda: not server.mails)
            server.uidvalidity = 8
            server.mails[5] = MAIL
            poller.wait("uidvalidity=8 uids=1", lambda: not server.mails)
        assert "mails=2 " in poller.output, poller.output


def isolation(tap):
    with tap.point("a mailbox that hangs does not hold up another of its server"):
        server = FakeImap({n: MAIL for n in range(1, 6)})
        server.answers["SELECT"] = lambda c: server.silence() or "" if "Stuck" in c else None
        with polling(server, mailbox(server, "stuck", "Stuck"), mailbox(server, "fine")) as poller:
            poller.wait(lambda: not server.mails)
    with tap.point("what another node has is looked at, and neither listened to nor fetched; others are listened to"):
        for name, listens in (("elsewhere", False), ("support", True)):
            server = FakeImap({1: MAIL})
            with polling(server, mailbox(server, name, idle=1, poll=1)) as poller:
                poller.wait(lambda: server.all_heard().count(b"UID SEARCH") >= 4)
                if listens:
                    poller.wait(lambda: not server.mails, lambda: b"IDLE" in server.all_heard())
            same((b"IDLE" in server.all_heard(), server.fetched, server.moved),
                 (listens, [1] if listens else [], [(1, "Done")] if listens else []), poller.output)
    with tap.point("a mail at which the session dies is left alone, the others come"):
        server = FakeImap({n: MAIL for n in range(1, 6)})
        def fetch(command):
            if "BODY.PEEK" not in command or not re.search(r"FETCH (3|[12](,\d)*:[345]) ", command):
                return None
            return "* BYE I cannot\r\n"
        server.answers["UID FETCH"] = fetch
        with polling(server) as poller:
            poller.wait(lambda: list(server.mails) == [3], "mail UID")
    with tap.point("a body whose length is not its size stays where it is, however often it comes; the others move"):
        server = FakeImap({1: MAIL, 2: MAIL}, sizes={2: 9999})
        with polling(server) as poller:
            poller.wait(lambda: list(server.mails) == [2], lambda: server.fetched.count(2) == 4, "set-aside")
        assert "mails=1 " in poller.output and list(server.mails) == [2], poller.output
    with tap.point("a server that turns us away is asked again with back-off, and reported"):
        server = FakeImap({1: MAIL}, greeting="* BYE busy\r\n")
        began = time.monotonic()
        with polling(server) as poller:
            poller.wait(lambda: server.sessions >= 3, "bad ")
            waited = time.monotonic() - began
            server.greeting = "* OK fake\r\n"
            poller.wait(lambda: not server.mails)
        assert waited > 2, waited    # the first two pauses are 1 s and 2 s, or three quarters of it
    with tap.point("a Dovecot that goes and comes: nothing is lost"):
        with r.Rig(users=[r.SUPPORT]) as rig:
            secret = rig.dir / "secret"
            secret.write_text(rig.users[r.SUPPORT] + "\n")
            secret.chmod(0o600)
            rig.append(r.SUPPORT, MAIL)
            box = (f"support,INBOX,Done,1,60,localhost,{rig.dovecot.imaps},implicit,{r.SUPPORT},{secret},"
                   f"{rig.authority.ca},{NEVER_S}")
            with Poller(box) as poller:
                poller.wait(lambda: rig.count(r.SUPPORT, "Done") == 1)
                rig.dovecot.stop()
                poller.wait("status support bad")
                rig.dovecot.start()
                rig.append(r.SUPPORT, MAIL)
                poller.wait(lambda: rig.count(r.SUPPORT, "Done") == 2)
            assert "mails=2 " in ended(poller.output), poller.output


def submission(server, folder, secret=True):
    if not secret:
        return f"localhost,{server.port},none,,,,{NEVER_S}"
    path = folder / "smtp-secret"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return f"localhost,{server.port},none,gw@example.test,{path},,{NEVER_S}"


def send(server, folder, count, *to, lanes=2):
    mail = folder / "mail.eml"
    mail.write_bytes(GOOD)
    server.start()
    try:
        return role("sender", lanes, submission(server, folder), "gw@example.test", count, mail, *(to or ("ann@example.test",)))
    finally:
        server.stop()


class SlowFor(FakeSubmission):
    """Keeps silent at the dot for one recipient until so many other mails are taken."""

    def __init__(self, recipient, others):
        super().__init__()
        outer = self

        class Session(self.RequestHandlerClass):
            def reply(self, step, usual):
                if step == "DOT" and self.recipient == recipient:
                    wait_for(lambda: len(outer.taken) == others, 20, f"{others} other mails")
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
    with tap.point("a recipient whose server is slow at the dot holds up no other domain"):
        server = SlowFor("slow@slow.test", others=19)
        # Of four lanes two are for what hangs: on a busy machine the other domain may be taken for one that does.
        output = send(server, folder, 20, "slow@slow.test", *["ann@example.test"] * 19, lanes=4)
        same((len(server.taken), output.count(" sent ")), (20, 20), output)
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


class Leaving:
    """A sender that is to end while its server keeps silent at the dot."""

    def __init__(self, folder):
        self.server = FakeSubmission({"DOT": SILENCE})
        mail = folder / "leaving.eml"
        mail.write_bytes(GOOD)
        self.server.start()
        self.child = subprocess.Popen([TOOL, "sender", "2", submission(self.server, folder, secret=False), "gw@example.test", "-2", str(mail),
                                       "ann@example.test", "paul@other.test"], env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_for(lambda: len(self.server.silent) == 2, 20, "the mails to be at their dots")
        self.child.stdin.close()

    def check(self, tap):
        with tap.point("what is broken off after its dot at SIGTERM is told as unknown"):
            output = self.child.stdout.read().decode(errors="replace")
            self.child.wait(LIMIT_S)
            self.server.stop()
            assert "unknown row=0" in ended(output) and "unknown row=1" in output, output
            assert "outbox.not-written" not in output, output


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-net-") as folder:
        leaving = Leaving(pathlib.Path(folder))    # takes some seconds, beside the others
        moves(tap)
        order(tap)
        isolation(tap)
        sending(tap, pathlib.Path(folder))
        leaving.check(tap)
    tap.done()


main()
