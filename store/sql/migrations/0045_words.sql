-- Words of cases without lists of their beginnings of 5 and of 7 letters: making them took half the time of the index and three
-- fifths of its bytes, and most stems are of other lengths (a longer word by its first 8).
DROP TABLE case_words;
CREATE VIRTUAL TABLE case_words USING fts5 (title, text,
	content = 'case_text', content_rowid = 'number', tokenize = 'unicode61');
INSERT INTO case_words (case_words) VALUES ('rebuild');
