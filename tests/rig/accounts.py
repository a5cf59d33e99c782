"""The accounts of a daemon at the end of a test: no mail is lost or counted twice, whatever was done to it."""
from tests.rig.mail import parse
from tests.rig.process import wait_for
from tests.rig.tap import same

FINAL = ("case", "note", "command", "auto-filed", "duplicate", "quarantined", "dropped", "undecided")


def sums(daemon):
    """Seen = kept + set aside + waiting, over all restarts; kept = the mails in the store = the sum of what became of them."""
    def told():
        return {box["name"]: box for box in daemon.json("status")["mailboxes"]}
    before, there, after = told(), daemon.json("mail", "count"), told()
    for box in after.values():
        same(box["seen"], box["kept"] + box["set_aside"] + box["waiting"], f"seen in {box['name']}: {box}")
    for box in there:
        name, kept = box["mailbox"], box["kept"]
        same(kept, sum(box[state] for state in FINAL), f"kept of {name}: {box}")
        if name in after:
            assert before[name]["kept"] <= kept <= after[name]["kept"], f"{name}: {box}, {before[name]}, {after[name]}"


def moved(daemon):
    """Who is in a processed folder on the rig's own server was kept before (I1), whoever died meanwhile.

    The folders are read first: a mail may be kept and moved at any moment, also between the two looks.
    """
    rig = daemon.rig
    there = []
    for name, box in daemon.settings["mailboxes"].items():
        user = box.get("user")
        if box["port"] not in (rig.dovecot.imap, rig.dovecot.imaps) or user not in rig.dovecot.users:
            continue
        there += [(name, folder, raw) for folder in (box["processed"], box.get("quarantine")) if folder
                  for raw in rig.mailbox(user, folder)]
    known = {m["message_id"] for m in daemon.json("mail", "list", "--limit", 100000)}
    for name, folder, raw in there:
        message_id = str(parse(raw)["Message-ID"] or "").strip().strip("<>")
        assert not message_id or message_id in known, f"{name}: {folder} has {message_id}, the store has not"


def hold(daemon):
    """Of a daemon that runs; one that a test has ended has no more to say."""
    if not daemon.process or not daemon.process.alive():
        return
    wait_for(lambda: daemon.ctl_run("mail", "count")[1].returncode == 0, 20, "an answer of core")
    sums(daemon)
    moved(daemon)
