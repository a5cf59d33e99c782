"""Servers that misbehave on purpose: an SMTP server that answers as told, a TLS listener that only listens."""
import socket
import socketserver
import ssl
import threading


class Server(socketserver.ThreadingTCPServer):
    """A thread a connection, on a port of its own choice, from start() to stop(); `over` is set by stop()."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_address[1]
        self.over, self.silent = threading.Event(), []

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def silence(self):
        """For a session that never says another word."""
        self.silent.append(True)
        self.over.wait()

    def stop(self):
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass


CUT = object()      # an answer at the dot: the mail is taken, and the connection cut before a reply


class SmtpSession(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 fake.example.test ESMTP")
        while line := self.rfile.readline(4096):
            verb = line.split(b":")[0].split()[0].upper().decode() if line.split() else ""
            if verb == "EHLO":
                self.say("250-fake.example.test")
                self.say("250 8BITMIME")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif not self._scripted(verb, line):
                return

    def _scripted(self, verb, line):
        """Answers a step of the transaction; False: hang up."""
        if verb == "RCPT":
            self.server.at_gate += 1
            self.server.gate.wait()
            self.server.at_gate -= 1
            self.recipient = line.decode(errors="replace").partition("<")[2].partition(">")[0].lower()
        answer = self.server.answer(verb, getattr(self, "recipient", ""))
        if answer is None:
            self.server.over.wait(self.server.hang_s)
            return False
        self.say(answer)
        if verb == "DATA" and answer.startswith("354"):
            return self._data()
        return True

    def _data(self):
        mail = b""
        while (line := self.rfile.readline(65536)) not in (b".\r\n", b""):
            mail += line
        if not line:    # gone before the dot: nothing to take
            return False
        answer = self.server.answer("DOT", self.recipient)
        if answer is None:
            self.server.over.wait(self.server.hang_s)
            return False
        if answer is CUT or answer.startswith("2"):
            self.server.taken.append((self.recipient, mail))
        if answer is CUT:
            return False
        self.say(answer)
        self.server.replied.append(answer)
        return True


class FakeSmtp(Server):
    """answers: {verb: answer or None (hang), DOT also CUT} for all, or {(verb, recipient): ...} for one; the rest is accepted.
    replied: what was said of mails, to its last byte."""
    OK = {"MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go", "DOT": "250 2.0.0 taken",
          "RSET": "250 2.0.0 ok", "NOOP": "250 2.0.0 ok"}

    def __init__(self, answers=None, hang_s=30):
        super().__init__(SmtpSession)
        self.answers = answers or {}
        self.taken, self.replied = [], []
        self.hang_s = hang_s
        self.at_gate, self.gate = 0, threading.Event()      # where it is shut no recipient is answered
        self.gate.set()

    def answer(self, verb, recipient):
        for key in ((verb, recipient), verb):
            if key in self.answers:
                return self.answers[key]
        return self.OK.get(verb, "502 5.5.1 what?")


class ListenerSession(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.tries += 1
        self.request.settimeout(5)
        if self.server.greeting:
            self.request.sendall(self.server.greeting)
            self._keep()
            return
        try:
            with self.server.context.wrap_socket(self.request, server_side=True) as tls:
                self.request = tls
                self._keep()
        except (ssl.SSLError, OSError) as e:
            self.server.refusals.append(str(e))

    def _keep(self):
        try:
            while data := self.request.recv(4096):
                self.server.heard.append(data)
        except (OSError, socket.timeout):
            pass


class Listener(Server):
    """A TLS server with any certificate that keeps all it hears; with a greeting, a plain one instead."""

    def __init__(self, cert=None, key=None, greeting=b""):
        super().__init__(ListenerSession)
        self.greeting = greeting
        self.tries = 0
        self.heard, self.refusals = [], []
        if cert:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(cert, key)

    def all_heard(self):
        return b"".join(self.heard)
