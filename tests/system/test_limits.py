"""Limits of a poller: mailboxes of a process, a mailbox that brings its process down, a full folder.

With FULL=1 in the environment (make check-full) the folder has a million mails, and twenty large ones come at once.
"""
import base64
import ctypes
import os
import pathlib
import re
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import FakeImap
from tests.rig.gatewayd import running
from tests.rig.mail import apart, compose
from tests.rig.process import memory, peak_mb, wait_for
from tests.rig.tap import Tap, same

FOLDERS, POLLER_MB = 40, memory(48)
SYSTEM_STORE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
MAILS, MEMORY_MB = 1000000 if os.environ.get("FULL") else 200000, memory(64)
LARGE, LARGE_MB, LARGE_PEAK_MB = 20 if os.environ.get("FULL") else 5, 24, memory(88)
TGKILL = 234    # x86_64
LIBC = ctypes.CDLL(None)


def pollers(daemon):
    """{process: the names of its threads}"""
    found = {}
    for pid in daemon.roles():
        try:
            if b"\0-x\0poller\0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                found[pid] = {int(t.name): (t / "comm").read_text().strip() for t in pathlib.Path(f"/proc/{pid}/task").iterdir()}
        except OSError:
            pass
    return found


def thread_of(daemon, name):
    return next(((pid, tid) for pid, threads in pollers(daemon).items() for tid, n in threads.items() if n == name), None)


def crash(daemon, name):
    """Ends the process that the mailbox is in as a fault in its thread would."""
    pid, tid = wait_for(lambda: thread_of(daemon, name), 20, f"the thread of {name}")
    same(LIBC.syscall(TGKILL, pid, tid, signal.SIGSEGV), 0)
    wait_for(lambda: pid not in pollers(daemon), 20, "the end of its process")


def many(daemon):
    """Folders of one account, each a mailbox of its own."""
    client = daemon.rig.imap(r.SUPPORT)
    base = daemon.settings["mailboxes"].pop("support")
    store = daemon.dir / "store.pem"
    store.write_text(SYSTEM_STORE.read_text() + daemon.rig.authority.ca.read_text())
    base["ca_file"] = str(store)
    daemon.settings["mailboxes"]["inbox"] = base
    for n in range(1, FOLDERS):
        assert client.create(f"Folder{n}")[0] == "OK"
        daemon.settings["mailboxes"][f"box{n}"] = {**base, "folder": f"Folder{n}", "processed": "Processed"}
    client.logout()


class FullFolder(FakeImap):
    """An inbox with so many mails, none of which it gives."""

    def __init__(self, n):
        super().__init__()
        self.n, self.folder, self.searches = n, "", 0
        self.answers.update({"SELECT": self.select, "UID SEARCH": self.search, "UID FETCH": self.fetch})

    def select(self, command):
        self.folder = command.split()[-1].strip('"')
        return None if self.folder != "INBOX" else (
            f"* {self.n} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK [READ-WRITE] done\r\n")

    def uids(self, ranges):
        for part in ranges.split(","):
            first, _, last = part.partition(":")
            yield from range(int(first), min(self.n, self.n if last == "*" else int(last or first)) + 1)

    def search(self, command):
        if self.folder != "INBOX":
            return None
        self.searches += 1
        asked = re.search(r"SEARCH \(?UID ([0-9:*,]+)", command)
        return f"* SEARCH {' '.join(map(str, self.uids(asked[1] if asked else '1:*')))}\r\nTAG OK done\r\n"

    def fetch(self, command):
        if "BODY" in command:
            return "TAG NO not now\r\n"
        said = 'FLAGS (\\Seen) INTERNALDATE " 1-Feb-2026 03:04:05 +0130" RFC822.SIZE 999'
        return "".join(f"* {u} FETCH (UID {u} {said})\r\n" for u in self.uids(command.split()[2])) + "TAG OK done\r\n"


