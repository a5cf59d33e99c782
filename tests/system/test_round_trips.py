"""How often a session with an IMAP server waits for an answer, and that what is sent ahead of one is of the folder it was meant for."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import CAPABILITIES, FakeImap
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

SAID = f"TAG OK [CAPABILITY {CAPABILITIES}] in\r\n"


def mail(subject):
    return compose(r.ANN, r.SUPPORT, subject, "x").as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Server(FakeImap):
    """Folders other than INBOX are there when they were created."""

    def __init__(self, mails, folders=(), answers=None, **options):
        super().__init__(mails, {"AUTHENTICATE": SAID, "LIST": self.list, "CREATE": self.create, "SELECT": self.select, **(answers or {})},
                         **options)
        self.boxes = {name: {} for name in folders}

    def list(self, command):
        name = command.split()[-1].strip('"')
        return None if not name or name == "INBOX" or name in self.boxes else "TAG OK none\r\n"

    def create(self, command):
        self.boxes[command.split()[-1].strip('"')] = {}

    def select(self, command):
        name = command.split()[-1].strip('"')
        return None if name == "INBOX" or name in self.boxes else "TAG NO [NONEXISTENT] no\r\n"

    def names(self, since=0, until="BODY.PEEK[]"):
        """The flights of a session by names and folders, from its log-in to the one with `until`."""
        flights = self.flights[since:]
        flights = flights[next((n for n, flight in enumerate(flights) if flight[0].startswith("A001 ")), 0):]
        end = next((n for n, flight in enumerate(flights, 1) if any(until in line for line in flight)), None)
        return [[short(line) for line in flight] for flight in flights[:end]] if end else None


def short(line):
    words = line.replace('"Processed"', "Processed").replace('"Quarantine"', "Quarantine").split()[1:]
    if words[0] == "UID":
        return "FETCH BODY" if "BODY.PEEK[]" in line else words[1]
    return words[0] if words[0] in ("AUTHENTICATE", "LOGIN") or words[-1] in (words[0], '""') else f"{words[0]} {words[-1]}"


def box_of(rig, server, tls="none"):
    return {"host": "localhost", "port": server.port, "tls": tls, "user": r.SUPPORT, "queue": "technical", "address": r.SUPPORT,
            "processed": "Processed", "quarantine": "Quarantine", "poll": "1s", "command_timeout": "60s"}


def watching(server, **settings):
    def change(daemon):
        daemon.rig.add(server)
        daemon.settings["mailboxes"]["fake"] = {**box_of(daemon.rig, server), "secret_file": daemon.secret("fake", "secret"), **settings}

    return running(change)


LOG_IN = [["CAPABILITY"], ["AUTHENTICATE"]]
NAMES = [["LIST", "NAMESPACE"]]
LOOK = ["SELECT Processed", "SELECT Quarantine", "SELECT INBOX", "SEARCH"]
FIND = [["LIST Processed", "LIST Quarantine", *LOOK]]
MAKE = [["CREATE Processed", "SUBSCRIBE Processed", "CREATE Quarantine", "SUBSCRIBE Quarantine", *LOOK]]
FETCH = [["FETCH"], ["FETCH BODY"]]


def begun(server, since=0):
    return wait_for(lambda: server.names(since), 20, "the first mail to be fetched")


def again(server, daemon, subject):
    """Another session, with a new mail; its flights."""
    daemon.kill9()
    since = len(server.flights)
    server.mails = {since: mail(subject)}
    daemon.start()
    return begun(server, since)


def beginnings(tap):
    server = Server({1: mail("first")})
    with watching(server) as (_, daemon):
        with tap.point("the first session of a mailbox waits seven times before it has a mail, log-in included"):
            same(begun(server), LOG_IN + NAMES + FIND + MAKE + FETCH)
        wait_for(lambda: not server.mails, 20, "the move")
        with tap.point("a later one six times, as the folders are there"):
            same(again(server, daemon, "second"), LOG_IN + NAMES + FIND + FETCH)
        wait_for(lambda: not server.mails, 20, "the move")
        with tap.point("what the log-in does not say is asked for"):
            server.answers["AUTHENTICATE"] = "TAG OK in\r\n"
            same(again(server, daemon, "third"), LOG_IN + [["CAPABILITY", "LIST"], ["NAMESPACE"]] + FIND + FETCH)
        wait_for(lambda: not server.mails, 20, "the move")
        with tap.point("said in a line of its own it is not"):
            server.answers["AUTHENTICATE"] = f"* CAPABILITY {CAPABILITIES}\r\nTAG OK in\r\n"
            same(again(server, daemon, "fourth"), LOG_IN + NAMES + FIND + FETCH)
        wait_for(lambda: not server.mails, 20, "the move")
        wait_for(lambda: sorted(c["subject"] for c in daemon.cases()) == ["first", "fourth", "second", "third"], 20, "the cases")


def refused(tap):
    """A server that has another folder selected when it refuses one: what it lists is of that."""
    def select(command):
        return "TAG NO [LIMIT] not now\r\n" if "INBOX" in command and server.refuses else None

    server = Server({1: mail("in the inbox")}, folders=("Processed", "Quarantine"), answers={"SELECT": select},
                    capabilities=CAPABILITIES)
    server.refuses = True
    server.boxes["Quarantine"] = {7: mail("of a person")}
    with watching(server) as (_, daemon):
        with tap.point("a mailbox that cannot be selected is said to be, in the server's words"):
            wait_for(lambda: "folder INBOX: SELECT: the IMAP server says NO: [LIMIT] not now" in daemon.log_text(), 20, "the trouble")
        with tap.point("what was sent behind it is taken for no other folder's: nothing is fetched or moved"):
            wait_for(lambda: server.sessions > 2, 20, "another session")
            same((server.fetched, server.moved), ([], []))
        with tap.point("and when it can be its mail is taken in"):
            server.refuses = False
            wait_for(lambda: 1 not in server.mails, 20, "the move")
            same((server.fetched, server.moved), ([1], [(1, "Processed")]))


def full(tap):
    """Over 50,000 mails are listed by ranges of UIDs, also where that is known too late for the first list."""
    def search(command):
        server.searches.append(command)
        if command == "UID SEARCH ALL":     # all of them: nobody reads this
            return "* SEARCH " + " ".join(map(str, range(1, 60001))) + "\r\nTAG OK done\r\n"
        first, _, last = command.split()[-1].replace("*", "inf").partition(":")
        found = [u for u in server.mails if float(first) <= u <= float(last)]
        return f"* SEARCH {' '.join(map(str, found))}\r\nTAG OK done\r\n"

    server = Server({7: mail("low"), 59999: mail("high")}, folders=("Processed", "Quarantine"), answers={"UID SEARCH": search})
    server.searches, server.exists = [], 60000
    with watching(server) as (_, daemon), tap.point("a folder that is fuller than one answer may be is listed by parts"):
        wait_for(lambda: not server.mails, 20, "the moves")
        same(server.searches[:2], ["UID SEARCH ALL", "UID SEARCH UID 1:50000"])
        same("UID SEARCH ALL" in server.searches[1:], False)
        wait_for(lambda: sorted(c["subject"] for c in daemon.cases()) == ["high", "low"], 20, "the cases")


FIRST, MILLIONS = 9000000, 3000000
EVERY = b"* SEARCH " + b" ".join(b"%d" % u for u in range(FIRST, FIRST + MILLIONS)) + b"\r\nTAG OK done\r\n"


def crowded(tap):
    """Three million mails: a list of all of them would be 24 MB long."""
    def search(command):
        server.searches.append(command)
        if command == "UID SEARCH ALL":
            return EVERY
        if server.ends:
            server.ends = False
            return "* BYE for now\r\n"
        first, _, last = command.split()[-1].replace("*", "inf").partition(":")
        found = [u for u in server.mails if float(first) <= u <= float(last)]
        return f"* SEARCH {' '.join(map(str, found))}\r\nTAG OK done\r\n"

    server = Server({FIRST + 7: mail("low"), FIRST + MILLIONS: mail("came since")}, folders=("Processed", "Quarantine"),
                    answers={"UID SEARCH": search})
    server.exists, server.uidnext = MILLIONS, FIRST + MILLIONS
    server.searches, server.ends = [], False
    with watching(server) as (_, daemon):
        with tap.point("a folder with millions of mails is listed by parts, in one session"):
            wait_for(lambda: not server.mails, 40, "the moves")
            wait_for(lambda: sorted(c["subject"] for c in daemon.cases()) == ["came since", "low"], 20, "the cases")
            same(server.sessions, 1, daemon.tail())
        asked = [s.split()[-1].split(":") for s in server.searches if s != "UID SEARCH ALL"]
        look = asked[:next(n for n, a in enumerate(asked, 1) if a[1] == "*")]
        with tap.point("in parts that an answer has room for, without a gap, to the end of the folder"):
            same([int(a[0]) for a in look], [1] + [int(a[1]) + 1 for a in look[:-1]])
            same([a for a in look[:-1] if not 0 < int(a[1]) - int(a[0]) < 1 << 20], [])
            assert len(look) < 30, look
        with tap.point("a later session does not ask for all at once any more"):
            before, server.ends = len(server.searches), True
            wait_for(lambda: server.sessions > 1 and any(s.endswith(":*") for s in server.searches[before + 1:]), 40, "another session")
            same("UID SEARCH ALL" in server.searches[before:], False)


def main():
    tap = Tap()
    beginnings(tap)
    refused(tap)
    full(tap)
    crowded(tap)
    tap.done()


main()
