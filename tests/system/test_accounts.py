"""Accounts and contracts, who sees what, known answers, recommendations, and imported mails."""
import http.client
import json
import mailbox
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import Failed, running
from tests.rig.mail import body, compose, reply
from tests.rig.process import free_port, wait_for
from tests.rig.tap import Tap, same

EX_USAGE, EX_DATAERR = 64, 65
PORT = free_port()          # of the pages, to which a proxy would pass what comes to their public address
ACCOUNTS = [
    {"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"],
     "contacts": [{"address": r.ANN, "name": "Ann", "company": True}]},
    {"id": "partner", "name": "Partner Ltd", "parent": "customer", "domains": ["partner.test"],
     "contacts": [{"address": r.PAUL, "name": "Paul"}]},
    {"id": "vendor", "name": "Vendor Inc", "package": "standard"},
    {"id": "contract", "name": "Contract Inc", "reseller": "vendor", "domains": ["contract.test"],
     "contacts": [{"address": r.LENA, "name": "Lena"}]},
]
CSV = """# the same as CSV
id,name,package,reseller,parent,domains,contact_address,contact_name,contact_company
customer,Customer AG,premium,,,customer.test,ann@customer.test,Ann,yes
partner,Partner Ltd,,,customer,partner.test,paul@partner.test,Paul,
vendor,Vendor Inc,standard,,,,,,
contract,Contract Inc,,vendor,,contract.test,lena@contract.test,Lena,
"""
BAD = """[
  {"id": "customer", "package": "premum",
   "domains": ["customer.test", "gmail.com"]},
  {"id": "other", "domains": ["CUSTOMER.test"], "pakage": "standard",
   "contacts": [{"address": "no address"}],
   "contracts": [
     {"kind": "tecnical", "severity": 3, "target": "5"},
     {"kind": "technical", "target": "1h", "from": "2027-01-01", "until": "2026-01-01"}]},
  {"id": "customer", "reseller": "vender"}
]
"""
ARTICLE = "# How do I purge the cache?\nLink: https://docs.example.test/purge\n\nPress purge in the control centre.\n"


def change(daemon):
    articles = daemon.dir / "articles"
    articles.mkdir(mode=0o755)
    (articles / "purge.md").write_text(ARTICLE)
    (articles / "bytes.txt").write_bytes(b"no text \xff\xfe\n")
    daemon.settings["kb_dir"] = str(articles)
    daemon.settings["web"] = {"listen": f"127.0.0.1:{PORT}", "public_url": "https://board.example.test/staff"}
    daemon.settings["limits"]["recommend_delay"] = "1s"
    daemon.settings["limits"]["recommend_pause"] = "1s"


def refused(daemon, *args, stdin=None):
    try:
        daemon.ctl_bytes(*args, stdin=stdin)
    except Failed as e:
        return e.status, e.stderr
    raise AssertionError(f"{args} was not refused")


def write(daemon, name, text):
    path = daemon.dir / name
    path.write_text(text)
    return path


def check_import(tap, daemon):
    path = write(daemon, "accounts.json", json.dumps(ACCOUNTS))
    with tap.point("a dry run says what would come and changes nothing"):
        said = daemon.ctl("account", "import", path, "--dry-run")
        assert "added customer" in said and "+ package premium" in said and "4 added" in said, said
        same(daemon.json("account", "list"), [])
    with tap.point("accounts come in; the same file again, and the same as CSV, changes nothing"):
        same(daemon.json("account", "import", path)["added"], 4)
        same(daemon.json("account", "import", path)["unchanged"], 4)
        same(daemon.json("account", "import", write(daemon, "accounts.csv", CSV))["unchanged"], 4)
    with tap.point("every mistake is told with its line, and nothing is changed"):
        status, said = refused(daemon, "account", "import", write(daemon, "bad.json", BAD))
        same(status, EX_DATAERR)
        for line, words in ((2, '"premium"?'), (3, "free-mail"), (4, "on line 3"), (4, '"package"?'),
                            (5, "no mail address"), (7, '"technical"?'), (7, 'target "5"'),
                            (8, "before it begins"), (9, "on line 2"), (9, '"vendor"?')):
            assert any(f"bad.json:{line}: " in s and words in s for s in said.splitlines()), (line, words, said)
        same(len(daemon.json("account", "list")), 4)
    with tap.point("a domain of an account that is not in the file is refused"):
        thief = write(daemon, "thief.json", json.dumps([{"id": "thief", "domains": ["customer.test"]}]))
        status, said = refused(daemon, "account", "import", thief)
        assert status == EX_DATAERR and '"customer", which is not in this file' in said, said
    with tap.point("what --replace would remove is told"):
        few = write(daemon, "few.json", json.dumps(ACCOUNTS[:1]))
        said = daemon.ctl("account", "import", few, "--replace", "--dry-run")
        assert "removed vendor" in said and "3 removed" in said, said
    with tap.point("an account that another needs is not removed"):
        status, said = refused(daemon, "account", "remove", "vendor")
        assert status == EX_USAGE and '"contract"' in said, said


