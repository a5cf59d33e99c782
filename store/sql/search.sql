-- The old words go before the row changes: the index cannot find them afterwards.
-- name: article_unindex
INSERT INTO article_words (article_words, rowid, folded_title, folded_text)
SELECT 'delete', id, folded_title, folded_text FROM article WHERE path = ?1

-- name: article_put
INSERT INTO article (path, title, link, text, mtime_at, size, folded_title, folded_text)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (path) DO UPDATE SET title = excluded.title, link = excluded.link,
	text = excluded.text, mtime_at = excluded.mtime_at, size = excluded.size,
	folded_title = excluded.folded_title, folded_text = excluded.folded_text

-- name: article_index
INSERT INTO article_words (rowid, folded_title, folded_text)
SELECT id, folded_title, folded_text FROM article WHERE path = ?1

-- name: article_stamp
SELECT mtime_at, size FROM article WHERE path = ?1

-- name: article_get
SELECT path, title, link, text, mtime_at, size FROM article WHERE path = ?1

-- name: article_seen
INSERT INTO article_seen (id) SELECT id FROM article WHERE path = ?1
ON CONFLICT (id) DO NOTHING

-- name: article_sweep_words
INSERT INTO article_words (article_words, rowid, folded_title, folded_text)
SELECT 'delete', id, folded_title, folded_text FROM article WHERE id NOT IN (SELECT id FROM article_seen)

-- name: article_sweep
DELETE FROM article WHERE id NOT IN (SELECT id FROM article_seen)

-- name: article_sweep_again
DELETE FROM article_seen

-- How many have the word, but not more than ?2.
-- name: article_word
SELECT count(*) FROM (SELECT 1 FROM article_words WHERE article_words MATCH ?1 LIMIT ?2)

-- name: case_word
SELECT count(*) FROM (SELECT 1 FROM case_words WHERE case_words MATCH ?1 LIMIT ?2)

-- name: article_search
SELECT a.path, a.title, a.link, -bm25(article_words, 4.0, 1.0)
FROM article_words JOIN article a ON a.id = article_words.rowid
WHERE article_words MATCH ?1 ORDER BY 4 DESC, 1 LIMIT ?2

-- name: case_unindex
INSERT INTO case_words (case_words, rowid, text)
SELECT 'delete', number, text FROM case_text WHERE number = ?1

-- name: case_text_put
INSERT INTO case_text (number, account, is_public, text) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (number) DO UPDATE SET account = excluded.account, is_public = excluded.is_public,
	text = excluded.text

-- name: case_index
INSERT INTO case_words (rowid, text) SELECT number, text FROM case_text WHERE number = ?1

-- name: case_similar
SELECT CAST(t.number AS TEXT), c.subject, '', -bm25(case_words)
FROM case_words JOIN case_text t ON t.number = case_words.rowid JOIN cases c ON c.number = t.number
WHERE case_words MATCH ?1 AND ((?2 <> '' AND t.account = ?2) OR t.is_public = 1)
	AND case_words.rowid > (SELECT max(number) FROM case_text) - ?5
	AND t.number <> ?3 AND c.state IN ('resolved', 'closed')
ORDER BY 4 DESC, t.number DESC LIMIT ?4
