"""A mail server that is restored, gives wrong bodies or stops half way: no mail is lost, doubled or set aside unseen."""
import contextlib
import pathlib
import sqlite3
import sys
import time

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


def box_of(server, **settings):
    return {"host": "localhost", "port": server.port, "tls": "none", "auth": "none", "queue": "technical",
            "address": r.SUPPORT, "processed": "Processed", "poll": "1s", "command_timeout": "60s", **settings}


@contextlib.contextmanager
def watching(server):
    """A daemon whose mailbox "fake" is on this server."""
    with watching_all({"fake": server}) as daemon:
        yield daemon


@contextlib.contextmanager
def watching_all(servers, **settings):
    """A daemon with a mailbox on each of these servers; settings: of some of them, more."""
    def change(daemon):
        for name, server in servers.items():
            daemon.rig.add(server)
            daemon.settings["mailboxes"][name] = box_of(server, **settings.get(name, {}))

    with running(change) as (rig, daemon):
        yield daemon


def cases(daemon):
    """Of all that is kept: a mail may be moved before it is decided."""
    wait_for(lambda: not any(box["undecided"] for box in daemon.json("mail", "count")), 20, "each mail to be decided")
    return daemon.cases()


def subjects(daemon):
    return sorted(c["subject"] for c in cases(daemon))


def labels(tap):
    """Gmail: a folder is a label, and what is moved or sent is in All Mail, too, which is nobody's to look at."""
    def lists(command):
        if '"*"' not in command and "%" not in command:
            return None
        return "".join(f'* LIST ({flags}) "/" "{name}"\r\n' for flags, name in (
            ("\\HasNoChildren", "INBOX"), ("\\HasChildren \\Noselect", "[Gmail]"), ("\\All \\HasNoChildren", "[Gmail]/All Mail"),
            ("\\HasNoChildren \\Sent", "[Gmail]/Sent Mail"), ("\\HasNoChildren \\Junk", "[Gmail]/Spam"))) + "TAG OK done\r\n"

    def move(command):
        server.copy(chosen(command), "[Gmail]/All Mail")

    server = FakeImap({1: mail("labelled")}, answers={"LIST": lists, "UID MOVE": move},
                      capabilities="IMAP4rev1 SASL-IR AUTH=PLAIN IDLE MOVE UIDPLUS NAMESPACE SPECIAL-USE X-GM-EXT-1")
    with watching(server) as daemon, tap.point("where folders are labels a mail is taken once, whatever label it keeps"):
        wait_for(lambda: not server.mails, 20, "the move")
        daemon.kill9()
        daemon.start()
        sessions = server.sessions
        server.mails[2] = mail("after")
        wait_for(lambda: server.sessions > sessions - 1 and not server.mails, 20, "the move")
        same(subjects(daemon), ["after", "labelled"])
        assert b"All Mail" not in server.all_heard() and b"Sent Mail" not in server.all_heard()


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
            same((len(server.fetched), len(cases(daemon))), (fetched, 6))


def cut_after_copy(tap):
    """Without MOVE: the session dies after COPY, or after STORE; the next one makes no second copy."""
    for step in ("UID STORE", "UID EXPUNGE"):
        mails = {n: mail(f"mail {n}") for n in range(1, 6)}
        server = FakeImap(mails, capabilities="IMAP4rev1 AUTH=PLAIN UIDPLUS", answers={step: ""}, hang_up=(step,))
        with watching(server) as daemon, tap.point(f"cut at {step}: each mail is in the processed folder once"):
            wait_for(lambda: server.sessions >= 3, 20, "a second session to be cut")
            server.answers.clear()
            server.hang_up = ()
            wait_for(lambda: not server.mails, 20, "the end of the move")
            same(sorted(server.boxes["Processed"].values()), sorted(mails.values()), daemon.tail())
            same(len(cases(daemon)), 5)


def killed_after_copy(tap):
    """The same when it is the daemon that dies, before the server has answered COPY or STORE."""
    for step in ("UID COPY", "UID STORE"):
        reached = []

        def hold(command):
            if not reached:     # done, but no word of it
                reached.append(command)
                if step == "UID COPY":
                    server.copy(sorted(mails), "Processed")
                return ""
            return None
        mails = {n: mail(f"mail {n}") for n in range(1, 4)}
        server = FakeImap(mails, capabilities="IMAP4rev1 AUTH=PLAIN UIDPLUS", answers={step: hold})
        with watching(server) as daemon, tap.point(f"killed at {step}: each mail is in the processed folder once"):
            wait_for(lambda: reached, 20, "the step")
            daemon.kill9()
            daemon.start()
            wait_for(lambda: not server.mails, 20, "the end of the move")
            same(sorted(server.boxes["Processed"].values()), sorted(mails.values()), daemon.tail())
            same(len(cases(daemon)), 3)


