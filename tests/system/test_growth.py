"""A large store: what asks for all of it takes no more memory than with a small one."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.bench import short_mails
from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.process import memory, peak_mb, wait_for
from tests.rig.tap import Tap, same

MAILS, CASES = 100, 20000
CTL_MB, CORE_MB = memory(40), memory(64)
LISTS = ((("case", "list"), "number", CASES), (("outbox", "list"), "id", 1001), (("mail", "list"), "id", 1001),
         (("sla", "list"), "number", 2001))


def fill(daemon):
    short_mails.drop(daemon.rig.dovecot, daemon.rig.imap(r.SUPPORT), r.SUPPORT, MAILS)
    for limit in daemon.settings["limits"]:
        daemon.settings["limits"][limit] = 1000000
    daemon.settings["queues"]["technical"]["notify"] = []


def settled(daemon):
    status = daemon.json("status")
    return status["mails"] == MAILS and not status["mails_pending"] and not status["outbox_queued"]


def ctl_peak_mb(daemon, *words):
    """What gatewayctl says to it, and the most memory that it had."""
    with subprocess.Popen([BUILD / "gatewayctl", "-c", daemon.conf, *words], stdout=subprocess.PIPE, text=True) as ctl:
        out = ctl.stdout.read()
        _, status, used = os.wait4(ctl.pid, 0)
        ctl.returncode = os.waitstatus_to_exitcode(status)
    same((ctl.returncode, out[:300] if ctl.returncode else ""), (0, ""))
    return out, used.ru_maxrss // 1024


def main():
    tap = Tap()
    with running(fill, accounted=False) as (rig, daemon):
        wait_for(lambda: settled(daemon), 60, "a case for each mail")
        daemon.stop()
        subprocess.run([BUILD / "tests/tools/grow_store", daemon.settings["store"], str(CASES)], check=True)
        with tap.point(f"check of {CASES} cases without a daemon takes at most {CTL_MB} MB"):
            out, peak = ctl_peak_mb(daemon, "check")
            same(out, "all is well\n")
            assert peak <= CTL_MB, peak
        daemon.start()
        with tap.point(f"beside a daemon, too, and core at most {CORE_MB}"):
            out, peak = ctl_peak_mb(daemon, "check")
            same(out, "all is well\n")
            assert peak <= CTL_MB, peak
            assert peak_mb(daemon.role("core")) <= CORE_MB, peak_mb(daemon.role("core"))
        with tap.point("a list of cases says nothing of their notes, and asks for none"):
            rows = daemon.json("case", "list", "--limit", 1000)
            same((len(rows), {"notes", "links"} & set(rows[0])), (1000, set()))
            same(len(daemon.case(rows[0]["number"])["notes"]), 1)
        with tap.point(f"the longest lists come by pages, each row once, and core has at most {CORE_MB}"):
            for words, key, limit in LISTS:
                rows = [row[key] for row in daemon.json(*words, "--limit", limit)]
                same((len(rows), len(set(rows))), (limit, limit), words)
            table = daemon.ctl("outbox", "list", "--limit", 1001).splitlines()
            same((len(table), len({line.split()[0] for line in table})), (1002, 1002))
            assert peak_mb(daemon.role("core")) <= CORE_MB, peak_mb(daemon.role("core"))
    tap.done()


if __name__ == "__main__":
    main()
