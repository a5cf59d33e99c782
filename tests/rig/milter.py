"""The rig's border check: a milter that says in Authentication-Results what the MTA knows about the sender.

Someone who logged in and writes From an address of the login's own domain has dmarc=pass, all others have dmarc=fail;
what a sender put there himself under our name is taken out.  Milter protocol version 6, as Sendmail's
mfdef.h numbers it; one thread a connection.
"""
import email.utils
import re
import socketserver
import struct
import threading

AUTHSERV_ID = "mx.example.test"
ADD, CHANGE = 0x01, 0x10                       # actions: add headers, change headers
SKIP = 0x01 | 0x02 | 0x08 | 0x10 | 0x40        # no connect, helo, rcpt, body, end of headers


class Session(socketserver.BaseRequestHandler):
    def setup(self):
        self.login = ""
        self.forget()

    def forget(self):
        self.senders, self.forged, self.results = [], [], 0

    def handle(self):
        try:
            while True:
                length, command = struct.unpack("!Ic", self._read(5))
                self._answer(command, self._read(length - 1))
        except (ConnectionError, EOFError):
            pass

    def _read(self, n):
        data = b""
        while len(data) < n:
            piece = self.request.recv(n - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _send(self, command, data=b""):
        self.request.sendall(struct.pack("!Ic", 1 + len(data), command) + data)

    def _answer(self, command, data):
        if command == b"O":
            version = min(6, struct.unpack("!I", data[:4])[0])
            self._send(b"O", struct.pack("!III", version, ADD | CHANGE, SKIP))
        elif command == b"D":
            self._macros(data)
        elif command == b"L":
            self._header(data)
            self._send(b"c")
        elif command == b"E":
            self._end()
            self._send(b"c")
        elif command == b"A":
            self.forget()
        elif command == b"Q":
            raise EOFError
        elif command != b"K":
            self._send(b"c")

    def _macros(self, data):
        words = data[1:].split(b"\0")
        if data[:1] == b"M":
            pairs = dict(zip(words[::2], words[1::2]))
            self.login = pairs.get(b"{auth_authen}", b"").decode(errors="replace")
            self.forget()

    def _header(self, data):
        name, _, value = data.partition(b"\0")
        value = value.rstrip(b"\0").decode(errors="replace")
        if name.lower() == b"from":
            self.senders.append(value)
        if name.lower() == b"authentication-results":
            self.results += 1
            if re.match(rf"\s*{re.escape(self.server.authserv_id)}\b", value, re.I):
                self.forged.append(self.results)

    def _end(self):
        for index in reversed(self.forged):
            self._send(b"m", struct.pack("!I", index) + b"Authentication-Results\0\0")
        self._send(b"i", struct.pack("!I", int(self.server.below)) + b"Authentication-Results\0" + self._verdict().encode() + b"\0")

    def _verdict(self):
        found = email.utils.getaddresses(self.senders)
        domain = found[0][1].rpartition("@")[2].lower() if len(found) == 1 else "invalid"
        own = self.login.rpartition("@")[2].lower()
        result = "pass" if own and domain == own else "fail"
        domain = domain if re.fullmatch(r"[a-z0-9.-]+", domain) else "invalid"
        who = f"{self.server.authserv_id}; " if self.server.authserv_id else ""
        return f"{who}dmarc={result} header.from={domain}"


class Milter(socketserver.ThreadingTCPServer):
    """Listens on a port of its own choice from start() to stop(); below: it writes under the MTA's own Received field."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, authserv_id=AUTHSERV_ID, below=False):
        super().__init__(("127.0.0.1", 0), Session)
        self.authserv_id, self.below = authserv_id, below
        self.port = self.server_address[1]

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()
