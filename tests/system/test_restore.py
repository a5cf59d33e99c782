"""A store that is gone, an older one, and a backup that is put back: nobody's mail is lost, and nobody gets a stranger's case."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import compose, reply
from tests.rig.process import PATIENCE, wait_for
from tests.rig.tap import Tap, same


def flags(rig, user, folder):
    """The flags of each mail in a folder."""
    with rig.imap(user) as imap:
        imap.select(folder, readonly=True)
        return [line.decode() for line in imap.fetch("1:*", "(FLAGS)")[1] if line]


def confirmation(rig, user, subject):
    return rig.wait_mail(user, lambda m: "Case #" in (m["Subject"] or ""), what=f"a confirmation of {subject}")


def mail_and_wait(rig, daemon, user, subject):
    rig.send(user, compose(user, r.SUPPORT, subject, f"about {subject}"))
    return daemon.case_of(subject)


def moved(rig, n):
    wait_for(lambda: rig.count(r.SUPPORT, "Processed") == n, 20, f"{n} mails in Processed")


def state_of(daemon):
    return daemon.dir / "state"


def put_state(daemon, folder):
    """The state as it is in that folder, or none."""
    shutil.rmtree(state_of(daemon))
    if folder:
        shutil.copytree(folder, state_of(daemon))
    else:
        state_of(daemon).mkdir()
    for path in (state_of(daemon), *state_of(daemon).iterdir()):
        daemon.own(path)


def keep_state(daemon, name):
    folder = daemon.dir / name
    shutil.copytree(state_of(daemon), folder, ignore=shutil.ignore_patterns("*.sock"))
    return folder


def refused(daemon):
    """What gatewayctl says, and what the daemon does."""
    _, done = daemon.ctl_run("kb", "index")
    before = len(daemon.log_text())
    daemon.start(ready=False)
    status = daemon.process.popen.wait(60 * PATIENCE)
    daemon.process = None
    return done.returncode, done.stderr.decode(), status, daemon.log_text()[before:]


def check_losses(tap, daemon, whole, killed, older):
    store = state_of(daemon) / "gatewayd.db"
    losses = {
        "the store is gone": (whole, store.unlink),
        "the store has 0 bytes": (whole, lambda: store.write_bytes(b"")),
        "its companion is gone": (whole, pathlib.Path(f"{store}.witness").unlink),
        "a store that was killed lost its log": (killed, pathlib.Path(f"{store}-wal").unlink),
        "an older copy lies in its place": (whole, lambda: shutil.copyfile(older, store)),
    }
    for name, (state, lose) in losses.items():
        with tap.point(f"refused: {name}"):
            put_state(daemon, state)
            lose()
            status, text, ended, log = refused(daemon)
            assert status and "gatewayctl" in text and str(store) in text, (status, text)
            assert ended and "gatewayctl" in log and str(store) in log, (ended, log)
    put_state(daemon, whole)
    with tap.point("put back, it is the store again"):
        same(len(daemon.cases()), 2)


def check_unmounted(tap, daemon, whole):
    with tap.point("an empty state folder, and mails that we moved: no new store is worked with"):
        put_state(daemon, None)
        daemon.start(ready=False)
        wait_for(lambda: "event=store.refused" in daemon.log_text(), 30, "the daemon to refuse a new store")
        assert "gatewayctl restore" in daemon.log_text()
        daemon.stop()
        put_state(daemon, whole)


def check_damaged(tap, daemon, backup):
    with tap.point("restore of a damaged backup: all else is in place, and what is damaged is named"):
        damaged = shutil.copy(backup, daemon.dir / "damaged.db")
        with contextlib.closing(sqlite3.connect(damaged)) as db:
            (name,) = db.execute("SELECT message_id FROM mail WHERE id = 1").fetchone()
            db.execute("UPDATE content SET bytes = substr(bytes, 1, length(bytes) / 2)"
                       " WHERE id = (SELECT content FROM mail WHERE id = 1)")
            db.commit()
        done = daemon.ctl_run("restore", damaged)[1]
        same(done.returncode, 1)
        assert "does not unpack" in done.stdout.decode() and f"mail 1 <{name}>" in done.stdout.decode(), done.stdout
        done = daemon.ctl_run("restore", damaged, "--json")[1]
        same(done.returncode, 1)
        assert f"mail 1 <{name}>" in json.loads(done.stdout)["damaged"][0], done.stdout


def check_restore(tap, rig, daemon, backup, ann):
    with tap.point("restore: what is lost is read again, and what it would send is held"):
        out = daemon.ctl("restore", backup)
        assert "next case is 3" in out and ".replaced-" in out, out
        for path in state_of(daemon).iterdir():
            daemon.own(path)
        daemon.start()
        case = daemon.case_of("lost")
        same(case["number"], 3)
        wait_for(lambda: daemon.json("held", "list"), 20, "what is held")
        same([row["state"] for row in daemon.json("outbox", "list") if row["case"] == 3 and row["state"] != "unknown"], [])
        same(rig.count(r.SUPPORT, "Processed"), 2)
        wait_for(lambda: "all is well" in daemon.ctl_run("check")[1].stdout.decode(), 20, "all folders to be read again")
    with tap.point("a number that was lost is nobody's: an answer to it is no stranger's"):
        mail_and_wait(rig, daemon, r.PAUL, "new one")
        rig.send(r.ANN, reply(ann, r.ANN, "about my old case"))
        wait_for(lambda: len(daemon.cases()) == 4 or len(daemon.case(3)["notes"]) > 1, 20, "Ann's answer")
        assert not any("my old case" in note["text"] for note in daemon.case(4)["notes"])
    with tap.point("held release lets all of it go, in one go"):
        before = rig.count(r.ANN)
        daemon.ctl("held", "release")
        wait_for(lambda: rig.count(r.ANN) > before, 20, "the confirmation that was held")
        same(daemon.json("held", "list"), [])


def check_snapshot(tap, rig, daemon):
    daemon.stop()
    older = keep_state(daemon, "older")
    daemon.start()
    wait_for(lambda: rig.count(r.SUPPORT) == 0, 20, "the mails of before to move")
    n = rig.count(r.SUPPORT, "Processed")
    mail_and_wait(rig, daemon, r.PAUL, "after the snapshot")
    moved(rig, n + 1)
    daemon.stop()
    put_state(daemon, older)
    with tap.point("a snapshot put back: found by the mails that we moved, which are taken in again"):
        daemon.start()
        case = daemon.case_of("after the snapshot")
        assert case["number"] > 1000, case["number"]
        assert "event=store.behind" in daemon.log_text()
        assert daemon.json("held", "list")
        same(rig.count(r.SUPPORT, "Processed"), n + 1)
    with tap.point("and the next start finds nothing more"):
        daemon.stop()
        daemon.start()
        mail_and_wait(rig, daemon, r.PAUL, "as ever")
        same(daemon.log_text().count("event=store.behind"), 1)
        same(daemon.ctl("check"), "all is well\n")


def main():
    tap = Tap()
    with running() as (rig, daemon):
        mail_and_wait(rig, daemon, r.LENA, "kept")
        with tap.point("what we moved has our keyword"):
            moved(rig, 1)
            assert all("$gatewayd" in line for line in flags(rig, r.SUPPORT, "Processed"))
        backup = state_of(daemon) / "copy.db"
        daemon.ctl("backup", backup)
        kept_backup = shutil.copy(backup, daemon.dir / "copy.db")
        backup.unlink()
        mail_and_wait(rig, daemon, r.ANN, "lost")
        ann = confirmation(rig, r.ANN, "lost")
        moved(rig, 2)
        daemon.process.signal(signal.SIGSTOP)      # it starts no other
        os.kill(daemon.role("core"), signal.SIGKILL)
        daemon.kill9()
        killed = keep_state(daemon, "killed")
        daemon.start()
        daemon.stop()
        whole = keep_state(daemon, "whole")
        check_losses(tap, daemon, whole, killed, kept_backup)
        check_unmounted(tap, daemon, whole)
        check_damaged(tap, daemon, kept_backup)
        check_restore(tap, rig, daemon, kept_backup, ann)
        check_snapshot(tap, rig, daemon)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
