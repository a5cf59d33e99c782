"""One place with everything a mail needs: users, certificates, Dovecot, Postfix, and the clients to use them."""
import atexit
import imaplib
import os
import pathlib
import secrets
import shutil
import signal
import smtplib
import ssl
import sys
import tempfile

from tests.rig.dovecot import Dovecot
from tests.rig.milter import Milter
from tests.rig.pki import HOSTS, Authority
from tests.rig.postfix import Postfix
from tests.rig.process import needs_root, wait_for

SUPPORT, EMERGING, GATEWAY = "support@example.test", "emerging@example.test", "gateway@example.test"
SAM, TESS = "sam@example.test", "tess@example.test"
ANN, PAUL, LENA = "ann@customer.test", "paul@partner.test", "lena@contract.test"
EVE = "eve@elsewhere.test"
GONE = "gone@customer.test"     # the MTA accepts it, the mailbox does not exist: mail to it bounces
USERS = (SUPPORT, EMERGING, GATEWAY, SAM, TESS, ANN, PAUL, LENA, EVE)
CLIENT_TIMEOUT_S = 300


def on_sigterm(_number, _frame):
    sys.exit(143)


class Rig:
    """A context manager; whatever way it is left, what it started is stopped and its folder removed."""

    def __init__(self, users=USERS, dovecot_extra="", keep_folder=False, hosts=(), store="mail.example.test", milter=None,
                 postfix=None):
        """hosts: further names of the certificate; store: Dovecot's name; milter, postfix: their options."""
        needs_root("a mail world of its own")
        self.keep_folder = keep_folder
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="gatewayd-rig-"))
        self.dir.chmod(0o755)
        self.users = {u: secrets.token_hex(6) for u in users}
        self.dovecot_extra = dovecot_extra
        self.hosts, self.store, self.options = hosts, store, (milter or {}, postfix or {})
        self.parts = []             # what must be stopped, in the order of its start
        self.authority = self.dovecot = self.postfix = self.milter = None

    def __enter__(self):
        signal.signal(signal.SIGTERM, on_sigterm)
        # A shell's background job starts with SIGINT ignored; this can be interrupted all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        atexit.register(self.stop)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception):
        self.stop()

    def _start(self):
        self.authority = Authority(self.dir / "ca")
        self.cert, self.key = self.authority.certificate("server", (*HOSTS, *(f"DNS:{h}" for h in self.hosts)))
        self.dovecot = self.add_dovecot("dovecot", self.users, extra=self.dovecot_extra)
        self.milter = self.add(Milter(**self.options[0]))
        self.postfix = self.add_postfix("postfix", **self.options[1])

    def add(self, part):
        """Starts a part that has start() and stop(); it ends with the rig."""
        self.parts.append(part)
        part.start()
        return part

    def add_dovecot(self, name, users, extra="", cert=None, key=None):
        """One more IMAP server of its own."""
        return self.add(Dovecot(self.dir / name, users, cert or self.cert, key or self.key, extra, self.store))

    def add_postfix(self, name, **options):
        """One more SMTP server, which delivers into the same mailboxes."""
        return self.add(Postfix(self.dir / name, [*self.users, GONE], self.cert, self.key, self.dovecot.lmtp,
                                self.dovecot.dir / "auth-smtp", self.milter.port, **options))

    def stop(self):
        while self.parts:
            part = self.parts.pop()
            try:
                (part.kill if isinstance(part, Dovecot) else part.stop)()
            except Exception as e:    # the others must stop all the same
                print(f"# {part}: {e}", file=sys.stderr)
        if not self.keep_folder:
            shutil.rmtree(self.dir, ignore_errors=True)
        atexit.unregister(self.stop)

    # clients

    def tls(self):
        return ssl.create_default_context(cafile=str(self.authority.ca))

    def send(self, user, mail, to=None, sender=None):
        """Submits a mail as this user, logged in over STARTTLS; `mail` is bytes or an EmailMessage."""
        with smtplib.SMTP("localhost", self.postfix.submission, timeout=CLIENT_TIMEOUT_S) as smtp:
            smtp.starttls(context=self.tls())
            smtp.login(user, self.users[user])
            self._transfer(smtp, mail, sender if sender is not None else user, to)

    def send_many(self, user, mails):
        """Several mails over one connection."""
        with smtplib.SMTP("localhost", self.postfix.submission, timeout=CLIENT_TIMEOUT_S) as smtp:
            smtp.starttls(context=self.tls())
            smtp.login(user, self.users[user])
            for mail in mails:
                self._transfer(smtp, mail, user, None)

    def send_as_stranger(self, mail, sender, to):
        """By the MX port, as the outside world does: no login."""
        with smtplib.SMTP("localhost", self.postfix.mx, timeout=CLIENT_TIMEOUT_S) as smtp:
            self._transfer(smtp, mail, sender, to)

    def send_lmtp(self, mail, sender, to, server=None):
        """Straight into a mailbox, past the MTA."""
        with smtplib.LMTP("127.0.0.1", (server or self.dovecot).lmtp) as lmtp:
            self._transfer(lmtp, mail, sender, to)

    @staticmethod
    def _transfer(smtp, mail, sender, to):
        if isinstance(mail, bytes):
            to = [to] if isinstance(to, str) else to
            smtp.sendmail(sender, to, mail)
        else:
            smtp.send_message(mail, sender, to)

    def imap(self, user, server=None):
        server = server or self.dovecot
        client = imaplib.IMAP4_SSL("localhost", server.imaps, ssl_context=self.tls(), timeout=CLIENT_TIMEOUT_S)
        client.login(user, server.users[user])
        return client

    def append(self, user, raw, folder="INBOX", date=None, server=None):
        """A mail laid into a mailbox by IMAP, with the INTERNALDATE wanted (seconds)."""
        client = self.imap(user, server)
        try:
            when = imaplib.Time2Internaldate(date) if date is not None else None
            status, answer = client.append(folder, None, when, raw)
            assert status == "OK", answer
        finally:
            client.logout()

    def mailbox(self, user, folder="INBOX", server=None):
        """All mails of a folder as bytes, in the order of their UIDs; [] when there is no such folder."""
        client = self.imap(user, server)
        try:
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return []
            _, found = client.uid("search", None, "ALL")
            uids = found[0].split()
            if not uids:
                return []
            _, rows = client.uid("fetch", b",".join(uids), "(UID BODY.PEEK[])")
            return [row[1] for row in rows if isinstance(row, tuple)]
        finally:
            client.logout()

    def count(self, user, folder="INBOX", server=None):
        client = self.imap(user, server)
        try:
            status, data = client.status(f'"{folder}"', "(MESSAGES)")
            return int(data[0].split()[-1].rstrip(b")")) if status == "OK" else 0
        finally:
            client.logout()

    def wait_mail(self, user, match, timeout_s=20.0, what="", folder="INBOX"):
        """The first mail of a mailbox for which match(EmailMessage) holds."""
        from tests.rig.mail import parse

        def found():
            return next((m for m in map(parse, self.mailbox(user, folder)) if match(m)), None)
        return wait_for(found, timeout_s, f"{what or 'mail'} for {user}")

    def describe(self):
        """What a person types into a mail client."""
        lines = [f"IMAP   localhost {self.dovecot.imaps} (TLS) or {self.dovecot.imap} (STARTTLS)",
                 f"SMTP   localhost {self.postfix.submission} (STARTTLS) or {self.postfix.smtps} (TLS), with login",
                 f"CA     {self.authority.ca}"]
        lines += [f"user   {u:24} password {p}" for u, p in self.users.items()]
        return "\n".join(lines)
