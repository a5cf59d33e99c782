"""Access tokens on a real Dovecot and Postfix: issued, renewed, refused, rotated, logged in for, and lied about."""
import contextlib
import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, CTL_S, running
from tests.rig.mail import compose
from tests.rig.pki import Authority, openssl
from tests.rig.process import open_files, wait_for
from tests.rig.tap import Tap, same
from tests.rig.token_server import DEVICE, DOVECOT, INTROSPECTION, TokenServer
from tests.system.test_nodes import of_role


class World:
    def __init__(self, rig, daemon, server):
        self.rig, self.daemon, self.server = rig, daemon, server

    def grant(self, name="office"):
        return next(g for g in self.daemon.json("status")["oauth"] if g["name"] == name)

    def wait_grant(self, match, name="office", what=""):
        return wait_for(lambda: match(self.grant(name)) and self.grant(name), 20, what or f"oauth {name}")

    def mailbox(self, name="support"):
        return next(m for m in self.daemon.json("status")["mailboxes"] if m["name"] == name)

    def round_trip(self, subject):
        """A mail comes in over IMAP and its confirmation goes out over SMTP."""
        self.rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "It does not work."))
        tag = f"[Case #{self.daemon.case_of(subject)['number']}]"
        self.rig.wait_mail(r.ANN, lambda m: tag in str(m["Subject"]), what="the confirmation")

    def log_in_again(self):
        """The mailbox's session ends with its poller; the next one has the same token. After a reload the old one may be there, too."""
        for pid in of_role(self.daemon, "poller"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def reloaded(self):
        """The next roles have a token of their own, and the mailbox is logged in with it."""
        asked, logged_in = self.server.count("refresh_token"), self.log_ins()
        self.daemon.reload()
        wait_for(lambda: self.server.count("refresh_token") > asked, 20, "its beginning")
        self.wait_grant(lambda g: g["good"])
        wait_for(lambda: self.log_ins() > logged_in, 20, "another session")
        wait_for(lambda: self.mailbox()["good"], 20, "the mailbox to be good")

    def log_ins(self):
        return self.rig.dovecot.log().count(f"Login: user=<{r.SUPPORT}>, method=XOAUTH2")


def with_oauth(settings, name, auth):
    for key in ("secret_file", "auth"):
        settings.pop(key, None)
    settings.update(oauth=name, auth=auth)


def row(daemon, server, **more):
    return {"client_id": server.client_id, "token_endpoint": server.url("token"), "timeout": "60s",
            "ca_file": str(daemon.rig.authority.ca), **more}


@contextlib.contextmanager
def world(change):
    """Dovecot and Postfix that take the tokens of our server; change(daemon, server) before the start."""
    server = TokenServer(r.SUPPORT)
    with tempfile.TemporaryDirectory(prefix="gatewayd-oauth-") as folder:
        file = pathlib.Path(folder) / "dovecot-oauth2.conf"
        file.write_text(INTROSPECTION.format(port=server.introspection))
        file.parent.chmod(0o755)
        server.start_introspection()

        def begin(daemon):
            server.start(daemon.rig.cert, daemon.rig.key)
            change(daemon, server)
        try:
            with running(begin, dovecot_extra=DOVECOT.format(file=file)) as (rig, daemon):
                yield World(rig, daemon, server)
        finally:
            server.stop()


def nothing_shown(w):
    """No token stands in what people and other programs see."""
    seen = w.daemon.log_text() + w.daemon.ctl("status") + str(w.daemon.json("status"))
    for token in [*w.server.access, *w.server.refresh]:
        assert token not in seen and token.rsplit(".", 1)[-1] not in seen, "a token was shown"


def measured(w):
    """The metrics of the row `office`."""
    found = re.findall(r'^gatewayd_token_(\w+)\{oauth="office"\} ([0-9.]+)$', w.daemon.ctl("metrics"), re.M)
    return {name: float(value) for name, value in found}


def check_refresh(tap):
    def change(daemon, server):
        daemon.settings["oauth"] = {"office": row(daemon, server, refresh_token_file=daemon.secret("refresh", server.give_refresh()))}
        with_oauth(daemon.settings["mailboxes"]["support"], "office", "xoauth2")
        daemon.settings["mailboxes"].pop("emerging")
        daemon.settings["queues"].pop("emerging")
        daemon.settings["smtp"]["user"] = r.SUPPORT
        with_oauth(daemon.settings["smtp"], "office", "oauthbearer")

    with world(change) as w:
        with tap.point("a mail comes by XOAUTH2 and its confirmation goes by OAUTHBEARER"):
            w.round_trip("first")
            log = w.rig.dovecot.log()
            assert "method=XOAUTH2" in log, log[-2000:]
        with tap.point("status says how long it is good and what it claims, without its signature"):
            grant = w.grant()
            same((grant["good"], grant["claims"]["upn"], grant["refresh_until"]), (True, r.SUPPORT, None))
            assert grant["access_until"] > "2026", grant
            nothing_shown(w)
        with tap.point("a rotated refresh token is on the disk, sealed, and nobody else's to read"):
            folder = w.daemon.dir / "state" / "tokens"
            file = folder / "office.refresh"
            same((stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(file.stat().st_mode)), (0o700, 0o600))
            same([p.name for p in folder.iterdir()], ["office.refresh"])
            assert not any(t.encode() in file.read_bytes() for t in w.server.refresh), "it can be read"
        with tap.point("killed and started again, it goes on with the rotated one"):
            w.daemon.kill9()
            w.daemon.start()
            w.round_trip("second")
            same(w.server.count("refresh_token"), 2, "asked")
        with tap.point("a server that refuses it gets a fresh one, at once"):
            before = w.server.count("refresh_token")
            w.server.revoke_access()
            w.log_in_again()
            wait_for(lambda: w.server.count("refresh_token") > before, 20, "a renewal")
            wait_for(lambda: w.mailbox()["good"], 20, "the mailbox to be good")
            wait_for(lambda: r'{\"status\":\"401\"' in w.daemon.log_text(), 20, "the refusal in the log")
            w.round_trip("third")
        with tap.point("the same for a mail that goes out: it is sent in the same go, and never twice"):
            w.reloaded()
            before = w.server.count("refresh_token")
            w.server.revoke_access()    # the mailbox's session lives on; the sender has not logged in yet
            w.round_trip("fourth")
            same(w.server.count("refresh_token"), before + 1, "renewals")
            tries = [row["attempts"] for row in w.daemon.json("outbox", "list") if row["kind"] == "confirmation"]
            same(set(tries), {1}, "tries")
        with tap.point("doctor beside the daemon uses none of its refresh tokens"):
            before = w.server.count("refresh_token")
            out = w.daemon.ctl("doctor")
            assert "oauth office: the daemon has a token" in out, out
            same(w.server.count("refresh_token"), before)
        with tap.point("without it doctor asks by the role's code, logs in, and keeps what was rotated"):
            w.daemon.stop()
            _, done = w.daemon.ctl_run("doctor", "--user", "root")
            out = done.stdout.decode()
            for words in ("oauth office: it has an access token until", "mailbox support: TLS and log-in at", "smtp: TLS and log-in at",
                          "a mail to itself came back"):
                assert words in out, out
            same(done.returncode, 0, out)
            w.daemon.start()
            w.round_trip("after doctor")
        with tap.point("one that is refused again is not renewed again"):
            w.reloaded()
            before = w.server.count("refresh_token")
            w.server.deny = True
            w.log_in_again()
            wait_for(lambda: w.server.count("refresh_token") > before, 20, "the renewal")
            seen = w.server.introspected
            wait_for(lambda: w.server.introspected > seen + 1, 20, "further log-ins")
            same(w.server.count("refresh_token"), before + 1, "renewals")
            assert "mailbox.trouble" in w.daemon.log_text()
            w.server.deny = False
            wait_for(lambda: w.mailbox()["good"], 20, "the mailbox to be good")
        with tap.point("it is renewed before it ends"):
            w.server.life = 2
            before = w.server.count("refresh_token")
            w.daemon.reload()
            wait_for(lambda: w.server.count("refresh_token") >= before + 3, 30, "three renewals")
            wait_for(lambda: w.grant()["good"], 20, "it to be good")
        with tap.point("what the server says of an error stands in status"):
            w.server.mode = "refuse"
            # The access token may end before that is said.
            w.wait_grant(lambda g: not g["good"] and "AADSTS70008: The refresh token has expired." in g["text"], what="the trouble")
            assert any(h["what"] == "oauth office" for h in w.daemon.json("status")["wrong"])
            metrics = measured(w)
            same(metrics["good"], 0)
            assert metrics["failures_total"] >= 1 and metrics["expiry_timestamp_seconds"] > 1_700_000_000, metrics
            w.server.mode = "good"


def ctl_begun(w, *args):
    command, env = w.daemon.ctl_command(*args)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def check_login(tap, meanwhile):
    """meanwhile: what is tried while doctor waits, as a daemon that is new may still come to be in order."""
    def change(daemon, server):
        daemon.settings["oauth"] = {"office": row(daemon, server, device_endpoint=server.url("device"), scope="mail offline_access")}
        with_oauth(daemon.settings["mailboxes"]["support"], "office", "oauthbearer")

    with world(change) as w:
        with tap.point("nobody has logged in: status says what to do, the other mailbox works"):
            grant = w.wait_grant(lambda g: "nobody has logged in yet" in g["text"])
            assert "gatewayctl login office" in grant["text"], grant
            wait_for(lambda: w.mailbox("emerging")["good"], 20, "the other mailbox")
            same(w.mailbox()["good"], False)
        doctor = ctl_begun(w, "doctor")
        for check in meanwhile:
            check(tap)
        with tap.point("so does doctor, while it runs"):
            out, _ = doctor.communicate(timeout=CTL_S)
            assert "WRONG  oauth office: the daemon says: nobody has logged in yet" in out, out
            same(doctor.returncode, 69)
        with tap.point("a person who says no, and a mailbox with a password"):
            w.server.mode = "denied"
            asked = ctl_begun(w, "login", "support")
            out, err = asked.communicate(timeout=CTL_S)
            same(asked.returncode, 69, out + err)
            assert "access_denied: the person said no" in err, err
            w.server.mode = "good"
            out, err = ctl_begun(w, "login", "emerging").communicate(timeout=CTL_S)
            assert "emerging logs in without oauth" in err, err
        with tap.point("login shows address and code, waits, and the mailbox works"):
            asked = ctl_begun(w, "login", "support")
            same(asked.stdout.readline(), "Open https://login.example.test/device in a browser and type the code ABCD-EFGH\n")
            wait_for(lambda: w.server.count(DEVICE) >= 2, 20, "questions whether it is allowed")
            assert asked.poll() is None, "it did not wait"
            w.server.refresh_life = 3 * 86400
            w.server.confirm()
            out, err = asked.communicate(timeout=CTL_S)
            same((asked.returncode, out, err), (0, "Logged in; the refresh token is kept.\n", ""))
            wait_for(lambda: w.mailbox()["good"], 20, "the mailbox")
        with tap.point("with --json what is to be done stands beside the value"):
            asked = ctl_begun(w, "login", "support", "--json")
            assert asked.stderr.readline().startswith("Open https://login.example.test/device "), "no address"
            w.server.confirm()
            out, err = asked.communicate(timeout=CTL_S)
            same((json.loads(out), err), ({"state": "done"}, ""))
        with tap.point("a refresh token near its end warns days ahead"):
            grant = w.wait_grant(lambda g: g["refresh_until"])
            assert not grant["good"] and "the refresh token ends at" in grant["text"], grant
            left = measured(w)["refresh_expiry_timestamp_seconds"] - time.time()
            assert 0 < left < 3 * 86400 + 60, left
            wait_for(lambda: "event=token.near-end" in w.daemon.log_text(), 20, "a word about it in the log")
            nothing_shown(w)
        with tap.point("the role that has the tokens sees no mail and no store, and is replaced when it dies"):
            pid = w.daemon.role("tokens")
            files = open_files(pid)
            assert not any("gatewayd.db" in f for f in files), files
            before = len(w.server.asked)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: len(w.server.asked) > before, 20, "its successor")
            w.wait_grant(lambda g: g["access_until"])


