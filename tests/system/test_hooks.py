"""Webhooks on a real receiver over TLS: verified, refused, slow, redirected, lied to, killed, reloaded, and many."""
import contextlib
import os
import pathlib
import signal
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fake_dns import FakeDns
from tests.rig.gatewayd import running
from tests.rig.hook_receiver import HookReceiver, new_secret
from tests.rig.mail import compose
from tests.rig.pki import Authority
from tests.rig.process import memory, wait_for
from tests.rig.tap import Tap, same

BACKLOG = 10000 if os.environ.get("FULL") else 500
GROWTH_KB = memory(16 * 1024)       # of a process, whatever waits
LOOPBACK = ["127.0.0.1", "::1"]


class World:
    def __init__(self, rig, daemon, receiver):
        self.rig, self.daemon, self.receiver = rig, daemon, receiver
        self.mails = 0

    def mail(self, subject):
        """A mail that becomes a case; its confirmation went out."""
        self.rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "It does not work."))
        case = self.daemon.case_of(subject)
        tag = f"[Case #{case['number']}]"
        self.rig.wait_mail(r.ANN, lambda m: tag in str(m["Subject"]), what="the confirmation")
        return case["number"]

    def wait_posts(self, path, number, n=1, kind="case.opened"):
        def came():
            posts = [p for p in self.receiver.of(path, kind) if p.data["case"] == number]
            return posts if len(posts) >= n else None
        return wait_for(came, 20, f"{n} of case {number} at {path}\n{self.daemon.tail(15)}")

    def rows(self, hook, number):
        return [row for row in self.daemon.json("outbox", "list", "--case", number) if row["kind"] == "hook" and row["recipient"] == hook]

    def wait_row(self, hook, number, match, what):
        return wait_for(lambda: next((row for row in self.rows(hook, number) if match(row)), None), 20,
                        f"{hook}: {what}\n{self.daemon.tail(15)}")

    def wait_refused(self, name, number, match):
        """The row between two tries: it was tried, and waits for its next."""
        return self.wait_row(name, number, lambda row: row["state"] == "queued" and match(row), "to wait for another try")

    def hook(self, name):
        return next(h for h in self.daemon.json("status")["hooks"] if h["name"] == name)


def hook(daemon, url, path, secret, **more):
    return {"url": url, "secret_file": daemon.secret(f"hook-{path}", secret), "private": LOOPBACK, "timeout": "30s",
            "events": ["case.opened"], "ca_file": str(daemon.rig.authority.ca), **more}


@contextlib.contextmanager
def world(change, **receiver_options):
    with contextlib.ExitStack() as stack:
        state = {}

        def begin(daemon):
            state["receiver"] = HookReceiver(daemon.rig.cert, daemon.rig.key)
            stack.callback(state["receiver"].stop)
            daemon.settings["mailboxes"].pop("emerging")
            daemon.settings["queues"].pop("emerging")
            daemon.settings["hooks"] = {}
            change(daemon, state["receiver"])
        with running(begin) as (rig, daemon):
            yield World(rig, daemon, state["receiver"])


