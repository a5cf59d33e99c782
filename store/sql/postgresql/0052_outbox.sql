-- The CHECKs that were left on tables that each mail writes (0051_domains.sql): those of two columns are looked at by the trigger that counts
-- rows that were not sent, which is one now.
DROP TRIGGER outbox_is_unsent ON outbox;
DROP TRIGGER outbox_becomes_unsent ON outbox;
DROP FUNCTION outbox_becomes_unsent();
DROP FUNCTION outbox_is_unsent();
ALTER TABLE outbox DROP CONSTRAINT outbox_check, DROP CONSTRAINT outbox_check1;
CREATE FUNCTION outbox_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (new.state = 'queued' AND new.next_at IS NULL) OR (new.state = 'sent' AND new.sent_at IS NULL) THEN
		RAISE check_violation USING MESSAGE = 'a row of the outbox is ' || new.state || ' without its time', TABLE = 'outbox';
	END IF;
	IF new.hook = '' AND coalesce(old.state IN ('failed', 'unknown', 'bounced'), false) <> (new.state IN ('failed', 'unknown', 'bounced')) THEN
		UPDATE tally SET unsent = unsent + CASE WHEN new.state IN ('failed', 'unknown', 'bounced') THEN 1 ELSE -1 END WHERE id = 1;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_changes AFTER INSERT OR UPDATE OF state, next_at, sent_at ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_changes();

CREATE DOMAIN slice_coding AS TEXT COLLATE "C";
ALTER TABLE slice DROP CONSTRAINT slice_coding_check, ALTER COLUMN coding TYPE slice_coding;
ALTER DOMAIN slice_coding ADD CHECK (VALUE IN ('plain', 'base64'));
