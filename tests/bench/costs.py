"""What processes cost: CPU and memory, as /proc tells it."""
import json
import os
import pathlib
import subprocess

from tests.rig.gatewayd import BUILD


class Asking:
    """The daemon's `status`, over and over, by one process that stays: one for each look would take a tenth of the machine."""

    def __init__(self, daemon):
        self.process = subprocess.Popen([BUILD / "tests/tools/ask", daemon.settings["socket"], "status", "--json"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def status(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.read(int(self.process.stdout.readline())))


def cpu_s(pids):
    """CPU seconds of these processes, all threads; finer than the ticks of /proc/PID/stat."""
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except (OSError, IndexError):
                pass
    return total / 1e9


def ended_s(pid):
    """CPU seconds of its children that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def slept(pid):
    """How often its main thread waited for something."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches:"))


def pss_mb(pids):
    """Memory of these processes, what they share counted once among them."""
    total = 0
    for pid in pids:
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total / 1024
