"""No server that is not verified ever sees a credential, for IMAP and SMTP, implicit TLS and STARTTLS."""
import base64
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.fake_imap import FakeImap
from tests.rig.fake_submission import FakeSubmission
from tests.rig.pki import Authority
from tests.rig.probe import NEVER_S, SECRET, USER, probe, server_context
from tests.rig.tap import Tap, same


def secrets_in(heard):
    """What of the log-in stands in the bytes, plain or in any BASE64 alignment of SASL PLAIN and LOGIN."""
    plain = f"\0{USER}\0{SECRET}".encode()
    forms = [SECRET.encode(), base64.b64encode(plain), base64.b64encode(SECRET.encode()),
             base64.b64encode(USER.encode()), USER.encode()]
    return [f for f in forms if f in heard]


class Case:
    def __init__(self, tap, folder, ca, mail):
        self.tap, self.folder, self.ca, self.mail = tap, folder, ca, mail

    def run_imap(self, server, tls, auth="plain", host="localhost"):
        server.start()
        try:
            return probe("imap", "INBOX", "Done", "list", PORT=server.port, TLS=tls, AUTH=auth, CA=self.ca,
                         HOST=host, TIMEOUT=NEVER_S)
        finally:
            server.stop()

    def run_smtp(self, server, tls, auth="plain", host="localhost"):
        server.start()
        try:
            return probe("smtp", USER, "ann@example.test", self.mail, PORT=server.port, TLS=tls, AUTH=auth,
                         CA=self.ca, HOST=host, TIMEOUT=NEVER_S)
        finally:
            server.stop()

    def refused(self, name, run, server, tls, why=""):
        with self.tap.point(name):
            status, output = run(server, tls)
            assert status == 1, output
            assert why in output, output
            same(secrets_in(server.all_heard()), [], "credentials heard")
            same(server.logins, 0, "log-ins")
            assert SECRET not in output, output
            assert server.sessions > 0, "the server was never asked"


