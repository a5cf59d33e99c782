#!/usr/bin/env python3
"""Scores the parser on a corpus of real messages with expected values.

usage: tests/corpus.py [--floor PERCENT] [FOLDER]      FOLDER: ../shared/corpus unless told

The rules of comparison are those of the corpus' README. Prints the score of each project's suite, of each field and of all,
and each miss with what was expected and what came; tests/corpus_reasons.tsv (file, field, why) says of
a miss why the expectation is wrong or out of reach. Such a miss is still one in the score. With
--floor the exit status is 1 when the score is below it; a corpus that is not there is passed over.
"""
import argparse
import collections
import hashlib
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
PARSER = pathlib.Path(os.environ.get("BUILD", HERE.parent / "build")) / "tests/parse"
REASONS = HERE / "corpus_reasons.tsv"
BARE_HEADER = b"Content-Type: text/plain; charset=utf-8\n\n"

Check = collections.namedtuple("Check", "file field ok want got")


def collapse(text):
    return " ".join((text or "").split())


def squeeze(text):
    """Only what a person reads: no white space, no marks that the parser puts before lines."""
    return re.sub(r"[\s>\ufffd-]+", "", text)


def parse(paths):
    """The object of each path, by path."""
    done = subprocess.run([PARSER, "--jsonl", *map(str, paths)], stdout=subprocess.PIPE, check=True)
    return {o["file"]: o for o in map(json.loads, done.stdout.splitlines())}


def parse_bytes(raw):
    done = subprocess.run([PARSER, "-"], input=raw, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


# The fields of expected.jsonl

def same(want, got):
    return want == got


def same_text(want, got):
    return collapse(want) == collapse(got)


def same_attachments(want, got):
    """As many, in order, and each key that is expected."""
    return len(want) == len(got) and all(
        all(g.get(key) == value for key, value in w.items()) for w, g in zip(want, got))


def recipients(facts):
    return (facts["bounce"] or {"recipients": []})["recipients"]


RULES = {  # key: (what is looked at, how it is compared)
    "text": (lambda f: f["text"], same_text),
    "reply": (lambda f: f["reply"], same_text),
    "reply_begins": (lambda f: f["reply"], lambda w, g: collapse(g).startswith(collapse(w))),
    "reply_is_text": (lambda f: [f["reply"], f["text"]], lambda w, g: same_text(*g)),
    "kind_one_of": (lambda f: f["kind"], lambda w, g: g in w),
    "bounce_status_one_of": (lambda f: [r["status"] for r in recipients(f)],
                             lambda w, g: any(s in w for s in g)),
    "bounce_recipients_each_one_of": (
        lambda f: [r["address"] for r in recipients(f)],
        lambda w, g: all(any(a in each for a in g) for each in w)),
    "attachments": (lambda f: f["attachments"], same_attachments),
}


def check_expected(root):
    rows = [json.loads(line) for line in (root / "expected.jsonl").read_text("utf-8").splitlines()]
    parsed = parse(root / row["file"] for row in rows)
    for row in rows:
        path = root / row["file"]
        if row["file"].startswith("email_reply_parser/"):
            facts = parse_bytes(BARE_HEADER + path.read_bytes())
        else:
            facts = parsed[str(path)]
        for key, want in row["expect"].items():
            look, compare = RULES.get(key, (lambda f, key=key: f[key], same))
            got = look(facts)
            yield Check(row["file"], key, compare(want, got), want, got)


def digests(data):
    """Of a file that may be stored with other line ends than it came with."""
    unix = data.replace(b"\r\n", b"\n")
    return {hashlib.sha256(d).hexdigest() for d in (data, unix, unix.replace(b"\n", b"\r\n"))}


# TNEF streams: the files in NAME.tnef are those in the folder NAME

def check_tnef(root):
    for stream in sorted((root / "tnef").glob("*.tnef")):
        raw = b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: binary\n\n"
        facts = parse_bytes(raw + stream.read_bytes())
        files = {a["filename"]: a["sha256"] for a in facts["attachments"] if a["from_tnef"]}
        for path in sorted(stream.with_suffix("").iterdir()):
            want, got = sorted(digests(path.read_bytes())), files.get(path.name)
            yield Check(str(stream.relative_to(root)), "tnef " + path.name, got in want, want, got)


# mime4j: NAME_decoded.xml names the decoded body of each leaf

# The contract cuts it out of the text.
UUENCODED = re.compile(r"^begin [0-7]{3} .*\n(?:.*\n)*?end$", re.M)


class Stripper(html.parser.HTMLParser):
    """HTML without its tags, for a rough comparison."""

    def __init__(self):
        super().__init__()
        self.hidden, self.parts = 0, []

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("style", "script", "head", "title")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "script", "head", "title") and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def strip_html(text):
    stripper = Stripper()
    stripper.feed(text)
    stripper.close()
    return "".join(stripper.parts)


