"""`gatewayctl store copy`: a store in a file goes to a private PostgreSQL, killed at several points, and back into a file."""
import contextlib
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose, reply
from tests.rig.postgresql import Postgresql
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.rig.terminal import Terminal

# In the order of the copy: before most, in the midst, at the last; and what is dropped when it is a store.
KILLED_AT = ("case_text", "note", "standing", "copying")

COPIED = pathlib.Path(__file__).resolve().parents[2] / "store/sql/postgresql/0050_copied.sql"

# The table by which a place is half a copy comes when all others are there.
HOLD = """
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1);
    RETURN new;
END $$;
CREATE FUNCTION prepare() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('copying') IS NOT NULL THEN
        CREATE TRIGGER hold BEFORE INSERT ON case_text FOR EACH ROW EXECUTE FUNCTION hold();
    END IF;
END $$;
CREATE EVENT TRIGGER prepare ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION prepare();
"""


def confirmation(rig, number):
    return rig.wait_mail(r.ANN, lambda m: f"[Case #{number}]" in str(m["Subject"]), what="the confirmation")


def open_case(rig, daemon, subject):
    rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "The printer does not print.", attach=()))
    number = daemon.case_of(subject)["number"]
    return number, confirmation(rig, number)


def answer(rig, daemon, number, mail, text):
    rig.send(r.ANN, reply(mail, r.ANN, text))
    daemon.wait_case(number, lambda c: any(text in n["text"] for n in c["notes"]), what=text)


@contextlib.contextmanager
def locked(server, how, which):
    """A session that has a lock: how it is taken, and which one of pg_locks it is."""
    session = subprocess.Popen(["psql", "-qAt", "-o", "/dev/null", server.address], stdin=subprocess.PIPE, text=True)
    session.stdin.write(f"BEGIN; {how};\n")
    session.stdin.flush()
    wait_for(lambda: server.sql(f"SELECT count(*) FROM pg_locks WHERE granted AND {which}") == "1\n", 20, f"the lock: {how}")
    yield
    session.stdin.close()
    session.wait()


def holding(server, table):
    """Who wants to change that table waits."""
    return locked(server, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
                  f"mode = 'AccessExclusiveLock' AND relation = '{table}'::regclass")


@contextlib.contextmanager
def holding_the_first(server):
    """A copy waits before its first row, with all committed by which the place is half a copy."""
    server.sql(HOLD)
    with locked(server, "SELECT pg_advisory_xact_lock(1)", "locktype = 'advisory' AND objid = 1"):
        yield
    server.sql("DROP FUNCTION hold() CASCADE; DROP FUNCTION prepare() CASCADE")


