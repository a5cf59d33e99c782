-- No event is ever deleted, so the number behind the highest was never given: AUTOINCREMENT looks for it in a table of its own, and
-- writes there, with each statement that adds one.  No row is touched.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'PRIMARY KEY AUTOINCREMENT', 'PRIMARY KEY') WHERE type = 'table' AND name = 'event';
PRAGMA writable_schema = RESET;
DELETE FROM sqlite_sequence WHERE name = 'event';