def make_key(folder):
    """RSA, as both providers want it, and a certificate of it."""
    key, cert, public = folder / "app.key", folder / "app.pem", folder / "app.pub"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", 7, "-subj", "/CN=app")
    openssl("rsa", "-in", key, "-pubout", "-out", public)
    key.chmod(0o600)
    return key, cert, public


def check_applications(tap):
    """Rows that no mailbox needs to use: status tells of each."""
    def change(daemon, server):
        import json
        key, cert, server.public_key = make_key(daemon.dir)
        server.client_secret = "the application's secret"
        service = daemon.dir / "service.json"
        service.write_text(json.dumps({"client_email": "robot@project.test", "private_key": key.read_text(), "private_key_id": "k1"}))
        service.chmod(0o600)
        other = daemon.dir / "other.key"
        openssl("genrsa", "-out", other, "2048")
        other.chmod(0o600)
        client = {"flow": "client_credentials"}
        daemon.settings["oauth"] = {
            "secret": row(daemon, server, client_secret_file=daemon.secret("app", server.client_secret), **client),
            "wrong": row(daemon, server, client_secret_file=daemon.secret("wrong", "another"), **client),
            "certificate": row(daemon, server, key_file=str(key), certificate_file=str(cert), **client),
            "mismatch": row(daemon, server, key_file=str(other), certificate_file=str(cert), **client),
            "service": {**row(daemon, server, flow="service_account", key_file=str(service), subject=r.SUPPORT, scope="https://mail.test/"),
                        "client_id": "robot@project.test"}}
        with_oauth(daemon.settings["mailboxes"]["support"], "certificate", "xoauth2")

    with world(change) as w:
        with tap.point("client credentials: by a secret, by a certificate with a signed assertion"):
            w.wait_grant(lambda g: g["good"], "secret")
            w.wait_grant(lambda g: g["good"], "certificate")
            wait_for(lambda: w.mailbox()["good"], 20, "the mailbox")
            header, claims = next(c for c in w.server.claims if c[1]["iss"] == w.server.client_id)
            same((header["alg"], claims["sub"], claims["aud"]), ("RS256", w.server.client_id, w.server.url("token")))
            assert header["x5t"] and header["x5t#S256"] and claims["exp"] > claims["nbf"], (header, claims)
        with tap.point("a service account, for whom it acts"):
            w.wait_grant(lambda g: g["good"], "service")
            header, claims = next(c for c in w.server.claims if c[1]["iss"] == "robot@project.test")
            same((header["kid"], claims["sub"], claims["scope"]), ("k1", r.SUPPORT, "https://mail.test/"))
        with tap.point("a wrong secret, and a certificate of another key, are named"):
            assert "invalid_client: the secret is another one" in w.wait_grant(lambda g: "401" in g["text"], "wrong")["text"]
            assert "the certificate is of another key" in w.wait_grant(lambda g: g["text"], "mismatch")["text"]


