"""A clock that is set, and mail servers whose word is lost: what waits for hours is tried by setting core's clock."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fakes import CUT, FakeSmtp
from tests.rig.gatewayd import BUILD, WRONG, running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

HOUR, DAY = 3600, 86400
YEAR = 365 * DAY


class World:
    """A daemon whose clock can be set, and whose mails go to a server that answers as told."""

    def __init__(self, rig, daemon, server):
        self.rig, self.daemon, self.server = rig, daemon, server
        self.trap = pathlib.Path(daemon.settings["store"] + "-trap")
        self.steps = 0

    def set_clock(self, forward):
        """So many seconds ahead of the right time; core looks at it as soon as it has something to do."""
        if forward:
            new = self.trap.with_suffix(".new")
            new.write_text(f"clock {forward}")
            new.rename(self.trap)
        else:
            self.trap.unlink()
        self.steps += 1
        self.wake()
        wait_for(lambda: self.daemon.log_text().count("event=clock.step ") == self.steps, 20, "a word about the step")

    def wake(self):
        self.daemon.ctl("case", "note", 1, "looked at it")

    def mail(self, user, subject):
        self.rig.send(user, compose(user, r.SUPPORT, subject, "x"))
        return self.daemon.case_of(subject)["number"]

    def sent_to(self, user):
        return [mail for recipient, mail in self.server.taken if recipient == user]

    def rows(self, user):
        return [o for o in self.daemon.json("outbox", "list") if o["recipient"] == user]

    def kinds(self, user):
        return sorted({o["kind"] for o in self.rows(user)})

    def row_is(self, user, **what):
        def found():
            return next((o for o in self.rows(user) if all(o[k] == v for k, v in what.items())), None)
        return wait_for(found, 30, f"a row to {user} with {what}")


def on(answers, story, tap, **smtp):
    server = FakeSmtp(answers)

    def change(daemon):
        daemon.rig.add(server)
        daemon.program = BUILD / "tests/traps/gatewayd"
        daemon.settings["smtp"] = {"host": "localhost", "port": server.port, "tls": "none", "auth": "none",
                                   "retry_min": "1s", "retry_max": "1h", **smtp}
    with running(change) as (rig, daemon):
        story(tap, World(rig, daemon, server))


def year_and_back(tap, w):
    """Ann's confirmation is refused for now, and Lena's, which is made in the year to come."""
    number = w.mail(r.ANN, "Before")
    row = w.row_is(r.ANN, last_code=451)
    with tap.point("a clock set a year forward is an event in the log and in status"):
        w.set_clock(YEAR)
        wait_for(lambda: w.daemon.json("status")["clock"]["stepped_at"], 20, "it in status")
        w.mail(r.LENA, "In a year")
        w.row_is(r.LENA, last_code=451)
    with tap.point("no deadline is missed by it: status says why, and how to say that the clock is right"):
        same((w.kinds(r.SAM), w.daemon.log_text().count("event=sla.alarm")), (["staff_new_case"], 0), number)
        done = w.daemon.ctl_run("status")[1]
        same((done.returncode, b"gatewayctl clock accept" in done.stdout), (WRONG, True), done.stdout)
        w.daemon.ctl("clock", "accept")
        wait_for(lambda: f"event=sla.alarm case={number} " in w.daemon.log_text(), 20, "a breach")
    with tap.point("a mail that waits since a minute is not given up for it"):
        wait_for(lambda: w.rows(r.ANN)[0]["attempts"] > row["attempts"], 30, "another try")
        w.row_is(r.ANN, state="queued", last_code=451)
    with tap.point("set back: no row waits until next year, no breached case has its deadline in the future"):
        w.server.answers.clear()
        w.set_clock(0)
        assert w.daemon.json("status")["clock"]["held_seconds"] == 0
        for user in (r.ANN, r.LENA):
            w.row_is(user, state="sent")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        same([s for s in w.daemon.json("sla", "list") if s["state"] == "breached" and s["due_at"] > now], [])
        assert w.daemon.case(number)["sla"]["state"] != "breached", w.daemon.case(number)["sla"]
    with tap.point("and mails come and go as ever"):
        w.mail(r.PAUL, "After")
        w.row_is(r.PAUL, state="sent")
        w.daemon.ctl("check")


def unknown_outcome(tap, w):
    """The server takes Ann's mail each time, and cuts before its reply."""
    with tap.point("a reply that is lost: no further try before two hours"):
        number = w.mail(r.ANN, "Cut")
        row = w.row_is(r.ANN, state="queued", attempts=1, last_code=0)
        w.wake()
        same(len(w.sent_to(r.ANN)), 1, row)
    with tap.point("two more tries, two hours apart, then it is held as unknown"):
        for tries in (2, 3):
            w.set_clock((tries - 1) * (2 * HOUR + 60))
            wait_for(lambda tries=tries: len(w.sent_to(r.ANN)) == tries, 30, f"try {tries}")
            w.row_is(r.ANN, attempts=tries, last_code=0, state="queued" if tries < 3 else "unknown")
    with tap.point("the owner is told, and nothing is sent again"):
        w.row_is(r.SAM, kind="not_delivered", state="sent")
        w.set_clock(3 * DAY)
        w.wake()
        w.mail(r.PAUL, "Later")
        w.row_is(r.PAUL, state="sent")
        same((len(w.sent_to(r.ANN)), [o["state"] for o in w.rows(r.ANN)]), (3, ["unknown"]), number)


def garbage(tap, w):
    with tap.point("garbage after the dot holds the only connection no longer than a command may take"):
        w.mail(r.LENA, "Garbage")
        w.mail(r.PAUL, "Behind it")
        w.row_is(r.PAUL, state="sent")
        w.row_is(r.LENA, last_code=0, state="queued")


def main():
    tap = Tap()
    on({("RCPT", r.ANN): "451 4.3.0 later", ("RCPT", r.LENA): "451 4.3.0 later"}, year_and_back, tap)
    on({("DOT", r.ANN): CUT}, unknown_outcome, tap)
    on({("DOT", r.LENA): "what a nice mail"}, garbage, tap, concurrency=1, command_timeout="5s")
    tap.done()


if __name__ == "__main__":
    main()
