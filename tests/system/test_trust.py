"""Attacks on who is answered and who may write, each on real servers."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse, reply
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

ACCOUNTS = [{"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"]},
            {"id": "partner", "name": "Partner AG", "package": "premium", "domains": ["partner.test"]}]
VERDICT = ("Authentication-Results", "mx.example.test; dmarc=pass header.from=example.test")


def settings(daemon):
    # The border check of the rig writes above the Received field of the MTA; Dovecot hands on behind it.
    daemon.settings["border_hosts"] = ["mx.example.test above", "mail.example.test inside"]
    daemon.settings["limits"].update(auto_unproven_hour=3, auto_unproven_day=10, auto_proven_hour=100)


class Desk:
    def __init__(self, rig, daemon):
        self.rig, self.daemon = rig, daemon

    def rows(self, mail):
        """What became of all copies of a mail, once each is decided."""
        wanted = str(mail["Message-ID"])[1:-1]
        rows = [m for m in self.daemon.json("mail", "list") if m["message_id"] == wanted]
        return rows if rows and all(m["state"] != "kept" for m in rows) else []

    def decided(self, mail, copies=1):
        return wait_for(lambda: len(self.rows(mail)) == copies and self.rows(mail), 30, "the decision on a mail")[0]

    def past_the_border(self, mail, sender, to=r.SUPPORT):
        """By a second way in, where no border check writes its word."""
        self.rig.send_lmtp(mail.as_bytes(), sender, to)
        return self.decided(mail)

    def open(self, user, subject):
        self.rig.send(user, compose(user, r.SUPPORT, subject, "It does not work."))
        case = self.daemon.case_of(subject)
        tag = f"[Case #{case['number']}]"
        notice = self.rig.wait_mail(r.SAM, lambda m: tag in str(m["Subject"]), what="the notice")
        confirmation = self.rig.wait_mail(user, lambda m: tag in str(m["Subject"]), what="the confirmation")
        return case["number"], notice, confirmation

    def notes(self, number, kind):
        return [n for n in self.daemon.case(number)["notes"] if n["kind"] == kind]

    def got(self, user, number, words):
        tag = f"[Case #{number}]"
        return [m for m in map(parse, self.rig.mailbox(user)) if tag in str(m["Subject"]) and words in body(m)]


def check_addressee(tap, desk):
    rig, daemon = desk.rig, desk.daemon
    with tap.point("From ann with Return-Path eve: a case, and nobody is written to, nor later"):
        eve, ann = rig.count(r.EVE), rig.count(r.ANN)
        desk.past_the_border(compose(r.ANN, r.SUPPORT, "Whose confirmation", "Let me in."), r.EVE)
        case = daemon.case_of("Whose confirmation")
        daemon.ctl("case", "assign", case["number"], "sam")
        assert "unreached" in daemon.ctl("case", "show", case["number"], "--full"), "the case does not say so"
        same([row for row in daemon.json("outbox", "list") if row["case"] == case["number"]
              and row["recipient"] in (r.EVE, r.ANN)], [])
        same((rig.count(r.EVE), rig.count(r.ANN)), (eve, ann))
    with tap.point("Reply-To eve: eve gets nothing"):
        mail = compose(r.ANN, r.SUPPORT, "Answer eve", "Let me in.", headers=[("Reply-To", r.EVE)])
        desk.past_the_border(mail, r.ANN)
        rig.wait_mail(r.ANN, lambda m: f"[Case #{daemon.case_of('Answer eve')['number']}]" in str(m["Subject"]))
        same(rig.count(r.EVE), eve)
    with tap.point("a gateway that strips all marks ends after three, its further mails are one case"):
        before = len(daemon.cases())
        for i in range(7):
            desk.past_the_border(compose("gate@loop.test", r.SUPPORT, f"Ticket {4711 + i} received", "Thank you."),
                                 "gate@loop.test")
        same(len(daemon.cases()) - before, 3)
        same(len([row for row in daemon.json("outbox", "list") if row["recipient"] == "gate@loop.test"]), 3)
    with tap.point("status with X-Auto-Response-Suppress is a note for people, and no answer"):
        number, _, confirmation = desk.open(r.ANN, "No loop")
        mail = reply(confirmation, r.ANN, "status")
        mail["X-Auto-Response-Suppress"] = "All"
        ann = rig.count(r.ANN)
        rig.send(r.ANN, mail)
        same(desk.decided(mail)["state"], "note")
        same(rig.count(r.ANN), ann)
        same(len(desk.notes(number, "inbound")), 2)


def check_writers(tap, desk):
    rig, daemon = desk.rig, desk.daemon
    number, notice, confirmation = desk.open(r.ANN, "Who may write")
    with tap.point("a token alone closes nothing and tells nothing"):
        for word in ("close", "status"):
            desk.past_the_border(reply(confirmation, r.ANN, word), r.ANN)
        same(daemon.case(number)["state"], "new")
        same(len([n for n in desk.notes(number, "inbound") if n["trust"] == "L1"]), 2)
    with tap.point("dmarc=fail with a token: a flagged note, no command"):
        mail = reply(confirmation, r.ANN, "close")
        rig.send_as_stranger(mail, r.ANN, r.SUPPORT if "+" not in str(mail["To"]) else str(mail["To"]))
        assert "suspect" in desk.decided(mail)["reason"], desk.decided(mail)
        same(daemon.case(number)["state"], "new")
    with tap.point("a staff token in eve's hands closes nothing, and its holder is told"):
        mail = reply(notice, r.EVE, "#close\nYours truly.")
        rig.send(r.EVE, mail)
        desk.decided(mail)
        same(daemon.case(number)["state"], "new")
        rig.wait_mail(r.SAM, lambda m: "NOT SENT" in str(m["Subject"]) or "NOT SENT" in body(m), what="the word of it")
        same(desk.got(r.ANN, number, "Yours truly"), [])
    with tap.point("a forged Authentication-Results where our border wrote none proves nobody"):
        mail = reply(notice, r.SAM, "#close\nForged words.")
        raw = f"{VERDICT[0]}: {VERDICT[1]}\r\n".encode() + mail.as_bytes()
        rig.send_lmtp(raw, r.SAM, r.SUPPORT)
        assert "L1" in desk.decided(mail)["reason"], desk.decided(mail)
        same((daemon.case(number)["state"], desk.got(r.ANN, number, "Forged words")), ("new", []))
    with tap.point("two people in From are nobody"):
        mail = compose(r.SAM, r.SUPPORT, f"Re: [Case #{number}] Who may write", "#close")
        mail.replace_header("From", f"{r.SAM}, {r.ANN}")
        desk.past_the_border(mail, r.SAM)
        same(daemon.case(number)["state"], "new")
    with tap.point("a delivery report by Message-ID alone is one line to the owner, without its words"):
        report = compose("mailer-daemon@elsewhere.test", r.SUPPORT, "Undelivered Mail Returned to Sender",
                         f"Final-Recipient: rfc822; {r.ANN}\nAction: failed\nStatus: 5.1.1\n\nPay 900 at once.\n\n"
                         f"--- Below is a copy\n\nMessage-ID: {confirmation['Message-ID']}\n")
        desk.past_the_border(report, "")
        same([m for m in desk.got(r.SAM, number, "Pay 900")], [])
        same(daemon.case(number)["state"], "new")


def check_copies(tap, desk):
    rig, daemon = desk.rig, desk.daemon
    number, notice, _ = desk.open(r.PAUL, "Two copies")
    with tap.point("an unproven copy that comes first does not swallow the proven answer"):
        mail = reply(notice, r.SAM, "We are on it.")
        desk.past_the_border(mail, r.SAM, r.EMERGING)
        same(desk.got(r.PAUL, number, "We are on it"), [])
        rig.send(r.SAM, mail)
        desk.decided(mail, 2)
        rig.wait_mail(r.PAUL, lambda m: "We are on it." in body(m), what="the answer")
    with tap.point("further copies, also with a list's footer, have no effect"):
        desk.rig.send_lmtp(mail.as_bytes(), r.SAM, r.EMERGING)
        desk.rig.send_lmtp(mail.as_bytes().rstrip() + b"\r\n\r\n" + b"_" * 47 + b"\r\nteam mailing list\r\n"
                           b"To unsubscribe write to team-leave@example.test\r\n", r.SAM, r.EMERGING)
        same([row["state"] for row in wait_for(lambda: len(desk.rows(mail)) == 4 and desk.rows(mail), 30,
                                               "all copies")].count("duplicate"), 2)
        same((len(desk.got(r.PAUL, number, "We are on it.")), len(desk.notes(number, "outbound"))), (1, 1))


def check_staff(tap, desk):
    rig, daemon = desk.rig, desk.daemon
    number, notice, _ = desk.open(r.LENA, "Flooded")
    with tap.point("a flood of spoofed staff mail is one note, and the case does not move"):
        at = daemon.case(number)["updated_at"]
        for i in range(12):
            desk.past_the_border(compose(r.SAM, r.SUPPORT, f"Re: [Case #{number}] Flooded", f"#close\nFlood {i}"), r.SAM)
        case = daemon.case(number)
        same((case["state"], len([n for n in case["notes"] if n["trust"] == "unverified"])), ("new", 1))
        same(case["updated_at"] >= at, True)
    with tap.point("#merge into another customer's case is held and lets nobody in"):
        other = daemon.case_of("Two copies")["number"]
        mail = reply(notice, r.SAM, f"#merge {other}")
        rig.send(r.SAM, mail)
        desk.decided(mail)
        rig.wait_mail(r.SAM, lambda m: "other account" in body(m), what="why it was not done")
        same(daemon.case(number)["state"], "new")
    with tap.point("what an import says in the name of staff is no answer in a living case"):
        box = daemon.dir / "past.mbox"
        forged = compose(r.SAM, r.SUPPORT, f"Re: [Case #{number}] Flooded", "Pay to this account.")
        box.write_bytes(b"From sam@example.test Mon Mar  4 08:00:00 2024\n"
                        + forged.as_bytes().replace(b"\r\n", b"\n") + b"\n")
        same(daemon.json("import", box)["new"], 1)
        desk.decided(forged)
        same((desk.notes(number, "outbound"), desk.got(r.LENA, number, "Pay to")), ([], []))


def main():
    tap = Tap()
    with running(settings, accounts=ACCOUNTS) as (rig, daemon):
        desk = Desk(rig, daemon)
        check_addressee(tap, desk)
        check_writers(tap, desk)
        check_copies(tap, desk)
        check_staff(tap, desk)
    tap.done()


if __name__ == "__main__":
    main()
