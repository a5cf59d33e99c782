-- The first schema.  Instants are seconds UTC.  Names of states are those of store.h.

CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Raw mails, attachments and outgoing messages, each once.
CREATE TABLE content (
	id INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
	size INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE cases (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	queue TEXT NOT NULL,
	kind TEXT NOT NULL,
	channel TEXT NOT NULL,
	severity INTEGER NOT NULL,
	severity_requested INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('new', 'open', 'waiting', 'resolved', 'closed')),
	subject TEXT NOT NULL,
	requester_name TEXT NOT NULL,
	requester_address TEXT NOT NULL,
	account TEXT NOT NULL,
	behalf TEXT NOT NULL,
	reseller TEXT NOT NULL,
	top_visible INTEGER NOT NULL,
	owner TEXT NOT NULL,
	rule TEXT NOT NULL,
	resource TEXT NOT NULL,
	priority INTEGER NOT NULL,
	opened_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	merged_into INTEGER REFERENCES cases (number)
) STRICT;
CREATE INDEX cases_open ON cases (number, state) WHERE state IN ('new', 'open', 'waiting');
CREATE INDEX cases_open_owner ON cases (owner, number) WHERE state IN ('new', 'open', 'waiting');
CREATE INDEX cases_open_queue ON cases (queue, number) WHERE state IN ('new', 'open', 'waiting');
CREATE INDEX cases_owner ON cases (owner, number);
CREATE INDEX cases_queue ON cases (queue, number);
CREATE INDEX cases_requester ON cases (lower(requester_address), number);
CREATE INDEX cases_account ON cases (account, number);
CREATE INDEX cases_behalf ON cases (behalf, number);

CREATE TABLE mail (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	mailbox TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	received_at INTEGER,
	kept_at INTEGER,
	message_id TEXT NOT NULL,
	identity BLOB NOT NULL CHECK (length(identity) = 32),
	size INTEGER NOT NULL,
	truncated INTEGER NOT NULL,
	history INTEGER NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 0,
	state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'case', 'note', 'command',
		'auto-filed', 'duplicate', 'quarantined', 'dropped')),
	reason TEXT NOT NULL DEFAULT '',
	case_number INTEGER REFERENCES cases (number),
	note_id INTEGER REFERENCES note (id),
	from_text TEXT NOT NULL,
	subject TEXT NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id)
) STRICT;
CREATE UNIQUE INDEX mail_location ON mail (mailbox, uidvalidity, uid) WHERE uid > 0;
CREATE INDEX mail_effect ON mail (identity)
	WHERE state IN ('case', 'note', 'command', 'auto-filed');
CREATE INDEX mail_state ON mail (state, id);
CREATE INDEX mail_message_id ON mail (message_id, id);
CREATE INDEX mail_case ON mail (case_number, id) WHERE case_number IS NOT NULL;
CREATE INDEX mail_content ON mail (content);

CREATE TABLE participant (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	address TEXT NOT NULL,
	name TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX participant_address ON participant (case_number, lower(address));

CREATE TABLE link (
	number INTEGER NOT NULL REFERENCES cases (number),
	other INTEGER NOT NULL REFERENCES cases (number),
	kind TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (number, other, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_other ON link (other);

CREATE TABLE note (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	kind TEXT NOT NULL CHECK (kind IN ('inbound', 'outbound', 'internal', 'system')),
	at INTEGER NOT NULL,
	author_name TEXT NOT NULL,
	author_address TEXT NOT NULL,
	trust TEXT NOT NULL,
	text TEXT NOT NULL,
	reply TEXT NOT NULL,
	message_id TEXT NOT NULL,
	mail_id INTEGER REFERENCES mail (id)
) STRICT;
CREATE INDEX note_case ON note (case_number, id);
CREATE INDEX note_message_id ON note (message_id, id) WHERE kind IN ('inbound', 'outbound');

CREATE TABLE attachment (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	note_id INTEGER NOT NULL REFERENCES note (id),
	case_number INTEGER NOT NULL REFERENCES cases (number),
	filename TEXT NOT NULL,
	content_type TEXT NOT NULL,
	content_id TEXT NOT NULL,
	is_inline INTEGER NOT NULL,
	from_tnef INTEGER NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id)
) STRICT;
CREATE INDEX attachment_note ON attachment (note_id, id);
CREATE INDEX attachment_content ON attachment (content);

CREATE TABLE event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	at INTEGER NOT NULL,
	type TEXT NOT NULL,
	actor TEXT NOT NULL,
	data TEXT NOT NULL
) STRICT;
CREATE INDEX event_case ON event (case_number, id);

-- case_open repeats the state of the case, so that the open ones can be read in order of due_at.
CREATE TABLE deadline (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	clock TEXT NOT NULL,
	generation INTEGER NOT NULL,
	target TEXT NOT NULL,
	rule TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('none', 'running', 'met', 'warned', 'breached')),
	started_at INTEGER,
	due_at INTEGER,
	met_at INTEGER,
	alarm_at INTEGER,
	case_open INTEGER NOT NULL,
	PRIMARY KEY (case_number, clock, generation)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_alarm ON deadline (alarm_at, case_number, clock, generation)
	WHERE alarm_at IS NOT NULL;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock, generation)
	WHERE case_open = 1;

