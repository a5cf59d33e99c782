#!/usr/bin/env python3
"""Python's email package reads what our MIME writer makes, and finds what was put in.

Texts are drawn at random from many scripts and from what hostile mail is made of; MIME_SEED draws
others.
"""
import email
import email.header
import email.policy
import email.utils
import os
import random
import subprocess
import sys

BUILD = os.environ.get("BUILD", "build")
COUNT = 400
ONCE = {"date", "from", "to", "reply-to", "subject", "message-id", "mime-version", "content-type"}
MAY = {"x-ms-reactions", "in-reply-to", "references", "auto-submitted", "x-auto-response-suppress",
       "list-unsubscribe", "list-unsubscribe-post", "content-transfer-encoding"}

ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz ABC 0123456789",
    "äöüß éèê ñ çÄÖÜ abc",
    "привет мир Здравствуйте",
    "日本語のファイル名 見積書",
    "שלום עולם مرحبا",
    "😀🎉👩 abc",
    "\"\\()<>[]:;@,.=?_-*'%!#$&+/^`{|}~ ab",
]
HOSTILE = ["\r\nBcc: x@y.z", "\n\n<html>", "\r", "\0", "\x1b[2J", "=?utf-8?q?=0D=0ABcc:_x?=",
           "--=_", "=_", "\n.\n", "\nFrom me", "\u202e", "\ufeff", "\x85", "\u2028",
           "Content-Type: text/html\n\n", "\t", " \n", "=\n", "../../etc/passwd"]

rng = random.Random()
points = failures = 0


def point(good, name, detail=""):
    global points, failures
    points += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {points} - {name}")
    for line in str(detail).splitlines() if not good else []:
        print(f"# {line}")


def words(longest, hostile):
    """A text of one or two scripts; single blanks inside, none at the ends, unless hostile."""
    alphabet = "".join(rng.sample(ALPHABETS, rng.choice((1, 1, 2))))
    text = "".join(rng.choice(alphabet) for _ in range(rng.randrange(longest)))
    text = " ".join(text.split())
    while hostile and rng.random() < 0.7:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(HOSTILE) + text[at:]
    return text


def body(hostile):
    return "".join(words(rng.choice((10, 100, 1500)), hostile) + "\n" for _ in range(rng.randrange(1, 8)))


def intent(hostile):
    m = {"from_name": words(30, hostile), "to_name": words(70, hostile),
         "subject": words(160, hostile), "text": body(hostile)}
    if rng.random() < 0.6:
        m["html"] = "<p>" + body(hostile) + "</p>\n"
    if rng.random() < 0.5:
        m["in_reply_to"] = "earlier.1@example.com"
        m["references"] = [f"{i}@example.com" for i in range(rng.randrange(1, 40))]
    if rng.random() < 0.3:
        m["automatic"] = ""
    if rng.random() < 0.3:
        m["unsubscribe"] = "https://help.example/leave?token=abc"
    m["files"] = [(words(120, hostile) or "x", rng.choice(("image/png", "text/plain", "nonsense", "message/rfc822")),
                   rng.randbytes(rng.randrange(3000))) for _ in range(rng.choice((0, 0, 1, 3)))]
    return m


def lines_of(m):
    def line(key, value):
        raw = value if isinstance(value, bytes) else value.encode()
        return f"{key} {raw.hex()}\n"

    out = "".join(line(k, v) for k, v in m.items() if isinstance(v, str))
    out += "".join(line("reference", r) for r in m.get("references", []))
    for name, kind, content in m["files"]:
        out += line("filename", name) + line("type", kind) + line("content", content)
    return out + "\n"


def written(intents):
    """The messages of the probe, in order."""
    done = subprocess.run([f"{BUILD}/tests/tools/mime_probe"], input="".join(map(lines_of, intents)).encode(),
                          stdout=subprocess.PIPE, timeout=120, check=True)
    rest, messages = done.stdout, []
    while rest:
        head, rest = rest.split(b"\n", 1)
        messages.append(rest[:int(head)])
        rest = rest[int(head):]
    return messages


