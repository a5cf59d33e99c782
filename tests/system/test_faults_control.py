"""What outsiders do to the daemon itself: idle clients, no descriptors, a log that nobody reads, settings that cannot change."""
import contextlib
import itertools
import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import accounts
from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, ROLE_USER, WRONG, Gatewayd, running
from tests.rig.mail import apart, body, compose, parse, reply
from tests.rig.process import PATIENCE, Opened, free_port, wait_for
from tests.rig.tap import Tap, same

SILENCE_S = 4
IDLE, RELOADS, CRASHES, SHARED = 40, 300, 5, 60 if os.environ.get("FULL") == "1" else 30
# gatewayctl asks who has the lock once before it connects and once after each try: with the third it has waited.
ASKED_AGAIN, ASKED_LAST = 3, 40     # with the fiftieth it gives up
NO_MOVE = "protocol imap {\n  imap_capability = IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS\n}\n"


def descriptors(pid, most):
    """The soft limit of that process, as its own user may set it."""
    user = pwd.getpwnam(ROLE_USER)
    if pid:     # core may be on its way back
        subprocess.run(["prlimit", f"--pid={pid}", f"--nofile={most}:"], user=user.pw_uid, group=user.pw_gid,
                       extra_groups=[], check=False, stderr=subprocess.DEVNULL)


def clients(daemon, n):
    found = []
    for _ in range(n):
        s = socket.socket(socket.AF_UNIX)
        s.connect(daemon.settings["socket"])
        found.append(s)
    return found


def connections(daemon):
    """How many clients core has at the control socket: its own ends carry the path."""
    lines = pathlib.Path("/proc/net/unix").read_text().splitlines()
    return sum(line.split()[5] == "03" and line.endswith(daemon.settings["socket"]) for line in lines[1:])


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def age_s(pid):
    """For how long a process has been there, 0 when it is not."""
    try:
        began = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")


def control_socket(tap):
    with running() as (rig, daemon):
        core = daemon.role("core")
        with tap.point(f"{IDLE} clients that say nothing do not lock the operator out"):
            held = clients(daemon, IDLE)
            assert "running" in daemon.ctl("status")
            assert connections(daemon)
            for s in held:
                s.close()
            wait_for(lambda: not connections(daemon), 10, "core to let go of clients that left")
        with tap.point("no descriptors left: core does not spin, says so once, and lets in again when there are some"):
            used = set(map(int, os.listdir(f"/proc/{core}/fd")))
            descriptors(core, next(n for n in range(1000) if n not in used))
            held = clients(daemon, 10)
            wait_for(lambda: "event=control.full" in daemon.log_text(), 20, "a word about it")
            before = cpu_s(core)
            time.sleep(4)
            spent = cpu_s(core) - before
            descriptors(core, 512)
            assert spent < 1, f"{spent} s of CPU in 4 s"
            same(daemon.log_text().count("event=control.full"), 1)
            same(daemon.role("core"), core)
            assert "running" in daemon.ctl("status")
            for s in held:
                s.close()


