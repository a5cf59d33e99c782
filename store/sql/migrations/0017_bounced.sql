-- A mail that was sent and came back; late_at: when its owner was told that it waits.
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
		'suppressed', 'unknown', 'bounced')),
	attempts INTEGER NOT NULL DEFAULT 0,
	unknowns INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	next_at INTEGER,
	sent_at INTEGER,
	last_code INTEGER NOT NULL DEFAULT 0,
	last_text TEXT NOT NULL DEFAULT '',
	automatic INTEGER NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id),
	held INTEGER NOT NULL DEFAULT 0,
	late_at INTEGER,
	CHECK (state <> 'queued' OR next_at IS NOT NULL),
	CHECK (state <> 'sent' OR sent_at IS NOT NULL)
) STRICT;

INSERT INTO outbox_new
SELECT id, case_number, note_id, kind, sender, recipient, message_id, subject, state, attempts, unknowns,
	created_at, next_at, sent_at, last_code, last_text, automatic, content, held, NULL
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
CREATE INDEX outbox_held ON outbox (id) WHERE held = 1;
CREATE INDEX outbox_waits ON outbox (created_at, id)
	WHERE state IN ('queued', 'sending') AND automatic = 0 AND late_at IS NULL;

-- Addresses that take no mail: nothing automatic is sent to them until then.
CREATE TABLE dead_address (
	address TEXT PRIMARY KEY CHECK (address = lower(address)),
	at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dead_address_until ON dead_address (until_at);
