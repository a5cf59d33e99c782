-- name: slice_add
INSERT INTO slice (content, origin, at, length, coding) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: slice_drop
DELETE FROM slice WHERE content = ?1

-- name: slice_get
SELECT origin, at, length, coding FROM slice WHERE content = ?1

-- name: slice_list
SELECT content FROM slice WHERE origin = ?1 ORDER BY content

-- What a mail's bytes are kept as, and whether these are a slice themselves.
-- name: slice_origin
SELECT c.id, c.size, EXISTS (SELECT 1 FROM slice WHERE content = c.id)
FROM mail m JOIN content c ON c.id = m.content WHERE m.id = ?1