def state_of(pid):
    """The letter of its state, as proc(5) has it."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def listens(daemon):
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(daemon.settings["socket"]) == 0


def core_away(daemon):
    """In the time between two cores, which grows with each that dies early."""
    for _ in range(4):
        core = wait_for(lambda: daemon.role("core"), 20, "core")
        os.kill(core, signal.SIGKILL)
        wait_for(lambda: f"pid={core} signal=9" in daemon.log_text(), 20, "its end in the log")


def store_while_core_restarts(tap):
    """gatewayctl waits for the next core, leaves the store to it, and puts no other in its place."""
    with running() as (rig, daemon):
        daemon.ctl("backup", daemon.dir / "copy.db")
        core_away(daemon)
        with tap.point("while core restarts no other store is put in the place of its store"):
            for args in (("init",), ("restore", daemon.dir / "copy.db")):
                done = daemon.ctl_run(*args)[1]
                same(done.returncode, os.EX_TEMPFAIL, done.stderr)
                assert str(daemon.process.pid).encode() in done.stderr, done.stderr
        with tap.point("and gatewayctl waits for it, instead of keeping it from the store"):
            assert "mailboxes" in daemon.json("status"), "not the daemon's answer"
            same(daemon.log_text().count("has it open"), 0, daemon.tail())


def parent_follows_core(tap):
    """gatewayctl waits for the next core of a parent that goes then, too."""
    def waiting():
        """One that waits, stopped while it has time left; on a busy machine another one is begun."""
        with contextlib.closing(Opened(f"{daemon.settings['socket']}.lock")) as lock:
            ctl = subprocess.Popen([str(BUILD / "gatewayctl"), "-c", str(daemon.conf), "case", "list", "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            wait_for(lambda: ctl.poll() is not None or lock.times() >= ASKED_AGAIN, 20, "gatewayctl to wait", poll_s=0.01)
            ctl.send_signal(signal.SIGSTOP)
            wait_for(lambda: ctl.poll() is not None or state_of(ctl.pid) == "T", 20, "it to stand still")
            if ctl.poll() is None and lock.times() < ASKED_LAST:
                return ctl
        ctl.kill()
        ctl.communicate()
        return None

    with running() as (rig, daemon):
        with tap.point("core dies and the parent with it, while gatewayctl waits: it looks at the store itself"):
            daemon.process.signal(signal.SIGSTOP)
            os.kill(daemon.role("core"), signal.SIGKILL)
            wait_for(lambda: not listens(daemon), 20, "core to be gone")
            ctl = wait_for(waiting, 60, "gatewayctl to wait")
            daemon.kill9()
            ctl.send_signal(signal.SIGCONT)
            out, err = ctl.communicate(timeout=60 * PATIENCE)
            same((ctl.returncode, out, err), (0, b"[]\n", b""))


def second_daemon(tap):
    """Another one, on the same socket or on the same store alone: told whose they are."""
    with running() as (rig, daemon):
        other = Gatewayd(rig, "other")
        rig.parts.append(other)
        with tap.point("a second daemon with the same control socket ends, and says who has it"):
            other.settings["socket"] = daemon.settings["socket"]
            other.start(ready=False)
            same(other.process.popen.wait(30 * PATIENCE), os.EX_TEMPFAIL, other.tail())
            assert f"process {daemon.process.pid} is the daemon" in other.tail(), other.tail()
        with tap.point("one with the same store says which process of which daemon has it"):
            other.settings.update(socket=str(other.dir / "state" / "control.sock"), store=daemon.settings["store"])
            other.start(ready=False)
            words = f"process {daemon.role('core')} (gw-core) of the daemon (process {daemon.process.pid}) has it open"
            wait_for(lambda: words in other.log_text(), 20, words)
        with tap.point("a daemon whose core is between two lives ends at SIGTERM all the same"):
            same(other.stop(), 0, other.tail())


def one_mailbox(tap, server, **rig_options):
    """Two daemons with stores of their own that watch one mailbox, which nobody should have."""
    # accounted=False: the processed folder has mails that only the other one kept
    with running(accounted=False, **rig_options) as (rig, daemon):
        other = Gatewayd(rig, "other")
        rig.parts.append(other)
        other.start()
        subjects = sorted(f"Shared {apart(n)}" for n in range(SHARED))
        with tap.point(f"two daemons on one mailbox of a server {server}: each of {SHARED} mails is moved, once, and is a case"):
            rig.send_many(r.ANN, [compose(r.ANN, r.SUPPORT, s, "x") for s in subjects])
            wait_for(lambda: {c["subject"] for d in (daemon, other) for c in d.cases()} == set(subjects), 60, "the cases")
            wait_for(lambda: rig.count(r.SUPPORT) == 0, 60, "all to move")
            same(sorted(str(parse(m)["Subject"]) for m in rig.mailbox(r.SUPPORT, "Processed")), subjects)
            for d in (daemon, other):
                d.ctl("check")
                accounts.sums(d)
        with tap.point("status of one says that there is another, and that something is wrong"):
            more = itertools.count(SHARED)

            def said():
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"Shared {apart(next(more))}", "x"))
                return any("another gatewayd" in d.ctl("status") for d in (daemon, other))
            wait_for(said, 60, "a word about it")
            assert WRONG in [d.ctl_run("status")[1].returncode for d in (daemon, other)]
        same(other.stop(), 0, other.tail())


def fixed_settings(tap):
    with running() as (rig, daemon):
        for key, value in (("store", str(daemon.dir / "state" / "other.db")),
                           ("socket", str(daemon.dir / "state" / "other.sock")), ("user", "root"),
                           ("token_key_file", daemon.secret("other-key", "0" * 64))):
            with tap.point(f"SIGHUP with another {key}: refused by its name, the daemon goes on as before"):
                was, daemon.settings[key] = daemon.settings[key], value
                daemon.reload()
                wait_for(lambda: f"key={key} " in daemon.log_text(), 10, "a word about it in the log")
                daemon.settings[key] = was
                daemon.write_conf()
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"After {key}", "x"))
                daemon.case_of(f"After {key}")
        fixed_keys(tap, rig, daemon)
        same(daemon.log_text().count("event=conf.reloaded"), 0)


def fixed_keys(tap, rig, daemon):
    """What stands in a file that is read at the start alone cannot change either, under the same name."""
    number = daemon.case_of("After user")["number"]
    confirmation = rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the confirmation")

    def answered(text):
        """How the token of an answer to a mail of before the change is judged."""
        rig.send(r.ANN, reply(confirmation, r.ANN, text))
        wait_for(lambda: text in daemon.ctl("case", "show", str(number), "--full"), 20, f"the note {text}")
        return daemon.ctl("trace", str(max(int(m["id"]) for m in daemon.json("mail", "list"))))

    def refused():
        return len(re.findall("event=conf.refused .*key=token_key_file ", daemon.log_text()))

    key = pathlib.Path(daemon.settings["token_key_file"])
    with tap.point("SIGHUP with another key in the same token_key_file: refused by its name, tokens stay valid"):
        before, was = refused(), key.read_text()
        key.write_text("1" * 64 + "\n")
        daemon.reload()
        wait_for(lambda: refused() == before + 1, 10, "a word about it in the log")
        assert "token: valid" in answered("after the change")
    with tap.point("a core that dies then comes back with the key that the daemon has"):
        core = daemon.role("core")
        os.kill(core, signal.SIGKILL)
        wait_for(lambda: daemon.role("core") not in (None, core), 20, "another core")
        assert "token: valid" in answered("after the crash")
    key.write_text(was)


def company(rig, daemon, subject):
    """The name that the confirmation of a mail has for us."""
    rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "x"))
    number = daemon.case_of(subject)["number"]
    mail = rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the confirmation")
    return re.search(r"^Example \w+", body(mail), re.M)[0]


def reloads(tap):
    """Signals come faster than a reload takes; the kernel joins those that wait."""
    def write(daemon, text):
        new = daemon.conf.with_suffix(".new")
        new.write_text(text)
        new.rename(daemon.conf)     # it may be read just now

    with running() as (rig, daemon):
        good, last = daemon.conf.read_text(), f"Example {RELOADS - 1}"
        with tap.point(f"{RELOADS} SIGHUPs in a row: what comes during a reload is done after it, so the last settings hold"):
            for n in range(RELOADS):
                write(daemon, good.replace("Example Support", f"Example {n}"))
                daemon.process.signal(signal.SIGHUP)
            tries = itertools.count()
            wait_for(lambda: company(rig, daemon, f"After all of them {apart(next(tries))}") == last, 60, "the last settings")
            log = daemon.log_text()
            assert 1 < log.count("event=conf.reloaded "), log[-2000:]
            same([log.count(f" event={e} ") for e in ("conf.refused", "conf.reload-failed")], [0, 0], log[-2000:])
            same(log.count("event=role.ended role=core"), 0)
        with tap.point("a broken one is refused with its line and its reason, and the last good one stays"):
            write(daemon, daemon.conf.read_text() + "bananas = 3;\n")
            daemon.process.signal(signal.SIGHUP)
            wait_for(lambda: "event=conf.refused" in daemon.log_text(), 20, "the refusal")
            where = f"gatewayd.conf:{len(daemon.conf.read_text().splitlines())}: "
            assert any(where in row and "bananas" in row for row in daemon.log_text().splitlines()), daemon.tail()
            same(company(rig, daemon, "After a broken one"), last)
            daemon.write_conf()


def unread_log(tap):
    """Standard error is a pipe that is full, and nobody reads it."""
    read, write = os.pipe()

    def change(daemon):
        os.set_blocking(write, False)
        try:
            while True:
                os.write(write, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(write, True)
        daemon.stderr = write
    with running(change) as (rig, daemon):
        with tap.point("an unread pipe at standard error stops nothing"):
            subjects = {f"Unread {apart(n)}" for n in range(20)}
            rig.send_many(r.ANN, [compose(r.ANN, r.SUPPORT, subject, "x") for subject in subjects])
            wait_for(lambda: {c["subject"] for c in daemon.cases()} == subjects, 20, "the cases")
        with tap.point("and when it is read again, the log says how many lines were dropped"):
            os.set_blocking(read, False)
            seen = b""

            def said():
                nonlocal seen
                try:
                    seen += os.read(read, 1 << 20)
                except BlockingIOError:
                    pass
                return b"event=log.dropped lines=" in seen
            while not said() and len(seen) < 65536:
                pass
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Read again", "x"))
            wait_for(said, 20, "event=log.dropped")
    os.close(read)
    os.close(write)


def stopped_roles(tap):
    """A process that is there and does nothing."""
    def change(daemon):
        daemon.settings["limits"].update(role_silence=f"{SILENCE_S}s")
        daemon.settings["web"] = {"listen": f"127.0.0.1:{free_port()}", "public_url": "https://board.example.test/staff"}
        daemon.settings["hooks"] = {"board": {"url": f"https://localhost:{free_port()}/", "private": ["127.0.0.1", "::1"],
                                              "secret_file": daemon.secret("hook", "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")}}
    with running(change) as (rig, daemon):
        for role in ("poller", "sender", "core", "web", "hooks"):
            with tap.point(f"{role} is stopped: noticed and replaced, mail comes and goes"):
                # One that is taken for one that hangs when it does not gets no older than that.
                wait_for(lambda role=role: age_s(daemon.role(role)) > 2 * SILENCE_S, 20, f"a {role} that is let live")
                pid = wait_for(lambda role=role: daemon.role(role), 20, role)
                said = f"event=role.hangs role={role} "
                before = daemon.log_text().count(said)
                os.kill(pid, signal.SIGSTOP)
                wait_for(lambda said=said, before=before: daemon.log_text().count(said) > before, 20, "a word about it")
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"Stopped {role}", "x"))
                number = daemon.case_of(f"Stopped {role}", 30)["number"]
                rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the confirmation")


def core_crashes(tap):
    def change(daemon):
        daemon.settings["operators"] = [r.TESS]
    with running(change) as (rig, daemon):
        with tap.point(f"a core that crashes {CRASHES} times: operators are told, mails go on"):
            for _ in range(CRASHES):
                core = wait_for(lambda: daemon.role("core"), 60, "core")
                os.kill(core, signal.SIGABRT)      # the one that sanitizers leave alone
                wait_for(lambda: f"pid={core} signal=6" in daemon.log_text(), 20, "its end in the log")
            mail = rig.wait_mail(r.TESS, lambda m: "core" in str(m["Subject"]), 60, what="a mail to the operators")
            assert "again and again" in body(mail), body(mail)
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "After the crashes", "x"))
            daemon.case_of("After the crashes", 60)


def hopeless(tap):
    with r.Rig() as rig:
        daemon = Gatewayd(rig)
        rig.parts.append(daemon)
        daemon.settings["socket"] = str(daemon.dir / "nowhere" / "control.sock")
        with tap.point("a role that fails five times at one step ends the daemon, with a status that says which"):
            daemon.start(ready=False)
            same(daemon.process.popen.wait(30 * PATIENCE), os.EX_CANTCREAT, daemon.tail())
            assert 'event=role.hopeless role=core step="opening what it needs"' in daemon.log_text(), daemon.tail()
            daemon.process = None


def main():
    tap = Tap()
    control_socket(tap)
    store_while_core_restarts(tap)
    parent_follows_core(tap)
    second_daemon(tap)
    one_mailbox(tap, "with MOVE")
    one_mailbox(tap, "without MOVE", dovecot_extra=NO_MOVE)
    fixed_settings(tap)
    reloads(tap)
    unread_log(tap)
    stopped_roles(tap)
    core_crashes(tap)
    hopeless(tap)
    tap.done()


if __name__ == "__main__":
    main()
