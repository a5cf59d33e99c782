"""Who is in the conversation of a case, and what staff get of a customer's mail: on real servers."""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse, reply
from tests.rig.process import wait_for
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


def kinds(daemon, number, address):
    """Of all mails of a case to that address; they are written with the change that they tell of."""
    return [row["kind"] for row in daemon.json("outbox", "list", "--case", number) if row["recipient"] == address]


def check_marks(tap, rig, daemon):
    with tap.point("a person's mail through a group is a case, told to staff, and no machine answers the group"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Through the group", "The group asks.",
                                headers=[("List-Id", "<help.customer.test>"), ("Precedence", "list")]))
        rig.wait_mail(r.SAM, says("The group asks."), what="the notice")
        same(kinds(daemon, daemon.case_of("Through the group")["number"], r.ANN), [])
    with tap.point("one mail to two addresses is one case, in the queue of the first, and the second copy does nothing"):
        rig.send(r.ANN, compose(r.ANN, f"{r.EMERGING}, {r.SUPPORT}", "To both of you", "Who knows?"))
        same(daemon.case_of("To both of you")["queue"], "emerging")
        wait_for(lambda: [m for m in daemon.json("mail", "list") if m["subject"] == "To both of you" and m["state"] == "duplicate"],
                 20, "the second copy")
        same(len([c for c in daemon.cases() if c["subject"] == "To both of you"]), 1)
    with tap.point("fifty alerts are one case, told once"):
        for n in range(50):
            alert = compose("mon@elsewhere.test", r.SUPPORT, f"PROBLEM: disk {n}% full on db{n}", f"At 08:{n:02}.",
                            headers=[("Auto-Submitted", "auto-generated")])
            rig.send_as_stranger(alert.as_bytes(), "mon@elsewhere.test", r.SUPPORT)
        wait_for(lambda: len([m for m in daemon.json("mail", "list", "--limit", "200")
                              if "% full on db" in m["subject"] and m["state"] in ("case", "note")]) == 50, 40, "fifty mails")
        case, = [c for c in daemon.cases() if "% full on db" in c["subject"]]
        same(kinds(daemon, case["number"], r.SAM), ["staff_new_case"])


def check_answers(tap, rig, daemon):
    with tap.point("an answer that comes back is void, its author is told, and #to sends it again"):
        gone = compose(r.GONE, r.SUPPORT, "I move house", "Which zone is mine?")
        rig.send_as_stranger(gone.as_bytes(), r.GONE, r.SUPPORT)
        notice = rig.wait_mail(r.SAM, says("Which zone is mine?"), what="the notice")
        number = daemon.case_of("I move house")["number"]
        rig.send(r.SAM, reply(notice, r.SAM, "Yours is zone nine."))
        told = rig.wait_mail(r.SAM, lambda m: "did not reach the customer" in str(m["Subject"]) and "It was your answer" in body(m),
                             40, "the word that it came back")
        same(daemon.case(number)["sla"]["state"], "running")
        rig.send(r.SAM, reply(told, r.SAM, f"#to {r.LENA}"))
        rig.wait_mail(r.LENA, says("Yours is zone nine."), what="the answer, at the other address")
        daemon.wait_case(number, lambda c: c["sla"]["state"] == "met", what="an answer that arrived")
    with tap.point("a mail that was moved into the mailbox has the clock of the day on which it was seen, and says so"):
        old = time.time() - 3 * 86400
        rig.append(r.SUPPORT, compose(r.ANN, r.SUPPORT, "Found elsewhere", "It lay there.").as_bytes(), date=old)
        number = daemon.case_of("Found elsewhere")["number"]
        assert "moved into the mailbox" in daemon.ctl("sla", "explain", number)
    with tap.point("simulate tells the case, its deadline and each mail with its text, and does nothing"):
        before = [c["number"] for c in daemon.cases()]
        mail = compose(r.ANN, r.SUPPORT, "What if", "A question.")
        vouched = f"Authentication-Results: mx.example.test; dmarc=pass header.from=customer.test\r\n{mail.as_string()}"
        told = json.loads(daemon.ctl("simulate", "-", "--json", stdin=vouched.encode()))
        same({m["template"] for m in told["mails"]}, {"confirmation", "staff_new_case"})
        assert all("A question." in m["text"] for m in told["mails"] if m["template"] == "staff_new_case"), told
        same([c["number"] for c in daemon.cases()], before)


def main():
    tap = Tap()
    with running(accounts=ACCOUNTS) as (rig, daemon):
        check_colleague(tap, rig, daemon)
        check_requester(tap, rig, daemon)
        check_marks(tap, rig, daemon)
        check_answers(tap, rig, daemon)
    tap.done()


if __name__ == "__main__":
    main()
