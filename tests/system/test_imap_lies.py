"""An IMAP server that lies in every way of tests/rig/lies.py, and one beside it that does not (FULL=1: all, else a few).

While it lies the other mailbox goes on; when it says the truth again each mail is kept, moved, and made one case.
"""
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.faults import note
from tests.rig.gatewayd import BUILD, running
from tests.rig.lies import LIES, Liar
from tests.rig.mail import compose
from tests.rig.process import memory, wait_for
from tests.rig.tap import Tap

FULL = os.environ.get("FULL") == "1"
RSS_MAX_KB = memory(400 * 1024)
LIE_S, WAIT_S = 8, 90
SOME = 26


def mail(subject, n):
    """Of a sender and a subject of its own: mails that are alike would be folded into one case."""
    sender = "".join(chr(ord("a") + int(digit)) for digit in str(n)) + "@example.com"
    return compose(sender, r.SUPPORT, subject, subject).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def box_of(server, command_timeout="60s"):
    return {"host": "localhost", "port": server.port, "tls": "none", "auth": "none", "queue": "technical",
            "address": r.SUPPORT, "processed": "Processed", "poll": "1s", "command_timeout": command_timeout}


def largest_kb(daemon):
    """The largest process of the daemon."""
    pids = [daemon.process.pid] + [int(p) for p in pathlib.Path(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children")
                                   .read_text().split()]
    sizes = [0]
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue    # it ended meanwhile
        sizes += [int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:")]
    return max(sizes)


class Sums:
    def __init__(self):
        self.tried = self.lost = self.doubled = self.hung = self.largest_kb = 0


def lie_for_a_while(liar, other, daemon, lie, n):
    liar.lied, liar.lie = 0, lie
    liar.put(mail(lie[0], n))
    other.put(mail(f"while {lie[0]}", n + 1000))
    until = time.monotonic() + LIE_S
    while liar.lied < 2 and time.monotonic() < until:
        time.sleep(0.1)
    wait_for(lambda: not other.mails, WAIT_S, f"the other mailbox, while the server lies: {lie[0]}")
    liar.lie = None


def judge(daemon, subject, sums):
    """One mail, one case."""
    found = [c for c in daemon.cases() if c["subject"] == subject]
    sums.lost += not found
    sums.doubled += len(found) > 1
    assert len(found) == 1, f"{len(found)} cases of one mail\n{daemon.tail()}"


def all_lies(tap, liar, other, daemon, sums):
    for n, lie in enumerate(LIES):
        if not FULL and n % SOME:
            continue
        with tap.point(f"the server lies: {lie[0]}"):
            sums.tried += 1
            sums.hung += 1
            lie_for_a_while(liar, other, daemon, lie, n)
            wait_for(lambda: not liar.mails, WAIT_S, "the mail to be moved, when the server says the truth")
            wait_for(lambda: any(c["subject"] == lie[0] for c in daemon.cases()), WAIT_S, "its case")
            sums.hung -= 1
            judge(daemon, lie[0], sums)
            sums.largest_kb = max(sums.largest_kb, largest_kb(daemon))
            assert sums.largest_kb < RSS_MAX_KB, f"a process of {sums.largest_kb} KB"


def main():
    tap, liar, other, sums = Tap(), Liar(), Liar(), Sums()

    def change(daemon):
        daemon.program = BUILD / "tests/steps/gatewayd"     # with short waits
        for server in (liar, other):
            daemon.rig.add(server)
        daemon.settings["mailboxes"]["liar"] = box_of(liar, command_timeout="2s")     # a silence is a lie, too
        daemon.settings["mailboxes"]["other"] = box_of(other)

    with running(change) as (_, daemon):
        all_lies(tap, liar, other, daemon, sums)
    print(f"# IMAP lies: {sums.tried} of {len(LIES)} tried, {sums.lost} lost, {sums.doubled} doubled, {sums.hung} hung, "
          f"largest process {sums.largest_kb // 1024} MB")
    note("lies of an IMAP server", sums.tried, sums.lost, sums.doubled, sums.hung)
    tap.done()


if __name__ == "__main__":
    main()
