"""Stories on real servers with one fault each: a few points; `make check-full` tries all of them (tests/steps/README)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.steps.run import Run
from tests.steps.stories import EVERY_STEP, SOME_STEPS

LANES = 3
POINTS = {"attachment": 8, "reply": 8, "digest": 3, "migration": 8}
TRIES, LINGER_MS = 2, 300


def ends_at_once(tap, run):
    """Its threads end while it does not look, and its timer is due as well when it does."""
    lane, story = run.lanes[0], EVERY_STEP[0]
    run.prepare(lane, story)
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


def main():
    tap = Tap()
    with Run(LANES) as run:
        ends_at_once(tap, run)
        for story in (s for s in (*EVERY_STEP, *SOME_STEPS) if s.name in POINTS):
            points = POINTS[story.name]
            with tap.point(f"{story.name}: a crash or an error at {points} operations, and it ends as it does without"):
                sums = run.story(story, 1, points)
                same((sums.lost, sums.doubled, sums.hung), (0, 0, 0))
                assert sums.tried > points / 2, sums
    tap.done()


if __name__ == "__main__":
    main()
