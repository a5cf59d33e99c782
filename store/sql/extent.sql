-- Where in the file beside the store the bytes of a content stand (bulk.h).
-- name: extent_add
INSERT INTO extent (content, at, length) VALUES (?1, ?2, ?3)

-- name: extent_get
SELECT at, length FROM extent WHERE content = ?1

-- Where the last ends of those that are named, and of those that are to be emptied; what the mark says.
-- name: extent_end
SELECT coalesce((SELECT at + length FROM extent ORDER BY at DESC LIMIT 1), 0),
	coalesce((SELECT at + length FROM extent_gone WHERE at = (SELECT max(at) FROM extent_gone)), 0),
	bulk, commits, identity
FROM standing WHERE id = 1

-- name: extent_number
UPDATE standing SET bulk = ?1 WHERE id = 1

-- name: extent_gone_any
SELECT coalesce((SELECT 1 FROM extent_gone WHERE at >= 0 LIMIT 1), 0)

-- name: extent_gone_list
SELECT at, length FROM extent_gone WHERE at > ?1 ORDER BY at LIMIT ?2

-- name: extent_gone_drop
DELETE FROM extent_gone WHERE at <= ?1
