-- Files whose bytes stand in the raw mail that they came with; their own row of content is empty.
CREATE TABLE slice (
	content INTEGER PRIMARY KEY REFERENCES content (id),
	origin INTEGER NOT NULL REFERENCES content (id),
	at INTEGER NOT NULL,
	length INTEGER NOT NULL,
	coding TEXT NOT NULL CHECK (coding IN ('plain', 'base64'))
) STRICT;
CREATE INDEX slice_origin ON slice (origin);
