"""Intake: what customers write arrives whole, and no mail does harm."""
import contextlib
import email.policy
import hashlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, padding, parse, pdf, png
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

MEGABYTE = 1000 * 1000
ACCOUNTS = [{"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"]}]


def hostile():
    """(name, raw mail, subject of its case or None): each laid into the mailbox as it is."""
    head = b"From: ann@customer.test\r\nTo: support@example.test\r\nMessage-ID: <%s@customer.test>\r\n"
    return [
        ("an empty mail", b"", None),
        ("a header without a body", head % b"nobody" + b"Subject: header only\r\n", "header only"),
        ("NUL bytes", head % b"nul" + b"Subject: with nul\r\n\r\none\0two\0\r\n", "with nul"),
        ("no Message-ID", b"From: ann@customer.test\r\nSubject: no id\r\n\r\nx\r\n", "no id"),
        ("two From fields", b"From: eve@elsewhere.test\r\n" + head % b"two" + b"Subject: two froms\r\n\r\nx\r\n",
         "two froms"),
        ("CR LF in a decoded subject", head % b"crlf"
         + b"Subject: =?utf-8?q?evil=0D=0ABcc:_eve@elsewhere.test?= end\r\n\r\nx\r\n", None),
        ("a body without a header", b"\r\njust text\r\n", None),
        ("binary rubbish", padding(3000), None),
    ]


def file_names(daemon, subject):
    return [a["filename"] for n in daemon.case_of(subject)["notes"] for a in n["attachments"]]


def settled(daemon):
    """No mail waits for a decision."""
    return not [m for m in daemon.json("mail", "list") if m["state"] == "kept"]


def check_content(tap, rig, daemon):
    files = [("報告書.pdf", "application/pdf", pdf()), ("画面 1.png", "image/png", png()),
             ("empty.txt", "application/octet-stream", b""), ("big.bin", "application/octet-stream", padding(300000))]
    with tap.point("a mail becomes a case with its text, files and author"):
        mail = compose(r.ANN, r.SUPPORT, "Größe ½ 件名", "Grüße aus Köln\n", name="Ann Ä", attach=files,
                       html="<p>Grüße aus <b>Köln</b></p>")
        rig.send(r.ANN, mail)
        case = daemon.case_of("Größe ½ 件名")
        note = case["notes"][0]
        same((case["requester"], case["state"], case["queue"], case["account"]),
             ({"name": "Ann Ä", "address": r.ANN}, "new", "technical", "customer"))
        same((note["kind"], note["text"].strip(), note["message_id"]),
             ("inbound", "Grüße aus Köln", mail["Message-ID"].strip("<>")))
    with tap.point("attachments come back byte for byte"):
        same([(a["filename"], a["size"], a["sha256"]) for a in note["attachments"]],
             [(n, len(d), hashlib.sha256(d).hexdigest()) for n, _, d in files])
        for attachment, (_, _, data) in zip(note["attachments"], files):
            same(daemon.ctl_bytes("attachment", "get", attachment["id"]), data)
    with tap.point("the raw mail is kept and comes back"):
        row = next(m for m in daemon.json("mail", "list") if m["message_id"] == mail["Message-ID"].strip("<>"))
        raw = parse(daemon.ctl_bytes("mail", "raw", row["id"]))
        same(raw["Message-ID"], mail["Message-ID"])
    with tap.point("afterwards the mail lies in the processed folder"):
        wait_for(lambda: rig.count(r.SUPPORT) == 0, 10, "an empty inbox")
        assert any(parse(m)["Message-ID"] == mail["Message-ID"] for m in rig.mailbox(r.SUPPORT, "Processed"))
    with tap.point("the confirmation goes to the sender, from the support address, marked automatic"):
        got = rig.wait_mail(r.ANN, lambda m: "[Case #" in str(m["Subject"]))
        same((got["Auto-Submitted"], got["In-Reply-To"]), ("auto-replied", mail["Message-ID"]))
        assert r.SUPPORT in got["From"] and "+" in got["Reply-To"], (got["From"], got["Reply-To"])
        assert f"#{case['number']}" in body(got), body(got)
    with tap.point("an HTML-only mail has its text"):
        only = compose(r.ANN, r.SUPPORT, "html only", "x")
        only.set_content("<html><body><p>First &amp; last</p><p>Second</p></body></html>", subtype="html")
        rig.send(r.ANN, only)
        text = daemon.case_of("html only")["notes"][0]["text"]
        assert "First & last" in text and "Second" in text and "<p>" not in text, text


def check_hostile(tap, rig, daemon):
    before = len(daemon.json("mail", "list"))
    for number, (_, raw, _) in enumerate(hostile()):
        rig.dovecot.drop(r.SUPPORT, raw, f"hostile.{number}")
    wait_for(lambda: len(daemon.json("mail", "list")) == before + len(hostile()) and settled(daemon), 30, "all of them")
    for name, _, subject in hostile():
        with tap.point(f"harmless: {name}"):
            assert subject is None or daemon.case_of(subject, 2)
    with tap.point("and no line end came into a subject, nor a header into a confirmation"):
        assert not [c for c in daemon.cases() if "\n" in c["subject"] or "\r" in c["subject"]]
        same(rig.count(r.EVE), 0)
    with tap.point("harmless: ../../etc/passwd and CR LF as file names"):
        mail = compose(r.ANN, r.SUPPORT, "bad names", "x", attach=[
            ("../../etc/passwd", "text/x-a", b"a"), ("a.txt", "text/x-b", b"b")])
        raw = mail.as_bytes(policy=email.policy.SMTP).replace(b'"a.txt"', b'"=?utf-8?q?b=0D=0Ac.txt?="')
        rig.send(r.ANN, raw, to=r.SUPPORT)
        first, second = file_names(daemon, "bad names")
        same((first, second.isprintable()), (".._.._etc_passwd", True))


