"""A look at a full mailbox: what it begins with is fetched while the rest is described, and what changes meanwhile is not lost."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import CAPABILITIES, FakeImap, ImapSession
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

MAILS = 700                 # several pieces of a look


def mail(subject):
    return compose(r.ANN, r.SUPPORT, subject, "x").as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def uids_of(command):
    found = []
    for part in command.split()[2].split(","):
        first, _, last = part.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


LATE = 3                    # the description that is answered when one more command is there


class Late(ImapSession):
    def answer(self, line):
        if "RFC822.SIZE" in line and len(self.server.asked("says")) + 1 == LATE and not self.buffer:
            self.buffer += self.hear()
        return super().answer(line)


class Full(FakeImap):
    """fetches: what each UID FETCH asked for, in their order: ("says" or "body", UIDs).  at: {number of a description: what happens before it}."""

    session = Late

    def __init__(self, n=MAILS, at=None):
        self.fetches, self.at = [], dict(at or {})
        super().__init__({uid: mail(f"mail {uid}") for uid in range(1, n + 1)}, {"UID FETCH": self.on_fetch, "AUTHENTICATE": self.on_login},
                         capabilities=CAPABILITIES)

    def on_login(self, command):
        return f"TAG OK [CAPABILITY {CAPABILITIES}] in\r\n"

    def on_fetch(self, command):
        kind = "body" if "BODY.PEEK[]" in command else "says" if "RFC822.SIZE" in command else "other"
        self.fetches.append((kind, uids_of(command)))
        event = self.at.pop(sum(k == "says" for k, _ in self.fetches), None) if kind == "says" else None
        return event(self) if event else None

    def asked(self, kind):
        return [uids for k, uids in self.fetches if k == kind]


def watching(server):
    def change(daemon):
        daemon.rig.add(server)
        daemon.settings["mailboxes"]["fake"] = {
            "host": "localhost", "port": server.port, "tls": "none", "user": r.SUPPORT, "queue": "technical", "address": r.SUPPORT,
            "processed": "Processed", "poll": "1s", "command_timeout": "60s", "secret_file": daemon.secret("fake", "secret")}

    return running(change)


def all_taken(daemon, server, n):
    """All that are there, n, were moved, and each is in the store once."""
    wait_for(lambda: not server.mails, 60, "the moves")
    wait_for(lambda: box_of(daemon)["waiting"] == 0, 20, "the next look")
    box = box_of(daemon)
    same((box["kept"], box["set_aside"]), (n, 0))
    same((len(server.moved), len(daemon.json("mail", "list", "--limit", "10000"))), (n, n))


def box_of(daemon):
    return next(b for b in daemon.json("status")["mailboxes"] if b["name"] == "fake")


def in_pieces(tap):
    server = Full()
    with watching(server) as (_, daemon):
        all_taken(daemon, server, MAILS)
        kinds = [kind for kind, _ in server.fetches]
        with tap.point("mails are fetched as soon as the first piece of the folder is described"):
            assert kinds.index("body") <= LATE, kinds       # sooner where core is quicker than the server
            assert "says" in kinds[LATE:], kinds
        with tap.point("none is described twice"):
            same(sum(server.asked("says"), []), list(range(1, MAILS + 1)))
        with tap.point("and each is fetched once, in the order in which they came"):
            same(sum(server.asked("body"), []), list(range(1, MAILS + 1)))


def changes(server):
    """Somebody deletes a mail that was described and one that was not, and one more comes."""
    del server.mails[5], server.mails[MAILS - 1]
    server.mails[MAILS + 1] = mail(f"mail {MAILS + 1}")


def changing(tap):
    server = Full(at={2: changes})
    with watching(server) as (_, daemon), tap.point("a folder that changes between two pieces: what is there comes, also what came since"):
        all_taken(daemon, server, MAILS - 1)


def ends(server):
    return "* BYE for now\r\n"


def dying(tap):
    server = Full(n=300, at={LATE: ends})
    with watching(server) as (_, daemon), tap.point("a session that dies between two pieces, with a fetch under way: each mail comes once"):
        all_taken(daemon, server, 300)
        same(server.sessions, 2)


def main():
    tap = Tap()
    in_pieces(tap)
    changing(tap)
    dying(tap)
    tap.done()


main()
