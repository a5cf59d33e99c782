"""Three days without an SMTP server: mails that could not go out wait by the thousand (FULL=1: 100,000), then all go out once.

Meanwhile and afterwards core answers, mails become cases, and no process grows with what waits.
"""
import collections
import os
import pathlib
import re
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.faults import note
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose
from tests.rig.process import Process, free_port, memory, peak_mb, wait_for
from tests.rig.tap import Tap, same

ROWS = 100000 if os.environ.get("FULL") == "1" else 300
DAYS_S = 3 * 86400
PEAK_MB = memory(96)
DRAIN_S = 900
TRIES = 3
RCPT = re.compile(rb"(?m)^RCPT TO:<waits-(\d+)@customer\.test>")

COPIES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO outbox (case_number, note_id, kind, sender, recipient, message_id, subject, state, attempts, created_at, next_at,
	last_code, last_text, automatic, content)
SELECT case_number, note_id, kind, sender, 'waits-' || i || '@customer.test', 'waits-' || i || '@gateway.example.test', subject,
	'queued', 80, created_at - ?, created_at, 0, 'connect: nobody listens', automatic, content
FROM outbox CROSS JOIN n WHERE id = 1
"""


def fill(daemon):
    """What three days without a server leave behind."""
    db = sqlite3.connect(daemon.settings["store"])
    with db:
        db.execute(COPIES, (ROWS, DAYS_S))
    db.close()
    for path in (daemon.dir / "state").iterdir():
        daemon.own(path)


def peaks(daemon):
    return {name: peak_mb(pid) for name in ("core", "sender") if (pid := daemon.role(name))}


def still_away(tap, rig, daemon):
    with tap.point(f"{ROWS} mails wait and nobody listens: core answers, mail becomes a case, status tells"):
        daemon.start()
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Meanwhile", "x"))
        daemon.case_of("Meanwhile", 60)
        tried = daemon.log_text().count("event=outbox.result")
        wait_for(lambda: daemon.log_text().count("event=outbox.result") >= tried + TRIES, 60, "some tries")
        status = daemon.json("status")
        assert status["outbox_queued"] + status["outbox_sending"] >= ROWS, status
        assert any("localhost" in str(w) for w in status["wrong"]), status["wrong"]


def drained(tap, daemon, sink, record):
    """How many seconds it took, {n: how often it came}."""
    began = time.monotonic()
    with tap.point("the server is back: each goes out, once"):
        sink.wait_listening([daemon.settings["smtp"]["port"]])
        wait_for(lambda: not (s := daemon.json("status"))["outbox_queued"] and not s["outbox_sending"], DRAIN_S, "all to be sent",
                 progress=lambda: daemon.ctl("case", "list"))
        took = time.monotonic() - began
        came = collections.Counter(int(n) for n in RCPT.findall(record.read_bytes()))
        lost, doubled = ROWS - len(came), sum(n > 1 for n in came.values())
        print(f"# {ROWS} mails in {took:.0f} s, largest {peaks(daemon)}")
        note("mails after three days without a server", ROWS, lost, doubled, 0)
        same((lost, doubled), (0, 0))
    with tap.point(f"no role has taken more than {PEAK_MB} MB"):
        assert max(peaks(daemon).values()) <= PEAK_MB, peaks(daemon)


def main():
    tap, port = Tap(), free_port()

    def change(daemon):
        daemon.settings["smtp"] = {"host": "localhost", "port": port, "tls": "none", "auth": "none", "retry_min": "1s",
                                   "retry_max": "2s"}

    with running(change) as (rig, daemon):
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "The first", "x"))
        daemon.case_of("The first")
        daemon.stop()
        fill(daemon)
        still_away(tap, rig, daemon)
        record = daemon.dir / "record"
        sink = Process("sink", [BUILD / "tests/tools/smtp_sink", str(port), record], daemon.dir / "sink.log")
        rig.parts.insert(0, sink)
        drained(tap, daemon, sink, record)
    tap.done()


if __name__ == "__main__":
    main()
