-- What status counts of mails set aside and of mails that could not be sent, which grow for years: counted as they come and go.
ALTER TABLE tally ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0;
UPDATE tally SET quarantined = (SELECT count(*) FROM mail WHERE state = 'quarantined'),
	unsent = (SELECT count(*) FROM outbox WHERE hook = '' AND state IN ('failed', 'unknown', 'bounced'));
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

-- Which mailboxes each node has configured: one that only nodes have that do not work is told of, one that none has is forgotten.
CREATE TABLE node_mailbox (
	node TEXT NOT NULL,
	mailbox TEXT NOT NULL,
	PRIMARY KEY (node, mailbox)
) STRICT, WITHOUT ROWID;
