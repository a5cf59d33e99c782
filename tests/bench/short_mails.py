"""Short mails, each a case of its own, to make a large store of (grow_store)."""
import random

WORDS = ("printer offline login fails after update certificate backup restore slow queue license invoice network switch "
         "firmware disk cluster node password reset order question").split()


def short_mail(i, to, seed=3):
    pick = random.Random(seed * 1000003 + i)
    subject = " ".join(pick.choices(WORDS, k=5))
    text = "\r\n".join(" ".join(pick.choices(WORDS, k=10)) for _ in range(4))
    return (f"Return-Path: <p{i % 200}@example.com>\r\nFrom: p{i % 200}@example.com\r\nTo: {to}\r\nSubject: {subject} {i}\r\n"
            f"Message-ID: <m{i}@example.com>\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\n{text}\r\n").encode()


def drop(dovecot, imap, to, n):
    """Lays n of them into the mailbox; imap: a session on it, which makes its folders."""
    imap.select()
    imap.logout()
    for i in range(n):
        dovecot.drop(to, short_mail(i, to), dovecot.file_name(i))
