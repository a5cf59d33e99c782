-- domain: of the recipient, in lower case and in its ASCII form; a column of the index, so that a domain is passed over without its rows.
ALTER TABLE outbox ADD COLUMN domain TEXT NOT NULL DEFAULT '';
UPDATE outbox SET domain = lower(substr(recipient, length(rtrim(recipient, replace(recipient, '@', ''))) + 1))
WHERE hook = '' AND state <> 'sent';
DROP INDEX outbox_queued;
CREATE INDEX outbox_queued ON outbox (hook, next_at, id, domain) WHERE state = 'queued';
