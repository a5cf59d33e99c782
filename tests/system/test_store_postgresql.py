"""The store in PostgreSQL: its contract, and scenarios of the real core, on a private server.

With STORE=pg in the environment (make check STORE=pg) all scenarios, else a sample of them.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, ROOT, running
from tests.rig.mail import compose
from tests.rig.postgresql import Postgresql, on_server
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

# The others look into SQLite's files.
CONTRACT = ("account", "added", "ahead", "away", "case", "deadline", "epoch", "gathered", "identity", "mail", "node", "outbox", "plans", "query", "reminder", "search", "slice", "txn")
CONTRACT += ("transfer",) if os.environ.get("STORE") == "pg" else ()
SAMPLE = ("audit", "case_over", "help", "loop", "merge", "person_erase", "report", "staff_held", "week_of_the_machines")
# It asserts the number of the next case: one that was rolled back is not given again by PostgreSQL.
NUMBERED = {"simulate"}
SCENARIOS = ROOT / "tests/scenarios"
# They damage SQLite's file.
OF_A_FILE = {p.stem for p in SCENARIOS.glob("*.txt") if "\nDAMAGE " in p.read_text()}
# The simulator's, which speak as scenarios do, but for one that puts a file back.
STORIES = ROOT / "tests/simulate/steps"
OF_ITS_WORLD = {"restore"}
STORY_SAMPLE = ("deadline", "held_answer")


def points(output):
    return [line for line in output.splitlines() if line.startswith(("ok ", "not ok "))]


def run(server, program, *words):
    done = subprocess.run([BUILD / "tests/unit" / program, *words], env={**os.environ, "STORE_ADDRESS": server.address},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    found = points(done.stdout)
    said = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("drop cascades to "))
    assert done.returncode == 0 and found and not [p for p in found if p.startswith("not")], said[-4000:]
    return len(found)


def scenarios():
    names = sorted(p.stem for p in SCENARIOS.glob("*.txt"))
    return [n for n in names if n not in NUMBERED | OF_A_FILE] if os.environ.get("STORE") == "pg" else SAMPLE


def stories():
    names = sorted(p.stem for p in STORIES.glob("*.txt"))
    return [n for n in names if n not in OF_ITS_WORLD] if os.environ.get("STORE") == "pg" else STORY_SAMPLE


def open_case(rig, daemon, subject):
    rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "It does not work."))
    number = daemon.case_of(subject)["number"]
    rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the confirmation")
    return number


def daemon_on(tap, server):
    with running(on_server(server)) as (rig, daemon):
        with tap.point("the main job on PostgreSQL: a case and its confirmation"):
            same(open_case(rig, daemon, "first"), 1)
        with tap.point("connections that the server ends: opened again, nothing lost, nothing twice"):
            core = daemon.role("core")
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatewayd'")
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "second", "It does not work."))
            wait_for(lambda: daemon.role("core") not in (None, core), 30, "another core")
            daemon.case_of("second", 60)
        with tap.point("a server that is away for some time: mails wait, status says so, and all goes on"):
            server.stop()
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "third", "It does not work."))
            wait_for(lambda: "PostgreSQL" in daemon.log_text(), 30, "a word about it")
            server.start()
            daemon.case_of("third", 60)
            same(len(daemon.cases()), 3)
        with tap.point("check finds nothing; backup says whose business it is"):
            same(daemon.ctl("check"), "all is well\n")
            _, done = daemon.ctl_run("backup", daemon.dir / "copy")
            assert done.returncode and b"pg_dump" in done.stderr, done


def main():
    tap = Tap()
    with Postgresql() as server:
        for name in CONTRACT:
            with tap.point(f"the contract of {name}"):
                run(server, f"test_store_{name}")
        for name in scenarios():
            with tap.point(f"scenario {name}, in each way that answers find their case"):
                run(server, "test_scenario", "--plain", SCENARIOS / f"{name}.txt")
        for name in stories():
            with tap.point(f"the simulator's story {name}"):
                run(server, "test_scenario", "--plain", STORIES / f"{name}.txt")
        daemon_on(tap, server)
    tap.done()


if __name__ == "__main__":
    main()
