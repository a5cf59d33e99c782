#!/usr/bin/env python3
"""Twice the bomb takes twice the work of the parser, in instructions (tests/bombs/doubling)."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.rig.process import SANITIZED

DOUBLING = ROOT / "tests/bombs/doubling"


def main():
    print("1..1")
    if SANITIZED:
        print("ok 1 - linear # SKIP valgrind and the sanitizers do not go together")
        return 0
    done = subprocess.run([sys.executable, DOUBLING], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    print(f"{'not ok' if done.returncode else 'ok'} 1 - the work grows like the size of the mail")
    if done.returncode:
        print("".join(f"# {line}\n" for line in done.stdout.splitlines()))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
