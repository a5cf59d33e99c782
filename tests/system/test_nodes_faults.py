"""Nodes and their database with trouble between: what came is there once, and so is what went out.

A COMMIT whose answer is lost; FULL=1 (make check-full): nodes killed and stopped under load, one cut off, a synchronous replica that takes over
under load, an asynchronous one that goes back in time, a disk that is full.
"""
import collections
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import faults
from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import apart, compose, parse
from tests.rig.postgresql import Postgresql, on_server
from tests.rig.process import PATIENCE, wait_for
from tests.rig.tap import Tap, same
from tests.rig.tcp_proxy import Proxy
from tests.system.test_nodes import BOXES, LEASE_S, node, roles, wait_spread

FULL = os.environ.get("FULL")
COMMIT = b"Q\0\0\0\x0bCOMMIT\0"
COMMITS = range(1, 9 if FULL else 4)
LOAD = 60


class Load:
    """Mails of which each must become one case with one confirmation."""

    def __init__(self, rig):
        self.rig = rig
        self.subjects = []

    def send(self, count=1):
        fresh = [f"matter {apart(len(self.subjects) + i)}" for i in range(count)]
        self.rig.send_many(r.ANN, [compose(r.ANN, list(BOXES.values())[i % 2], s, f"It does not work: {s}.")
                                   for i, s in enumerate(fresh)])
        self.subjects += fresh

    def cases(self, daemon):
        return {c["subject"]: c["number"] for c in daemon.json("case", "list", "--limit", 1000)}

    def wait_cases(self, daemon, seconds=120):
        wait_for(lambda: len(self.cases_or_none(daemon)) >= len(self.subjects), seconds,
                 lambda: f"cases: {set(self.subjects) - set(self.cases_or_none(daemon))}\n{daemon.tail()}")

    def cases_or_none(self, daemon):
        try:
            return self.cases(daemon)
        except AssertionError:
            return {}           # it is between two cores

    def told(self):
        """How often each case was confirmed, and how many mails came twice with the same Message-ID."""
        mails = [parse(m) for m in self.rig.mailbox(r.ANN)]
        ids = collections.Counter(str(m["Message-ID"]) for m in mails)
        once = {str(m["Message-ID"]): str(m["Subject"]) for m in mails}
        return collections.Counter(once.values()), sum(n - 1 for n in ids.values())

    def hold(self, daemon, what, confirmed=True):
        """Nothing lost, nothing twice; doubles of the same Message-ID are counted."""
        self.wait_cases(daemon)
        found = [c["subject"] for c in daemon.json("case", "list", "--limit", 1000)]
        lost = [s for s in self.subjects if s not in found]
        doubled = [s for s, n in collections.Counter(found).items() if n > 1]
        numbers = [c["number"] for c in daemon.json("case", "list", "--limit", 1000)]
        same(len(numbers), len(set(numbers)))
        if confirmed:
            wait_for(lambda: len(self.told()[0]) >= len(self.subjects), 90, "the confirmations")
            doubled += [s for s, n in self.told()[0].items() if n > 1]
        twice = self.told()[1]
        faults.note(what, len(self.subjects), len(lost), len(doubled), 0, twice)
        print(f"# {what}: {len(self.subjects)} mails, {len(lost)} lost, {len(doubled)} doubled, {twice} sent twice with the same "
              "Message-ID", flush=True)
        same((lost, doubled), ([], []))


def lost_commits(tap):
    with Postgresql() as server, Proxy(server.port) as proxy:
        with running(on_server(server, port=proxy.port), accounted=False) as (rig, daemon):
            load = Load(rig)
            load.send()
            load.wait_cases(daemon)
            for count in COMMITS:
                with tap.point(f"the answer to COMMIT {count} after a mail is lost: it is looked up, nothing is done twice"):
                    lost = proxy.lost
                    proxy.lose_answer(COMMIT, count)
                    load.send()
                    load.wait_cases(daemon)
                    wait_for(lambda: proxy.lost > lost, 30, "the loss")
            with tap.point("all of them: a case each, a confirmation each"):
                load.hold(daemon, "answers to COMMIT lost")


