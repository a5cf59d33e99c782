"""An IMAP server that lies, drips, stalls and dies as told; it keeps every line it hears."""
import re
import ssl
import time

import socketserver

from tests.rig.fakes import Server

SILENT_S = 300      # a client that says nothing for so long is left; one that waits for its turn on a busy machine is not
CAPABILITIES = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE MOVE UIDPLUS NAMESPACE"


class ImapSession(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.sessions += 1
        self.flight = None
        self.request.settimeout(SILENT_S)
        self.buffer = b""
        try:
            if self.server.tls:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.say(self.server.greeting)
            while line := self.line():
                self.server.heard.append(line)
                if self.flight is None:
                    self.flight = []
                    self.server.flights.append(self.flight)
                self.flight.append(line.decode("latin-1").strip())
                if not self.answer(line.decode("latin-1").rstrip("\r\n")):
                    return
        except (ssl.SSLError, OSError) as e:
            self.server.refusals.append(str(e))

    def hear(self):
        return self.request.recv(65536)

    def line(self):
        while b"\n" not in self.buffer:
            self.flight = None          # what comes now was sent when all before it was answered
            data = self.hear()
            if not data:
                return b""
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def say(self, text):
        data = text.encode("latin-1") if isinstance(text, str) else text
        if not self.server.drip_s:
            self.request.sendall(data)
            return
        for k in range(len(data)):
            self.request.sendall(data[k:k + 1])
            time.sleep(self.server.drip_s)

    def answer(self, line):
        """False: hang up."""
        tag, _, command = line.partition(" ")
        words = command.upper().split()
        name = " ".join(words[:2]) if words and words[0] == "UID" else (words[0] if words else "")
        said = self.server.override(name, command)
        if said is not None:
            self.say(said.replace("TAG", tag) if isinstance(said, str) else said.replace(b"TAG", tag.encode()))
            return not self.server.hangs_up_after(name)
        method = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
        if not method:
            self.say(f"{tag} BAD what?\r\n")
            return True
        return method(tag, command) is not False

    def do_capability(self, tag, _):
        self.say(f"* CAPABILITY {self.server.capabilities}\r\n{tag} OK done\r\n")

    def do_starttls(self, tag, _):
        if not self.server.starttls:
            self.say(f"{tag} BAD no\r\n")
            return True
        self.say(f"{tag} OK go\r\n{self.server.behind_starttls}")
        self.request = self.server.starttls.wrap_socket(self.request, server_side=True)
        return True

    def do_authenticate(self, tag, command):
        self.server.logins += 1
        if len(command.split()) < 3:    # no initial response
            self.say("+ \r\n")
            self.server.heard.append(self.line())
        self.say(f"{tag} OK in\r\n")

    def do_login(self, tag, _):
        self.server.logins += 1
        self.say(f"{tag} OK in\r\n")

    def do_list(self, tag, command):
        name = command.split()[-1].strip('"')
        self.say(f'* LIST () "/" "{name}"\r\n{tag} OK done\r\n')

    def do_namespace(self, tag, _):
        self.say(f'* NAMESPACE (("" "/")) NIL NIL\r\n{tag} OK done\r\n')

    selected = "INBOX"

    def do_select(self, tag, command):
        self.selected = command.split()[-1].strip('"')
        self.say(f"* {self.server.exists or len(self.server.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n"
                 + (f"* OK [UIDNEXT {self.server.uidnext}] next\r\n" if self.server.uidnext and self.selected == "INBOX" else "") +
                 f"* OK [UIDVALIDITY {self.server.uidvalidity}] ok\r\n{tag} OK [READ-WRITE] done\r\n")

    def do_create(self, tag, _):
        self.say(f"{tag} OK done\r\n")

    do_subscribe = do_create

    def do_uid_search(self, tag, command):
        ident = re.search(r'HEADER "?Message-ID"? "?([^" ]+)"?', command, re.I)
        found = [u for u, raw in sorted(self.box().items())
                 if not ident or re.search(rb"(?mi)^message-id:.*" + re.escape(ident[1].encode()), raw)]
        self.say(f"* SEARCH {' '.join(map(str, found))}\r\n{tag} OK done\r\n")

    def chosen(self, command):
        wanted = set()
        for part in command.split()[2].split(","):
            first, _, last = part.partition(":")
            wanted.update(range(int(first), int(last or first) + 1))
        return [u for u in sorted(self.box()) if u in wanted]

    def box(self):
        return self.server.mails if self.selected == "INBOX" else self.server.boxes.setdefault(self.selected, {})

    def do_uid_fetch(self, tag, command):
        partial = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", command)
        for n, uid in enumerate(self.chosen(command), 1):
            raw = self.box()[uid]
            if "HEADER.FIELDS" in command:
                field = (re.search(rb"(?mi)^message-id:.*\r\n", raw) or [b""])[0] + b"\r\n"
                self.say(b"* %d FETCH (UID %d BODY[HEADER.FIELDS (MESSAGE-ID)]<0> {%d}\r\n%s)\r\n" % (n, uid, len(field), field))
            elif partial:
                part = raw[:int(partial[1])]
                self.say(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (n, uid, len(part), part))
            elif "BODY.PEEK[]" in command:
                self.server.fetched.append(uid)
                self.say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (n, uid, len(raw), raw))
            else:
                date = self.server.dates.get(uid, " 1-Feb-2026 03:04:05 +0130")
                self.say(f'* {n} FETCH (UID {uid} FLAGS (\\Seen) INTERNALDATE "{date}" '
                         f"RFC822.SIZE {self.server.sizes.get(uid, len(raw))})\r\n")
        self.say(f"{tag} OK done\r\n")

    def do_uid_move(self, tag, command):
        for uid in self.chosen(command):
            self.server.moved.append((uid, command.split()[-1].strip('"')))
            del self.server.mails[uid]
        self.say(f"{tag} OK moved\r\n")

    def do_uid_copy(self, tag, command):
        self.server.copy(self.chosen(command), command.split()[-1].strip('"'))
        self.say(f"{tag} OK copied\r\n")

    def do_uid_store(self, tag, command):
        self.server.deleted += self.chosen(command)
        self.say(f"{tag} OK done\r\n")

    def do_uid_expunge(self, tag, command):
        for uid in self.chosen(command):
            del self.server.mails[uid]
        self.say(f"{tag} OK done\r\n")

    def do_idle(self, tag, _):
        self.say(self.server.idling)
        if self.line().strip().upper() != b"DONE":
            return False
        self.say(f"{tag} OK idled\r\n")
        return True

    def do_logout(self, tag, _):
        self.say(f"* BYE bye\r\n{tag} OK done\r\n")
        return False


