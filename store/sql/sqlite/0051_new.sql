-- What the first 51 migrations leave in a file that had nothing before, word for word: a new store begins with it, not with
-- each of them.  It stays as it is when another migration comes.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
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
	state TEXT NOT NULL CHECK (state = 'new' OR state = 'open' OR state = 'waiting' OR state = 'resolved'
		OR state = 'closed'),
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
	merged_into INTEGER REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED
, language TEXT NOT NULL DEFAULT '', written_to TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX cases_queue ON cases (queue, number);
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
	state TEXT NOT NULL DEFAULT 'kept' CHECK (state = 'kept' OR state = 'case' OR state = 'note' OR state = 'command'
		OR state = 'auto-filed' OR state = 'duplicate' OR state = 'quarantined'
		OR state = 'dropped'),
	reason TEXT NOT NULL DEFAULT '',
	case_number INTEGER REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	note_id INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED,
	from_text TEXT NOT NULL,
	subject TEXT NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id) DEFERRABLE INITIALLY DEFERRED
, released INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0, proof INTEGER NOT NULL DEFAULT 3, said INTEGER, moved INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX mail_state ON mail (state, id);
CREATE INDEX mail_message_id ON mail (message_id, id);
CREATE INDEX mail_case ON mail (case_number, id) WHERE case_number IS NOT NULL;
CREATE INDEX mail_content ON mail (content);
CREATE TABLE participant (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	address TEXT NOT NULL,
	name TEXT NOT NULL
, origin TEXT NOT NULL DEFAULT 'merged') STRICT;
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
	case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	kind TEXT NOT NULL CHECK (kind = 'inbound' OR kind = 'outbound' OR kind = 'internal' OR kind = 'system'),
	at INTEGER NOT NULL,
	author_name TEXT NOT NULL,
	author_address TEXT NOT NULL,
	trust TEXT NOT NULL,
	text TEXT NOT NULL,
	reply TEXT NOT NULL,
	message_id TEXT NOT NULL,
	mail_id INTEGER REFERENCES mail (id) DEFERRABLE INITIALLY DEFERRED
