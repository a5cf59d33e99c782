"""IMAP against a real Dovecot, and against servers that lie, drip, stall and die."""
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_imap import CAPABILITIES, FakeImap
from tests.rig.probe import NEVER_S, probe
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same


def mails_of(output):
    """The probe's "mail" lines as dicts."""
    return [dict(pair.split("=", 1) for pair in line.split()[1:])
            for line in output.splitlines() if line.startswith("mail ")]


def write_until(rig, over):
    """A new mail now and then: one of them comes while the probe idles, whenever that begins."""
    while not over.wait(0.5):
        rig.append(r.SUPPORT, b"Subject: new\r\n\r\n")


def with_dovecot(tap):
    with r.Rig(users=[r.SUPPORT]) as rig:
        def run(*actions, folder="INBOX", done="Done", **env):
            return probe("imap", folder, done, *actions, **{
                "PORT": rig.dovecot.imaps, "CA": rig.authority.ca, "USERNAME": r.SUPPORT,
                "SECRET": rig.users[r.SUPPORT], **env})

        raws = [b"Subject: %d\r\n\r\n" % n + os.urandom(n * 997).replace(b"\0", b"x").replace(b"\r", b"y")
                .replace(b"\n", b"\r\n") for n in range(8)]
        raws.append(b"")
        raws.append(b"Subject: big\r\n\r\n" + b"0123456789abcdef" * 40960)
        when = 1767225600
        for raw in raws[:8] + raws[9:]:
            rig.append(r.SUPPORT, raw, date=when)
        kept = raws[:8] + raws[9:]
        with tap.point("mails come byte for byte, with size and INTERNALDATE"):
            status, output = run("fetch")
            got = mails_of(output)
            same([m["sha256"] for m in got], [hashlib.sha256(raw).hexdigest() for raw in kept], output)
            same({m["received_at"] for m in got}, {str(when)}, output)
            same([int(m["length"]) for m in got], [len(raw) for raw in kept], output)
            same(status, 0)
        with tap.point("a mail over the limit comes as its first 256 KiB, at the limit whole"):
            big = len(kept[-1])
            for limit, truncated in ((big - 1, "1"), (big, "0"), (big + 1, "0")):
                last = mails_of(run("fetch", MAX=limit)[1])[-1]
                length = 262144 if truncated == "1" else big
                same((last["truncated"], last["length"]), (truncated, str(length)), str(limit))
                same(last["sha256"], hashlib.sha256(kept[-1][:length]).hexdigest())
        with tap.point("reading flags nothing"):
            client = rig.imap(r.SUPPORT)
            client.select("INBOX", readonly=True)
            same(client.uid("search", None, "SEEN")[1], [b""])
            client.logout()
        with tap.point("the processed folder is made, mails move there, levels and letters in their form"):
            status, output = run("move", "list", done="Support/Erledigt für R&D")
            same(status, 0, output)
            assert "list 0 uids" in output, output
            same(rig.count(r.SUPPORT, "Support/Erledigt f&APw-r R&-D"), len(kept))
        with tap.point("IDLE sees a new mail at once"):
            over = threading.Event()
            writer = threading.Thread(target=write_until, args=(rig, over))
            writer.start()
            status, output = run("list", f"idle={NEVER_S}", "list")
            over.set()
            writer.join()
            counts = [int(n) for n in re.findall(r"^list (\d+) uids", output, re.M)]
            assert "idle changed" in output and counts[0] < counts[1], output
        with tap.point("STARTTLS works as implicit TLS does"):
            status, output = run("list", PORT=rig.dovecot.imap, TLS="starttls")
            same(status, 0, output)
        with tap.point("a wrong password is an error that passes, and is told"):
            status, output = run("list", SECRET="wrong")
            assert status == 1 and output.startswith("error temp"), output
        with tap.point("a folder that is not there is the server's NO"):
            status, output = run("list", folder="Nowhere")
            assert "SELECT: the IMAP server says NO" in output and "usable 1" in output, output


