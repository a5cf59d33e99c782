-- Articles are found by words without case and accents, parts of compounds, and pairs of characters
-- of scripts without blanks.  What is indexed stands beside the text; each article is read again, a
-- slice a turn, and is found until then as little as a new one.
DROP TABLE article_words;
ALTER TABLE article ADD COLUMN folded_title TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN folded_text TEXT NOT NULL DEFAULT '';
CREATE VIRTUAL TABLE article_words USING fts5 (folded_title, folded_text,
	content = 'article', content_rowid = 'id', tokenize = 'unicode61', prefix = '5 7');
INSERT INTO article_words (rowid, folded_title, folded_text)
SELECT id, folded_title, folded_text FROM article;
UPDATE article SET mtime_at = -1;
