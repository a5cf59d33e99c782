-- What no other mail can have (a mail, a message) is known by its number alone: a sum that it is packed with says whether it is
-- what it was.  Digests that are there stay.
ALTER TABLE content ALTER COLUMN sha256 DROP NOT NULL, DROP CONSTRAINT content_sha256_key;
CREATE UNIQUE INDEX content_sha256 ON content (sha256) WHERE sha256 IS NOT NULL;
