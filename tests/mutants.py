#!/usr/bin/env python3
"""Deliberate faults: each must make the test named beside it fail.

usage: tests/mutants.py [NAME...]    NAME: a part of a row's file or test; without one, all rows
       tests/mutants.py --lines      only whether each row's line stands in its file

A row of tests/mutants.tsv is FILE, LINE OF CODE, CHANGED LINE, TEST (a unit test, or a program below tests/; its arguments behind it), separated by tabs: the line stands in the file exactly
once (runs of blanks count as one, those at its ends as none) and is put in by its change, in a copy of the tree below build/.
Ends with the line "N passed, N failed": a mutant that no test found, or that does not build, is a failure.
"""
import os
import pathlib
import shutil
import subprocess
import sys

TABLE = pathlib.Path("tests/mutants.tsv")
COPY = pathlib.Path("build/mutants")
TIMEOUT_S = 300


def rows(names):
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4:
            sys.exit(f"{TABLE}:{number}: {len(cells)} cells, not 4")
        if not names or any(n in cells[0] or n in cells[3] for n in names):
            yield (number, *cells)


def copy_tree():
    """The tracked files as they are in the working tree; objects of an earlier run stay."""
    COPY.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                           check=True, capture_output=True, text=True).stdout.split("\n")
    for old in COPY.rglob("*.[ch]"):
        name = str(old.relative_to(COPY))
        if not name.startswith("build/") and not pathlib.Path(name).exists():
            old.unlink()
    for name in filter(None, files):
        source, target = pathlib.Path(name), COPY / name
        if not source.exists() or target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        os.utime(target)


def changed(text, line, change):
    """The text with that one line changed; None when it does not stand there exactly once."""
    lines = text.split("\n")
    found = [i for i, have in enumerate(lines) if have.split() == line.split()]
    if len(found) != 1:
        return None
    lines[found[0]] = change
    return "\n".join(lines)


def make(target):
    return subprocess.run(["make", "--no-print-directory", "-j2", target], cwd=COPY, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


def survives(test):
    """None when the test fails as it should, else what is wrong; and what it says of that, where it is the simulator."""
    name, *arguments = test.split()
    program = f"build/tests/{name}" if "/" in name else f"build/tests/unit/{name}"
    built = make(program)
    if built.returncode:
        return "does not build:\n" + built.stderr[-600:], ""
    try:
        done = subprocess.run([program, *arguments], cwd=COPY, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return "no seed found it in time" if "--first" in arguments else None, ""
    said = done.stdout.decode("utf-8", "replace").partition("\n")[0] if "--first" in arguments else ""
    return None if done.returncode else "no test found it", said


def try_row(number, name, line, change, test):
    path = COPY / name
    if not path.exists():
        return f"no such file as {name}", ""
    before = path.read_text()
    after = changed(before, line, change)
    if after is None:
        return f"the line does not stand in {name} exactly once", ""
    try:
        path.write_text(after)
        return survives(test)
    finally:
        path.write_text(before)


def lines():
    """Names the rows whose line is not there any more; as part of make lint, or nobody would see it for long."""
    lost = [f"{TABLE}:{number}: the line does not stand in {name} exactly once" for number, name, line, change, _ in rows([])
            if changed(pathlib.Path(name).read_text() if pathlib.Path(name).exists() else "", line, change) is None]
    print("\n".join(lost), end="\n" if lost else "")
    return 1 if lost else 0


def main():
    if sys.argv[1:] == ["--lines"]:
        return lines()
    copy_tree()
    passed = failed = 0
    for number, name, line, change, test in rows(sys.argv[1:]):
        wrong, said = try_row(number, name, line, change, test)
        passed += wrong is None
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {passed + failed} - {name}: {change.strip()} ({test})"
              + (f"\n# {TABLE}:{number}: {wrong}" if wrong else f"\n{said}" if said else ""), flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
