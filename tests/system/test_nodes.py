"""Several nodes on one PostgreSQL: mailboxes spread, work beside a turn, and one that is killed; FULL=1: drained and stopped, too."""
import collections
import contextlib
import copy
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import Gatewayd, running
from tests.rig.mail import apart, compose, parse
from tests.rig.postgresql import Postgresql, on_server
from tests.rig.process import PATIENCE, wait_for
from tests.rig.tap import Tap, same

LEASE_S = 15
BUDGET, STORM = 5, 5
BESIDE = 8                  # mails to each node: more than one claims at once
FULL = os.environ.get("FULL")
BOXES = {"support": r.SUPPORT, "emerging": r.EMERGING}


def node(rig, name, change, first):
    other = Gatewayd(rig, name)
    rig.parts.append(other)
    change(other)
    other.settings["node"] = name
    other.settings["token_key_file"] = first.settings["token_key_file"]
    return other.start()


def roles(daemon):
    return {n["name"]: n["role"] for n in daemon.json("node", "list")}


def spread(daemon):
    return {n["name"]: sorted(n["mailboxes"]) for n in daemon.json("node", "list")}


def holder(daemon, mailbox):
    return next((name for name, boxes in spread(daemon).items() if mailbox in boxes), None)


def wait_spread(daemon, counts, seconds=30):
    wait_for(lambda: {n: len(v) for n, v in spread(daemon).items()} == counts, seconds, f"mailboxes spread as {counts}")


def open_case(rig, daemon, to, subject):
    rig.send(r.ANN, compose(r.ANN, to, subject, f"It does not work: {subject}."))
    number = daemon.case_of(subject, 60)["number"]
    rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), 60, what="the confirmation")
    return number


def confirmations(rig, number):
    return len([m for m in map(parse, rig.mailbox(r.ANN)) if f"[Case #{number}]" in str(m["Subject"])])


def once_each(rig, daemon, subjects):
    """Each mail is one case, and each case has one confirmation."""
    cases = {c["subject"]: c["number"] for c in daemon.cases()}
    same(sorted(cases), sorted(subjects))
    wait_for(lambda: all(confirmations(rig, n) for n in cases.values()), 60, "a confirmation of each")
    same({s: confirmations(rig, n) for s, n in cases.items()}, {s: 1 for s in subjects})


def twins(tap, rig, one, two):
    with tap.point("mails that come to both mailboxes, to nodes that decide at once: one case each"):
        cases = len(one.cases())
        for i in range(8):
            mail = compose(r.ANN, f"{r.SUPPORT}, {r.EMERGING}", f"both {apart(i)}", f"It does not work: {apart(i)}.")
            rig.send(r.ANN, mail, to=[r.SUPPORT, r.EMERGING])
        wait_for(lambda: sum(b["duplicate"] for b in two.json("mail", "count")) == 8, 60, "eight twins")
        same(len(one.cases()), cases + 8)


def words_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []           # it has just ended


def of_role(daemon, role):
    return [pid for pid in daemon.roles() if words_of(pid)[1:3] == [b"-x", role.encode()]]


def parsers(daemon):
    return of_role(daemon, "parse")


def in_order(tap, rig, one, two):
    with tap.point("an answer that comes by another node before what it answers is decided waits for it"):
        slow, quick = (one, two) if holder(one, "support") == "one" else (two, one)
        stopped = parsers(slow)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        first = compose(r.ANN, r.SUPPORT, "first of two", "It does not work at first.")
        second = compose(r.ANN, r.EMERGING, "Re: first of two", "And so it goes on in the second.",
                         headers=[("In-Reply-To", first["Message-ID"])])
        rig.send(r.ANN, first)
        wait_for(lambda: undecided(one) == 1, 30, "the first to be kept")
        rig.send(r.ANN, second)
        wait_for(lambda: undecided(one) == 2, 30, "the second to be kept")
        wait_for(lambda: "mail.kept" in quick.log_text(), 10, "its node to have it")
        quick.ctl("case", "list")
        same(undecided(one), 2)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        number = one.case_of("first of two", 60)["number"]
        one.wait_case(number, lambda c: len([n for n in c["notes"] if n["kind"] == "inbound"]) == 2, 60, "both of them")


