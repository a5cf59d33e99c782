"""Servers whose connections end after so many bytes, said or heard; what a real server would have by then, they have."""
import collections
import re
import socket

from tests.rig.fake_imap import ImapSession
from tests.rig.fake_submission import FakeSubmission, SubmissionSession
from tests.rig.lies import Liar

IDENT = re.compile(rb"(?mi)^message-id:\s*<([^>]+)>")


class Meter:
    """Bytes of a session; the connection ends after `left` of them, None: never."""

    def __init__(self, left):
        self.left, self.passed = left, 0

    def allowed(self, data):
        """What of it passes."""
        part = data if self.left is None else data[:self.left]
        self.passed += len(part)
        if self.left is not None:
            self.left -= len(part)
        return part


class Endable:
    """A server whose sessions can all be ended; they stand in `open`."""

    def end_all(self):
        for session in list(self.open):
            try:
                session.request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass    # it has ended


class Metered:
    """A session with a meter of what it says and one of what it hears."""

    def setup(self):
        said, heard = self.server.take_cut()
        self.said, self.heard = self.server.meters = Meter(said), Meter(heard)
        self.server.open.add(self)

    def finish(self):
        self.server.open.discard(self)

    def say(self, text):
        data = text.encode("latin-1") if isinstance(text, str) else text
        part = self.said.allowed(data)
        self.request.sendall(part)
        if len(part) < len(data) or self.said.left == 0:
            self.end()

    def hear(self):
        data = self.request.recv(65536)
        part = self.heard.allowed(data)
        if data and len(part) < len(data) or self.heard.left == 0:
            self.end()
        return part

    def end(self):
        raise ConnectionError("cut")


class CutImapSession(Metered, ImapSession):
    pass


class CutImap(Endable, Liar):
    """cut: after how many bytes that it says, or hears, the next session ends."""

    session = CutImapSession

    def __init__(self):
        super().__init__()
        self.cut, self.meters, self.open = None, None, set()

    def take_cut(self):
        cut, self.cut = self.cut, None
        return cut or (None, None)


class CutSubmissionSession(Metered, SubmissionSession):
    recipient = body = None
    unsure = False      # it has a mail, and has not said so

    def end(self):
        self.server.cut_short += 1
        self.server.unsure += self.unsure
        super().end()

    def reply(self, step, usual):
        if step == "DOT":
            self.server.had[IDENT.search(self.body)[1].decode()] += 1
        self.unsure = step == "DOT"
        good = super().reply(step, usual)
        self.unsure = False
        return good


class CutSubmission(Endable, FakeSubmission):
    """cuts: a pair (after how many bytes said, heard) for each session to come; then none is cut."""
    session = CutSubmissionSession

    def __init__(self):
        super().__init__()
        self.cuts, self.meters, self.cut_short, self.unsure = collections.deque(), None, 0, 0
        self.open = set()
        self.had = collections.Counter()    # Message-IDs

    def take_cut(self):
        try:
            return self.cuts.popleft()
        except IndexError:
            return None, None
