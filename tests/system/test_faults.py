"""Faults: servers that fail, a daemon that is killed, and mail servers that cannot do everything."""
import collections
import contextlib
import os
import pathlib
import re
import shutil
import signal
import smtplib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fakes import FakeSmtp
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import apart, compose, parse
from tests.rig.process import asleep, unread, wait_for
from tests.rig.tap import Tap, same

SECOND, THIRD = "second@example.test", "third@example.test"
OLD_CAPABILITY = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID LITERAL+ UIDPLUS AUTH=PLAIN"
BATCH = 30
KILLS, LANES = 3, 2
RESTS = 4           # looks in a row at which nothing moves


def rows(daemon, recipient):
    return [o for o in daemon.json("outbox", "list", "--limit", 1000) if o["recipient"] == recipient]


def confirmations(rig, user):
    return [m for m in map(parse, rig.mailbox(user)) if "[Case #" in str(m["Subject"])]


def send_failures(tap):
    """Every way an SMTP server can say no, by recipient, on one server."""
    fake = FakeSmtp({("RCPT", r.PAUL): "550 5.1.1 no such user", ("RCPT", r.LENA): "451 4.3.0 later",
                     ("DOT", r.EVE): "554 5.7.1 not this"})

    def change(daemon):
        daemon.rig.add(fake)
        daemon.settings["smtp"] = {"host": "localhost", "port": fake.port, "tls": "none", "auth": "none",
                                   "retry_min": "1s", "retry_max": "1s", "command_timeout": "10s"}

    with running(change) as (rig, daemon):
        for user in (r.PAUL, r.LENA, r.EVE, r.ANN):
            rig.send(user, compose(user, r.SUPPORT, f"from {user}", "x"))
            daemon.case_of(f"from {user}")
        with tap.point("a recipient that is accepted is sent"):
            wait_for(lambda: [o["state"] for o in rows(daemon, r.ANN)] == ["sent"], 20, "sent")
        with tap.point("5xx at RCPT: failed, with the server's words, at the first attempt"):
            row = wait_for(lambda: [o for o in rows(daemon, r.PAUL) if o["state"] == "failed"], 20, "failed")[0]
            same((row["attempts"], row["last_code"]), (1, 550))
            assert "no such user" in row["last_text"], row
        with tap.point("5xx after the dot: failed"):
            same(wait_for(lambda: [o["last_code"] for o in rows(daemon, r.EVE) if o["state"] == "failed"], 20, "failed"),
                 [554])
        with tap.point("4xx: queued, tried again, and sent when the server will"):
            wait_for(lambda: [o for o in rows(daemon, r.LENA) if o["attempts"] >= 2 and o["last_code"] == 451], 20,
                     "a second attempt")
            fake.answers.pop(("RCPT", r.LENA))
            wait_for(lambda: rows(daemon, r.LENA)[0]["state"] == "sent", 20, "sent")
        with tap.point("a server that hangs: a timeout is an attempt that failed for now, others go on"):
            fake.answers[("RCPT", r.PAUL)] = None
            rig.send(r.PAUL, compose(r.PAUL, r.SUPPORT, "hangs", "x"))
            daemon.case_of("hangs")
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "does not hang", "x"))
            daemon.case_of("does not hang")
            wait_for(lambda: len([o for o in rows(daemon, r.ANN) if o["state"] == "sent"]) == 2, 20, "the other")
            wait_for(lambda: [o for o in rows(daemon, r.PAUL) if o["state"] == "queued" and o["attempts"]], 20, "its retry")
        with tap.point("each mail had CRLF line ends and lines of at most 998 bytes"):
            for _, mail in fake.taken:
                assert mail.replace(b"\r\n", b"").count(b"\n") == 0 and max(map(len, mail.split(b"\r\n"))) <= 998


def taken(rig, mail, user, server):
    """Sent as an MTA does it: what the server cannot take now (4xx) is tried again."""
    try:
        rig.send_lmtp(mail, r.ANN, user, server)
    except smtplib.SMTPResponseException as e:
        if e.smtp_code >= 500:
            raise
        return False
    except smtplib.SMTPRecipientsRefused as e:
        if any(code >= 500 for code, _ in e.recipients.values()):
            raise
        return False
    return True


