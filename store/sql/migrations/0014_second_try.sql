-- A mail is told once.
DELETE FROM digest WHERE id NOT IN (SELECT min(id) FROM digest GROUP BY kind, mail_id);
CREATE UNIQUE INDEX digest_mail ON digest (kind, mail_id);

-- Mails at which the parser died: each is tried once more by itself; due_at NULL: it was.
CREATE TABLE second_try (
	mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
	due_at INTEGER
) STRICT;
CREATE INDEX second_try_due ON second_try (due_at, mail_id) WHERE due_at IS NOT NULL;
