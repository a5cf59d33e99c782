-- What is kept in fewer bytes than its size is packed (zstd): contents from here on, and lines that staff were shown.
CREATE TABLE shown_packed (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	until_at INTEGER NOT NULL,
	size INTEGER NOT NULL,
	lines BLOB NOT NULL
) STRICT;
INSERT INTO shown_packed
SELECT id, case_number, sha256, until_at, length(CAST(lines AS BLOB)), CAST(lines AS BLOB) FROM shown;
DROP TABLE shown;
ALTER TABLE shown_packed RENAME TO shown;
CREATE UNIQUE INDEX shown_lines ON shown (case_number, sha256);
CREATE INDEX shown_case ON shown (case_number, id);
CREATE INDEX shown_until ON shown (until_at);
