"""An SMTP server that misbehaves in every way of tests/rig/smtp_faults.py (FULL=1: all, else a few).

While it does, mail goes on to become cases and status tells; when it is good again each mail has gone out once, or its row says
why not. What the server had taken without saying so may go out again, with the same Message-ID; that is counted.
"""
import collections
import os
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.faults import note
from tests.rig.gatewayd import BUILD, running
from tests.rig.lies import Liar
from tests.rig.mail import apart
from tests.rig.process import PATIENCE, memory, wait_for
from tests.rig.smtp_faults import AGAIN, FAULTS, LATER, REFUSED, Faulty, context
from tests.rig.tap import Tap, same
from tests.system.test_imap_lies import box_of, largest_kb, mail

FULL = os.environ.get("FULL") == "1"
SOME = 25           # no divisor of the number of answers: other steps, each time another answer
RSS_MAX_KB = memory(400 * 1024)
MEET_S, WAIT_S = 10, 30
# Of the few no server is silent at its greeting or at the dot, where one that a busy machine does not let speak would be given up.
GIVE_UP = "2s" if FULL else "60s"
FINAL = ("sent", "failed")
SENDER = re.compile(rb"(?mi)^from:\s*(\S+)\r")
IDENT = re.compile(rb"(?mi)^message-id:\s*<([^>]+)>")


class Sums:
    def __init__(self):
        self.tried = self.unmet = self.lost = self.doubled = self.hung = self.again = self.largest_kb = 0


def rows_of(daemon, subject):
    """The outbox of the case with this subject."""
    case = next((c["number"] for c in daemon.cases() if c["subject"] == subject), None)
    return [o for o in daemon.json("outbox", "list", "--limit", 100000) if case and o["case"] == case]


def final(daemon, subject):
    rows = rows_of(daemon, subject)
    return rows if rows and all(o["state"] in FINAL for o in rows) else None


def taken(server):
    """{Message-ID: how often the server has it}"""
    return collections.Counter(IDENT.search(raw)[1].decode() for _, raw in server.taken)


def hurry(daemon, subject, done):
    """As an operator does: what the server may have is tried again after hours only."""
    for o in rows_of(daemon, subject):
        if o["state"] == "queued" and o["attempts"] and o["id"] not in done:
            daemon.ctl("outbox", "retry", o["id"])
            done.add(o["id"])


def judge(server, rows, may_become, sums):
    have = taken(server)
    for o in rows:
        n = have[o["message_id"]]
        if o["state"] == "sent":
            sums.lost += n == 0
            assert n, f"sent, and the server has it not: {o}"
        else:
            sums.lost += may_become is not REFUSED and n == 0
            assert may_become is REFUSED, f"failed, although the server would have taken it: {o}"
            assert o["last_text"], f"no word why: {o}"
        sums.doubled += n > 1 and may_become is not AGAIN
        sums.again += max(0, n - 1)
        assert n < 2 or may_become is AGAIN, f"{n} times: {o}"


def tells(daemon, subject):
    """Something is wrong, or the row has the reply."""
    return daemon.json("status")["wrong"] or any(o["last_text"] for o in rows_of(daemon, subject))


def meet(daemon, server, subject):
    """Until the mail has met the fault, or is past it; QUIT comes when a connection has been idle for a while."""
    ends = time.monotonic() + MEET_S * PATIENCE
    past = (lambda: False) if server.fault and server.fault[1] == "QUIT" else (lambda: final(daemon, subject))
    while not server.met and time.monotonic() < ends and not past():
        time.sleep(0.05)


