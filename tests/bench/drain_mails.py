"""The mails that tests/bench/drain drains: as many of each kind as a support mailbox has, the same ones every time."""
import base64
import random

from tests.bench import parse_mails

SENDERS = 500
SUPPORT = "support@example.test"
# Shares of the kinds; a mail is some 28 kB in the mean.
PLAIN, REPLY, ALTERNATIVE, FILES = 60, 20, 10, 10


def head(i, sender, more=""):
    return (f"Return-Path: <{sender}>\r\n"
            f"Authentication-Results: mx.example.test; dmarc=pass header.from={sender.partition('@')[2]}\r\n"
            f"Received: from out.customer.test by mx.example.test; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
            f"From: Customer <{sender}>\r\nTo: {SUPPORT}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <bench-{i}@customer.test>\r\nMIME-Version: 1.0\r\n{more}")


def words(rnd, least, most):
    size, lines = rnd.randint(least, most), []
    while sum(map(len, lines)) < size:
        lines.append(parse_mails.paragraph(rnd, rnd.randint(15, 70)).replace("\n", "\r\n") + "\r\n\r\n")
    return "".join(lines)


TEXT = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"


def plain(rnd, i, sender):
    return head(i, sender) + f"Subject: Request {i}\r\n" + TEXT + words(rnd, 1000, 5000)


def reply(rnd, i, sender):
    """To a mail of the same run; its sender writes it, so it threads by References."""
    to = rnd.randrange(i) if i else 0
    sender = f"customer{to % SENDERS}@customer.test"
    more = f"In-Reply-To: <bench-{to}@customer.test>\r\nReferences: <bench-{to}@customer.test>\r\n"
    quoted = "".join(f"> {line}\r\n" for line in words(rnd, 500, 2000).split("\r\n"))
    return head(i, sender, more) + f"Subject: Re: Request {to}\r\n" + TEXT + words(rnd, 300, 1500) + \
        "On Mon, Nov 23, 2026 at 10:00 AM Customer wrote:\r\n" + quoted


def alternative(rnd, i, sender):
    said = words(rnd, 1000, 4000)
    html = "".join(f"<p style=\"margin:0\">{p}</p>\r\n" for p in said.split("\r\n\r\n"))
    return head(i, sender) + f"Subject: Request {i}\r\nContent-Type: multipart/alternative; boundary=alt\r\n\r\n" \
        f"--alt\r\n{TEXT}{said}\r\n--alt\r\n{TEXT.replace('plain', 'html')}<html><body>{html}</body></html>\r\n--alt--\r\n"


def files(rnd, i, sender):
    parts = f"--mix\r\n{TEXT}{words(rnd, 1000, 3000)}\r\n"
    count = rnd.randint(1, 3)
    size = rnd.randint(50_000, 300_000) * 3 // 4
    for k in range(count):
        data = base64.encodebytes(rnd.randbytes(size // count)).decode().replace("\n", "\r\n")
        parts += f"--mix\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; " \
                 f"filename=file{k}.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{data}"
    return head(i, sender) + f"Subject: Request {i}\r\nContent-Type: multipart/mixed; boundary=mix\r\n\r\n{parts}--mix--\r\n"


def mails(count, seed=1):
    rnd = random.Random(seed)
    kinds = [plain] * PLAIN + [reply] * REPLY + [alternative] * ALTERNATIVE + [files] * FILES
    return [rnd.choice(kinds)(rnd, i, f"customer{i % SENDERS}@customer.test").encode() for i in range(count)]