def peak_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def check_receivers(tap):
    secret, old = new_secret(), new_secret()

    def change(daemon, receiver):
        hooks = daemon.settings["hooks"]
        hooks["good"] = hook(daemon, receiver.url("good"), "good", secret, events=["case.opened", "case.state", "case.note"],
                             secret_file_old=daemon.secret("hook-old", old))
        receiver.secrets["good"] = [secret, old]
        for path in ("moody", "redirect", "flood", "slow", "elsewhere"):
            hooks[path] = hook(daemon, receiver.url(path), path, secret, timeout="2s" if path == "slow" else "30s")
        hooks["inside"] = hook(daemon, receiver.url("inside"), "inside", secret, private=["10.0.0.0/8"])
        hooks["mapped"] = hook(daemon, receiver.url("inside", "[::ffff:127.0.0.1]"), "mapped", secret, private=["::1"])
        receiver.modes.update(moody=503, redirect="redirect", flood="flood", slow="wait")
        stranger = Authority(daemon.dir / "stranger", "another CA")
        hooks["stranger"] = hook(daemon, receiver.url("inside"), "stranger", secret, ca_file=str(stranger.ca))

    with world(change) as w:
        with tap.point("what happens comes once, signed with both secrets, and says nothing internal"):
            number = w.mail("first")
            post, = w.wait_posts("good", number)
            same((post.data["subject"], post.data["queue"], post.data["state"]), ("first", "technical", "new"))
            assert r.ANN not in post.body.decode() and "does not work" not in post.body.decode(), post.body
            w.daemon.ctl("case", "state", number, "closed")
            post, = w.wait_posts("good", number, kind="case.state")
            same((post.data["before"], post.data["state"]), ("new", "closed"))
            same(w.receiver.unverified, 0)
            assert "Seccomp:\t2\n" in pathlib.Path(f"/proc/{w.daemon.role('hooks')}/status").read_text(), "it is not sealed"
        with tap.point("loopback is not reached where it is not named, by name or as a mapped address"):
            for name in ("inside", "mapped"):
                row = w.wait_refused(name, number, lambda row: row["last_text"])
                assert "not public" in row["last_text"], row
                assert not w.hook(name)["good"]
            same(w.receiver.of("inside"), [])
        with tap.point("a certificate of another authority is refused"):
            row = w.wait_row("stranger", number, lambda row: row["last_text"], "a result")
            assert "certificate" in row["last_text"], row
        with tap.point("a redirect is not followed"):
            row = w.wait_refused("redirect", number, lambda row: row["last_code"] == 307)
            same([p.id for p in w.receiver.of("elsewhere") if p.id == row["message_id"]], [])
        with tap.point("an answer without an end is cut off, and its status counts"):
            w.wait_row("flood", number, lambda row: row["state"] == "sent", "to be sent")
            assert peak_kb(w.daemon.role("hooks")) < memory(128 * 1024)
        with tap.point("one that does not answer holds up no other, and is told of"):
            row = w.wait_row("slow", number, lambda row: row["last_text"], "a result")
            assert "time" in row["last_text"].lower(), row
            second = w.mail("second")
            w.wait_posts("good", second)
            text = w.daemon.ctl("status")
            assert "hook slow" in text and w.hook("good")["good"], text
            metrics = w.daemon.ctl("metrics")
            assert 'gatewayd_hook_up{hook="good"} 1' in metrics and 'gatewayd_hook_up{hook="slow"} 0' in metrics, metrics
        with tap.point("after 503 it comes again, with the same id, until it is taken"):
            w.wait_row("moody", number, lambda row: row["last_code"] == 503, "a result")
            w.receiver.modes["moody"] = 204
            w.wait_row("moody", number, lambda row: row["state"] == "sent", "to be sent")
            ids = [p.id for p in w.receiver.of("moody") if p.data["case"] == number]
            assert len(ids) > 1 and len(set(ids)) == 1, ids
        with tap.point("an operator cancels what waits, or has it tried at once"):
            waiting = w.wait_refused("inside", number, lambda row: row["last_text"])["id"]
            # Its next try may begin before it is cancelled: then it is to be asked again.
            wait_for(lambda: w.daemon.ctl_run("outbox", "cancel", waiting)[1].returncode == 0, 20, "it to be cancelled")
            row = w.rows("inside", number)[0]
            same(row["state"], "cancelled")
            w.daemon.ctl("outbox", "retry", waiting)
            w.wait_row("inside", number, lambda now: now["attempts"] > row["attempts"], "another try")
        with tap.point("after a reload it posts what the new configuration says, signed with the new secret"):
            fresh = new_secret()
            hooks = w.daemon.settings["hooks"]
            hooks["good"].pop("secret_file_old")
            hooks["good"]["secret_file"] = w.daemon.secret("hook-fresh", fresh)
            w.receiver.secrets["good"] = [fresh]
            for name in ("mapped", "stranger", "redirect", "flood"):
                hooks.pop(name)
            hooks["inside"]["private"] = LOOPBACK
            before = w.daemon.role("hooks")
            w.daemon.reload()
            wait_for(lambda: w.daemon.role("hooks") not in (None, before), 20, "another process")
            w.wait_posts("inside", number)
            third = w.mail("third")
            w.wait_posts("good", third)
            same(w.receiver.unverified, 0)
            wrong = {x["what"] for x in w.daemon.json("status")["wrong"]}
            assert "hook mapped" in wrong and "hook good" not in wrong, wrong
        for role in ("hooks", "core"):
            with tap.point(f"{role} is killed while a receiver thinks: the same event comes again, with the same id"):
                w.receiver.go_on.clear()
                w.receiver.modes["good"] = "wait"
                fourth = w.mail(f"killed {role}")
                first = w.wait_posts("good", fourth)[0]
                os.kill(w.daemon.role(role), signal.SIGKILL)
                w.receiver.modes["good"] = 204
                w.receiver.go_on.set()
                posts = w.wait_posts("good", fourth, 2)
                same({p.id for p in posts}, {first.id})
                w.wait_row("good", fourth, lambda row: row["state"] == "sent", "to be sent")
        wait_for(lambda: not cancelled(w.daemon), 20, "nothing to be left to post")
        check_backlog(tap, w)