def full_folder(tap):
    server = FullFolder(MAILS)

    def change(daemon):
        daemon.rig.add(server)
        daemon.settings["mailboxes"]["full"] = {"host": "localhost", "port": server.port, "tls": "none", "auth": "none",
                                                "queue": "technical", "address": r.SUPPORT, "processed": "Processed"}
    with running(change, accounted=False) as (rig, daemon):
        with tap.point(f"a folder with {MAILS} mails: all are listed, by ranges, and no role takes more than {MEMORY_MB} MB for it"):
            def listed():
                """What was refused often enough is set aside, and waits no more."""
                box = next(m for m in daemon.json("status")["mailboxes"] if m["name"] == "full")
                return box["waiting"] + box["set_aside"] == MAILS
            wait_for(listed, 60, "the end of the list")
            assert server.searches > 1, server.searches
            peaks = {pid: peak_mb(pid) for pid in [daemon.role("core"), *pollers(daemon)]}
            assert max(peaks.values()) <= MEMORY_MB, peaks


def large_mail(n):
    data = base64.encodebytes(os.urandom(LARGE_MB * 1000000 * 57 // 77))
    head = compose(r.ANN, r.SUPPORT, f"large {apart(n)}", "The log is attached.", attach=[("log.bin", "application/octet-stream", b"@")]).as_bytes()
    return head.replace(b"QA==\r\n", data.replace(b"\n", b"\r\n"))


def large_mails(tap):
    """Laid into the Maildir: no protocol has to carry them there."""
    def change(daemon):
        client = daemon.rig.imap(r.SUPPORT)
        client.select()     # makes the folder
        client.logout()
        for n in range(LARGE):
            daemon.rig.dovecot.drop(r.SUPPORT, large_mail(n), f"{1000000000 + n}.M{n}P1.large")
    with running(change) as (rig, daemon):
        with tap.point(f"{LARGE} mails of {LARGE_MB} MB at once: each becomes a case with its file, and core takes at most {LARGE_PEAK_MB} MB for it"):
            wait_for(lambda: len(daemon.cases()) == LARGE, 120, "a case for each")
            case = daemon.case(1)
            same([a["size"] for a in case["notes"][0]["attachments"]], [LARGE_MB * 1000000 * 57 // 77])
            peaks = {name: peak_mb(daemon.role(name)) for name in ("core", "poller")}
            assert max(peaks.values()) <= LARGE_PEAK_MB, peaks


def main():
    tap = Tap()
    large_mails(tap)
    full_folder(tap)
    with running(many) as (rig, daemon):
        with tap.point(f"{FOLDERS} mailboxes of one server: they share a process"):
            wait_for(lambda: all(m["looked_at"] for m in daemon.json("status")["mailboxes"]), 60, "a look at each")
            sizes = sorted(sum(n.startswith(("box", "inbox", "emerging")) for n in t.values()) for t in pollers(daemon).values())
            same(sizes, [1, FOLDERS])
        with tap.point(f"and no more than {POLLER_MB} MB, with a trust store of a system"):
            peaks = {pid: peak_mb(pid) for pid in pollers(daemon)}
            assert max(peaks.values()) <= POLLER_MB, peaks
        with tap.point("a mailbox that brings its process down once is started again with the others"):
            crash(daemon, "box5")
            wait_for(lambda: thread_of(daemon, "box5"), 20, "it again")
            same(len(pollers(daemon)), 2)
            assert "event=mailbox.crashed mailbox=box5 times=1" in daemon.log_text(), daemon.tail()
        with tap.point("one that does it twice has a process of its own, and all mailboxes go on"):
            crash(daemon, "box5")
            wait_for(lambda: len(pollers(daemon)) > 2 and thread_of(daemon, "box5"), 20, "a process for it")
            pid, _ = thread_of(daemon, "box5")
            same([n for n in pollers(daemon)[pid].values() if n.startswith("box")], ["box5"])
            for n in (5, 6):
                rig.append(r.SUPPORT, compose(r.ANN, r.SUPPORT, f"into {n}", "x").as_bytes(), folder=f"Folder{n}")
                daemon.case_of(f"into {n}")
        with tap.point("further crashes of it leave the others alone"):
            others = set(pollers(daemon)) - {pid}
            crash(daemon, "box5")
            wait_for(lambda: thread_of(daemon, "box5"), 20, "it again")
            assert others <= set(pollers(daemon)), "another process ended"
    tap.done()


if __name__ == "__main__":
    main()
