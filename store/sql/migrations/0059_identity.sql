-- A mail says what it is known by beside its Message-ID when another mail has that: until then it has no digest, and no place among
-- them.  No row is touched, and what stands in the index is what it was.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'identity BLOB NOT NULL CHECK', 'identity BLOB CHECK') WHERE type = 'table' AND name = 'mail';
UPDATE sqlite_schema SET sql = replace(sql, 'WHERE (state', 'WHERE identity IS NOT NULL AND (state') WHERE type = 'index' AND name = 'mail_effect';
PRAGMA writable_schema = RESET;
