-- name: standing_identity
SELECT identity FROM standing WHERE id = 1

-- name: epoch_list
SELECT number, tag, mark FROM epoch WHERE number >= 0 ORDER BY number DESC LIMIT ?1

-- name: epoch_end
UPDATE epoch SET mark = ?1 WHERE number >= 0 AND (mark IS NULL OR mark > ?1)

-- name: epoch_add
INSERT INTO epoch (number, tag, mark)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM epoch), ?1, ?2)
ON CONFLICT DO NOTHING

-- columns: sequence_of
pg_get_serial_sequence($1, CASE $1 WHEN 'cases' THEN 'number' ELSE 'id' END)::regclass

-- name: sequence_get [postgresql]
SELECT coalesce(pg_sequence_last_value({sequence_of}), 0)

-- name: sequence_raise [postgresql]
SELECT setval({sequence_of}, $2)
WHERE $2 > coalesce(pg_sequence_last_value({sequence_of}), 0)

-- name: sequence_add [postgresql]
SELECT $1, $2 WHERE false

-- Of mails, of which none is ever deleted, the last that is there.
-- name: sequence_get
SELECT CASE ?1 WHEN 'mail' THEN (SELECT coalesce(max(id), 0) FROM mail)
	ELSE (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1) END

-- name: standing_commits
SELECT commits FROM standing WHERE id = 1

-- name: standing_count
UPDATE standing SET commits = commits + 1 WHERE id = 1

-- name: standing_made
UPDATE standing SET made = 1, commits = ?1 WHERE id = 1

-- name: standing_is_made
SELECT made FROM standing WHERE id = 1

-- name: sequence_raise
UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2

-- name: sequence_add
INSERT INTO sqlite_sequence (name, seq)
SELECT ?1, ?2 WHERE ?2 > 0 AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)

-- name: standing_set_identity
UPDATE standing SET identity = ?1 WHERE id = 1
