"""SMTP: every end of a conversation has its class, a connection is kept while all goes well and never after an error."""
import concurrent.futures
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_submission import SILENCE, FakeSubmission, SubmissionSession
from tests.rig.probe import NEVER_S, USER, probe
from tests.rig.process import free_port, wait_for
from tests.rig.tap import Tap, same

ANN = "ann@example.test"
GOOD = b"From: gw@example.test\r\nTo: ann@example.test\r\nSubject: x\r\n\r\nbody\r\n"


class Pieces(SubmissionSession):
    def hear(self):
        self.server.pieces.append(super().hear())
        return self.server.pieces[-1]


class InPieces(FakeSubmission):
    """What came by one read stands together."""
    session = Pieces

    def __init__(self, **how):
        super().__init__(**how)
        self.pieces = []


class Case:
    def __init__(self, tap, folder):
        self.tap, self.folder = tap, folder
        self.good = self.file("good", GOOD)

    def file(self, name, raw):
        path = self.folder / f"{name}.eml"
        path.write_bytes(raw)
        return path

    def send(self, server, *files, to=ANN, sender=USER, **env):
        """(status, the lines of the results)"""
        server.start()
        try:
            status, output = probe("smtp", sender, to, *(files or (self.good,)),
                                   **{"PORT": server.port, "TLS": "none", "TIMEOUT": NEVER_S, "FINAL": NEVER_S, **env})
        finally:
            server.stop()
        assert status in (0, 1), f"the probe died: {status} {output}"
        return status, output.splitlines()[:-1]

    def ends(self, name, answers, want, server=None, **how):
        """want: the words class, scope, phase, code that begin the result; that it ends at all is the probe's limit."""
        with self.tap.point(name):
            server = server or FakeSubmission(answers)
            _, lines = self.send(server, **how)
            assert len(lines) == 1 and lines[0].startswith(want), lines
            return server


def replies(case):
    ends = case.ends
    ends("taken", {}, "sent scope=mail phase=final dot code=250 enhanced=2.0.0 ")
    ends("greylisted", {"RCPT": "450 4.2.0 later"}, "retry scope=mail phase=RCPT TO code=450 enhanced=4.2.0 ")
    ends("no such user", {"RCPT": "550 5.1.1 unknown"}, "failed scope=mail phase=RCPT TO code=550 enhanced=5.1.1 ")
    ends("mailbox full at RCPT", {"RCPT": "552 5.2.2 full"}, "retry scope=mail phase=RCPT TO code=552")
    ends("sender refused", {"MAIL": "550 5.1.8 no"}, "failed scope=mail phase=MAIL FROM code=550")
    ends("content refused", {"DOT": "554 5.6.0 spam"}, "failed scope=mail phase=final dot code=554")
    ends("content deferred", {"DOT": "451 4.3.0 later"}, "retry scope=mail phase=final dot code=451")
    ends("DATA refused", {"DATA": "554 5.5.1 no"}, "failed scope=mail phase=DATA code=554")
    ends("multi-line refusal", {"RCPT": "550-5.1.1 unknown\r\n550 5.1.1 see https://example.test"},
         "failed scope=mail phase=RCPT TO code=550 enhanced=5.1.1 text=RCPT TO: 550 5.1.1 unknown 5.1.1 see")
    ends("shutting down at MAIL", {"MAIL": "421 4.3.2 bye"}, "retry scope=server phase=MAIL FROM code=421")
    ends("busy greeting", {"GREETING": "421 busy"}, "retry scope=server phase=greeting code=421")
    ends("blocked greeting", {"GREETING": "554 no service"}, "retry scope=server phase=greeting code=554")
    ends("log-in refused", {"AUTH": "535 5.7.8 no"}, "retry scope=server phase=AUTH code=535")
    ends("log-in wanted first", {"MAIL": "530 5.7.0 log in"}, "retry scope=server phase=MAIL FROM code=530")


def lost(case):
    ends = case.ends
    ends("lost before the greeting", {"GREETING": None}, "retry scope=server phase=")
    ends("lost at MAIL", {"MAIL": None}, "retry scope=mail phase=MAIL FROM code=0")
    ends("lost at RCPT", {"RCPT": None}, "retry scope=mail phase=RCPT TO code=0")
    ends("lost at DATA", {"DATA": None}, "retry scope=mail phase=DATA code=0")
    ends("lost at the dot", {"DOT": None}, "unknown scope=mail phase=final dot code=0")
    big = case.file("big", GOOD + b"0123456789abcde\r\n" * 600000)
    with case.tap.point("lost in the middle of the body"):
        server = FakeSubmission(die_after=100000)
        _, lines = case.send(server, big)
        assert lines[0].startswith("retry scope=mail phase=DATA code="), lines
    with case.tap.point("nobody listens"):
        _, output = probe("smtp", USER, ANN, case.good, PORT=free_port(), TLS="none", TIMEOUT=NEVER_S)
        assert output.startswith("retry scope=server phase=connect code=0"), output


