-- Who works on this store, a row a node, and what each of them has: mailboxes, and '' for what is no mailbox's.
-- fence: carried by each of its transactions; below 0: it was taken away.
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
INSERT INTO lease (mailbox, node, since_at) VALUES ('', '', 0);
-- node: who claimed the row last.
ALTER TABLE outbox ADD COLUMN node TEXT NOT NULL DEFAULT '';