def full(tap):
    """More mails than are asked for at once; a file of each, one and the same."""
    with r.Rig(users=[r.SUPPORT]) as rig:
        client = rig.imap(r.SUPPORT)
        client.select()     # makes the folder
        client.logout()
        rig.dovecot.drop(r.SUPPORT, MAIL, "1000000000.M0P1.full")
        new = rig.dovecot.maildir(r.SUPPORT) / "new"
        for n in range(1, FULL_FOLDER):
            os.link(new / "1000000000.M0P1.full", new / f"{1000000000 + n}.M{n}P1.full")
        with tap.point("a full folder is listed by ranges up to its UIDNEXT, each mail once"):
            status, output = probe("imap", "INBOX", "Done", "list", PORT=rig.dovecot.imaps, CA=rig.authority.ca, USERNAME=r.SUPPORT,
                                   SECRET=rig.users[r.SUPPORT], TIMEOUT=NEVER_S)
            same((status, re.findall(r"^list (\d+) uids", output, re.M)), (0, [str(FULL_FOLDER)]), output)


def dotted(tap):
    extra = "namespace inbox {\n  separator = .\n  prefix = INBOX.\n}\n"
    with r.Rig(users=[r.SUPPORT], dovecot_extra=extra) as rig:
        with tap.point("a server that divides by dots below INBOX"):
            rig.append(r.SUPPORT, b"Subject: x\r\n\r\n")
            status, output = probe("imap", "INBOX", "Done/2026", "move", "list", PORT=rig.dovecot.imaps,
                                   CA=rig.authority.ca, USERNAME=r.SUPPORT, SECRET=rig.users[r.SUPPORT])
            same(status, 0, output)
            same(rig.count(r.SUPPORT, "INBOX.Done.2026"), 1)


def fake(server, *actions, **env):
    """The probe's status and output on a fake server that is then stopped; that it ends at all is the probe's limit."""
    server.start()
    try:
        status, output = probe("imap", "INBOX", "Done", *actions, **{"PORT": server.port, "TLS": "none", "TIMEOUT": NEVER_S, **env})
    finally:
        server.stop()
    assert status in (0, 1), f"the probe died: {status} {output}"
    return status, output


FULL_FOLDER = 60000
MAIL = b"Subject: x\r\n\r\nbody\r\n"


def without_extensions(tap):
    with tap.point("without MOVE: COPY, STORE, UID EXPUNGE of just these"):
        server = FakeImap({5: MAIL, 6: MAIL}, capabilities="IMAP4rev1 AUTH=PLAIN UIDPLUS")
        status, output = fake(server, "move", "list")
        same((status, server.copied, server.deleted, server.mails), (0, [5, 6], [5, 6], {}), output)
    with tap.point("without UIDPLUS: no EXPUNGE that would take others, and \\Deleted ones are not seen"):
        server = FakeImap({5: MAIL}, capabilities="IMAP4rev1 AUTH=PLAIN")
        status, output = fake(server, "move", "list")
        same((status, server.copied, server.deleted, list(server.mails)), (0, [5], [5], [5]), output)
        assert b"EXPUNGE" not in server.all_heard() and b"SEARCH UNDELETED" in server.all_heard()
    with tap.point("a refused COPY deletes nothing"):
        server = FakeImap({5: MAIL}, capabilities="IMAP4rev1 AUTH=PLAIN UIDPLUS",
                          answers={"UID COPY": "TAG NO [OVERQUOTA] full\r\n"})
        status, output = fake(server, "move")
        same((status, server.deleted, list(server.mails)), (1, [], [5]), output)
        assert "usable 1" in output, output