def try_one(daemon, liar, server, subject, n, may_become, sums, while_bad=lambda: None):
    """A mail comes in while the server misbehaves, until it has; then it is good again."""
    sums.tried += 1
    sums.hung += 1
    raw = mail(subject, n)
    # Its bounces would go to its sender: there is a confirmation, too.
    liar.put(b"Return-Path: <%s>\r\n" % SENDER.search(raw)[1] + raw)
    wait_for(lambda: rows_of(daemon, subject), WAIT_S, "mail to become cases all the same")
    meet(daemon, server, subject)
    if not server.met:
        sums.unmet += 1
        print(f"# not met: {subject}", flush=True)
    if server.met and may_become is not AGAIN and server.told:
        wait_for(lambda: tells(daemon, subject), WAIT_S, "status or the row to tell")
    while_bad()
    server.behave()
    if may_become is AGAIN:
        done = set()
        wait_for(lambda: hurry(daemon, subject, done) or final(daemon, subject), WAIT_S, "what is uncertain to come to an end")
    rows = wait_for(lambda: final(daemon, subject), WAIT_S, "all rows to come to an end")
    sums.hung -= 1
    judge(server, rows, may_become, sums)
    sums.largest_kb = max(sums.largest_kb, largest_kb(daemon))
    assert sums.largest_kb < RSS_MAX_KB, f"a process of {sums.largest_kb} KB"


def replies(tap, daemon, liar, server, sums):
    for n, fault in enumerate(FAULTS):
        name, step, answer, may_become = fault
        if not FULL and n % SOME:
            continue
        with tap.point(f"the server misbehaves: {name}"):
            server.told = step != "QUIT" and not isinstance(answer, float)
            server.misbehave(fault)
            try_one(daemon, liar, server, name, n, may_become, sums)


def one_bad_recipient(tap, daemon, liar, server, sums):
    fault = next(f for f in FAULTS if f[0] == "RCPT: 4xx")

    def others_have_theirs():
        wait_for(lambda: sum(o["state"] == "sent" for o in rows_of(daemon, "one bad recipient")) == 2, WAIT_S, "the others")
    with tap.point("one bad recipient among several: the others have theirs meanwhile"):
        server.told = True
        server.misbehave(fault, r.TESS)
        try_one(daemon, liar, server, "one bad recipient", 900, LATER, sums, others_have_theirs)


def slow_domain(tap, daemon, liar, server, sums):
    """More mails than there are connections, at the head of the outbox."""
    mails, subject, domain = 24, "a domain that hangs", "hangs.example.com"
    silence = next(f for f in FAULTS if f[0] == "RCPT: silence")

    def rows(of_domain):
        found = [o for n in range(mails) for o in rows_of(daemon, f"{subject} {apart(n)}")]
        return [o for o in found if o["recipient"].endswith("@" + domain) == of_domain]

    def named():
        return [s["domain"] for s in (daemon.json("status")["sender"] or {"slow": []})["slow"]]

    def all_sent(of_domain):
        found = rows(of_domain)
        return len(found) >= mails and all(o["state"] == "sent" for o in found)
    with tap.point("a domain that hangs: the others have theirs meanwhile, status names it, and later it has its own"):
        server.misbehave(silence, "@" + domain)
        for n in range(mails):
            raw = mail(f"{subject} {apart(n)}", n).replace(b"@example.com", b"@" + domain.encode())
            liar.put(b"Return-Path: <%s>\r\n" % SENDER.search(raw)[1] + raw)
        wait_for(lambda: domain in named(), WAIT_S, "status to name it")
        wait_for(lambda: all_sent(False), WAIT_S, "the others")
        assert not any(o["state"] == "sent" for o in rows(True)), "it did not hang"
        server.behave()
        wait_for(lambda: all_sent(True), WAIT_S, "its own")
        have = taken(server)
        sums.doubled += sum(have[o["message_id"]] > 1 for o in rows(True) + rows(False))
        assert not sums.doubled, "one went out twice"


