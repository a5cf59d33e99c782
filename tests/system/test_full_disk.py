"""A disk of the store without room: said, whatever comes and when nothing does, until there is room; nothing is lost, and all goes on by itself."""
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
LITTLE, TOO_LONG = 4 << 20, 5000000     # what is left free; a mail for which it is not enough
SHORT = 3


def large(n, size=BYTES):
    text = os.urandom(size).hex()
    lines = "\n".join(text[i:i + 900] for i in range(0, len(text), 900))
    return compose(r.ANN, r.SUPPORT, f"large {apart(n)}", lines).as_bytes()


class Disk:
    """A file system of some tens of MB for the store alone; the part of the rig that stops last, as its folder goes then."""

    def __init__(self, path):
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=777", "tmpfs", path], check=True)

    def stop(self):
        subprocess.run(["umount", "-l", self.path], check=True)


def on_disk(daemon):
    disk = Disk(daemon.dir / "disk")
    daemon.rig.parts.insert(0, disk)
    daemon.settings["store"] = str(disk.path / "gatewayd.db")


def fill(path, left=0):
    """All but so many bytes, and what is less than a page."""
    disk = os.statvfs(path.parent)
    pages = (disk.f_bavail * disk.f_frsize - left) // PAGE if left else sys.maxsize
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as filler:
        while pages > 0 and filler.write(bytes(PAGE)) == PAGE:
            pages -= 1


def kill_all(daemon):
    """Core first, while its parent can start no other: nothing is closed in order."""
    daemon.process.signal(signal.SIGSTOP)
    os.kill(daemon.role("core"), signal.SIGKILL)
    daemon.kill9()


def troubles(daemon):
    return {row["what"]: row["text"] for row in daemon.json("status")["wrong"]}


def is_full(daemon, *rooms):
    found = troubles(daemon)
    return all("the disk is full" in found.get(room, "") for room in rooms)


def is_well(daemon):
    return daemon.ctl_run("status")[1].returncode == 0


def said(daemon):
    """How often the log has that it began, and that it ended: of the store, and of keeping mails."""
    log = daemon.log_text()
    return [log.count(f"event={line} ") for line in ("store.trouble", "store.good", "intake.trouble what=\"mails are not kept\"", "intake.good")]


def nearly_full(tap, rig, daemon, filler):
    with tap.point("where short mails find room and a long one does not it is one trouble, until that has room"):
        before, cases = said(daemon), len(daemon.cases())
        fill(filler, LITTLE)
        rig.append(r.SUPPORT, large(MAILS + 1, TOO_LONG))
        wait_for(lambda: is_full(daemon, "store", "intake"), 30, "a word about it")
        for n in range(SHORT):
            rig.append(r.EMERGING, compose(r.ANN, r.EMERGING, f"short {apart(n)}", f"{apart(n)}").as_bytes())
            wait_for(lambda n=n: len(daemon.cases()) == cases + n + 1, 60, "a short mail")
            assert is_full(daemon, "store", "intake"), troubles(daemon)
        filler.unlink()
        wait_for(lambda: len(daemon.cases()) == cases + SHORT + 1 and is_well(daemon), 60, "the long mail, and all to be well")
        same([now - then for now, then in zip(said(daemon), before)], [1, 1, 1, 1], daemon.tail())


def main():
    needs_root("a file system for the store")
    tap = Tap()
    with running(on_disk) as (rig, daemon):
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
            wait_for(lambda: is_full(daemon, "store"), 30, "a word about it")
            same(daemon.ctl_run("status")[1].returncode, WRONG)
            same(len(daemon.cases()), MAILS)
        with tap.point("a mail that comes then waits on its server"):
            rig.append(r.SUPPORT, large(MAILS))
            wait_for(lambda: is_full(daemon, "store", "intake"), 30, "mails that are not kept")
            same(len(rig.mailbox(r.SUPPORT, "INBOX")), 1)
        with tap.point("with room it goes on by itself: the mail is a case, all is well, and check finds nothing"):
            (store.parent / "filler").unlink()
            wait_for(lambda: len(daemon.cases()) == MAILS + 1 and is_well(daemon), 60, "the case, and all to be well")
            same(daemon.log_text().count("event=role.ended role=core"), 0, daemon.tail())
            daemon.stop()
            same(daemon.ctl("check"), "all is well\n")
            daemon.start()
        with tap.point("also where no mail comes, and nothing is to be written"):
            wait_for(lambda: is_well(daemon), 20, "all to be well")
            fill(store.parent / "filler")
            wait_for(lambda: is_full(daemon, "store"), 120, "a word about it")
            (store.parent / "filler").unlink()
            wait_for(lambda: is_well(daemon), 20, "all to be well")
        nearly_full(tap, rig, daemon, store.parent / "filler")
    tap.done()


if __name__ == "__main__":
    main()
