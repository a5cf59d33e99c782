"""The story that the demo tells, chapter by chapter, each step checked."""
import re
import textwrap
import threading
import time
import urllib.parse

from tests.rig import rig as r
from tests.rig.mail import apart, body, compose, padding, parse, pdf, png, reply
from tests.rig.process import wait_for

BATCH = 50
ALERTS = 100
MONITOR = "monitor@customer.test"
REPORT_NAME = "障害報告書 2024年.pdf"
SCREEN_NAME = "screen shot.png"
LOG_NAME = "журнал.log"

BOB = "bob@customer.test"
USERS = r.USERS + (BOB,)

ACCOUNTS = [
    {"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"],
     "contacts": [{"address": r.ANN, "name": "Ann Example", "company": True}]},
    {"id": "partner", "name": "Partner Ltd", "package": "standard", "domains": ["partner.test"],
     "contacts": [{"address": r.PAUL, "name": "Paul Partner"}]},
    {"id": "contract", "name": "Contract Inc", "package": "standard", "domains": ["contract.test"],
     "contacts": [{"address": r.LENA, "name": "Lena Contract"}],
     "contracts": [{"kind": "technical", "severity": 3, "target": "5s"}]},
]


class Story:
    def __init__(self, rig, daemon):
        self.rig, self.daemon = rig, daemon
        self.failures = 0
        self.began = time.monotonic()
        self.chapter_number = 0

    # the voice

    def chapter(self, title):
        self.chapter_number += 1
        print(f"\n== {self.chapter_number}. {title}", flush=True)

    def say(self, text):
        print(f"   {time.monotonic() - self.began:5.1f} s  {text}", flush=True)

    def check(self, what, holds, seen=None):
        self.failures += not holds
        print(f"            {'ok  ' if holds else 'FAIL'} {what}" + ("" if holds or seen is None else f": {seen!r}"),
              flush=True)

    def show(self, *args):
        """A command a person would type, and its table."""
        print(f"\n   $ gatewayctl {' '.join(map(str, args))}")
        print(textwrap.indent(self.daemon.ctl(*args).rstrip(), "   ") + "\n", flush=True)

    def show_mail(self, mail, lines=30):
        shown = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "Auto-Submitted") if mail[name]]
        text = body(mail).rstrip().splitlines()
        shown += [""] + text[:lines] + [f"({len(text) - lines} more lines)"] * (len(text) > lines)
        print(textwrap.indent("\n".join(shown), "      | ", lambda _line: True) + "\n", flush=True)

    # the story

    def tell(self):
        for chapter in (self.set_up, self.customer_writes, self.partner_writes, self.staff_answer,
                        self.customer_answers, self.people, self.by_mail, self.deadline_passes, self.alert_storm, self.crash):
            try:
                chapter()
            except Exception as e:      # the other chapters still tell something
                self.failures += 1
                print(f"            FAIL {type(e).__name__}: {e}", flush=True)
        self.show("outbox", "list", "--limit", 12)
        took = time.monotonic() - self.began
        print(f"\n{'Every step came out as told' if not self.failures else f'{self.failures} STEPS FAILED'},"
              f" in {took:.0f} s.", flush=True)

    def set_up(self):
        self.chapter("A support organisation: two support addresses, two staff, three customers")
        self.say(f"Dovecot: IMAP {self.rig.dovecot.imap}, IMAPS {self.rig.dovecot.imaps}; "
                 f"Postfix: submission {self.rig.postfix.submission}")
        self.daemon.start()
        self.say(f"gatewayd runs, process {self.daemon.process.pid} with {len(self.daemon.roles())} roles")
        self.daemon.import_accounts(ACCOUNTS)
        self.show("account", "list")
        self.show("status")

    def customer_writes(self):
        self.chapter("A customer writes: URGENT, severity 1, with a PDF, a PNG and a Japanese file name")
        self.files = [(REPORT_NAME, "application/pdf", pdf("Fault report")), (SCREEN_NAME, "image/png", png())]
        self.first = compose(r.ANN, r.SUPPORT, "URGENT: the site is down in Tokyo",
                             "Hello,\n\nURGENT, severity 1: since 10:00 nothing loads for our users in Tokyo.\n"
                             "The report and a picture are attached.\n\nAnn", name="Ann Example", attach=self.files)
        self.rig.send(r.ANN, self.first)
        self.say(f"{r.ANN} has sent it to {r.SUPPORT}")
        case = self.daemon.case_of("URGENT: the site is down in Tokyo")
        self.number = case["number"]
        self.check("a case in queue technical", case["queue"] == "technical", case["queue"])
        self.check("mail is severity 3, whatever it says", case["severity"] == 3, case["severity"])
        self.check("the wish is kept as severity_requested 1", case["severity_requested"] == 1,
                   case["severity_requested"])
        self.check("the account was found", case["account"] == "customer", case["account"])
        self.check_files(case["notes"][0]["attachments"], self.files)
        mail = self.rig.wait_mail(r.ANN, lambda m: "[Case #" in str(m["Subject"]), what="the confirmation")
        self.say(f"{r.ANN} has the confirmation")
        self.check("its subject has the case's tag", f"[Case #{self.number}]" in mail["Subject"], mail["Subject"])
        self.check("it is threaded under the mail", mail["In-Reply-To"] == self.first["Message-ID"],
                   mail["In-Reply-To"])
        self.check("it is marked as automatic", mail["Auto-Submitted"] == "auto-replied", mail["Auto-Submitted"])
        self.check("it is text and HTML", bool(mail.get_body(("html",)) and body(mail)))
        self.check("it tells the phone for what is urgent", "5550100" in body(mail))
        self.show_mail(mail)
        self.show("case", "list")
        self.show("case", "show", self.number)

    def check_files(self, attachments, files):
        self.check("the files' names arrived whole", [a["filename"] for a in attachments] == [f[0] for f in files],
                   [a["filename"] for a in attachments])
        got = [self.daemon.ctl_bytes("attachment", "get", a["id"]) for a in attachments]
        self.check("the files arrived byte for byte", got == [f[2] for f in files])

    def partner_writes(self):
        self.chapter("A partner writes to the emerging products' address")
        self.rig.send(r.PAUL, compose(r.PAUL, r.EMERGING, "Preview does not start",
                                      "The preview build stops at once on our test bench.\n\nPaul", name="Paul Partner"))
        case = self.daemon.case_of("Preview does not start")
        self.check("a case in queue emerging", case["queue"] == "emerging", case["queue"])
        self.check("severity 3 of the four-level scale", case["severity"] == 3, case["severity"])
        self.check('which is called "moderate"', case["severity_label"] == "moderate", case["severity_label"])
        self.check("no clock runs: no contract sets one", case["sla"]["state"] == "none", case["sla"])
        self.rig.wait_mail(r.PAUL, lambda m: f"[Case #{case['number']}]" in m["Subject"], what="the confirmation")
        self.say(f"{r.PAUL} has the confirmation")
        self.show("case", "list")

    @staticmethod
    def tapped(notice, verb):
        """The mail that a phone makes of a link in the notice."""
        link = next(word for word in body(notice).split() if word.startswith("mailto:") and f"body=%23{verb}" in word)
        address, _, query = link.removeprefix("mailto:").partition("?")
        said = dict(urllib.parse.parse_qsl(query))
        return compose(r.SAM, address, said["subject"], said["body"] + "\n\nSent from my iPhone", name="Sam Sample")

    def staff_answer(self):
        self.chapter("Staff get the notice; Sam replies from his mail client")
        tag = f"[Case #{self.number}]"
        notice = self.rig.wait_mail(r.SAM, lambda m: tag in str(m["Subject"]), what="the notice")
        self.rig.wait_mail(r.TESS, lambda m: tag in str(m["Subject"]), what="the notice")
        self.say("Sam and Tess have the notice")
        self.show_mail(notice)
        self.rig.send(r.SAM, self.tapped(notice, "take"))
        self.daemon.wait_case(self.number, lambda c: c["owner"] == "sam", what="an owner")
        self.say("Sam has tapped Take on his phone, and owns the case")
        self.rig.send(r.SAM, reply(notice, r.SAM, "Hello Ann,\n\nwe see it too and have moved Tokyo to another "
                                   "region.\nDoes it load now?\n\nSam", name="Sam Sample"))
        self.say("Sam has replied")
        case = self.daemon.wait_case(self.number, lambda c: c["sla"]["state"] == "met", what="the clock to stop")
        self.check("Sam has become the owner", case["owner"] == "sam", case["owner"])
        self.check("the initial-response clock has stopped", bool(case["sla"]["responded_at"]), case["sla"])
        self.answer = self.rig.wait_mail(r.ANN, lambda m: "another region" in body(m).replace("\n", " "),
                                         what="Sam's reply")
        self.say(f"{r.ANN} has the reply")
        self.check("it comes from the support address under Sam's name",
                   r.SUPPORT in str(self.answer["From"]) and "Sam" in str(self.answer["From"]), self.answer["From"])
        self.check("it shows nothing of Sam's own address", r.SAM not in self.answer.as_string())
        self.show_mail(self.answer)
        self.rig.send(r.TESS, reply(self.rig.wait_mail(r.TESS, lambda m: tag in str(m["Subject"])), r.TESS,
                                    "Please restart the browser.", name="Tess"))
        held = self.rig.wait_mail(r.TESS, lambda m: "NOT SENT" in str(m["Subject"]), what="why Tess' answer is held")
        self.say("Tess answered the same notice a moment later: held")
        self.check("she reads what Sam answered", "Sam Sample answered" in body(held) and "another region" in body(held))
        self.check("the customer has one answer", not [m for m in map(parse, self.rig.mailbox(r.ANN))
                                                       if "restart the browser" in body(m)])

    def customer_answers(self):
        self.chapter("The customer answers that reply, with one more file")
        files = [(LOG_NAME, "application/octet-stream", padding(20000))]
        before = len(self.daemon.cases())
        self.rig.send(r.ANN, reply(self.answer, r.ANN, "Yes, it loads.  The log you will want is attached.\n\nAnn",
                                   attach=files, name="Ann Example"))
        def arrived(case):
            return any(n["kind"] == "inbound" and n["attachments"] for n in case["notes"][1:])
        case = self.daemon.wait_case(self.number, arrived, what="the note")
        note = next(n for n in case["notes"][1:] if n["kind"] == "inbound" and n["attachments"])
        self.check("a note on the same case, no new one", len(self.daemon.cases()) == before)
        self.check("proven: by its token and by the mail server", note["trust"] == "L3", note["trust"])
        self.check("the quoted mail is cut off the reply", "moved Tokyo" not in note["reply"], note["reply"])
        self.check_files(note["attachments"], files)
        update = self.rig.wait_mail(r.SAM, lambda m: "The log you will want" in body(m), what="the update")
        self.say("Sam, the owner, has the update")
        self.show_mail(update)
        self.show("case", "show", self.number)

    def people(self):
        self.chapter("Ann copies a colleague; Sam passes a complaint on")
        mail = compose(r.ANN, r.SUPPORT, "Cache of the shop", "The cache of the shop is cold.", name="Ann Example",
                       headers=[("Cc", BOB)])
        self.rig.send(r.ANN, mail, to=[r.SUPPORT])
        number = self.daemon.case_of("Cache of the shop")["number"]
        notice = self.rig.wait_mail(r.SAM, lambda m: "The cache of the shop is cold." in body(m), what="the notice")
        self.check("the notice says that Bob is in the conversation", f"In the conversation: {BOB}" in body(notice))
        self.rig.send(r.SAM, reply(notice, r.SAM, "Which shop is it?", name="Sam Sample"))
        got = self.rig.wait_mail(BOB, lambda m: "Which shop is it?" in body(m), what="Sam's reply")
        self.check("Bob has the reply as a mail of his own", BOB in got["To"] and r.ANN not in got["To"], got["To"])
        self.rig.send(BOB, reply(got, BOB, "The one in Tokyo.", name="Bob"))
        told = self.rig.wait_mail(r.ANN, lambda m: "The one in Tokyo." in body(m), what="Bob's word")
        self.say("Ann has what Bob answered, although he wrote to us alone")
        self.show_mail(told)
        case = self.daemon.case(number)
        self.check("his word is a note of the case, proven", case["notes"][-1]["trust"] == "L3", case["notes"][-1]["trust"])
        self.rig.send(r.SAM, compose(r.SAM, r.SUPPORT, "Fwd: Invoice of May", "He is angry.\n\n"
                                     f"---------- Forwarded message ---------\nFrom: Lena <{r.LENA}>\n"
                                     "Date: Mon, 23 Feb 2026 at 10:00\nSubject: Invoice of May\n"
                                     f"To: <{r.SAM}>\n\nThe invoice of May is wrong.\n", name="Sam Sample"))
        case = self.daemon.case(self.daemon.case_of("Fwd: Invoice of May")["number"])
        self.check("the complaint is Lena's case", case["requester"]["address"] == r.LENA, case["requester"])
        self.check("Sam's own words stay inside", [n["kind"] for n in case["notes"]] == ["inbound", "internal"])

    def by_mail(self):
        self.chapter("Two answer at once, and everybody asks the machine by mail")
        self.rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Cookies in the cache", "Our pages are cached with cookies.", name="Ann Example"))
        number = self.daemon.case_of("Cookies in the cache")["number"]
        def about(mail):
            return f"[Case #{number}]" in str(mail["Subject"])
        notices = {who: self.rig.wait_mail(who, about, what="the notice") for who in (r.SAM, r.TESS)}
        confirmation = self.rig.wait_mail(r.ANN, about, what="the confirmation")
        self.rig.send(r.SAM, tapped(notices[r.SAM], "Take", r.SAM))
        self.daemon.wait_case(number, lambda c: c["owner"] == "sam", what="Sam to be the owner")
        self.say("Sam has taken it with one tap on the notice's link")
        self.rig.send(r.SAM, reply(notices[r.SAM], r.SAM, "Please strip them at the edge.", name="Sam Sample"))
        self.rig.wait_mail(r.ANN, lambda m: "strip them at the edge" in body(m), what="Sam's answer")
        self.rig.send(r.TESS, reply(notices[r.TESS], r.TESS, "Cookies are no trouble.", name="Tess Tester"))
        held = self.rig.wait_mail(r.TESS, lambda m: about(m) and "NOT SENT" in m["Subject"], what="NOT SENT")
        self.say("Tess answered her old notice; she is told that Sam was first, and nothing went out")
        self.show_mail(held, 8)
        self.rig.send(r.SAM, compose(r.SAM, r.SUPPORT, "anything", f"#show {number}", name="Sam Sample"))
        shown = self.rig.wait_mail(r.SAM, lambda m: "#show" in body(m) and "Please strip them" in body(m) and "NOT SENT" not in m["Subject"],
                                   what="what #show says")
        self.say("Sam asks for the whole case, from wherever he is")
        self.check("the held answer is in it, for staff", "Cookies are no trouble." in body(shown))
        self.show_mail(shown, 24)
        self.rig.send(r.ANN, reply(confirmation, r.ANN, "Hi,\n\ncould you show me this case please?\n\nRegards, Ann", name="Ann Example"))
        history = self.rig.wait_mail(r.ANN, lambda m: about(m) and "what was written in it" in body(m), what="the history")
        self.say("Ann asks for it, too")
        self.check("she sees what Sam wrote", "strip them at the edge" in body(history))
        self.check("and nothing of what was not sent", "no trouble" not in body(history))
        self.show_mail(history, 16)
        self.rig.send(r.ANN, reply(history, r.ANN, "Please close this ticket, thanks!", name="Ann Example"))
        self.daemon.wait_case(number, lambda c: c["state"] == "closed", what="the end of it")
        self.say("Ann has closed it herself")

    def deadline_passes(self):
        self.chapter("An account with a contract of 5 seconds is left without an answer")
        self.rig.send(r.LENA, compose(r.LENA, r.SUPPORT, "Purge is slow", "Purges take minutes.\n\nLena",
                                      name="Lena Contract"))
        case = self.daemon.case_of("Purge is slow")
        self.late = case["number"]
        self.check("the contract chose the target", case["sla"]["target"] == "5s", case["sla"]["target"])
        self.daemon.wait_case(self.late, lambda c: c["sla"]["state"] in ("warned", "breached"), what="the warning")
        self.say("the case is flagged: warned")
        self.show("sla", "list")
        self.daemon.wait_case(self.late, lambda c: c["sla"]["state"] == "breached", what="the breach")
        self.say("the case is flagged: breached")
        for what, words in (("warning", "come near"), ("breach", "missed")):
            mail = self.rig.wait_mail(r.SAM, lambda m: mentions(m, words, self.late), what=f"the mail of the {what}")
            self.say(f"staff have the mail of the {what}")
            self.show_mail(mail)
        self.show("sla", "list")
        self.show("sla", "explain", self.late)

    def alert_storm(self):
        self.chapter(f"A monitoring system sends {ALERTS} alerts about one edge")
        staff, before = self.rig.count(r.SAM), len(self.daemon.cases())
        for i in range(1, ALERTS + 1):
            alert = compose(MONITOR, r.SUPPORT, f"** PROBLEM alert - edge{i} is CRITICAL **", f"Load {i}.")
            alert["Auto-Submitted"] = "auto-generated"
            self.rig.send_lmtp(alert, MONITOR, r.SUPPORT)
        self.say(f"all {ALERTS} are in the mailbox")

        def counted():
            mails = self.daemon.json("mail", "list", "--limit", 2 * ALERTS)
            return sum("PROBLEM alert" in m["subject"] and m["state"] in ("case", "note") for m in mails) == ALERTS
        wait_for(counted, 40, "all of them to be decided")
        cases = [c for c in self.daemon.cases() if "PROBLEM alert" in c["subject"]]
        self.check("one case", len(cases) == 1 and len(self.daemon.cases()) == before + 1, len(cases))
        self.rig.wait_mail(r.SAM, lambda m: f"[Case #{cases[0]['number']}]" in str(m["Subject"]), what="the notice")
        self.check("at most five mails to a member of staff", self.rig.count(r.SAM) - staff <= 5,
                   self.rig.count(r.SAM) - staff)
        self.show("case", "list", "--limit", 3)

    def crash(self):
        self.chapter(f"gatewayd is killed with SIGKILL in the middle of a batch of {BATCH} mails")
        before, there = len(self.daemon.cases()), self.rig.count(r.ANN)
        batch = [compose(r.ANN, r.SUPPORT, f"Batch mail {apart(i)}", "One of many.", name="Ann Example")
                 for i in range(1, BATCH + 1)]
        sending = threading.Thread(target=self.rig.send_many, args=(r.ANN, batch))
        sending.start()
        wait_for(lambda: self.rig.count(r.ANN) >= there + BATCH // 5, 20, "the first confirmations")
        self.daemon.kill9()
        self.say(f"killed; {self.rig.count(r.ANN) - there} confirmations were there")
        sending.join()
        self.daemon.start()
        self.say(f"started again; {self.rig.count(r.SUPPORT)} mails of the batch wait in the mailbox")
        wait_for(lambda: len(self.daemon.cases()) >= before + BATCH, 40, f"{BATCH} cases")
        wait_for(lambda: not self.unsent() and not self.rig.postfix.queue(), 40, "everything to be sent")
        self.check_batch(batch)

    def check_batch(self, batch):
        subjects = sorted(m["Subject"] for m in batch)
        cases = sorted(c["subject"] for c in self.daemon.cases() if c["subject"] in subjects)
        self.check(f"{BATCH} cases, none twice", cases == subjects, len(cases))
        sent = {m["Message-ID"] for m in batch}
        answered = [m["In-Reply-To"] for m in map(parse, self.rig.mailbox(r.ANN)) if m["In-Reply-To"] in sent]
        self.check(f"{BATCH} confirmations", set(answered) == sent, len(set(answered)))
        self.check("none twice", len(answered) == len(set(answered)), len(answered))

    def unsent(self):
        return [o for o in self.daemon.json("outbox", "list") if o["state"] in ("queued", "sending")]


def tapped(notice, label, sender):
    """The mail that a phone makes of a mailto: link (RFC 6068) in the notice."""
    link = re.search(rf"^{label}: (mailto:\S+)", body(notice), re.M).group(1)
    parts = urllib.parse.urlsplit(link)
    fields = dict(urllib.parse.parse_qsl(parts.query))
    return compose(sender, urllib.parse.unquote(parts.path), fields["subject"], fields["body"])


def mentions(mail, words, number):
    return words in mail["Subject"] and f"#{number} " in body(mail)
