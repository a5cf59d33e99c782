"""The store of an older program: a case with its note, a mail that is not decided yet, and a confirmation that waits to be sent."""
import hashlib
import pathlib
import sqlite3

from tests.rig.mail import compose

MIGRATIONS = pathlib.Path(__file__).resolve().parents[2] / "store/sql/migrations"
COUNT = 28          # the program of the first package
LONG_AGO = 1760000000
SAID = "The old program took this down."
IDENT, KEPT_IDENT = "queued@gateway.example.test", "kept@customer.test"
CASE, QUEUED, WAITING = "Of the old program", "Queued by the old program", "Kept by the old program"

ROWS = """
INSERT INTO cases (number, queue, kind, channel, severity, severity_requested, state, subject, requester_name, requester_address,
	account, behalf, reseller, top_visible, owner, rule, resource, priority, opened_at, updated_at)
VALUES (1, 'technical', 'technical', 'mail', 3, 3, 'open', :case, 'Ann', :ann, 'customer', '', '', 1, '', 'default', '', 0, :at, :at);
INSERT INTO note (id, case_number, kind, at, author_name, author_address, trust, text, reply, message_id)
VALUES (1, 1, 'inbound', :at, 'Ann', :ann, 'verified', :said, '', 'first@customer.test');
INSERT INTO shown (case_number, sha256, until_at, lines) VALUES (1, zeroblob(32), 4000000000, :said);
"""
CONTENT = "INSERT INTO content (id, sha256, size, bytes) VALUES (?, ?, ?, ?)"
KEPT = """INSERT INTO mail (id, mailbox, uidvalidity, uid, received_at, kept_at, message_id, identity, size, truncated, history, from_text,
	subject, content) VALUES (1, 'support', 1, 1, :at, :at, :kept, :digest, :size, 0, 0, :bob, :waiting, 1)"""
OUTBOX = """INSERT INTO outbox (id, case_number, note_id, kind, sender, recipient, message_id, subject, state, created_at, next_at, automatic,
	content) VALUES (1, 1, 1, 'confirmation', :gateway, :ann, :ident, :queued, 'queued', :at, :at, 1, 2)"""


def make_older(lane):
    """Instead of the store that a story would begin with; it remains the store that its companion means."""
    path, new = lane.begin / "gatewayd.db", lane.begin / "new.db"
    path.rename(new)
    db = sqlite3.connect(path)
    db.execute("ATTACH ? AS new", (str(new),))
    db.executescript(db.execute("SELECT sql FROM new.sqlite_master WHERE name = 'migration'").fetchone()[0])
    for (name,) in db.execute("SELECT name FROM new.migration ORDER BY number LIMIT ?", (COUNT,)).fetchall():
        db.executescript((MIGRATIONS / f"{name}.sql").read_text())
    db.execute("INSERT INTO migration SELECT * FROM new.migration ORDER BY number LIMIT ?", (COUNT,))
    for table, those in (("meta", "key <> 'person-key'"), ("epoch", "true"), ("standing", "true")):
        columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
        db.execute(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM new.{table} WHERE {those}")
    fill(db, lane.of)
    db.commit()
    db.close()
    for old in (new, *lane.begin.glob("gatewayd.db-*")):
        old.unlink(missing_ok=True)


def fill(db, who):
    kept = compose(who["bob"], who["support"], WAITING, f"Since ten o'clock: {WAITING}.", headers=[("X-Lane", who["bob"])])
    kept.replace_header("Message-ID", f"<{KEPT_IDENT}>")
    kept = kept.as_bytes()
    queued = compose(who["support"], who["ann"], QUEUED, "We have it.")
    queued.replace_header("Message-ID", f"<{IDENT}>")
    queued = queued.as_bytes()
    values = {"at": LONG_AGO, "case": CASE, "ident": IDENT, "kept": KEPT_IDENT, "said": SAID, "queued": QUEUED, "waiting": WAITING,
              "size": len(kept), "digest": hashlib.sha256(kept).digest(), **who}
    for k, raw in enumerate((kept, queued), 1):
        db.execute(CONTENT, (k, hashlib.sha256(raw).digest(), len(raw), raw))
    named = {k: str(v) if not isinstance(v, (int, bytes)) else v for k, v in values.items()}
    for statement in (*ROWS.split(";")[:-1], KEPT, OUTBOX):
        db.execute(statement, named)