def check_deadlines(tap, rig, daemon):
    with tap.point("a change of package changes the deadline of an open case, with an event"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Slow", "It is slow."))
        case = daemon.case_of("Slow")
        same(case["sla"]["target"], "1 business day")
        changed = json.loads(json.dumps(ACCOUNTS))
        changed[0]["package"] = "standard"
        said = daemon.json("account", "import", write(daemon, "changed.json", json.dumps(changed)))
        same((said["changed"], said["cases"]), (1, 1))
        same(daemon.case(case["number"])["sla"]["target"], "2 business days")
        assert "package standard" in daemon.ctl("case", "show", case["number"])
    with tap.point("a new contract changes it, too; sla due --account says the same"):
        changed[0]["contracts"] = [{"kind": "technical", "severity": 3, "target": "4h"}]
        daemon.json("account", "import", write(daemon, "changed.json", json.dumps(changed)))
        sla = daemon.case(case["number"])["sla"]
        same(sla["target"], "4h")
        due = daemon.json("sla", "due", "--queue", "technical", "--account", "customer", "--severity", 3,
                          "--opened", case["opened_at"])
        same((due["target"], due["due_at"]), ("4h", sla["due_at"]))


def check_entitlement(tap, rig, daemon):
    with tap.point("a reseller's customer: the case is the reseller's, and the sender is told"):
        rig.send(r.LENA, compose(r.LENA, r.SUPPORT, "Resold", "It is slow."))
        case = daemon.case_of("Resold")
        same((case["account"], case["on_behalf_of"]), ("vendor", "contract"))
        mail = rig.wait_mail(r.LENA, lambda m: "[Case #" in str(m["Subject"]), what="the confirmation")
        assert "Vendor Inc" in body(mail), body(mail)
    with tap.point("On-Behalf-Of an indirect customer, who sees it; at the top level they do not"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "For them", "On-Behalf-Of: partner\nTheir site is slow."))
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "At the top",
                                "On-Behalf-Of: partner\nVisibility: top\nTheir contract."))
        same([daemon.case_of(s)["on_behalf_of"] for s in ("For them", "At the top")], ["partner", "partner"])
        rig.send(r.PAUL, compose(r.PAUL, r.SUPPORT, "list", "list all company"))
        listing = rig.wait_mail(r.PAUL, lambda m: "Your cases" in str(m["Subject"]), what="the listing")
        assert "For them" in body(listing) and "At the top" not in body(listing), body(listing)
        assert "Slow" not in body(listing), body(listing)
    with tap.point("a company contact sees all of the account and nothing of others"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "list", "list all company"))
        listing = rig.wait_mail(r.ANN, lambda m: "Your cases" in str(m["Subject"]), what="the listing")
        assert all(s in body(listing) for s in ("Slow", "For them", "At the top")), body(listing)
        assert "Resold" not in body(listing), body(listing)


