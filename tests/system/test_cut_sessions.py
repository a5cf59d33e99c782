"""An IMAP and an SMTP session, cut after each byte (FULL=1; else a few): what was cut is done again, and done once."""
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
from tests.rig.gatewayd import running
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
        self.what, self.tried, self.lost, self.doubled, self.hung = what, 0, 0, 0, 0

    def done(self, more=""):
        print(f"# {self.what}: {self.tried} tried, {self.lost} lost, {self.doubled} doubled, {self.hung} hung{more}", flush=True)
        note(self.what, self.tried, self.lost, self.doubled, self.hung)
        same((self.lost, self.doubled, self.hung), (0, 0, 0))
        assert self.tried


def imap_length(server, daemon):
    """The bytes of a session in which one mail is fetched and moved."""
    server.end_all()
    server.put(mail("measured", "measured"))
    wait_for(lambda: not server.mails, WAIT_S, "the mail to be moved")
    daemon.case_of("measured")
    return server.said.passed


def imap_cut(server, at):
    """How often the server has moved the mail whose session was cut there; None: it did not come to that."""
    server.moved.clear()
    server.put(mail(f"cut after {word(at)}", word(at)))
    server.cut = at
    server.end_all()
    try:
        wait_for(lambda: server.cut is None and not server.mails, WAIT_S, "the mail to be moved")
        return len(server.moved)
    except AssertionError:
        return None


def imap(tap, servers, daemon):
    sums, free = Sums("IMAP sessions, cut"), queue.SimpleQueue()
    length = imap_length(servers[0], daemon)
    for server in servers:
        free.put(server)

    def one(at):
        server = free.get()
        try:
            return imap_cut(server, at)
        finally:
            free.put(server)

    with tap.point("an IMAP session is cut after each byte: each mail is one case, and moved once"):
        points = some(range(length + 1))
        with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
            moves = list(pool.map(one, points))
        wait_for(lambda: not daemon.json("status")["mails_pending"], WAIT_S, "all to be decided")
        subjects = [c["subject"] for c in daemon.json("case", "list", "--limit", 100000)]
        for at, moved in zip(points, moves):
            cases = subjects.count(f"cut after {word(at)}")
            sums.tried += 1
            sums.hung += moved is None
            sums.lost += cases == 0
            sums.doubled += cases > 1 or (moved or 0) > 1
            if moved != 1 or cases != 1:
                print(f"# cut after {at} of {length} bytes: moved {moved} times, {cases} cases", flush=True)
        sums.done(f", a session of {length} bytes")


def smtp_rows(daemon):
    return daemon.json("outbox", "list", "--limit", 100000)


def hurry(daemon, server):
    """Until all are out; what the server may have had would be tried again after hours only."""
    rows = smtp_rows(daemon)
    left = [o for o in rows if o["state"] not in FINAL]
    for o in left if not server.cuts else ():
        if o["state"] == "queued" and o["attempts"]:
            daemon.ctl("outbox", "retry", o["id"])
    return not left and rows


def settled(daemon, subject):
    """All that could be sent is, and what is uncertain waits."""
    return (any(c["subject"] == subject for c in daemon.cases())
            and all(o["state"] in FINAL or "final dot" in o["last_text"] for o in smtp_rows(daemon)))


def smtp_points(daemon, server, source):
    """One whole session is measured, of the mails for one case."""
    source.put(mail("measured", "measured"))
    daemon.case_of("measured")
    wait_for(lambda: hurry(daemon, server), WAIT_S, "the first mails to be sent")
    said, heard = (m.passed for m in server.meters)
    return said, heard, some([(k, None) for k in range(1, said + 1)] + [(None, k) for k in range(1, heard + 1, HEARD_EVERY)])


def smtp(tap, server, source, daemon):
    sums = Sums("SMTP sessions, cut")
    with tap.point("an SMTP session is cut after each byte: each mail goes out, again only where its reply was lost"):
        said, heard, points = smtp_points(daemon, server, source)
        server.cut_short = 0
        server.cuts.extend(points)
        server.end_all()
        n = 0
        while server.cuts:
            before = len(server.cuts)
            source.put(mail(f"sent while cut {word(n)}", f"while{word(n)}"))
            wait_for(lambda: len(server.cuts) < before or settled(daemon, f"sent while cut {word(n)}"), WAIT_S, "a session to be cut")
            n += 1
        rows = wait_for(lambda: hurry(daemon, server), WAIT_S, "all mails to be sent")
        sums.tried = server.cut_short
        sums.lost = sum(o["state"] == "sent" and not server.had[o["message_id"]] for o in rows) + sum(o["state"] == "failed" for o in rows)
        again = sum(max(0, times - 1) for times in server.had.values())
        sums.doubled = max(0, again - server.unsure)
        sums.done(f", {again} again with the same Message-ID, {server.unsure} replies cut; a session of {said} and {heard} bytes")


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
        for cut in some([(k, None) for k in range(1, said + 1)] + [(None, k) for k in range(1, heard + 1)]):
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
        for part in (*servers, server):
            daemon.rig.add(part)
        daemon.settings["mailboxes"] = {f"box{word(n)}": box_of(s) for n, s in enumerate(servers)}
        del daemon.settings["queues"]["emerging"]
        daemon.settings["queues"]["technical"]["notify"] = [r.SAM]
        daemon.settings["smtp"] = {"host": "localhost", "port": server.port, "tls": "none", "auth": "none", "retry_min": "1s",
                                   "retry_max": "1s", "command_timeout": "5s", "final_timeout": "5s"}

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