def undecided(daemon):
    return sum(b["undecided"] for b in daemon.json("mail", "count"))


@contextlib.contextmanager
def turn_of_a_third(server):
    """A session that has the turn, as a node that decides for long."""
    session = subprocess.Popen(["psql", "-qAt", server.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    session.stdin.write("SELECT 'it is' FROM pg_advisory_lock(1734440038, current_schema()::regnamespace::oid::int);\n")
    session.stdin.flush()
    same(session.stdout.readline(), "it is\n")
    try:
        yield
    finally:
        session.communicate()


def rows(server, table, state):
    return int(server.sql(f"SELECT count(*) FROM {table} WHERE state = '{state}'"))


def unsent(server):
    return rows(server, "outbox", "queued") + rows(server, "outbox", "sending")


def beside(tap, rig, server, one, two, subjects):
    with tap.point("both keep, claim and write down what was sent while a third node is in its turn"):
        senders = of_role(one, "sender") + of_role(two, "sender")
        for pid in senders:
            os.kill(pid, signal.SIGSTOP)
        for box, to in BOXES.items():
            for i in range(BESIDE):
                subjects.append(f"beside {box} {i}")
                rig.send(r.ANN, compose(r.ANN, to, subjects[-1], f"It does not work {apart(i)}: {subjects[-1]}."))
        wait_for(lambda: len(one.cases()) == len(subjects), 60, "the cases")
        assert rows(server, "outbox", "queued"), "a node has claimed all"
        with turn_of_a_third(server):
            for pid in senders:
                os.kill(pid, signal.SIGCONT)
            wait_for(lambda: unsent(server) == 0, 60, "all to be sent")
            for box, to in BOXES.items():
                subjects.append(f"kept {box}")
                rig.send(r.ANN, compose(r.ANN, to, subjects[-1], f"It does not work: {subjects[-1]}."))
            wait_for(lambda: rows(server, "mail", "kept") == 2, 60, "both to be kept")
            same(len(one.cases()), len(subjects) - 2)
        wait_for(lambda: len(one.cases()) == len(subjects), 60, "them to be decided")
        wait_for(lambda: unsent(server) == 0, 60, "their confirmations")


def ids(server, state):
    return server.sql(f"SELECT id FROM outbox WHERE state = '{state}'").split()


def under_way(tap, rig, server, one, two, subjects):
    with tap.point("what a node is sending no node sends again, whoever asks for it"):
        stopped = [pid for daemon in (one, two) for pid in of_role(daemon, "sender")]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        subjects.append("asked for twice")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subjects[-1], "It does not work."))
        wait_for(lambda: ids(server, "sending"), 30, "a row to be under way")
        for row in ids(server, "sending"):
            for daemon in (one, two):
                for verb in ("retry", "cancel"):
                    done = daemon.ctl_run("outbox", verb, row)[1]
                    same(done.returncode, 75, done)
                    assert re.search(rf"node (one|two) is sending row {row}: try again when it has a result", done.stderr.decode()), done
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        once_each(rig, one, subjects)


ALIKE = "take the greatest, not the sum."


def samples(daemon):
    """{sample: number} of the families that all nodes tell alike, and of the others."""
    alike, own, into = {}, {}, None
    for line in daemon.ctl("metrics").splitlines():
        if line.startswith("# HELP "):
            into = alike if line.endswith(ALIKE) and "store_bytes" not in line else own     # not measured at the same time
        elif not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            into[name] = float(value)
    return alike, own


