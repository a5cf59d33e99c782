"""kill -9 with a long log of the store, and no room on its disk when the daemon comes back: said, nothing lost, and it goes on with room."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import WRONG, running
from tests.rig.mail import apart, compose
from tests.rig.process import needs_root, wait_for
from tests.rig.tap import Tap, same

MAILS, BYTES, LOG, PAGE = 6, 600000, 16 << 20, 4096


def large(n):
    text = os.urandom(BYTES).hex()
    lines = "\n".join(text[i:i + 900] for i in range(0, len(text), 900))
    return compose(r.ANN, r.SUPPORT, f"large {apart(n)}", lines).as_bytes()


@contextlib.contextmanager
def on_disk(folder):
    """A file system of some tens of MB for the store alone."""
    def change(daemon):
        disk = daemon.dir / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=777", "tmpfs", disk], check=True)
        folder.append(disk)
        daemon.settings["store"] = str(disk / "gatewayd.db")
    try:
        yield change
    finally:
        for disk in folder:
            subprocess.run(["umount", "-l", disk], check=True)


def fill(path):
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as filler:
        while filler.write(bytes(PAGE)) == PAGE:
            pass


def kill_all(daemon):
    """Core first, while its parent can start no other: nothing is closed in order."""
    daemon.process.signal(signal.SIGSTOP)
    os.kill(daemon.role("core"), signal.SIGKILL)
    daemon.kill9()


def troubles(daemon):
    return {row["what"]: row["text"] for row in daemon.json("status")["wrong"]}


def is_well(daemon):
    return daemon.ctl_run("status")[1].returncode == 0


def main():
    needs_root("a file system for the store")
    tap = Tap()
    with on_disk([]) as change, running(change) as (rig, daemon):
        store = pathlib.Path(daemon.settings["store"])
        for n in range(MAILS):
            rig.append(r.SUPPORT, large(n))
        wait_for(lambda: len(daemon.cases()) == MAILS, 60, "the large mails")
        wait_for(lambda: is_well(daemon), 20, "all to be well")
        kill_all(daemon)
        assert pathlib.Path(f"{store}-wal").stat().st_size > LOG, list(store.parent.iterdir())
        fill(store.parent / "filler")
        daemon.start()
        with tap.point("it starts, has all that was committed, and says that the disk is full"):
            wait_for(lambda: "the disk is full" in troubles(daemon).get("store", ""), 30, "a word about it")
            same(daemon.ctl_run("status")[1].returncode, WRONG)
            same(len(daemon.cases()), MAILS)
        with tap.point("a mail that comes then waits on its server"):
            rig.append(r.SUPPORT, large(MAILS))
            wait_for(lambda: "the disk is full" in troubles(daemon).get("intake", ""), 30, "mails that are not kept")
            same(len(rig.mailbox(r.SUPPORT, "INBOX")), 1)
        with tap.point("with room it goes on by itself: the mail is a case, all is well, and check finds nothing"):
            (store.parent / "filler").unlink()
            wait_for(lambda: len(daemon.cases()) == MAILS + 1 and is_well(daemon), 60, "the case, and all to be well")
            same(daemon.log_text().count("event=role.ended role=core"), 0, daemon.tail())
            daemon.stop()
            same(daemon.ctl("check"), "all is well\n")
            daemon.start()
        fill(store.parent / "filler")
        kill_all(daemon)
        daemon.start()
        with tap.point("also where no mail comes"):
            wait_for(lambda: "the disk is full" in troubles(daemon).get("store", ""), 30, "a word about it")
            (store.parent / "filler").unlink()
            wait_for(lambda: is_well(daemon), 90, "all to be well")
    tap.done()


if __name__ == "__main__":
    main()
