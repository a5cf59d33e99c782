"""Backup and check on a slow disk: core goes on with its work, and nothing half is left."""
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

MAILS, BYTES = 3, 600000


def large(n):
    text = os.urandom(BYTES).hex()
    return compose(r.ANN, r.SUPPORT, f"large {n}", "\n".join(text[i:i + 900] for i in range(0, len(text), 900))).as_bytes()


def fresh_core(daemon):
    """One that has nothing of the store in memory, so that a copy reads the disk."""
    old = daemon.role("core")
    os.kill(old, signal.SIGKILL)
    core = wait_for(lambda: daemon.role("core") not in (None, old) and daemon.role("core"), 20, "another core")
    wait_for(lambda: daemon.ctl_run("mail", "count")[1].returncode == 0, 20, "an answer of it")
    return core


def copies_of(core):
    """The copies of its store that it has under way."""
    fds = pathlib.Path(f"/proc/{core}/fd")
    return [fd for fd in os.listdir(fds) if ".copy-" in os.path.realpath(fds / fd)]


def listed(daemon, subject):
    """As a row of the table, which reads no notes: those of the large mails would be slow to read."""
    wait_for(lambda: subject in daemon.ctl("case", "list", "--wide"), 60, f"a case {subject!r}")


@contextlib.contextmanager
def small_disk(folder):
    """A file system of a few pages."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def main():
    tap = Tap()

    def change(daemon):
        daemon.program = BUILD / "tests/traps/gatewayd"
        daemon.settings["limits"]["role_silence"] = "8s"      # a busy machine may not let it run for three

    with running(change) as (rig, daemon):
        for n in range(MAILS):
            rig.append(r.SUPPORT, large(n))
        wait_for(lambda: len(daemon.cases()) == MAILS, 60, "the large mails")
        core, disk = fresh_core(daemon), pathlib.Path(daemon.settings["store"] + "-trap")
        copy, other = daemon.dir / "copy.db", daemon.dir / "other.db"
        command = [str(BUILD / "gatewayctl"), "-c", str(daemon.conf), "backup", str(copy)]
        disk.write_text("read 2")
        with tap.point("one that is broken off leaves nothing under its name, and does not stand in the way of the next"):
            first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: copies_of(core), 20, "a copy under way")
            first.kill()
            first.wait()
            assert not copy.exists() and not list(copy.parent.glob("copy*")), list(copy.parent.iterdir())
        with tap.point("the next one is whole; meanwhile core takes mails, and is not taken for hung"):
            wait_for(lambda: not copies_of(core), 30, "the end of the copy that was broken off")
            second = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: copies_of(core), 20, "a copy under way")
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "meanwhile", "x"))
            listed(daemon, "meanwhile")
            same(second.wait(300), 0, "the backup")
            same((daemon.role("core"), daemon.log_text().count("event=role.ended role=core")), (core, 1))
            with sqlite3.connect(copy) as db:
                same(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                assert db.execute("SELECT count(*) FROM mail").fetchone()[0] >= MAILS
        with tap.point("check reads a copy: core takes mails meanwhile, and is not taken for hung"):
            core = fresh_core(daemon)
            check = subprocess.Popen([*command[:3], "check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "checked", "x"))
            listed(daemon, "checked")
            same((check.communicate(timeout=300)[0], check.returncode), (b"all is well\n", 0))
            same((daemon.role("core"), daemon.log_text().count("event=role.ended role=core")), (core, 2))
        disk.write_text("full")
        with tap.point("no room beside the store: refused in words, nothing is left, core goes on"):
            done = daemon.ctl_run("backup", other)[1]
            assert done.returncode and b"full" in done.stderr, done
            assert not other.exists() and not list(copy.parent.glob("other*")), list(copy.parent.iterdir())
            same([f.name for f in pathlib.Path(daemon.settings["store"]).parent.glob("*copy*")], [])
        disk.unlink()
        with tap.point("no room where the copy is to go: the same"):
            with small_disk(daemon.dir / "small") as small:
                done = daemon.ctl_run("backup", small / "copy.db")[1]
                same((done.returncode, list(small.iterdir())), (os.EX_IOERR, []), done.stderr)
                assert b"No space left" in done.stderr, done.stderr
            same(daemon.role("core"), core)
        with tap.point("and with room the same backup is made"):
            out = " ".join(daemon.ctl("backup", other).split())
            assert "erased later is still in it" in out and f"{daemon.settings['store']}.erased" in out, out
            assert other.stat().st_size > BYTES
        with tap.point("the audit has each copy that was begun, once: the one broken off and the one without room, too"):
            same([row["who"] for row in daemon.json("audit", "--action", "backup")], ["uid:0"] * 4)
        with tap.point("a file that is there stays as it is"):
            same(daemon.ctl_run("backup", copy)[1].returncode, 65)
    tap.done()


if __name__ == "__main__":
    main()
