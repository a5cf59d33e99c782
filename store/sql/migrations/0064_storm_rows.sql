-- A row a mail by a key in no order was a page of the log for nearly each: they are kept as they come, and core knows where each is
-- (store/storms.h). What is forgotten of a person looks at all of an hour, as what forgets old ones does.
CREATE TABLE storm_new (
	key INTEGER NOT NULL,
	case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	count INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	told_at INTEGER NOT NULL
) STRICT;
INSERT INTO storm_new SELECT key, case_number, count, last_at, told_at FROM storm;
DROP TABLE storm;
ALTER TABLE storm_new RENAME TO storm;
