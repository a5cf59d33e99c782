"""A submission server with TLS, STARTTLS and AUTH that fails where told; it keeps every line it hears."""
import socketserver
import ssl
import time

from tests.rig.fakes import Server


SILENCE = object()
SILENT_S = 300      # as of fake_imap.py


class SubmissionSession(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.sessions += 1
        self.request.settimeout(SILENT_S)
        self.buffer = b""
        try:
            if self.server.tls:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            if self.reply("GREETING", "220 fake ESMTP"):
                self.talk()
        except (ssl.SSLError, OSError) as e:
            self.server.refusals.append(str(e))

    def hear(self):
        return self.request.recv(65536)

    def say(self, data):
        self.request.sendall(data)

    def line(self):
        while b"\n" not in self.buffer:
            data = self.hear()
            if not data:
                return b""
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def reply(self, step, usual):
        """False: hang up.  An answer of None hangs up, a number waits so many seconds first, SILENCE for ever."""
        answer = self.server.answers.get(step, usual)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else usual
        if answer is SILENCE:
            self.server.silence()
            return False
        if isinstance(answer, (int, float)):
            time.sleep(answer)
            answer = usual
        if answer is None:
            return False
        self.last = answer
        if step == "DOT":
            self.keep()
        self.say(answer.encode() + b"\r\n")
        return not answer.startswith("421")

    def talk(self):
        while line := self.line():
            self.server.heard.append(line)
            verb = line.split()[0].upper().split(b":")[0].decode() if line.split() else ""
            if verb == "QUIT":
                self.server.quits += 1
                if self.server.answers.get("QUIT") is SILENCE:
                    self.server.silence()
                self.say(b"221 bye\r\n")
                return
            if not getattr(self, "do_" + verb.lower(), self.do_other)(line):
                return

    def do_other(self, _line):
        return self.reply("OTHER", "502 5.5.1 what?")

    def do_ehlo(self, _line):
        features = ["fake", *self.server.features]
        if self.server.starttls and not isinstance(self.request, ssl.SSLSocket):
            features.append("STARTTLS")
        usual = "\r\n".join(f"250{'-' if f is not features[-1] else ' '}{f}" for f in features)
        return self.reply("EHLO", usual)

    def do_helo(self, _line):
        return self.reply("HELO", "250 fake")

    def do_starttls(self, _line):
        if not self.reply("STARTTLS", "220 go") or not self.server.starttls:
            return False
        self.request = self.server.starttls.wrap_socket(self.request, server_side=True)
        return True

    def do_auth(self, line):
        self.server.logins += 1
        words = line.upper().split()
        for _ in range(0 if len(words) > 2 else 2 if words[1] == b"LOGIN" else 1):    # no initial response
            self.say(b"334 \r\n")
            self.server.heard.append(self.line())
        return self.reply("AUTH", "235 2.7.0 in")

    def do_mail(self, line):
        self.server.mails += 1
        return self.reply("MAIL", "250 2.1.0 ok")

    def do_rcpt(self, line):
        self.recipient = line.decode().partition("<")[2].partition(">")[0]
        return self.reply("RCPT", "250 2.1.5 ok")

    def do_data(self, _line):
        if not self.reply("DATA", "354 go"):
            return False
        body, size = [], 0
        while (line := self.line()) not in (b".\r\n", b""):
            body.append(line)
            size += len(line)
            if self.server.die_after is not None and size >= self.server.die_after:
                return False
        self.body = b"".join(body)
        return bool(line) and self.reply("DOT", "250 2.0.0 taken")

    def keep(self):
        """What the reply says is taken is there before it is said: who hears it may look at once."""
        if self.last.startswith("2"):
            self.server.taken.append((self.recipient, self.body))


class FakeSubmission(Server):
    """
    answers: {step: reply}, steps GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, QUIT; a list gives one
    reply a time, None hangs up, a number waits so many seconds, SILENCE until the server is stopped.  die_after: hang up after so many bytes of DATA.
    """

    session = SubmissionSession

    def __init__(self, answers=None, tls=None, starttls=None, features=("8BITMIME", "AUTH PLAIN LOGIN"), die_after=None):
        super().__init__(self.session)
        self.answers, self.features, self.die_after = dict(answers or {}), list(features), die_after
        self.tls, self.starttls = tls, starttls
        self.sessions = self.logins = self.mails = self.quits = 0
        self.heard, self.refusals, self.taken = [], [], []

    def all_heard(self):
        return b"".join(self.heard)
