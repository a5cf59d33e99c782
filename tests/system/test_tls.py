"""A server that cannot prove who it is never sees a credential."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.fakes import Listener
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.pki import Authority
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

CASES = (("self-signed", {"self_signed": True}), ("expired", {"expired": True}),
         ("wrong-name", {"hosts": ("DNS:other.example.test",)}))
NO_TLS = {"imap": b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] plain only\r\n", "smtp": b"220 plain.example.test ESMTP\r\n"}


def listeners(rig):
    """A listener for every way of not proving a name; {name: Listener}."""
    found = {}
    for name, options in CASES:
        cert, key = rig.authority.certificate(name, **options)
        found[name] = rig.add(Listener(cert, key))
    found["no-tls"] = rig.add(Listener(greeting=NO_TLS["imap"]))
    return found


def point_mailboxes_at(daemon, found):
    """Beside the good mailbox, one on each bad server; all keep trying."""
    for name, listener in found.items():
        mailbox = dict(daemon.settings["mailboxes"]["support"], port=listener.port, connect_timeout="2s",
                       address=f"{name}@example.test", tls="starttls" if name == "no-tls" else "implicit")
        daemon.settings["mailboxes"][name] = mailbox


def in_use(daemon):
    """Whether the mailbox is in order, and what it says."""
    mailbox = next(m for m in daemon.json("status")["mailboxes"] if m["name"] == "support")
    return mailbox["good"], mailbox["text"]


def changing_store(tap):
    """A trust store of which one certificate is needed, then another one, then one that is no more in it."""
    files = {}

    def change(daemon):
        rig = daemon.rig
        other = Authority(rig.dir / "other", "another CA")
        files.update(store=rig.dir / "store.pem", cert=rig.dir / "imap.pem", key=rig.dir / "imap.key", ours=rig.authority.ca.read_text(),
                     other=other.ca.read_text(), pairs=(rig.authority.certificate("imap"), other.certificate("imap")))
        files["store"].write_text(files["ours"] + files["other"])
        use(0)
        server = files["server"] = rig.add_dovecot("changing", {r.SUPPORT: rig.users[r.SUPPORT]}, cert=files["cert"], key=files["key"])
        daemon.settings["mailboxes"]["support"].update(port=server.imaps, ca_file=str(files["store"]))

    def use(number):
        for source, to in zip(files["pairs"][number], (files["cert"], files["key"])):
            shutil.copyfile(source, to)

    def begin_again(daemon):
        """Its sessions end, too."""
        files["server"].stop()
        wait_for(lambda: not in_use(daemon)[0], 40, "the end of the session")
        files["server"].start()

    with running(change, accounted=False) as (rig, daemon):
        wait_for(lambda: in_use(daemon)[0], 20, "a session")
        with tap.point("a server that has a certificate of another authority in the store is trusted"):
            use(1)
            begin_again(daemon)
            files["server"].drop(r.SUPPORT, compose(r.ANN, r.SUPPORT, "after the change", "x").as_bytes(), "1000000000.M1P1.change")
            daemon.case_of("after the change")
        with tap.point("one whose authority was taken out of the store is not trusted, by a process that knew it, either"):
            files["store"].write_text(files["ours"])
            begin_again(daemon)
            wait_for(lambda: "certificate" in in_use(daemon)[1].lower(), 40, "its refusal")
        with tap.point("and is again, when that is put back"):
            files["store"].write_text(files["other"])
            wait_for(lambda: in_use(daemon)[0], 40, "a session")


def main():
    tap = Tap()
    changing_store(tap)
    found = {}

    def change(daemon):
        found.update(listeners(daemon.rig))
        point_mailboxes_at(daemon, found)

    with running(change) as (rig, daemon):
        secrets = [rig.users[r.SUPPORT].encode(), rig.users[r.GATEWAY].encode()]
        with tap.point("each of them is tried, and tried again"):
            wait_for(lambda: all(x.tries >= 2 for x in found.values()), 30, "a connection to each")
        for name, listener in found.items():
            with tap.point(f"an IMAP server with a {name} certificate hears no credential"
                           if name != "no-tls" else "an IMAP server without TLS hears no credential"):
                heard = listener.all_heard()
                assert b"LOGIN" not in heard.upper().replace(b"LOGINDISABLED", b"") and b"AUTHENTICATE" not in heard.upper(), heard
                assert not [s for s in secrets if s in heard], heard
        with tap.point("the good mailbox beside them goes on as ever"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "all the same", "x"))
            daemon.case_of("all the same")
        with tap.point("the log and status name the mailbox and the reason"):
            text = daemon.log_text() + daemon.ctl("status")
            assert "wrong-name" in text and "certificate" in text.lower(), text[-2000:]

    bad = {}

    def change_smtp(daemon):
        cert, key = daemon.rig.authority.certificate("self-signed", self_signed=True)
        bad["smtp"] = daemon.rig.add(Listener(cert, key))
        daemon.settings["smtp"].update(port=bad["smtp"].port, tls="implicit")

    with running(change_smtp) as (rig, daemon):
        with tap.point("an SMTP server with a self-signed certificate hears no mail, and the row waits"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "not to a stranger", "x"))
            daemon.case_of("not to a stranger")
            wait_for(lambda: bad["smtp"].tries, 20, "an attempt")
            wait_for(lambda: any(o["attempts"] > 0 for o in daemon.json("outbox", "list")), 20, "a counted attempt")
            same((bad["smtp"].all_heard(), {o["state"] for o in daemon.json("outbox", "list")} - {"queued", "sending"}),
                 (b"", set()))
    tap.done()


if __name__ == "__main__":
    main()
