"""In the booted system: somebody with the manual alone, four times from an empty machine to the first answered mail.

What is typed is read out of gatewayd-howto(7), commands and answers; what stands there for names and secrets of one's own
(PASSWORD, and the files that the providers give) is what this world has. Prints TAP.
"""
import contextlib
import glob
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from tests.rig import process
from tests.rig import rig as r
from tests.rig.mail import body, compose, reply
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same
from tests.rig.terminal import Terminal
from tests.rig.token_server import DOVECOT, INTROSPECTION, TokenServer

SUPPORT, ALICE, ANN = "support@example.com", "alice@example.com", "ann@customer.test"
NAMES = ("imap.example.com", "smtp.example.com", "outlook.office365.com", "smtp.office365.com", "login.microsoftonline.com",
         "imap.gmail.com", "smtp.gmail.com", "oauth2.googleapis.com")
CONF = pathlib.Path("/etc/gatewayd/gatewayd.conf")
process.PATIENCE = 2


class Manual:
    """gatewayd-howto(7): the displayed lines under its headings, in the order of the page."""

    def __init__(self, page):
        self.displays = {}
        heading, display = "", None
        for line in page.read_text().splitlines():
            if line.startswith((".Sh ", ".Ss ")):
                heading = line[4:]
            elif line.startswith(".Bd "):
                display = []
            elif line.startswith(".Ed"):
                self.displays.setdefault(heading, []).append("\n".join(display))
                display = None
            elif display is not None:
                display.append(line.replace("\\e", "\\"))

    def commands(self, heading, which):
        return self.displays[heading][which]

    def dialogue(self, heading):
        """Questions and answers: of all displays there that are such, one list each."""
        return [[(q, a.strip()) for q, _, a in (line.partition(":") for line in display.splitlines())]
                for display in self.displays[heading] if all(":" in line for line in display.splitlines())]


