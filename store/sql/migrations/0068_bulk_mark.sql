-- The number that the mark of the file beside the store must have (bulk_mark.h); 0: there was none so far.
ALTER TABLE standing ADD COLUMN bulk INTEGER NOT NULL DEFAULT 0;