def liars(tap):
    with tap.point("of a mail nothing is asked but what is used: flags are not"):
        server = FakeImap({5: MAIL})
        same(fake(server, "fetch")[0], 0)
        asked = [line.split(b"UID FETCH ")[1].strip() for line in server.all_heard().splitlines() if b"UID FETCH " in line]
        same(asked, [b"5 (UID INTERNALDATE RFC822.SIZE)", b"5 (UID BODY.PEEK[])"])
    with tap.point("a size that is not the length is told"):
        status, output = fake(FakeImap({5: MAIL, 6: MAIL}, sizes={5: 9999}), "fetch")
        same([m["differs"] for m in mails_of(output)], ["1", "0"], output)
    with tap.point("a body for a UID that was not asked for is dropped, the missing one told as gone"):
        body = b"* 1 FETCH (UID 77 BODY[] {3}\r\nbad)\r\n* 2 FETCH (BODY[] {3}\r\nbad)\r\nTAG OK done\r\n"
        server = FakeImap({5: MAIL}, answers={"UID FETCH": lambda c: body if "BODY.PEEK" in c else None})
        status, output = fake(server, "fetch")
        same([(m["uid"], m["gone"]) for m in mails_of(output)], [("5", "1")], output)
    with tap.point("UID after the body, twice the same mail, unasked FETCH in between"):
        body = (b"* 9 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {%d}\r\n%s UID 5 FLAGS ())\r\n"
                b"* 1 FETCH (UID 5 BODY[] {3}\r\nbad)\r\nTAG OK done\r\n" % (len(MAIL), MAIL))
        server = FakeImap({5: MAIL}, answers={"UID FETCH": lambda c: body if "BODY.PEEK" in c else None})
        status, output = fake(server, "fetch")
        same([m["sha256"] for m in mails_of(output)], [hashlib.sha256(MAIL).hexdigest()], output)
    with tap.point("a mail without a byte is a mail"):
        status, output = fake(FakeImap({5: b"", 6: MAIL}), "fetch")
        same([(m["uid"], m["length"], m["gone"]) for m in mails_of(output)], [("5", "0", "0"), ("6", str(len(MAIL)), "0")], output)
    with tap.point("a folder that somebody else made meanwhile is a folder"):
        lists = ['TAG OK none\r\n', '* LIST () "/" "Done"\r\nTAG OK done\r\n']
        server = FakeImap(answers={"CREATE": "TAG NO [ALREADYEXISTS] there\r\n",
                                   "LIST": lambda c: None if c.endswith('""') else lists.pop(0)})
        status, output = fake(server, "list")
        same((status, lists), (0, []), output)
    with tap.point("some mails NO: the others come"):
        body = b"* 1 FETCH (UID 5 BODY[] {%d}\r\n%s)\r\nTAG NO some could not be read\r\n" % (len(MAIL), MAIL)
        server = FakeImap({5: MAIL, 6: MAIL}, answers={"UID FETCH": lambda c: body if "BODY.PEEK" in c else None})
        status, output = fake(server, "fetch")
        same((status, [(m["uid"], m["gone"]) for m in mails_of(output)]), (0, [("5", "0"), ("6", "1")]), output)
    with tap.point("no UIDVALIDITY is refused"):
        status, output = fake(FakeImap(answers={"SELECT": "* 0 EXISTS\r\nTAG OK [READ-WRITE] done\r\n"}), "list")
        assert status == 1 and "UIDVALIDITY" in output, output


HOSTILE = {
    "BYE in the middle": ("UID SEARCH", "* BYE down\r\n", "closes the session"),
    "BYE alone, then the end": ("UID SEARCH", "* BYE\r\n", "closes the session"),
    "a literal of 4 GB": ("UID FETCH", "* 1 FETCH (UID 5 BODY[] {4294967295}\r\n", "too large"),
    "a literal with a minus": ("UID FETCH", "* 1 FETCH (UID 5 BODY[] {-5}\r\nTAG OK x\r\n", ""),
    "a list of literals": ("LIST", '* LIST () "/" {999999999}\r\n', "too large"),
    "deep nesting": ("UID FETCH", "* 1 FETCH (" + "(" * 20000 + "\r\n", "too deep"),
    "a structure unasked": ("UID FETCH", '* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1))\r\nTAG OK x\r\n',
                            "not asked for"),
    "NUL bytes": ("UID SEARCH", "* SEARCH 1\0 2\r\nTAG OK x\r\n", "NUL"),
    "another tag": ("UID SEARCH", "* SEARCH 1\r\n999 OK done\r\n", "makes no sense"),
    "noise": ("UID SEARCH", "\x01\x02\xff)((\r\n", "makes no sense"),
    "BAD": ("UID SEARCH", "TAG BAD what\r\n", "makes no sense"),
    "a continuation for nothing": ("UID SEARCH", "+ go on\r\n", ""),
}


def hostile(tap):
    for name, (command, answer, why) in HOSTILE.items():
        with tap.point(f"hostile answer: {name}"):
            status, output = fake(FakeImap({5: MAIL}, answers={command: answer}, hang_up=(command,)), "list", "fetch")
            assert status == 1 and why in output, output
    with tap.point("endless small answers end at the limit for one command"):
        flood = "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n" * 40000 + "TAG OK x\r\n"
        status, output = fake(FakeImap({5: MAIL}, answers={"UID FETCH": flood}), "fetch")
        assert status == 1 and "answer to one command is too large" in output, output
    with tap.point("the connection ends in the middle of a body"):
        body = b"* 1 FETCH (UID 5 BODY[] {1000}\r\nhalf of"
        server = FakeImap({5: b"x" * 1000}, answers={"UID FETCH": lambda c: body if "BODY.PEEK" in c else None},
                          hang_up=("UID FETCH",))
        server.hangs_up_after = lambda name: name == "UID FETCH" and b"BODY.PEEK" in server.heard[-1]
        status, output = fake(server, "fetch")
        assert status == 1 and not mails_of(output) and "closed the connection" in output, output


