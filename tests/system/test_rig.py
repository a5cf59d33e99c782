"""The rig itself: what the other system tests stand on."""
import os
import pathlib
import signal
import smtplib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.mail import compose, parse, pdf, png
from tests.rig.process import PATIENCE, claim, wait_for
from tests.rig.tap import Tap, same

INTERRUPTED = """
import sys, time
sys.path.insert(0, {root!r})
from tests.rig.rig import Rig
with Rig() as rig:
    print(rig.dir, rig.dovecot.process.pid, rig.postfix.process.pid, flush=True)
    time.sleep(60)
"""
PORT_OF_ANOTHER = """
import sys
sys.path.insert(0, {root!r})
from tests.rig.process import free_port
print(free_port(), flush=True)
sys.stdin.read()
"""
ROOT = str(pathlib.Path(__file__).resolve().parents[2])


def leaves_nothing(number):
    """A rig that is interrupted stops its servers and removes its folder."""
    child = subprocess.Popen([sys.executable, "-c", INTERRUPTED.format(root=ROOT)], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    folder, *pids = child.stdout.readline().split()
    child.send_signal(number)
    assert child.wait(30 * PATIENCE) != 0
    assert not os.path.exists(folder), folder
    for pid in pids:
        assert not os.path.exists(f"/proc/{pid}"), pid


def ports_apart():
    """A port that a program was given, and on which nobody listens, is no other's until that program ends."""
    child = subprocess.Popen([sys.executable, "-c", PORT_OF_ANOTHER.format(root=ROOT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(child.stdout.readline())
    same(claim(port), False)
    child.communicate()
    same(claim(port), True)


def results(mail):
    return [" ".join(v.split()) for v in mail.get_all("Authentication-Results", [])]


def main():
    tap = Tap()
    with tap.point("a port is given to one program at a time"):
        ports_apart()
    with r.Rig() as rig:
        with tap.point("a mail submitted with login arrives, attachments byte for byte"):
            files = [("報告書.pdf", "application/pdf", pdf()), ("画面.png", "image/png", png())]
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "files", "see there", attach=files))
            mail = rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "files")
            same([(p.get_filename(), p.get_content_type(), p.get_content()) for p in mail.iter_attachments()], files)
        with tap.point("a plus address reaches the base mailbox"):
            rig.send(r.ANN, compose(r.ANN, "support+abc@example.test", "plus", "x"))
            rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "plus")
        with tap.point("the border says dmarc=pass for a login's own domain"):
            same(results(mail), ["mx.example.test; dmarc=pass header.from=customer.test"])
        with tap.point("and dmarc=fail for another's, and removes what was forged under its name"):
            forged = compose(r.SAM, r.SUPPORT, "forged", "x", headers=[
                ("Authentication-Results", "mx.example.test; dmarc=pass header.from=example.test"),
                ("Authentication-Results", "elsewhere.test; dmarc=pass header.from=example.test")])
            rig.send_as_stranger(forged, r.SAM, r.SUPPORT)
            mail = rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "forged")
            same(results(mail), ["mx.example.test; dmarc=fail header.from=example.test",
                                 "elsewhere.test; dmarc=pass header.from=example.test"])
        with tap.point("nothing is relayed to the outside"):
            try:
                rig.send(r.ANN, compose(r.ANN, "somebody@outside.invalid", "away", "x"))
                raise AssertionError("accepted")
            except smtplib.SMTPRecipientsRefused:
                pass
        with tap.point("a mail to a mailbox that is gone bounces"):
            rig.send(r.ANN, compose(r.ANN, r.GONE, "away", "x"))
            rig.wait_mail(r.ANN, lambda m: m.get_content_type() == "multipart/report")
        with tap.point("a file dropped into the Maildir is seen as it is"):
            rig.dovecot.drop(r.SUPPORT, b"", "empty")
            wait_for(lambda: b"" in rig.mailbox(r.SUPPORT), what="the empty mail")
        with tap.point("a mail without Message-ID stays without"):
            rig.send_as_stranger(b"Subject: bare\r\n\r\nx\r\n", r.EVE, r.SUPPORT)
            same(rig.wait_mail(r.SUPPORT, lambda m: m["Subject"] == "bare")["Message-ID"], None)
        with tap.point("the mail queue is empty"):
            wait_for(lambda: not rig.postfix.queue(), what="\n".join(rig.postfix.queue()))
        folder = rig.dir
    with tap.point("afterwards nothing is left"):
        assert not folder.exists()
    for number in (signal.SIGTERM, signal.SIGINT):
        with tap.point(f"nor after {signal.Signals(number).name}"):
            leaves_nothing(number)
    tap.done()


if __name__ == "__main__":
    main()
