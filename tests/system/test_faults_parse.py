"""No innocent mail is set aside: parse children that are killed, stopped, retire or cannot start decide nothing about a mail."""
import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, ROLE_USER, running
from tests.rig.mail import apart, compose, reply
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

MANY = 60
CHILDREN = 2
MAILS, READ_ERRORS = MANY if os.environ.get("FULL") == "1" else 30, 4


def mails(name, count=MAILS):
    return [compose(r.ANN, r.SUPPORT, f"{name} {apart(n)}", "x") for n in range(count)]


def children(daemon):
    found = []
    for pid in daemon.roles():
        try:
            if b"\0-x\0parse\0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            pass
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def all_cases(daemon, name, seconds=60, of=MAILS):
    """Each of the mails is a case, and none was set aside."""
    def count():
        aside = daemon.json("quarantine", "list")
        same(len(aside), 0, "set aside")
        return sum(c["subject"].startswith(name + " ") for c in daemon.cases()) == of
    wait_for(lambda: daemon.ctl_run("mail", "count")[1].returncode == 0, seconds, "an answer of core")
    wait_for(count, seconds, f"{of} cases of {name}")


def while_sending(rig, name, harm):
    """Sends the mails, and does harm() again and again meanwhile."""
    sending = threading.Thread(target=rig.send_many, args=(r.ANN, mails(name)))
    sending.start()
    ends = time.monotonic() + 3
    while sending.is_alive() or time.monotonic() < ends:
        harm()
    sending.join()


def killed_from_outside(tap):
    with running() as (rig, daemon):
        def kill():
            for pid in children(daemon):
                send(pid, signal.SIGKILL)
            time.sleep(0.02)
        with tap.point(f"children killed from outside, again and again: {MAILS} of {MAILS} mails are cases"):
            while_sending(rig, "Killed", kill)
            all_cases(daemon, "Killed")


def core_killed(tap):
    with running() as (rig, daemon):
        def kill():
            core = daemon.role("core")
            if core:
                send(core, signal.SIGKILL)
            time.sleep(0.3)
        with tap.point("core killed again and again with mails under way: none is set aside for it"):
            while_sending(rig, "Core", kill)
            all_cases(daemon, "Core")


def retired(tap):
    def change(daemon):
        daemon.settings["limits"].update(parse_mails=2, parse_children=2)
    with running(change) as (rig, daemon):
        with tap.point(f"children that retire after two mails: {MAILS} of {MAILS} mails are cases"):
            rig.send_many(r.ANN, mails("Retired"))
            all_cases(daemon, "Retired")