def few_connections(tap, daemon, liar, server, sums):
    """As many domains that hang as there are connections; nothing is known of any of them."""
    silence, n = next(f for f in FAULTS if f[0] == "RCPT: silence"), daemon.settings["smtp"]["concurrency"]
    subjects = [f"one of {n} that hang {apart(k)}" for k in range(n)]

    def stuck():
        return [o for s in subjects for o in rows_of(daemon, s) if "hangs" in o["recipient"]]
    with tap.point(f"{n} of {n} connections hang: the last is broken off for the others, and all go out once"):
        server.misbehave(silence, "@hangs.test")
        for k, subject in enumerate(subjects):
            raw = mail(subject, k).replace(b"@example.com", b"@h%d.hangs.test" % k)
            liar.put(b"Return-Path: <%s>\r\n" % SENDER.search(raw)[1] + raw)
        wait_for(lambda: server.met >= n, WAIT_S, "each to hang")
        liar.put(b"Return-Path: <quick@example.com>\r\n" + mail(f"beside {n}", 99))
        wait_for(lambda: final(daemon, f"beside {n}"), WAIT_S, "the mail of somebody else")
        same([(o["state"] in ("queued", "sending"), o["last_text"]) for o in stuck()], [(True, "")] * n)
        server.behave()
        wait_for(lambda: all(final(daemon, s) for s in subjects), WAIT_S, "those that hung")
        have = taken(server)
        sums.doubled += sum(k > 1 for k in have.values())
        same([o["state"] for o in stuck()], ["sent"] * n)
        assert not sums.doubled, "one went out twice"


def settings(rig):
    """(name, TLS context, features)"""
    authority, features = rig.authority, ["8BITMIME", "AUTH PLAIN LOGIN"]
    good = context((rig.cert, rig.key))
    certificate = {"expired": {"expired": True}, "of another name": {"hosts": ("DNS:other.example.test",)},
                   "of nobody we know": {"self_signed": True}}
    for name, how in certificate.items():
        yield f"a certificate {name}", context(authority.certificate(f"smtp-{name.split()[-1]}", **how)), features
    yield "no STARTTLS", None, features
    yield "no AUTH", good, ["8BITMIME"]
    yield "an AUTH that nobody speaks", good, ["8BITMIME", "AUTH X-OTHER"]


def offers(tap, daemon, liar, server, sums):
    good, features = server.starttls, server.features
    for n, (name, tls, offered) in enumerate(settings(daemon.rig)):
        if not FULL and n % 3:
            continue
        with tap.point(f"{name}: nothing is sent, status says what is wrong, and later it goes out"):
            server.misbehave(None)
            server.starttls, server.features, server.met, server.told = tls, offered, 1, True
            heard = len(server.taken)

            def nothing_is_sent():
                wait_for(lambda: daemon.json("status")["wrong"], WAIT_S, "a word about it in status")
                sums.doubled += len(server.taken) > heard
                assert len(server.taken) == heard, "it was sent all the same"
                server.starttls, server.features = good, features
            try_one(daemon, liar, server, name, 950 + n, LATER, sums, nothing_is_sent)


def on(liar, **smtp):
    def change(daemon):
        daemon.program = BUILD / "tests/steps/gatewayd"     # with short waits
        daemon.rig.add(liar)
        server = daemon.rig.add(Faulty(context((daemon.rig.cert, daemon.rig.key))))
        daemon.smtp_server = server
        daemon.settings["mailboxes"] = {"liar": box_of(liar)}
        del daemon.settings["queues"]["emerging"]
        daemon.settings["smtp"].update({"port": server.port, "retry_min": "1s", "retry_max": "1s", "command_timeout": "2s",
                                        "connect_timeout": GIVE_UP, "final_timeout": GIVE_UP, **smtp})
    return running(change)


def main():
    tap, liar, sums = Tap(), Liar(), Sums()
    with on(liar) as (_, daemon):
        for part in (replies, one_bad_recipient, slow_domain, offers):
            part(tap, daemon, liar, daemon.smtp_server, sums)
    for n in (1, 2):
        liar = Liar()
        with on(liar, concurrency=n, command_timeout="5min") as (_, daemon):
            few_connections(tap, daemon, liar, daemon.smtp_server, sums)
    print(f"# SMTP faults: {sums.tried} of {len(FAULTS) + 7} tried, {sums.unmet} not met, {sums.lost} lost, {sums.doubled} doubled, "
          f"{sums.again} again with the same Message-ID, {sums.hung} hung, largest process {sums.largest_kb // 1024} MB")
    note("faults of an SMTP server", sums.tried, sums.lost, sums.doubled, sums.hung, sums.again)
    tap.done()


if __name__ == "__main__":
    main()
