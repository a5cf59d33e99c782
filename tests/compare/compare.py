#!/usr/bin/env python3
"""This parser beside Python's email, mailparser (with a reply trimmer) and GMime, on the same mails.

usage: tests/compare/compare.py [--differences] [FOLDER]      FOLDER: ../shared/corpus unless told

Not part of make check: needs node with mailparser and email-reply-parser (npm; NODE_PATH names where
they are), and python3-gi with gir1.2-gmime-3.0; a reader that is not there is passed over.

The mails are those of the corpus, with its expectations, and the tables of tests/bodies. The table has
for each field how many values a reader got right of those that are settled. With --differences it prints
instead where this parser and another reader disagree on a mail of the corpus; judged.tsv (file, field,
reader, why) says of each who is right, and what is not in there makes the exit status 1.
"""
import argparse
import collections
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARSER = pathlib.Path(os.environ.get("BUILD", ROOT / "build")) / "tests/parse"
READERS = {
    "gatewayd": None,
    "Python email": [sys.executable, HERE / "read_python.py"],
    "mailparser": ["node", HERE / "read_mailparser.js"],
    "GMime": ["/usr/bin/python3", HERE / "read_gmime.py"],
}
FIELDS = ("message_id", "subject", "from", "to", "cc", "date", "text", "attachments")

spec = importlib.util.spec_from_file_location("corpus", ROOT / "tests/corpus.py")
corpus = importlib.util.module_from_spec(spec)
spec.loader.exec_module(corpus)


def read_all(name, paths):
    """What a reader says of each path; {} when it says nothing (it died there, or is not installed)."""
    if name == "gatewayd":
        done = subprocess.run([PARSER, "--jsonl", *map(str, paths)], stdout=subprocess.PIPE, check=True)
        return {o["file"]: o for o in map(json.loads, done.stdout.splitlines())}
    left, found = [str(p) for p in paths], {}
    while left:  # after a crash go on behind the mail that caused it
        done = subprocess.run(list(map(str, READERS[name])), input="\n".join(left).encode() + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        read = {o["file"]: o for o in map(json.loads, done.stdout.splitlines())}
        if not read and len(left) == len(paths):
            return {}
        found.update(read)
        left = left[len(read) + 1:]
    return found


def words(facts):
    """The text as a reader of it sees it: HTML without tags, white space collapsed."""
    text = facts.get("text") or ""
    return corpus.collapse(corpus.strip_html(text) if facts.get("html") else text)


def is_right(key, want, facts):
    if facts.get("error") or not facts:
        return False
    if key in ("from", "to", "cc", "reply_to"):
        return want == facts.get(key)
    if key == "text":
        return corpus.collapse(want) == words(facts)
    if key == "has":
        return want in words(facts)
    if key == "attachments":
        return corpus.same_attachments([{k: v for k, v in a.items() if k == "sha256"} for a in want],
                                       facts["attachments"])
    if key in ("reply", "reply_begins") and "reply" in facts:
        return corpus.RULES[key][1](want, facts["reply"])
    return want == facts.get(key, facts)


def expectations(root, folder):
    """(path, field, wanted value) of the corpus and of tests/bodies."""
    for line in (root / "expected.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        path = root / row["file"]
        if row["file"].startswith("email_reply_parser/"):
            path = folder / row["file"].replace("/", "-")
            path.write_bytes(corpus.BARE_HEADER + (root / row["file"]).read_bytes())
        for key, want in row["expect"].items():
            if key in FIELDS or key in ("reply", "reply_begins"):
                yield path, key, want, key
    for table in sorted((ROOT / "tests/bodies").glob("*.txt")):
        cases = re.findall(r"^#### (.*)\n((?:(?!#### ).*\n)*)#### facts\n((?:(?!#### ).*\n?)*)",
                           table.read_text("utf-8"), re.M)
        for number, (_, mail, facts) in enumerate(cases):
            path = folder / f"{table.stem}-{number}.eml"
            path.write_bytes(mail.replace("\\r", "\r").encode())
            for line in facts.splitlines():
                key, _, want = line.partition(" ")
                if key in ("text", "has"):
                    yield path, key, want, f"tests/bodies/{table.stem}"


def print_table(root):
    with tempfile.TemporaryDirectory() as folder:
        rows = list(expectations(root, pathlib.Path(folder)))
        paths = sorted({path for path, *_ in rows})
        names = [n for n, command in READERS.items() if not command or shutil.which(command[0])]
        said = {name: read_all(name, paths) for name in names}
    score, total = collections.Counter(), collections.Counter()
    for path, key, want, row in rows:
        total[row] += 1
        for name in names:
            score[row, name] += is_right(key, want, said[name].get(str(path), {}))
    print("| | of | " + " | ".join(names) + " |\n|---|---:|" + "---:|" * len(names))
    for row in total:
        print(f"| {row} | {total[row]} | " + " | ".join(str(score[row, n]) for n in names) + " |")
    silent = {n: sum(1 for p in paths if not said[n].get(str(p)) or said[n][str(p)].get("error")) for n in names}
    print(f"| mails it fails on | {len(paths)} | " + " | ".join(str(silent[n]) for n in names) + " |")


def view(facts, field):
    """A field so that only what matters differs."""
    if field in ("from", "to", "cc"):
        return [a["address"].lower() for a in facts.get(field, [])]
    if field == "attachments":
        return len(facts.get(field, []))
    if field == "text":
        return corpus.squeeze(re.sub(r"<[^<>]*>|\[image: [^\]]*\]", "", words(facts)))[:2000]
    return corpus.collapse(facts.get(field) or "")


def judged():
    rows = [line.split("\t") for line in (HERE / "judged.tsv").read_text("utf-8").splitlines()
            if line and not line.startswith("#")]
    return {tuple(row[:3]): row[3] for row in rows}


def print_differences(root):
    paths = [root / json.loads(line)["file"] for line in (root / "expected.jsonl").open(encoding="utf-8")]
    paths = [p for p in paths if "email_reply_parser" not in str(p)]
    verdicts, open_, by_why = judged(), 0, collections.Counter()
    ours = read_all("gatewayd", paths)
    for name in ("Python email", "mailparser"):
        theirs = read_all(name, paths)
        for path in paths:
            mine, other = ours[str(path)], theirs.get(str(path), {"error": "it died"})
            for field in ("error",) if other.get("error") else FIELDS:
                if field != "error" and view(mine, field) == view(other, field):
                    continue
                key = (str(path.relative_to(root)), field, name)
                if key in verdicts:
                    by_why[verdicts[key]] += 1
                    continue
                open_ += 1
                print(*key, f"\n    this: {str(mine.get(field))[:300]!r}\n    that: {str(other.get(field))[:300]!r}")
    for why, n in by_why.most_common():
        print(f"{n:5}  {why}")
    print(f"{sum(by_why.values())} differences judged, {open_} not")
    return open_ > 0


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--differences", action="store_true")
    options.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT.parent / "shared/corpus")
    options = options.parse_args()
    if options.differences:
        sys.exit(print_differences(options.folder))
    print_table(options.folder)


if __name__ == "__main__":
    main()
