-- Before a statement that may fail behind its first change SQLite copies each page that it touches.  A reference that is deferred
-- fails at the COMMIT (and the engine asks after each statement, engine_sqlite.c), a collation is no function as lower() is, which
-- may fail.  What may stand in the columns is the same, and no row is touched; NOCASE is what lower() is here, ASCII.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(replace(replace(sql,
	'REFERENCES cases (number)', 'REFERENCES cases (number) DEFERRABLE INITIALLY DEFERRED'),
	'REFERENCES note (id)', 'REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED'),
	'REFERENCES mail (id)', 'REFERENCES mail (id) DEFERRABLE INITIALLY DEFERRED'),
	'REFERENCES content (id)', 'REFERENCES content (id) DEFERRABLE INITIALLY DEFERRED')
WHERE type = 'table' AND name IN ('cases', 'mail', 'note', 'outbox', 'deadline', 'case_stale', 'storm');
PRAGMA writable_schema = RESET;
DROP INDEX cases_requester;
CREATE INDEX cases_requester ON cases (requester_address COLLATE NOCASE, number);
