-- 1: a person took it out of quarantine; no rule puts it back.
ALTER TABLE mail ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