def check_lies(tap):
    """Each lie ends with an error that says what it is, soon, whatever the server does."""
    lies = {
        "slow": "timed out", "endless": "its answer does not end", "headers": "its answer does not end", "broken": "broken JSON",
        "html": "no JSON", "redirect": "points elsewhere", "huge": "no access token", "mac": "another type of token than bearer",
        "number": "no access token", "busy": "answers 503", "refuse": "invalid_grant"}
    with tempfile.TemporaryDirectory(prefix="gatewayd-lies-") as folder:
        ours, theirs = Authority(pathlib.Path(folder) / "ca"), Authority(pathlib.Path(folder) / "other", "another CA")
        server = TokenServer(r.SUPPORT)
        server.start(*ours.certificate("good"))

        def ask(path="token", ca=ours.ca, host="localhost"):
            env = {"CA": str(ca), "TIMEOUT": "5" if server.mode == "slow" else "120", "ASAN_OPTIONS": "detect_leaks=0"}
            done = subprocess.run([BUILD / "tests/tools/token_probe", f"https://{host}:{server.port}/{path}"], env=env,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
            return done.returncode, done.stdout
        try:
            with tap.point("a token server that tells the truth"):
                same(ask(), (0, "good for 3600 s\n"))
            for mode, words in lies.items():
                with tap.point(f"a token server that lies: {mode}"):
                    server.mode = mode
                    status, said = ask()
                    assert status == 1 and words in said, (status, said)
            server.mode = "good"
            with tap.point("a token server that cannot prove who it is hears nothing"):
                before = len(server.asked)
                same(ask(ca=theirs.ca)[0], 1)
                same(ask(host="127.0.0.2")[0], 1)
                same(len(server.asked), before, "forms heard")
        finally:
            server.mode = "good"
            server.stop()


def main():
    tap = Tap()
    check_lies(tap)
    check_login(tap, [check_refresh, check_applications])
    tap.done()


main()
