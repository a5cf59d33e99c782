"""The conversation: who gets into a case, and who is told what."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse, reply
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

ACCOUNTS = [{"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"]}]


def tagged(number):
    return lambda m: f"[Case #{number}]" in str(m["Subject"])


def notes(case, kind):
    return [n for n in case["notes"] if n["kind"] == kind]


def has_note(kind, text):
    return lambda case: any(text in n["text"] for n in notes(case, kind))


class Talk:
    """One case and the mails that were sent about it."""

    def __init__(self, rig, daemon, subject):
        self.rig, self.daemon = rig, daemon
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "It does not work.", name="Ann"))
        self.number = daemon.case_of(subject)["number"]
        self.confirmation = rig.wait_mail(r.ANN, tagged(self.number), what="the confirmation")
        self.notice = rig.wait_mail(r.SAM, tagged(self.number), what="the notice")

    def case(self):
        return self.daemon.case(self.number)

    def cases(self):
        return len(self.daemon.cases())


def check_customer(tap, talk):
    rig, daemon = talk.rig, talk.daemon
    with tap.point("the customer's reply to the confirmation is a note of that case, trusted L3"):
        rig.send(r.ANN, reply(talk.confirmation, r.ANN, "More about it."))
        case = daemon.wait_case(talk.number, has_note("inbound", "More about it."), what="the note")
        same((notes(case, "inbound")[1]["trust"], notes(case, "inbound")[1]["reply"].strip()), ("L3", "More about it."))
    with tap.point("a reply whose token was not issued to its From is a flagged note for staff, and learns nothing"):
        before = len(notes(talk.case(), "inbound")), talk.cases(), rig.count(r.EVE)
        rig.send(r.EVE, reply(talk.confirmation, r.EVE, "Let me in."))
        case = daemon.wait_case(talk.number, has_note("internal", "Let me in."), what="the flagged note")
        same(notes(case, "internal")[-1]["trust"], "outside")
        rig.wait_mail(r.SAM, lambda m: "is not in the conversation" in body(m), what="the notice of it")
        same((len(notes(case, "inbound")), talk.cases(), rig.count(r.EVE)), before)
    with tap.point("a subject tag alone opens a new case"):
        rig.send(r.EVE, compose(r.EVE, r.SUPPORT, f"Re: [Case #{talk.number}] tag alone", "Let me in."))
        wait_for(lambda: [c for c in daemon.cases() if "tag alone" in c["subject"] and c["number"] != talk.number],
                 20, "a new case")


def check_staff(tap, talk):
    rig, daemon = talk.rig, talk.daemon
    with tap.point("a staff reply goes to the customer under the owner's name, takes the case and stops the clock"):
        rig.send(r.SAM, reply(talk.notice, r.SAM, "We are on it."))
        case = daemon.wait_case(talk.number, has_note("outbound", "We are on it."), what="the reply")
        same((case["owner"], case["sla"]["state"]), ("sam", "met"))
        talk.answer = rig.wait_mail(r.ANN, lambda m: "We are on it." in body(m), what="the reply")
        assert "Sam" in talk.answer["From"] and r.SUPPORT in talk.answer["From"], talk.answer["From"]
        assert r.SAM not in talk.answer.as_string() and "Auto-Submitted" not in talk.answer, talk.answer
    with tap.point("#note stays inside and is answered by a transcript"):
        rig.send(r.SAM, reply(talk.notice, r.SAM, "#note Ask Bob.\nThe customer is nervous."))
        daemon.wait_case(talk.number, has_note("internal", "nervous"), what="the internal note")
        daemon.wait_case(talk.number, has_note("internal", "Ask Bob."), what="the words behind #note")
        assert not [m for m in map(parse, rig.mailbox(r.ANN)) if "nervous" in body(m) or "Ask Bob" in body(m)]
        rig.wait_mail(r.SAM, lambda m: tagged(talk.number)(m) and "note" in body(m).lower()
                      and m["Message-ID"] != talk.notice["Message-ID"], what="the transcript")
    with tap.point("#assign, #severity and #waiting do what they say"):
        rig.send(r.SAM, reply(talk.notice, r.SAM, "#assign tess\n#severity 2 more users see it\n#waiting"))
        daemon.wait_case(talk.number, lambda c: (c["owner"], c["severity"], c["state"]) == ("tess", 2, "waiting"),
                         what="the three changes")
    with tap.point("a mail under a staff address from the outside is only an unverified internal note"):
        outside = len(rig.mailbox(r.ANN))
        forged = reply(talk.notice, r.SAM, "Forged words.").as_bytes()
        rig.send_as_stranger(forged, r.SAM, parse(forged)["Reply-To"] or str(parse(forged)["To"]))
        def landed():
            return [m for m in daemon.json("mail", "list") if m["message_id"] == str(parse(forged)["Message-ID"])[1:-1]
                    and m["state"] != "kept"]
        wait_for(landed, 20, "its decision")
        assert not has_note("outbound", "Forged words.")(talk.case())
        same(len([m for m in map(parse, rig.mailbox(r.ANN)[outside:]) if "Forged" in body(m)]), 0)
    with tap.point("the customer's answer to the staff reply tells the owner"):
        rig.send(r.ANN, reply(talk.answer, r.ANN, "Thank you. It still fails in Tokyo."))
        rig.wait_mail(r.TESS, lambda m: "Thank you. It still fails in Tokyo." in body(m), what="the update")
        same(talk.case()["state"], "open")


def check_operator(tap, talk):
    daemon, rig = talk.daemon, talk.rig
    with tap.point("gatewayctl changes owner, severity and state, and adds notes, with events"):
        daemon.ctl("case", "assign", talk.number, "sam")
        daemon.ctl("case", "severity", talk.number, "1", "the whole site")
        daemon.ctl("case", "note", talk.number, "seen by the operator")
        daemon.ctl("case", "state", talk.number, "resolved")
        case = talk.case()
        same((case["owner"], case["severity"], case["state"]), ("sam", 1, "resolved"))
        assert has_note("internal", "seen by the operator")(case)
    with tap.point("a reply reopens a resolved case"):
        rig.send(r.ANN, reply(talk.answer, r.ANN, "Not solved after all."))
        daemon.wait_case(talk.number, lambda c: c["state"] == "open", what="open again")
    with tap.point("a machine's mail on the case is a note that reopens nothing"):
        daemon.ctl("case", "state", talk.number, "resolved")
        away = reply(talk.answer, r.ANN, "I am on holiday.")
        away["Auto-Submitted"] = "auto-replied"
        rig.send(r.ANN, away)
        daemon.wait_case(talk.number, lambda c: any("on holiday" in n["text"] for n in c["notes"]), what="the note")
        same(talk.case()["state"], "resolved")


def main():
    tap = Tap()
    with running(accounts=ACCOUNTS) as (rig, daemon):
        talk = Talk(rig, daemon, "It does not work")
        check_customer(tap, talk)
        check_staff(tap, talk)
        check_operator(tap, talk)
    tap.done()


if __name__ == "__main__":
    main()
