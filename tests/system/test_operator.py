"""What an operator does: check the configuration, reload, look, stop, install."""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, NO_TRACE, ROOT, Failed, Gatewayd, running
from tests.rig.mail import compose
from tests.rig.process import SANITIZED, in_memory, wait_for
from tests.rig.rig import Rig
from tests.rig.tap import Tap, same

EX_USAGE, EX_CONFIG = 64, 78
INTERNAL = {"decide"}       # how simulate asks core


def plain(user, password):
    """What SASL PLAIN makes of it (RFC 4616)."""
    return base64.b64encode(f"\0{user}\0{password}".encode()).rstrip(b"=")


def broken(settings):
    """(what is wrong, change to the settings, words that the report must have)."""
    def put(*path_and_value):
        *path, last, value = path_and_value
        def change():
            at = settings
            for key in path:
                at = at[key]
            at[last] = value
        return change

    def same_folder():
        settings["mailboxes"]["twin"] = dict(settings["mailboxes"]["support"])

    return [
        ("an unknown key, with the nearest known one", put("mailboxes", "support", "pol", "5s"), ["pol", "poll"]),
        ("a secrets file that is missing", put("smtp", "secret_file", "/nonexistent/secret"), ["/nonexistent/secret"]),
        ("a bad duration", put("mailboxes", "support", "poll", "5 lightyears"), ["poll", "5 lightyears"]),
        ("two mailboxes on one folder", same_folder, ["twin", "support"]),
        ("a queue that does not exist", put("mailboxes", "support", "queue", "nowhere"), ["nowhere"]),
        ("a calendar that does not exist", put("queues", "technical", "calendar", "lunar"), ["lunar"]),
        ("a zone that does not exist", put("queues", "technical", "zone", "Europe/Nowhere"), ["Europe/Nowhere"]),
        ("no TLS to another machine", lambda: settings["smtp"].update(host="mail.example.test", tls="none"),
         ["tls"]),
    ]


def check_configuration(tap, rig):
    with tap.point("gatewayd -n finds nothing wrong with a good configuration"):
        daemon = Gatewayd(rig, "good")
        daemon.write_conf()
        status, text = daemon.check_conf()
        same(status, 0, text)
    for number in range(len(broken({}))):
        daemon = Gatewayd(rig, f"broken{number}")
        what, change, words = broken(daemon.settings)[number]
        with tap.point(f"gatewayd -n: {what}"):
            change()
            daemon.write_conf()
            status, text = daemon.check_conf()
            same(status, EX_CONFIG, text)
            assert "gatewayd.conf:" in text and all(w in text for w in words), text
    with tap.point("gatewayd -n reports several errors at once, each with its line"):
        daemon = Gatewayd(rig, "several")
        for _, change, _ in broken(daemon.settings)[:4:2]:
            change()
        daemon.write_conf()
        _, text = daemon.check_conf()
        assert len({line.split(":")[1] for line in text.splitlines() if "gatewayd.conf:" in line}) >= 2, text
    with tap.point("a configuration that is no configuration: refused with its line"):
        daemon.conf.write_text("hostname = \"x\";\nmailboxes = {{{\n")
        status, text = daemon.check_conf()
        same(status, EX_CONFIG, text)
        assert "gatewayd.conf:" in text, text
    with tap.point("a secrets file that everybody may read is refused"):
        daemon = Gatewayd(rig, "open")
        daemon.write_conf()
        os.chmod(daemon.settings["smtp"]["secret_file"], 0o644)
        status, text = daemon.check_conf()
        same(status, EX_CONFIG, text)


# What a program has no use for, and what takes long to load.
UNLOADED = {
    "gatewayd": "gnutls|curl|etpan|libpq|libldap|libkrb5|microhttpd",
    "gatewayctl": "gnutls|curl|etpan|libpq|libldap|libkrb5|microhttpd|systemd",
    "gatewayd-net": "sqlite|libpq|libconfig|systemd",
    "gatewayd-parse": "gnutls|curl|etpan|sqlite|libpq|microhttpd|systemd",
    "gatewayd-doctor": "libpq|microhttpd|systemd",
}


