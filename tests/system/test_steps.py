"""Stories on real servers with one fault each: a few points; `make check-full` tries all of them (tests/steps/README)."""
import itertools
import pathlib
import sys
import types
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.steps import run
from tests.steps.stories import EVERY_STEP, SOME_STEPS

LANES = 3
POINTS = {"attachment": 8, "reply": 8, "digest": 3, "migration": 8}
TRIES, LINGER_MS = 2, 300


def ends_at_once(tap, lanes):
    """Its threads end while it does not look, and its timer is due as well when it does."""
    lane, story = lanes.lanes[0], EVERY_STEP[0]
    lanes.prepare(lane, story)
    with tap.point("SIGTERM behind a mail: a sender that has nothing more to do waits for nothing"):
        for _ in range(TRIES):
            lane.put_back(lane.begin)
            lane.arm(None)
            lane.ops.linger_ms = LINGER_MS
            story.acts[0](lane)
            lane.start()
            wait_for(lambda: lane.daemon.log_text().count(" state=sent ") == 2, 20, "both mails", poll_s=0.001)
            lane.stop()
            assert "sender.breaks-off" not in lane.daemon.log_text(), lane.daemon.tail()


class Told:
    """Of a lane that was run: what it would say of itself."""

    def __init__(self, looks):
        self.looks, self.daemon = iter(looks), types.SimpleNamespace(tail=lambda: "")

    def look(self):
        return next(self.looks), []

    def settle(self, _):
        return True

    def store(self):
        return {}

    def named(self):
        return 0


def found(judge):
    try:
        judge()
    except run.Different as e:
        return e.word
    return ""


def limits(tap):
    """What is held against a story; without servers."""
    one, truth = object.__new__(run.Run), run.Truth()
    truth.looks, truth.store, truth.stop_s = [[]], {}, 1.5
    most = run.STOP_S + run.PATIENCE * truth.stop_s
    with tap.point("an end that takes longer than without a fault, by more than a busy machine is given, hangs"):
        for stop_s, word in ((most, ""), (most + 0.1, "hung")):
            same(found(lambda: one.judge(Told([[]]), truth, types.SimpleNamespace(stop_s=stop_s))), word)
    with tap.point("mailboxes that never rest hang, and those that do are as they rested"), mock.patch.multiple(run, QUIET_S=5, PATIENCE=1):
        same(found(lambda: one.quiet(Told(itertools.count()))), "hung")
        same(one.quiet(Told(itertools.chain(range(3), itertools.repeat([])))), [])


def main():
    tap = Tap()
    limits(tap)
    with run.Run(LANES) as lanes:
        ends_at_once(tap, lanes)
        for story in (s for s in (*EVERY_STEP, *SOME_STEPS) if s.name in POINTS):
            points = POINTS[story.name]
            with tap.point(f"{story.name}: a crash or an error at {points} operations, and it ends as it does without"):
                sums = lanes.story(story, 1, points)
                same((sums.lost, sums.doubled, sums.hung), (0, 0, 0))
                assert sums.tried > points / 2, sums
    tap.done()


if __name__ == "__main__":
    main()