def begun(command, until, what):
    """Calls it, and kills it as soon as that is true."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: until() or process.poll() is not None, 60, what)
    assert process.poll() is None, "it came to its end"
    process.kill()
    process.wait()


def gone(server):
    wait_for(lambda: server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatewayd'") == "0\n", 20,
             "the server to see that it is gone")


def waits(server):
    return server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatewayd' "
                      "AND wait_event_type = 'Lock'") == "1\n"


def refused(daemon, words):
    _, done = daemon.ctl_run("check")
    assert done.returncode and words in done.stderr.decode(), done


def killed_copies(tap, daemon, server, command, place):
    with holding_the_first(server):
        begun(command, lambda: waits(server), "a copy that is half")
    gone(server)
    same(server.sql("SELECT count(*) FROM case_text"), "0\n")
    daemon.settings["store"] = place
    daemon.write_conf()
    refused(daemon, "half a copy")
    with tap.point("what an older program began cannot go on, and says what to do"):
        last = "number = (SELECT max(number) FROM migration)"
        server.sql(f"CREATE TABLE kept AS SELECT * FROM migration WHERE {last}; DELETE FROM migration WHERE {last}")
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode and "an older program began" in done.stderr and "copy from the beginning" in done.stderr, done
        server.sql("INSERT INTO migration SELECT * FROM kept; DROP TABLE kept")
    for table in KILLED_AT:
        with tap.point(f"killed at {table}: no daemon takes it for a store"):
            with holding(server, table):
                begun(command, lambda: waits(server), f"the copy to wait for {table}")
            gone(server)
            refused(daemon, "half a copy")


def passed(server):
    """Tables with a row whose number their sequence is still to give."""
    numbered = server.sql("SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
                          "WHERE attidentity <> '' AND relkind = 'r' ORDER BY 1").splitlines()
    assert len(numbered) > 10, numbered
    last = "coalesce(pg_sequence_last_value(pg_get_serial_sequence('{0}', '{1}')::regclass), 0)"
    return [row for row in numbered
            if server.sql(("SELECT coalesce(max({1}), 0) <= " + last + " FROM {0}").format(*row.split("|"))) != "t\n"]


def there(tap, rig, daemon, server):
    path = daemon.settings["store"]
    passfile = daemon.dir / "pgpass"
    passfile.write_text(server.passfile)
    passfile.chmod(0o600)
    daemon.own(passfile)
    place = f"{server.place('postgres')}?passfile={passfile}"
    command = [BUILD / "gatewayctl", "store", "copy", path, place]
    first = open_case(rig, daemon, "first")
    with tap.point("a store that a daemon has is refused, by name"):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode and "has it open" in done.stderr, done
    with tap.point("a database made as the manual says has the letters of all languages"):
        server.create("gatewayd")
        same(server.sql("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'gatewayd'"), "UTF8\n")
    daemon.stop()
    killed_copies(tap, daemon, server, command, place)
    with tap.point("called again it comes to its end, and says each table's digest"):
        done = subprocess.run([*command, "--json"], capture_output=True, text=True)
        assert done.returncode == 0, done
        tables = {t["table"]: t for t in json.loads(done.stdout)["tables"]}
        same(tables["cases"]["rows"], 1)
        assert all(len(t["sha256"]) == 64 for t in tables.values())
    with tap.point("the next number of each table comes after all that were copied"):
        same(passed(server), [])
    with tap.point("so it does in a database that an earlier program copied, when it is migrated, once or twice"):
        server.sql("SELECT setval(pg_get_serial_sequence('content', 'id')::regclass, 1, false)")
        same([row.split("|")[0] for row in passed(server)], ["content"])
        for _ in range(2):
            server.sql(COPIED.read_text())
            same(passed(server), [])
    with tap.point("once more: it is not empty"):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode and "not empty" in done.stderr, done
    words = "SELECT string_agg(words::text, ' ' ORDER BY number) FROM case_text"
    copied = server.sql(words)
    server.sql("INSERT INTO case_stale SELECT number FROM cases")
    daemon.start()
    with tap.point("the words of a case that was copied are those of one that came there"):
        wait_for(lambda: server.sql("SELECT count(*) FROM case_stale") == "0\n", 30, "the words to be made again")
        same(server.sql(words), copied)
    with tap.point("an answer to a token of before lands in its case; numbers go on; its words are found"):
        answer(rig, daemon, *first, "It still does not.")
        same(open_case(rig, daemon, "second")[0], first[0] + 1)
        same([c["number"] for c in daemon.json("case", "search", "printer")][-1:], [first[0]])
        same(daemon.ctl("check"), "all is well\n")
    return place, first, tables


def and_back(tap, rig, daemon, server, place, first):
    path = daemon.dir / "state" / "back.db"
    daemon.stop()
    with tap.point("back into a file, with progress and the time on a terminal"):
        terminal = Terminal(BUILD / "gatewayctl", "store", "copy", place, path)
        same(terminal.wait(), 0)
        assert "rows copied" in terminal.screen and "The same on both sides" in terminal.screen, terminal.screen
    daemon.settings["store"] = str(path)
    daemon.start()
    with tap.point("and again an answer to the token of before lands, and check finds nothing"):
        answer(rig, daemon, *first, "And once more.")
        same(len(daemon.cases()), 2)
        same(daemon.ctl("check"), "all is well\n")


def main():
    tap = Tap()
    with Postgresql() as server, running() as (rig, daemon):
        place, first, _ = there(tap, rig, daemon, server)
        and_back(tap, rig, daemon, server, place, first)
    tap.done()


if __name__ == "__main__":
    main()
