#!/usr/bin/env python3
"""Holds the structure of the tree against its rules, and prints its figures.

usage: tests/house.py [OBJECTS]    OBJECTS: the folder of object files, build/obj unless told

An arrow runs from a file to a header that it includes, and from one .c file to another whose functions or data it uses
(as `nm` tells of the object files). Between folders it runs down only, and no way along arrows leads back to its file.
A comment that cites a section, an invariant or a contract names a file that has it. A message to the parent has a reader.
"""
import collections
import pathlib
import re
import statistics
import subprocess
import sys

# The folders from the top floor down; those of one floor do not know each other.
FLOORS = [
    ["gatewayd"],
    ["gatewayd/parent", "gatewayd/core", "gatewayd/poller", "gatewayd/tokens", "gatewayd/web",
     "gatewayd/hooks", "gatewayd/sender"],
    ["gatewayd/ctl"],
    ["gatewayd/begin"],
    ["gatewayd/doctor"],
    ["gatewayd/timer"],
    ["gatewayd/person"],
    ["gatewayd/mail"],
    ["gatewayd/post"],
    ["gatewayd/stats"],
    ["gatewayd/case", "gatewayd/grant"],
    ["gatewayd/wire"],
    ["gatewayd/identity", "gatewayd/net"],
    ["store", "conf"],
    ["parser"],
    ["gatewayd/base"],
]
TABLES = "parser/tables"            # rows that their one reader includes; as long as they must be
FILE_MAX = 500
FUNCTION_MAX = 60
FUNCTION_MEDIAN_MAX = 14
PARAMETERS_MAX = 6
INCLUDE = re.compile(r'^#\s*include\s+"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
# RFC 5322 section 3.4, MS-OXTNEF section 2.1: documents of others.
FOREIGN = re.compile(r"(?:\bRFC \d+|\bMS-[A-Z]+|\bHTML Standard|\bPOSIX|\bISO [\d-]+)[^;()]*")
CITED = re.compile(r"\b(?:invariants? (I\d)|[Ss]ection (\d+)\b(?!\.\d))")
RELEASED = re.compile(r"\s+struct \w+ .*_AUTO\b")
DECLARED = re.compile(r"(\w+) [A-Z]+_AUTO(?=[,;])")
RETURNS = re.compile(r"\breturn\b")
NAMED = re.compile(r"[\w/-]+\.md\b")


def sources():
    """The files of the house, tests apart."""
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c", "*.h"],
                           check=True, capture_output=True, text=True).stdout.split()
    return [pathlib.Path(n) for n in sorted(set(names)) if pathlib.Path(n).exists()]


def includes(files):
    arrows = collections.defaultdict(set)
    for path in files:
        for name in INCLUDE.findall(path.read_text()):
            if pathlib.Path(name).exists():
                arrows[str(path)].add(name)
    return arrows


def symbols(objects):
    """Where each symbol is defined, and what each file uses."""
    defined, used = {}, collections.defaultdict(set)
    sources = {str(path): str(path.relative_to(objects).with_suffix(".c")) for path in sorted(objects.rglob("*.o"))}
    ours = [path for path, name in sources.items() if not name.startswith("tests/") and pathlib.Path(name).exists()]
    for line in subprocess.run(["nm", "-A", *ours], capture_output=True, text=True, check=True).stdout.splitlines():
        path, _, rest = line.partition(":")
        kind, symbol = rest.split()[-2:]
        if kind == "U":
            used[sources[path]].add(symbol)
        elif kind in "TDBRV":
            defined[symbol] = sources[path]
    return defined, used


def calls(objects):
    defined, used = symbols(objects)
    return {name: {defined[s] for s in wanted if s in defined} - {name} for name, wanted in used.items()}


