"""A private Dovecot: IMAP (STARTTLS), IMAPS, LMTP, Maildirs in the rig's folder."""
import contextlib
import os
import pathlib
import pwd
import signal

from tests.rig.process import Process, descendants, free_port, needs_root

MAIL_USER = "nobody"    # owns the Maildirs; no user of its own is needed

CONF = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_username_format = %Lu
hostname = {hostname}
postmaster_address = postmaster@example.test
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
first_valid_uid = 1
mail_max_userip_connections = 100
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {dir}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  process_limit = 100
}}
service imap {{
  process_limit = 200
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  unix_listener {dir}/auth-smtp {{
    mode = 0660
    user = postfix
  }}
}}
{extra}
"""


class Dovecot:
    """users: {address: password}.  extra: more lines for dovecot.conf."""

    def __init__(self, folder, users, cert, key, extra="", hostname="mail.example.test"):
        needs_root("Dovecot")
        self.dir = pathlib.Path(folder)
        self.users = dict(users)
        self.imap, self.imaps, self.lmtp = free_port(), free_port(), free_port()
        self.process = None
        self._make_folders()
        nobody = pwd.getpwnam(MAIL_USER)
        (self.dir / "dovecot.conf").write_text(CONF.format(
            dir=self.dir, cert=cert, key=key, uid=nobody.pw_uid, gid=nobody.pw_gid, imap=self.imap,
            imaps=self.imaps, lmtp=self.lmtp, extra=extra, hostname=hostname))

    def _make_folders(self):
        for name in ("run", "state", "mail"):
            (self.dir / name).mkdir(parents=True)
        nobody = pwd.getpwnam(MAIL_USER)
        os.chown(self.dir / "mail", nobody.pw_uid, nobody.pw_gid)
        users = self.dir / "users"
        users.write_text("".join(f"{u}:{{PLAIN}}{p}\n" for u, p in self.users.items()))
        os.chown(users, pwd.getpwnam("dovecot").pw_uid, 0)
        users.chmod(0o400)

    def start(self):
        self.process = Process("dovecot", ["/usr/sbin/dovecot", "-F", "-c", self.dir / "dovecot.conf"],
                               self.dir / "dovecot.out")
        self.process.wait_listening([self.imap, self.imaps, self.lmtp])
        return self

    def stop(self):
        """Its sessions end with it; by themselves those that wait in IDLE go on for half a minute."""
        if self.process:
            sessions = descendants(self.process.pid)
            self.process.stop()
            self.process = None
            for pid in sessions:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def kill(self):
        """At once, as nobody will ask it again: stop() lets it sleep for a second."""
        if self.process:
            self.process.kill()
            self.process = None

    def reload(self):
        self.process.signal(signal.SIGHUP)

    def maildir(self, user):
        return self.dir / "mail" / user / "Maildir"

    @staticmethod
    def file_name(n):
        """
        The file of the n-th of many mails, as mail servers name them.  What Dovecot hashes of 10,000 names that only count upwards has
        1,000 values, and it then spends a millisecond a mail on comparing names.
        """
        return f"{1000000000 + n // 7}.M{n % 7 * 140000 + n * 7919 % 139999}P{300 + n * 104729 % 39700}.mx1"

    def drop(self, user, raw, name):
        """A file laid straight into the Maildir: bytes that no protocol would carry."""
        nobody = pwd.getpwnam(MAIL_USER)
        new = self.maildir(user) / "new"
        temporary = self.maildir(user) / "tmp" / name
        temporary.write_bytes(raw)
        os.chown(temporary, nobody.pw_uid, nobody.pw_gid)
        temporary.rename(new / name)

    def log(self):
        path = self.dir / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""
