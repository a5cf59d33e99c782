-- SQLite begins a program for each row that a trigger may be about, with all of its columns old and new, whatever its WHEN says of them.
-- What counts mails set aside and mails that could not be sent is begun by those statements alone that may change these: they
-- set mail.attempts and outbox.damaged, and no row of the outbox is added as one that could not be sent.
DROP TRIGGER mail_is_set_aside;
DROP TRIGGER outbox_is_unsent;
DROP TRIGGER outbox_becomes_unsent;
CREATE TRIGGER mail_is_set_aside AFTER UPDATE OF attempts ON mail
WHEN (old.state = 'quarantined') <> (new.state = 'quarantined')
BEGIN
	UPDATE tally SET quarantined = quarantined + CASE new.state WHEN 'quarantined' THEN 1 ELSE -1 END WHERE id = 1;
END;
CREATE TRIGGER outbox_becomes_unsent AFTER UPDATE OF damaged ON outbox
WHEN new.hook = '' AND (old.state = 'failed' OR old.state = 'unknown' OR old.state = 'bounced')
	<> (new.state = 'failed' OR new.state = 'unknown' OR new.state = 'bounced')
BEGIN
	UPDATE tally SET unsent = unsent
		+ CASE WHEN new.state = 'failed' OR new.state = 'unknown' OR new.state = 'bounced' THEN 1 ELSE -1 END WHERE id = 1;
END;
