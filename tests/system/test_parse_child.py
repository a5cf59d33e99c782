"""A parse child that crashes, hangs or eats memory: replaced within a second, that mail quarantined, the others go on."""
import contextlib
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import apart, compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

TRAPS = ("crash", "hang", "memory")
REPLACED_MS = 1000


def replaced(daemon, times):
    """A mail was proven so many times to end a child, and the parent never waited for as long as a second.  A child that a busy
    machine did not let run hangs without proof, and is replaced once more."""
    wait_for(lambda: daemon.role("parse"), 20, "the next child")
    waits = re.findall(r"event=role\.restart role=parse .*after_ms=(\d+)", daemon.log_text())
    same(len(re.findall(r"event=parse\.died .*proof=yes", daemon.log_text())), times, daemon.tail())
    assert len(waits) >= times, daemon.tail()
    assert max(map(int, waits)) < REPLACED_MS, (waits, daemon.tail())


def trap(kind, number=0):
    return compose(r.EVE, r.SUPPORT, f"{kind} {number}", "x", headers=[("X-Trap", kind)])


def quarantined(daemon, mail):
    return [m for m in daemon.json("quarantine", "list") if m["message_id"] in mail["Message-ID"]]


def one_child(daemon):
    daemon.program = BUILD / "tests/traps/gatewayd"
    daemon.settings["limits"].update(parse_children=1, parse_time="3s", parse_memory="300MB")


def before_others(daemon):
    """Where that is allowed: a child that gets no quarter of a processor is not proven to hang."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, daemon.process.pid, -15)
        pathlib.Path(f"/proc/{daemon.process.pid}/autogroup").write_text("-15")


def each_trap(tap):
    for kind in TRAPS:
        with running(one_child) as (rig, daemon), tap.point(f"{kind}: the child is replaced within a second"):
            before_others(daemon)
            mail = trap(kind)
            rig.send(r.EVE, mail)
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"behind {kind}", "x"))
            row = wait_for(lambda: quarantined(daemon, mail), 20, "the quarantine")[0]
            daemon.case_of(f"behind {kind}")
            same(row["attempts"], 2, "attempts")
            replaced(daemon, 2)


def many_traps(tap):
    """A sender who has found a bug sends it again and again."""
    with running(one_child) as (rig, daemon):
        mails = [trap("crash", n) for n in range(6)]
        with tap.point("six such mails in a row: each is quarantined, all others are cases"):
            for n, mail in enumerate(mails):
                rig.send(r.EVE, mail)
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"between {apart(n)}", "x"))
            for n, mail in enumerate(mails):
                daemon.case_of(f"between {apart(n)}", 30)
                same([m["attempts"] for m in wait_for(lambda: quarantined(daemon, mail), 30, "the quarantine")], [2])
        with tap.point("and the child is still replaced within a second"):
            replaced(daemon, 2 * len(mails))


def main():
    tap = Tap()
    each_trap(tap)
    many_traps(tap)
    tap.done()


if __name__ == "__main__":
    main()
