#!/usr/bin/env python3
"""The parser on real messages of other projects: at least 99 % of what is expected, and a reason for
each miss. Passed over where the corpus is not at hand."""
import pathlib
import subprocess
import sys

SCORER = pathlib.Path(__file__).resolve().parents[1] / "corpus.py"


def main():
    done = subprocess.run([sys.executable, SCORER, "--floor", "99"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    print("1..2")
    if done.returncode == 0 and "no corpus here" in done.stdout:
        print("ok 1 - score # SKIP no corpus\nok 2 - reasons # SKIP no corpus")
        return 0
    good = (done.returncode == 0, "no reason stated" not in done.stdout and "is met or" not in done.stdout)
    for i, what in enumerate(("at least 99 % is met", "each miss has a reason, each reason a miss")):
        print(f"{'ok' if good[i] else 'not ok'} {i + 1} - {what}")
    if not all(good):
        print("".join(f"# {line}\n" for line in done.stdout.splitlines()))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
