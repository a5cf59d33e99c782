#!/usr/bin/env python3
"""The table of `make check-full`: what, how many, lost, doubled, hung. Each part adds its row to the file that FAULTS names."""
import os
import sys


def note(what, tried, lost, doubled, hung):
    if path := os.environ.get("FAULTS"):
        with open(path, "a", encoding="utf-8") as f:
            print(what, tried, lost, doubled, hung, sep="\t", file=f)


def main():
    sums = {}           # what runs more than once has one row
    with open(sys.argv[1], encoding="utf-8") as f:
        for what, *numbers in (line.rstrip("\n").split("\t") for line in f):
            sums[what] = [a + int(b) for a, b in zip(sums.get(what, [0] * 4), numbers)]
    for what, numbers in [("what", ("how many", "lost", "doubled", "hung")), *sums.items()]:
        print(f"{what:44}" + "".join(f"{n:>10}" for n in numbers))


if __name__ == "__main__":
    main()
