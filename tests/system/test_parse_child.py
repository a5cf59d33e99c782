"""A parse child that crashes, hangs or eats memory: replaced within a second, that mail quarantined, the others go on."""
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

TRAPS = ("crash", "hang", "memory")
REPLACED_S = 1.0
SAMPLE_S = 0.01


class Watch(threading.Thread):
    """Notes for how long there was no parse child, each time."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.gatewayd, self.gaps, self.ended, self.seen = daemon, [], False, set()

    def run(self):
        gone_at = None
        while not self.ended:
            pid = self.gatewayd.role("parse")
            now = time.monotonic()
            if pid is None:
                gone_at = gone_at or now
            else:
                self.seen.add(pid)
                if gone_at:
                    self.gaps.append(now - gone_at)
                gone_at = None
            time.sleep(SAMPLE_S)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.join()


def trap(kind, number=0):
    return compose(r.EVE, r.SUPPORT, f"{kind} {number}", "x", headers=[("X-Trap", kind)])


def quarantined(daemon, mail):
    return [m for m in daemon.json("quarantine", "list") if m["message_id"] in mail["Message-ID"]]


def one_child(daemon):
    daemon.program = BUILD / "tests/traps/gatewayd"
    daemon.settings["limits"].update(parse_children=1, parse_time="1s", parse_memory="300MB")


def each_trap(tap):
    for kind in TRAPS:
        with running(one_child) as (rig, daemon), tap.point(f"{kind}: the child is replaced within a second"):
            with Watch(daemon) as watch:
                mail = trap(kind)
                rig.send(r.EVE, mail)
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"behind {kind}", "x"))
                row = wait_for(lambda: quarantined(daemon, mail), 20, "the quarantine")[0]
                daemon.case_of(f"behind {kind}")
                wait_for(lambda: len(watch.seen) >= 3, 5, "the third child")
            same(row["attempts"], 2, "attempts")
            same(len(watch.seen), 3, "children")
            assert max(watch.gaps, default=0) < REPLACED_S, f"{watch.gaps}\n{daemon.tail()}"


def many_traps(tap):
    """A sender who has found a bug sends it again and again."""
    with running(one_child) as (rig, daemon), Watch(daemon) as watch:
        mails = [trap("crash", n) for n in range(6)]
        with tap.point("six such mails in a row: each is quarantined, all others are cases"):
            for n, mail in enumerate(mails):
                rig.send(r.EVE, mail)
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"between {n}", "x"))
            for n, mail in enumerate(mails):
                daemon.case_of(f"between {n}", 30)
                same([m["attempts"] for m in wait_for(lambda: quarantined(daemon, mail), 30, "the quarantine")], [2])
        with tap.point("and the child is still replaced within a second"):
            assert watch.gaps and max(watch.gaps) < REPLACED_S, f"{watch.gaps}\n{daemon.tail()}"


def main():
    tap = Tap()
    each_trap(tap)
    many_traps(tap)
    tap.done()


if __name__ == "__main__":
    main()