def said_alone(rig, name, programs, words):
    """What the first of the programs says where only they are."""
    daemon = Gatewayd(rig, name)
    daemon.write_conf()
    alone = [shutil.copy2(BUILD / program, daemon.dir / program) for program in programs]
    return subprocess.run([alone[0], "-c", daemon.conf, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env={**os.environ, **NO_TRACE})


def check_programs(tap, rig):
    for program, unloaded in UNLOADED.items():
        with tap.point(f"{program} loads the seal, and nothing of {unloaded}"):
            loaded = subprocess.run(["ldd", BUILD / program], check=True, capture_output=True, text=True).stdout
            assert "libseccomp" in loaded and not re.search(unloaded, loaded), loaded
    with tap.point("by hand they say whose they are, and by a gatewayd of another version that both are to be installed anew"):
        for program, words, status, said in (
                ("gatewayd-parse", (), EX_USAGE, "executed by gatewayd"),
                ("gatewayd-net", (), EX_USAGE, "executed by gatewayd"),
                ("gatewayd", ("-x", "core"), EX_USAGE, "executed by gatewayd"),
                ("gatewayd-net", ("-x", "core", "-v", "0.0"), EX_USAGE, "executed by gatewayd"),    # which it has not
                ("gatewayd-parse", ("-x", "parse", "-v", "0.0"), EX_CONFIG, "version 0.0: install both"),
                ("gatewayd-net", ("-x", "poller", "-v", "0.0"), EX_CONFIG, "version 0.0: install both")):
            done = subprocess.run([BUILD / program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
            same((program, words, done.returncode), (program, words, status), done.stderr)
            assert said in done.stderr, done.stderr
    with tap.point("a gatewayd without one of them does not begin, and says what lacks; so does a gatewayctl without its doctor"):
        for name, programs, words, status, lacks in (
                ("parseless", ("gatewayd", "gatewayd-net"), (), os.EX_CANTCREAT, "gatewayd-parse"),
                ("netless", ("gatewayd", "gatewayd-parse"), (), os.EX_CANTCREAT, "gatewayd-net"),
                ("doctorless", ("gatewayctl",), ("doctor",), os.EX_DATAERR, "gatewayd-doctor")):
            done = said_alone(rig, name, programs, words)
            same(done.returncode, status, done.stderr)
            assert f"{lacks}: No such file or directory; install gatewayd anew" in done.stderr, done.stderr
    with tap.point("one that may not be executed is told in the same way, and tried no second time"):
        daemon = Gatewayd(rig, "unexecutable")
        daemon.write_conf()
        alone, net, _ = [shutil.copy2(BUILD / program, daemon.dir / program) for program in ("gatewayd", "gatewayd-net", "gatewayd-parse")]
        net.chmod(0o644)
        done = subprocess.run([alone, "-c", daemon.conf], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              env={**os.environ, **NO_TRACE})
        same(done.returncode, os.EX_CANTCREAT, done.stderr)
        assert "gatewayd-net: Permission denied; install gatewayd anew" in done.stderr, done.stderr
    with tap.point("a store on PostgreSQL on a machine without libpq is refused by whoever would use it, and the error names it"):
        daemon = Gatewayd(rig, "libpqless")
        daemon.settings["store"] = "postgresql:///nowhere"
        daemon.write_conf()
        (daemon.dir / "libpq.so.5").touch()
        for words, status in ((("gatewayd", "-c", daemon.conf), EX_CONFIG), (("gatewayd", "-n", "-c", daemon.conf), EX_CONFIG),
                              (("gatewayctl", "-c", daemon.conf, "doctor", "--user", "root"), os.EX_UNAVAILABLE),
                              (("gatewayctl", "-c", daemon.conf, "case", "list"), os.EX_DATAERR)):
            done = subprocess.run([BUILD / words[0], *words[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=60, env={**os.environ, **NO_TRACE, "LD_LIBRARY_PATH": str(daemon.dir)})
            same(done.returncode, status, f"{words}: {done.stdout}")
            assert "libpq.so.5: file too short" in done.stdout, (words, done.stdout)


def locked_kb(pid):
    return int(re.search(r"VmLck:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def check_locked(tap, rig, daemon):
    with tap.point("those that have secrets keep them out of swap"):
        for name in ("parent", "core", "poller", "sender"):
            wait_for(lambda name=name: locked_kb(daemon.process.pid if name == "parent" else daemon.role(name)), 20, f"locked memory of {name}")
    with tap.point("whoever has a password has it in locked memory only, libcurl's copies too"):
        for name, users in (("sender", (r.GATEWAY,)), ("poller", (r.SUPPORT, r.EMERGING))):
            forms = [form for user in users for form in (rig.users[user].encode(), plain(user, rig.users[user]))]
            found = wait_for(lambda name=name, forms=forms: [where for form in forms for where in in_memory(daemon.role(name), form)], 20,
                             f"{name} to have one")
            unlocked = [where for where in found if "lo" not in where[1]]
            assert not unlocked, (name, unlocked)


def check_life(tap, rig, daemon):
    with tap.point("status tells of every mailbox"):
        wait_for(lambda: all(name in daemon.ctl("status") for name in ("support", "emerging")), 10, "both of them")
    with tap.point("the control socket, store and log are nobody else's"):
        for name in ("control.sock", "gatewayd.db"):
            mode = stat.S_IMODE((daemon.dir / "state" / name).stat().st_mode)
            same(mode & 0o007, 0, name)
        for user in (r.SUPPORT, r.GATEWAY):
            assert rig.users[user] not in daemon.log_text()
    with tap.point("no secret is on a command line or in the environment of a role"):
        secrets = [rig.users[u].encode() for u in (r.SUPPORT, r.EMERGING, r.GATEWAY)]
        secrets.append(daemon.dir.joinpath("secret-token-key").read_bytes().strip())
        assert not [s for s in secrets if s.decode() in daemon.log_text()]
        for pid in [daemon.process.pid, *daemon.roles()]:
            for name in ("cmdline", "environ"):
                seen = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
                assert not [s for s in secrets if s in seen], (pid, name)
    with tap.point("no process leaves a core file"):
        for pid in [daemon.process.pid, *daemon.roles()]:
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            same([line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")], [["0", "0"]], pid)
    if not SANITIZED:       # under which mlock(2) does nothing
        check_locked(tap, rig, daemon)
    with tap.point("SIGHUP takes a new configuration whole"):
        daemon.settings["queues"]["technical"]["phone"] = "+49 30 4444444"
        daemon.reload()
        wait_for(lambda: reloads(daemon) == 1, 10, "a word about it in the log")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "after the reload", "x"))
        number = daemon.case_of("after the reload")["number"]
        mail = rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]))
        assert "4444444" in mail.get_body(("plain",)).get_content()
    with tap.point("and refuses one with an error, as a whole: the old one holds"):
        good = daemon.settings["queues"]["technical"]["calendar"]
        daemon.settings["queues"]["technical"].update(calendar="lunar", phone="+49 30 7777777")
        daemon.reload()
        wait_for(lambda: "lunar" in daemon.log_text(), 10, "the error in the log")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "after the refusal", "x"))
        number = daemon.case_of("after the refusal")["number"]
        mail = rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]))
        assert "4444444" in mail.get_body(("plain",)).get_content()
    with tap.point("gatewayctl asks the daemon that runs with it, also where it shows what it got itself"):
        assert "after the refusal" in daemon.ctl("mail", "list")
        for verb in (["mail", "list"], ["status"], ["case", "note", "1", "x"]):   # they read of it where the socket is
            same(daemon.ctl_run(*verb)[1].stderr, b"", verb)
        same(daemon.ctl("check"), "all is well\n")
        assert daemon.json("case", "search", "refusal")
        status = daemon.ctl_run("sla", "due", "--queue", "technical", "--severity", "2", "--opened", "2026-01-05T10:00:00Z")[1]
        same(status.returncode, EX_CONFIG)
    with tap.point("a core that dies meanwhile comes back with the configuration that holds"):
        core = daemon.role("core")
        os.kill(core, signal.SIGKILL)
        wait_for(lambda: daemon.role("core") not in (None, core), 20, "another core")
        rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "after the crash", "x"))
        daemon.case_of("after the crash", 30)
        daemon.settings["queues"]["technical"]["calendar"] = good
        daemon.write_conf()
    check_reload_cut(tap, daemon)
    with tap.point("gatewayctl: exit statuses are those of sysexits"):
        for arguments, status in ((("nonsense",), EX_USAGE), (("case", "show", "999999"), None)):
            try:
                daemon.ctl(*arguments)
                raise AssertionError(f"{arguments}: accepted")
            except Failed as e:
                assert e.status == status or (status is None and 64 <= e.status <= 78), (arguments, e.status)
    with tap.point("SIGTERM ends it in order"):
        same(daemon.stop(), 0)
    with tap.point("without a daemon gatewayctl opens the store itself"):
        assert daemon.case_of("after the reload", 1)
        daemon.ctl("check")


