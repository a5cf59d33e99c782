-- columns: note
id, case_number, kind, at, author_name, author_address, trust, message_id, mail_id, author,
	text, reply, size, words

-- columns: event
id, case_number, at, type, actor, data

-- columns: attachment
a.id, a.note_id, a.case_number, a.filename, a.content_type, a.content_id, a.is_inline,
	a.from_tnef, c.size, c.sha256, c.id

-- name: note_add
INSERT INTO note (case_number, kind, at, author_name, author_address, trust, message_id, mail_id,
	author, text, reply, size, words)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '', '', ?10, ?11) RETURNING id

-- name: note_prove
UPDATE note SET trust = ?2, author = ?3 WHERE id = ?1

-- Of the case, and of those that were merged into it.
-- name: note_list
WITH RECURSIVE inside (number) AS (SELECT ?1 UNION
	SELECT c.number FROM inside JOIN cases c ON c.merged_into = inside.number)
SELECT {note} FROM note WHERE case_number IN (SELECT number FROM inside) ORDER BY id

-- name: note_move
UPDATE note SET case_number = ?2 WHERE id = ?1

-- name: note_move_files
UPDATE attachment SET case_number = ?2 WHERE note_id = ?1

-- name: note_move_mail
UPDATE mail SET case_number = ?2 WHERE id = (SELECT mail_id FROM note WHERE id = ?1)

-- name: note_page
SELECT {note} FROM note WHERE case_number = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3

-- Words for colleagues, not those of an answer that waits; the newest first.
-- name: note_internal
SELECT id, text, reply, size, words FROM note INDEXED BY note_internal
WHERE kind = 'internal' AND trust IN ('staff', 'operator') AND case_number <> ?1
	AND NOT EXISTS (SELECT 1 FROM held WHERE note_id = note.id)
ORDER BY id DESC LIMIT ?2

-- What people wrote, the first and then the newest first.
-- name: note_words
SELECT id, text, reply, size, words FROM note
WHERE case_number = ?1 AND kind <> 'system'
	AND id = (SELECT min(id) FROM note WHERE case_number = ?1)
UNION ALL
SELECT * FROM (SELECT id, text, reply, size, words FROM note
	WHERE case_number = ?1 AND kind <> 'system'
		AND id > (SELECT min(id) FROM note WHERE case_number = ?1)
	ORDER BY id DESC LIMIT ?2) AS few

-- name: note_count_since
SELECT COUNT(*) FROM note WHERE case_number = ?1 AND trust = ?2 AND at > ?3

-- name: note_proven
SELECT EXISTS (SELECT 1 FROM note WHERE case_number = ?1 AND trust IN ('L2', 'L3')
	AND lower(author_address) = lower(?2))

-- By its mail, which has the same Message-ID and an index of them; what is filed under the note of another mail has none.
-- name: case_by_message_id
SELECT n.case_number FROM mail m INDEXED BY mail_message_id JOIN note n ON n.id = m.note_id
WHERE m.message_id = ?1 AND n.message_id = ?1 AND n.kind IN ('inbound', 'outbound')
ORDER BY m.id LIMIT 1

-- name: attachment_add
INSERT INTO attachment (note_id, case_number, filename, content_type, content_id, is_inline,
	from_tnef, content)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id

-- name: attachment_list
SELECT {attachment} FROM attachment a JOIN content c ON c.id = a.content
WHERE a.note_id = ?1 ORDER BY a.id

-- As note_list.
-- name: attachment_list_case
WITH RECURSIVE inside (number) AS (SELECT ?1 UNION
	SELECT c.number FROM inside JOIN cases c ON c.merged_into = inside.number)
SELECT {attachment} FROM note n JOIN attachment a ON a.note_id = n.id
	JOIN content c ON c.id = a.content
WHERE n.case_number IN (SELECT number FROM inside) ORDER BY n.id, a.id

-- name: attachment_get
SELECT {attachment} FROM attachment a JOIN content c ON c.id = a.content WHERE a.id = ?1

-- name: attachment_repeats
SELECT EXISTS (SELECT 1 FROM attachment a JOIN note n ON n.id = a.note_id
WHERE a.content = (SELECT id FROM content WHERE sha256 = ?1) AND a.is_inline = 1
	AND lower(n.author_address) = lower(?2) AND n.message_id <> ?3)

-- name: event_add
INSERT INTO event (case_number, at, type, actor, data) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: event_list
SELECT {event} FROM event WHERE case_number = ?1 ORDER BY id

-- name: event_tail
SELECT {event} FROM event WHERE case_number = ?1 ORDER BY id DESC LIMIT ?2

-- name: event_last
SELECT coalesce(max(id), 0) FROM event

-- name: event_since
SELECT {event} FROM event WHERE id > ?1 ORDER BY id LIMIT ?2
