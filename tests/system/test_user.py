"""Started by root with `user` set: the roles that touch the outside are that user, and it all works."""
import contextlib
import os
import pathlib
import pwd
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

USER = "nobody"
OWN = "gwtest"      # with a user of its own for each role
LONG_S, SHORT_S = 120, 0.1      # for what must come, and to see that nothing has come
ROLES = ("core", "poller", "parse", "sender", "tokens")


def give_away(daemon, user=USER):
    """What the roles read and write after the change is the user's; secrets stay root's."""
    daemon.settings["user"] = user
    # Nobody answers there: the role runs all the same.
    daemon.settings["oauth"] = {"unused": {"client_id": "x", "token_endpoint": "https://localhost:1/"}}
    folder, uid = daemon.conf.parent, pwd.getpwnam(user).pw_uid
    folder.parent.chmod(0o711)
    folder.chmod(0o755)
    for path in [folder, folder / "state", *folder.glob("state/*")]:
        os.chown(path, uid, -1)


def ids_of(pid):
    """Real, effective, saved and file system user; a role has them some time after its start."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return []
    return next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]


@contextlib.contextmanager
def own_users():
    names = [OWN, *(f"{OWN}-{role}" for role in ROLES[1:])]
    try:
        for name in names:
            subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True)
        yield
    finally:
        for name in names:
            subprocess.run(["userdel", name], check=False, stderr=subprocess.DEVNULL)


def each_its_own(tap):
    with own_users(), running(lambda daemon: give_away(daemon, OWN)) as (rig, daemon):
        with tap.point("a role that has a user of its own is that one"):
            for role in ROLES:
                name = OWN if role == "core" else f"{OWN}-{role}"
                wait_for(lambda: ids_of(daemon.role(role)) == [str(pwd.getpwnam(name).pw_uid)] * 4, 20, f"{role} to be {name}")
        with tap.point("and the mail goes its way all the same"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "apart", "x"))
            number = daemon.case_of("apart")["number"]
            rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]))
        with tap.point("nobody but root and the user itself is let in at the control socket"):
            path = pathlib.Path(daemon.settings["socket"])
            path.parent.chmod(0o755)
            path.chmod(0o666)
            clients = [connected(path, name) for name in (OWN, f"{OWN}-sender", f"{OWN}-parse")]
            # Who comes first is let in or not before those that come later.
            same([told(client, LONG_S) for client in clients[1:]] + [told(clients[0], SHORT_S)], ["closed", "closed", "kept"])
            wait_for(lambda: "control.refused" in daemon.log.read_text(), 20, "the refusal in the log")


CLIENT = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print("connected", flush=True)
s.settimeout(float(sys.stdin.readline()))
try: print("closed" if s.recv(1) == b"" else "answered")
except TimeoutError: print("kept")
"""


def connected(path, user):
    """A client of that user; it has connected."""
    client = subprocess.Popen(["/usr/bin/python3", "-c", CLIENT, str(path)], user=user, cwd="/", stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    same(client.stdout.readline(), "connected\n", user)
    return client


def told(client, seconds):
    """Whether its connection is closed within that time."""
    return client.communicate(f"{seconds}\n")[0].strip()


def main():
    tap = Tap()
    with running(give_away) as (rig, daemon):
        uid = pwd.getpwnam(USER).pw_uid
        with tap.point("every role is the user, only the parent stays root"):
            same(daemon.conf.parent.joinpath("secret-token-key").stat().st_uid, 0)
            for name in ROLES:
                wait_for(lambda: ids_of(daemon.role(name)) == [str(uid)] * 4, 20, f"{name} to be {USER}")
        with tap.point("a mail is kept, becomes a case and is confirmed"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "as nobody", "x"))
            number = daemon.case_of("as nobody")["number"]
            rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]))
    each_its_own(tap)
    tap.done()


if __name__ == "__main__":
    main()
