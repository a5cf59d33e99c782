-- PostgreSQL: the words stand in the row itself; "words_asked" reads what is asked for FTS5.
-- columns: hits
ts_rank('{0.1, 0.1, 0.25, 1.0}', words, words_asked(?1), 1) AS score

-- The old words go before the row changes: the index cannot find them afterwards.
-- name: article_unindex [postgresql]
SELECT ?1 WHERE false

-- name: article_unindex
INSERT INTO article_words (article_words, rowid, folded_title, folded_text)
SELECT 'delete', id, folded_title, folded_text FROM article WHERE path = ?1

-- name: article_put [postgresql]
INSERT INTO article (path, title, link, text, mtime_at, size, folded_title, folded_text, words)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, words_of(?7, ?8))
ON CONFLICT (path) DO UPDATE SET title = excluded.title, link = excluded.link,
	text = excluded.text, mtime_at = excluded.mtime_at, size = excluded.size,
	folded_title = excluded.folded_title, folded_text = excluded.folded_text,
	words = excluded.words

-- name: article_put
INSERT INTO article (path, title, link, text, mtime_at, size, folded_title, folded_text)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (path) DO UPDATE SET title = excluded.title, link = excluded.link,
	text = excluded.text, mtime_at = excluded.mtime_at, size = excluded.size,
	folded_title = excluded.folded_title, folded_text = excluded.folded_text

-- name: article_index [postgresql]
SELECT ?1 WHERE false

-- name: article_index
INSERT INTO article_words (rowid, folded_title, folded_text)
SELECT id, folded_title, folded_text FROM article WHERE path = ?1

-- name: article_stamp
SELECT mtime_at, size FROM article WHERE path = ?1

-- name: article_get
SELECT path, title, link, text, mtime_at, size FROM article WHERE path = ?1

-- name: article_id
SELECT id FROM article WHERE path = ?1

-- name: article_by_id
SELECT path, title, link, text, mtime_at, size FROM article WHERE id = ?1

-- name: article_seen
INSERT INTO article_seen (id) SELECT id FROM article WHERE path = ?1
ON CONFLICT (id) DO NOTHING

-- name: article_sweep_words [postgresql]
SELECT 1 WHERE false

-- name: article_sweep_words
INSERT INTO article_words (article_words, rowid, folded_title, folded_text)
SELECT 'delete', id, folded_title, folded_text FROM article WHERE id NOT IN (SELECT id FROM article_seen)

-- name: article_sweep
DELETE FROM article WHERE id NOT IN (SELECT id FROM article_seen)

-- name: article_sweep_again
DELETE FROM article_seen

-- How many have the word, but not more than ?2.
-- name: article_word [postgresql]
SELECT count(*) FROM (SELECT 1 FROM article WHERE words @@ words_asked(?1) LIMIT ?2) AS found

-- name: article_word
SELECT count(*) FROM (SELECT 1 FROM article_words WHERE article_words MATCH ?1 LIMIT ?2)

-- name: case_word [postgresql]
SELECT count(*) FROM (SELECT 1 FROM case_text WHERE words @@ words_asked(?1) LIMIT ?2) AS found

-- name: case_word
SELECT count(*) FROM (SELECT 1 FROM case_words WHERE case_words MATCH ?1 LIMIT ?2)

-- name: article_search [postgresql]
SELECT 0, path, title, link, folded_title, substr(folded_text, 1, CAST(?3 AS INTEGER)), {hits}
FROM article WHERE words @@ words_asked(?1) ORDER BY score DESC, path LIMIT ?2

-- name: article_search
SELECT 0, a.path, a.title, a.link, a.folded_title, substr(a.folded_text, 1, CAST(?3 AS INTEGER)), hits.score
FROM (SELECT rowid AS id, -bm25(article_words, 4.0, 1.0) AS score FROM article_words
	WHERE article_words MATCH ?1 ORDER BY 2 DESC, 1 LIMIT ?2) hits
JOIN article a ON a.id = hits.id
ORDER BY hits.score DESC, a.path

-- name: case_stale
SELECT number FROM case_stale ORDER BY number DESC LIMIT ?1

-- ?1: their numbers, a JSON array.
-- name: case_headings [postgresql]
SELECT number, subject, requester_name, requester_address FROM cases
WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(?1 AS JSON)) AS value)
ORDER BY number DESC

-- name: case_headings
SELECT number, subject, requester_name, requester_address FROM cases
WHERE number IN (SELECT value FROM json_each(?1)) ORDER BY number DESC

-- ?1: as above.
-- name: case_fresh [postgresql]
DELETE FROM case_stale
WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(?1 AS JSON)) AS value)

-- name: case_fresh
DELETE FROM case_stale WHERE number IN (SELECT value FROM json_each(?1))

-- FTS5 writes down what it has for each statement: many cases in one are cheaper.  ?1: as above.
-- name: case_unindex [postgresql]
SELECT ?1 WHERE false

-- name: case_unindex
INSERT INTO case_words (case_words, rowid, title, text)
SELECT 'delete', number, title, text FROM case_text WHERE number IN (SELECT value FROM json_each(?1))

-- What words_of() says, without the places of the words of a text, which take the longest to make.  Of a case that comes here store/pg_words.c
-- makes the same.
-- columns: case_words
setweight(coalesce((SELECT string_agg(quote_literal(w) || ':' || least(n, 16383), ' ')
	FROM unnest(string_to_array(said.title, ' ')) WITH ORDINALITY AS t (w, n) WHERE w <> '')::tsvector, ''), 'A')
	|| array_to_tsvector(array_remove(string_to_array(said.text, ' '), ''))

-- name: case_text_put [postgresql]
INSERT INTO case_text (number, title, text, words) VALUES (?1, ?2, ?3, CAST(?4 AS TSVECTOR))
ON CONFLICT (number) DO UPDATE SET title = excluded.title, text = excluded.text, words = excluded.words

-- name: case_text_put
INSERT INTO case_text (number, title, text) VALUES (?1, ?2, ?3)
ON CONFLICT (number) DO UPDATE SET title = excluded.title, text = excluded.text

-- name: case_index [postgresql]
SELECT ?1 WHERE false

-- name: case_index
INSERT INTO case_words (rowid, title, text)
SELECT number, title, text FROM case_text WHERE number IN (SELECT value FROM json_each(?1))

-- name: case_last
SELECT coalesce(max(number), 0) FROM cases

-- name: case_hit
SELECT c.number, '', c.subject, '', t.title, substr(t.text, 1, CAST(?2 AS INTEGER)),
	CAST(0 AS DOUBLE PRECISION)
FROM case_text t JOIN cases c ON c.number = t.number WHERE t.number = ?1

-- name: case_find [postgresql]
SELECT c.number, {hits}
FROM case_text t JOIN cases c ON c.number = t.number
WHERE words @@ words_asked(?1) AND t.number < ?2 AND t.number >= ?3
	AND (?4 = 0 OR c.account = ?5) AND (?6 = 0 OR c.state IN ('resolved', 'closed'))
	AND c.number <> ?7
ORDER BY c.number DESC LIMIT ?8

-- name: case_find
SELECT case_words.rowid, -bm25(case_words, 4.0, 1.0)
FROM case_words CROSS JOIN cases f ON f.number = case_words.rowid
WHERE case_words MATCH ?1 AND case_words.rowid < ?2 AND case_words.rowid >= ?3
	AND (?4 = 0 OR f.account = ?5) AND (?6 = 0 OR f.state IN ('resolved', 'closed'))
	AND f.number <> ?7
ORDER BY case_words.rowid DESC LIMIT ?8