COMMAND_S = 10      # so long a command may take; a busy machine takes less for those that are answered
SLOW = [("silence at RCPT", {"RCPT": SILENCE}, "retry scope=mail phase=RCPT TO code=0", {"TIMEOUT": COMMAND_S}),
        ("silence at the greeting", {"GREETING": SILENCE}, "retry scope=server phase=connect code=0", {"TIMEOUT": COMMAND_S}),
        ("the reply to the dot may take longer than a command", {"DOT": COMMAND_S + 1}, "sent ", {"TIMEOUT": COMMAND_S}),
        ("silence at the dot", {"DOT": SILENCE}, "unknown scope=mail phase=final dot code=0", {"FINAL": 2}),
        *[(f"after the dot {answer!r} and no more: no longer than a command may take", {"DOT": answer},
           f"{want} scope=mail phase=final dot code=", {"TIMEOUT": COMMAND_S})
          for answer, want in (("HTTP/1.1 400 Bad Request", "unknown"), ("", "unknown"), ("2", "unknown"),
                               ("250-half a reply", "sent"), ("451-half a reply", "retry"))]]     # all lines have one code


def slow(case):
    """Side by side, as each takes its time."""
    with concurrent.futures.ThreadPoolExecutor(len(SLOW)) as pool:
        sent = [pool.submit(case.send, FakeSubmission(answers), **how) for _, answers, _, how in SLOW]
    for (name, _, want, _), done in zip(SLOW, sent):
        with case.tap.point(name):
            _, lines = done.result()
            assert len(lines) == 1 and lines[0].startswith(want), lines
    with case.tap.point("a server that does not answer QUIT holds nobody up"):
        _, lines = case.send(FakeSubmission({"QUIT": SILENCE}))
        assert lines[0].startswith("sent"), lines
        _, lines = case.send(FakeSubmission({"QUIT": SILENCE, "RCPT": "550 5.1.1 no"}))
        assert lines[0].startswith("failed"), lines


def connections(case):
    with case.tap.point("one connection and one log-in for many mails, a transaction each, then QUIT"):
        server = FakeSubmission()
        _, lines = case.send(server, *[case.good] * 5)
        same((len(server.taken), server.sessions, server.logins, server.mails), (5, 1, 1, 5), str(lines))
        wait_for(lambda: b"QUIT\r\n" in server.heard, 10, "QUIT, which nobody waits for an answer to")
    with case.tap.point("after any error a fresh connection"):
        for answers in ({"RCPT": ["550 5.1.1 no"]}, {"DOT": ["451 4.0.0 no"]}, {"DATA": ["451 4.0.0 no"]}):
            server = FakeSubmission(answers)
            _, lines = case.send(server, case.good, case.good, case.good)
            same((len(server.taken), server.sessions), (2, 2), f"{answers} {lines}")
    with case.tap.point("a connection that had died while idle costs nothing"):
        server = FakeSubmission({"MAIL": ["250 ok", "421 4.4.2 idle too long", "250 ok"]})
        _, lines = case.send(server, case.good, case.good)
        same((len(server.taken), server.sessions, [x[:4] for x in lines]), (2, 2, ["sent", "sent"]))
    with case.tap.point("what a server says unasked between two mails is no answer to the second (a fresh connection is)"):
        for unasked in ("451 4.4.2 idle too long", "550 5.7.1 no", "250 2.0.0 taken"):
            server = FakeSubmission({"DOT": [f"250 2.0.0 taken\r\n{unasked}", "250 2.0.0 taken"]})
            _, lines = case.send(server, case.good, case.good)
            same((len(server.taken), server.sessions, [x[:4] for x in lines]), (2, 2, ["sent", "sent"]), f"{unasked} {lines}")
    with case.tap.point("a user whose name looks like a command in BASE64 logs in"):
        _, lines = case.send(FakeSubmission(features=("AUTH LOGIN",)), USERNAME="xyhelp@example.test")  # eHloZWxw...
        assert lines[0].startswith("sent "), lines
    with case.tap.point("the envelope"):
        server = FakeSubmission()
        case.send(server, sender="")
        case.send(server := FakeSubmission(), to='"odd one"@example.test', HELO="gw.example.test")
        assert b'RCPT TO:<"odd one"@example.test>\r\n' in server.heard and b"EHLO gw.example.test\r\n" in server.heard, server.heard
        case.send(server := FakeSubmission(), sender="")
        assert any(line.startswith(b"MAIL FROM:<>") for line in server.heard), server.heard


