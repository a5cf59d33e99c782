"""A private PostgreSQL on loopback, with a database of its own: it trusts that the machine stays up."""
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile

from tests.rig.process import STOP_S, Process, free_port, needs_root, wait_for

OWNER, USER = "postgres", "gatewayd"
# Tests end it as they like; what it promises of the disk is its own business.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "40", "listen_addresses": "127.0.0.1",
            "log_min_messages": "fatal"}


def programs():
    """The folder of the newest version that is installed."""
    return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))


# What a server of somebody who means it has, for benches: it keeps what it promised.
DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB", "max_wal_size": "4GB",
           "shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_utility": "on",
           "pg_stat_statements.track_planning": "on"}


class Postgresql:
    def __init__(self, tmpfs_mb=None, primary=None, settings=None):
        """tmpfs_mb: its folder is a file system of that size; primary: it is a replica of that one."""
        self.settings = SETTINGS | (settings or {})
        needs_root("PostgreSQL")
        self.primary = primary
        self.tmpfs_mb = tmpfs_mb
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="gatewayd-postgresql-"))
        self.port = free_port()
        self.password = primary.password if primary else secrets.token_hex(16)
        self.process = None

    def __enter__(self):
        if self.tmpfs_mb:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.tmpfs_mb}m", "tmpfs", self.dir], check=True)
        owner = pwd.getpwnam(OWNER)
        os.chown(self.dir, owner.pw_uid, owner.pw_gid)
        (self.dir / "password").write_text(self.password)
        os.chown(self.dir / "password", owner.pw_uid, owner.pw_gid)
        if self.primary:
            self._run("pg_basebackup", "-d", self.primary.address, "-D", self.dir / "data", "-R", "--no-sync", "-c", "fast")
        else:
            self._run("initdb", "-D", self.dir / "data", "-U", USER, "-A", "scram-sha-256",
                      f"--pwfile={self.dir / 'password'}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        return self.start()

    def promote(self):
        """A replica becomes one that is written to, and waits for no other."""
        self.sql("SELECT pg_promote()")
        self.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.sql("SELECT pg_reload_conf()")

    def wait_for_replica(self):
        """Each commit waits for it from now on."""
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.sql("SELECT pg_reload_conf()")
        wait_for(lambda: "sync" in self.sql("SELECT sync_state FROM pg_stat_replication"), 30, "a synchronous replica")

    def start(self):
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        as_owner = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", "--pdeathsig=TERM", "--"]
        self.process = Process("postgres", [*as_owner, programs() / "postgres", "-D", self.dir / "data", "-p",
                                            self.port, "-k", self.dir, *options], self.dir / "log")
        self.process.wait_listening([self.port])
        wait_for(self.answers, 60, "an answer of the database")
        return self

    def answers(self):
        """It listens before it is ready."""
        return subprocess.run(["psql", "-qAt", self.address, "-c", "SELECT 1"], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0

    def stop(self):
        """At once, whoever is connected."""
        self.process.signal(signal.SIGINT)
        self.process.popen.wait(STOP_S)

    def crash(self):
        """As by a power cut: nothing is written down any more, nobody is told."""
        self.process.signal(signal.SIGQUIT)
        self.process.popen.wait(STOP_S)

    def __exit__(self, *_):
        if self.process:
            self.process.signal(signal.SIGINT)
            self.process.stop()
        if self.tmpfs_mb:
            subprocess.run(["umount", "-l", self.dir], check=False)
        shutil.rmtree(self.dir, ignore_errors=True)

    def _run(self, name, *words):
        done = subprocess.run([programs() / name, *words], cwd=self.dir, user=OWNER, group=OWNER, extra_groups=[],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, (name, done.stderr)

    def create(self, database):
        """A database as gatewayd-howto(7) has it made."""
        done = subprocess.run(["createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-O", USER, "-E", "UTF8", database],
                              env={**os.environ, "PGPASSWORD": self.password}, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def sql(self, text):
        done = subprocess.run(["psql", "-qAt", "-v", "ON_ERROR_STOP=1", self.address, "-c", text], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def address(self):
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def place(self, database="postgres", *others, port=None):
        """Without the password; others: replicas, of which the one that is written to is taken."""
        hosts = ",".join(f"127.0.0.1:{p}" for p in (port or self.port, *(o.port for o in others)))
        return f"postgresql://{USER}@{hosts}/{database}"

    @property
    def passfile(self):
        return f"127.0.0.1:*:*:{USER}:{self.password}\n"


def on_server(server, database="postgres", node=None, port=None, replica=None):
    """A change of a daemon's settings, for running(); port: the way to the server."""
    def change(daemon):
        path = daemon.dir / "pgpass"
        path.write_text(server.passfile)
        path.chmod(0o600)
        daemon.own(path)
        place = server.place(database, *([replica] if replica else []), port=port)
        attributes = "&target_session_attrs=read-write" if replica else ""
        daemon.settings["store"] = f"{place}?passfile={path}{attributes}"
        if node:
            daemon.settings["node"] = node
    return change
