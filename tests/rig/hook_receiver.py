"""A receiver of webhooks: it verifies as Standard Webhooks has it, and answers, waits, refuses and lies when told to."""
import base64
import hashlib
import hmac
import http.server
import json
import secrets
import ssl
import threading
import time

from tests.rig.process import free_port

TOLERANCE_S = 300
FLOOD = b"x" * 65536


def new_secret():
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def verify(secret, headers, body):
    """Raises unless the POST is signed with the secret, and now."""
    at = headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > TOLERANCE_S:
        raise ValueError("too old or too new")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{at}.".encode() + body
    want = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(want, part) for part in headers["webhook-signature"].split()):
        raise ValueError("not signed with it")


class Post:
    def __init__(self, path, headers, body):
        self.path, self.body, self.id = path, body, headers["webhook-id"]
        self.headers = dict(headers)
        self.json = json.loads(body)
        self.type, self.data = self.json["type"], self.json["data"]
        self.mode = None                    # how it was answered


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """A client that went away is no news."""


class HookReceiver:
    """`posts` has all that came; `modes` says how a path answers: a status, or one of the words of _answer()."""

    def __init__(self, cert=None, key=None):
        self.port = free_port()
        self.posts, self.modes, self.secrets = [], {}, {}
        self.unverified = 0
        self.head = 405                     # the status that answers HEAD, as of who takes POST alone
        self.connections = 0
        self.go_on = threading.Event()      # what waits is answered
        self.lock = threading.Lock()
        self.tls = cert is not None
        self.server = Server(("127.0.0.1", self.port), self._handler())
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path, host="localhost"):
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}/{path}"

    def of(self, path, kind=None):
        """The posts to a path."""
        with self.lock:
            return [p for p in self.posts if p.path == "/" + path and kind in (None, p.type)]

    # answers

    def _take(self, path, headers, body):
        post = Post(path, headers, body)
        try:
            for secret in self.secrets.get(path.strip("/"), ()):
                verify(secret, headers, body)
        except (KeyError, ValueError):
            self.unverified += 1
        with self.lock:
            self.posts.append(post)
        return post

    def _answer(self, h, post):
        post.mode = mode = self.modes.get(h.path.strip("/"), 204)
        if mode == "wait":                  # until go_on
            self.go_on.wait(60)
            mode = 204
        if mode == "redirect":
            h.send_response(307)
            h.send_header("Location", self.url("elsewhere"))
            h.send_header("Content-Length", "0")
            return h.end_headers()
        if mode == "flood":                 # 200, and an answer without an end
            h.send_response(200)
            h.end_headers()
            while True:
                h.wfile.write(FLOOD)
        h.send_response(mode)
        if mode != 204:
            h.send_header("Content-Length", "0")
        return h.end_headers()

    def _handler(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._answer(self, receiver._take(self.path, self.headers, body))

            def do_HEAD(self):
                self.send_response(receiver.head)
                self.end_headers()

            def setup(self):
                receiver.connections += 1
                super().setup()

            def log_message(self, *_):
                pass
        return Handler