def check_machines(tap, rig, daemon):
    with tap.point("harmless: an out-of-office answer gets no answer"):
        sent = len(rig.mailbox(r.ANN))
        auto = compose(r.ANN, r.SUPPORT, "Out of office", "I am away.", headers=[("Auto-Submitted", "auto-replied")])
        rig.send(r.ANN, auto)
        wait_for(lambda: state_of(daemon, auto) not in (None, "kept"), 20, "its decision")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "after the machine", "x"))
        case = daemon.case_of("after the machine")
        rig.wait_mail(r.ANN, lambda m: f"#{case['number']}]" in str(m["Subject"]))
        same([m["Subject"] for m in map(parse, rig.mailbox(r.ANN)[sent:]) if "Out of office" in m["Subject"]], [])
    with tap.point("harmless: a bounce opens no case and gets no answer"):
        cases = len(daemon.cases())
        bounce = compose("mailer-daemon@customer.test", r.SUPPORT, "Undelivered Mail Returned to Sender", "no such user")
        rig.send_lmtp(bounce.as_bytes(), "", r.SUPPORT)
        wait_for(lambda: state_of(daemon, bounce) not in (None, "kept"), 20, "its decision")
        same((state_of(daemon, bounce), len(daemon.cases())), ("auto-filed", cases))
    with tap.point("harmless: our own mail coming back"):
        own = next(m for m in rig.mailbox(r.ANN) if b"[Case #" in m)
        cases = len(daemon.cases())
        rig.send_lmtp(own, r.ANN, r.SUPPORT)
        wait_for(lambda: state_of(daemon, parse(own)) not in (None, "kept"), 20, "its decision")
        same(len(daemon.cases()), cases)
    with tap.point("the same mail again has one effect"):
        twice = compose(r.ANN, r.SUPPORT, "sent twice", "x")
        rig.send(r.ANN, twice)
        daemon.case_of("sent twice")
        rig.send(r.ANN, twice)
        wait_for(lambda: "duplicate" in states_of(daemon, twice), 20, "the second copy's decision")
        same(len([c for c in daemon.cases() if c["subject"] == "sent twice"]), 1)
    with tap.point("one that is read once more, as it is, takes no more room"):
        raw = b"From: ann@customer.test\r\nMessage-ID: <twice@customer.test>\r\nSubject: read twice\r\n\r\n" + b"The same again.\r\n" * 500
        for at, wanted in enumerate((["case"], ["case", "duplicate"])):
            daemon.ctl("ingest", "--mailbox", "support", "--received", f"2026-03-02T08:00:0{at}Z", stdin=raw)
            wait_for(lambda: sorted(states_of(daemon, parse(raw))) == wanted, 20, f"its decision: {wanted}")
        copy = daemon.dir / "twice.db"
        daemon.ctl("backup", copy)
        with contextlib.closing(sqlite3.connect(copy)) as db:
            same(db.execute("SELECT count(*), count(DISTINCT content) FROM mail WHERE subject = 'read twice'").fetchone(), (2, 1))


def states_of(daemon, mail):
    ident = str(mail["Message-ID"]).strip().strip("<>")
    return [m["state"] for m in daemon.json("mail", "list") if m["message_id"] == ident]


def state_of(daemon, mail):
    return next(iter(states_of(daemon, mail)), None)


def check_size(tap, rig, daemon):
    with tap.point("an attachment of 18 MB, just under the limit of 25 MB as mail, byte for byte"):
        data = padding(18 * MEGABYTE)
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "large", "x", attach=[("large.bin", "application/x-l", data)]))
        attachment = daemon.case_of("large", 60)["notes"][0]["attachments"][0]
        same((attachment["size"], attachment["sha256"]), (len(data), hashlib.sha256(data).hexdigest()))
        assert daemon.ctl_bytes("attachment", "get", attachment["id"]) == data
    with tap.point("a mail of 26 MB is quarantined, its sender told by a neutral mail, and the next proceeds"):
        large = compose(r.ANN, r.SUPPORT, "too large", "x", attach=[("l", "application/x-l", padding(19 * MEGABYTE))])
        rig.send(r.ANN, large)
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "after the large one", "x"))
        daemon.case_of("after the large one", 60)
        wait_for(lambda: state_of(daemon, large) == "quarantined", 30, "quarantine")
        told = rig.wait_mail(r.ANN, lambda m: "large" in str(m["Subject"]).lower() + body(m).lower()
                             and "[Case #" not in str(m["Subject"]), 20)
        same(len(daemon.json("quarantine", "list")), 1)


def main():
    tap = Tap()
    with running(accounts=ACCOUNTS) as (rig, daemon):
        check_content(tap, rig, daemon)
        check_hostile(tap, rig, daemon)
        check_machines(tap, rig, daemon)
        check_size(tap, rig, daemon)
        with tap.point("every mail has exactly one final state with a reason"):
            assert all(m["state"] != "kept" and m["reason"] for m in daemon.json("mail", "list"))
        with tap.point("gatewayctl check finds nothing wrong, and it ends in order"):
            daemon.ctl("check")
            same(daemon.stop(), 0)
    with running(lambda daemon: daemon.settings["limits"].update(mail_size="40MB")) as (rig, daemon):
        with tap.point("with a higher limit an attachment of 25 MB, byte for byte"):
            data = padding(25 * MEGABYTE)
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "larger", "x", attach=[("large.bin", "application/x-l", data)]))
            attachment = daemon.case_of("larger", 60)["notes"][0]["attachments"][0]
            assert daemon.ctl_bytes("attachment", "get", attachment["id"]) == data
    tap.done()


if __name__ == "__main__":
    main()
