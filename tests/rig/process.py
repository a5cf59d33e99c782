"""Processes that end with us, free ports, and waiting for things with a limit."""
import contextlib
import ctypes
import math
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

START_S = 15        # a server must listen after this, on an idle machine
STOP_S = 60         # and be gone after this, else it is killed
PATIENCE = 6        # how much slower a busy machine may be; nothing that succeeds waits any longer for it
POLL_S = 0.05
PORTS = (10000, 32768)
PR_SET_PDEATHSIG = 1
IN_OPEN, IN_CLOSE_NOWRITE = 0x20, 0x10
INOTIFY_EVENT = struct.Struct("iIII")
LIBC = ctypes.CDLL(None, use_errno=True)
SANITIZED = "san" in pathlib.Path(os.environ.get("BUILD", "build")).parts
SKIPPED = 77        # the exit status of a test that cannot run here


def needs_root(what):
    """Ends the program as skipped, and says why, where it is not root's."""
    if os.geteuid() != 0:
        print(f"# skipped: {what} needs root", flush=True)
        sys.exit(SKIPPED)


class Timeout(AssertionError):
    """What was waited for did not come."""


given = []          # what claims the ports of this program, to its end


def claim(port):
    """A name in the kernel, as long as it is open: whether no other program has that port, listening or not."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0gatewayd-test-port-{port}")
    except OSError:
        name.close()
        return False
    given.append(name)
    return True


def free_port():
    """One below those that the kernel gives to outgoing connections: nobody else takes it, even while the server is stopped."""
    while True:
        port = random.randrange(*PORTS)
        if not claim(port):
            continue
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def memory(most):
    """The most that a process may take; with sanitizers, which have memory of their own and keep what was freed, any amount."""
    return math.inf if SANITIZED else most


def peak_mb(pid):
    """The most memory that a process had."""
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) // 1024


def wait_for(predicate, timeout_s=20.0, what="", progress=None, poll_s=POLL_S):
    """The first true value of predicate(); Timeout after timeout_s, PATIENCE times.  progress() is called about once a second."""
    timeout_s *= PATIENCE
    ends = time.monotonic() + timeout_s
    told = time.monotonic()
    while True:
        value = predicate()
        if value:
            return value
        now = time.monotonic()
        if now > ends:
            raise Timeout(f"not within {timeout_s:.0f} s: {what or predicate}")
        if progress and now - told >= 1:
            progress()
            told = now
        time.sleep(poll_s)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def die_with_parent():
    """Between fork and exec: a harness that is killed takes its servers along."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def open_files(pid):
    """What its descriptors are of, but for one that is closed meanwhile."""
    names, fds = set(), f"/proc/{pid}/fd"
    for fd in os.listdir(fds):
        with contextlib.suppress(FileNotFoundError):
            names.add(os.readlink(f"{fds}/{fd}"))
    return names


def descendants(pid):
    """The processes below pid, by the kernel's own list."""
    found = []
    try:
        tasks = list(pathlib.Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return found        # it ended meanwhile
    for task in tasks:
        try:
            children = [int(p) for p in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child] + descendants(child)
    return found


class Opened:
    """How often a file was opened, by whomever, since this was made (inotify(7))."""

    def __init__(self, path):
        self.count = 0
        self.fd = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        # Closing, too: of events that are alike and not yet read the kernel keeps one.
        if self.fd < 0 or LIBC.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN | IN_CLOSE_NOWRITE) < 0:
            raise OSError(ctypes.get_errno(), f"inotify: {path}")

    def times(self):
        try:
            events = INOTIFY_EVENT.iter_unpack(os.read(self.fd, 4096))
        except BlockingIOError:
            events = ()
        self.count += sum(bool(mask & IN_OPEN) for _, mask, _, _ in events)
        return self.count

    def close(self):
        os.close(self.fd)


class Process:
    """One program in a session of its own, its output in a file, stopped by the pid we know."""

    def __init__(self, name, command, log, env=None, cwd=None, stderr=subprocess.STDOUT):
        self.name = name
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=stderr, env=env, cwd=cwd,
                                          start_new_session=True, preexec_fn=die_with_parent)

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def wait_listening(self, ports):
        def ready():
            if not self.alive():
                raise AssertionError(f"{self.name} ended with {self.popen.returncode}:\n{self.tail()}")
            return all(listens(p) for p in ports)
        wait_for(ready, START_S, f"{self.name} on {ports}\n{self.tail()}")

    def tail(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def stop(self):
        """SIGTERM, then SIGKILL to what is left of the session; the exit status."""
        if self.alive():
            self.signal(signal.SIGTERM)
            try:
                self.popen.wait(STOP_S)
            except subprocess.TimeoutExpired:
                pass
        return self.kill()

    def kill(self):
        """SIGKILL to all of it, at once."""
        below = descendants(self.pid) if self.alive() else []
        for pid in [self.pid] + below:
            try:
                os.kill(pid, signal.SIGKILL) if pid != self.pid or self.alive() else None
            except ProcessLookupError:
                pass
        return self.popen.wait()


def asleep(pid):
    """Whether each of its threads waits for something, but for the one that asks."""
    states = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            states += (task / "stat").read_text().rpartition(")")[2].split()[0] if int(task.name) != threading.get_native_id() else ""
    return all(state == "S" for state in states)


def unread(port):
    """Bytes that stand in the kernel for who has a connection at that port of 127.0.0.1, in either direction."""
    rows = [line.split()[1:5] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(n, 16) for local, remote, _, queues in rows if f":{port:04X}" in (local[-5:], remote[-5:]) for n in queues.split(":"))


def in_memory(pid, needle):
    """Where a process has these bytes in memory of its own: (address, flags of the mapping)."""
    found, mappings = [], []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if words[0] == "VmFlags:":
            mappings[-1][2:] = [words[1:]]
        elif "-" in words[0]:
            start, end = (int(n, 16) for n in words[0].split("-"))
            mappings.append([start, end, []])
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, flags in mappings:
            if "wr" not in flags:
                continue
            try:
                memory.seek(start)
                seen = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue
            at = seen.find(needle)
            while at >= 0:
                found.append((hex(start + at), flags))
                at = seen.find(needle, at + 1)
    return found
