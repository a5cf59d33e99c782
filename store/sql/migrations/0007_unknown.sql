-- A mail whose reply was lost may have been delivered: it is sent again only so often, then held.
CREATE TABLE outbox_new (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER REFERENCES cases (number),
	note_id INTEGER REFERENCES note (id),
	kind TEXT NOT NULL,
	sender TEXT NOT NULL,
	recipient TEXT NOT NULL,
	message_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled',
		'suppressed', 'unknown')),
	attempts INTEGER NOT NULL DEFAULT 0,
	unknowns INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	next_at INTEGER,
	sent_at INTEGER,
	last_code INTEGER NOT NULL DEFAULT 0,
	last_text TEXT NOT NULL DEFAULT '',
	automatic INTEGER NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id),
	CHECK (state <> 'queued' OR next_at IS NOT NULL),
	CHECK (state <> 'sent' OR sent_at IS NOT NULL)
) STRICT;

INSERT INTO outbox_new
SELECT id, case_number, note_id, kind, sender, recipient, message_id, subject, state, attempts, 0,
	created_at, next_at, sent_at, last_code, last_text, automatic, content
FROM outbox;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'outbox')
WHERE name = 'outbox_new' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'outbox');

DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_queued ON outbox (next_at, id) WHERE state = 'queued';
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_case ON outbox (case_number, id) WHERE case_number IS NOT NULL;
CREATE INDEX outbox_message_id ON outbox (message_id, id);
CREATE INDEX outbox_content ON outbox (content);
