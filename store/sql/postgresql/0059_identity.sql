-- A mail says what it is known by beside its Message-ID when another mail has that: until then it has no digest, and those that had an
-- effect are found by the other index.
ALTER TABLE mail ALTER COLUMN identity DROP NOT NULL;
DROP INDEX mail_effect;
CREATE INDEX mail_effect ON mail (identity)
	WHERE identity IS NOT NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
CREATE INDEX mail_unidentified ON mail (message_id, id)
	WHERE identity IS NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
