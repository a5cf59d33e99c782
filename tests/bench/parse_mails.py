"""Support mails as people send them, for measuring: some 28 KB each, the same ones every time."""
import base64
import email.header
import quopri
import random
import textwrap

WORDS = ("the a support case server error message please help configuration network printer invoice order "
         "licence update install version customer system fails restart log attached thank you regards problem "
         "since yesterday our production database timeout after upgrade cluster node replication Grüße für "
         "täglich café déjà vu naïve über Größe straße we see this on every second host").split()
PEOPLE = [("Jörg Müller", "joerg.mueller"), ("Ann Smith", "ann"), ("Zoë Brontë", "zoe.b"), ("Bob", "bob"),
          ("山田太郎", "taro"), ("O'Neil, Pat", "pat.oneil"), ("Иван Петров", "ivan")]
SIGNATURE = "\n-- \n{name}\nExample Industries Ltd., 1 High Street, Springfield\nTel. +49 30 1234567\n"


def paragraph(rnd, words):
    return textwrap.fill(" ".join(rnd.choices(WORDS, k=words)).capitalize() + ".", 72)


def text(rnd, name):
    """What the sender wrote, and up to three mails below it."""
    lines = ["Hello,", "", *(paragraph(rnd, rnd.randint(15, 70)) + "\n" for _ in range(rnd.randint(1, 4)))]
    body = "\n".join(lines) + "\nBest regards,\n" + name + SIGNATURE.format(name=name)
    history = ""
    for _ in range(rnd.randint(0, 3)):
        older = "\n\n".join(paragraph(rnd, rnd.randint(20, 90)) for _ in range(rnd.randint(1, 4)))
        history = f"On Mon, Nov {rnd.randint(1, 28)}, 2026 at 10:{rnd.randint(10, 59)} AM Support " \
                  f"<support@example.org> wrote:\n\n" + older + "\n\n" + history
        history = "".join("> " + line + "\n" for line in history.splitlines())
    return body + ("\n" + history[2:].replace("\n> On", "\nOn", 1) if history else "")


def as_html(plain):
    """As web mailers write it: a box for the quote, styles on everything."""
    out = ['<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
           '<style type="text/css">p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;'
           'font-family:"Calibri",sans-serif;} a:link {color:#0563C1;}</style></head><body lang="EN-GB">']
    box = False
    for line in plain.splitlines():
        if line.startswith(">") and not box:
            out.append('<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc '
                       'solid;padding-left:1ex">')
            box = True
        line = line.lstrip("> ").replace("&", "&amp;").replace("<", "&lt;")
        out.append(f'<p class="MsoNormal"><span style="font-size:11.0pt">{line or "&nbsp;"}</span></p>')
    return "\n".join(out) + ("</blockquote>" if box else "") + "</body></html>\n"


def part(content_type, data, encoding, more=""):
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return (f"Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n{more}\n").encode() + data


def multipart(subtype, boundary, parts, head=""):
    body = b"".join(b"--" + boundary.encode() + b"\n" + p + b"\n" for p in parts)
    return (f'{head}Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode()
            + body + b"--" + boundary.encode() + b"--\n")


def log_file(rnd, size):
    line = "2026-11-21T22:39:{:02d}.{:06d}+01:00 node{} server[{}]: {}\n"
    lines = []
    while size > 0:
        lines.append(line.format(rnd.randrange(60), rnd.randrange(10**6), rnd.randrange(9), rnd.randrange(9999),
                                 " ".join(rnd.choices(WORDS[:28], k=rnd.randint(4, 12)))))
        size -= len(lines[-1])
    return "".join(lines).encode()


def attachments(rnd):
    kinds = [("application/pdf", "Übersicht.pdf"), ("image/png", "Bildschirmfoto.png"),
             ("text/x-log", "server.log"), ("application/zip", "diagnose.zip")]
    for _ in range(rnd.choice((0, 0, 0, 1, 1, 2))):
        content_type, name = rnd.choice(kinds)
        coded = email.header.Header(name, "utf-8").encode()
        size = int(rnd.paretovariate(1.6) * 9000) % 120000
        data = log_file(rnd, size) if name == "server.log" else rnd.randbytes(size)
        yield part(f'{content_type}; name="{coded}"', data, "base64",
                   f'Content-Disposition: attachment; filename="{coded}"\n')


def mail(rnd, number):
    name, local = rnd.choice(PEOPLE)
    head = "".join(
        f"Received: from mx{i}.example.com (mx{i}.example.com [192.0.2.{i}])\n\tby mail.example.org (Postfix) "
        f"with ESMTPS id 4F{number:08X}\n\tfor <support@example.org>; Sat, 21 Nov 2026 22:39:0{i} +0100 (CET)\n"
        for i in range(rnd.randint(2, 6)))
    head += ("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=2026;\n\tbh="
             + base64.b64encode(rnd.randbytes(32)).decode() + ";\n\tb="
             + "\n\t ".join(textwrap.wrap(base64.b64encode(rnd.randbytes(192)).decode(), 64)) + "\n")
    head += (f"From: {email.header.Header(name, 'utf-8').encode() if not name.isascii() else chr(34) + name + chr(34)}"
             f" <{local}@example.com>\nTo: Support <support@example.org>\nCc: \"Doe, Jane\" <jane@example.com>,"
             f" team@example.com\nSubject: {email.header.Header('Re: Störung am Server %d' % number, 'utf-8').encode()}\n"
             f"Date: Sat, 21 Nov 2026 22:39:00 +0100\nMessage-ID: <{number}.{rnd.randrange(10**9)}@example.com>\n"
             + "References: " + "\n ".join(f"<{number}.{i}@example.org>" for i in range(rnd.randint(1, 8)))
             + "\nMIME-Version: 1.0\n")
    plain = text(rnd, name)
    encoding = rnd.choice(("quoted-printable", "quoted-printable", "8bit", "base64"))
    body = part('text/plain; charset="utf-8"', plain.encode(), encoding)
    if rnd.random() < 0.85:
        body = multipart("alternative", f"alt_{number:x}", [
            body, part('text/html; charset="utf-8"', as_html(plain).encode(), encoding)])
    files = list(attachments(rnd))
    if files:
        body = multipart("mixed", f"mixed_{number:x}", [body, *files])
    return (head.encode() + body).replace(b"\n", b"\r\n")


def mails(count):
    rnd = random.Random(20261121)
    return [mail(rnd, i) for i in range(count)]
