-- What status counts of mails set aside and of mails that could not be sent, which grow for years: counted as they come and go.
ALTER TABLE tally ADD COLUMN quarantined BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN unsent BIGINT NOT NULL DEFAULT 0;
UPDATE tally SET quarantined = (SELECT count(*) FROM mail WHERE state = 'quarantined'),
	unsent = (SELECT count(*) FROM outbox WHERE hook = '' AND state IN ('failed', 'unknown', 'bounced'));
CREATE FUNCTION mail_is_set_aside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET quarantined = quarantined + CASE new.state WHEN 'quarantined' THEN 1 ELSE -1 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER mail_is_set_aside AFTER UPDATE OF state ON mail FOR EACH ROW
WHEN ((old.state = 'quarantined') <> (new.state = 'quarantined')) EXECUTE FUNCTION mail_is_set_aside();
CREATE FUNCTION outbox_is_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET unsent = unsent + CASE WHEN new.state IN ('failed', 'unknown', 'bounced') THEN 1 ELSE -1 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_is_unsent AFTER INSERT ON outbox FOR EACH ROW
WHEN (new.hook = '' AND new.state IN ('failed', 'unknown', 'bounced')) EXECUTE FUNCTION outbox_is_unsent();
CREATE TRIGGER outbox_becomes_unsent AFTER UPDATE OF state ON outbox FOR EACH ROW
WHEN (new.hook = '' AND (old.state IN ('failed', 'unknown', 'bounced')) <> (new.state IN ('failed', 'unknown', 'bounced')))
EXECUTE FUNCTION outbox_is_unsent();

-- Which mailboxes each node has configured: one that only nodes have that do not work is told of, one that none has is forgotten.
CREATE TABLE node_mailbox (
	node TEXT COLLATE "C" NOT NULL,
	mailbox TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (node, mailbox)
);

-- Cases that were copied had other words than those that came here: the same text ranks the same.
UPDATE case_text SET words = fresh.words
FROM (SELECT number, setweight(coalesce((SELECT string_agg(quote_literal(w) || ':' || least(n, 16383), ' ')
	FROM unnest(string_to_array(title, ' ')) WITH ORDINALITY AS t (w, n) WHERE w <> '')::tsvector, ''), 'A')
	|| array_to_tsvector(array_remove(string_to_array(text, ' '), '')) AS words FROM case_text) AS fresh
WHERE fresh.number = case_text.number AND fresh.words <> case_text.words;
