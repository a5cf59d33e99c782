"""Status and log say what is wrong in words that lead to the cure, once per change, and all is well only when it is."""
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import BUILD, WRONG, running
from tests.rig.mail import apart, compose
from tests.rig.process import free_port, wait_for
from tests.rig.tap import Tap, same

EX_OK = 0


def status(daemon):
    """Its exit status, and what it prints for a person."""
    done = daemon.ctl_run("status")[1]
    return done.returncode, done.stdout.decode()


def well(daemon):
    code, text = status(daemon)
    return code == EX_OK and text.endswith("\nall is well\n")


def wrong(daemon, *words):
    """Whether status says these words, and that something is wrong."""
    code, text = status(daemon)
    return code == WRONG and "all is well" not in text and all(w in text for w in words)


def lines(daemon, event):
    return daemon.log_text().count(f" event={event} ")


def mail(rig, subject):
    rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "x"))


def smtp_server(tap):
    """Its password, then its port, then neither is wrong."""
    def change(daemon):
        smtp = daemon.settings["smtp"]
        smtp["secret_file"] = daemon.secret("wrong", "not this one")

    with running(change) as (rig, daemon):
        good = daemon.server(rig.postfix.submission, r.GATEWAY, "starttls")
        with tap.point("all is well only when it is: before the first look at the folders it is not said"):
            wait_for(lambda: well(daemon), 20, "all to be well")
        mail(rig, "no password")
        with tap.point("a wrong SMTP password is in status with what to change, and once in the log"):
            wait_for(lambda: wrong(daemon, "smtp", "535", "smtp.secret_file"), 20, "the wrong password")
            tried = lines(daemon, "outbox.result")
            wait_for(lambda: lines(daemon, "outbox.result") >= tried + 2, 60, "further tries")
            same(lines(daemon, "smtp.trouble"), 1)
        with tap.point("so is a closed port"):
            daemon.settings["smtp"].update(good, port=free_port())
            daemon.reload()
            wait_for(lambda: wrong(daemon, "smtp", f"port {daemon.settings['smtp']['port']}", "whether it runs"), 30,
                     "the closed port")
            same(lines(daemon, "smtp.trouble"), 1)
        with tap.point("and neither when mails go out again"):
            daemon.settings["smtp"].update(good)
            daemon.reload()
            wait_for(lambda: well(daemon), 90, "all to be well again")
            same((lines(daemon, "smtp.trouble"), lines(daemon, "smtp.good")), (1, 1))


def full_disk(tap):
    def change(daemon):
        daemon.program = BUILD / "tests/traps/gatewayd"

    with running(change) as (rig, daemon):
        disk = pathlib.Path(daemon.settings["store"] + "-trap")
        wait_for(lambda: well(daemon), 20, "all to be well")
        with tap.point("a full disk: said once in the log, with what to do in status; no mail is told as kept"):
            disk.write_text("full")
            for n in range(20):
                mail(rig, f"full {apart(n)}")
            box = wait_for(lambda: next((b for b in daemon.json("status")["mailboxes"]
                                         if b["name"] == "support" and b["waiting"] == 20), None), 60, "20 that wait")
            assert box["oldest"], box
            wait_for(lambda: wrong(daemon, "intake", "mails are not kept", "the disk is full", "make room"), 20, "the full disk")
            tries = next(h for h in daemon.json("status")["wrong"] if h["what"] == "intake")
            wait_for(lambda: rig.count(r.SUPPORT) == 20, 20, "all in their mailbox")
            same((lines(daemon, "intake.trouble"), lines(daemon, "mail.kept"), lines(daemon, "mail.not-kept")), (1, 0, 0), tries)
        with tap.point("room on the disk: all are kept once, and all is well"):
            disk.unlink()
            wait_for(lambda: len(daemon.cases()) == 20 and well(daemon), 120, "20 cases")
            same((lines(daemon, "intake.good"), lines(daemon, "mail.kept")), (1, 20))
        with tap.point("a slow disk is said, and that it is quick again"):
            disk.write_text("sync 2100")
            mail(rig, "slow")
            wait_for(lambda: wrong(daemon, "disk", "the store is slow"), 60, "the slow disk")
            disk.unlink()
            mail(rig, "quick")
            wait_for(lambda: len(daemon.cases()) == 22 and well(daemon), 60, "a quick disk")