def metrics(tap, server, one, two):
    with tap.point("metrics: what each node tells of itself adds up, what stands in the store all tell alike"):
        wait_for(lambda: unsent(server) == 0, 60, "all to be sent")
        wait_for(lambda: samples(one)[0] == samples(two)[0], 30, "both to tell the same")
        alike, own = samples(one)
        total = collections.Counter(own) + collections.Counter(samples(two)[1])
        cases = len(one.cases())
        same([alike["gatewayd_cases"], total['gatewayd_mails_decided_total{result="case"}']], [cases, cases])
        same(total['gatewayd_mails_sent_total{result="sent"}'], rows(server, "outbox", "sent"))
        same(sum(v for k, v in alike.items() if k.startswith("gatewayd_mails_kept_total")), cases)
        same([k for k in own if "deadline" in k or "first_response" in k or "suppressed" in k], [])


def claims(rig, user):
    """Keywords by which somebody claimed mails of that mailbox before moving them."""
    files = rig.dovecot.maildir(user).rglob("dovecot-keywords")
    return {word for f in files for word in f.read_text().split() if word.startswith("$gatewayd-")}


def claimed_apart(tap, rig):
    with tap.point("each node claims by a name of its own what it moves, under that of the store"):
        wait_for(lambda: not any(rig.count(user) for user in BOXES.values()), 60, "the moves")
        found = [claims(rig, user) for user in BOXES.values()]
        same([len(c) for c in found], [1, 1])
        same(len(set.union(*found)), 2)
        same(len({c[:len("$gatewayd-") + 4] for c in set.union(*found)}), 1)


def killed(tap, rig, one, two, subjects):
    with tap.point("a node that is killed: the other has its mailbox within the lease, nothing lost, nothing twice"):
        box = spread(one)["two"][0]
        two.kill9()
        began = time.monotonic()
        rig.send(r.ANN, compose(r.ANN, BOXES[box], "for the dead", "It does not work for the dead."))
        wait_for(lambda: holder(one, box) == "one", LEASE_S * 2, "the take-over")
        assert time.monotonic() - began <= (LEASE_S + 2) * PATIENCE, time.monotonic() - began
        one.case_of("for the dead", 60)
        subjects.append("for the dead")
        same(roles(one), {"one": "leads", "two": "ended"})
        once_each(rig, one, subjects)


def inherited(tap, rig, one, two, subjects):
    with tap.point("what a node that is killed had kept and not decided, the other decides, when no mail comes any more"):
        box = spread(one)["two"][0]
        stopped_ones = parsers(two)
        for pid in stopped_ones:
            os.kill(pid, signal.SIGSTOP)
        subjects.append("kept by the dead")
        rig.send(r.ANN, compose(r.ANN, BOXES[box], subjects[-1], f"It does not work: {subjects[-1]}."))
        wait_for(lambda: undecided(one) == 1, 30, "it to be kept")
        for pid in [two.process.pid, *stopped_ones]:
            os.kill(pid, signal.SIGKILL)
        two.kill9()
        wait_for(lambda: holder(one, box) == "one", LEASE_S * 2, "the take-over")
        number = one.case_of(subjects[-1], 30)["number"]
        rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), 60, what="the confirmation")


def mailbox_of(daemon, name):
    return next(m for m in daemon.json("status")["mailboxes"] if m["name"] == name)


def with_mailbox_alone(settings, name):
    """That mailbox feeds one queue, and has the addresses of both."""
    alone = copy.deepcopy(settings)
    alone["mailboxes"] = {name: alone["mailboxes"][name] | {"aliases": [a for n, a in BOXES.items() if n != name]}}
    queues = {"support": "technical", "emerging": "emerging"}
    for mailbox, address in BOXES.items():
        alone["queues"][queues[mailbox]]["address"] = address
    return alone