def several_servers(tap):
    """Mailboxes on three servers: a usual one, one without MOVE and IDLE, one that goes away."""
    extra = {}

    def change(daemon):
        rig = daemon.rig
        extra["old"] = rig.add_dovecot("old", {SECOND: "pw2"}, extra=f"imap_capability = {OLD_CAPABILITY}")
        extra["away"] = rig.add_dovecot("away", {THIRD: "pw3"})
        boxes = daemon.settings["mailboxes"]
        boxes["old"] = daemon.mailbox(SECOND, "technical", extra["old"], tls="starttls")
        boxes["away"] = daemon.mailbox(THIRD, "technical", extra["away"])
        boxes["away"].update(connect_timeout="2s", command_timeout="3s")

    with running(change) as (rig, daemon):
        def mail_into(server, user, subject):
            mail = compose(r.ANN, user, subject, "x")
            wait_for(lambda: taken(rig, mail, user, server), 10, "the server to take a mail")
            return mail
        with tap.point("several mailboxes on several servers at once"):
            for server, user in ((rig.dovecot, r.SUPPORT), (extra["old"], SECOND), (extra["away"], THIRD)):
                mail_into(server, user, f"into {user}")
            for user in (r.SUPPORT, SECOND, THIRD):
                daemon.case_of(f"into {user}")
        with tap.point("a server without MOVE: the mail ends in the processed folder, and only there"):
            wait_for(lambda: (rig.count(SECOND, server=extra["old"]),
                              rig.count(SECOND, "Processed", server=extra["old"])) == (0, 1), 20, "the move")
        with tap.point("one server stops: the others go on"):
            extra["away"].stop()
            mail_into(rig.dovecot, r.SUPPORT, "while one is away")
            daemon.case_of("while one is away")
        with tap.point("and it is found again when it is back"):
            extra["away"].start()
            mail_into(extra["away"], THIRD, "back again")
            daemon.case_of("back again", 40)
        with tap.point("one that is away at the start delays its own mailbox only"):
            extra["away"].stop()
            same(daemon.stop(), 0)
            daemon.start()
            mail_into(rig.dovecot, r.SUPPORT, "away at the start")
            daemon.case_of("away at the start")
            extra["away"].start()
            mail_into(extra["away"], THIRD, "there after the start")
            daemon.case_of("there after the start", 40)
        with tap.point("a new UIDVALIDITY makes no mail again, and loses none"):
            extra["old"].stop()
            maildir = extra["old"].maildir(SECOND)
            for path in [*maildir.glob("dovecot*"), *maildir.glob(".Processed/dovecot*")]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            processed = next(iter([*maildir.glob(".Processed/cur/*"), *maildir.glob(".Processed/new/*")]))
            processed.rename(maildir / "new" / processed.name.split(":")[0])
            extra["old"].start()
            before = len(daemon.cases())
            mail_into(extra["old"], SECOND, "after the change")
            daemon.case_of("after the change", 40)
            wait_for(lambda: rig.count(SECOND, server=extra["old"]) == 0, 20, "the old mail to move on again")
            same(len(daemon.cases()), before + 1)
        with tap.point("a mail that a person moves back to the inbox is seen and has no second effect"):
            client = rig.imap(r.SUPPORT)
            client.select("Processed")
            before = len(daemon.cases())
            client.uid("MOVE", "1:*", "INBOX")
            client.logout()
            wait_for(lambda: rig.count(r.SUPPORT) == 0, 20, "the mails to move on again")
            same(len(daemon.cases()), before)


