-- Staff who are not in: until when, and who stands in for them.
CREATE TABLE away (
	staff TEXT PRIMARY KEY,
	since_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	deputy TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX away_until ON away (until_at, staff, since_at, deputy);