def sent_ahead(case):
    features = ("PIPELINING", "SIZE 1000000", "AUTH PLAIN LOGIN")
    with case.tap.point("MAIL, RCPT and DATA go out at once where PIPELINING is offered (RFC 2920), and each end has the same class"):
        for answers, want in (({}, "sent scope=mail phase=final dot code=250"),
                              ({"MAIL": "550 5.1.8 no"}, "failed scope=mail phase=MAIL FROM code=550"),
                              ({"MAIL": None}, "retry scope=mail phase=MAIL FROM code=0"),
                              ({"RCPT": "550 5.1.1 no"}, "failed scope=mail phase=RCPT TO code=550"),
                              ({"RCPT": "450 4.2.0 no", "DATA": "554 5.5.1 no recipients"}, "retry scope=mail phase=RCPT TO code=450"),
                              ({"RCPT": None}, "retry scope=mail phase=RCPT TO code=0"),
                              ({"DATA": "451 4.3.0 no"}, "retry scope=mail phase=DATA code=451"),
                              ({"DATA": None}, "retry scope=mail phase=DATA code=0"),
                              ({"DOT": "554 5.6.0 no"}, "failed scope=mail phase=final dot code=554"),
                              ({"DOT": None}, "unknown scope=mail phase=final dot code=0")):
            _, lines = case.send(server := FakeSubmission(answers, features=features))
            assert len(lines) == 1 and lines[0].startswith(want), (answers, lines)
            same(len(server.taken), int(want.startswith("sent")), str(answers))
    with case.tap.point("what a server says before the end of a mail is no reply to it: the end does not follow"):
        for early, want in (("451 4.3.0 no more", "retry"), ("250 2.0.0 taken", "retry"), ("554 5.6.0 no", "failed")):
            _, lines = case.send(server := FakeSubmission({"DATA": f"354 go\r\n{early}"}, features=features))
            assert lines[0].startswith(f"{want} scope=mail phase=DATA code={early[:3]}"), lines
            same(server.taken, [], early)
    with case.tap.point("they come in one piece"):
        case.send(server := InPieces(features=features))
        same([b"MAIL" in x and b"RCPT" in x and b"DATA\r\n" in x for x in server.pieces].count(True), 1, str(server.pieces))
    with case.tap.point("behind a refused recipient no QUIT goes where the mail may be awaited, and the next mail has a fresh connection"):
        server = FakeSubmission({"RCPT": ["550 5.1.1 no"]}, features=features)
        _, lines = case.send(server, case.good, case.good)
        same(([x[:4] for x in lines], server.sessions, len(server.taken)), (["fail", "sent"], 2, 1), str(lines))
        assert b"QUIT" not in b"".join(body for _, body in server.taken), server.taken
    with case.tap.point("a dead connection is found before a word of the mail was taken: nothing is lost, nothing doubled"):
        server = FakeSubmission({"MAIL": ["250 ok", "421 4.4.2 idle too long", "250 ok"]}, features=features)
        _, lines = case.send(server, case.good, case.good)
        same((len(server.taken), server.sessions, [x[:4] for x in lines]), (2, 2, ["sent", "sent"]))
    with case.tap.point("dots and ends of lines at the edges of pieces"):
        files, bodies = [], []
        for n in (65533, 65534, 65535, 65536, 65537):
            head = b"A: b\r\n\r\n"
            lines = head + (b"x" * 98 + b"\r\n") * (n // 100 - 2)
            bodies.append(lines + b"y" * (n - len(lines) - 2) + b"\r\n" + b".\r\n..\r\n" * 3)
            files.append(case.file(f"edge-{n}", bodies[-1]))
        case.send(server := FakeSubmission(features=features), *files)
        plain = [b"".join(x[1:] if x.startswith(b".") else x for x in body.splitlines(True)) for _, body in server.taken]
        same(plain == bodies, True)


def other_scripts(case):
    jorg, utf8 = "jörg@xn--mnchen-3ya.test", ("8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN")
    with case.tap.point("an address in another script goes to a server that offers SMTPUTF8 (RFC 6531), and says so"):
        _, lines = case.send(server := FakeSubmission(features=utf8), to=jorg)
        assert lines[0].startswith("sent"), lines
        mail, = [x for x in server.heard if x.startswith(b"MAIL")]
        assert b" SMTPUTF8" in mail and f"RCPT TO:<{jorg}>\r\n".encode() in server.heard, server.heard
        case.send(server := FakeSubmission(features=utf8))
        assert b"SMTPUTF8" not in b"".join(server.heard), server.heard
    with case.tap.point("no other server gets it: that one mail has failed, and says why"):
        _, lines = case.send(server := FakeSubmission(), case.good, to=jorg)
        same((server.mails, lines[0][:len("failed scope=mail")]), (0, "failed scope=mail"), str(lines))
        assert "offers no SMTPUTF8" in lines[0], lines


def content(case):
    with case.tap.point("any line ends go out as CRLF, dots stuffed, nothing smuggled"):
        for name, raw in (("lf", b"A: b\n\n.\nMAIL FROM:<x@y>\n.\r\n..\n.end"), ("cr", b"A: b\r\r.\rQUIT\r\n.\r"),
                          ("start", b".dot\r\n.\r\n")):
            server = FakeSubmission()
            _, lines = case.send(server, case.file(name, raw))
            same((server.mails, len(server.taken)), (1, 1), str(lines))
            got = server.taken[0][1]
            want = b"\r\n".join(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")) + b"\r\n"
            same(b"".join(x[1:] if x.startswith(b".") else x for x in got.splitlines(True)), want, name)
            assert b"\n" not in got.replace(b"\r\n", b"") and b"\r" not in got.replace(b"\r\n", b"")
    with case.tap.point("what cannot be sent is refused without a connection"):
        server = FakeSubmission()
        for files, how in (((case.file("long", b"A: b\r\n\r\n" + b"x" * 999 + b"\r\n"),), {}),
                           ((case.file("nul", b"A: b\r\n\r\n\0\r\n"),), {}),
                           ((case.good,), {"to": "ann@example.test\r\nRCPT TO:<eve@example.test>"}),
                           ((case.good,), {"to": "jörg@münchen.test"}),
                           ((case.good,), {"to": "ann@example.test> SIZE=1"}),
                           ((case.good,), {"sender": "gw@example.test\nDATA"})):
            server = FakeSubmission()
            _, lines = case.send(server, *files, **how)
            assert lines[0].startswith("failed scope=mail"), lines
            same(server.sessions, 0)
    with case.tap.point("a hostile reply is one printable line"):
        server = FakeSubmission({"RCPT": "550 5.1.1 \x1b[2J\x07\xff" + "x" * 5000})
        _, lines = case.send(server)
        assert len(lines) == 1 and len(lines[0]) < 700 and "\x1b" not in lines[0] and "\x07" not in lines[0], lines


def with_postfix(tap, folder):
    jorg = "jörg@customer.test"
    with r.Rig(users=[r.SUPPORT, r.ANN, jorg]) as rig:
        with tap.point("a real Postfix takes mails by STARTTLS and by implicit TLS, and they arrive"):
            mail = folder / "real.eml"
            mail.write_bytes(b"From: support@example.test\nTo: ann@customer.test\nSubject: real\n\n.dot\n..\n")
            for port, tls in ((rig.postfix.submission, "starttls"), (rig.postfix.smtps, "implicit")):
                status, output = probe("smtp", r.SUPPORT, r.ANN, mail, mail, PORT=port, TLS=tls, CA=rig.authority.ca,
                                       USERNAME=r.SUPPORT, SECRET=rig.users[r.SUPPORT])
                same(status, 0, output)
            rig.wait_mail(r.ANN, lambda m: m["Subject"] == "real" and m.get_content().replace("\r", "") == ".dot\n..\n")
        with tap.point("a real Postfix takes a mail to an address in another script"):
            mail.write_bytes(f"From: support@example.test\r\nTo: Jörg <{jorg}>\r\nSubject: real\r\n\r\nx\r\n".encode())
            status, output = probe("smtp", r.SUPPORT, jorg, mail, PORT=rig.postfix.submission, TLS="starttls",
                                   CA=rig.authority.ca, USERNAME=r.SUPPORT, SECRET=rig.users[r.SUPPORT])
            same(status, 0, output)
        with tap.point("a recipient that Postfix does not know has failed"):
            status, output = probe("smtp", r.SUPPORT, "nobody-here@customer.test", mail, PORT=rig.postfix.submission,
                                   TLS="starttls", CA=rig.authority.ca, USERNAME=r.SUPPORT, SECRET=rig.users[r.SUPPORT])
            assert output.startswith("failed scope=mail phase=RCPT TO code=550 enhanced=5.1.1"), output


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-net-") as folder:
        folder = pathlib.Path(folder)
        case = Case(tap, folder)
        replies(case)
        lost(case)
        slow(case)
        connections(case)
        sent_ahead(case)
        other_scripts(case)
        content(case)
        with_postfix(tap, folder)
    tap.done()


main()
