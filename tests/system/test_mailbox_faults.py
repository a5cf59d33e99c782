"""A mail server that is restored, gives wrong bodies or stops half way: no mail is lost, doubled or set aside unseen."""
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import FakeImap
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

OTHER_DATE = "17-Mar-2026 11:12:13 +0000"


def mail(subject, text="x"):
    return compose(r.ANN, r.SUPPORT, subject, text).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@contextlib.contextmanager
def watching(server):
    """A daemon whose mailbox "fake" is on this server."""
    def change(daemon):
        daemon.rig.add(server)
        daemon.settings["mailboxes"]["fake"] = {
            "host": "localhost", "port": server.port, "tls": "none", "auth": "none", "queue": "technical",
            "address": r.SUPPORT, "processed": "Processed", "poll": "1s", "command_timeout": "5s"}

    with running(change) as (rig, daemon):
        yield daemon


def subjects(daemon):
    return sorted(c["subject"] for c in daemon.cases())


def uids_again(tap):
    """A server restored from an older copy, or a mailbox moved elsewhere: UIDs mean other mails, UIDVALIDITY stays."""
    first = {n: mail(f"before {n}") for n in (1, 2, 3)}
    server = FakeImap(first)
    with watching(server) as daemon:
        wait_for(lambda: not server.mails, 20, "the first mails to move")
        with tap.point("other mails under known UIDs are new mails: another size, another date, both"):
            same_size = mail("before 9")
            server.dates[2] = server.dates[3] = OTHER_DATE
            server.mails.update({1: mail("longer than before 1"), 2: same_size, 3: mail("longer than before 3")})
            wait_for(lambda: not server.mails, 20, "the new mails to move")
            same(subjects(daemon), sorted([f"before {n}" for n in (1, 2, 3)] +
                                          ["before 9", "longer than before 1", "longer than before 3"]))
        with tap.point("and each is a warning"):
            same(daemon.log_text().count("event=mail.uid-again"), 3, daemon.tail())
        with tap.point("the same mail under its UID is still known"):
            fetched = len(server.fetched)
            server.dates.pop(3)
            server.mails.update({3: first[3]})
            wait_for(lambda: not server.mails, 20, "the move")
            same((len(server.fetched), len(daemon.cases())), (fetched, 6))


def main():
    tap = Tap()
    uids_again(tap)
    tap.done()


if __name__ == "__main__":
    main()
