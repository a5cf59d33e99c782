"""Who is in the conversation of a case, and what staff get of a customer's mail: on real servers."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse, reply
from tests.rig.tap import Tap, same

ACCOUNTS = [{"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"],
             "contacts": [{"address": r.PAUL, "name": "Paul"}]}]


def has_note(text):
    return lambda case: any(text in n["text"] for n in case["notes"])


def says(*texts):
    return lambda m: all(t in body(m) for t in texts)


def files(mail):
    return sorted(str(p.get_filename()) for p in mail.iter_attachments())


def check_colleague(tap, rig, daemon):
    mail = compose(r.ANN, r.SUPPORT, "Purge fails", "Since noon.", name="Ann", headers=[("Cc", f"{r.PAUL}, {r.EVE}")],
                   attach=[("zone.log", "text/plain", b"purge: 503\n"), ("fix.html", "text/html", b"<p>Click</p>")])
    rig.send(r.ANN, mail, to=[r.SUPPORT])
    number = daemon.case_of("Purge fails")["number"]
    with tap.point("a notice carries the customer's files; one that runs is named, with the command that sends it"):
        notice = rig.wait_mail(r.SAM, says("Since noon."), what="the notice")
        same(files(notice), ["zone.log"])
        assert "fix.html" in body(notice) and "#file 2" in body(notice), body(notice)
    with tap.point("it says who is in the conversation, and who of Cc is not"):
        assert f"In the conversation: {r.PAUL}" in body(notice) and f"{r.EVE} (#cc ADDRESS)" in body(notice), body(notice)
    with tap.point("#file and #original send staff what they ask for, and nothing to the customer"):
        rig.wait_mail(r.ANN, lambda m: "[Case #" in str(m["Subject"]), what="the confirmation")
        before = rig.count(r.ANN)
        rig.send(r.SAM, reply(notice, r.SAM, "#file 2\n#original"))
        got = rig.wait_mail(r.SAM, lambda m: len(files(m)) == 2, what="the transcript")
        assert "fix.html" in files(got) and any(name.endswith(".eml") for name in files(got)), files(got)
        same(rig.count(r.ANN), before)
    with tap.point("an answer goes to a colleague in Cc as a mail of their own, and says to whom else"):
        rig.send(r.SAM, reply(notice, r.SAM, "Which zone is it?"))
        ours = rig.wait_mail(r.PAUL, says("Which zone"), what="the answer to Paul")
        theirs = rig.wait_mail(r.ANN, says("Which zone"), what="the answer to Ann")
        assert f"Also sent to: {r.ANN}" in body(ours) and f"Also sent to: {r.PAUL}" in body(theirs), body(ours)
        assert ours["Reply-To"] != theirs["Reply-To"] and r.PAUL in ours["To"] and r.ANN not in ours["To"], ours["To"]
        assert not [m for m in map(parse, rig.mailbox(r.EVE)) if "Which zone" in body(m)]
    with tap.point("what the colleague answers is a note, and goes to who was not in its To"):
        rig.send(r.PAUL, reply(ours, r.PAUL, "It is zone seven."))
        case = daemon.wait_case(number, has_note("It is zone seven."), what="the note")
        same((case["notes"][-1]["trust"], len(daemon.cases())), ("L3", 1))
        rig.wait_mail(r.ANN, says("It is zone seven."), what="Paul's word to Ann")
    with tap.point("#cc brings somebody in, whom nobody else is told of"):
        rig.send(r.SAM, reply(notice, r.SAM, f"#cc {r.EVE}\nIt is mended."))
        rig.wait_mail(r.EVE, says("It is mended."), what="the answer to Eve")
        told = rig.wait_mail(r.ANN, says("It is mended."), what="the answer to Ann")
        assert r.EVE not in told.as_string(), told


def check_requester(tap, rig, daemon):
    with tap.point("a customer's mail that staff pass on is the customer's case, their own words stay inside"):
        text = (f"He is difficult.\n\n---------- Forwarded message ---------\nFrom: Lena <{r.LENA}>\n"
                f"Date: Mon, 23 Feb 2026 at 10:00\nSubject: Invoice of May\nTo: <{r.SAM}>\n\nThe invoice is wrong.\n")
        rig.send(r.SAM, compose(r.SAM, r.SUPPORT, "Fwd: Invoice of May", text))
        case = daemon.case_of("Fwd: Invoice of May")
        case = daemon.case(case["number"])
        same(case["requester"]["address"], r.LENA)
        same([n["kind"] for n in case["notes"]], ["inbound", "internal"])
        assert "difficult" not in case["notes"][0]["reply"] and "difficult" in case["notes"][1]["text"], case["notes"]
    with tap.point("an answer to a requester whom nobody reads is held, until #from names one"):
        robot = compose("no-reply@elsewhere.test", r.SUPPORT, "From a form", "Please call me.")
        rig.send_as_stranger(robot.as_bytes(), "no-reply@elsewhere.test", r.SUPPORT)
        number = daemon.case_of("From a form")["number"]
        notice = rig.wait_mail(r.SAM, says("Please call me.", "reach nobody"), what="the notice")
        rig.send(r.SAM, reply(notice, r.SAM, "We will call."))
        rig.wait_mail(r.SAM, says("NOT SENT", "no address that a person reads"), what="the transcript")
        rig.send(r.SAM, reply(notice, r.SAM, f"#from {r.LENA}\nWe will call you."))
        rig.wait_mail(r.LENA, says("We will call you."), what="the answer")
        same(daemon.case(number)["requester"]["address"], r.LENA)


def main():
    tap = Tap()
    with running(accounts=ACCOUNTS) as (rig, daemon):
        check_colleague(tap, rig, daemon)
        check_requester(tap, rig, daemon)
    tap.done()


if __name__ == "__main__":
    main()
