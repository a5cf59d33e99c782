"""Stories on real servers with one fault each: a few points; `make check-full` tries all of them (tests/steps/README)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.tap import Tap, same
from tests.steps.run import Run
from tests.steps.stories import EVERY_STEP, SOME_STEPS

LANES = 3
POINTS = {"attachment": 8, "reply": 8, "digest": 3, "migration": 8}


def main():
    tap = Tap()
    with Run(LANES) as run:
        for story in (s for s in (*EVERY_STEP, *SOME_STEPS) if s.name in POINTS):
            points = POINTS[story.name]
            with tap.point(f"{story.name}: a crash or an error at {points} operations, and it ends as it does without"):
                sums = run.story(story, 1, points)
                same((sums.lost, sums.doubled, sums.hung), (0, 0, 0))
                assert sums.tried > points / 2, sums
    tap.done()


if __name__ == "__main__":
    main()
