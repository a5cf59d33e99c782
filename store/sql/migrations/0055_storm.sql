-- A row a mail, and keys in no order: a key is eight bytes of its digest, not all of it in hexadecimal, so that few pages hold them. Who forgets old ones
-- looks at all, once an hour, so there is no index by time.
CREATE TABLE storm_new (
	key INTEGER PRIMARY KEY,
	case_number INTEGER NOT NULL REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED,
	count INTEGER NOT NULL,
	last_at INTEGER NOT NULL,
	told_at INTEGER NOT NULL
) STRICT;
INSERT INTO storm_new
SELECT (WITH RECURSIVE hex (i, n) AS (SELECT 0, 0
	UNION ALL SELECT i + 1, n << 4 | (instr('0123456789abcdef', substr(key, i + 1, 1)) - 1) FROM hex WHERE i < 16)
	SELECT n FROM hex WHERE i = 16), case_number, count, last_at, told_at
FROM storm WHERE length(key) = 64;
DROP TABLE storm;
ALTER TABLE storm_new RENAME TO storm;
CREATE INDEX storm_case ON storm (case_number);