def shell(command, cwd="/root"):
    done = subprocess.run(["/bin/bash", "-c", command], cwd=cwd, capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


class Forward:
    """The ports that the providers have, to those of the rig."""

    def __init__(self, ports):
        self.sockets = []
        for port, to in ports.items():
            listening = socket.create_server(("127.0.0.1", port))
            self.sockets.append(listening)
            threading.Thread(target=self._serve, args=(listening, to), daemon=True).start()

    def _serve(self, listening, to):
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", to))
                for a, b in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def stop(self):
        for listening in self.sockets:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()


@contextlib.contextmanager
def world(**options):
    """Servers under the names and ports of the manual, whose certificates this machine trusts."""
    server = TokenServer(SUPPORT, client_id="APP-ID")
    file = pathlib.Path("/run/dovecot-oauth2.conf")
    file.write_text(INTROSPECTION.format(port=server.introspection))
    server.start_introspection()
    with r.Rig(users=(SUPPORT, ALICE, ANN), hosts=NAMES, dovecot_extra=DOVECOT.format(file=file), **options) as rig:
        shutil.copy(rig.authority.ca, "/usr/local/share/ca-certificates/world.crt")
        shell("update-ca-certificates --fresh")
        server.start(rig.cert, rig.key)
        forward = Forward({993: rig.dovecot.imaps, 587: rig.postfix.submission, 443: server.port})
        try:
            yield rig, server
        finally:
            forward.stop()
            server.stop()


def type_dialogue(t, lines, values):
    for question, answer in lines:
        t.answer(question, values.get(answer, answer))


def set_up(manual, heading, values, rig, later):
    """gatewayctl setup, as the manual shows it; `later`: a mail from outside comes when it is asked for."""
    first, *more = manual.dialogue(heading)
    t = Terminal(*manual.commands("THE FIRST HOUR", 1).split(), env={**os.environ, "TERM": "dumb"})
    type_dialogue(t, first, values)
    if later:
        t.expect("Send one from a private address")
        rig.send(ANN, compose(ANN, SUPPORT, "From a private address", "To see what the border writes."))
        rig.wait_mail(SUPPORT, lambda m: m["Subject"] == "From a private address")
    for lines in more:
        type_dialogue(t, lines, values)
    t.expect("Next:")
    same(t.wait(), 0, t.screen)
    return t.screen


def first_mail(rig):
    """A customer writes, staff answer from their mail client, the customer has the answer."""
    rig.send(ANN, compose(ANN, SUPPORT, "Printer on fire", "It burns.", name="Ann"))
    case = wait_for(lambda: next((c for c in json.loads(shell("gatewayctl case list --json")) if c["subject"] == "Printer on fire"),
                                 None), 60, "a case")
    tag = f"[Case #{case['number']}]"
    rig.wait_mail(ANN, lambda m: tag in str(m["Subject"]), 60, "the confirmation")
    notice = rig.wait_mail(ALICE, lambda m: tag in str(m["Subject"]), 60, "the notice")
    rig.send(ALICE, reply(notice, ALICE, "Pour water on it."))
    rig.wait_mail(ANN, lambda m: "Pour water on it." in body(m), 60, "the answer")


def clean():
    subprocess.run(["systemctl", "disable", "--now", "gatewayd"], capture_output=True)
    subprocess.run(["apt-get", "purge", "-y", "gatewayd"], capture_output=True)
    for folder in ("/etc/gatewayd", "/var/lib/gatewayd", "/etc/systemd/system/gatewayd.service.d"):
        shutil.rmtree(folder, ignore_errors=True)


def come_next(manual, _server, _heading):
    for command in manual.commands("THE FIRST HOUR", 2).splitlines():
        shell(command)


def person_logs_in(manual, server, heading):
    """Reads address and code from the terminal, and types it elsewhere; then plus addresses are tried."""
    start, login, doctor = manual.commands(heading, 1).splitlines()
    shell(start)
    asked = subprocess.Popen(login.split(), stdout=subprocess.PIPE, text=True)
    line = asked.stdout.readline()
    assert line.startswith("Open https://") and " and type the code " in line, line
    server.confirm()
    same(asked.wait(60), 0, "log-in")
    assert "all is well" in shell(doctor)
    stop, doctor, start = manual.commands(heading, 2).splitlines()
    shell(stop)
    found = shell(doctor)
    assert "plus addresses do not arrive, and are not used" in found, found
    shell(start)


def hour(tap, manual, name, heading, values, prepare=None, later=False, wants=(), after=come_next, **options):
    with world(**options) as (rig, server):
        values = {"PASSWORD": rig.users[SUPPORT], **values}
        began = time.monotonic()
        with tap.point(f"{name}: the package is installed"):
            shell(manual.commands("THE FIRST HOUR", 0))
        with tap.point(f"{name}: setup asks as the manual says, and writes what works"):
            if prepare:
                prepare(manual, server)
            screen = set_up(manual, heading, values, rig, later)
            text = CONF.read_text()
            for words in wants:
                assert words in text, f"{words}\n{text}\n{screen}"
            same(shell("gatewayd -n 2>&1").count("warning: "), 0, shell("gatewayd -n 2>&1"))
        with tap.point(f"{name}: what comes next by the manual works"):
            after(manual, server, heading)
        with tap.point(f"{name}: the first mail is confirmed, and answered by staff"):
            try:
                first_mail(rig)
            except AssertionError as e:
                raise AssertionError(f"{e}\n{shell('journalctl -b -u gatewayd -n 40 --no-pager -o cat')}") from None
        with tap.point(f"{name}: all is well afterwards"):
            wait_for(lambda: "all is well" in shell("gatewayctl doctor"), 30, "doctor to say so")
            same(json.loads(shell("gatewayctl status --json"))["wrong"], [])
        print(f"# {name}: {time.monotonic() - began:.0f} s from the package to the answered mail", flush=True)
        clean()


def office_keys(manual, server):
    """The key and certificate by the manual's own command; the organisation takes the certificate."""
    for path in glob.glob("/root/office.*"):
        os.remove(path)
    command = manual.commands("As an application, with a certificate", 0)
    shell(command)
    shell("openssl x509 -in office.pem -pubkey -noout >office.public")
    server.public_key = pathlib.Path("/root/office.public")


def service_account(_manual, server):
    shell("openssl genrsa -out google.key 2048 && openssl rsa -in google.key -pubout -out google.public")
    pathlib.Path("/root/service-account.json").write_text(json.dumps({
        "type": "service_account", "client_email": "gatewayd@project.iam.gserviceaccount.com", "private_key_id": "k1",
        "private_key": pathlib.Path("/root/google.key").read_text(), "token_uri": "https://oauth2.googleapis.com/token"}))
    server.public_key = pathlib.Path("/root/google.public")


def main():
    tap = Tap()
    tap.points = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    os.chdir("/root")
    manual = Manual(HERE / "gatewayd-howto.7")
    with open("/etc/hosts", "a") as hosts:
        hosts.write(f"127.0.0.1 localhost {' '.join(NAMES)}\n")
    for package in glob.glob("/package/now.deb"):
        shutil.copy(package, "/root/gatewayd_0.1_amd64.deb")
    clean()
    hour(tap, manual, "own server", "An own server", {}, later=True,
         wants=('staff_trust = "dmarc";', 'authserv_ids = [ "mx.example.test" ];'))
    hour(tap, manual, "OAuth2 without plus addresses", "Microsoft 365, as an application", {}, prepare=office_keys,
         wants=("plus_addresses = false;",), store="a.prod.outlook.com", milter={"authserv_id": ""},
         postfix={"hostname": "a.mail.protection.outlook.com", "delimiter": ""})
    hour(tap, manual, "OAuth2 by a person", "Microsoft 365, by a person who logs in", {}, after=person_logs_in, wants=("plus_addresses = false;",),
         store="a.prod.outlook.com", milter={"authserv_id": ""}, postfix={"hostname": "a.mail.protection.outlook.com", "delimiter": ""})
    hour(tap, manual, "OAuth2 with plus addresses", "Google Workspace, with a service account", {}, prepare=service_account,
         store="2002:a05", milter={"authserv_id": "mx.google.com", "below": True}, postfix={"hostname": "mx.google.com"})
    tap.done()


if __name__ == "__main__":
    main()
