#!/usr/bin/env python3
"""What gatewayd says to a real journald: the fields that one looks for, beside the line.

Part of `make check-full`: journald wants a machine with an id of its own (/etc/machine-id).
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.journald import JOURNALD, Journald
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same


def about(journald, case):
    return [e for e in journald.entries() if e.get("CASE") == case]


def main():
    tap, state = Tap(), {}

    def change(daemon):
        state["journald"] = Journald(daemon.dir)
        daemon.program = state["journald"].program(daemon.program)

    with running(change) as (rig, daemon):
        journald = state["journald"]
        try:
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "The journal", "Does it say so?"))
            wait_for(daemon.cases, 60, "the case")
            with tap.point("what became of the mail: event, case, a message id, and the line itself"):
                said = wait_for(lambda: about(journald, "1"), 20, "an entry of the case")[0]
                assert f"event={said['GATEWAYD_EVENT']} " in said["MESSAGE"] and "case=1" in said["MESSAGE"], said
                same((said["SYSLOG_IDENTIFIER"], len(said["MESSAGE_ID"])), ("gatewayd", 32), said)
            entries = [e for e in journald.entries() if "GATEWAYD_EVENT" in e]
            with tap.point("each kind of event has a message id of its own"):
                ids = {(e["GATEWAYD_EVENT"], e["MESSAGE_ID"]) for e in entries}
                same((len({event for event, _ in ids}), len({number for _, number in ids})), (len(ids), len(ids)))
            with tap.point("what is about a mailbox names it"):
                same([e["MAILBOX"] for e in entries if e["GATEWAYD_EVENT"] == "mail.kept"], ["support"])
                same({e["MAILBOX"] for e in entries if "MAILBOX" in e} - set(daemon.settings["mailboxes"]), set())
            with tap.point("nothing is said twice, and no subject"):
                same(sum(e["GATEWAYD_EVENT"] == "mail.kept" for e in entries), 1)
                same([e["MESSAGE"] for e in journald.entries() if "The journal" in e["MESSAGE"]], [])
        finally:
            journald.stop()
    tap.done()


if not pathlib.Path(JOURNALD).exists():
    sys.exit("systemd is missing: apt-get install systemd")
main()