COMMAND_S = 8       # in which a busy machine has logged in


def slow(tap):
    """Side by side, as each takes its time."""
    dripping = FakeImap({5: MAIL})
    dripping.answers["UID SEARCH"] = lambda _c: setattr(dripping, "drip_s", 1.5)
    rows = (("no greeting: given up in time", FakeImap(greeting=""), 1, ""),
            ("a byte now and then is no answer in time", FakeImap({5: MAIL}, drip_s=0.3), 1, ""),
            ("nor is it behind a log-in", dripping, COMMAND_S, "in time"),
            ("silence after a command", FakeImap(answers={"UID SEARCH": ""}), COMMAND_S, "in time"))
    with concurrent.futures.ThreadPoolExecutor(len(rows)) as pool:
        asked = [pool.submit(fake, server, "list", TIMEOUT=seconds) for _, server, seconds, _ in rows]
    for (name, _, _, words), done in zip(rows, asked):
        with tap.point(name):
            status, output = done.result()
            assert status == 1 and words in output, output


LIST_MAX = 16 * 1024 * 1024


class Endless(FakeImap):
    """It claims all the mails that there can be; behind so many it has enough."""

    def __init__(self, n):
        super().__init__(answers={"SELECT": self.select, "UID SEARCH": self.search})
        self.n, self.last = n, 0

    def select(self, command):
        return "* 4294967295 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK [READ-WRITE] done\r\n"

    def search(self, command):
        first, last = re.search(r"UID (\d+):(\d+|\*)", command).groups()
        if int(first) > self.n:
            return "TAG NO that was all\r\n"
        self.last = min(self.n, int(last)) if last != "*" else self.n
        return "* SEARCH " + " ".join(map(str, range(int(first), self.last + 1))) + "\r\nTAG OK done\r\n"


def endless(tap):
    for n, said in ((LIST_MAX, "says NO: that was all"), (LIST_MAX + 1, f"over {LIST_MAX} mails")):
        with tap.point(f"a server that claims 4 billion mails, and lists {n}: \"{said}\""):
            server = Endless(n)
            status, output = fake(server, "list")
            assert status == 1 and said in output and "usable 1" in output, output
            same(server.last, n)


def idling(tap):
    for name, answer in (("before", "* 3 EXISTS\r\n+ idling\r\n"), ("with", "+ idling\r\n* 3 EXISTS\r\n")):
        with tap.point(f"an EXISTS that comes {name} \"+ idling\" is seen"):
            server = FakeImap({5: MAIL}, idling=answer)
            status, output = fake(server, "list", f"idle={NEVER_S}", "list")
            assert status == 0 and "idle changed" in output, output
    between = {"UID SEARCH": "* SEARCH 5\r\n* 2 EXISTS\r\nTAG OK done\r\n"}
    with tap.point("an EXISTS between the list and IDLE is seen without asking"):
        server = FakeImap({5: MAIL}, answers=between)
        status, output = fake(server, "list", f"idle={NEVER_S}")
        assert "idle changed" in output and b"IDLE" not in server.all_heard(), output
    with tap.point("it is told of once: who does not list waits for the next one"):
        status, output = fake(FakeImap({5: MAIL}, answers=between), "list", f"idle={NEVER_S}", "idle=1")
        same((status, output.count("idle changed"), output.count("idle quiet")), (0, 1, 1), output)
    with tap.point("IDLE refused is the server's NO"):
        status, output = fake(FakeImap(answers={"IDLE": "TAG NO not now\r\n"}), "list", "idle=1")
        assert status == 1, output
    with tap.point("the connection ends while idling"):
        status, output = fake(FakeImap(answers={"IDLE": "+ idling\r\n"}, hang_up=("IDLE",)), "list", f"idle={NEVER_S}")
        assert status == 1 and "closed the connection" in output, output


def main():
    tap = Tap()
    with_dovecot(tap)
    full(tap)
    dotted(tap)
    without_extensions(tap)
    liars(tap)
    hostile(tap)
    slow(tap)
    endless(tap)
    idling(tap)
    tap.done()


main()
