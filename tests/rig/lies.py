"""What a lying IMAP server says, a row a lie: (name, command, answer, hang up behind it). TAG stands for the command's tag.

An answer is text, or a function of the server and the command's words that gives text, or None for the truth.
"GREETING" is a command here. An empty text is silence until the client gives up.
"""
from tests.rig.fake_imap import FakeImap

HONEST = "IMAP4rev1 SASL-IR AUTH=PLAIN MOVE UIDPLUS"      # without IDLE: it is looked at each second


def body(text):
    """The answer to a FETCH of bodies; sizes and dates are the truth."""
    def answer(server, command):
        if "BODY.PEEK[]" not in command:
            return None
        uid = server.first()
        raw = server.mails[uid].decode("latin-1")
        return (text.replace("UID_", f"UID {uid}").replace("SIZE_", str(len(raw))).replace("HALF_", raw[:len(raw) // 2])
                .replace("RAW_", raw)) + ("" if text.endswith("CUT_") else "")
    return answer


def size(text):
    """The answer to a FETCH of sizes and dates."""
    return lambda server, command: None if "BODY.PEEK" in command else text.replace("UID_", f"UID {server.first()}")


def changed_uidvalidity(server, _):
    server.uidvalidity += 1


def other_uids(server, _):
    """The server was restored: the mails have other UIDs."""
    server.mails = {uid + 1000: raw for uid, raw in server.mails.items()}
    server.uidvalidity += 1


def moved_back(server, command):
    """It says that it moved, and did not."""
    return "TAG OK moved\r\n"


def once(text):
    def answer(server, _):
        server.said_once = not getattr(server, "said_once", False)
        return text if server.said_once else None
    return answer


OK = "TAG OK done\r\n"
SELECTED = "* 1 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY {}] ok\r\nTAG OK [{}] done\r\n"
DATE = 'INTERNALDATE " 1-Feb-2026 03:04:05 +0130"'
LIES = [
    ("greeting: PREAUTH", "GREETING", "* PREAUTH hello\r\n", False),
    ("greeting: BYE", "GREETING", "* BYE not now\r\n", True),
    ("greeting: noise", "GREETING", "\x01\xff)((\r\n", True),
    ("greeting: silence", "GREETING", "", False),
    ("greeting: a line of 1 MB", "GREETING", "* OK " + "x" * 1000000, True),
    ("greeting: a literal", "GREETING", "* OK {999999999}\r\n", False),
    ("capability: none", "CAPABILITY", "* CAPABILITY\r\n" + OK, False),
    ("capability: NO", "CAPABILITY", "TAG NO no\r\n", False),
    ("capability: BAD", "CAPABILITY", "TAG BAD what\r\n", False),
    ("capability: 200,000 of them", "CAPABILITY", "* CAPABILITY IMAP4rev1" + " X" * 200000 + "\r\n" + OK, False),
    ("log-in: refused, then accepted", "AUTHENTICATE", once("TAG NO wrong\r\n"), False),
    ("log-in: BAD", "AUTHENTICATE", "TAG BAD what\r\n", False),
    ("log-in: BYE", "AUTHENTICATE", "* BYE go away\r\n", True),
    ("log-in: silence", "AUTHENTICATE", "", False),
    ("log-in: asks again and again", "AUTHENTICATE", "+ \r\n" * 1000, False),
    ("list: NO", "LIST", "TAG NO no\r\n", False),
    ("list: NIL", "LIST", "* LIST NIL NIL NIL\r\n" + OK, False),
    ("list: a literal of 1 GB", "LIST", '* LIST () "/" {999999999}\r\n', True),
    ("list: deep", "LIST", "* LIST " + "(" * 20000 + "\r\n" + OK, True),
    ("create: NO", "CREATE", "TAG NO no\r\n", False),
    ("select: a missing folder", "SELECT", "TAG NO [NONEXISTENT] no such folder\r\n", False),
    ("select: read-only", "SELECT", SELECTED.format(7, "READ-ONLY"), False),
    ("select: no UIDVALIDITY", "SELECT", "* 1 EXISTS\r\nTAG OK [READ-WRITE] done\r\n", False),
    ("select: UIDVALIDITY 0", "SELECT", SELECTED.format(0, "READ-WRITE"), False),
    ("select: UIDVALIDITY of 40 digits", "SELECT", SELECTED.format("9" * 40, "READ-WRITE"), False),
    ("select: UIDVALIDITY changed", "SELECT", changed_uidvalidity, False),
    ("select: UIDs given again", "SELECT", other_uids, False),
    ("select: 4 billion mails", "SELECT", SELECTED.replace("1 EXISTS", "4294967295 EXISTS").format(7, "READ-WRITE"), False),
    ("select: -1 mails", "SELECT", SELECTED.replace("1 EXISTS", "-1 EXISTS").format(7, "READ-WRITE"), False),
    ("select: emptied", "UID SEARCH", "* SEARCH\r\n" + OK, False),
    ("select: BYE", "SELECT", "* BYE down\r\n", True),
    ("select: noise", "SELECT", "\x01\xff)((\r\n", True),
    ("search: UIDs that are not there", "UID SEARCH", "* SEARCH 900001 900002 900003\r\n" + OK, False),
    ("search: UID 0", "UID SEARCH", "* SEARCH 0\r\n" + OK, False),
    ("search: UID of 33 bits", "UID SEARCH", "* SEARCH 8589934592\r\n" + OK, False),
    ("search: the same UID 1,000 times", "UID SEARCH", lambda s, _: "* SEARCH" + f" {s.first()}" * 1000 + "\r\n" + OK, False),
    ("search: 200,000 mails", "UID SEARCH", lambda s, _: "* SEARCH " + " ".join(map(str, range(100001, 300001))) + "\r\n" + OK, False),
    ("search: NO", "UID SEARCH", "TAG NO no\r\n", False),
    ("search: BAD", "UID SEARCH", "TAG BAD what\r\n", False),
    ("search: silence", "UID SEARCH", "", False),
    ("search: NUL", "UID SEARCH", "* SEARCH 1\0 2\r\n" + OK, True),
    ("search: another tag", "UID SEARCH", "* SEARCH 1\r\n999 OK done\r\n", True),
    ("search: a continuation for nothing", "UID SEARCH", "+ go on\r\n", True),
    ("search: expunged in between", "UID SEARCH", lambda s, _: f"* 1 EXPUNGE\r\n* SEARCH {s.first()}\r\n" + OK, False),
    ("search: more come in between", "UID SEARCH", lambda s, _: f"* SEARCH {s.first()}\r\n* 99 EXISTS\r\n" + OK, False),
    ("search: endless untagged", "UID SEARCH", "* OK still here\r\n" * 60000, True),
    ("search: BYE", "UID SEARCH", "* BYE down\r\n", True),
    ("sizes: NO", "UID FETCH", size("TAG NO no\r\n"), False),
    ("sizes: none", "UID FETCH", size(OK), False),
    ("sizes: of another mail", "UID FETCH", size(f"* 1 FETCH (UID 77 FLAGS () {DATE} RFC822.SIZE 10)\r\n" + OK), False),
    ("sizes: too large", "UID FETCH", size(f"* 1 FETCH (UID_ FLAGS () {DATE} RFC822.SIZE 4294967295)\r\n" + OK), False),
    ("sizes: too small", "UID FETCH", size(f"* 1 FETCH (UID_ FLAGS () {DATE} RFC822.SIZE 1)\r\n" + OK), False),
    ("sizes: a date that is none", "UID FETCH", size('* 1 FETCH (UID_ FLAGS () INTERNALDATE "yesterday" RFC822.SIZE 10)\r\n' + OK), False),
    ("sizes: 40,000 answers", "UID FETCH", size("* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n" * 40000 + OK), False),
    ("body: NO", "UID FETCH", body("TAG NO cannot be read\r\n"), False),
    ("body: none", "UID FETCH", body(OK), False),
    ("body: NIL", "UID FETCH", body("* 1 FETCH (UID_ BODY[] NIL)\r\n" + OK), False),
    ("body: of another UID", "UID FETCH", body("* 1 FETCH (UID 77 BODY[] {3}\r\nbad)\r\n" + OK), False),
    ("body: without its UID", "UID FETCH", body("* 1 FETCH (BODY[] {3}\r\nbad)\r\n" + OK), False),
    ("body: half, as a literal of half", "UID FETCH", body("* 1 FETCH (UID_ BODY[] {3}\r\nbad)\r\n" + OK), False),
    ("body: half, then the end", "UID FETCH", body("* 1 FETCH (UID_ BODY[] {SIZE_}\r\nHALF_"), True),
    ("body: a literal of 4 GB", "UID FETCH", body("* 1 FETCH (UID_ BODY[] {4294967295}\r\nRAW_"), True),
    ("body: a literal with a minus", "UID FETCH", body("* 1 FETCH (UID_ BODY[] {-5}\r\n" + OK), True),
    ("body: a quoted text of 200 KB", "UID FETCH", body('* 1 FETCH (UID_ BODY[] "' + "x" * 200000 + '")\r\n' + OK), False),
    ("body: twice, the second another", "UID FETCH",
     body("* 1 FETCH (UID_ BODY[] {SIZE_}\r\nRAW_)\r\n* 1 FETCH (UID_ BODY[] {3}\r\nbad)\r\n" + OK), False),
    ("body: flags change in between", "UID FETCH", body("* 1 FETCH (FLAGS (\\Deleted))\r\n* 1 FETCH (UID_ BODY[] {SIZE_}\r\nRAW_)\r\n" + OK), False),
    ("body: a structure nobody asked for", "UID FETCH", body('* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1))\r\n' + OK), False),
    ("body: deep", "UID FETCH", body("* 1 FETCH (" + "(" * 20000 + "\r\n"), True),
    ("body: silence", "UID FETCH", body(""), False),
    ("move: NO", "UID MOVE", "TAG NO no\r\n", False),
    ("move: the quota", "UID MOVE", "TAG NO [OVERQUOTA] full\r\n", False),
    ("move: the folder is gone", "UID MOVE", "TAG NO [TRYCREATE] no such folder\r\n", False),
    ("move: said, not done", "UID MOVE", moved_back, False),
    ("move: BAD", "UID MOVE", "TAG BAD what\r\n", False),
    ("move: BYE", "UID MOVE", "* BYE down\r\n", True),
    ("move: silence", "UID MOVE", "", False),
    ("move: others are expunged", "UID MOVE", "* 5 EXPUNGE\r\n* 4 EXPUNGE\r\n* 1 EXPUNGE\r\nTAG NO no\r\n", False),
    ("select: flags that are none", "SELECT", "* OK [PERMANENTFLAGS (\r\n" + SELECTED.format(7, "READ-WRITE"), False),
]


class Liar(FakeImap):
    """Honest while `lie` is None."""

    def __init__(self):
        super().__init__(capabilities=HONEST)
        self.lie, self.lied, self.next_uid = None, 0, 0
        self.boxes["Processed"] = {}

    def put(self, raw):
        self.next_uid = max([self.next_uid, *self.mails]) + 1
        self.mails = {**self.mails, self.next_uid: raw}

    def first(self):
        return min(self.mails, default=1)

    def override(self, name, command):
        lie = self.lie
        if not lie or name != lie[1]:
            return None
        answer = lie[2](self, command) if callable(lie[2]) else lie[2]
        self.lied += answer is not None or callable(lie[2])
        return answer

    def hangs_up_after(self, name):
        return bool(self.lie and self.lie[1] == name and self.lie[3])

    @property
    def greeting(self):
        if self.lie and self.lie[1] == "GREETING":
            self.lied += 1
            return self.lie[2]
        return "* OK fake\r\n"

    @greeting.setter
    def greeting(self, _):
        pass
