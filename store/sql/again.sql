-- name: again_mails
SELECT {mail} FROM mail INDEXED BY mail_again
WHERE again = 1 AND state = 'quarantined' ORDER BY id LIMIT ?1

-- name: again_mails_release
UPDATE mail INDEXED BY mail_again
SET state = 'kept', reason = '', attempts = 0, case_number = NULL, note_id = NULL, again = ?1
WHERE again = 1 AND state = 'quarantined'

-- name: again_mails_end
UPDATE mail INDEXED BY mail_again SET again = ?1 WHERE again = 1

-- name: again_case
SELECT EXISTS (SELECT 1 FROM mail INDEXED BY mail_case WHERE case_number = ?1 AND again = 1)

-- name: again_rows
SELECT {outbox} FROM outbox INDEXED BY outbox_held
WHERE held = 1 AND state = 'unknown' ORDER BY id LIMIT ?1

-- name: again_rows_release
UPDATE outbox INDEXED BY outbox_held SET state = ?1, next_at = ?2, last_text = ?3, held = 0, damaged = 0
WHERE held = 1 AND state = 'unknown'

-- name: again_hold
UPDATE outbox SET state = 'unknown', held = 1, last_text = ?1, damaged = 0
WHERE state IN ('queued', 'sending') AND {outbox_is_few}

-- name: again_count
SELECT (SELECT count(*) FROM mail INDEXED BY mail_again WHERE again = 1 AND state = 'quarantined')
	+ (SELECT count(*) FROM outbox INDEXED BY outbox_held WHERE held = 1 AND state = 'unknown')

-- name: again_known
SELECT count(*) FROM mail
WHERE message_id = ?1 AND size = ?2
	AND (received_at = ?3 OR received_at IS NULL OR ?3 IS NULL)

-- name: folder_get
SELECT uidvalidity, known, again FROM folder WHERE mailbox = ?1 AND folder = ?2

-- name: folder_put
INSERT INTO folder (mailbox, folder, uidvalidity, known, again) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (mailbox, folder) DO UPDATE SET uidvalidity = excluded.uidvalidity,
	known = excluded.known, again = excluded.again
