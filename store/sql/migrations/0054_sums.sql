-- What no other mail can have (a mail, a message) is known by its number alone: a sum that it is packed with says whether it is
-- what it was.  Digests that are there stay; the index of those is the one there was, and no row is touched.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'sha256 BLOB NOT NULL UNIQUE CHECK', 'sha256 BLOB CHECK')
WHERE type = 'table' AND name = 'content';
UPDATE sqlite_schema SET name = 'content_sha256', sql = 'CREATE UNIQUE INDEX content_sha256 ON content (sha256) WHERE sha256 IS NOT NULL'
WHERE name = 'sqlite_autoindex_content_1';
PRAGMA writable_schema = RESET;
