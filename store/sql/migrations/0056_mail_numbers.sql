-- No mail is ever deleted, and no number of one is ever passed over, so the number behind the highest was never given: as with events
-- (0053).  No row is touched.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'PRIMARY KEY AUTOINCREMENT', 'PRIMARY KEY') WHERE type = 'table' AND name = 'mail';
PRAGMA writable_schema = RESET;
DELETE FROM sqlite_sequence WHERE name = 'mail';