CREATE TABLE alarm (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	clock TEXT NOT NULL,
	generation INTEGER NOT NULL,
	alarm TEXT NOT NULL,
	at INTEGER NOT NULL,
	late INTEGER NOT NULL,
	PRIMARY KEY (case_number, clock, generation, alarm)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER REFERENCES cases (number),
	note_id INTEGER REFERENCES note (id),
	kind TEXT NOT NULL,
	sender TEXT NOT NULL,
	recipient TEXT NOT NULL,
	message_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'cancelled',
		'suppressed')),
	attempts INTEGER NOT NULL DEFAULT 0,
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
CREATE INDEX outbox_queued ON outbox (next_at, id) WHERE state = 'queued';
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_case ON outbox (case_number, id) WHERE case_number IS NOT NULL;
CREATE INDEX outbox_message_id ON outbox (message_id, id);
CREATE INDEX outbox_content ON outbox (content);

CREATE TABLE budget (
	key TEXT NOT NULL,
	window_at INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (key, window_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_window ON budget (window_at);

CREATE TABLE account (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	package TEXT NOT NULL,
	reseller TEXT NOT NULL,
	parent TEXT NOT NULL,
	flags TEXT NOT NULL,
	entitled INTEGER NOT NULL,
	contact_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE domain (
	domain TEXT NOT NULL,
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX domain_domain ON domain (lower(domain));
CREATE INDEX domain_account ON domain (account);

CREATE TABLE contact (
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	company INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contact_address ON contact (lower(address));
CREATE INDEX contact_account ON contact (account);

CREATE TABLE contract (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,
	severity INTEGER NOT NULL,
	clock TEXT NOT NULL,
	target TEXT NOT NULL,
	from_at INTEGER,
	until_at INTEGER,
	source TEXT NOT NULL
) STRICT;
CREATE INDEX contract_account ON contract (account, id);

CREATE TABLE property (
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	live_at INTEGER,
	told_at INTEGER,
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX property_due ON property (live_at, account, name)
	WHERE live_at IS NOT NULL AND told_at IS NULL;

CREATE TABLE recommendation (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	property TEXT NOT NULL,
	title TEXT NOT NULL,
	link TEXT NOT NULL,
	state TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX recommendation_key ON recommendation (account, property, title, link);

CREATE TABLE optout (
	address TEXT NOT NULL,
	at INTEGER NOT NULL,
	how TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX optout_address ON optout (lower(address));

CREATE TABLE article (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	link TEXT NOT NULL,
	text TEXT NOT NULL,
	mtime_at INTEGER NOT NULL,
	size INTEGER NOT NULL
) STRICT;
-- What a sweep leaves; beside the articles, so that marking one does not write its text again.
CREATE TABLE article_seen (
	id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE
) STRICT;
CREATE VIRTUAL TABLE article_words USING fts5 (title, text,
	content = 'article', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE case_text (
	number INTEGER PRIMARY KEY REFERENCES cases (number),
	account TEXT NOT NULL,
	is_public INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE case_words USING fts5 (text,
	content = 'case_text', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2');
