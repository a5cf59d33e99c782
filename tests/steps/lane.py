"""One daemon with mailboxes and people of its own on a rig that many share: put back, started with a fault, looked at."""
import collections
import ctypes
import json
import mmap
import os
import pathlib
import pwd
import re
import shutil
import sqlite3
import subprocess
import time

from tests.rig import rig as r
from tests.rig.dovecot import MAIL_USER
from tests.rig.gatewayd import BUILD, CTL_S, Gatewayd
from tests.rig.mail import parse
from tests.rig.packed import unpack
from tests.rig.process import PATIENCE, Timeout, wait_for

ROLES = ("parent", "core", "poller", "parse", "sender")     # in the order of ops.c, as OPS and WAYS
OPS = ("commit", "frame", "network", "file")
WAYS = ("none", "crash", "error")
NOBODY = pwd.getpwnam(MAIL_USER)
LOOK_S = 0.02
TOKEN = re.compile(r"[a-z2-7]{16,}")
CHANCE = re.compile(r"\b\d\d:\d\d\b|\b[A-Z][a-z]+, \d\d? [A-Z][a-z]+ \d{4}\b|(?<=edge)\d+")
NAMES = ("support", "emerging", "gateway", "sam", "ann", "bob")
# What may be there twice: sent and not written down, given to a sender that ended, or the reply to its end was lost.
NAMED = re.compile(r'event=outbox\.(?:(?:not-written|requeued) row=(\d+)|result row=(\d+) .*state=queued .*text="final dot)')
UNCERTAIN = re.compile(r'event=outbox\.result row=(\d+) .*state=queued .*text="final dot')

# What the end state is, in the store; {names} of this lane become those of all lanes.
QUERIES = {
    "cases": "SELECT number, queue, severity, state, subject, requester_address, account, owner, merged_into FROM cases",
    "notes": "SELECT case_number, kind, author_address, trust, text, reply, said(words, size) FROM note",
    "files": "SELECT a.case_number, a.filename, a.content_type, a.is_inline, hex(c.sha256), c.size FROM attachment a "
             "JOIN content c ON c.id = a.content",
    "mails": "SELECT subject, state, case_number, history FROM mail",
    "outbox": "SELECT kind, recipient, state, case_number FROM outbox",
    "deadlines": "SELECT case_number, clock, state FROM deadline",
    "accounts": "SELECT id, package FROM account",
}


class Ops(ctypes.Structure):
    _fields_ = [("role", ctypes.c_uint32), ("op", ctypes.c_uint32), ("way", ctypes.c_uint32), ("met", ctypes.c_uint32),
                ("n", ctypes.c_uint64), ("counts", ctypes.c_uint64 * len(OPS) * len(ROLES)), ("slept_s", ctypes.c_int64),
                ("linger_ms", ctypes.c_uint64)]


Fault = collections.namedtuple("Fault", "role op way n")


def mailbox_name(name, k):
    return f"{name}-{k}@{'customer' if name in ('ann', 'bob') else 'example'}.test"


def users(lanes):
    return [mailbox_name(name, k) for k in range(lanes) for name in NAMES]


def plain(text, k):
    """Without what differs between lanes and runs: whose lane it is, tokens, days and times, which of many alike mails was first."""
    return re.sub(f"-{k}(?=[@+])", "", TOKEN.sub("TOKEN", CHANCE.sub("", str(text))))


