"""An IMAP and an SMTP session, cut after each byte (FULL=1; else a few): what was cut is done again, and done once."""
import collections
import concurrent.futures
import contextlib
import os
import pathlib
import queue
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.cuts import CutImap, CutSubmission
from tests.rig.faults import note
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose
from tests.rig.probe import NEVER_S, USER, probe
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.system.test_imap_lies import box_of

FULL = os.environ.get("FULL") == "1"
SERVERS = 16 if FULL else 4
POINTS = 8          # of the bytes of a session, without FULL
WAIT_S = 30
FINAL = ("sent", "failed", "unknown")
VERBS = 4           # at a time
CUTS = 2            # of the sessions of a mail, about: in its body it is uncertain at once
HEARD_EVERY = 8     # of what the client says; the sender's half alone has each byte
SMALL = b"From: gw@example.test\r\nTo: ann@example.test\r\nMessage-ID: <small@example.test>\r\n\r\nbody\r\n"


def word(n):
    return "".join("abcdefghij"[int(digit)] for digit in str(n))


def mail(subject, name):
    raw = compose(f"{name}@example.com", r.SUPPORT, subject, subject).as_bytes()
    return b"Return-Path: <%s@example.com>\r\n" % name.encode() + raw


def some(values):
    values = list(values)
    return values if FULL else values[::max(1, len(values) // POINTS)]


class Sums:
    def __init__(self, what):
        self.what, self.tried, self.lost, self.doubled, self.hung, self.again = what, 0, 0, 0, 0, 0

    def done(self, more=""):
        print(f"# {self.what}: {self.tried} tried, {self.lost} lost, {self.doubled} doubled, {self.hung} hung{more}", flush=True)
        note(self.what, self.tried, self.lost, self.doubled, self.hung, self.again)
        same((self.lost, self.doubled, self.hung), (0, 0, 0))
        assert self.tried


def each_byte(said, heard, heard_every=1):
    """Where a session of so many bytes may be cut: (after what the server has said, after what it has heard)."""
    return some([(k, None) for k in range(1, said + 1)] + [(None, k) for k in range(1, heard + 1, heard_every)])


def word_of(at):
    said, heard = at
    return f"s{word(said)}" if said else f"h{word(heard)}"


def subject_of(at):
    return f"cut after {word_of(at)}"


def imap_length(server, daemon):
    """The bytes, said and heard, of a session in which one mail is fetched and moved."""
    server.end_all()
    server.put(mail("measured", "measured"))
    wait_for(lambda: not server.mails, WAIT_S, "the mail to be moved")
    daemon.case_of("measured")
    return [m.passed for m in server.meters]


def imap_cut(server, at):
    """How often the server has moved the mail whose session was cut there; None: it did not come to that."""
    server.moved.clear()
    server.put(mail(subject_of(at), word_of(at)))
    server.cut = at
    server.end_all()
    try:
        wait_for(lambda: server.cut is None and not server.mails, WAIT_S, "the mail to be moved")
        return len(server.moved)
    except AssertionError:
        return None


def imap(tap, servers, daemon):
    sums, free = Sums("IMAP sessions, cut"), queue.SimpleQueue()
    said, heard = imap_length(servers[0], daemon)
    for server in servers:
        free.put(server)

    def one(at):
        server = free.get()
        try:
            return imap_cut(server, at)
        finally:
            free.put(server)

    with tap.point("an IMAP session is cut after each byte: each mail is one case, and moved once"):
        points = each_byte(said, heard)
        with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
            moves = list(pool.map(one, points))
        wait_for(lambda: not daemon.json("status")["mails_pending"], WAIT_S, "all to be decided")
        subjects = collections.Counter(c["subject"] for c in daemon.json("case", "list", "--limit", 100000))
        for at, moved in zip(points, moves):
            cases = subjects[subject_of(at)]
            sums.tried += 1
            sums.hung += moved is None
            sums.lost += cases == 0
            sums.doubled += cases > 1 or (moved or 0) > 1
            if moved != 1 or cases != 1:
                print(f"# cut after {at}: moved {moved} times, {cases} cases", flush=True)
        sums.done(f", a session of {said} and {heard} bytes")


def smtp_rows(daemon):
    return daemon.json("outbox", "list", "--limit", 100000)


def is_uncertain(row):
    return row["state"] == "queued" and "final dot" in row["last_text"]


def count(rows):
    return collections.Counter(o["state"] for o in rows)


def to_ask(rows, asked):
    """Those that the server may have had, which would be tried again after hours only: once for each time that one was tried."""
    return {(o["id"], o["attempts"]) for o in rows if is_uncertain(o)} - asked


def all_sent(daemon):
    """The outbox when all are out."""
    rows, asked = smtp_rows(daemon), set()
    while not rows or any(o["state"] not in FINAL for o in rows):
        again = to_ask(rows, asked)
        with concurrent.futures.ThreadPoolExecutor(VERBS) as pool:
            list(pool.map(lambda tried: daemon.ctl("outbox", "retry", tried[0]), again))
        asked |= again
        left = count(rows)
        rows = wait_for(lambda: moved_on(smtp_rows(daemon), left, asked), WAIT_S, "mails to be sent")
    return rows


def moved_on(rows, left, asked):
    """The rows, when there is something to see or do: one may be tried and be uncertain between two looks."""
    return rows if count(rows) != left or to_ask(rows, asked) else None


def settled(daemon):
    """All that could be sent is, and what is uncertain waits."""
    return not daemon.json("status")["mails_pending"] and all(o["state"] in FINAL or is_uncertain(o) for o in smtp_rows(daemon))


def smtp_length(daemon, server, source):
    """The bytes, said and heard, of a session in which a mail is sent."""
    source.put(mail("measured", "measured"))
    daemon.case_of("measured")
    all_sent(daemon)
    return [m.passed for m in server.meters]


def feed(daemon, server, source):
    """Mails to send as long as sessions are to be cut."""
    n = 0
    while left := len(server.cuts):
        for n in range(n + 1, n + 1 + max(4, left // CUTS)):
            source.put(mail(f"sent while cut {word(n)}", f"while{word(n)}"))
        wait_for(lambda: not source.mails, WAIT_S, "the mails to be taken")
        while server.cuts and not settled(daemon):
            left = len(server.cuts)
            wait_for(lambda: len(server.cuts) < left or settled(daemon), WAIT_S, "a session to be cut")


def smtp(tap, server, source, daemon):
    sums = Sums("SMTP sessions, cut")
    with tap.point("an SMTP session is cut after each byte: each mail goes out, again only where its reply was lost"):
        said, heard = smtp_length(daemon, server, source)
        server.cut_short = 0
        server.cuts.extend(each_byte(said, heard, HEARD_EVERY))
        server.end_all()
        feed(daemon, server, source)
        rows = all_sent(daemon)
        sums.tried = server.cut_short
        sums.lost = sum(o["state"] == "sent" and not server.had[o["message_id"]] for o in rows) + sum(o["state"] == "failed" for o in rows)
        sums.again = sum(max(0, times - 1) for times in server.had.values())
        sums.doubled = max(0, sums.again - server.unsure)
        sums.done(f", {sums.again} again with the same Message-ID, {server.unsure} replies cut; a session of {said} and {heard} bytes")


def sending_alone(tap, folder):
    """What the sender makes of each cut: a mail that the server has is sent or uncertain, one that it has not is not sent."""
    sums, server = Sums("SMTP sessions of one mail, cut"), CutSubmission().start()
    path = folder / "small.eml"
    path.write_bytes(SMALL)

    def send(cut):
        server.had.clear()
        server.cuts.append(cut)
        _, output = probe("smtp", USER, r.ANN, path, PORT=server.port, TLS="none", TIMEOUT=NEVER_S, FINAL=NEVER_S)
        return output.split()[0], bool(server.had)

    with tap.point("an SMTP session of one mail is cut after each byte: what the server has not is not taken for sent"):
        same(send((None, None)), ("sent", True))
        said, heard = (m.passed for m in server.meters)
        for cut in each_byte(said, heard):
            word, had = send(cut)
            sums.tried += 1
            sums.lost += word in ("sent", "failed") and not had
            sums.doubled += word == "retry" and had
            if word not in (("sent", "unknown") if had else ("retry", "unknown")):
                print(f"# cut after {cut}: {word}, the server has it: {had}", flush=True)
        sums.done(f", a session of {said} and {heard} bytes")
    server.stop()


@contextlib.contextmanager
def world():
    """Servers of the mailboxes and the one for what goes out, new for each half: what the one sends is not in the other's way."""
    servers, server = [CutImap() for _ in range(SERVERS)], CutSubmission()

    def change(daemon):
        daemon.program = BUILD / "tests/steps/gatewayd"     # with short waits
        for part in (*servers, server):
            daemon.rig.add(part)
        daemon.settings["mailboxes"] = {f"box{word(n)}": box_of(s) for n, s in enumerate(servers)}
        del daemon.settings["queues"]["emerging"]
        daemon.settings["queues"]["technical"]["notify"] = [r.SAM]
        daemon.settings["smtp"] = {"host": "localhost", "port": server.port, "tls": "none", "auth": "none", "retry_min": "1s",
                                   "retry_max": "1s"}

    with running(change) as (_, daemon):
        yield servers, server, daemon


def main():
    tap = Tap()
    with world() as (servers, _, daemon):
        imap(tap, servers, daemon)
    with world() as (servers, server, daemon):
        smtp(tap, server, servers[0], daemon)
        sending_alone(tap, daemon.dir)
    tap.done()


if __name__ == "__main__":
    main()
