-- Cases are searched as articles are: all of them, open ones and notes of staff too, by words without
-- case and accents, parts of compounds and pairs of characters.  What changed since it was indexed
-- stands in case_stale, at first every case; some are read each turn.  Articles are read again, since
-- more is kept of their words.
DROP TABLE case_words;
DROP TABLE case_text;
CREATE TABLE case_text (
	number INTEGER PRIMARY KEY REFERENCES cases (number),
	title TEXT NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE case_words USING fts5 (title, text,
	content = 'case_text', content_rowid = 'number', tokenize = 'unicode61', prefix = '5 7');
CREATE TABLE case_stale (
	number INTEGER PRIMARY KEY REFERENCES cases (number)
) STRICT;
INSERT INTO case_stale SELECT number FROM cases;
CREATE TRIGGER case_is_new AFTER INSERT ON cases BEGIN
	INSERT INTO case_stale VALUES (new.number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER case_reads_otherwise AFTER UPDATE OF subject, requester_name, requester_address ON cases
WHEN old.subject <> new.subject OR old.requester_name <> new.requester_name
	OR old.requester_address <> new.requester_address
BEGIN
	INSERT INTO case_stale VALUES (new.number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER note_is_new AFTER INSERT ON note BEGIN
	INSERT INTO case_stale VALUES (new.case_number) ON CONFLICT (number) DO NOTHING;
END;
CREATE TRIGGER note_reads_otherwise AFTER UPDATE OF case_number, text, reply ON note BEGIN
	INSERT INTO case_stale VALUES (old.case_number) ON CONFLICT (number) DO NOTHING;
	INSERT INTO case_stale VALUES (new.case_number) ON CONFLICT (number) DO NOTHING;
END;
UPDATE article SET mtime_at = -1;
