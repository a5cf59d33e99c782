"""How an SMTP server misbehaves, a row a way: (name, step, answer, what may become of a mail that meets it).

An answer is bytes, said instead of the usual reply; HANG_UP, SILENCE (until the client gives up) or a number (of seconds
that the usual reply is late).  Steps are those of fake_submission.py.  What may become of a mail: LATER (it goes out when the server
is good again), REFUSED (its row fails, with the server's words), or AGAIN (the server has it, and the sender cannot know: it may go
out once more, with the same Message-ID).
"""
import socket
import ssl
import threading

from tests.rig.fake_submission import FakeSubmission, SubmissionSession

HANG_UP, SILENCE = object(), object()
LATER, REFUSED, AGAIN = "later", "refused", "again"
STEPS = ("GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "QUIT")
OF_THE_MAIL = ("MAIL", "RCPT", "DATA", "DOT")       # a 5xx there is about this mail
LATE_S = 1.5
NOISE = b"\x01\xff)((\r\n"
ANSWERS = (
    ("4xx", b"451 4.3.0 later\r\n"),
    ("5xx", b"554 5.3.0 no\r\n"),
    ("421", b"421 4.3.2 going down\r\n"),
    ("garbage", NOISE),
    ("an empty line", b"\r\n"),
    ("a code that is none", b"999 what\r\n"),
    ("a line of 1 MB", b"250 " + b"x" * 1000000 + b"\r\n"),
    ("lines without end", b"250-more\r\n" * 60000),
    ("half a reply, then the end", b"2"),
    ("no reply, and the end", HANG_UP),
    ("silence", SILENCE),
    ("a late reply", LATE_S),
)
THEN_CLOSED = ("421", "half a reply, then the end", "lines without end")


def outcome(step, name):
    if step == "QUIT" or name == "a late reply":
        return LATER
    if step in OF_THE_MAIL and name == "5xx":
        return REFUSED
    # Behind the dot anything but a 4xx may mean that the mail was taken.
    return AGAIN if step == "DOT" and name not in ("4xx", "421") else LATER


FAULTS = [(f"{step}: {name}", step, answer, outcome(step, name)) for step in STEPS for name, answer in ANSWERS]


class FaultySession(SubmissionSession):
    def setup(self):
        self.server.here.add(self)

    def finish(self):
        self.server.here.discard(self)

    def reply(self, step, usual):
        fault = self.server.fault
        if not fault or fault[1] != step or not self.server.concerns(self):
            return super().reply(step, usual)
        self.server.met += 1
        name, _, answer, may_become = fault
        if answer is HANG_UP:
            return False
        if answer is SILENCE:
            self.server.good.wait()
            return False
        if not isinstance(answer, bytes):
            self.server.good.wait(answer)
            return super().reply(step, usual)
        # What is taken although the reply does not say so is kept as a mail that a 250 would have followed.
        self.last = "250" if may_become is AGAIN else answer.decode("latin-1")
        if step == "DOT":
            self.keep()
        self.request.sendall(answer)
        return not name.endswith(THEN_CLOSED) or may_become is AGAIN

    def do_quit(self, _line):
        self.server.quits += 1
        self.reply("QUIT", "221 bye")
        return False

    def talk(self):
        while line := self.line():
            self.server.heard.append(line)
            verb = line.split()[0].upper().split(b":")[0].decode("latin-1") if line.split() else ""
            if not getattr(self, "do_" + verb.lower(), self.do_other)(line):
                return


class Faulty(FakeSubmission):
    """Good while `fault` is None; bad_recipient: whom alone it concerns, an address, or "@domain" with those below it."""
    session = FaultySession

    def __init__(self, tls):
        super().__init__(starttls=tls)
        self.fault, self.bad_recipient, self.met = None, None, 0
        self.good = threading.Event()
        self.here = set()       # sessions

    def concerns(self, session):
        whom = getattr(session, "recipient", None) or ""
        return not self.bad_recipient or whom == self.bad_recipient or f".{whom.partition('@')[2]}".endswith(f".{self.bad_recipient[1:]}")

    def misbehave(self, fault, bad_recipient=None):
        """From now on; what is open ends, so that the next mail begins with a greeting."""
        self.good.clear()
        self.met, self.bad_recipient, self.fault = 0, bad_recipient, fault
        for session in list(self.here):
            try:
                session.request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass    # it has ended

    def behave(self):
        self.fault = None
        self.good.set()


def context(pair):
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(*pair)
    return found