def check_answers(tap, rig, daemon):
    with tap.point("an article is suggested to a question about it, and to no other"):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Purging the cache", "How can I purge my cache?"))
        number = daemon.case_of("Purging the cache")["number"]
        mail = rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]), what="the confirmation")
        assert "https://docs.example.test/purge" in body(mail), body(mail)
        first = rig.wait_mail(r.ANN, lambda m: "[Case #1]" in str(m["Subject"]), what="the first confirmation")
        assert "docs.example.test" not in body(first), body(first)
    with tap.point("a file that is no text is passed over, and told once"):
        same(daemon.log_text().count("kb.skipped"), 1)
        said = daemon.json("kb", "index")
        same((said["unchanged"], said["skipped"]), (1, 1))


def one_click(method, path, form=""):
    """What a mail client does (RFC 8058), and what came back."""
    c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    c.request(method, path, form, {"Host": "board.example.test", "Content-Type": "application/x-www-form-urlencoded"})
    answer = c.getresponse()
    return answer.status, answer.read().decode()


def check_recommendations(tap, rig, daemon):
    rows = [{"account": "customer", "property": "www", "title": "Turn on HTTP/3", "link": "https://portal.example.test/3"},
            {"account": "customer", "property": "shop", "title": "Cache it", "link": "https://portal.example.test/c"},
            {"account": "partner", "property": "blog", "title": "Cache it", "link": "https://portal.example.test/c"}]
    path = write(daemon, "recommend.json", json.dumps(rows))
    def mails():
        """Those that tell of a property, sent or not; the confirmation of a question about one is under way longer."""
        return [o["id"] for o in daemon.json("outbox", "list") if o["kind"] == "recommendation" and o["recipient"] == r.ANN]
    with tap.point("a property that went live is told of, with the one-click headers of RFC 8058"):
        daemon.ctl("recommend", "import", path)
        daemon.ctl("property", "live", "customer", "www")
        mail = rig.wait_mail(r.ANN, lambda m: "www is live" in str(m["Subject"]), what="the recommendations")
        assert "https://portal.example.test/3" in body(mail), body(mail)
        same(mail["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        assert "mailto:" in mail["List-Unsubscribe"] and "https://" in mail["List-Unsubscribe"], mail
    with tap.point("the one-click address is that of our pages: a look at it does nothing, a mail client's POST ends the mails"):
        daemon.ctl("property", "live", "partner", "blog")
        header = str(rig.wait_mail(r.PAUL, lambda m: "blog is live" in str(m["Subject"]), what="Paul's")["List-Unsubscribe"])
        link, = re.findall(r"<https://board\.example\.test(/staff/unsubscribe/[^>]+)>", header.replace("\r\n ", "").replace(" ", ""))
        status, page = one_click("GET", link)
        assert status == 200 and "<form" in page, page
        same(daemon.json("contact", "list", "partner")[0]["opted_out"], False)
        same(one_click("POST", link[:-8] + link[:-9:-1], "List-Unsubscribe=One-Click")[0], 404)
        same(daemon.json("contact", "list", "partner")[0]["opted_out"], False)
        same(one_click("POST", link, "List-Unsubscribe=One-Click")[0], 200)
        assert daemon.json("contact", "list", "partner")[0]["opted_out"], "the POST did nothing"
        same(daemon.json("contact", "list", "customer")[0]["opted_out"], False)
    with tap.point("a property that was changed elsewhere has lost its recommendations"):
        daemon.ctl("property", "changed", "customer", "shop")
        daemon.ctl("property", "live", "customer", "shop")
        wait_for(lambda: all(p["told_at"] for p in daemon.json("property", "list")), 20, "its turn")
        same([s["state"] for s in daemon.json("recommend", "list") if s["property"] == "shop"], ["dropped"])
    with tap.point("a question in reply is a case; \"unsubscribe\" in reply ends the mails, imports or not"):
        rig.send(r.ANN, reply(mail, r.ANN, "How long does it take?"))
        wait_for(lambda: [c for c in daemon.cases() if "www is live" in c["subject"]], 20, "a case")
        rig.send(r.ANN, reply(mail, r.ANN, "unsubscribe"))
        wait_for(lambda: daemon.json("contact", "list", "customer")[0]["opted_out"], 20, "the opt-out")
        daemon.json("account", "import", write(daemon, "again.json", json.dumps(ACCOUNTS)))
        daemon.ctl("recommend", "import", path)
        before = mails()
        assert before, "the first one is not there"
        daemon.ctl("property", "live", "customer", "shop")
        wait_for(lambda: all(p["told_at"] for p in daemon.json("property", "list")), 20, "its turn")
        same(mails(), before)
        same([s["state"] for s in daemon.json("recommend", "list", "customer")], ["open", "sent"])
        assert not [o for o in daemon.json("outbox", "list") if "shop is live" in o["subject"]]


def past(folder):
    """Two mails and a staff answer of 2024, as a Maildir, and one more as an mbox."""
    box = mailbox.Maildir(folder / "Maildir")
    first = compose(r.ANN, r.SUPPORT, "Old trouble", "It was slow then.")
    answer = compose(r.SAM, r.ANN, "Re: Old trouble", "It is mended.\n",
                     headers=[("In-Reply-To", str(first["Message-ID"])), ("References", str(first["Message-ID"]))])
    thanks = compose(r.ANN, r.SUPPORT, "Re: Old trouble", "close\n",
                     headers=[("In-Reply-To", str(first["Message-ID"])), ("References", str(first["Message-ID"]))])
    for hour, mail in ((11, thanks), (10, answer), (9, first)):
        mail["Received"] = f"from a by b; Tue, 05 Mar 2024 {hour:02}:00:00 +0100"
        box.add(bytes(mail))
    old = compose(r.LENA, r.SUPPORT, "Older trouble", "Once\n\nFrom here on it was slow.\n")
    mbox = folder / "old.mbox"
    mbox.write_bytes(b"From lena@contract.test Mon Mar  4 08:00:00 2024\n"
                     + bytes(old).replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ") + b"\n")
    return folder / "Maildir", mbox


def check_history(tap, rig, daemon):
    folder = daemon.dir / "past"
    folder.mkdir()
    maildir, mbox = past(folder)
    outbox = len(daemon.json("outbox", "list"))
    with tap.point("imported mails become closed cases with their own dates, answers with them"):
        said = daemon.json("import", maildir, mbox)
        same((said["new"], said["known"], said["unreadable"]), (4, 0, 0))
        case = daemon.case_of("Old trouble")
        case = daemon.case(case["number"])
        same((said["pending"], daemon.json("status")["mails_pending"], len(case["notes"])), (0, 0, 3))
        same((case["state"], case["opened_at"], case["account"]), ("closed", "2024-03-05T08:00:00Z", "customer"))
        same([n["kind"] for n in case["notes"]], ["inbound", "outbound", "inbound"])
        same(case["sla"]["state"] in ("none", "met"), True)
        old = daemon.case_of("Older trouble")
        same(old["opened_at"][:10], "2024-03-04")
        assert "\nFrom here on" in old["notes"][0]["text"], old["notes"][0]["text"]
    with tap.point("nothing is sent and nobody is warned"):
        same(len(daemon.json("outbox", "list")), outbox)
        assert not [s for s in daemon.json("sla", "list") if s["number"] in (case["number"], old["number"])]
        assert "alarm" not in daemon.ctl("case", "show", case["number"])
    with tap.point("the same again is known"):
        same((daemon.json("import", maildir, mbox)["new"], daemon.json("import", maildir, mbox)["known"]), (0, 4))
    with tap.point("a file that is not there is named"):
        status, said = refused(daemon, "import", folder / "nothing")
        assert status == 66 and "past/nothing" in said, said


def main():
    tap = Tap()
    with running(change) as (rig, daemon):
        check_import(tap, daemon)
        check_deadlines(tap, rig, daemon)
        check_entitlement(tap, rig, daemon)
        check_answers(tap, rig, daemon)
        check_recommendations(tap, rig, daemon)
        check_history(tap, rig, daemon)
        with tap.point("gatewayctl check finds nothing wrong"):
            daemon.ctl("check")
    tap.done()


if __name__ == "__main__":
    main()
