-- How many mails of a mailbox core has seen through, and how many were kept: over restarts.
CREATE TABLE seen (
	mailbox TEXT PRIMARY KEY,
	seen INTEGER NOT NULL,
	kept INTEGER NOT NULL
) STRICT;
INSERT INTO seen (mailbox, seen, kept) SELECT mailbox, COUNT(*), COUNT(*) FROM mail GROUP BY mailbox;
