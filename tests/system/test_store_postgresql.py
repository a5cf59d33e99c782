"""The store in PostgreSQL: its contract, and scenarios of the real core, on a private server.

With STORE=pg in the environment (make check STORE=pg) all scenarios, else a sample of them.
"""
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, ROOT, Gatewayd, running
from tests.rig.mail import compose, parse
from tests.rig.postgresql import Postgresql
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

# The others look into SQLite's files.
CONTRACT = ("account", "away", "case", "deadline", "epoch", "mail", "outbox", "query", "reminder", "search", "txn")
SAMPLE = ("audit", "case_over", "help", "loop", "merge", "person_erase", "report", "staff_held", "week_of_the_machines")
# It asserts the number of the next case: one that was rolled back is not given again by PostgreSQL.
NUMBERED = {"simulate"}
SCENARIOS = ROOT / "tests/scenarios"


def points(output):
    return [line for line in output.splitlines() if line.startswith(("ok ", "not ok "))]


def run(server, program, *words):
    done = subprocess.run([BUILD / "tests/unit" / program, *words], env={**os.environ, "STORE_ADDRESS": server.address},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    found = points(done.stdout)
    assert done.returncode == 0 and found and not [p for p in found if p.startswith("not")], done.stdout[-4000:]
    return len(found)


def scenarios():
    names = sorted(p.stem for p in SCENARIOS.glob("*.txt"))
    return [n for n in names if n not in NUMBERED] if os.environ.get("STORE") == "pg" else SAMPLE


def on_server(server, database="postgres"):
    def change(daemon):
        path = daemon.dir / "pgpass"
        path.write_text(server.passfile)
        path.chmod(0o600)
        daemon.own(path)
        daemon.settings["store"] = f"{server.place(database)}?passfile={path}"
    return change


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


def confirmations(rig, number):
    return len([m for m in map(parse, rig.mailbox(r.ANN)) if f"[Case #{number}]" in str(m["Subject"])])


def standby_of(first, change):
    second = Gatewayd(first.rig, "second")
    first.rig.parts.append(second)
    change(second)
    second.settings["token_key_file"] = first.settings["token_key_file"]
    return second.start(ready=False)


def nodes_on(tap, server):
    server.sql("CREATE DATABASE nodes")
    change = on_server(server, "nodes")
    with running(change, accounted=False) as (rig, first):
        with tap.point("a second node waits, and says who has the database"):
            second = standby_of(first, change)
            wait_for(lambda: "another process has it open: server process" in second.log_text(), 30, "the second to wait")
            same(open_case(rig, first, "of the first"), 1)
        with tap.point("the first is killed: the second takes over, nothing lost, nothing twice"):
            first.kill9()
            second.wait_notice("READY=1", 60)
            number = open_case(rig, second, "of the second")
            same([confirmations(rig, n) for n in (1, number)], [1, 1])
        with tap.point("the second's core is stopped for longer than its lease: the first takes over"):
            stopped = second.role("core")
            first.start(ready=False)
            wait_for(lambda: first.role("core"), 30, "its core")
            os.kill(stopped, signal.SIGSTOP)
            first.wait_notice("READY=1", 90)
            number = open_case(rig, first, "of the first again")
        with tap.point("it goes on: what it would write is refused, its core ends, and nothing is twice"):
            os.kill(stopped, signal.SIGCONT)
            wait_for(lambda: second.role("core") != stopped, 60, "its end")
            same(len(first.cases()), 3)
            same([confirmations(rig, c["number"]) for c in first.cases()], [1, 1, 1])


def main():
    tap = Tap()
    with Postgresql() as server:
        for name in CONTRACT:
            with tap.point(f"the contract of {name}"):
                run(server, f"test_store_{name}")
        for name in scenarios():
            with tap.point(f"scenario {name}, in each way that answers find their case"):
                run(server, "test_scenario", "--plain", SCENARIOS / f"{name}.txt")
        daemon_on(tap, server)
        nodes_on(tap, server)
    tap.done()


if __name__ == "__main__":
    main()