def long_mails(tap):
    """The file beside the store, in which long mails stand, moved away under the daemon, and put back."""
    with running() as (rig, daemon):
        bulk = pathlib.Path(daemon.settings["store"] + ".bulk")
        away = bulk.with_suffix(".away")

        def long_mail(subject):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, subject, "x", attach=[("a.bin", "application/octet-stream", os.urandom(40000))]))

        long_mail("first")
        number = daemon.case_of("first")["number"]
        wait_for(lambda: well(daemon), 60, "all to be well")
        with tap.point("the file beside the store is gone: status says so at once, with what to do"):
            bulk.rename(away)
            assert wrong(daemon, "store", str(bulk), "is gone", "put that back", "gatewayctl backup"), status(daemon)
            assert "is gone" in daemon.ctl_run("check")[1].stdout.decode()
        with tap.point("what was kept is read, what is long and new is not kept, all else is"):
            assert daemon.json("case", "show", str(number))
            long_mail("second")
            wait_for(lambda: wrong(daemon, "mails are not kept", str(bulk)), 60, "intake to say so")
            assert not bulk.exists()
        with tap.point("put back: all is well, and nothing was lost"):
            away.rename(bulk)
            daemon.case_of("second")
            wait_for(lambda: well(daemon), 60, "all to be well")
            mail(rig, "short")
            daemon.case_of("short")
            same(len(daemon.cases()), 3)
            assert daemon.ctl_run("check")[1].stdout.decode() == "all is well\n"


def mailboxes(tap):
    """A mailbox that cannot be read says so in the server's words."""
    def change(daemon):
        daemon.settings["mailboxes"]["emerging"]["secret_file"] = daemon.secret("wrong", "not this one")

    with running(change) as (rig, daemon):
        with tap.point("a wrong IMAP password: the server's words in status, once in the log, the others go on"):
            wait_for(lambda: wrong(daemon, "mailbox emerging", "AUTHENTICATIONFAILED"), 30, "the wrong password")
            mail(rig, "others")
            daemon.case_of("others")
            same(lines(daemon, "mailbox.trouble"), 1)
        with tap.point("right again: all is well"):
            daemon.settings["mailboxes"]["emerging"]["secret_file"] = daemon.secret("right", rig.users[r.EMERGING])
            daemon.reload()
            wait_for(lambda: well(daemon), 60, "all to be well")
        with tap.point("a reload of what is well: nothing is wrong until the next pollers have reported"):
            before, said = times(daemon), []
            time.sleep(1.1)     # they are of whole seconds, and the next pollers may have looked in the same one
            daemon.reload()

            def reported():
                said.append(status(daemon))
                return all(now > at for now, at in zip(times(daemon), before))
            wait_for(reported, 60, "reports of the next pollers")
            same([text for code, text in said if code != EX_OK], [])
        with tap.point("a poller that dies by itself is told at once"):
            def told():
                """Asked before the next poller has reported, which may be soon."""
                poller = daemon.role("poller")
                if poller:
                    os.kill(poller, signal.SIGKILL)
                return wrong(daemon, "mailbox emerging", "its poller ended, and no other")    # not "with a reload"
            wait_for(told, 20, "a word about it")
            wait_for(lambda: well(daemon), 60, "all to be well")


def times(daemon):
    """When each mailbox was last told good by its poller."""
    return [m["at"] if m["good"] and "reload" not in m["text"] else "" for m in daemon.json("status")["mailboxes"]]


def main():
    tap = Tap()
    smtp_server(tap)
    full_disk(tap)
    long_mails(tap)
    mailboxes(tap)
    tap.done()


if __name__ == "__main__":
    main()
