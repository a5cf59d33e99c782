#!/usr/bin/env python3
"""Twice the bomb takes twice the work of the parser, in instructions (tests/bombs/doubling)."""
import os
import pathlib
import subprocess
import sys

DOUBLING = pathlib.Path(__file__).resolve().parents[1] / "bombs/doubling"


def main():
    print("1..1")
    if "san" in pathlib.Path(os.environ.get("BUILD", "build")).parts:
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
