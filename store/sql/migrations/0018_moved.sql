-- 1: a person moved it into the mailbox, long after it had come somewhere else.
ALTER TABLE mail ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
