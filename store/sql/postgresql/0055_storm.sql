-- A row a mail, and keys in no order: a key is eight bytes of its digest, not all of it in hexadecimal, so that few pages hold them. Who forgets old ones
-- looks at all, once an hour, so there is no index by time.
CREATE TABLE storm_new (
	key BIGINT PRIMARY KEY,
	case_number BIGINT NOT NULL REFERENCES cases (number),
	count BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	told_at BIGINT NOT NULL
);
INSERT INTO storm_new
SELECT ('x' || substr(key, 1, 16))::bit(64)::bigint, case_number, count, last_at, told_at
FROM storm WHERE length(key) = 64;
DROP TABLE storm;
ALTER TABLE storm_new RENAME TO storm;
CREATE INDEX storm_case ON storm (case_number);
