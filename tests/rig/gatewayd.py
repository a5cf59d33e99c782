"""gatewayd on a rig: its configuration, its life and death, and what gatewayctl tells of it."""
import contextlib
import copy
import json
import os
import pathlib
import queue
import re
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time

from tests.rig import accounts as accounts_of
from tests.rig import rig as r
from tests.rig.process import PATIENCE, Process, Timeout, descendants, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
READY_S = 20
CTL_S = 300
WRONG = 69          # of gatewayctl status: something is
DEAF = b"but its core does not listen at"    # it was not asked anything
ROLE_USER = "nobody"
# The search for leaks at the end of a program traces it.
NO_TRACE = {"ASAN_OPTIONS": "detect_leaks=0"}
SANITIZER = re.compile(r"(Address|Leak)Sanitizer|runtime error:")

CALENDAR = {"zone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}


class Failed(AssertionError):
    """gatewayctl said no."""

    def __init__(self, command, done):
        super().__init__(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr


def libconfig(value, depth=0):
    """A Python value in libconfig's notation."""
    pad = "    " * (depth + 1)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        rows = "".join(f"{pad}{k} = {libconfig(v, depth + 1)};\n" for k, v in value.items())
        return "{\n" + rows + "    " * depth + "}"
    if isinstance(value, list):
        group = any(isinstance(v, dict) for v in value)
        return ("( %s )" if group else "[ %s ]") % ", ".join(libconfig(v, depth + 1) for v in value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'


class Notices:
    """The service manager's end of sd_notify(3): always read, as nobody may wait for it."""

    def __init__(self, path):
        path.unlink(missing_ok=True)
        self.told = queue.Queue()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o777)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with contextlib.suppress(OSError):      # it was closed between two of them
            while said := self.socket.recv(4096):
                self.told.put(said.decode(errors="replace"))

    def forget(self):
        """What was told so far."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.told.get_nowait()

    def close(self):
        """Wakes the reader, which ends."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Gatewayd:
    """`settings` may be changed before start() or reload(); every value has its key of gatewayd.conf(5)."""

    def __init__(self, rig, name="gatewayd"):
        self.rig = rig
        self.dir = rig.dir / name
        self.conf = self.dir / "gatewayd.conf"
        self.log = self.dir / "gatewayd.log"
        self.process = None
        self.notices = None
        self.program = BUILD / "gatewayd"
        self.stderr = subprocess.STDOUT     # its log
        self.env = {}
        self.dir.mkdir()
        (self.dir / "state").mkdir()
        self.own(self.dir / "state")
        # Beside the configuration, where it is looked for: the role's user may not see the source tree.
        for name in ("policy", "templates"):
            shutil.copytree(ROOT / "conf" / name, self.dir / name)
        self.secret("token-key", secrets.token_hex(32))
        self.settings = self._defaults()

    # configuration

    def own(self, path):
        """Hands a file to the user that the roles run as."""
        import pwd
        user = pwd.getpwnam(ROLE_USER)
        os.chown(path, user.pw_uid, user.pw_gid)

    def secret(self, name, text):
        path = self.dir / f"secret-{name}"
        path.write_text(text + "\n")
        path.chmod(0o600)
        return str(path)

    def server(self, port, user, tls, password=None):
        """The keys of a server that any login needs."""
        return {"host": "localhost", "port": port, "tls": tls, "user": user,
                "secret_file": self.secret(user.replace("@", "-"), password or self.rig.users[user]),
                "ca_file": str(self.rig.authority.ca)}

    def mailbox(self, address, queue, server=None, tls="implicit"):
        server = server or self.rig.dovecot
        port = server.imaps if tls == "implicit" else server.imap
        return {**self.server(port, address, tls, server.users[address]), "processed": "Processed",
                "quarantine": "Quarantine", "queue": queue, "address": address, "poll": "2s"}

    def _defaults(self):
        rig = self.rig
        queue = {"calendar": "always", "days_calendar": "business", "notify": [r.SAM, r.TESS],
                 "reminder": "0s", "zone": "Europe/Berlin", "phone": "+49 30 5550100",
                 "portal": "https://portal.example.test/"}
        return {
            "hostname": "gateway.example.test",
            "company": "Example Support",
            "store": str(self.dir / "state" / "gatewayd.db"),
            "socket": str(self.dir / "state" / "control.sock"),
            "user": ROLE_USER,
            "token_key_file": str(self.dir / "secret-token-key"),
            "authserv_ids": ["mx.example.test"],
            "mailboxes": {"support": self.mailbox(r.SUPPORT, "technical"),
                          "emerging": self.mailbox(r.EMERGING, "emerging", tls="starttls")},
            "smtp": {**self.server(rig.postfix.submission, r.GATEWAY, "starttls"),
                     "retry_min": "1s", "retry_max": "2s"},
            "queues": {"technical": {"kind": "technical", "from_name": "Example Support", **queue},
                       "emerging": {"kind": "emerging", "from_name": "Example Emerging", **queue}},
            "staff": {"sam": {"name": "Sam Sample", "addresses": [r.SAM]},
                      "tess": {"name": "Tess Testa", "addresses": [r.TESS]}},
            "calendars": {"business": copy.deepcopy(CALENDAR)},
            "limits": {"auto_proven_hour": 1000, "auto_unproven_hour": 1000, "auto_unproven_day": 1000,
                       "auto_unproven_all_hour": 1000},
        }

    def write_conf(self):
        rows = "".join(f"{k} = {libconfig(v)};\n" for k, v in self.settings.items())
        new = self.conf.with_suffix(".written")
        new.write_text("# written by the test rig\n" + rows)
        new.rename(self.conf)       # it may be read just now
        return self.conf

    def check_conf(self):
        """gatewayd -n: (status, what it said)."""
        done = subprocess.run([BUILD / "gatewayd", "-n", "-c", self.conf], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=CTL_S)
        return done.returncode, done.stdout

    # life

    def start(self, ready=True):
        """Starts it and, unless told otherwise, waits until it says by sd_notify that it is ready."""
        self.write_conf()
        if self.notices:
            self.notices.close()
        self.notices = Notices(self.dir / "notify")
        env = {**os.environ, **NO_TRACE, "NOTIFY_SOCKET": str(self.dir / "notify"), **self.env}     # the seals of a role forbid it
        self.process = Process("gatewayd", [self.program, "-c", self.conf], self.log, env=env, cwd=self.dir,
                               stderr=self.stderr)
        if ready:
            self.wait_notice("READY=1", READY_S)
        return self

    def wait_notice(self, what, seconds):
        """Waits until the service manager is told so; what it was told before is forgotten."""
        seconds *= PATIENCE
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if not self.process.alive():
                raise AssertionError(f"gatewayd ended with {self.process.popen.returncode}:\n{self.tail()}")
            try:
                if what in self.notices.told.get(timeout=0.2):
                    return
            except queue.Empty:
                pass
        raise Timeout(f"gatewayd has not said {what} in {seconds} s:\n{self.tail()}")

    def stop(self):
        """SIGTERM; the exit status (0 when it ended in order)."""
        if not self.process:
            return None
        status = self.process.stop()
        self.process = None
        return status

    def kill9(self):
        """SIGKILL to the parent alone, as the kernel or an operator does; its roles must go by themselves."""
        roles = descendants(self.process.pid)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.popen.wait()
        self.process = None
        try:
            wait_for(lambda: not any(alive(p) for p in roles), 10, "the roles to end after their parent")
        finally:
            for pid in filter(alive, roles):
                os.kill(pid, signal.SIGKILL)

    def reload(self):
        """wait_notice() then hears of this one, not of one before."""
        self.write_conf()
        self.notices.forget()
        self.process.signal(signal.SIGHUP)

    def roles(self):
        return descendants(self.process.pid)

    def role(self, name):
        """The process id of a role, None while there is none."""
        for pid in self.roles():
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[1:3] == [b"-x", name.encode()]:
                return pid
        return None

    def tail(self, lines=40):
        return "\n".join(self.log_text().splitlines()[-lines:])

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # gatewayctl

    def ctl_command(self, *args):
        """What to call, and its environment."""
        command = [str(BUILD / "gatewayctl"), "-c", str(self.conf), *map(str, args)]
        return command, {**os.environ, **(NO_TRACE if args[0] == "doctor" else {})}     # it becomes another user, whom nobody may trace

    def ctl_run(self, *args, stdin=None):
        command, env = self.ctl_command(*args)
        return command, subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       timeout=CTL_S, env=env)

    def ctl_bytes(self, *args, stdin=None):
        """gatewayctl waits some seconds for the next core; on a busy machine that takes longer."""
        command, done = self.ctl_run(*args, stdin=stdin)
        for _ in range(PATIENCE - 1):
            if done.returncode != os.EX_TEMPFAIL or DEAF not in done.stderr:
                break
            command, done = self.ctl_run(*args, stdin=stdin)
        if done.returncode and not (args[0] == "status" and done.returncode == WRONG):
            done.stdout, done.stderr = (b.decode(errors="replace") for b in (done.stdout, done.stderr))
            raise Failed(command, done)
        return done.stdout

    def ctl(self, *args, stdin=None):
        """What it prints for a person."""
        return self.ctl_bytes(*args, stdin=stdin).decode()

    def json(self, *args):
        return json.loads(self.ctl_bytes(*args, "--json"))

    @staticmethod
    def unless_away(ask):
        """The answer; None when core is away, as between two of them, for longer than gatewayctl waits."""
        try:
            return ask()
        except Failed as e:
            if e.status != os.EX_TEMPFAIL:
                raise
            return None

    def cases(self):
        return self.json("case", "list")

    def case(self, number):
        return self.json("case", "show", number)

    def case_of(self, subject, timeout_s=20.0):
        """The case with this subject, as soon as there is one."""
        def found():
            return next((c for c in self.unless_away(self.cases) or () if c["subject"] == subject), None)
        try:
            return self.case(wait_for(found, timeout_s, f"a case {subject!r}")["number"])
        except Timeout as e:
            raise Timeout(f"{e}\n{self.tail()}") from None

    def wait_case(self, number, match, timeout_s=20.0, what=""):
        """The case as soon as match(case) holds."""
        def found():
            case = self.unless_away(lambda: self.case(number))
            return case if case and match(case) else None
        try:
            return wait_for(found, timeout_s, f"case {number}: {what}")
        except Timeout as e:
            raise Timeout(f"{e}\n{json.dumps(self.case(number), indent=1)}\n{self.tail(15)}") from None

    def import_accounts(self, accounts):
        path = self.dir / "accounts.json"
        path.write_text(json.dumps(accounts))
        return self.ctl("account", "import", path)


def alive(pid):
    """Runs, and is not a zombie that only its parent has to collect."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@contextlib.contextmanager
def running(change=None, accounts=(), accounted=True, **rig_options):
    """A rig with gatewayd on it; change(daemon) may alter the settings before the start.

    At the end its accounts must hold (tests/rig/accounts.py), unless the test takes mails or the store away.

    In a sanitizer build (SAN=1) a finding in any role's log fails the test.
    """
    with r.Rig(**rig_options) as rig:
        daemon = Gatewayd(rig)
        rig.parts.append(daemon)
        if change:
            change(daemon)
        daemon.start()
        if accounts:
            daemon.import_accounts(list(accounts))
        yield rig, daemon
        if accounted:
            accounts_of.hold(daemon)
        daemon.stop()
        found = SANITIZER.search(daemon.log_text())
        assert not found, daemon.log_text()[found.start():][:4000]
