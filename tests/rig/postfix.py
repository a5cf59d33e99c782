"""A private Postfix: an MX port, a submission port (STARTTLS and login), delivery into Dovecot, no way out."""
import grp
import os
import pathlib
import pwd
import subprocess

from tests.rig.process import Process, free_port

LIBEXEC = "/usr/lib/postfix/sbin"

MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = {libexec}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {hostname}
mydomain = example.test
myorigin = example.test
mydestination =
mynetworks =
alias_maps =
alias_database =
local_transport = error:5.1.1 no local users here
default_transport = {outside}
relay_transport = error:5.4.4 this server relays nothing to the outside
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{dir}/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
recipient_delimiter = {delimiter}
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
local_header_rewrite_clients =
message_size_limit = 104857600
mailbox_size_limit = 0
in_flow_delay = 0
queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 10s
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_milters = inet:127.0.0.1:{milter}
milter_default_action = tempfail
"""

OUTSIDE = "error:5.4.4 this server relays nothing to the outside"

MASTER = """
{mx} inet n - n - 100 smtpd
{submission} inet n - n - 100 smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_security_level=encrypt
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
{smtps} inet n - n - 100 smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_wrappermode=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


KEEPS = """
{port} inet n - n - 100 smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=check_recipient_access,static:HOLD,permit_mynetworks,reject
  -o smtpd_milters=
"""

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
FOR_POSTDROP = {"maildrop": 0o730, "public": 0o710}


def make_queue(queue):
    """The folders that `postfix check` would make, which takes a hundred processes for it."""
    user, group = pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postdrop").gr_gid
    (queue / "pid").mkdir(parents=True)
    for name in (*QUEUES, *FOR_POSTDROP):
        folder = queue / name
        folder.mkdir()
        os.chown(folder, user, group if name in FOR_POSTDROP else 0)
        folder.chmod(FOR_POSTDROP.get(name, 0o700))


class Postfix:
    """addresses: every mailbox it delivers; lmtp: Dovecot's port; auth: Dovecot's socket for logins; no delimiter: no plus addresses;
    keeps: a port of its own that takes all without a login and keeps it in the queue, in hold."""

    def __init__(self, folder, addresses, cert, key, lmtp, auth, milter, delimiter="+", hostname="mx.example.test",
                 keeps=None):
        self.dir = pathlib.Path(folder)
        self.mx, self.submission, self.smtps = free_port(), free_port(), free_port()
        self.process = None
        make_queue(self.dir / "queue")
        (self.dir / "data").mkdir()
        os.chown(self.dir / "data", pwd.getpwnam("postfix").pw_uid, 0)
        (self.dir / "mailboxes").write_text("".join(f"{a} x\n" for a in addresses))
        domains = sorted({a.rpartition("@")[2] for a in addresses})
        (self.dir / "main.cf").write_text(MAIN.format(
            dir=self.dir, libexec=LIBEXEC, domains=" ".join(domains), lmtp=lmtp, cert=cert, key=key,
            auth=auth, milter=milter, delimiter=delimiter, hostname=hostname,
            outside="discard:" if keeps else OUTSIDE))
        for name in ("main.cf", "mailboxes"):
            os.utime(self.dir / name, (0, 0))       # Postfix waits two seconds with a file that somebody may still be writing
        (self.dir / "master.cf").write_text(MASTER.format(
            mx=f"127.0.0.1:{self.mx}", submission=f"127.0.0.1:{self.submission}",
            smtps=f"127.0.0.1:{self.smtps}") + (KEEPS.format(port=f"127.0.0.1:{keeps}") if keeps else ""))

    def start(self):
        env = dict(os.environ, MAIL_CONFIG=str(self.dir))
        self.process = Process("postfix", [f"{LIBEXEC}/master", "-c", self.dir, "-d"],
                               self.dir / "postfix.out", env=env)
        self.process.wait_listening([self.mx, self.submission, self.smtps])
        return self

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def log(self):
        path = self.dir / "postfix.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kept(self):
        """The mails in hold."""
        return [path for path in (self.dir / "queue/hold").rglob("*") if path.is_file()]

    def queue(self):
        """The lines of the queue listing; empty when everything has been delivered."""
        done = subprocess.run(["/usr/sbin/postqueue", "-c", str(self.dir), "-j"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return done.stdout.splitlines()