def one_dies(tap):
    def change(daemon):
        daemon.program = BUILD / "tests/traps/gatewayd"
        daemon.settings["limits"].update(parse_children=2, parse_time="3s")
    with running(change) as (rig, daemon):
        with tap.point("one child crashes while the other has work: that mail alone is set aside"):
            batch = mails("Beside")
            batch[MAILS // 2:MAILS // 2] = [compose(r.ANN, r.SUPPORT, "trap", "x", headers=[("X-Trap", "crash")])]
            rig.send_many(r.ANN, batch)
            wait_for(lambda: sum(c["subject"].startswith("Beside ") for c in daemon.cases()) == MAILS, 60, "the cases")
            same([m["subject"] for m in wait_for(lambda: daemon.json("quarantine", "list"), 20, "it")], ["trap"])
            same(daemon.log_text().count("nobody asked for"), 0)


def stopped(tap):
    def change(daemon):
        daemon.settings["limits"].update(parse_time="1s")
    with running(change) as (rig, daemon):
        with tap.point("children that are stopped for three times their time: their mails wait, and are cases then"):
            def stop():
                for pid in children(daemon):
                    send(pid, signal.SIGSTOP)
                time.sleep(0.05)
            sending = threading.Thread(target=rig.send_many, args=(r.ANN, mails("Stopped")))
            sending.start()
            ends = time.monotonic() + 4
            while time.monotonic() < ends:
                stop()
            for pid in children(daemon):
                send(pid, signal.SIGCONT)
            sending.join()
            all_cases(daemon, "Stopped")


def descriptors(pid, most):
    """The soft limit of that process, as its own user may set it."""
    user = pwd.getpwnam(ROLE_USER)
    if pid:     # core may be on its way back
        subprocess.run(["prlimit", f"--pid={pid}", f"--nofile={most}:"], user=user.pw_uid, group=user.pw_gid,
                       extra_groups=[], check=False, stderr=subprocess.DEVNULL)


def no_descriptors(tap):
    with running() as (rig, daemon):
        with tap.point("no descriptors left in core: the mails wait, and are cases when there are some"):
            used = len(os.listdir(f"/proc/{daemon.role('core')}/fd"))
            rig.send_many(r.ANN, mails("Descriptors"))
            ends = time.monotonic() + 4
            while time.monotonic() < ends:
                descriptors(daemon.role("core"), used + 1)
                time.sleep(0.2)
            descriptors(daemon.role("core"), 512)
            all_cases(daemon, "Descriptors", 90)


def number_of_cases(daemon):
    """0 while core is away."""
    done = daemon.ctl_run("case", "list", "--json")[1]
    return len(json.loads(done.stdout)) if done.returncode == 0 else 0


def kill_core(daemon):
    core = daemon.role("core")
    if core:    # else it is between two lives
        send(core, signal.SIGKILL)


def used_up(daemon, trap, said):
    """Whether the errors came.  A core that has all that it wants in memory reads nothing: another one does."""
    since = time.monotonic()

    def look():
        nonlocal since
        if trap.exists() and time.monotonic() - since > 1:  # the mails' first
            # Of a core that began just now it is read from the disk.
            said.append(daemon.ctl_run("case", "list")[1].stderr.decode())
        if trap.exists() and time.monotonic() - since > 5 and daemon.ctl_run("mail", "count")[1].returncode == 0:
            kill_core(daemon)
            since = time.monotonic()
        return not trap.exists()
    return look


def read_errors(tap):
    """The store cannot be read for a moment, while mails are under way."""
    def change(daemon):
        daemon.program = BUILD / "tests/traps/gatewayd"
    with running(change) as (rig, daemon):
        trap = pathlib.Path(daemon.settings["store"] + "-trap")
        with tap.point(f"{READ_ERRORS} times a read error of the store with mails under way: none is set aside for it"):
            sending = threading.Thread(target=rig.send_many, args=(r.ANN, mails("Unread", MANY)))
            sending.start()
            said = [] # of verbs
            for n in range(READ_ERRORS):
                wait_for(lambda n=n: number_of_cases(daemon) > n * MANY // READ_ERRORS, 60, "mails under way")
                kill_core(daemon)   # the next has nothing of the store in memory
                wait_for(lambda: daemon.ctl_run("mail", "count")[1].returncode == 0, 60, "an answer of core")
                trap.write_text("broken 3")
                wait_for(used_up(daemon, trap, said), 60, "the errors")
            sending.join()
            all_cases(daemon, "Unread", of=MANY)
            assert "disk I/O error" in daemon.log_text() + "".join(said), daemon.tail()
            daemon.ctl("check")


def put_back(tap):
    def undecided():
        return sum(b["undecided"] for b in daemon.json("mail", "count"))

    def change(daemon):
        daemon.settings["limits"].update(mail_size="1MB", parse_children=CHILDREN)
    with running(change) as (rig, daemon):
        with tap.point("a mail that is released while a child has the answer to it: none of them waits for ever"):
            first = compose(r.ANN, r.SUPPORT, "Large", "It does not work.\n" * 80000)
            rig.send(r.ANN, first)
            aside = wait_for(lambda: daemon.json("quarantine", "list"), 30, "it to be set aside")
            stopped_ones = wait_for(lambda: len(found := children(daemon)) == CHILDREN and found, 20, "all children")
            for pid in stopped_ones:
                send(pid, signal.SIGSTOP)
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Re: Large", "x", headers=[("In-Reply-To", first["Message-ID"])]))
            wait_for(lambda: undecided() == 1, 30, "its answer to be kept")
            daemon.ctl("quarantine", "release", aside[0]["id"])
            for pid in stopped_ones:
                send(pid, signal.SIGCONT)
            wait_for(lambda: undecided() == 0, 30, "both to be decided")


def starts(daemon):
    """How many parse children were started."""
    return int(re.search(r'^gatewayd_role_starts_total\{role="parse"\} (\d+)$', daemon.ctl("metrics"), re.M)[1])


def staff_apart(tap):
    """What a child that strangers' mail has taken over would say of a staff mail is never asked."""
    def change(daemon):
        daemon.settings["limits"].update(parse_children=1)
    with running(change) as (rig, daemon):
        with tap.point("a mail of proven staff is read by a child that has read nobody else's, and no other mail after it"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "First", "x"))
            number = daemon.case_of("First")["number"]
            notice = rig.wait_mail(r.SAM, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the notice")
            before = starts(daemon)
            rig.send(r.SAM, reply(notice, r.SAM, "We are on it."))
            daemon.wait_case(number, lambda c: any(n["kind"] == "outbound" for n in c["notes"]), what="the answer")
            wait_for(lambda: starts(daemon) == before + 2, 20, "a child for it, and one after it")
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Second", "x"))
            daemon.case_of("Second")
            same(starts(daemon), before + 2, "replaced for a customer's mail")


def main():
    tap = Tap()
    killed_from_outside(tap)
    core_killed(tap)
    retired(tap)
    one_dies(tap)
    stopped(tap)
    no_descriptors(tap)
    read_errors(tap)
    put_back(tap)
    staff_apart(tap)
    tap.done()


if __name__ == "__main__":
    main()
