"""What happens to a lane, act by act; the first act comes before the daemon starts.  Behind each act the lane is looked at."""
import collections
import datetime
import json
import signal

from tests.rig import rig as r
from tests.rig.mail import compose, padding, pdf, png, reply
from tests.steps.old_store import KEPT_IDENT, WAITING, make_older

ACCOUNTS = ({"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"]},)
MORE = "id,name,package,domains,contact_address,contact_name\ninitech,Initech,standard,initech.test,bill@initech.test,Bill\n"
FILES = (("report.pdf", "application/pdf", pdf("Fault report")), ("障害.png", "image/png", png()),
         ("log.bin", "application/octet-stream", padding(50000)))
HUGE = (("dump.bin", "application/octet-stream", padding(5000000)),)
DAY_S = 86400
CASE_1, CASE_2, CASE_3 = "[Case #1]", "[Case #2]", "[Case #3]"

# boxes: mailboxes of the daemon; old: on a server with neither MOVE nor IDLE; begin: what it begins with, else an empty store;
# change: what its configuration has, else that of all.
Story = collections.namedtuple("Story", "name acts boxes old begin change",
                               defaults=(("support",), False, None, lambda settings: None))


def question(lane, name="ann", subject="The site is down", files=(), to=("support",), headers=()):
    return compose(lane.of[name], ", ".join(lane.of[b] for b in to), subject, f"Since ten o'clock: {subject}.", name=name.title(),
                   attach=files, headers=headers)


def new(lane):
    lane.deliver("ann", question(lane))


def with_files(lane):
    lane.deliver("ann", question(lane, files=FILES))


def huge(lane):
    lane.deliver("ann", question(lane, files=HUGE))


def to_both(lane):
    lane.deliver("ann", question(lane, to=("support", "emerging")), to=("support", "emerging"))


def of_nobody(lane):
    """Its confirmation comes back."""
    lane.deliver("gone", question(lane, "gone"))


def second(lane):
    lane.send("bob", question(lane, "bob", "Preview does not start"))


def alerts(lane):
    for n in range(12):
        lane.deliver("bob", question(lane, "bob", f"** PROBLEM alert - edge{n} is CRITICAL **",
                                     headers=[("Auto-Submitted", "auto-generated")]))


def more_of_kept(lane):
    """To a mail that is not decided yet, for which it waits: of two that have nothing to do with each other either may be the first case."""
    lane.deliver("bob", question(lane, "bob", f"Re: {WAITING}", headers=[("In-Reply-To", f"<{KEPT_IDENT}>")]))


def by_ann(lane):
    lane.send("ann", question(lane))


def answers(name, to, text):
    """Somebody answers the mail that has these words in its subject."""
    def act(lane):
        lane.send(name, reply(lane.mail_of(name, to), lane.of[name], text))
    return act


def import_old(lane):
    path = lane.daemon.dir / "old.mbox"
    mail = question(lane, "bob", "Of last year")
    del mail["Date"], mail["Message-ID"]
    mail["Date"], mail["Message-ID"] = "Tue, 07 Jan 2025 09:00:00 +0000", "<old@customer.test>"
    path.write_bytes(b"From bob Tue Jan  7 09:00:00 2025\n" + mail.as_bytes().replace(b"\r\n", b"\n") + b"\n")
    lane.ctl("import", "--mailbox", "support", path)


def import_accounts(lane):
    path = lane.daemon.dir / "more.csv"
    path.write_text(MORE)
    lane.ctl("account", "import", path)


def backup(lane):
    """A verb whose answer was lost may have been done: its file is asked for once more."""
    lane.wait_idle()
    path = lane.state / "copy.db"
    lane.ctl("backup", path, before=lambda: path.unlink(missing_ok=True))
    path.rename(lane.daemon.dir / "copy.db")


def restore(lane):
    lane.stop()
    lane.daemon.ctl("restore", lane.daemon.dir / "copy.db")
    for path in lane.state.iterdir():
        lane.daemon.own(path)
    lane.start()
    lane.wait_json(("held", "list"), bool, "what is held")
    lane.ctl("held", "release", "--quiet")


def reload(lane):
    lane.daemon.settings["company"] = "Example Renamed"
    lane.daemon.write_conf()
    lane.daemon.process.signal(signal.SIGHUP)
    lane.send("bob", question(lane, "bob", "After the reload"))


# --- time ---

def asleep(seconds):
    return lambda lane: lane.sleep(seconds)


def until_monday(lane):
    """Behind eight o'clock in the zone of the queue, in the week after next: no deadline is left whatever day it is."""
    now = datetime.datetime.now(datetime.timezone.utc)
    morning = (now + datetime.timedelta(14 - now.weekday())).replace(hour=7, minute=5)
    lane.sleep((morning - now).total_seconds())


def close(lane):
    lane.ctl("case", "state", 1, "closed")


def erased(lane):
    lane.sleep(100 * DAY_S)
    lane.wait_json(("case", "show", 1), lambda case: case["subject"] == "(erased)", "the end of what was kept")


def mornings(settings):
    settings["staff"]["sam"]["morning"] = True


def keeps_little(settings):
    settings["limits"]["raw_keep"] = "30 days"
    settings["queues"]["technical"].update(sent_keep="30 days", case_keep="60 days")


def recommends(settings):
    settings["limits"].update(recommend_delay="1s", recommend_pause="1s")


def recommend(lane):
    path = lane.daemon.dir / "contacts.csv"
    path.write_text(f"id,name,package,domains,contact_address,contact_name\n"
                    f"initech,Initech,standard,initech.test,{lane.of['ann']},Ann\n")
    lane.ctl("account", "import", path)
    path = lane.daemon.dir / "recommend.json"
    path.write_text(json.dumps([{"account": "initech", "property": "www", "title": "Turn on HTTP/3",
                                 "link": "https://portal.example.test/3"}]))
    lane.ctl("recommend", "import", path)
    lane.ctl("property", "live", "initech", "www")
    lane.wait_json(("property", "list"), lambda found: all(p["told_at"] for p in found), "the recommendation")


COMMANDS = "#take\n#severity 2 it is bad\n#note they did not pay\n#waiting for logs"

EVERY_STEP = (
    Story("attachment", (with_files,)),
    Story("reply", (new, answers("ann", CASE_1, "And more of it."))),
)
SOME_STEPS = (
    Story("new", (new,)),
    Story("staff answer", (new, answers("sam", CASE_1, "Please install 4.2.1; it mends the reset."))),
    Story("held answer", (new, answers("sam", CASE_1, "#nte is no command\nTry this."), answers("sam", "NOT SENT", "#send"))),
    Story("commands", (new, answers("sam", CASE_1, COMMANDS))),
    Story("merge", (new, second, answers("sam", CASE_2, "#merge 1"))),
    Story("bounce", (of_nobody,)),
    Story("import", (new, import_old)),
    Story("accounts", (new, import_accounts)),
    Story("deadline", (new, asleep(14 * DAY_S))),
    Story("digest", (new, answers("sam", CASE_1, "#take"), until_monday), change=mornings),
    Story("retention", (with_files, close, erased), change=keeps_little),
    Story("recommendation", (new, recommend), change=recommends),
    Story("backup", (new, backup)),
    Story("restore", (new, backup, second, restore)),
    Story("reload", (new, reload)),
    Story("storm", (alerts,)),
    Story("huge mail", (huge,)),
    Story("two mailboxes", (to_both,), ("support", "emerging")),
    Story("no MOVE", (with_files,), old=True),
    Story("migration", (more_of_kept, by_ann, answers("ann", CASE_3, "And more of it.")), begin=make_older),
)
GONE = r.GONE
