"""TAP for the system tests: points in order, each a with-block that may fail without ending the others."""
import contextlib
import sys
import traceback


class Tap:
    def __init__(self):
        self.points = 0
        self.failed = 0

    @contextlib.contextmanager
    def point(self, name):
        self.points += 1
        try:
            yield
            print(f"ok {self.points} - {name}", flush=True)
        except Exception:
            self.failed += 1
            print(f"not ok {self.points} - {name}", flush=True)
            print("# " + traceback.format_exc().rstrip().replace("\n", "\n# "), flush=True)

    def done(self):
        """The plan comes last, so that a script that dies in the middle has none."""
        print(f"1..{self.points}", flush=True)
        sys.exit(1 if self.failed else 0)


def same(got, want, what=""):
    """An assertion that shows both sides."""
    assert got == want, f"{what}: got {got!r}, want {want!r}"
