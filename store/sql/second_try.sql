-- name: second_try_add
INSERT INTO second_try (mail_id, due_at) VALUES (?1, ?2) ON CONFLICT (mail_id) DO NOTHING

-- name: second_try_put_off
UPDATE second_try INDEXED BY second_try_due SET due_at = ?1 WHERE due_at < ?1

-- name: second_try_all
UPDATE second_try SET due_at = ?1
WHERE mail_id IN (SELECT id FROM mail INDEXED BY mail_state WHERE state = 'quarantined')

-- name: second_try_due
SELECT mail_id FROM second_try INDEXED BY second_try_due WHERE due_at <= ?1 ORDER BY due_at, mail_id
LIMIT ?2

-- name: second_try_done
UPDATE second_try SET due_at = NULL WHERE mail_id = ?1

-- name: second_try_next
SELECT min(due_at) FROM second_try INDEXED BY second_try_due WHERE due_at IS NOT NULL