class Lane:
    def __init__(self, rig, k):
        self.rig, self.k = rig, k
        self.own = {name: mailbox_name(name, k) for name in NAMES}
        self.of = {**self.own, "gone": r.GONE}      # whom the MTA takes mails for and cannot deliver to
        self.daemon = Gatewayd(rig, f"lane{k}")
        self.daemon.program = BUILD / "tests/steps/gatewayd"
        self.state, self.begin = self.daemon.dir / "state", self.daemon.dir / "begin"
        self.ops = self._map_ops(self.daemon.dir / "ops")
        self.restarts = self.drops = self.retried = 0
        self.old_server = None  # where the mailboxes of the daemon are, when it is not the rig's own
        self.heads = {}         # of the mails in Maildirs: {file: (Message-ID, subject)}
        self.arrived = {}       # mails as the border delivered them: {(who, to): bytes}
        rig.parts.append(self.daemon)

    def _map_ops(self, path):
        path.write_bytes(bytes(ctypes.sizeof(Ops)))
        path.chmod(0o666)
        self.daemon.env = {"GATEWAYD_STEPS": str(path)}
        with open(path, "r+b") as f:
            return Ops.from_buffer(mmap.mmap(f.fileno(), 0))

    # the daemon

    def settings(self, boxes=("support",), server=None, change=lambda settings: None):
        d = self.daemon
        d.settings = d._defaults()
        self.old_server = server
        d.settings["mailboxes"] = {b: {**d.mailbox(self.of[b], "technical" if b == "support" else "emerging", server), "poll": "1s"}
                                   for b in boxes}
        d.settings["smtp"].update(d.server(self.rig.postfix.submission, self.of["gateway"], "starttls"), retry_max="1s")
        if "emerging" not in boxes:
            del d.settings["queues"]["emerging"]
        for queue in d.settings["queues"].values():
            queue["notify"] = [self.of["sam"]]
        d.settings["staff"] = {"sam": {"name": "Sam Sample", "addresses": [self.of["sam"]]}}
        change(d.settings)

    def prepare(self, accounts=(), begin=None):
        """The state that each run of a story begins with; begin() makes another one of it."""
        self.arrived.clear()
        self.put_back(None)
        self.arm(None)
        self.daemon.start()
        if accounts:
            self.daemon.import_accounts(list(accounts))
        self.daemon.stop()
        shutil.rmtree(self.begin, ignore_errors=True)
        shutil.copytree(self.state, self.begin, ignore=shutil.ignore_patterns("*.sock"))
        if begin:
            begin(self)

    def put_back(self, folder):
        shutil.rmtree(self.state, ignore_errors=True)
        if folder:
            shutil.copytree(folder, self.state)
        else:
            self.state.mkdir()
        for path in (self.state, *self.state.iterdir()):
            self.daemon.own(path)
        for user in self.own.values():
            shutil.rmtree(self.maildir(user), ignore_errors=True)
        self.heads.clear()
        self.daemon.log.unlink(missing_ok=True)
        self.restarts = self.retried = 0

    def sleep(self, seconds):
        """The machine does, when nothing is under way; when it wakes, only the daemon has got older.

        Core looks at its clock as soon as it is asked something.
        """
        self.wait_idle()
        self.ops.slept_s += int(seconds)
        self.wait_json(("status",), bool, "the daemon awake")

    def arm(self, fault):
        ctypes.memset(ctypes.addressof(self.ops), 0, ctypes.sizeof(Ops))
        if fault:
            self.ops.role, self.ops.op, self.ops.way = ROLES.index(fault.role), OPS.index(fault.op), WAYS.index(fault.way)
            self.ops.n = fault.n

    def counts(self):
        return {(role, op): self.ops.counts[i][k] for i, role in enumerate(ROLES) for k, op in enumerate(OPS)}

    def start(self):
        self.daemon.start(ready=False)

    def look_after(self):
        """As an operator does: what is uncertain would be tried again after hours only."""
        self.revive()
        for row in UNCERTAIN.findall(self.daemon.log_text())[self.retried:]:
            if self.ask("outbox", "retry", row).returncode:
                break
            self.retried += 1

    def revive(self):
        """As the service manager does."""
        if self.daemon.process and not self.daemon.process.alive():
            self.daemon.process.popen.wait()
            self.restarts += 1
            self.start()

    def stop(self):
        """How many seconds it took to end."""
        began = time.monotonic()
        self.daemon.stop()
        return time.monotonic() - began

    def ask(self, *args):
        """A verb that only the daemon can answer: with its socket alone, as reading a whole configuration takes longer than asking."""
        path = self.daemon.dir / "ask.conf"
        path.write_text(f'socket = "{self.daemon.settings["socket"]}"; policy_dir = "none";\n')
        return subprocess.run([BUILD / "gatewayctl", "-c", path, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=CTL_S)

    def wait_json(self, args, match, what):
        def found():
            self.revive()
            said = self.ask(*args, "--json")
            return said.returncode == 0 and match(json.loads(said.stdout))
        wait_for(found, 20, what)

    def ctl(self, *args, before=lambda: None):
        """Until it is done: a verb whose answer was lost was done, or it was not."""
        def done():
            self.revive()
            before()
            _, said = self.daemon.ctl_run(*args)
            return said if said.returncode == 0 else None
        return wait_for(done, 20, f"gatewayctl {' '.join(map(str, args))}").stdout.decode()

    # mails

    def maildir(self, user, folder=None):
        server = self.daemon_server(user)
        return server.maildir(user) / (f".{folder}" if folder else "")

    def daemon_server(self, user):
        ours = user in (self.of["support"], self.of["emerging"])
        return self.old_server if self.old_server and ours else self.rig.dovecot

    def files(self, user, folder=None):
        return [f for sub in ("new", "cur") if (d := self.maildir(user, folder) / sub).is_dir() for f in d.iterdir()]

    def head(self, path):
        """Message-ID and subject; a file changes its name when its flags do."""
        key = path.name.split(":")[0], path.parent.parent
        if key not in self.heads:
            mail = parse(path.read_bytes().partition(b"\n\n")[0] + b"\n\n")
            self.heads[key] = str(mail["Message-ID"] or ""), str(mail["Subject"] or "")
        return self.heads[key]

    def look(self):
        """(what is in all mailboxes, each mail once; Message-IDs that are there twice)."""
        seen, again = [], []
        for name, user in self.own.items():
            for folder in (None, "Processed", "Quarantine") if name in ("support", "emerging") else (None,):
                try:
                    heads = [self.head(f) for f in self.files(user, folder)]
                except FileNotFoundError:       # it was moved meanwhile
                    return None, []
                again += [(name, folder or "INBOX", plain(subject, self.k)) for n, (ident, subject) in enumerate(heads)
                          if ident in [i for i, _ in heads[:n]]]
                seen += [(name, folder or "INBOX", plain(subject, self.k)) for _, subject in dict(heads).items()]
        return sorted(seen), again

    def deliver(self, name, mail, to=("support",)):
        """Before the start: through the border the first time, then the same bytes again."""
        for box in to:
            key = name, box, str(mail["Subject"])
            if key not in self.arrived:
                self.arrived[key] = self._through_border(name, mail, self.of[box])
            self.drop(self.of[box], self.arrived[key])

    def _through_border(self, name, mail, to):
        """As the mail stands in a mailbox that has nothing else new, from which it is taken."""
        new = self.rig.dovecot.maildir(to) / "new"
        before = set(new.iterdir()) if new.is_dir() else set()
        if name in self.own:
            self.rig.send(self.of[name], mail, to=[to])
        else:
            self.rig.send_as_stranger(mail, self.of[name], [to])
        path = wait_for(lambda: new.is_dir() and next((f for f in new.iterdir() if f not in before), None), 20, "the mail")
        raw = path.read_bytes()
        path.unlink()
        return raw

    def drop(self, user, raw):
        for sub in ("", "cur", "new", "tmp"):
            folder = self.maildir(user) / sub
            folder.mkdir(parents=True, exist_ok=True)
            for part in (folder.parent, folder):
                os.chown(part, NOBODY.pw_uid, NOBODY.pw_gid)
        self.drops += 1
        self.daemon_server(user).drop(user, raw, f"{1000000000 + self.drops}.M1P1.steps")

    def send(self, name, mail):
        self.rig.send(self.of[name], mail)

    def mails(self, name):
        return [parse(f.read_bytes()) for f in self.files(self.of[name])]

    def mail_of(self, name, words):
        """The mail of that subject that somebody has."""
        def found():
            try:
                return next((m for m in self.mails(name) if words in str(m["Subject"])), None)
            except FileNotFoundError:
                return None
        return wait_for(found, 20, f"{words!r} for {name}")

    # waiting and judging

    def wait_look(self, want, seconds):
        """Until the mailboxes have what they should; False when the time is over."""
        ends = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < ends:
            self.look_after()
            if self.look()[0] == want:
                return True
            time.sleep(LOOK_S)
        return False

    def queue_files(self):
        """What Postfix has not delivered yet."""
        queue = self.rig.postfix.dir / "queue"
        return {f.name for sub in ("maildrop", "incoming", "active", "deferred") for f in (queue / sub).rglob("*") if not f.is_dir()}

    def settle(self, seconds):
        """Until the daemon has nothing more to do and the MTA has delivered all of it; False when the time is over."""
        ends = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < ends and not self._idle():
            self.look_after()
            time.sleep(LOOK_S)
        left = self.queue_files()
        while time.monotonic() < ends and left & self.queue_files():
            time.sleep(LOOK_S)
        return time.monotonic() < ends

    def wait_idle(self):
        """Before an act that would end what a fault has left to do in another way."""
        if not self.settle(20):
            raise Timeout("something is still under way")

    def _idle(self):
        try:
            status = json.loads(self.ask("status", "--json").stdout)
        except ValueError:
            return False
        return (status.get("daemon") == "running" and not status["mails_pending"] and not status["outbox_queued"]
                and not status["outbox_sending"])

    def store(self):
        """The end state in the store of a daemon that has ended: {table: rows, counted}."""
        db = sqlite3.connect(self.daemon.settings["store"])
        db.create_function("said", 2, lambda stored, size: unpack(stored, size).decode())
        try:
            return {name: collections.Counter(tuple(plain(v, self.k) for v in row) for row in db.execute(query))
                    for name, query in QUERIES.items()}
        finally:
            db.close()

    def named(self):
        """How many rows the log says may be there twice."""
        return len({a or b for a, b in NAMED.findall(self.daemon.log_text())})