def cut_off(tap):
    with Postgresql() as server, Proxy(server.port) as proxy:
        with running(on_server(server, node="one"), accounted=False) as (rig, one):
            two = node(rig, "two", on_server(server, port=proxy.port), one)
            wait_spread(one, {"one": 1, "two": 1})
            load = Load(rig)
            load.send(LOAD // 3)
            for mode in ("frozen", "cut"):
                with tap.point(f"a node whose way to the database is {mode}: the other takes over within the lease"):
                    proxy.set(mode)
                    began = time.monotonic()
                    load.send(LOAD // 3)
                    wait_for(lambda: roles(one)["two"] == "ended", LEASE_S * 2, "its end")
                    assert time.monotonic() - began <= (LEASE_S + 2) * PATIENCE, time.monotonic() - began
                    load.wait_cases(one)
                with tap.point(f"{mode}, and back again: it has its share, nothing is lost, nothing twice"):
                    proxy.set("pass")
                    wait_spread(one, {"one": 1, "two": 1}, 180)
                    load.hold(two, f"a node {mode} off")


def nodes_of(rig, one, change):
    two = node(rig, "two", change, one)
    wait_spread(one, {"one": 1, "two": 1})
    return two


def under_load(tap):
    with Postgresql() as server:
        with running(on_server(server, node="one"), accounted=False) as (rig, one):
            two = nodes_of(rig, one, on_server(server))
            load = Load(rig)
            for i in range(3):
                with tap.point(f"a node is killed under load, {i + 1}"):
                    load.send(LOAD // 2)
                    wait_for(lambda: len(load.cases(one)) > len(load.subjects) - LOAD // 2 + 4 * i, 60, "some cases")
                    two.kill9()
                    load.wait_cases(one)
                    two.start()
                    load.hold(one, f"a node killed under load, {i + 1}")
                    wait_spread(one, {"one": 1, "two": 1})
            with tap.point("all of a node is stopped for longer than its lease under load, and goes on"):
                load.send(LOAD // 2)
                wait_for(lambda: len(load.cases(one)) > len(load.subjects) - LOAD // 2 + 4, 60, "some cases")
                stopped = [two.process.pid, *two.roles()]
                for pid in stopped:
                    os.kill(pid, signal.SIGSTOP)
                wait_for(lambda: roles(one)["two"] == "ended", LEASE_S * 2, "its end")
                load.wait_cases(one)
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
                wait_spread(one, {"one": 1, "two": 1}, 90)
                load.send(4)
                load.hold(two, "a node stopped for longer than its lease")


def fail_over(tap):
    with Postgresql() as primary, Postgresql(primary=primary) as replica:
        primary.wait_for_replica()
        change = on_server(primary, replica=replica)
        with running(on_server(primary, node="one", replica=replica), accounted=False) as (rig, one):
            two = nodes_of(rig, one, change)
            load = Load(rig)
            with tap.point("a synchronous replica takes over under load: nothing lost, nothing twice"):
                load.send(LOAD)
                wait_for(lambda: len(load.cases_or_none(two)) > LOAD // 6, 60, "some cases")
                primary.crash()
                replica.promote()
                load.send(4)
                load.hold(one, "a synchronous replica takes over")


def back_in_time(tap):
    with Postgresql() as primary, Postgresql(primary=primary) as replica:
        with running(on_server(primary, node="one", replica=replica), accounted=False) as (rig, one):
            two = nodes_of(rig, one, on_server(primary, replica=replica))
            load = Load(rig)
            load.send(6)
            load.hold(one, "before it")
            with tap.point("an asynchronous replica takes over without the last mails: the processed folders tell"):
                primary.sql("SELECT pg_switch_wal()")
                wait_for(lambda: primary.sql("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()")
                         == "1\n", 30, "the replica to have all")
                replica.stop()
                load.send(8)
                load.hold(one, "to be lost")
                primary.crash()
                replica.start()
                replica.promote()
                load.send(2)
                wait_for(lambda: "store.behind" in one.log_text() + two.log_text(), 120, "a word about it")
                load.wait_cases(one, 180)
            with tap.point("what they would send again is held, and let go without being sent: nothing is twice"):
                wait_for(lambda: len(one.json("held", "list")) >= 8, 60, "what is held")
                # Who found it out makes all others begin again.
                wait_for(lambda: two.ctl_run("held", "release", "--quiet")[1].returncode == 0, 60, "its core")
                load.hold(one, "an asynchronous replica takes over")


def disk_full(tap):
    with Postgresql(tmpfs_mb=160) as server:
        with running(on_server(server, node="one"), accounted=False) as (rig, one):
            nodes_of(rig, one, on_server(server))
            load = Load(rig)
            load.send(6)
            load.wait_cases(one)
            with tap.point("a database whose disk is full: mails wait; with room again nothing is lost, nothing twice"):
                filler = server.dir / "filler"
                with open(filler, "wb") as f:
                    try:
                        while f.write(b"x" * 65536):
                            f.flush()
                    except OSError:
                        pass
                load.send(LOAD)
                for i in range(4):
                    rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"large {apart(i)}", f"{apart(i)}\n" + "\n".join(os.urandom(35).hex() for _ in range(200000))))
                    load.subjects.append(f"large {apart(i)}")
                wait_for(lambda: "No space left" in one.log_text() or not server.process.alive(), 120, "the disk to be full")
                filler.unlink()
                if not server.process.alive():
                    server.start()
                load.hold(one, "the database's disk full")


def main():
    tap = Tap()
    lost_commits(tap)
    if FULL:
        under_load(tap)
        cut_off(tap)
        fail_over(tap)
        back_in_time(tap)
        disk_full(tap)
    tap.done()


if __name__ == "__main__":
    main()