def unsound(raw):
    """What SMTP would mind, or None."""
    if not raw.endswith(b"\r\n") or b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        return "line ends"
    if any(c > 126 or (c < 32 and c not in b"\r\n\t") for c in raw):
        return "bytes that are not ASCII text"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        return "a line over 998 bytes"
    if max(map(len, raw.split(b"\r\n\r\n")[0].split(b"\r\n"))) > 78:
        return "a header line over 78 characters"
    return None


def structure(m, parsed):
    """What is wrong with fields and parts, or None."""
    names = [n.lower() for n in parsed.keys()]
    if len(names) != len(set(names)) or not ONCE <= set(names) <= ONCE | MAY:
        return f"fields {names}"
    defects = [d for p in parsed.walk() for d in p.defects]
    if defects:
        return f"defects {defects}"
    leaves = [p for p in parsed.walk() if not p.is_multipart()]
    if len(leaves) != 1 + ("html" in m) + len(m["files"]):
        return f"parts {[p.get_content_type() for p in leaves]}"
    if [p.get_payload(decode=True) for p in leaves[len(leaves) - len(m["files"]):]] != [f[2] for f in m["files"]]:
        return "the files' bytes"
    if parsed["to"].addresses[0].addr_spec != "ann@example.com" or len(parsed["to"].addresses) != 1:
        return f"To {parsed['to']}"
    if parsed["from"].addresses[0].addr_spec != "support@help.example":
        return f"From {parsed['from']}"
    return None


def display_name(parsed, field):
    """Python's newer reader leaves the blank between two encoded words of a name: use the older one."""
    raw = next(v for k, v in parsed.raw_items() if k.lower() == field)
    return str(email.header.make_header(email.header.decode_header(email.utils.parseaddr(raw.replace("\r\n", ""))[0])))


def content(m, parsed):
    """What came out otherwise than it went in, or None."""
    def lines(s):
        return s.replace("\r\n", "\n").rstrip("\n")

    def cut(s, n):
        return s.encode()[:n].decode(errors="ignore").rstrip()

    leaves = [p for p in parsed.walk() if not p.is_multipart()]
    pairs = [("subject", cut(m["subject"], 500), str(parsed["subject"])),
             ("from", cut(m["from_name"], 200), display_name(parsed, "from")),
             ("to", cut(m["to_name"], 200), display_name(parsed, "to")),
             ("text", lines(m["text"]), lines(leaves[0].get_content()))]
    if "html" in m:
        pairs.append(("html", lines(m["html"]), lines(leaves[1].get_content())))
    for (name, _, _), part in zip(m["files"], leaves[len(leaves) - len(m["files"]):]):
        name = cut(name.replace("/", "_").replace("\\", "_"), 255)
        pairs.append(("filename", email.utils.unquote(name), part.get_filename()))  # get_filename() unquotes
    if "references" in m:
        kept = m["references"][:1] + m["references"][1:][-20:]
        pairs.append(("references", [f"<{r}>" for r in kept], parsed["references"].split()))
    wrong = [p for p in pairs if p[1] != p[2]]
    return wrong[0] if wrong else None


def check(hostile, judge, name):
    intents = [intent(hostile) for _ in range(COUNT)]
    messages = written(intents)
    bad = [] if len(messages) == COUNT else [f"{len(messages)} messages of {COUNT}"]
    for m, raw in zip(intents, messages):
        problem = judge(m, raw)
        if problem:
            bad.append(f"{problem}\n{raw[:1500].decode()}")
    point(not bad, f"{name} ({COUNT} messages)", bad[0] if bad else "")


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def main():
    seed = int(os.environ.get("MIME_SEED", 1))
    print(f"# MIME_SEED={seed}")
    rng.seed(seed)
    check(False, lambda m, raw: unsound(raw), "ordinary texts make sound messages")
    check(True, lambda m, raw: unsound(raw), "hostile texts make sound messages")
    check(False, lambda m, raw: structure(m, parse(raw)), "ordinary texts make the parts and fields asked for")
    check(True, lambda m, raw: structure(m, parse(raw)), "hostile texts make the parts and fields asked for")
    check(False, lambda m, raw: content(m, parse(raw)), "another reader finds what was put in")
    print(f"1..{points}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