def circles(arrows):
    """Tarjan's strongly connected components of more than one file."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(arrows.get(node, ())):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            ring = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(ring) > 1:
                found.append(sorted(ring))

    sys.setrecursionlimit(10000)
    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return found


def structure(arrows, problems):
    """Every arrow against the floors."""
    floor = {folder: i for i, row in enumerate(FLOORS) for folder in row}
    folders = collections.defaultdict(set)
    for source, targets in sorted(arrows.items()):
        here = str(pathlib.Path(source).parent)
        for target in sorted(targets):
            there = str(pathlib.Path(target).parent)
            if TABLES in (here, there) or here == there:
                continue
            folders[here].add(there)
            if here not in floor or there not in floor:
                problems.append(f"{here if here not in floor else there}: on no floor of tests/house.py")
            elif floor[there] < floor[here] or floor[there] == floor[here]:
                problems.append(f"{source} -> {target}: an arrow that runs {'up' if floor[there] < floor[here] else 'across a floor'}")
    for ring in circles(arrows):
        problems.append("a circle: " + ", ".join(ring))
    return folders


def functions(path):
    """Name, lines and parameters of each function, as clang-format lays them out."""
    lines = path.read_text().splitlines()
    for i, line in enumerate(lines):
        if line != "{" or i == 0:
            continue
        start = i - 1
        while start > 0 and lines[start] and lines[start][0] in " \t":
            start -= 1
        head = " ".join(lines[start:i])
        name = re.search(r"(\w+)\(", head)
        if not name or head.startswith(("struct", "enum", "union")) and "(" not in head:
            continue
        end = next(j for j in range(i, len(lines)) if lines[j] == "}")
        inside = head[name.end():]
        yield name[1], end - start + 1, 0 if inside.startswith("void)") else inside.count(",") + 1


def figures(files, problems):
    sizes = [(len(p.read_text().splitlines()), str(p)) for p in files]
    rows = [(n, f"{p}: {name}()", params) for p in files if p.suffix == ".c" for name, n, params in functions(p)]
    lengths = sorted(n for n, _, _ in rows)
    median = statistics.median(lengths)
    wide = [name for _, name, params in rows if params > PARAMETERS_MAX]
    print(f"{len(files)} files, {sum(n for n, _ in sizes)} lines; a file: median "
          f"{statistics.median(n for n, _ in sizes):.0f}, longest {max(sizes)[0]} ({max(sizes)[1]})")
    print(f"{len(rows)} functions; lines: median {median:.0f}, ninth of ten {lengths[len(lengths) * 9 // 10]}, "
          f"longest {max(rows)[0]} ({max(rows)[1]}); over {PARAMETERS_MAX} parameters: {len(wide)}")
    problems += [f"{name}: {n} lines, at most {FILE_MAX}" for n, name in sizes
                 if n > FILE_MAX and not name.startswith(TABLES)]
    problems += [f"{name}: {n} lines, at most {FUNCTION_MAX}" for n, name, _ in rows if n > FUNCTION_MAX]
    if median > FUNCTION_MEDIAN_MAX:
        problems.append(f"the median function has {median:.0f} lines, at most {FUNCTION_MEDIAN_MAX}")


def cited(path, comment, problems):
    """What a comment cites of the project's own documents."""
    own = FOREIGN.sub("", " ".join(comment.replace("\n *", " ").split()))
    named = NAMED.findall(own)
    problems += [f"{path}: {n} is not there" for n in named if not pathlib.Path(n).exists()]
    texts = [pathlib.Path(n).read_text() for n in named if pathlib.Path(n).exists()]
    for match in CITED.finditer(own):
        heading = rf"^\s*-? ?\*\*{match[1]}\b" if match[1] else rf"^##+ {match[2]}\b"
        if not named:
            problems.append(f"{path}: \"{match[0]}\" of which document?")
        elif not any(re.search(heading, t, re.M) for t in texts):
            problems.append(f"{path}: {' '.join(named)} has no {match[0]}")


def citations(files, problems):
    for path in files:
        for comment in COMMENT.findall(path.read_text()):
            cited(path, comment, problems)


def unready(files, problems):
    """What is released at the end of its block must be something at each return: {0}, or begun before."""
    for path in files:
        waiting = {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in [n for n in waiting if re.search(rf"\b{n}\b", line)]:
                del waiting[name]
            if line == "}":
                waiting = {}
            elif RETURNS.search(line):
                problems += [f"{path}:{number}: returns before {n} is begun; declare it with = {{ 0 }}" for n in waiting]
            if RELEASED.match(line):
                waiting.update({m[1]: number for m in DECLARED.finditer(line)})


def unread(problems):
    """What workers say to the parent has a reader there, which would otherwise show when the message comes."""
    reader = pathlib.Path("gatewayd/parent/parent.c")
    rows = re.findall(r'X\((MSG_\w+), "[^"]*", ROLE_\w+, ROLE_PARENT,', pathlib.Path("gatewayd/wire/messages.h").read_text())
    for name in rows:
        if not re.search(rf"\bcase {name}:", reader.read_text()):
            problems.append(f"{reader}: {name} has no reader")


def draw(folders):
    for row in FLOORS:
        print("  " + "   ".join(f"{f} -> {', '.join(sorted(folders[f])) or 'nobody'}" for f in row))


def main():
    objects = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/obj")
    house = [p for p in sources() if p.parts[0] != "tests"]
    problems = []
    arrows = includes(house)
    for name, targets in calls(objects).items():
        arrows[name] |= targets
    draw(structure(arrows, problems))
    figures(house, problems)
    citations(sources(), problems)
    unready(house, problems)
    unread(problems)
    for line in sorted(set(problems)):
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
