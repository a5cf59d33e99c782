"""A person is erased for good: from every file of the store, through a kill, and again after a restore."""
import base64
import contextlib
import email
import json
import os
import pathlib
import pty
import re
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, running
from tests.rig.mail import compose
from tests.rig.packed import unpack
from tests.rig.process import PATIENCE, wait_for
from tests.rig.tap import Tap, same

IMPORTED = 60
WORDS = ["flamingo", "zeppelin", "marzipan", "quarkstrudel", "xylophon"]     # of her mails and nobody else's
MAGIC, BEGIN = re.escape(bytes.fromhex("28b52ffd")), 60     # of what is packed (RFC 8878)
FILE = b"the kaleidoscope is in the file, and it is long enough for any encoding"


def forms(word):
    """As it may stand in a file: in three encodings, and in base64 at each of its three places."""
    for text in (word, word.capitalize(), word.upper()):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + word.encode())
        yield whole[(shift * 4 + 2) // 3 + (shift > 0):len(whole) - 4]


def packed(daemon):
    """The packed columns of the store: {what stands in the file: what it says}."""
    copy = daemon.dir / "looked-at.db"
    copy.unlink(missing_ok=True)
    daemon.ctl("backup", str(copy))
    with contextlib.closing(sqlite3.connect(copy)) as db:
        rows = db.execute("SELECT bytes, size FROM content WHERE length(bytes) <> size UNION ALL "
                          "SELECT lines, size FROM shown WHERE length(lines) < size UNION ALL "
                          "SELECT words, size FROM note WHERE length(words) < size").fetchall()
    return {stored: unpack(stored, size) for stored, size in rows}


def left(daemon, words):
    """Which words stand where, in all files beside the store and in those that it set aside, packed ones too.

    What is packed may go on in another page, and the rest of one that is gone cannot be found: so each that begins in a file
    must be one that the store still has.
    """
    files = {path.name: path.read_bytes() for path in sorted((daemon.dir / "state").rglob("gatewayd.db*")) if path.is_file()}
    alive = packed(daemon) if daemon.role("core") else {}
    begins = {stored[:BEGIN] for stored in alive}
    texts = [*files.items(), *(("packed", text) for text in alive.values())]
    found = [(name, w) for name, data in texts for w in words for f in forms(w) if len(f) > 3 and f in data]
    return found + [(name, "packed, and of no row") for name, data in files.items() for m in re.finditer(MAGIC, data)
                    if alive and data[m.start():m.start() + BEGIN] not in begins]


def imported():
    for n in range(IMPORTED):
        text = " ".join(WORDS[(n + k) % len(WORDS)] + str(n * 7 + k) for k in range(12))
        yield (b"From ann Mon Jan  5 10:00:00 2026\nFrom: Ann Zebra <%s>\nTo: support@example.test\nMessage-ID: <old%d@ann.test>\n"
               b"Date: Mon, 05 Jan 2026 10:00:00 +0000\nSubject: %s %d\n\n%s\n\n"
               % (r.ANN.encode(), n, WORDS[n % len(WORDS)].encode(), n, text.encode()))


def hers(daemon):
    return daemon.json("case", "list", "--requester", r.ANN)


def erased(daemon, n):
    wait_for(lambda: daemon.log_text().count("event=person.erased") >= n, 60, f"{n} erasures that are done")


def refused(tap, daemon):
    for words, part in ((("nobody", "--yes"), "is no mail address"), ((r.SAM, "--yes"), "is staff"), ((r.SUPPORT, "--yes"), "is an address of ours"),
                        ((r.ANN,), "--dry-run counts")):
        with tap.point(f"refused, and nothing happens: {words}"):
            _, done = daemon.ctl_run("person", "erase", *words)
            assert done.returncode and part in done.stderr.decode(), done
    with tap.point("a user who is in no group of the daemon is refused"):
        done = subprocess.run(["setpriv", "--reuid=bin", "--regid=bin", "--clear-groups", BUILD / "gatewayctl", "-c", daemon.conf,
                               "person", "erase", r.ANN, "--dry-run"], capture_output=True, check=False)
        assert done.returncode, done


def export(tap, daemon, number):
    folder = daemon.dir / "ann"
    with tap.point("an export has her mails, notes, files and events, to read and as JSON"):
        daemon.ctl("person", "export", r.ANN, folder)
        index = json.loads((folder / "index.json").read_text())
        same((index["addresses"], index["names"], len(index["mails"]), len(index["cases"])), ([r.ANN], ["Ann Zebra"], IMPORTED + 2, IMPORTED + 2))
        mails = [folder / m["file"] for m in index["mails"]]
        same({m["Message-ID"].strip("<>") for m in map(lambda p: email.message_from_bytes(p.read_bytes()), mails)},
             {m["message_id"] for m in index["mails"]})
        text = (folder / "cases" / str(number) / "case.txt").read_text()
        assert all(w in text for w in ("zeppelin eats marzipan", "which zeppelin?", "kaleidoscope.txt", ": response note")), text
        same([p.read_bytes().strip() for p in (folder / "cases" / str(number)).glob("*-kaleidoscope.txt")], [FILE])
        assert any(b"which zeppelin" in p.read_bytes() for p in (folder / "sent").iterdir())
        assert not list(folder.rglob("*hum*")) and "Does it hum" not in (folder / "index.json").read_text()
        same({p.stat().st_mode & 0o77 for p in folder.rglob("*")}, {0})
    with tap.point("a folder that is there is not touched"):
        _, done = daemon.ctl_run("person", "export", r.ANN, folder)
        assert done.returncode == 65 and str(folder) in done.stderr.decode(), done


def as_nobody(daemon, *words):
    return subprocess.run(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", BUILD / "gatewayctl", "-c", daemon.conf, *words],
                          capture_output=True, text=True, check=False)


def groups(tap, daemon):
    with tap.point("the user of the daemon is let in, but where data_group is another not to people's data and the audit"):
        same(as_nobody(daemon, "case", "list").returncode, 0)
        for words in (("audit",), ("person", "erase", r.ANN, "--dry-run"), ("person", "export", r.ANN, "/tmp/never")):
            done = as_nobody(daemon, *words)
            same((done.returncode, "data_group" in done.stderr), (77, True), done)


def typed(daemon, text):
    """On a terminal, where that is typed at the question."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(BUILD / "gatewayctl", ["gatewayctl", "-c", str(daemon.conf), "person", "erase", r.LENA])
    out, sent = b"", False
    while True:
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        out += part
        if b"Type the address" in out and not sent:
            os.write(fd, text.encode() + b"\n")
            sent = True
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out.decode()


def confirmed(tap, daemon):
    with tap.point("on a terminal the address is typed once more, and another one stops it"):
        status, out = typed(daemon, r.ANN)
        assert status == 64 and "is not erased" in out and "person export" in out, (status, out)
        status, out = typed(daemon, r.LENA.upper())
        assert status == 0 and "nothing is known of this address" in out and "<U+" not in out, (status, out)
        assert "support" in out and "gatewayd.db.erased is beside the store" in out, out


def kill_in_the_middle(tap, daemon):
    command = [str(BUILD / "gatewayctl"), "-c", str(daemon.conf), "person", "erase", r.ANN, "--yes"]
    with tap.point("core is killed in the middle: the next one goes on, and ends it"):
        before = daemon.role("core")
        running_now = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: len(hers(daemon)) < IMPORTED + 2, 20, "an erasure that began")
        os.kill(before, signal.SIGKILL)
        running_now.wait(60 * PATIENCE)
        wait_for(lambda: daemon.role("core") not in (None, before), 20, "another core")
        # One that was quick had done it before.
        wait_for(lambda: daemon.unless_away(lambda: not hers(daemon)), 60, "no case of hers")
        # The first may still be at it, which this one joins.
        wait_for(lambda: not any(daemon.json("person", "erase", r.ANN, "--yes")["counts"].values()), 60, "nothing that is left")


def main():
    tap = Tap()

    def change(daemon):
        daemon.settings["data_group"] = "games"

    with running(change, accounted=False) as (rig, daemon):     # what was erased stands in Processed, and nowhere else
        copy = daemon.dir / "copy.db"
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Flamingo trouble", "The zeppelin eats marzipan.", name="Ann Zebra",
                                attach=[("kaleidoscope.txt", "text/plain", FILE)]))
        number = daemon.case_of("Flamingo trouble")["number"]
        daemon.ctl("case", "reply", str(number), "--as", "sam", "Dear Ann Zebra, which zeppelin?")
        rig.wait_mail(r.ANN, lambda m: "which zeppelin" in m.as_string(), what="the answer")
        rig.send(r.PAUL, compose(r.PAUL, r.SUPPORT, "Bob has a question", "Does it hum?", name="Bob"))
        daemon.case_of("Bob has a question")
        daemon.ctl("backup", str(copy))
        (daemon.dir / "mbox").write_bytes(b"".join(imported()))
        daemon.ctl("import", daemon.dir / "mbox")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "Quarkstrudel", "The xylophon came after the backup.", name="Ann Zebra"))
        daemon.case_of("Quarkstrudel")
        wait_for(lambda: len(daemon.cases()) == IMPORTED + 3, 60, "the imported cases")
        wait_for(lambda: rig.count(r.SUPPORT, "Processed") == 3, 20, "three mails in Processed")
        wait_for(lambda: not any(daemon.json("outbox", "list", "--state", s) for s in ("queued", "sending")), 60, "all mails to be sent")
        words = [*WORDS, "zebra", "kaleidoscope", r.ANN]
        with tap.point("before: her words are in the files"):
            found = left(daemon, words)
            same({w for _, w in found}, set(words))
            assert {"zebra", "kaleidoscope"} <= {w for name, w in found if name == "packed"}, found
        refused(tap, daemon)
        groups(tap, daemon)
        confirmed(tap, daemon)
        with tap.point("a dry run counts, and changes nothing"):
            dry = daemon.json("person", "erase", r.ANN, "--dry-run")
            same((dry["dry_run"], dry["counts"]["cases"], dry["counts"]["mails"], dry["addresses"]), (True, IMPORTED + 2, IMPORTED + 2, [r.ANN]))
            same(daemon.json("person", "erase", r.ANN, "--dry-run")["counts"], dry["counts"])
        export(tap, daemon, number)
        kill_in_the_middle(tap, daemon)
        with tap.point("no file of the store has a word of hers: not the pages, the log, the index, in no encoding"):
            same(left(daemon, words), [])
        with tap.point("others' cases are as they were, numbers and deadlines stay"):
            same(len(daemon.cases()), IMPORTED + 3)
            assert "Bob has a question" in daemon.ctl("case", "list", "--wide")
            same(daemon.ctl_run("check")[1].returncode, 0)
        with tap.point("a mail of hers that a person moves back to the inbox is not taken in again"):
            with rig.imap(r.SUPPORT) as imap:
                imap.select("Processed")
                imap.uid("MOVE", "1:*", "INBOX")
            wait_for(lambda: rig.count(r.SUPPORT, "Processed") == 3, 20, "moved once more")
            same(len(daemon.cases()), IMPORTED + 3)
            same(left(daemon, words), [])
        daemon.stop()
        with tap.point("a backup of before: restore says that she is erased again, and the daemon does it"):
            n = daemon.log_text().count("event=person.erased")
            assert "are erased again" in " ".join(daemon.ctl("restore", str(copy)).split())
            daemon.start()
            erased(daemon, n + 1)
            same([row["channel"] for row in daemon.json("audit", "--action", "restore")], ["store"])
            same(len(hers(daemon)), 0)
            wait_for(lambda: daemon.log_text().count("event=folder.read-again") >= 1, 20, "Processed read again")
            same(left(daemon, words), [])
            same(len([c for c in daemon.cases() if c["number"] < 1000]), 2)
    tap.done()


if __name__ == "__main__":
    main()
