"""Started by root with `user` set: the roles that touch the outside are that user, and it all works."""
import os
import pathlib
import pwd
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.rig import rig as r
from tests.rig.gatewayd import running
from tests.rig.mail import compose
from tests.rig.process import wait_for
from tests.rig.tap import Tap, same

USER = "nobody"


def give_away(daemon):
    """What the roles read and write after the change is the user's; secrets stay root's."""
    daemon.settings["user"] = USER
    folder, uid = daemon.conf.parent, pwd.getpwnam(USER).pw_uid
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


def main():
    tap = Tap()
    with running(give_away) as (rig, daemon):
        uid = pwd.getpwnam(USER).pw_uid
        with tap.point("every role is the user, only the parent stays root"):
            same(daemon.conf.parent.joinpath("secret-token-key").stat().st_uid, 0)
            for name in ("core", "poller", "parse", "sender"):
                wait_for(lambda: ids_of(daemon.role(name)) == [str(uid)] * 4, 20, f"{name} to be {USER}")
        with tap.point("a mail is kept, becomes a case and is confirmed"):
            rig.send(r.ANN, compose(r.ANN, r.SUPPORT, "as nobody", "x"))
            number = daemon.case_of("as nobody")["number"]
            rig.wait_mail(r.ANN, lambda m: f"#{number}]" in str(m["Subject"]))
    tap.done()


if __name__ == "__main__":
    main()
