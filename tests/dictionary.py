#!/usr/bin/env python3
"""Makes a dictionary of zstd for what goes out, of the shipped templates (store/dictionary.h).

usage: tests/dictionary.py NUMBER FILE

What stores need to be read is never made again: this is for the next number, where templates changed so much that the
last one does little. The lines of mails as they go out follow each other, each once; the commonest mails are last, as
what is near costs least. All templates together say how often which byte is there.
"""
import ctypes
import json
import pathlib
import sys
import tempfile

import pictures

COMMONEST = """en.confirmation en.staff_new_case en.owner_update de.confirmation en.customer_reply en.case_closed de.staff_new_case
de.customer_reply fr.confirmation es.confirmation de.owner_update en.sla_warning en.follow_up en.case_reopened
en.waiting_reminder de.case_closed en.case_for_you en.owner_assigned""".split()
LEVEL, ROOM, LINE = 1, 1 << 17, 76
HEAD = """Date: Mon, 23 Nov 2026 09:40:00 +0000
From: Example Support <support@support.example>
To: Ann <ann@customer.example>
Reply-To: support+gmaaaaab@support.example
Subject: {subject}
Message-ID: <{name}.4711.gmaaaaab@support.example>
{thread}References: <case.4711@support.example>
Auto-Submitted: {how}
X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply
x-ms-reactions: disallow
X-Gatewayd: gmaaaaab
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_c16ed89870d98db11d4c89b378d7a595_a"

"""
PART = """--=_c16ed89870d98db11d4c89b378d7a595_a
Content-Type: text/{kind}; charset=utf-8
Content-Transfer-Encoding: quoted-printable

"""
STAFF = {"thread": "", "how": "auto-generated"}
CUSTOMER = {"thread": "In-Reply-To: <20261123094000@customer.example>\n", "how": "auto-replied"}


class Params(ctypes.Structure):
    _fields_ = [("level", ctypes.c_int), ("notification", ctypes.c_uint), ("id", ctypes.c_uint)]


def quoted(line):
    """As gatewayd/post/mime_encode.c does it."""
    lines, last = [b""], len(line) - 1
    for i, byte in enumerate(line):
        at_start = not lines[-1] and (byte == ord(".") or line[i:].startswith(b"From "))
        at_end = i == last and byte in b" \t"
        plain = (byte == 9 or 32 <= byte <= 126) and byte != ord("=") and not at_start and not at_end
        piece = bytes([byte]) if plain else b"=%02X" % byte
        if len(lines[-1]) + len(piece) + (i < last) > LINE:
            lines[-1] += b"="
            lines.append(b"")
        lines[-1] += piece
    return b"\r\n".join(lines)


def mail(name, kinds):
    """Without what a mail says of its customer, as far as a template leaves it out."""
    subject, text = kinds["plain"].removeprefix("Subject: ").split("\n\n", 1)
    how = STAFF if name.startswith(("staff", "owner", "sla")) else CUSTOMER
    made = HEAD.format(subject=subject, name=name, **how).replace("\n", "\r\n").encode()
    for kind, body in (("plain", text), ("html", kinds["html"])):
        made += PART.format(kind=kind).replace("\n", "\r\n").encode()
        made += b"\r\n".join(quoted(line) for line in body.encode().split(b"\n"))
    return made


def mails(place):
    conf, html = place / "gatewayd.conf", place / "html"
    conf.write_text(pictures.CONF.format())
    for row in json.loads(pictures.ctl(conf, "template", "list", "--json")):
        for language in row["languages"]:
            text = pictures.ctl(conf, "template", "show", row["template"], "--lang", language, "--html", html)
            yield f"{language}.{row['template']}", mail(row["template"], {"plain": text, "html": html.read_text()})


def content(of):
    seen, blocks = set(), []
    for name in COMMONEST:
        lines = [line for line in of[name].split(b"\r\n") if line not in seen]
        seen.update(lines)
        blocks.append(b"\r\n".join(lines) + b"\r\n")
    return b"".join(reversed(blocks))


def finished(number, words, samples):
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZDICT_finalizeDictionary.restype = ctypes.c_size_t
    sizes = (ctypes.c_size_t * len(samples))(*map(len, samples))
    room = ctypes.create_string_buffer(ROOM)
    n = zstd.ZDICT_finalizeDictionary(room, ctypes.c_size_t(ROOM), words, ctypes.c_size_t(len(words)), b"".join(samples), sizes,
                                      ctypes.c_uint(len(samples)), Params(LEVEL, 0, number))
    assert n <= ROOM, "zstd makes no dictionary of it"
    return room.raw[:n]


def main():
    number, file = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="dictionary-") as place:
        of = dict(mails(pathlib.Path(place)))
    pathlib.Path(file).write_bytes(finished(int(number), content(of), list(of.values())))


if __name__ == "__main__":
    main()
