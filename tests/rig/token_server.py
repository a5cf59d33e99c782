"""A token server: it issues, rotates and refuses, asks a person to log in, is slow, and lies when told to.

Tokens are asked for over TLS (RFC 6749, RFC 7523, RFC 8628); a mail server asks in the clear whose one is (RFC 7662).
"""
import base64
import http.server
import json
import secrets
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

from tests.rig.process import free_port

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FLOOD = b" " * 65536
# A Dovecot that asks it whose a token is; file: one with INTROSPECTION in it.
DOVECOT = """
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""
INTROSPECTION = """
introspection_url = http://127.0.0.1:{port}/introspect?token=
introspection_mode = get
username_attribute = username
active_attribute = active
active_value = true
"""


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Refused(Exception):
    """An error of RFC 6749 section 5.2."""

    def __init__(self, code, description="", status=400):
        super().__init__(code)
        self.answer = {"error": code, "error_description": description}
        self.status = status


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that went away is no news."""


class TokenServer:
    """`user` logs in; `mode` is how answers are given ("good", or a lie); `asked` has every form that came."""

    def __init__(self, user, client_id="gatewayd-app"):
        self.user, self.client_id = user, client_id
        self.client_secret = None           # checked when it is set
        self.public_key = None              # PEM file that assertions are checked with
        self.mode, self.life, self.refresh_life = "good", 3600, None
        self.rotates, self.confirmed = True, False
        self.refresh = set()                # that are good
        self.access = {}                    # token: (user, good until)
        self.deny = False                   # no server takes any token
        self.introspected = 0
        self.device = None                  # the code that waits for the person
        self.asked, self.claims = [], []
        self.lock = threading.Lock()
        self.port, self.introspection = free_port(), free_port()
        self.servers = []

    # life

    def start_introspection(self):
        self._serve(Server(("127.0.0.1", self.introspection), self._handler(self._introspect, None)))

    def start(self, cert, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server = Server(("127.0.0.1", self.port), self._handler(None, self._post))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self._serve(server)

    def _serve(self, server):
        self.servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.servers = []

    def url(self, path):
        return f"https://localhost:{self.port}/{path}"

    # what a test does

    def give_refresh(self):
        token = secrets.token_urlsafe(40)
        self.refresh.add(token)
        return token

    def confirm(self):
        """The person types the code."""
        self.confirmed = True

    def revoke_access(self):
        """No server takes what was given out so far."""
        with self.lock:
            self.access.clear()

    def count(self, grant_type):
        return sum(form.get("grant_type") == grant_type for form in self.asked)

    # answers

    @staticmethod
    def _handler(get, post):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                get(self)

            def do_POST(self):
                post(self)

            def log_message(self, *_):
                pass
        return Handler

    @staticmethod
    def _say(handler, status, body, kind="application/json", headers=()):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _introspect(self, handler):
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query).get("token", [""])[0]
        with self.lock:
            user, until = self.access.get(token, (None, 0))
            self.introspected += 1
        active = time.time() < until and not self.deny
        self._say(handler, 200, json.dumps({"active": active, "username": user or "nobody"}).encode())

    def _post(self, handler):
        text = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        form = {k: v[0] for k, v in urllib.parse.parse_qs(text).items()}
        with self.lock:
            self.asked.append({"path": handler.path, **form})
        lie = getattr(self, f"_lie_{self.mode}", None)
        if lie:
            lie(handler)
            return
        try:
            answer = self._device() if handler.path.endswith(("/device", "/devicecode")) else self._token(form)
            self._say(handler, 200, json.dumps(answer).encode())
        except Refused as e:
            self._say(handler, e.status, json.dumps(e.answer).encode())

    # lies

    def _lie_slow(self, handler):
        while self.mode == "slow" and self.servers:
            time.sleep(0.05)

    def _lie_endless(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        while self.mode == "endless":
            handler.wfile.write(FLOOD)

    def _lie_headers(self, handler):
        handler.send_response(200)
        for i in range(5000):
            handler.send_header(f"X-{i}", "x" * 60)
        handler.end_headers()

    def _lie_broken(self, handler):
        self._say(handler, 200, b'{"access_token": "abc", ')

    def _lie_html(self, handler):
        self._say(handler, 200, b"<html>sign in</html>", "text/html")

    def _lie_redirect(self, handler):
        self._say(handler, 302, b"", headers=[("Location", self.url("elsewhere"))])

    def _lie_huge(self, handler):
        self._say(handler, 200, json.dumps({"access_token": "a" * 20000, "token_type": "Bearer", "expires_in": 3600}).encode())

    def _lie_mac(self, handler):
        self._say(handler, 200, json.dumps({"access_token": "abc", "token_type": "mac", "expires_in": 3600}).encode())

    def _lie_number(self, handler):
        self._say(handler, 200, json.dumps({"access_token": 7, "token_type": "Bearer", "expires_in": "soon"}).encode())

    def _lie_busy(self, handler):
        self._say(handler, 503, b"try later", "text/plain")

    # grants

    def _new_access(self, user):
        claims = {"aud": "mail", "upn": user, "scp": "IMAP SMTP", "jti": secrets.token_hex(4)}
        token = ".".join([unpadded(b'{"alg":"none"}'), unpadded(json.dumps(claims).encode()), unpadded(secrets.token_bytes(32))])
        with self.lock:
            self.access[token] = (user, time.time() + self.life)
        return token

    def _tokens(self, refresh=None):
        answer = {"access_token": self._new_access(self.user), "token_type": "Bearer", "expires_in": self.life}
        if refresh:
            answer["refresh_token"] = refresh
        if refresh and self.refresh_life:
            answer["refresh_token_expires_in"] = self.refresh_life
        return answer

    def _token(self, form):
        grant = form.get("grant_type")
        if self.mode == "refuse":
            raise Refused("invalid_grant", "AADSTS70008: The refresh token has expired.")
        if grant == JWT:
            self._check(form.get("assertion", ""))
            return self._tokens()
        if form.get("client_id") != self.client_id:
            raise Refused("invalid_client", "who is that?", 401)
        if "client_assertion" in form:
            if form.get("client_assertion_type") != CLIENT_ASSERTION:
                raise Refused("invalid_client", "what is that?", 401)
            self._check(form["client_assertion"])
        elif self.client_secret and form.get("client_secret") != self.client_secret:
            raise Refused("invalid_client", "the secret is another one", 401)
        return {"refresh_token": self._refresh, "client_credentials": self._client, DEVICE: self._code}[grant](form)

    def _client(self, _form):
        return self._tokens()

    def _refresh(self, form):
        old = form.get("refresh_token")
        if old not in self.refresh:
            raise Refused("invalid_grant", "this refresh token was used already")
        if not self.rotates:
            return self._tokens(old if self.refresh_life else None)
        self.refresh.discard(old)
        return self._tokens(self.give_refresh())

    def _check(self, assertion):
        header, claims, signature = assertion.split(".")
        signed = f"{header}.{claims}".encode()
        with tempfile.NamedTemporaryFile() as file:     # several may be checked at once
            file.write(padded(signature))
            file.flush()
            done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", str(self.public_key), "-signature", file.name],
                                  input=signed, capture_output=True)
        if done.returncode:
            raise Refused("invalid_client", "the signature is wrong", 401)
        self.claims.append((json.loads(padded(header)), json.loads(padded(claims))))

    # logging in

    def _device(self):
        self.device, self.confirmed = secrets.token_urlsafe(20), False
        return {"device_code": self.device, "user_code": "ABCD-EFGH", "verification_uri": "https://login.example.test/device",
                "expires_in": 600, "interval": 1}

    def _code(self, form):
        if form.get("device_code") != self.device:
            raise Refused("invalid_grant", "no such code")
        if self.mode == "denied":
            raise Refused("access_denied", "the person said no")
        if not self.confirmed:
            raise Refused("authorization_pending")
        return self._tokens(self.give_refresh())
