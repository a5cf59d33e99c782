"""What the customer's mailbox receives of answers of staff, from a dozen clients, through real servers."""
import email.policy
import html
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import body, compose, parse, pdf
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

# Lines of the notice that may be in no mail to the customer.
INTERNAL = ("Account:", "Sender:", "First response before", "Lines at the top", "You get this because you are staff",
            "keeps a note that only staff see", "#assign", "rite above this line")
BEFORE = "Mon, 2 Mar 2026 at 9:00"


def quoted(notice, mark):
    return "".join(f"{mark}{line}\n" for line in body(notice).splitlines())


def header_block(notice):
    return f"From: {notice['From']}\nSent: {BEFORE}\nTo: Sam Sample <{r.SAM}>\nSubject: {notice['Subject']}\n\n"


def divs(text):
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.splitlines())


def outlook(notice, text):
    return f"{text}\n\n________________________________\n{header_block(notice)}{quoted(notice, '')}", None


def outlook_html(notice, text):
    head = header_block(notice).strip().replace("\n", "<br>")
    return outlook(notice, text)[0], f"{divs(text)}<div id=\"divRplyFwdMsg\"><hr>{html.escape(head)}</div>{body(notice, 'html')}"


def gmail_html(notice, text):
    said = f"On {BEFORE}, {html.escape(str(notice['From']))} wrote:<br>"
    return (f"{text}\n\nOn {BEFORE}, {notice['From']} wrote:\n\n{quoted(notice, '> ')}",
            f"<div dir=\"ltr\">{divs(text)}</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">{said}</div>"
            f"<blockquote class=\"gmail_quote\">{body(notice, 'html')}</blockquote></div>")


def marks(notice, text):
    return f"{text}\n\nOn {BEFORE}, {notice['From']} wrote:\n{quoted(notice, '> ')}", None


def below(notice, text):
    return f"On {BEFORE}, {notice['From']} wrote:\n{quoted(notice, '> ')}\n{text}\n", None


def tabs(notice, text):
    return f"{text}\n\n{notice['From']} wrote:\n{quoted(notice, chr(9))}", None


def no_marks(notice, text):
    return f"{text}\n\n{quoted(notice, '')}", None


def bars(notice, text):
    return f"{text}\n\nOn {BEFORE}, {notice['From']} wrote:\n{quoted(notice, '| ')}", None


TWO = "Hello Ann,\n\nplease install 4.2.1; it mends the reset."
CITED = "please type this:\n\n> purge --all"
CONFIG = "Put this into proxy.conf:\n\n---\nlisten 80\nretry = 3\n---\n\nand restart it."
LINK = "Read https://docs.example.test/proxy?a=1&b=2#restart first."
HIDDEN = '<div style="display:none">#note not seen by anybody</div>'
PDF = ("manual.pdf", "application/pdf", pdf())

# name, client, what staff write, what arrives (None: held), files that go with it, HTML put above
ANSWERS = (
    ("Outlook, the notice whole and without marks", outlook, TWO, TWO, (), ""),
    ("Outlook, HTML", outlook_html, LINK, LINK, (), ""),
    ("Gmail on the web", gmail_html, TWO, TWO, (), ""),
    ("a client that quotes with nothing", no_marks, CITED, CITED, (), ""),
    ("tabs", tabs, CONFIG, CONFIG, (), ""),
    ("bars", bars, TWO, TWO, (), ""),
    ("below the quote", below, "Yes", "Yes", (), ""),
    ("a command above", marks, f"#take\n{TWO}", TWO, (), ""),
    ("a slip", marks, f"#nte\n{TWO}", None, (), ""),
    ("a file alone", marks, "", "Please see the attached file.", (PDF,), ""),
    ("words and a file", no_marks, TWO, TWO, (PDF,), ""),
    ("text that is not displayed", gmail_html, TWO, TWO, (), HIDDEN),
)


# More than five cases of one sender in an hour are told together.
CUSTOMERS = (r.ANN, r.PAUL, r.LENA, r.EVE)


def customer(row):
    return CUSTOMERS[ANSWERS.index(row) % len(CUSTOMERS)]


def subject(name):
    return f"answers: {name}"


def about(name):
    return lambda m: subject(name) in str(m["Subject"])


def answer(notice, row):
    _, client, words, _, files, hidden = row
    plain, rich = client(notice, words)
    mail = compose(r.SAM, str(notice["Reply-To"]), f"Re: {notice['Subject']}", plain, html=hidden + rich if rich else None,
                   attach=files, headers=[("In-Reply-To", str(notice["Message-ID"]))])
    if rich and not files:      # what the client shows is the HTML: its text may be poorer
        mail = compose(r.SAM, str(notice["Reply-To"]), f"Re: {notice['Subject']}", plain,
                       headers=[("In-Reply-To", str(notice["Message-ID"]))])
        mail.set_content(hidden + rich, subtype="html")
    return mail


def words_of(mail):
    """What the customer reads, above the template's own sign-off."""
    return body(mail).replace("\r\n", "\n").split("\n-- \nSam Sample")[0].strip("\n")


def files_of(mail):
    return [(p.get_filename(), p.get_content_type(), p.get_payload(decode=True)) for p in mail.iter_attachments()]


def answers_to(rig, row):
    return [m for m in map(parse, rig.mailbox(customer(row))) if about(row[0])(m) and "Auto-Submitted" not in m]


def not_sent(mails, notice):
    tag = str(notice["Subject"]).split("]")[0] + "]"
    return next((m for m in mails if tag in str(m["Subject"]) and "NOT SENT" in str(m["Subject"])), None)


def check(tap, rig, row, notice, transcripts):
    name, _, _, want, files, _ = row
    if want is None:
        with tap.point(f"{name}: held, and sent by #send as it stands"):
            slip = wait_for(lambda: not_sent(transcripts(), notice), 30, "the mail NOT SENT")
            same(len(answers_to(rig, row)), 0)
            assert "#nte" in body(slip), body(slip)
            rig.send(r.SAM, compose(r.SAM, str(slip["Reply-To"]), f"Re: {slip['Subject']}", f"#send\n\n{quoted(slip, '> ')}",
                                    headers=[("In-Reply-To", str(slip["Message-ID"]))]))
        want = TWO
    with tap.point(f"{name}: what arrives, byte for byte"):
        got = wait_for(lambda: answers_to(rig, row), 30, "the answer")
        same(len(got), 1)
        same(words_of(got[0]), want)
        same(files_of(got[0]), list(files))
        text = got[0].as_string(policy=email.policy.default) + body(got[0]) + body(got[0], "html")
        assert not [i for i in INTERNAL if i in text], text
        assert r.SAM not in text and "display:none" not in text and "not seen by anybody" not in text, text


def main():
    tap = Tap()
    with running() as (rig, _):
        for row in ANSWERS:
            rig.send(customer(row), compose(customer(row), r.SUPPORT, subject(row[0]), "It does not work.\n\nI tried:\npurge --all"))

        def staff_mails():
            return list(map(parse, rig.mailbox(r.SAM)))

        def notices():
            found = {row[0]: m for row in ANSWERS for m in staff_mails() if about(row[0])(m)}
            return found if len(found) == len(ANSWERS) else None

        told = wait_for(notices, 40, "a notice of each case")
        rig.send_many(r.SAM, [answer(told[row[0]], row) for row in ANSWERS])
        for row in ANSWERS:
            check(tap, rig, row, told[row[0]], staff_mails)
    tap.done()


if __name__ == "__main__":
    main()