def nobodys(tap, rig, one, two, subjects):
    with tap.point("a mailbox that no node has: each says so"):
        for name in ("one", "two"):
            one.ctl("node", "drain", name)
        wait_spread(one, {"one": 0, "two": 0})
        for daemon in (one, two):
            wait_for(lambda: not mailbox_of(daemon, "support")["good"], 3 * LEASE_S, "a word about it")
            same(mailbox_of(daemon, "support")["text"], "no node has it: gatewayctl node list")
        assert b"it says: mailbox support: no node has it" in two.ctl_run("doctor")[1].stdout
        one.ctl("node", "resume", "one")
        wait_spread(one, {"one": 2, "two": 0})
    with tap.point("a mailbox that only a node has configured that does not work: the other says so"):
        whole = one.settings
        one.stop()
        one.settings = with_mailbox_alone(whole, "emerging")
        one.start()
        wait_for(lambda: any(b["name"] == "support" and not b["good"] for b in one.json("status")["mailboxes"]), 6 * LEASE_S,
                 "a word about it")
        assert b"it says: mailbox support: only nodes that do not work have it" in one.ctl_run("doctor")[1].stdout
        one.stop()
        one.settings = whole
        one.start()
        one.ctl("node", "drain", "one")
        for name in ("one", "two"):
            one.ctl("node", "resume", name)
        wait_spread(one, {"one": 1, "two": 1})
    with tap.point("a mailbox that only one node has configured is that one's, whatever its share is"):
        whole = two.settings
        two.stop()
        wait_spread(one, {"one": 2, "two": 0})
        two.settings = with_mailbox_alone(whole, "emerging")
        two.start()
        wait_for(lambda: spread(one) == {"one": ["support"], "two": ["emerging"]}, 60, "a mailbox each")
        two.stop()
        two.settings = with_mailbox_alone(whole, "support")
        two.start()
        wait_for(lambda: spread(one) == {"one": ["emerging"], "two": ["support"]}, 60, "each to have what it can")
        subjects.append("of one alone")
        open_case(rig, two, r.EMERGING, subjects[-1])
        two.stop()
        two.settings = whole
        two.start()
        wait_spread(one, {"one": 1, "two": 1})


def drained(tap, rig, one, two, subjects):
    with tap.point("a node that is drained stands by, and answers"):
        pollers = set(of_role(one, "poller"))
        two.json("node", "drain", "one")
        wait_spread(two, {"one": 0, "two": 2})
        wait_for(lambda: roles(one) == {"one": "drained", "two": "leads"}, 30, "the lead to go over")
        wait_for(lambda: set(of_role(one, "poller")) - pollers, 10, "a poller that has nothing left to move")
        subjects.append("of the one that is left")
        open_case(rig, one, r.SUPPORT, subjects[-1])
    with tap.point("who drains the last one is told that nothing is done"):
        _, done = two.ctl_run("node", "drain")
        assert done.returncode == 0 and b"no node is left that works" in done.stderr, done
        same(one.ctl_run("node", "resume", "two")[1].stderr, b"")
        wait_spread(one, {"one": 0, "two": 2})
    with tap.point("resumed, it has its share again"):
        one.json("node", "resume")
        wait_spread(two, {"one": 1, "two": 1})
    with tap.point("a node that ends in order gives all up at once"):
        two.stop()
        same(roles(one)["two"], "ended")
        wait_for(lambda: roles(one)["one"] == "leads", 10, "the other to lead")


def stopped(tap, rig, one, two, subjects):
    with tap.point("a node that is stopped for longer than its lease: the other takes over"):
        core = one.role("core")
        os.kill(core, signal.SIGSTOP)
        began = time.monotonic()
        more = ["while it stands", "the other while it stands"]
        for subject, to in zip(more, BOXES.values()):
            rig.send(r.ANN, compose(r.ANN, to, subject, f"It does not work: {subject}."))
        wait_for(lambda: roles(two).get("one") == "ended", LEASE_S * 2, "its end")
        assert time.monotonic() - began <= (LEASE_S + 2) * PATIENCE, time.monotonic() - began
        for subject in more:
            two.case_of(subject, 60)
        subjects += more
        same(roles(two)["two"], "leads")
    with tap.point("it goes on: what it would write is refused, its core begins again, and nothing is twice"):
        os.kill(core, signal.SIGCONT)
        wait_for(lambda: one.role("core") not in (None, core), 60, "its end")
        wait_spread(two, {"one": 1, "two": 1})
        once_each(rig, two, subjects)


