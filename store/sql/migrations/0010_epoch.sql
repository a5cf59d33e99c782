-- Which store this is and how much was committed to it.  made: 1 when the operator said that it is
-- the one to work with (init, restore, an upgrade), 0 when the daemon made it by itself.
CREATE TABLE standing (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	identity BLOB NOT NULL CHECK (length(identity) = 16),
	commits INTEGER NOT NULL,
	made INTEGER NOT NULL
) STRICT;

-- The times between two losses of what was committed.  The last one is now; of the others tokens
-- count for cases up to the mark.  The tag is '' for tokens made before there were epochs.
CREATE TABLE epoch (
	number INTEGER PRIMARY KEY,
	tag BLOB NOT NULL UNIQUE CHECK (length(tag) IN (0, 16)),
	mark INTEGER
) STRICT;

INSERT INTO standing SELECT 1, randomblob(16), 0, EXISTS (SELECT 1 FROM mail);
INSERT INTO epoch
SELECT 0, x'', coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'cases'), 0);
INSERT INTO epoch VALUES (1, randomblob(16), NULL);

-- How far the folders that mails are moved to were compared with what is known: all UIDs up to
-- `known`.  again: 1 when all of it is to be read once more.
CREATE TABLE folder (
	mailbox TEXT NOT NULL,
	folder TEXT NOT NULL,
	uidvalidity INTEGER NOT NULL,
	known INTEGER NOT NULL,
	again INTEGER NOT NULL,
	PRIMARY KEY (mailbox, folder)
) STRICT, WITHOUT ROWID;

-- What a mail that is read again would send or command is held; so are mails that may have gone out.
ALTER TABLE mail ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mail_again ON mail (id) WHERE again = 1;
CREATE INDEX outbox_held ON outbox (id) WHERE held = 1;