def refused_then_cut(tap):
    """A server that goes down refuses MOVE before it closes; the next session asks at once, not when a minute is over."""
    def move(command):
        if server.sessions == 1:
            return "TAG NO [UNAVAILABLE] going down\r\n"
        before.append(looks.count(server.sessions))
        return None

    def idle(command):
        return "* BYE down\r\n" if server.sessions == 1 else None

    def look(command):
        looks.append(server.sessions)

    looks, before = [], []      # sessions in which it looked; how often before it moved
    server = FakeImap({1: mail("x")}, answers={"UID MOVE": move, "IDLE": idle, "UID SEARCH": look})
    server.hangs_up_after = lambda name: name == "IDLE" and server.sessions == 1
    with watching(server) as daemon, tap.point("a move that was refused before a cut is tried first in the next session"):
        wait_for(lambda: not server.mails, 20, "the move")
        assert before and before[0] <= 4, f"{looks} {before}\n{daemon.tail()}"


def folder_deleted(tap):
    """A person deletes the processed folder: it is made again in the same session, and the mail moves."""
    def missing(command):
        return None if "Processed" in made else "TAG NO [TRYCREATE] no such folder\r\n"

    def lists(command):
        return None if "Processed" in made or "Processed" not in command else "TAG OK none\r\n"

    def create(command):
        made.append("Processed")
        return "TAG OK made\r\n"

    made = ["Processed"]
    server = FakeImap({1: mail("before")}, answers={"UID MOVE": missing, "LIST": lists, "CREATE": create})
    with watching(server) as daemon, tap.point("a processed folder that was deleted is made again in the same session"):
        wait_for(lambda: not server.mails, 20, "the move")
        made.clear()
        logins = server.logins
        server.mails[2] = mail("after")
        wait_for(lambda: not server.mails, 10, "the move")
        same((server.logins, made, subjects(daemon)), (logins, ["Processed"], ["after", "before"]))


