-- What may stand in a column is what its type says: a CHECK of the table was read and planned anew by each statement that writes a row, a
-- domain is by each session once.  The types are the same but for their names, so no row is written; what is there is looked at once.
CREATE DOMAIN one AS BIGINT;
CREATE DOMAIN bytes_16 AS BYTEA;
CREATE DOMAIN bytes_32 AS BYTEA;
CREATE DOMAIN case_state AS TEXT COLLATE "C";
CREATE DOMAIN mail_state AS TEXT COLLATE "C";
CREATE DOMAIN note_kind AS TEXT COLLATE "C";
CREATE DOMAIN deadline_state AS TEXT COLLATE "C";
CREATE DOMAIN outbox_state AS TEXT COLLATE "C";

-- A column of which a trigger names a change keeps its type.
DROP TRIGGER case_opens_or_closes ON cases;
DROP TRIGGER mail_is_set_aside ON mail;
DROP TRIGGER outbox_is_unsent ON outbox;
DROP TRIGGER outbox_becomes_unsent ON outbox;
ALTER TABLE tally DROP CONSTRAINT tally_id_check, ALTER COLUMN id TYPE one;
ALTER TABLE standing DROP CONSTRAINT standing_id_check, DROP CONSTRAINT standing_identity_check,
	ALTER COLUMN id TYPE one, ALTER COLUMN identity TYPE bytes_16;
ALTER TABLE content DROP CONSTRAINT content_sha256_check, ALTER COLUMN sha256 TYPE bytes_32;
ALTER TABLE shown DROP CONSTRAINT shown_sha256_check, ALTER COLUMN sha256 TYPE bytes_32;
ALTER TABLE cases DROP CONSTRAINT cases_state_check, ALTER COLUMN state TYPE case_state;
ALTER TABLE mail DROP CONSTRAINT mail_state_check, DROP CONSTRAINT mail_identity_check,
	ALTER COLUMN state TYPE mail_state, ALTER COLUMN identity TYPE bytes_32;
ALTER TABLE note DROP CONSTRAINT note_kind_check, ALTER COLUMN kind TYPE note_kind;
ALTER TABLE deadline DROP CONSTRAINT deadline_state_check, ALTER COLUMN state TYPE deadline_state;
ALTER TABLE outbox DROP CONSTRAINT outbox_state_check, ALTER COLUMN state TYPE outbox_state;

ALTER DOMAIN one ADD CHECK (VALUE = 1);
ALTER DOMAIN bytes_16 ADD CHECK (length(VALUE) = 16);
ALTER DOMAIN bytes_32 ADD CHECK (length(VALUE) = 32);
ALTER DOMAIN case_state ADD CHECK (VALUE IN ('new', 'open', 'waiting', 'resolved', 'closed'));
ALTER DOMAIN mail_state ADD CHECK (VALUE IN ('kept', 'case', 'note', 'command', 'auto-filed', 'duplicate', 'quarantined', 'dropped'));
ALTER DOMAIN note_kind ADD CHECK (VALUE IN ('inbound', 'outbound', 'internal', 'system'));
ALTER DOMAIN deadline_state ADD CHECK (VALUE IN ('none', 'running', 'met', 'warned', 'breached'));
ALTER DOMAIN outbox_state ADD CHECK (VALUE IN ('queued', 'sending', 'sent', 'failed', 'cancelled', 'suppressed', 'unknown', 'bounced'));

CREATE TRIGGER case_opens_or_closes AFTER UPDATE OF state ON cases FOR EACH ROW
WHEN ((old.state IN ('new', 'open', 'waiting')) <> (new.state IN ('new', 'open', 'waiting')))
EXECUTE FUNCTION case_opens_or_closes();

-- The same for what a trigger runs WHEN: its function looks itself.
CREATE OR REPLACE FUNCTION mail_is_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (old.state = 'quarantined') <> (new.state = 'quarantined') THEN
		UPDATE tally SET quarantined = quarantined + CASE new.state WHEN 'quarantined' THEN 1 ELSE -1 END WHERE id = 1;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER mail_is_set_aside AFTER UPDATE OF state ON mail FOR EACH ROW EXECUTE FUNCTION mail_is_set_aside();
CREATE OR REPLACE FUNCTION outbox_is_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.hook = '' AND new.state IN ('failed', 'unknown', 'bounced') THEN
		UPDATE tally SET unsent = unsent + 1 WHERE id = 1;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_is_unsent AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_is_unsent();
CREATE FUNCTION outbox_becomes_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.hook = '' AND (old.state IN ('failed', 'unknown', 'bounced')) <> (new.state IN ('failed', 'unknown', 'bounced')) THEN
		UPDATE tally SET unsent = unsent + CASE WHEN new.state IN ('failed', 'unknown', 'bounced') THEN 1 ELSE -1 END WHERE id = 1;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_becomes_unsent AFTER UPDATE OF state ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_becomes_unsent();
