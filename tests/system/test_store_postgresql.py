"""The store in PostgreSQL: its contract, and scenarios of the real core, on a private server.

With STORE=pg in the environment (make check STORE=pg) all scenarios, else a sample of them.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig.gatewayd import BUILD, ROOT
from tests.rig.postgresql import Postgresql
from tests.rig.tap import Tap

# The others look into SQLite's files.
CONTRACT = ("account", "away", "case", "deadline", "epoch", "mail", "outbox", "query", "reminder", "search", "txn")
SAMPLE = ("audit", "case_over", "help", "loop", "merge", "report", "staff_held", "week_of_the_machines")
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


def main():
    tap = Tap()
    with Postgresql() as server:
        for name in CONTRACT:
            with tap.point(f"the contract of {name}"):
                run(server, f"test_store_{name}")
        for name in scenarios():
            with tap.point(f"scenario {name}, in each way that answers find their case"):
                run(server, "test_scenario", "--plain", SCENARIOS / f"{name}.txt")
    tap.done()


if __name__ == "__main__":
    main()
