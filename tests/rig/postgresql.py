"""A private PostgreSQL on loopback, with a database of its own: it trusts that the machine stays up."""
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile

from tests.rig.process import STOP_S, Process, free_port, needs_root

OWNER, USER = "postgres", "gatewayd"
# Tests end it as they like; what it promises of the disk is its own business.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "40", "listen_addresses": "127.0.0.1",
            "log_min_messages": "fatal"}


def programs():
    """The folder of the newest version that is installed."""
    return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))


class Postgresql:
    def __init__(self):
        needs_root("PostgreSQL")
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="gatewayd-postgresql-"))
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.process = None

    def __enter__(self):
        owner = pwd.getpwnam(OWNER)
        os.chown(self.dir, owner.pw_uid, owner.pw_gid)
        (self.dir / "password").write_text(self.password)
        os.chown(self.dir / "password", owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", self.dir / "data", "-U", USER, "-A", "scram-sha-256",
                  f"--pwfile={self.dir / 'password'}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        return self.start()

    def start(self):
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        as_owner = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", "--pdeathsig=TERM", "--"]
        self.process = Process("postgres", [*as_owner, programs() / "postgres", "-D", self.dir / "data", "-p",
                                            self.port, "-k", self.dir, *options], self.dir / "log")
        self.process.wait_listening([self.port])
        return self

    def stop(self):
        """At once, whoever is connected."""
        self.process.signal(signal.SIGINT)
        self.process.popen.wait(STOP_S)

    def __exit__(self, *_):
        if self.process:
            self.process.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _run(self, name, *words):
        done = subprocess.run([programs() / name, *words], cwd=self.dir, user=OWNER, group=OWNER, extra_groups=[],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, (name, done.stderr)

    def sql(self, text):
        done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", self.address, "-c", text], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def address(self):
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def place(self, database):
        """Without the password."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    @property
    def passfile(self):
        return f"127.0.0.1:{self.port}:*:{USER}:{self.password}\n"


def on_server(server, database="postgres", node=None):
    """A change of a daemon's settings, for running()."""
    def change(daemon):
        path = daemon.dir / "pgpass"
        path.write_text(server.passfile)
        path.chmod(0o600)
        daemon.own(path)
        daemon.settings["store"] = f"{server.place(database)}?passfile={path}"
        if node:
            daemon.settings["node"] = node
    return change
