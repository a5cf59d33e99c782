-- Only a mail that has not its Message-ID alone, and so says its identity, has copies that say the same: the others stand in no index of that.
-- The indexes of states are as they were: smaller ones are taken, before there are statistics, in the place of those that fit better.
DROP INDEX mail_said;
CREATE INDEX mail_said ON mail (said)
	WHERE said IS NOT NULL AND identity IS NOT NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
