"""Processes and the store: each role killed, stopped and starved under load, a machine that sleeps, SIGTERM in each state,
and a store file that the daemon cannot or must not write (FULL=1: each, else some).
"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import signal
import sqlite3
import sys
import time
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_submission import SILENCE, FakeSubmission
from tests.rig.faults import note
from tests.rig.gatewayd import BUILD, running
from tests.rig.lies import Liar
from tests.rig.mail import compose
from tests.rig.process import PATIENCE, wait_for
from tests.rig.tap import Tap, same
from tests.steps.old_store import COUNT, MIGRATIONS, make_older
from tests.system.test_imap_lies import box_of

ROLES = ("parent", "core", "poller", "parse", "sender")
FULL = os.environ.get("FULL") == "1"
BATCH, MANY = 12, 60
END_S = 10          # from SIGTERM on, beside what the machine takes
HIT_S, SLEEP_S = 0.8, 3
SHARE_S = 0.01, 0.09    # a starved process runs, and waits
WAIT_S = 60
DAMAGED = 1
DAY_S = 86400
DOT_S = 2           # the drain at an end is twice as long
IDENT = re.compile(rb"(?mi)^message-id:\s*<([^>]+)>")


def mail(subject):
    sender = subject.replace(" ", "") + "@example.com"
    return b"Return-Path: <%s>\r\n" % sender.encode() + compose(sender, r.SUPPORT, subject, f"About {subject}.").as_bytes()


def word(n):
    return "".join("abcdefghij"[int(digit)] for digit in str(n))


def some(rows):
    return [row for n, row in enumerate(rows) if FULL or n % 4 == 0]


def pids(daemon, role):
    if role == "parent":
        return [daemon.process.pid]
    pid = daemon.role(role)
    return [pid] if pid else []


def send(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


class World:
    def __init__(self, daemon, liar, server):
        self.daemon, self.liar, self.server = daemon, liar, server
        self.tried = self.lost = self.doubled = self.hung = 0

    def batch(self, name, do):
        """Mails come in while something is done to the daemon; then each is one case, confirmed."""
        subjects = [f"{name} {word(n)}" for n in range(10, 10 + BATCH)]
        for subject in subjects[:BATCH // 2]:
            self.liar.put(mail(subject))
        do()
        for subject in subjects[BATCH // 2:]:
            self.liar.put(mail(subject))
        self.tried += 1
        self.hung += 1
        wait_for(lambda: not self.liar.mails, WAIT_S, "the mails to be moved")
        wait_for(self.idle, WAIT_S, "all to be decided and sent")
        self.hung -= 1
        self.judge(subjects)

    def idle(self):
        _, said = self.daemon.ctl_run("status", "--json")
        return said.returncode in (0, 69) and not any(
            re.search(rb'"%s":\s*[1-9]' % key, said.stdout) for key in (b"mails_pending", b"outbox_queued", b"outbox_sending"))

    def judge(self, subjects):
        cases = [c["subject"] for c in self.daemon.json("case", "list", "--limit", 100000)]
        counts = [cases.count(s) for s in subjects]
        self.lost += counts.count(0)
        self.doubled += sum(n > 1 for n in counts)
        same(counts, [1] * len(subjects), self.daemon.tail())
        to = [recipient for recipient, _ in self.server.taken]
        missing = [s for s in subjects if s.replace(" ", "") + "@example.com" not in to]
        self.lost += len(missing)
        same(missing, [], "without a confirmation")


def kill(world, role):
    """The parent is started again as a service manager does."""
    for pid in pids(world.daemon, role):
        send(pid, signal.SIGKILL)
    if role == "parent":
        world.daemon.process.popen.wait()
        world.daemon.start()


def stop(world, role):
    found = pids(world.daemon, role)
    for pid in found:
        send(pid, signal.SIGSTOP)
    time.sleep(HIT_S)
    for pid in found:
        send(pid, signal.SIGCONT)


def starve(world, role):
    """It gets a tenth of a processor, or less."""
    found, ends = pids(world.daemon, role), time.monotonic() + 2 * HIT_S
    while time.monotonic() < ends:
        for number, seconds in ((signal.SIGSTOP, SHARE_S[1]), (signal.SIGCONT, SHARE_S[0])):
            for pid in found:
                send(pid, number)
            time.sleep(seconds)


MIXED = (kill, "core"), (starve, "core"), (starve, "poller")


def each_role(tap, world):
    for how, role in [(h, r_) for r_ in ROLES for h in (kill, stop, starve)] if FULL else MIXED:
        name = f"{how.__name__} {role}"
        with tap.point(f"{name} under load: each mail is one case, and confirmed"):
            world.batch(name, lambda: how(world, role))


def sleep(tap, world):
    """All processes stand still, and the clock is a day further when they go on."""
    def asleep():
        found = [world.daemon.process.pid, *world.daemon.roles()]
        for pid in found:
            send(pid, signal.SIGSTOP)
        pathlib.Path(world.daemon.settings["store"] + "-trap").write_text(f"clock {DAY_S}")
        time.sleep(SLEEP_S)
        for pid in found:
            send(pid, signal.SIGCONT)
    with tap.point("a machine that sleeps for a day under load: each mail is one case, and confirmed"):
        ended = world.daemon.log_text().count("event=role.ended")
        world.batch("asleep", asleep)
        same(world.daemon.log_text().count("event=role.ended"), ended, "a role was ended for it")


# --- the end ---

def states(world):
    """(in which state, how it comes to be; what undoes it)"""
    liar, server = world.liar, world.server
    trap = pathlib.Path(world.daemon.settings["store"] + "-trap")

    def silent_imap():
        liar.lie = ("silence", "UID SEARCH", "", False)
        wait_for(lambda: liar.lied, 20, "the silence")

    def silent_smtp(step):
        def begin():
            server.answers[step] = SILENCE
            liar.put(mail(f"silent at {step}"))
            wait_for(lambda: any(b"MAIL" in line for line in server.heard), 20, "a mail on its way")
        return begin

    def many():
        for n in range(MANY):
            liar.put(mail(f"many {word(n + 1000)}"))

    def stopped(role):
        return lambda: [send(pid, signal.SIGSTOP) for pid in pids(world.daemon, role)]
    yield "idle", lambda: None
    yield "in a silence of the IMAP server", silent_imap
    for step in ("MAIL", "DATA", "DOT"):
        yield f"in a silence of the SMTP server at {step}", silent_smtp(step)
    yield "in the middle of many mails", many
    yield "on a slow disk", lambda: (trap.write_text("sync 300"), many())
    for role in ROLES[1:]:
        yield f"while {role} is stopped", stopped(role)


def ends(tap, world):
    daemon, longest, slow_s = world.daemon, 0, 0    # slow_s: what this machine takes to end one that is idle, and more
    for name, begin in some(states(world)):
        with tap.point(f"SIGTERM {name}: it ends within {END_S} s"):
            server_heard = world.server.heard
            server_heard.clear()
            world.liar.lied = 0
            begin()
            began = time.monotonic()
            roles = daemon.roles()
            daemon.process.signal(signal.SIGTERM)
            daemon.process.popen.wait(6 * END_S)
            took = time.monotonic() - began
            slow_s, longest = slow_s or max(END_S, PATIENCE * took), max(longest, took)
            wait_for(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in roles), 5, "its roles to be gone")
            world.hung += took > END_S + slow_s
            world.tried += 1
            assert took <= END_S + slow_s, f"{took:.1f} s\n{daemon.tail()}"
        if daemon.process and daemon.process.alive():
            daemon.process.kill()
        daemon.process = None
        world.liar.lie = None
        world.server.answers.clear()
        pathlib.Path(daemon.settings["store"] + "-trap").unlink(missing_ok=True)
        daemon.start()
    with tap.point("and afterwards nothing is lost"):
        wait_for(lambda: not world.liar.mails, WAIT_S, "the mails to be moved")
        print(f"# the longest end: {longest:.1f} s")


def end_after_reload(tap, world):
    """The sender of before the reload waits for the reply to a dot, and its successor has nothing to do."""
    daemon, server = world.daemon, world.server

    def reloads():
        return daemon.log_text().count("event=conf.reloaded")
    with tap.point("SIGTERM soon after SIGHUP: what the old sender had begun is not sent twice"):
        server.heard.clear()
        server.taken.clear()
        server.answers["DOT"] = DOT_S
        world.liar.put(mail("soon after"))
        wait_for(lambda: any(b"DATA" in line for line in server.heard), 20, "a mail on its way")
        before = reloads()
        daemon.reload()
        wait_for(lambda: reloads() > before, 20, "the reload")
        daemon.process.signal(signal.SIGTERM)
        daemon.process.popen.wait(6 * END_S)
        daemon.process = None
        server.answers.clear()
        daemon.start()
        wait_for(world.idle, WAIT_S, "all to be sent")
        to = [recipient for recipient, _ in server.taken]
        same([to.count("soonafter@example.com"), to.count(r.SAM)], [1, 1], daemon.tail())


# --- the store's file ---

def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def newer(path):
    """As a later program leaves it."""
    db = sqlite3.connect(path)
    with db:
        db.execute("INSERT INTO migration (number, name, sha256) VALUES (9999, 'later', zeroblob(32))")
    db.close()


def files(path):
    return {f: f.read_bytes() for f in path.parent.glob(f"{path.name}*") if f.is_file()}


def put_back(path, kept, st):
    for f in files(path):
        f.unlink()
    for f, held in kept.items():
        f.write_bytes(held)
        os.chown(f, st.st_uid, st.st_gid)


def spoil_migration(path):
    """One of the last finds a table that it makes: those before it are done by then."""
    db = sqlite3.connect(path)
    there = {name for name, in db.execute("SELECT name FROM sqlite_master")}
    made = [re.findall(r"CREATE TABLE (\w+)", f.read_text()) for f in sorted(MIGRATIONS.glob("*.sql"))[COUNT:]]
    name = [name for names in made for name in names if name not in there][-1]
    with db:
        db.execute(f"CREATE TABLE {name} (x)")
    db.close()
    return f"{name} already exists"


def older_store(tap, daemon, path):
    folder, st = path.parent, path.stat()
    of = {"ann": r.ANN, "bob": r.PAUL, "support": r.SUPPORT, "gateway": r.GATEWAY}
    kept = files(path)
    said = pathlib.Path(daemon.settings["socket"] + ".note")
    count = len(list(MIGRATIONS.glob("*.sql")))
    make_older(types.SimpleNamespace(begin=folder, of=of))
    os.chown(path, st.st_uid, st.st_gid)
    older = files(path)
    backup = daemon.dir / "older.db"
    backup.write_bytes(older[path])
    for verb in (("case", "open", "--queue", "technical", "--channel", "staff", "--from", r.ANN, "--subject", "By phone"), ("restore", backup, "--anyway")):
        with tap.point(f"no daemon, a store of an older program: \"{verb[0]}\" says each migration on standard error, beside its answer"):
            _, done = daemon.ctl_run(*verb, "--json")
            same(done.returncode, DAMAGED if verb[0] == "restore" else 0, done.stderr)     # the case has no events
            same(re.findall(rb"gatewayctl: migrates the store: (\d+)_\w+, (\d+) of (\d+)\n", done.stderr),
                 [(b"%04d" % n, b"%d" % (n - COUNT), b"%d" % (count - COUNT)) for n in range(COUNT + 1, count + 1)], done.stderr)
            assert json.loads(done.stdout)
            put_back(path, older, st)
    with tap.point("a migration that fails: what gatewayctl is told of it goes, too"):
        daemon.log.write_text("")
        why = spoil_migration(path)
        daemon.start(ready=False)
        try:
            wait_for(lambda: why in daemon.log_text(), 20, "a word about it")
        finally:
            daemon.stop()
        assert "event=store.migrating" in daemon.log_text()
        same(said.exists(), False)
    put_back(path, older, st)
    with tap.point("a store of an older program: the log says each migration, and what gatewayctl is told goes when it is done"):
        daemon.log.write_text("")
        said.write_text("what a core said that was killed")
        daemon.start()
        steps = re.findall(r"event=store.(migrat\w+) migration=(\d+)_\w+ n=(\d+) of=(\d+)", daemon.log_text())
        daemon.stop()
        same(said.exists(), False)
        same(steps, [(word, f"{n:04}", str(n - COUNT), str(count - COUNT)) for n in range(COUNT + 1, count + 1)
                     for word in ("migrating", "migrated")])
    put_back(path, kept, st)


def store_file(tap, world):
    daemon = world.daemon
    path = pathlib.Path(daemon.settings["store"])
    daemon.stop()
    good, st = path.read_bytes(), path.stat()
    ways = (("is read-only", lambda: path.chmod(0o400)), ("is another's", lambda: (os.chown(path, 0, 0), path.chmod(0o600))),
            ("is of a later program", lambda: newer(path)))
    for name, spoil in ways:
        with tap.point(f"a store that {name}: said, and nothing in it is changed"):
            daemon.log.write_text("")
            spoil()
            before = digest(path)
            daemon.start(ready=False)
            wait_for(lambda: re.search(rf"{path.name}.*", daemon.log_text()) and "core.ready" not in daemon.log_text()
                     and re.search(r"store|schema|migration|Permission|readonly|read-only", daemon.log_text()), 20, "a word about it")
            daemon.stop()
            same(digest(path), before)
            print("# " + next((line for line in daemon.log_text().splitlines() if path.name in line), "")[-300:])
        path.write_bytes(good)
        path.chmod(st.st_mode & 0o777)
        os.chown(path, st.st_uid, st.st_gid)
    older_store(tap, daemon, path)
    with tap.point("put right, it is the store again"):
        daemon.start()
        assert daemon.cases()


def main():
    tap, liar, server = Tap(), Liar(), FakeSubmission()

    def change(daemon):
        daemon.rig.add(liar)
        daemon.rig.add(server)
        daemon.program = BUILD / "tests/traps/gatewayd"
        daemon.settings["mailboxes"] = {"liar": box_of(liar)}
        del daemon.settings["queues"]["emerging"]
        daemon.settings["smtp"] = {"host": "localhost", "port": server.port, "tls": "none", "auth": "none", "retry_min": "1s",
                                   "retry_max": "1s"}
        daemon.settings["queues"]["technical"]["notify"] = [r.SAM]

    with running(change) as (_, daemon):
        world = World(daemon, liar, server)
        each_role(tap, world)
        sleep(tap, world)
        end_after_reload(tap, world)
        ends(tap, world)
        store_file(tap, world)
    note("processes, killed and stopped and starved", world.tried, world.lost, world.doubled, world.hung)
    tap.done()


if __name__ == "__main__":
    main()