def bad_certificates(case, pairs):
    for what, context in pairs.items():
        case.refused(f"IMAP, implicit TLS, {what} certificate", case.run_imap, FakeImap(tls=context), "implicit")
        case.refused(f"IMAP, STARTTLS, {what} certificate", case.run_imap,
                     FakeImap(starttls=context, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN"), "starttls")
        case.refused(f"SMTP, implicit TLS, {what} certificate", case.run_smtp, FakeSubmission(tls=context), "implicit")
        case.refused(f"SMTP, STARTTLS, {what} certificate", case.run_smtp, FakeSubmission(starttls=context), "starttls")


def stripped(case, good):
    case.refused("IMAP: STARTTLS stripped from the capabilities", case.run_imap, FakeImap(), "starttls")
    case.refused("IMAP: STARTTLS offered, then refused", case.run_imap,
                 FakeImap(capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN", answers={"STARTTLS": "TAG NO later\r\n"}),
                 "starttls")
    case.refused("IMAP: PREAUTH to get round STARTTLS", case.run_imap,
                 FakeImap(greeting="* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n", starttls=good), "starttls")
    case.refused("IMAP: plain text where implicit TLS is wanted", case.run_imap, FakeImap(), "implicit")
    case.refused("SMTP: STARTTLS stripped from EHLO", case.run_smtp, FakeSubmission(), "starttls")
    case.refused("SMTP: STARTTLS offered, then refused", case.run_smtp,
                 FakeSubmission(features=["STARTTLS", "AUTH PLAIN"], answers={"STARTTLS": "454 4.7.0 later"}), "starttls")
    case.refused("SMTP: EHLO refused, HELO taken", case.run_smtp,
                 FakeSubmission(answers={"EHLO": "502 5.5.1 no"}), "starttls")
    case.refused("SMTP: plain text where implicit TLS is wanted", case.run_smtp, FakeSubmission(), "implicit")


def injected(case, good):
    """What stands in plain text behind the answer to STARTTLS is somebody else's, and no part of what is said inside TLS."""
    server = FakeImap(starttls=good, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN")
    server.behind_starttls = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA003 OK done\r\n"
    case.refused("IMAP: answers behind that to STARTTLS", case.run_imap, server, "starttls")
    case.refused("SMTP: answers behind that to STARTTLS", case.run_smtp,
                 FakeSubmission(starttls=good, answers={"STARTTLS": "220 go\r\n250-fake\r\n250 AUTH PLAIN"}), "starttls")


def no_auth(case, good):
    """A verified server, but no way to log in: nothing is sent without."""
    def nothing_sent(name, server, tls):
        case.refused(name, case.run_smtp, server, tls, "no AUTH")
        with case.tap.point(name + ": no MAIL FROM"):
            same(server.mails, 0, "transactions")

    nothing_sent("SMTP: no AUTH over implicit TLS", FakeSubmission(tls=good, features=["8BITMIME"]), "implicit")
    nothing_sent("SMTP: AUTH only before STARTTLS",
                 FakeSubmission(starttls=good, features=["8BITMIME"]), "starttls")
    nothing_sent("SMTP: HELO only, so no AUTH", FakeSubmission(tls=good, answers={"EHLO": "502 5.5.1 no"}), "implicit")
    case.refused("IMAP: no mechanism that is wanted", case.run_imap,
                 FakeImap(tls=good, capabilities="IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED"), "implicit")
    with case.tap.point("SMTP: AUTH offered with other mechanisms only"):
        server = FakeSubmission(tls=good, features=["AUTH CRAM-MD5 NTLM"])
        status, output = case.run_smtp(server, "implicit")
        same((status, server.mails, secrets_in(server.all_heard())), (1, 0, []), output)


def plain_text(case):
    with case.tap.point("without TLS only loopback is spoken to"):
        for run, server in ((case.run_imap, FakeImap()), (case.run_smtp, FakeSubmission())):
            status, output = run(server, "none", host="192.0.2.1")
            same((status, server.sessions), (1, 0), output)
    with case.tap.point("without TLS loopback is spoken to"):
        status, output = case.run_imap(FakeImap(), "none")
        same(status, 0, output)


def good_ones(case, good):
    """The refusals above say something only if the same servers with a good certificate are logged in to."""
    for auth, heard in (("plain", base64.b64encode(f"\0{USER}\0{SECRET}".encode())),
                        ("xoauth2", base64.b64encode(f"user={USER}\1auth=Bearer {SECRET}\1\1".encode()))):
        with case.tap.point(f"a verified server gets the log-in: {auth}"):
            for run, server, tls in (
                    (case.run_imap, FakeImap(tls=good, capabilities="IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2"), "implicit"),
                    (case.run_imap, FakeImap(starttls=good, capabilities="IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN AUTH=XOAUTH2"),
                     "starttls"),
                    (case.run_smtp, FakeSubmission(tls=good, features=["AUTH PLAIN XOAUTH2"]), "implicit"),
                    (case.run_smtp, FakeSubmission(starttls=good, features=["AUTH PLAIN XOAUTH2"]), "starttls")):
                status, output = run(server, tls, auth)
                same(status, 0, output)
                assert heard in server.all_heard(), (server.all_heard(), output)
                assert SECRET not in output


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="gatewayd-net-") as folder:
        folder = pathlib.Path(folder)
        ours, theirs = Authority(folder / "ca"), Authority(folder / "other", "another CA")
        mail = folder / "mail.eml"
        mail.write_bytes(b"From: gw@example.test\r\nTo: ann@example.test\r\nSubject: x\r\n\r\nbody\r\n")
        case = Case(tap, folder, ours.ca, mail)
        good = server_context(ours.certificate("good"))
        bad_certificates(case, {
            "self-signed": server_context(ours.certificate("self", self_signed=True)),
            "wrong-name": server_context(ours.certificate("wrong", hosts=("DNS:mail.elsewhere.test",))),
            "expired": server_context(ours.certificate("old", expired=True)),
            "another authority's": server_context(theirs.certificate("foreign")),
        })
        stripped(case, good)
        injected(case, good)
        no_auth(case, good)
        plain_text(case)
        good_ones(case, good)
    tap.done()


main()
