-- name: digest_add
-- Those of a group that wait are told together.
INSERT INTO digest (kind, queue, mail_id, due_at)
VALUES (?1, ?2, ?3, coalesce((SELECT due_at FROM digest INDEXED BY digest_group
	WHERE kind = ?1 AND queue = ?2 ORDER BY id LIMIT 1), ?4))
ON CONFLICT (kind, mail_id) DO NOTHING

-- name: digest_next
SELECT min(due_at) FROM digest INDEXED BY digest_due

-- name: digest_due
SELECT kind, queue FROM digest INDEXED BY digest_due WHERE due_at <= ?1 ORDER BY due_at, id LIMIT 1

-- name: digest_count
SELECT count(*) FROM digest INDEXED BY digest_group WHERE kind = ?1 AND queue = ?2

-- name: digest_mails
SELECT mail_id FROM digest INDEXED BY digest_group WHERE kind = ?1 AND queue = ?2 ORDER BY id LIMIT ?3

-- name: digest_told
DELETE FROM digest INDEXED BY digest_group WHERE kind = ?1 AND queue = ?2
