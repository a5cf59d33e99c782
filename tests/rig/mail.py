"""Mails as people and machines write them, and how to look at one."""
import email
import email.policy
import email.utils
import time
import zlib
from email.message import EmailMessage

POLICY = email.policy.SMTP


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def apart(n):
    """A word for a number: mails of one sender that differ in digits alone are one matter from the sixth on."""
    return "no" + "".join("abcdefghij"[int(digit)] for digit in str(n))


def compose(sender, to, subject, text, name=None, html=None, attach=(), headers=()):
    """attach: (file name, content type, bytes) each; headers: (name, value) each."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = email.utils.formataddr((name, sender)) if name else sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = email.utils.format_datetime(email.utils.localtime())
    mail["Message-ID"] = email.utils.make_msgid(domain=sender.rpartition("@")[2])
    for key, value in headers:
        mail[key] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for filename, content_type, data in attach:
        main, _, sub = content_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=filename)
    return mail


def reply(original, sender, text, attach=(), name=None):
    """What a mail client makes of "reply": to Reply-To, threaded, the original quoted below."""
    to = str(original["Reply-To"] or original["From"])
    subject = str(original["Subject"])
    subject = subject if subject.lower().startswith("re:") else "Re: " + subject
    quoted = "".join(f"> {line}\n" for line in body(original).splitlines())
    date = original["Date"].datetime.strftime("%a, %d %b %Y at %H:%M")
    who = str(original["From"])
    references = f"{original['References'] or ''} {original['Message-ID']}".split()
    return compose(sender, to, subject, f"{text}\n\nOn {date}, {who} wrote:\n{quoted}", name=name,
                   attach=attach, headers=[("In-Reply-To", str(original["Message-ID"])),
                                           ("References", " ".join(references))])


def body(mail, kind="plain"):
    part = mail.get_body((kind,))
    return part.get_content() if part else ""


def png(width=16, height=16):
    """A small real picture: a colour gradient."""
    import struct

    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in (x * 15 % 256, y * 15 % 256, 128))
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pdf(text="gatewayd"):
    """A small real PDF: one page, one line."""
    stream = f"BT /F1 24 Tf 40 100 Td ({text}) Tj ET".encode()
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
               b" /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)


def padding(size):
    """Bytes that no compression makes small and that are the same each time."""
    import random
    return random.Random(size).randbytes(size)


def stamp():
    return time.strftime("%H:%M:%S")
