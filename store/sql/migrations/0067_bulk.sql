-- What is long stands in a file beside the store, once (bulk.h): where, and what of it is to be emptied.
CREATE TABLE extent (
	content INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	length INTEGER NOT NULL
) STRICT;
CREATE INDEX extent_at ON extent (at);
CREATE TABLE extent_gone (
	at INTEGER PRIMARY KEY,
	length INTEGER NOT NULL
) STRICT;
CREATE TRIGGER extent_goes AFTER DELETE ON extent
BEGIN
	INSERT INTO extent_gone (at, length) VALUES (old.at, old.length);
END;
