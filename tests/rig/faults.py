"""Rows of the table of `make check-full`: what, how many, lost, doubled, hung, again. A part adds them to the file that FAULTS names.

Again: mails that went out once more with the same Message-ID, because what became of the first could not be known.
"""
import os

NUMBERS = 5


def note(what, tried, lost, doubled, hung, again=0):
    if path := os.environ.get("FAULTS"):
        with open(path, "a", encoding="utf-8") as f:
            print(what, tried, lost, doubled, hung, again, sep="\t", file=f)


def read(path):
    """{what: [how many, lost, doubled, hung, again]}, {} where there is no such file; what runs more than once has one row."""
    sums = {}
    if path.exists():
        for what, *numbers in (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()):
            numbers += [0] * (NUMBERS - len(numbers))
            sums[what] = [a + int(b) for a, b in zip(sums.get(what, [0] * NUMBERS), numbers)]
    return sums