def reloads(daemon):
    return daemon.log_text().count("event=conf.reloaded")


def pending(pid, number):
    """Whether a signal to a process waits to be read."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"ShdPnd:\s+(\w+)", status)[1], 16) >> number - 1 & 1


def check_reload_cut(tap, daemon):
    """A conversation about a reload ends with its peer: what comes after begins at the beginning."""
    with tap.point("a core that dies during a reload: the manager and the log hear of it, the next is taken"):
        core, before = daemon.role("core"), reloads(daemon)
        os.kill(core, signal.SIGSTOP)
        daemon.reload()
        daemon.wait_notice("RELOADING=1", 10)
        os.kill(core, signal.SIGKILL)
        daemon.wait_notice("READY=1", 20)
        wait_for(lambda: "event=conf.reload-failed" in daemon.log_text(), 10, "a word about it in the log")
        same(reloads(daemon), before)
        wait_for(lambda: daemon.role("core") not in (None, core), 20, "another core")
        daemon.reload()
        daemon.wait_notice("RELOADING=1", 20)
        wait_for(lambda: reloads(daemon) == before + 1, 20, "the reload after it")
    with tap.point("a reload asked for while another is under way is done after it"):
        core, before = daemon.role("core"), reloads(daemon)
        os.kill(core, signal.SIGSTOP)
        daemon.reload()
        daemon.wait_notice("RELOADING=1", 10)
        for _ in range(3):
            daemon.reload()
            wait_for(lambda: not pending(daemon.process.pid, signal.SIGHUP), 20, "the daemon to read the signal")
        os.kill(core, signal.SIGCONT)
        wait_for(lambda: reloads(daemon) == before + 2, 20, "both of them")
    with tap.point("one asked for while there is no core is done when there is"):
        core, before = daemon.role("core"), reloads(daemon)
        os.kill(core, signal.SIGKILL)
        wait_for(lambda: re.search(rf"event=role\.ended role=core .*pid={core} ", daemon.log_text()), 5, "its end")
        daemon.reload()
        wait_for(lambda: reloads(daemon) == before + 1, 20, "the reload")


def check_manual(tap):
    with tap.point("gatewayctl(8) has every verb that gatewayctl help lists"):
        text = subprocess.run([BUILD / "gatewayctl", "help"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              check=True, text=True).stdout
        verbs = {re.match(r"  ([a-z]+( [a-z]+)?)", line)[1] for line in text.splitlines() if re.match(r"  [a-z]", line)}
        manual = (ROOT / "gatewayd/gatewayctl.8").read_text()
        same(sorted(v for v in verbs - INTERNAL if f".It Cm {v}" not in manual), [])


def check_prefix(tap):
    with tempfile.TemporaryDirectory(prefix="gatewayd-prefix-") as root, \
            tap.point("installed under another prefix all programs take the tables from there"):
        subprocess.run(["make", "-s", "-C", str(ROOT), f"DESTDIR={root}", "PREFIX=/opt/desk", "SYSCONFDIR=/etc", "install"], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        there = pathlib.Path(root) / "opt/desk"
        table = there / "share/gatewayd/policy/kinds.conf"
        table.write_text(table.read_text() + "nonsense = 1;\n")      # whoever reads it complains
        conf = shutil.copy2(there / "share/gatewayd/gatewayd.conf.example", pathlib.Path(root) / "gatewayd.conf")
        for program, words in (("gatewayd", ("-n", "-s")), ("gatewayctl", ("doctor", "--user", "root")), ("gatewayctl", ("case", "list"))):
            done = subprocess.run([there / "sbin" / program, "-c", conf, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=60)
            assert re.search(rf"{re.escape(str(there))}/.*/kinds.conf:\d+: nonsense", done.stdout), (program, words, done.stdout)


def check_install(tap):
    with tempfile.TemporaryDirectory(prefix="gatewayd-install-") as root:
        with tap.point("make install fills DESTDIR, and nothing in it is of this machine"):
            make = ["make", "-s", "-C", str(ROOT), f"DESTDIR={root}", "PREFIX=/usr", "SYSCONFDIR=/etc"]
            subprocess.run([*make, "install"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            for path in ("usr/sbin/gatewayd", *(f"usr/libexec/gatewayd/gatewayd-{name}" for name in ("net", "parse", "doctor")), "usr/sbin/gatewayctl", "usr/share/gatewayd/gatewayd.conf.example",
                         "usr/lib/systemd/system/gatewayd.service", "usr/lib/sysusers.d/gatewayd.conf",
                         "usr/lib/tmpfiles.d/gatewayd.conf", "usr/share/man/man8/gatewayd.8",
                         "usr/share/man/man7/gatewayd-mail.7",
                         "usr/share/bash-completion/completions/gatewayctl", "usr/share/zsh/vendor-completions/_gatewayctl"):
                assert (pathlib.Path(root) / path).stat().st_size, path
            unit = (pathlib.Path(root) / "usr/lib/systemd/system/gatewayd.service").read_text()
            assert "ExecStart=/usr/sbin/gatewayd -c /etc/gatewayd/gatewayd.conf" in unit, unit
            assert "@SBINDIR@" not in unit and root not in unit and str(ROOT) not in unit, unit
        with tap.point("there is no configuration yet: setup writes its own in its place, and the unit waits for it"):
            same(list((pathlib.Path(root) / "etc/gatewayd").iterdir()), [])
            assert "ConditionPathExists=/etc/gatewayd/gatewayd.conf" in unit, unit
        with tap.point("what was installed answers from its own tables"):
            done = subprocess.run([f"{root}/usr/sbin/gatewayctl", "-c", f"{root}/usr/share/gatewayd/gatewayd.conf.example", "sla", "due",
                                   "--queue", "technical", "--severity", "3", "--opened", "2024-03-08T15:00:00Z", "--json"],
                                  check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            same(json.loads(done.stdout)["due_at"], "2024-03-12T14:00:00Z")
        if shutil.which("systemd-analyze"):
            with tap.point("systemd finds the unit well sealed (exposure at most 2.0)"):
                subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20",
                                f"{root}/usr/lib/systemd/system/gatewayd.service"], check=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with tap.point("a second install keeps the configuration"):
            conf = pathlib.Path(root) / "etc/gatewayd/gatewayd.conf"
            conf.write_text("# mine\n")
            subprocess.run([*make, "install"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            same(conf.read_text(), "# mine\n")
        with tap.point("make uninstall leaves the configuration alone"):
            subprocess.run([*make, "uninstall"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            left = sorted(str(p.relative_to(root)) for p in pathlib.Path(root).rglob("*") if p.is_file())
            same(left, ["etc/gatewayd/gatewayd.conf"])


def main():
    tap = Tap()
    with Rig() as rig:
        check_configuration(tap, rig)
        check_programs(tap, rig)
    with running() as (rig, daemon):
        check_life(tap, rig, daemon)
    check_manual(tap)
    check_install(tap)
    check_prefix(tap)
    tap.done()


if __name__ == "__main__":
    main()