class FakeImap(Server):
    """
    answers: {command: text, or a function of the command's words} instead of the usual; TAG in it is the tag,
    None as text: the usual.  hang_up: commands after whose answer the connection ends.
    """

    session = ImapSession

    def __init__(self, mails=None, answers=None, hang_up=(), tls=None, starttls=None, capabilities=CAPABILITIES,
                 greeting="* OK fake\r\n", drip_s=0, sizes=None, idling="+ idling\r\n"):
        super().__init__(self.session)
        self.mails, self.sizes, self.dates = dict(mails or {}), dict(sizes or {}), {}
        self.answers, self.hang_up = dict(answers or {}), hang_up
        self.tls, self.starttls = tls, starttls
        self.behind_starttls = ""    # in plain text
        self.capabilities, self.greeting, self.drip_s = capabilities, greeting, drip_s
        self.idling, self.uidvalidity = idling, 7
        self.uidnext = None # said of INBOX
        self.exists = None  # said instead of how many there are
        self.boxes = {}     # other folders: {name: mails}
        self.sessions = self.logins = 0
        self.heard, self.refusals = [], []
        self.flights = []   # of all sessions: the lines that came together, without waiting for an answer
        self.fetched, self.moved, self.copied, self.deleted = [], [], [], []

    def copy(self, uids, folder):
        self.copied += uids
        box = self.boxes.setdefault(folder, {})
        box.update({max(box, default=0) + n: self.mails[uid] for n, uid in enumerate(uids, 1)})

    def override(self, name, command):
        answer = self.answers.get(name)
        return answer(command) if callable(answer) else answer

    def hangs_up_after(self, name):
        return name in self.hang_up

    def all_heard(self):
        return b"".join(self.heard)