, author TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0, words BLOB NOT NULL DEFAULT x'') STRICT;
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
, language TEXT NOT NULL DEFAULT '', team_phone TEXT NOT NULL DEFAULT '', team_address TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
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
, language TEXT NOT NULL DEFAULT '', person TEXT NOT NULL DEFAULT '') STRICT;
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
, folded_title TEXT NOT NULL DEFAULT '', folded_text TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE article_seen (
	id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX mail_location ON mail (mailbox, uidvalidity, uid) WHERE uid > 0;
CREATE TABLE held (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	note_id INTEGER NOT NULL REFERENCES note (id),
	staff TEXT NOT NULL,
	held_at INTEGER NOT NULL,
	due_at INTEGER,
	state TEXT NOT NULL CHECK (state IN ('held', 'sent', 'replaced'))
, why TEXT NOT NULL DEFAULT '') STRICT;
CREATE UNIQUE INDEX held_note ON held (note_id);
CREATE INDEX held_case ON held (case_number, id) WHERE state = 'held';
CREATE INDEX held_due ON held (due_at, id) WHERE state = 'held' AND due_at IS NOT NULL;
CREATE TABLE storm (
	key TEXT PRIMARY KEY,
	case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	count INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	told_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX storm_last ON storm (last_at);
CREATE TABLE standing (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	identity BLOB NOT NULL CHECK (length(identity) = 16),
	commits INTEGER NOT NULL,
	made INTEGER NOT NULL
) STRICT;
CREATE TABLE epoch (
	number INTEGER PRIMARY KEY,
	tag BLOB NOT NULL UNIQUE CHECK (length(tag) IN (0, 16)),
	mark INTEGER
) STRICT;
CREATE TABLE folder (
	mailbox TEXT NOT NULL,
	folder TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	known INTEGER NOT NULL,
	again INTEGER NOT NULL,
	PRIMARY KEY (mailbox, folder)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_again ON mail (id) WHERE again = 1;
CREATE INDEX domain_length ON domain (length(domain));
CREATE TABLE digest (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL CHECK (kind IN ('filed', 'cases')),
	queue TEXT NOT NULL,
	mail_id INTEGER NOT NULL REFERENCES mail (id),
	due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX digest_due ON digest (due_at, id);
CREATE INDEX digest_group ON digest (kind, queue, id);
CREATE UNIQUE INDEX digest_mail ON digest (kind, mail_id);
CREATE TABLE second_try (
	mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
	due_at INTEGER
) STRICT;
CREATE INDEX second_try_due ON second_try (due_at, mail_id) WHERE due_at IS NOT NULL;
CREATE TABLE thread (
	key TEXT NOT NULL,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	PRIMARY KEY (key, case_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_case ON thread (case_number);
CREATE TABLE reach (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	address TEXT NOT NULL,
	level INTEGER NOT NULL,
	PRIMARY KEY (case_number, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE "outbox" (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	note_id INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED,
	kind TEXT NOT NULL,
	sender TEXT NOT NULL,
	recipient TEXT NOT NULL,
	message_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state = 'queued' OR state = 'sending' OR state = 'sent' OR state = 'failed'
		OR state = 'cancelled' OR state = 'suppressed' OR state = 'unknown'
		OR state = 'bounced'),
	attempts INTEGER NOT NULL DEFAULT 0,
	unknowns INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	next_at INTEGER,
	sent_at INTEGER,
	last_code INTEGER NOT NULL DEFAULT 0,
	last_text TEXT NOT NULL DEFAULT '',
	automatic INTEGER NOT NULL,
	content INTEGER NOT NULL REFERENCES content (id) DEFERRABLE INITIALLY DEFERRED,
	held INTEGER NOT NULL DEFAULT 0,
	late_at INTEGER, hook TEXT NOT NULL DEFAULT '', node TEXT NOT NULL DEFAULT '', domain TEXT NOT NULL DEFAULT '', damaged INTEGER NOT NULL DEFAULT 0,
	CHECK (state <> 'queued' OR next_at IS NOT NULL),
	CHECK (state <> 'sent' OR sent_at IS NOT NULL)
) STRICT;
CREATE INDEX outbox_state ON outbox (state, id);
CREATE INDEX outbox_case ON outbox (case_number, id) WHERE case_number IS NOT NULL;
CREATE INDEX outbox_message_id ON outbox (message_id, id);
CREATE INDEX outbox_content ON outbox (content);
CREATE INDEX outbox_held ON outbox (id) WHERE held = 1;
CREATE INDEX outbox_waits ON outbox (created_at, id)
	WHERE state IN ('queued', 'sending') AND automatic = 0 AND late_at IS NULL;
CREATE TABLE dead_address (
	address TEXT PRIMARY KEY CHECK (address = lower(address)),
	at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dead_address_until ON dead_address (until_at);
CREATE TABLE recommend_last (
	account TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE article_words USING fts5 (folded_title, folded_text,
	content = 'article', content_rowid = 'id', tokenize = 'unicode61', prefix = '5 7');
CREATE TABLE away (
	staff TEXT PRIMARY KEY,
	since_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	deputy TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX away_until ON away (until_at, staff, since_at, deputy);
CREATE INDEX note_internal ON note (id) WHERE kind = 'internal';
CREATE TABLE case_text (
	number INTEGER PRIMARY KEY REFERENCES cases (number),
	title TEXT NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE TABLE case_stale (
	number INTEGER PRIMARY KEY REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TRIGGER case_is_new AFTER INSERT ON cases BEGIN
	INSERT INTO case_stale VALUES (new.number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER case_reads_otherwise AFTER UPDATE OF subject, requester_name, requester_address ON cases
WHEN old.subject <> new.subject OR old.requester_name <> new.requester_name
	OR old.requester_address <> new.requester_address
BEGIN
	INSERT INTO case_stale VALUES (new.number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER note_is_new AFTER INSERT ON note BEGIN
	INSERT INTO case_stale VALUES (new.case_number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER note_reads_otherwise AFTER UPDATE OF case_number, text, reply ON note BEGIN
	INSERT INTO case_stale VALUES (old.case_number) ON CONFLICT (number) DO NOTHING;
	INSERT INTO case_stale VALUES (new.case_number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TABLE reminder (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	staff TEXT NOT NULL,
	due_at INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX reminder_due ON reminder (due_at, id);
CREATE INDEX reminder_case ON reminder (case_number, staff);
CREATE TABLE turn (
	rule TEXT PRIMARY KEY,
	staff TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE waiting (
	case_number INTEGER PRIMARY KEY REFERENCES cases (number),
	party TEXT NOT NULL CHECK (party IN ('customer', 'others')),
	since_at INTEGER NOT NULL,
	due_at INTEGER,
	reminded INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_due ON waiting (due_at, case_number) WHERE due_at IS NOT NULL;
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	channel TEXT NOT NULL CHECK (channel IN ('control', 'store', 'mail', 'web')),
	who TEXT NOT NULL,
	action TEXT NOT NULL,
	case_number INTEGER,
	detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_case ON audit (case_number, id) WHERE case_number IS NOT NULL;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
	SELECT raise(ABORT, 'the audit is only added to');
END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN
	SELECT raise(ABORT, 'the audit is only added to');
END;
CREATE TABLE seen (
	mailbox TEXT PRIMARY KEY,
	seen INTEGER NOT NULL,
	kept INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_hook ON outbox (hook, state, created_at) WHERE hook <> '';
CREATE TABLE erasure (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	done_at INTEGER,
	is_dry INTEGER NOT NULL,
	phase INTEGER NOT NULL,
	place INTEGER NOT NULL,
	counts TEXT NOT NULL
) STRICT;
CREATE INDEX erasure_open ON erasure (id) WHERE done_at IS NULL;
CREATE TABLE erasure_address (
	erasure INTEGER NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
	hash BLOB NOT NULL CHECK (length(hash) = 16),
	address TEXT NOT NULL,
	PRIMARY KEY (erasure, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_address_hash ON erasure_address (hash, erasure);
CREATE TABLE erasure_name (
	erasure INTEGER NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	PRIMARY KEY (erasure, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE erasure_item (
	erasure INTEGER NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('case', 'mail', 'outbox')),
	id INTEGER NOT NULL,
	PRIMARY KEY (erasure, kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE erased_mail (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 16),
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX storm_case ON storm (case_number);
CREATE TABLE node (
	name TEXT PRIMARY KEY,
	fence INTEGER NOT NULL UNIQUE,
	began_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	drained INTEGER NOT NULL DEFAULT 0 CHECK (drained IN (0, 1))
) STRICT;
CREATE TABLE lease (
	mailbox TEXT PRIMARY KEY,
	node TEXT NOT NULL,
	since_at INTEGER NOT NULL
) STRICT;
CREATE INDEX lease_node ON lease (node);
CREATE TABLE "shown" (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	until_at INTEGER NOT NULL,
	size INTEGER NOT NULL,
	lines BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX shown_lines ON shown (case_number, sha256);
CREATE INDEX shown_case ON shown (case_number, id);
CREATE INDEX shown_until ON shown (until_at);
CREATE TABLE slice (
	content INTEGER PRIMARY KEY REFERENCES content (id),
	origin INTEGER NOT NULL REFERENCES content (id),
	at INTEGER NOT NULL,
	length INTEGER NOT NULL,
	coding TEXT NOT NULL CHECK (coding IN ('plain', 'base64'))
) STRICT;
CREATE INDEX slice_origin ON slice (origin);
CREATE INDEX outbox_queued ON outbox (hook, next_at, id, domain) WHERE state = 'queued';
CREATE TABLE tally (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	cases INTEGER NOT NULL,
	cases_open INTEGER NOT NULL
, quarantined INTEGER NOT NULL DEFAULT 0, unsent INTEGER NOT NULL DEFAULT 0, accounts INTEGER NOT NULL DEFAULT 0, articles INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TRIGGER case_is_counted AFTER INSERT ON cases BEGIN
	UPDATE tally SET cases = cases + 1, cases_open = cases_open
		+ (new.state = 'new' OR new.state = 'open' OR new.state = 'waiting') WHERE id = 1;
END;
CREATE TRIGGER case_opens_or_closes AFTER UPDATE OF state ON cases
WHEN (old.state = 'new' OR old.state = 'open' OR old.state = 'waiting')
	<> (new.state = 'new' OR new.state = 'open' OR new.state = 'waiting')
BEGIN
	UPDATE tally SET cases_open = cases_open
		+ CASE WHEN new.state = 'new' OR new.state = 'open' OR new.state = 'waiting' THEN 1 ELSE -1 END WHERE id = 1;
END;
CREATE INDEX cases_open ON cases (number, state) WHERE (state = 'new' OR state = 'open' OR state = 'waiting');
CREATE INDEX cases_open_owner ON cases (owner, number) WHERE (state = 'new' OR state = 'open' OR state = 'waiting') AND owner <> '';
CREATE INDEX cases_open_queue ON cases (queue, number) WHERE (state = 'new' OR state = 'open' OR state = 'waiting');
CREATE INDEX cases_owner ON cases (owner, number) WHERE owner <> '';
CREATE INDEX cases_account ON cases (account, number) WHERE account <> '';
CREATE INDEX cases_behalf ON cases (behalf, number) WHERE behalf <> '';
CREATE INDEX mail_effect ON mail (identity)
	WHERE (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
CREATE INDEX mail_said ON mail (said)
	WHERE said IS NOT NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
CREATE TABLE "deadline" (
	case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	clock TEXT NOT NULL,
	target TEXT NOT NULL,
	rule TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state = 'none' OR state = 'running' OR state = 'met' OR state = 'warned' OR state = 'breached'),
	started_at INTEGER,
	due_at INTEGER,
	met_at INTEGER,
	alarm_at INTEGER,
	case_open INTEGER NOT NULL,
	PRIMARY KEY (case_number, clock)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_alarm ON deadline (alarm_at, case_number, clock) WHERE alarm_at IS NOT NULL;
CREATE INDEX deadline_unmet ON deadline (due_at, case_number)
	WHERE case_open = 1 AND met_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock)
	WHERE case_open = 1 AND (state = 'running' OR state = 'warned' OR state = 'breached');
CREATE INDEX outbox_damaged ON outbox (id) WHERE damaged = 1;
CREATE TRIGGER mail_is_set_aside AFTER UPDATE OF state ON mail
WHEN (old.state = 'quarantined') <> (new.state = 'quarantined')
BEGIN
	UPDATE tally SET quarantined = quarantined + CASE new.state WHEN 'quarantined' THEN 1 ELSE -1 END WHERE id = 1;
END;
CREATE TRIGGER outbox_is_unsent AFTER INSERT ON outbox
WHEN new.hook = '' AND (new.state = 'failed' OR new.state = 'unknown' OR new.state = 'bounced')
BEGIN
	UPDATE tally SET unsent = unsent + 1 WHERE id = 1;
END;
CREATE TRIGGER outbox_becomes_unsent AFTER UPDATE OF state ON outbox
WHEN new.hook = '' AND (old.state = 'failed' OR old.state = 'unknown' OR old.state = 'bounced')
	<> (new.state = 'failed' OR new.state = 'unknown' OR new.state = 'bounced')
BEGIN
	UPDATE tally SET unsent = unsent
		+ CASE WHEN new.state = 'failed' OR new.state = 'unknown' OR new.state = 'bounced' THEN 1 ELSE -1 END WHERE id = 1;
END;
CREATE TABLE node_mailbox (
	node TEXT NOT NULL,
	mailbox TEXT NOT NULL,
	PRIMARY KEY (node, mailbox)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE case_words USING fts5 (title, text,
	content = 'case_text', content_rowid = 'number', tokenize = 'unicode61');
CREATE TRIGGER account_comes AFTER INSERT ON account BEGIN
	UPDATE tally SET accounts = accounts + 1 WHERE id = 1;
END;
CREATE TRIGGER account_goes AFTER DELETE ON account BEGIN
	UPDATE tally SET accounts = accounts - 1 WHERE id = 1;
END;
CREATE TRIGGER article_comes AFTER INSERT ON article BEGIN
	UPDATE tally SET articles = articles + 1 WHERE id = 1;
END;
CREATE TRIGGER article_goes AFTER DELETE ON article BEGIN
	UPDATE tally SET articles = articles - 1 WHERE id = 1;
END;
CREATE INDEX cases_requester ON cases (requester_address COLLATE NOCASE, number);
INSERT INTO standing VALUES (1, randomblob(16), 0, 0);
INSERT INTO epoch VALUES (0, x'', 0), (1, randomblob(16), NULL);
INSERT INTO meta (key, value) VALUES ('person-key', randomblob(32));
INSERT INTO lease (mailbox, node, since_at) VALUES ('', '', 0);
INSERT INTO tally (id, cases, cases_open) VALUES (1, 0, 0);
