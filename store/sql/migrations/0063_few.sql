-- What nobody looks for stands in no index.  By its state a mail is looked for until it is decided, and where it became neither a case nor
-- a note, which most do; a row of the outbox until it is sent.  Only a mail that has not its Message-ID alone, and so says its identity, has
-- copies that say the same.
DROP INDEX mail_state;
CREATE INDEX mail_state ON mail (state, id)
	WHERE (state = 'kept' OR state = 'command' OR state = 'auto-filed' OR state = 'duplicate' OR state = 'quarantined' OR state = 'dropped');
DROP INDEX mail_said;
CREATE INDEX mail_said ON mail (said)
	WHERE said IS NOT NULL AND identity IS NOT NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
DROP INDEX outbox_state;
CREATE INDEX outbox_state ON outbox (state, id)
	WHERE (state = 'queued' OR state = 'sending' OR state = 'failed' OR state = 'cancelled' OR state = 'suppressed' OR state = 'unknown' OR state = 'bounced');