def content_type(entity):
    for field in entity.findall("header/field"):
        m = re.match(r"\s*content-type\s*:\s*([^\s;]+)", field.text or "", re.I)
        if m:
            return m[1].lower()
    return "text/plain"


def leaves(entity, in_alternative=False):
    """The bodies of the leaves that are not in an enclosed message, with their type."""
    kind = content_type(entity)
    for child in entity:
        if child.tag in ("text-body", "binary-body"):
            yield child.get("name"), kind, in_alternative
        elif child.tag == "multipart":
            for part in child.findall("body-part"):
                yield from leaves(part, kind == "multipart/alternative")


def leaf_is_there(data, kind, facts):
    if digests(data) & {a["sha256"] for a in facts["attachments"]}:
        return True
    for charset in ("utf-8", "windows-1252", "iso-8859-15"):
        text = UUENCODED.sub("", data.decode(charset, "replace").replace("\r\n", "\n"))
        text = strip_html(text) if kind == "text/html" else text
        if squeeze(text) in squeeze(facts["text"]):
            return True
    return False


def check_mime4j(root):
    for tree in sorted((root / "mime4j").glob("*/*_decoded.xml")):
        message = tree.with_name(tree.name.replace("_decoded.xml", ".msg"))
        facts = parse([message])[str(message)]
        text = xml.etree.ElementTree.fromstring(tree.read_bytes())
        for name, kind, in_alternative in leaves(text):
            if in_alternative:  # one of them counts, and which is the contract's choice
                continue
            ok = leaf_is_there((tree.parent / name).read_bytes(), kind, facts)
            got = [(a["content_type"], a["filename"], a["size"]) for a in facts["attachments"]]
            yield Check(str(message.relative_to(root)), "leaf " + name, ok, kind, got)


def reasons():
    rows = [line.split("\t") for line in REASONS.read_text("utf-8").splitlines()
            if line and not line.startswith("#")]
    return {(file, field): why for file, field, why in rows}


def short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + " …"


def table(title, checks, key):
    """How many checks are met of each group, the largest first."""
    groups = collections.defaultdict(list)
    for c in checks:
        groups[key(c)].append(c.ok)
    print(f"{title:<32} {'met':>5} {'of':>5}")
    for name, oks in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{name:<32} {sum(oks):>5} {len(oks):>5}  {100 * sum(oks) / len(oks):.1f} %")


def report(checks, why):
    """Prints it all; the score in percent."""
    for c in checks:
        if not c.ok:
            print(f"{c.file}: {c.field}\n    expected {short(c.want)}\n    got      {short(c.got)}")
            print(f"    {'reason   ' + why[c.file, c.field] if (c.file, c.field) in why else 'no reason stated'}")
    for key in why.keys() - {(c.file, c.field) for c in checks if not c.ok}:
        print(f"{key[0]}: {key[1]}: is met or is no more, but corpus_reasons.tsv has it")
    table("suite", checks, lambda c: c.file.split("/")[0])
    table("field", checks, lambda c: c.field.split()[0])
    met = sum(c.ok for c in checks)
    score = 100 * met / len(checks)
    print(f"{'in all':<32} {met:>5} {len(checks):>5}  {score:.2f} %")
    return score


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--floor", type=float, default=0, help="lowest score that is good, in percent")
    options.add_argument("folder", nargs="?", type=pathlib.Path, default=HERE.parent.parent / "shared/corpus")
    options = options.parse_args()
    if not (options.folder / "expected.jsonl").exists():
        print(f"{options.folder}: no corpus here, nothing was scored")
        return 0
    checks = [c for check in (check_expected, check_tnef, check_mime4j) for c in check(options.folder)]
    return 1 if report(checks, reasons()) < options.floor else 0


if __name__ == "__main__":
    sys.exit(main())
