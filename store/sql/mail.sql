-- columns: mail
id, mailbox, uidvalidity, uid, received_at, kept_at, message_id, identity, size, truncated,
	history, attempts, state, reason, case_number, note_id, from_text, subject, released, again,
	moved

-- columns: mail_filter
(?1 = '' OR message_id = ?1) AND (?2 = '' OR state = ?2) AND (?3 = 0 OR case_number = ?3)
	AND kept_at >= ?5 AND id < ?6
ORDER BY id DESC LIMIT ?4

-- columns: mail_states
count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'case'),
	count(*) FILTER (WHERE state = 'note'), count(*) FILTER (WHERE state = 'command'),
	count(*) FILTER (WHERE state = 'auto-filed'), count(*) FILTER (WHERE state = 'duplicate'),
	count(*) FILTER (WHERE state = 'quarantined'), count(*) FILTER (WHERE state = 'dropped')

-- name: mail_at
-- likely(): else the range, which only says that the index fits, looks better than the equality.
SELECT id, state,
	size = ?4 AND (received_at = ?5 OR received_at IS NULL OR ?5 IS NULL) AS is_same
FROM mail WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3 AND likely(uid > 0)

-- 0: none.
-- name: mail_highest
SELECT coalesce(max(uid), 0) FROM mail WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid > 0

-- name: mail_keep
INSERT INTO mail (mailbox, uidvalidity, uid, received_at, kept_at, message_id, identity, size,
	truncated, history, from_text, subject, content, again, moved)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
RETURNING id

-- As its indexes say it.
-- columns: had_effect
(state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed')

-- The same: not what became a case or a note, as most do.
-- columns: mail_is_few
(state = 'kept' OR state = 'command' OR state = 'auto-filed' OR state = 'duplicate' OR state = 'quarantined' OR state = 'dropped')

-- Whether it has its Message-ID alone: then there is no copy of it.
-- name: mail_alone
SELECT NOT EXISTS (SELECT 1 FROM mail INDEXED BY mail_message_id WHERE message_id = ?1 AND id <> ?2)

-- name: mail_identify
UPDATE mail SET identity = ?2 WHERE id = ?1 AND identity IS NULL

-- name: mail_unidentified [postgresql]
SELECT id FROM mail WHERE message_id = ?1 AND identity IS NULL AND {had_effect} AND id <> ?2
ORDER BY id LIMIT ?3

-- One that was alone when it was decided is the first with that Message-ID.
-- name: mail_unidentified
SELECT id FROM (SELECT id, identity, state FROM mail WHERE message_id = ?1 ORDER BY id LIMIT ?3) AS few
WHERE identity IS NULL AND {had_effect} AND id <> ?2

-- By an index of the digest: with || the Message-ID, which many mails may have, is found by none.
-- name: mail_twins [postgresql]
SELECT id, proof, state, case_number, note_id FROM mail
WHERE identity = ?1 AND {had_effect}
	AND message_id || '' = ?2 AND id <> ?3
ORDER BY id LIMIT ?4

-- name: mail_twins
SELECT id, proof, state, case_number, note_id FROM mail INDEXED BY mail_effect
WHERE identity = ?1 AND {had_effect}
	AND message_id = ?2 AND id <> ?3
ORDER BY id LIMIT ?4

-- name: mail_alike [postgresql]
SELECT id, proof, state, case_number, note_id FROM mail
WHERE said = ?1 AND identity IS NOT NULL AND {had_effect}
	AND message_id || '' = ?2 AND id <> ?3
ORDER BY id LIMIT ?4

-- name: mail_alike
SELECT id, proof, state, case_number, note_id FROM mail INDEXED BY mail_said
WHERE said = ?1 AND identity IS NOT NULL AND {had_effect}
	AND message_id = ?2 AND id <> ?3
ORDER BY id LIMIT ?4

-- What a rule set aside says so: "quarantine: ...", "too-large: ...".
-- name: mail_aside
SELECT COUNT(*) FROM mail INDEXED BY mail_state
WHERE state = 'quarantined' AND reason NOT LIKE 'quarantine:%' AND reason NOT LIKE 'too-large:%'

-- name: mail_pending
SELECT {mail} FROM mail WHERE state = 'kept' AND id > ?1 ORDER BY id LIMIT ?2

-- Of the mailboxes that a node has; what came by none of them is of who has ''.
-- name: mail_pending_of
SELECT {mail} FROM mail WHERE state = 'kept' AND id > ?1
	AND coalesce((SELECT node FROM lease WHERE lease.mailbox = mail.mailbox),
		(SELECT node FROM lease WHERE lease.mailbox = '')) = ?3
ORDER BY id LIMIT ?2

-- name: mail_history_pending
SELECT count(*) FROM mail WHERE state = 'kept' AND history = 1

-- Of other nodes what was kept before may have a higher number.
-- name: mail_undecided
SELECT count(*) FILTER (WHERE state = 'kept') FROM mail INDEXED BY mail_message_id
WHERE message_id = ?1 AND (id < ?2 OR (id > ?2 AND kept_at >= ?3))

-- name: mail_attempt
UPDATE mail SET attempts = ?2 WHERE id = ?1

-- columns: mail_finish
UPDATE mail SET state = ?2, reason = ?3, case_number = ?4, note_id = ?5, proof = ?6, said = ?7

-- name: mail_finish [postgresql]
{mail_finish} WHERE id = ?1

-- name: mail_finish
{mail_finish} WHERE id = ?1 AND state <> 'quarantined'

-- What sets a mail aside, or takes it back, sets `attempts`: the trigger that counts these is begun by no other statement of each mail.
-- name: mail_finish_aside
{mail_finish}, attempts = attempts WHERE id = ?1

-- name: mail_reset
UPDATE mail SET state = 'kept', reason = '', attempts = 0, case_number = NULL, note_id = NULL
WHERE id = ?1

-- name: mail_release
UPDATE mail SET state = 'kept', reason = '', attempts = 0, case_number = NULL, note_id = NULL,
	released = CASE again WHEN 1 THEN released ELSE 1 END,
	again = CASE again WHEN 1 THEN 3 ELSE again END
WHERE id = ?1

-- name: mail_get
SELECT {mail} FROM mail WHERE id = ?1

-- name: mail_raw
SELECT content FROM mail WHERE id = ?1

-- name: mail_list
SELECT {mail} FROM mail WHERE {mail_filter}

-- name: mail_list_message_id
SELECT {mail} FROM mail WHERE message_id = ?1 AND {mail_filter}

-- name: mail_list_case
SELECT {mail} FROM mail WHERE case_number = ?3 AND {mail_filter}

-- name: mail_count_case
SELECT count(*) FROM mail WHERE case_number = ?1

-- name: mail_list_state
SELECT {mail} FROM mail WHERE state = ?2 AND {mail_is_few} AND {mail_filter}

-- name: mail_count
SELECT mailbox, count(*),
	{mail_states}
FROM mail GROUP BY mailbox ORDER BY mailbox

-- name: mail_expirable
SELECT mail.id, mail.content, content.size, mail.identity IS NULL FROM mail JOIN content ON content.id = mail.content
WHERE mail.id > ?1 AND mail.id <= ?4 AND mail.kept_at < ?2 AND mail.state NOT IN ('kept', 'quarantined')
	AND mail.content <> ?5
ORDER BY mail.id LIMIT ?3

-- name: mail_expire
UPDATE mail SET content = ?2 WHERE id = ?1