def batch(rig, daemon, name, end):
    """
    end() takes the daemon down and up while a batch is on its way; then each mail is a case once, and told once.  What the server took, and
    a sender that was killed had not read its word of, goes once more, with the same Message-ID: the next core says which those are.
    """
    said = len(daemon.log_text())
    mails = [compose(r.ANN, r.SUPPORT, f"{name} {apart(i)}", "x") for i in range(BATCH)]
    before = rig.count(r.ANN)
    sending = threading.Thread(target=rig.send_many, args=(r.ANN, mails))
    sending.start()
    wait_for(lambda: rig.count(r.ANN) >= before + BATCH // 5, 20, "the first confirmations")
    end()
    sending.join()
    subjects, sent = {m["Subject"] for m in mails}, {m["Message-ID"] for m in mails}

    def answered():
        return [(m["In-Reply-To"], m["Message-ID"].strip("<>")) for m in confirmations(rig, r.ANN) if m["In-Reply-To"] in sent]
    wait_for(lambda: len(set(answered())) == BATCH, 40, "all confirmations")
    wait_for(lambda: not rig.postfix.queue(), 10, "an empty mail queue")
    wait_for(lambda: not any(o["state"] in ("queued", "sending") for o in rows(daemon, r.ANN)), 40, "none to be left")
    same(sorted(c["subject"] for c in daemon.cases() if c["subject"] in subjects), sorted(subjects))
    same(len({to for to, _ in answered()}), len(set(answered())), "a mail with another Message-ID")
    unsure = set(re.findall(r"event=outbox\.requeued row=(\d+) ", daemon.log_text()[said:]))
    unsure = {o["message_id"] for o in rows(daemon, r.ANN) if str(o["id"]) in unsure}
    same([m for m, times in collections.Counter(m for _, m in answered()).items() if times > 1 + (m in unsure)], [], "confirmations")


def killed(tap):
    """SIGKILL, to the parent and to each role in turn."""
    with running() as (rig, daemon):
        def kill_and_start():
            daemon.kill9()
            daemon.start()

        def kill_and_start_at_once():
            os.kill(daemon.process.pid, signal.SIGKILL)
            daemon.process.popen.wait()
            daemon.start()

        def stop_and_start():
            same(daemon.stop(), 0)
            daemon.start()
        for name, end in (("Killed", kill_and_start), ("Killed, roles still there", kill_and_start_at_once),
                          ("Stopped", stop_and_start)):
            with tap.point(f"{name} in the middle of {BATCH} mails: each a case once, each confirmed once"):
                batch(rig, daemon, name, end)
        with tap.point("a role that is killed is started again, and mail goes on"):
            for number, pid in enumerate(daemon.roles()):
                with contextlib.suppress(ProcessLookupError):       # the core may have taken it along
                    os.kill(pid, signal.SIGKILL)
                rig.send(r.ANN, compose(r.ANN, r.SUPPORT, f"role {apart(number)}", "x"))
                daemon.case_of(f"role {apart(number)}", 30)
        with tap.point("what came and what was kept is counted over all kills"):
            box = next(b for b in daemon.json("status")["mailboxes"] if b["name"] == "support")
            same((box["seen"], box["kept"]), (3 * BATCH + number + 1,) * 2, box)
        with tap.point("nothing wrong is left in the store"):
            daemon.ctl("check")


def kill_core(daemon):
    os.kill(daemon.role("core"), signal.SIGKILL)


def kill_sender(daemon):
    os.kill(daemon.role("sender"), signal.SIGKILL)
    os.kill(daemon.role("core"), signal.SIGCONT)


def kill_core_and_sender(daemon):
    for pid in [daemon.role(name) for name in ("core", "sender")]:
        with contextlib.suppress(ProcessLookupError):       # a sender ends when core has gone
            os.kill(pid, signal.SIGKILL)


def kill_daemon(daemon):
    kill_core_and_sender(daemon)
    daemon.kill9()
    daemon.start()


ENDS = (("core", kill_core), ("the sender", kill_sender), ("core and the sender", kill_core_and_sender), ("the daemon", kill_daemon))


def at_rest(daemon, fake):
    """Whether the server has answered what it was sent, and the sender has read it."""
    return (len(fake.taken) == len(fake.replied) and not unread(fake.port) and asleep(daemon.role("sender")) and asleep(os.getpid())
            and not unread(fake.port))


def send_without_core(daemon, fake):
    """Core stands still while the sender sends as much as it may: nobody writes down what the server said."""
    wait_for(lambda: fake.at_gate and daemon.role("core") and daemon.role("sender"), 60, "a mail that is being sent")
    os.kill(daemon.role("core"), signal.SIGSTOP)
    before, looks = len(fake.taken), []
    fake.gate.set()
    wait_for(lambda: len(fake.taken) > before, 20, "it to be sent")

    def rests():
        looks.append(at_rest(daemon, fake) and len(fake.taken))
        return len(looks) >= RESTS and looks[-1] and looks[-RESTS:] == looks[-1:] * RESTS
    wait_for(rests, 60, "the sender to be at rest", poll_s=0.1)
    fake.gate.clear()


def report_of(row):
    """What a mail server says of a mail that it had taken, and could not deliver."""
    return (f"From: mailer-daemon@example.test\r\nTo: {row['sender']}\r\nSubject: Undelivered Mail\r\n"
            f"Message-ID: <report-{row['id']}@example.test>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; example.test\r\n\r\nFinal-Recipient: rfc822; {row['recipient']}\r\nAction: failed\r\n"
            "Status: 5.2.2\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Message-ID: <{row['message_id']}>\r\n\r\n--b--\r\n").encode()


def came_back(rig, daemon, fake):
    """Each one that is sent comes back, and a person lets it go once more: whatever is known of it, it goes."""
    before = len(fake.taken)
    sent = rows(daemon, r.ANN)
    for row in sent:
        rig.send_lmtp(report_of(row), "", row["sender"])
    wait_for(lambda: {o["state"] for o in rows(daemon, r.ANN)} == {"bounced"}, 60, "all to have come back")
    for row in sent:
        daemon.ctl("outbox", "retry", str(row["id"]))
    wait_for(lambda: {o["state"] for o in rows(daemon, r.ANN)} == {"sent"}, 60, "all to be sent again")
    same(sorted(parse(mail)["Message-ID"].strip("<>") for to, mail in fake.taken[before:] if to == r.ANN),
         sorted(row["message_id"] for row in sent), "what went once more")


def sent_not_written(tap):
    """What dies when a server has taken mails, and that is not written down."""
    def change(daemon):
        daemon.rig.add(fake)
        daemon.settings["smtp"] = {"host": "localhost", "port": fake.port, "tls": "none", "auth": "none",
                                   "retry_min": "1s", "retry_max": "1s", "concurrency": LANES}

    for name, end in ENDS:
        fake = FakeSmtp()
        with running(change) as (rig, daemon), tap.point(f"{name} killed {KILLS} times before it is written down what was sent: "
                                                         "none goes twice"):
            fake.gate.clear()
            rig.send_many(r.ANN, [compose(r.ANN, r.SUPPORT, f"twice {apart(i)}", "x") for i in range(BATCH)])
            for _ in range(KILLS):
                send_without_core(daemon, fake)
                end(daemon)
            fake.gate.set()
            wait_for(lambda: daemon.ctl_run("outbox", "list", "--json")[1].returncode == 0, 20, "an answer of core")
            wait_for(lambda: len({o["state"] for o in daemon.json("outbox", "list", "--limit", 1000)} | {"sent"}) == 1
                     and len(daemon.cases()) == BATCH, 60, "all to be sent")
            ids = sorted(parse(mail)["Message-ID"] for _, mail in fake.taken)
            same(ids, sorted(set(ids)), "Message-IDs")
            told = [o for o in daemon.json("outbox", "list", "--limit", 1000) if "taken before" in o["last_text"]]
            assert told or end == kill_sender, "nothing had been sent and not written down"
            with tap.point("what came back, and is let go again, is sent again"):
                came_back(rig, daemon, fake)


def slow_start(tap):
    """A store that takes its time to open, as a large one does whose tables an upgrade changes."""
    def change(daemon):
        daemon.program = BUILD / "tests/traps/gatewayd"
        daemon.settings["limits"]["role_silence"] = "3s"    # a busy machine may not let it run for one

    with running(change) as (_, daemon), tap.point("a store that opens slowly is waited for: core is not taken for hung, and the "
                                                   "manager gives it more time"):
        trap = pathlib.Path(daemon.settings["store"] + "-trap")
        daemon.stop()
        before = len(daemon.log_text())
        trap.write_text("read 800")
        daemon.start(ready=False)
        daemon.wait_notice("EXTEND_TIMEOUT_USEC=60000000", 60)
        trap.unlink()
        daemon.wait_notice("READY=1", 60)
        assert "event=role.hangs role=core" not in daemon.log_text()[before:], daemon.tail()


def main():
    tap = Tap()
    slow_start(tap)
    sent_not_written(tap)
    send_failures(tap)
    several_servers(tap)
    killed(tap)
    tap.done()


if __name__ == "__main__":
    main()
