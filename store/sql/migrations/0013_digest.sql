-- What staff are told of together, later: mails that were filed or set aside, cases of one sender.
CREATE TABLE digest (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL CHECK (kind IN ('filed', 'cases')),
	queue TEXT NOT NULL,
	mail_id INTEGER NOT NULL REFERENCES mail (id),
	due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX digest_due ON digest (due_at, id);
CREATE INDEX digest_group ON digest (kind, queue, id);
