#!/usr/bin/env python3
"""`gatewayctl parse` from outside: operands, standard input, exit statuses, what a script may rely on."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tests.rig.process import PATIENCE
from tests.rig.tap import Tap, same  # noqa: E402

CTL = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "gatewayctl"))
KEYS = ["message_id", "in_reply_to", "references", "date", "from", "reply_to", "to", "cc", "subject", "kind",
        "kind_reason", "marks", "bounce", "text", "text_source", "reply", "reply_cut", "forwarded", "attachments",
        "defects"]
ATTACHMENT_KEYS = ["filename", "content_type", "size", "sha256", "content_id", "inline", "from_tnef",
                   "role"]
MAIL = (b"From: =?utf-8?Q?J=C3=B6rg?= <a@b.c>\r\nSubject: one\r\nContent-Type: multipart/mixed; boundary=m\r\n"
        b"\r\n--m\r\n\r\ntext\r\n--m\r\nContent-Type: a/b; name=f\r\n\r\nbytes\r\n--m--\r\n")


def parse(*operands, stdin=b""):
    return subprocess.run([CTL, "parse", *operands], input=stdin, capture_output=True, timeout=60 * PATIENCE)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("one.eml").write_bytes(MAIL)
        pathlib.Path("two.eml").write_bytes(b"Subject: two\n\n")
        pathlib.Path("empty.eml").write_bytes(b"")

        with tap.point("one file is one object with every key"):
            done = parse("one.eml")
            same(done.returncode, 0)
            mail = json.loads(done.stdout)
            same(list(mail), KEYS)
            same(list(mail["attachments"][0]), ATTACHMENT_KEYS)
            same(mail["from"], [{"name": "Jörg", "address": "a@b.c"}])
            assert done.stdout.endswith(b"}\n")

        with tap.point("standard input is read for a dash"):
            done = parse("-", stdin=MAIL)
            same(done.returncode, 0)
            same(json.loads(done.stdout), json.loads(parse("one.eml").stdout))

        with tap.point("with --jsonl there is a line a file, in order, with its name"):
            done = parse("--jsonl", "two.eml", "one.eml", "two.eml")
            same(done.returncode, 0)
            lines = done.stdout.decode().split("\n")
            same(lines.pop(), "")
            same([json.loads(line)["file"] for line in lines], ["two.eml", "one.eml", "two.eml"])
            same([json.loads(line)["subject"] for line in lines], ["two", "one", "two"])

        with tap.point("a file that cannot be read gets a line and status 1, the others are parsed"):
            done = parse("--jsonl", "one.eml", "missing", folder, "two.eml")
            same(done.returncode, 1)
            lines = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
            same([line["file"] for line in lines], ["one.eml", "missing", folder, "two.eml"])
            same([sorted(line) == ["error", "file"] for line in lines], [False, True, True, False])
            assert b"missing" in done.stderr

        with tap.point("without --jsonl a missing file is status 1 and no object"):
            done = parse("missing")
            same(done.returncode, 1)
            same(done.stdout, b"")

        with tap.point("an empty mail and any bytes are an object and status 0"):
            for bytes_ in (b"", b"\0", bytes(range(256)) * 50, b"\n" * 1000, b"\xff\xfe" * 1000):
                done = parse("-", stdin=bytes_)
                same(done.returncode, 0)
                same(list(json.loads(done.stdout)), KEYS)
                assert b"\\u0000" not in done.stdout and b"\0" not in done.stdout
            same(json.loads(parse("empty.eml").stdout)["text_source"], "plain")

        with tap.point("a file may be called like an option"):
            pathlib.Path("--jsonl").write_bytes(b"Subject: odd\n\n")
            done = parse("--", "--jsonl")
            same(done.returncode, 0)
            same(json.loads(done.stdout)["subject"], "odd")

        with tap.point("wrong usage is told, with status 64"):
            for operands in ([], ["--jsonl"], ["--nonsense", "one.eml"]):
                done = parse(*operands)
                same(done.returncode, 64)
                assert b"usage" in done.stderr

        with tap.point("a reader that goes away is no crash"):
            with subprocess.Popen([CTL, "parse", "--jsonl"] + ["one.eml"] * 2000,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                process.stdout.read(10)
                process.stdout.close()
                assert process.wait(timeout=60 * PATIENCE) in (1, -13), process.returncode
    tap.done()


if __name__ == "__main__":
    main()