def cancelled(daemon):
    """The events that waited, of which one may have been posted in between."""
    waiting = [row["id"] for row in daemon.json("outbox", "list") if row["kind"] == "hook" and row["state"] in ("queued", "sending")]
    for row in waiting:
        daemon.ctl_run("outbox", "cancel", row)
    return waiting


def add_backlog(store, hook, n):
    """Events as of so many cases, each with an id of its own."""
    db = sqlite3.connect(store)
    with db:
        body = b'{"type":"case.opened","timestamp":"2026-01-01T00:00:00Z","data":{"case":1}}'
        db.execute("INSERT OR IGNORE INTO content (sha256, size, bytes) VALUES (zeroblob(32), ?, ?)", (len(body), body))
        content, = db.execute("SELECT id FROM content WHERE sha256 = zeroblob(32)").fetchone()
        db.executemany("INSERT INTO outbox (kind, sender, recipient, message_id, subject, state, created_at, next_at, automatic, content, hook)"
                       " VALUES ('hook', '', ?1, 'msg_' || ?2, 'case.opened', 'queued', unixepoch(), unixepoch(), 1, ?3, ?1)",
                       [(hook, i, content) for i in range(n)])
    db.close()


def check_backlog(tap, w):
    plain = HookReceiver()
    plain.modes["many"] = 503
    w.daemon.stop()
    w.daemon.settings["hooks"] = {"many": hook(w.daemon, plain.url("many"), "many", new_secret(), plain=True)}
    add_backlog(w.daemon.settings["store"], "many", BACKLOG)
    w.daemon.start()
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(plain.stop)
        with tap.point(f"{BACKLOG} events that are not taken hold up no mail, and no process grows"):
            before = {role: peak_kb(wait_for(lambda r=role: w.daemon.role(r), 20, role)) for role in ("core", "hooks")}
            w.mail("between")
            wait_for(lambda: not w.hook("many")["good"], 20, "the hook to be in trouble")
            same(w.hook("many")["waiting"] >= BACKLOG, True)
            w.mail("and again")
        with tap.point("taken again, each comes once, and the processes are as large as before"):
            plain.modes["many"] = 204
            wait_for(lambda: w.hook("many")["waiting"] == 0, 60 + BACKLOG / 100, "all to be posted")
            ids = [p.id for p in plain.of("many") if p.mode == 204 and p.id[4:].isdigit()]
            same((len(set(ids)), len(ids)), (BACKLOG, BACKLOG))
            grown = {role: peak_kb(w.daemon.role(role)) - before[role] for role in before}
            assert max(grown.values()) < GROWTH_KB, grown


def check_rebinding(tap):
    """The name leads to an address that is named, where nobody is, and then to one that is not."""
    elsewhere, inside = "127.0.0.2", "127.0.0.1"

    def change(daemon, receiver):
        daemon.settings["hooks"]["rebind"] = hook(daemon, receiver.url("rebind", "rebind.test"), "rebind", new_secret(),
                                                  private=[f"{elsewhere}/32"], plain=True)
        daemon.program = dns.program(daemon.dir, daemon.program)

    dns = FakeDns({"rebind.test": [[elsewhere, inside]]})
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(dns.stop)
        with world(change) as w:
            with tap.point("a name that leads to two addresses, of which one is named, leads not to the other"):
                number = w.mail("rebind")
                w.wait_row("rebind", number, lambda row: row["last_text"], "a result")
                same((w.receiver.posts, w.receiver.connections, dns.asked["rebind.test"]), ([], 0, 1))
            with tap.point("one that changes its mind after it was looked at leads nowhere inside"):
                dns.answers["rebind.test"] = [[inside]]
                old, asked = w.daemon.role("hooks"), dns.asked["rebind.test"]
                os.kill(old, signal.SIGKILL)        # it would know the answer of before for a minute
                wait_for(lambda: w.daemon.role("hooks") not in (None, old), 20, "another role")
                wait_for(lambda: dns.asked["rebind.test"] > asked, 60, "the name to be asked for again")
                w.wait_refused("rebind", number, lambda row: row["attempts"] > 1 and "not public" in row["last_text"])
                same((w.receiver.posts, w.receiver.connections), ([], 0))


tap = Tap()
check_receivers(tap)
check_rebinding(tap)
tap.done()
