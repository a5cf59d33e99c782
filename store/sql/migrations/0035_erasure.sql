-- People who are erased, a slice at a time; is_dry: it is only counted, and the row goes when that
-- is done.
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

-- The address and the names stand in clear only until it is done.
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

-- What was found and is still to be done.
CREATE TABLE erasure_item (
	erasure INTEGER NOT NULL REFERENCES erasure (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('case', 'mail', 'outbox')),
	id INTEGER NOT NULL,
	PRIMARY KEY (erasure, kind, id)
) STRICT, WITHOUT ROWID;

-- Keyed hashes of mails that were erased, so that a copy is not taken in again.
CREATE TABLE erased_mail (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 16),
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX storm_case ON storm (case_number);
