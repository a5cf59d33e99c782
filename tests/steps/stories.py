"""What happens to a lane, act by act; the first act comes before the daemon starts.  Behind each act the lane is looked at."""
import collections
import signal

from tests.rig import rig as r
from tests.rig.mail import compose, padding, pdf, png, reply
from tests.steps.old_store import make_older

ACCOUNTS = ({"id": "customer", "name": "Customer AG", "package": "premium", "domains": ["customer.test"]},)
MORE = "id,name,package,domains,contact_address,contact_name\ninitech,Initech,standard,initech.test,bill@initech.test,Bill\n"
FILES = (("report.pdf", "application/pdf", pdf("Fault report")), ("障害.png", "image/png", png()),
         ("log.bin", "application/octet-stream", padding(50000)))
HUGE = (("dump.bin", "application/octet-stream", padding(5000000)),)
CASE_1, CASE_2, CASE_3 = "[Case #1]", "[Case #2]", "[Case #3]"

# boxes: mailboxes of the daemon; old: on a server with neither MOVE nor IDLE; begin: what it begins with, else an empty store.
Story = collections.namedtuple("Story", "name acts boxes old begin", defaults=(("support",), False, None))


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


COMMANDS = "#take\n#severity 2 it is bad\n#note they did not pay\n#waiting for logs"

EVERY_STEP = (
    Story("attachment", (with_files,)),
    Story("reply", (new, answers("ann", CASE_1, "And more of it."))),
)
SOME_STEPS = (
    Story("staff answer", (new, answers("sam", CASE_1, "Please install 4.2.1; it mends the reset."))),
    Story("held answer", (new, answers("sam", CASE_1, "#nte is no command\nTry this."), answers("sam", "NOT SENT", "#send"))),
    Story("commands", (new, answers("sam", CASE_1, COMMANDS))),
    Story("merge", (new, second, answers("sam", CASE_2, "#merge 1"))),
    Story("bounce", (of_nobody,)),
    Story("import", (new, import_old)),
    Story("accounts", (new, import_accounts)),
    Story("restore", (new, backup, second, restore)),
    Story("reload", (new, reload)),
    Story("storm", (alerts,)),
    Story("huge mail", (huge,)),
    Story("two mailboxes", (to_both,), ("support", "emerging")),
    Story("no MOVE", (with_files,), old=True),
    Story("migration", (new, answers("ann", CASE_3, "And more of it.")), begin=make_older),
)
GONE = r.GONE
