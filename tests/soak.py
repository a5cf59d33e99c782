#!/usr/bin/env python3
"""A daemon under everything at once: servers that lie, hostile mails, random kills, stops and reloads.

usage: tests/soak.py [SECONDS [SEED]]     1200 s, seed 1

Then all is well for as long as it takes: each mail was kept and moved, and made one case or went aside. Memory is printed
at a fifth of the time and at the end; it must be flat. The last line is for the table of `make check-full`.
"""
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tests.rig.faults import note
from tests.rig.gatewayd import running
from tests.rig.lies import LIES, Liar
from tests.rig.process import wait_for
from tests.system.test_imap_lies import box_of, mail

ROOT = pathlib.Path(__file__).resolve().parent
ROLES = ["core", "poller", "parse", "sender"]
GROWTH_KB = 64 * 1024
CALM_S = 300


def memory_kb(daemon):
    total = 0
    for pid in daemon.roles():
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:"))
    return total


class Soak:
    def __init__(self, daemon, seed):
        self.daemon, self.chance = daemon, random.Random(seed)
        self.liar, self.other = daemon.liar, daemon.other
        self.hostile = sorted((ROOT / "golden").glob("*.eml"))
        self.sent = []          # Message-IDs
        self.counts = dict.fromkeys(("mails", "lies", "kills", "stops", "reloads"), 0)

    def new_mail(self):
        n = len(self.sent)
        raw = mail("".join(self.chance.choice("abcdefghijklmnop") for _ in range(24)), n)
        if self.chance.random() < 0.4:      # a hostile body under a header of ours
            raw = raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n" + self.chance.choice(self.hostile).read_bytes()
        ident = f"soak-{n}@example.com"
        lines = [line for line in raw.split(b"\r\n") if not line.lower().startswith(b"message-id:")]
        self.chance.choice((self.liar, self.other)).put(
            b"Message-ID: <%s>\r\n" % ident.encode() + b"\r\n".join(lines))
        self.sent.append(ident)
        self.counts["mails"] += 1

    def lie(self):
        self.liar.lie = self.chance.choice([None, self.chance.choice(LIES)])
        self.counts["lies"] += self.liar.lie is not None

    def hit(self, number):
        pid = self.daemon.role(self.chance.choice(ROLES))
        if pid:
            os.kill(pid, number)
        return pid

    def kill(self):
        self.hit(signal.SIGKILL)
        self.counts["kills"] += 1

    def stop(self):
        pid = self.hit(signal.SIGSTOP)
        time.sleep(1)
        self.counts["stops"] += 1
        try:
            os.kill(pid, signal.SIGCONT)
        except (OSError, TypeError):
            pass    # it ended, or was none

    def reload(self):
        os.kill(self.daemon.process.pid, signal.SIGHUP)
        self.counts["reloads"] += 1

    def step(self):
        acts = [self.new_mail] * 6 + [self.lie] * 3 + [self.kill, self.stop, self.reload]
        self.chance.choice(acts)()
        time.sleep(self.chance.random())

    def run(self, seconds):
        begun = time.monotonic()
        first = 0
        while time.monotonic() < begun + seconds:
            self.step()
            if not first and time.monotonic() > begun + seconds / 5:
                first = memory_kb(self.daemon)
        return first, memory_kb(self.daemon)

    def calm(self):
        self.liar.lie = None
        wait_for(lambda: not self.liar.mails and not self.other.mails, CALM_S, "all mails to be moved")
        wait_for(lambda: all(m["state"] != "kept" for m in self.mails()), CALM_S, "all mails to be decided")

    def mails(self):
        return self.daemon.json("mail", "list", "--limit", 100000)

    def judge(self):
        """How many are lost, and how many had an effect twice."""
        effects = {ident: 0 for ident in self.sent}
        known = set()
        for m in self.mails():
            known.add(m["message_id"])
            if m["message_id"] in effects and m["state"] not in ("duplicate", "quarantined", "dropped"):
                effects[m["message_id"]] += 1
        return sum(ident not in known for ident in self.sent), sum(n > 1 for n in effects.values())


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 1200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1

    def change(daemon):
        daemon.liar, daemon.other = Liar(), Liar()
        for name in ("liar", "other"):
            daemon.rig.add(getattr(daemon, name))
            daemon.settings["mailboxes"][name] = box_of(getattr(daemon, name), command_timeout="2s")

    with running(change) as (_, daemon):
        soak = Soak(daemon, seed)
        first, last = soak.run(seconds)
        soak.calm()
        lost, doubled = soak.judge()
    print(f"soak of {seconds} s: {soak.counts}; memory {first // 1024} MB, then {last // 1024} MB; "
          f"{lost} lost, {doubled} doubled")
    note("soak", soak.counts["mails"], lost, doubled, 0)
    return 1 if lost or doubled or last > first + GROWTH_KB else 0


if __name__ == "__main__":
    sys.exit(main())