BAD_BODIES = {  # what FETCH BODY.PEEK[] gives for a mail of some size
    "NIL": lambda raw: b"BODY[] NIL", "an empty literal": lambda raw: b"BODY[] {0}\r\n",
    "an empty string": lambda raw: b'BODY[] ""', "half": lambda raw: b"BODY[] {%d}\r\n%s" % (len(raw) // 2, raw[:len(raw) // 2]),
    "one byte less": lambda raw: b"BODY[] {%d}\r\n%s" % (len(raw) - 1, raw[:-1]),
    "one byte more": lambda raw: b"BODY[] {%d}\r\n%s!" % (len(raw) + 1, raw),
    "no body at all": lambda raw: b"FLAGS ()"}
THROTTLES = ["[THROTTLED] slow down", "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
             "[UNAVAILABLE] try later", "Request is throttled. Suggested Backoff Time: 6000 milliseconds"]
LOG_IN_S, LOOK_S = 3, 12    # a log-in may be tried so often, and it is counted for so long


class Throttled:
    """Gmail and Exchange Online refuse what they gave before: they want less of us. No mail is set aside for it."""

    def __init__(self):
        self.times = []
        self.server = FakeImap(answers={"UID FETCH": self.fetch})

    def begin(self):
        self.server.mails[1] = mail("patience")

    def fetch(self, command):
        if "BODY.PEEK[]" not in command:
            return None
        self.times.append(time.monotonic())
        return f"TAG NO {THROTTLES[len(self.times) - 1]}\r\n" if len(self.times) <= len(THROTTLES) else None

    def check(self, tap, daemon):
        with tap.point("a server that wants less of us is waited for, as long as it says"):
            wait_for(lambda: not self.server.mails, 90, "the move")
            same((subjects(daemon).count("patience"), aside(daemon, "throttled")[0]), (1, 0))
            assert "event=mail.set-aside mailbox=throttled" not in daemon.log_text(), daemon.tail()
            assert self.times[4] - self.times[3] >= 6, self.times
            for said in THROTTLES[:3]:
                assert said in daemon.log_text() or said.split("] ")[1] in daemon.log_text(), (said, daemon.tail())


class IdleRefused:
    def __init__(self, what, answer, hang_up=()):
        self.what = what
        self.server = FakeImap({1: mail(f"refused by {what}")}, answers={"IDLE": answer}, hang_up=hang_up)
        self.since = self.before = None

    def begin(self):
        wait_for(lambda: not self.server.mails, 20, "the move")
        self.since, self.before = time.monotonic(), self.server.logins

    def check(self, tap):
        with tap.point(f"IDLE answered by {self.what}: not a log-in a second"):
            time.sleep(max(0, self.since + LOOK_S - time.monotonic()))
            logins, seconds = self.server.logins - self.before, time.monotonic() - self.since
            assert logins <= seconds / LOG_IN_S, (logins, seconds)


class WrongBodies:
    """Each kind of body that is not the mail, among good mails: it stays, is tried again, then set aside in words."""

    def __init__(self):
        self.kinds = dict(enumerate(BAD_BODIES.items(), 2))
        self.bad = {n: f"bad: {what}" for n, (what, _) in self.kinds.items()}
        self.server = FakeImap(answers={"UID FETCH": self.fetch})
        self.tried = []

    def begin(self):
        self.server.mails = {1: mail("first"), 99: mail("last"), **{n: mail(subject) for n, subject in self.bad.items()}}

    def one(self, uid):
        self.tried.append(uid)
        raw = self.server.mails[uid]
        return self.kinds[uid][1](raw) if uid in self.kinds else b"BODY[] {%d}\r\n%s" % (len(raw), raw)

    def fetch(self, command):
        if "BODY.PEEK[]" not in command:
            return None
        mails = [b"* %d FETCH (UID %d %s)\r\n" % (n, n, self.one(n)) for n in chosen(command) if n in self.server.mails]
        return b"".join(mails) + b"TAG OK [X-SERVERBUG] sort of done\r\n"

    def subjects(self, daemon):
        return [s for s in subjects(daemon) if s in ("first", "last") or s.startswith("bad: ")]

    def check(self, tap, daemon):
        kinds, server = self.kinds, self.server
        with tap.point("each wrong body is set aside in words, the good mails go their way"):
            wait_for(lambda: aside(daemon)[0] == len(kinds) or not server.mails, 60, "the mails to be set aside")
            wait_for(lambda: len(server.mails) <= len(kinds), 20, "the others to move")
            same((sorted(server.mails), self.subjects(daemon)), (sorted(kinds), ["first", "last"]))
            assert "UID 2: " in aside(daemon)[1] and "sort of done" in aside(daemon)[1], aside(daemon)
            same(daemon.log_text().count("event=mail.set-aside mailbox=fake "), len(kinds), daemon.tail())
        for uid, (what, _) in kinds.items():
            with tap.point(f"{what}: tried again with back-off, and it stays"):
                assert 3 <= self.tried.count(uid) <= 6 and uid in server.mails, (self.tried, server.mails.keys())

    def check_end(self, tap, daemon):
        with tap.point("and when the server gives them whole, they are taken"):
            self.server.answers.clear()
            daemon.kill9()
            daemon.start()
            wait_for(lambda: not self.server.mails, 20, "the mails to move")
            same(self.subjects(daemon), sorted(["first", "last", *self.bad.values()]))
            wait_for(lambda: aside(daemon)[0] == 0, 20, "none that is set aside")


class RefusedByStore:
    """Of three mails at once the store takes all but the second."""

    def __init__(self):
        self.server = FakeImap()

    @staticmethod
    def alter(daemon, sql):
        daemon.stop()
        db = sqlite3.connect(daemon.settings["store"])
        with db:
            db.execute(sql)
        db.close()

    def begin(self, daemon):
        self.alter(daemon, "CREATE TRIGGER no BEFORE INSERT ON mail WHEN NEW.subject = 'not this' BEGIN SELECT RAISE(ABORT, 'no'); END")
        self.server.mails = {1: mail("before"), 2: mail("not this"), 3: mail("behind")}
        daemon.start()

    def check(self, tap, daemon):
        with tap.point("a mail that the store refuses: set aside in words, the others go their way, and nobody waits for it"):
            wait_for(lambda: aside(daemon, "refused")[0] == 1, 60, "the mail to be set aside")
            wait_for(lambda: len(self.server.mails) <= 1, 20, "the others to move")
            same(sorted(self.server.mails), [2])
            assert {"before", "behind"} <= set(subjects(daemon)) and "not this" not in subjects(daemon)
            assert "UID 2: the store does not take it" in aside(daemon, "refused")[1], aside(daemon, "refused")
            log = daemon.log_text()
            same((log.count("event=mail.not-kept mailbox=refused uid=2 "), log.count("event=intake.trouble")), (4, 0), daemon.tail())

    def check_end(self, tap, daemon):
        with tap.point("and when the store takes it, it is taken"):
            self.alter(daemon, "DROP TRIGGER no")
            daemon.start()
            wait_for(lambda: not self.server.mails, 20, "the mail to move")
            assert "not this" in subjects(daemon)


class Undescribed:
    """The session dies at the sizes and dates of two mails: all others go their way, before them, behind them and between."""
    MAILS, DEADLY = 100, (40, 70)

    def __init__(self):
        self.server = FakeImap(answers={"UID FETCH": self.fetch})
        self.server.hangs_up_after = lambda name: name == "UID FETCH" and self.hit
        self.hit, self.deaths = False, []

    def begin(self):
        self.server.mails = {n: mail(f"described {n}") for n in range(1, self.MAILS + 1)}

    def fetch(self, command):
        asked = chosen(command)
        self.hit = "BODY" not in command and any(n in asked and n in self.server.mails for n in self.DEADLY)
        if self.hit:
            self.deaths.append(len(asked))
        return "" if self.hit else None

    @staticmethod
    def kept(daemon):
        return next(box["kept"] for box in daemon.json("mail", "count") if box["mailbox"] == "undescribed")

    def check(self, tap, daemon):
        with tap.point("mails whose description kills the session are set aside in words, and no other waits for them"):
            wait_for(lambda: aside(daemon, "undescribed")[0] == len(self.DEADLY), 90, "the mails to be set aside")
            wait_for(lambda: len(self.server.mails) == len(self.DEADLY), 20, "the others to move")
            same((sorted(self.server.mails), self.kept(daemon)), (list(self.DEADLY), self.MAILS - len(self.DEADLY)))
            assert "UID 40: the session ends where it is described: " in aside(daemon, "undescribed")[1], aside(daemon, "undescribed")
            same(daemon.log_text().count("event=mail.set-aside mailbox=undescribed "), len(self.DEADLY), daemon.tail())
            assert len(self.deaths) <= len(self.DEADLY) * 8, self.deaths    # each is looked for, and tried four times
        self.server.answers.clear()
        self.hit = False

    def check_end(self, tap, daemon):
        with tap.point("and when the server describes them, they are taken"):
            wait_for(lambda: not self.server.mails, 20, "the mails to move")
            same(self.kept(daemon), self.MAILS)


def slow_ones(tap):
    """What takes its time: side by side, each on a mailbox of its own."""
    wrong, patient, refused, undescribed = WrongBodies(), Throttled(), RefusedByStore(), Undescribed()
    idle = [IdleRefused("NO", "TAG NO not now\r\n"), IdleRefused("BYE", "* BYE no idling here\r\n", ("IDLE",))]
    rarely = {"poll": "60s"}
    servers = {"refused": refused.server, "fake": wrong.server, "throttled": patient.server, "undescribed": undescribed.server,
               "idle-no": idle[0].server, "idle-bye": idle[1].server}
    with watching_all(servers, **{"idle-no": rarely, "idle-bye": rarely}) as daemon:
        refused.begin(daemon)       # a daemon that begins again knows of no tries: the others have no mails before
        for one in (wrong, patient, undescribed, *idle):
            one.begin()
        wrong.check(tap, daemon)
        refused.check(tap, daemon)
        for one in idle:
            one.check(tap)
        patient.check(tap, daemon)
        undescribed.check(tap, daemon)
        refused.check_end(tap, daemon)
        undescribed.check_end(tap, daemon)
        wrong.check_end(tap, daemon)


def chosen(command):
    return [n for part in command.split()[2].split(",") for a, _, b in [part.partition(":")]
            for n in range(int(a), int(b or a) + 1)]


def aside(daemon, name="fake"):
    box = next(m for m in daemon.json("status")["mailboxes"] if m["name"] == name)
    return box.get("set_aside", 0), box["text"]


def main():
    tap = Tap()
    folder_deleted(tap)
    cut_after_copy(tap)
    killed_after_copy(tap)
    refused_then_cut(tap)
    labels(tap)
    slow_ones(tap)
    uids_again(tap)
    tap.done()


if __name__ == "__main__":
    main()
