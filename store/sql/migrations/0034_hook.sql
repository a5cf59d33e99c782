-- hook: the webhook that a row goes to; '': it is a mail.
ALTER TABLE outbox ADD COLUMN hook TEXT NOT NULL DEFAULT '';
DROP INDEX outbox_queued;
CREATE INDEX outbox_queued ON outbox (hook, next_at, id) WHERE state = 'queued';
CREATE INDEX outbox_hook ON outbox (hook, state, created_at) WHERE hook <> '';