def limits(tap):
    def change(daemon):
        on_server(server)(daemon)
        daemon.settings["mailboxes"]["emerging"]["queue"] = "technical"     # what is alike is alike within a queue
        del daemon.settings["queues"]["emerging"]
        daemon.settings["limits"].update(auto_proven_hour=BUDGET, auto_unproven_hour=BUDGET)

    with Postgresql() as server, running(change, accounted=False) as (rig, one):
        node(rig, "two", change, one)
        wait_for(lambda: sorted(len(boxes) for boxes in spread(one).values()) == [1, 1], 30, "a mailbox each")
        with tap.point("a budget is one for all nodes"):
            rig.send_many(r.ANN, [compose(r.ANN, list(BOXES.values())[i % 2], f"matter {apart(i)}", f"It does not work: {apart(i)}.")
                                  for i in range(4 * BUDGET)])
            wait_for(lambda: len(one.cases()) == 4 * BUDGET, 60, "the cases")
            wait_for(lambda: one.json("status")["outbox_queued"] + one.json("status")["outbox_sending"] == 0, 60, "all to be sent")
            same(len(rig.mailbox(r.ANN)), BUDGET)
        with tap.point("the same matter again and again, by two nodes, is folded as by one"):
            rig.send_many(r.PAUL, [compose(r.PAUL, list(BOXES.values())[i % 2], f"disk {i} is full", f"Disk {i} is full.")
                                   for i in range(4 * STORM)])
            wait_for(lambda: undecided(one) == 0 and sum(b["kept"] for b in one.json("mail", "count")) == 4 * (BUDGET + STORM), 60, "all")
            same(len([c for c in one.cases() if c["subject"].startswith("disk")]), STORM)


def one_connection(server, name):
    """Its sender has a few rows at a time."""
    def change(daemon):
        on_server(server, node=name)(daemon)
        daemon.settings["smtp"]["concurrency"] = 1
        daemon.settings["limits"]["role_silence"] = "10min"     # one that a test has stopped is left alone
    return change


def main():
    tap = Tap()
    with Postgresql() as server, running(one_connection(server, "one"), accounted=False) as (rig, one):
        subjects = ["of one", "of the other"]
        with tap.point("two nodes: a mailbox each, one leads, each tells of both"):
            two = node(rig, "two", one_connection(server, "two"), one)
            wait_spread(two, {"one": 1, "two": 1})
            same([roles(one), roles(two)], [{"one": "leads", "two": "works"}] * 2)
            same(one.json("node", "status")["name"], "one")
        wait_for(lambda: mailbox_of(one, spread(one)["two"][0])["text"] == "node two has it", 30, "where the other one is")
        with tap.point("a case by each mailbox, whoever is asked"):
            open_case(rig, two, r.SUPPORT, subjects[0])
            open_case(rig, one, r.EMERGING, subjects[1])
        beside(tap, rig, server, one, two, subjects)
        under_way(tap, rig, server, one, two, subjects)
        metrics(tap, server, one, two)
        claimed_apart(tap, rig)
        killed(tap, rig, one, two, subjects)
        if FULL:
            with tap.point("it comes back, and has its share again"):
                two.start()
                wait_spread(one, {"one": 1, "two": 1})
            inherited(tap, rig, one, two, subjects)
            two.start()
            wait_spread(one, {"one": 1, "two": 1})
            nobodys(tap, rig, one, two, subjects)
            drained(tap, rig, one, two, subjects)
            two.start()
            wait_spread(one, {"one": 1, "two": 1})
            stopped(tap, rig, one, two, subjects)
            twins(tap, rig, one, two)
            in_order(tap, rig, one, two)
    if FULL:
        limits(tap)
    tap.done()


if __name__ == "__main__":
    main()
