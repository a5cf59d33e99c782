-- damaged: what it would send could not be read; until somebody tries it again, or gives it up.
ALTER TABLE outbox ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_damaged ON outbox (id) WHERE damaged = 1;
