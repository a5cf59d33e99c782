-- Mails that are alike but for numbers and times, of one sender: the case that they are folded into.
CREATE TABLE storm (
	key TEXT PRIMARY KEY,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	count INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	told_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX storm_last ON storm (last_at);
