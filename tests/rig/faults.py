"""Rows of the table of `make check-full`: what, how many, lost, doubled, hung. A part adds them to the file that FAULTS names."""
import os


def note(what, tried, lost, doubled, hung):
    if path := os.environ.get("FAULTS"):
        with open(path, "a", encoding="utf-8") as f:
            print(what, tried, lost, doubled, hung, sep="\t", file=f)


def read(path):
    """{what: [how many, lost, doubled, hung]}, {} where there is no such file; what runs more than once has one row."""
    sums = {}
    if path.exists():
        for what, *numbers in (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()):
            sums[what] = [a + int(b) for a, b in zip(sums.get(what, [0] * 4), numbers)]
    return sums
