-- One line for each thing found wrong.

-- A mail that is not packed has a frame, 32 bytes at most (store/pack.h).
-- name: check_content_size
SELECT 'content ' || id || ': size ' || size || ', but ' || length(bytes) || ' bytes are there'
FROM content WHERE size < length(bytes) AND (sha256 IS NOT NULL OR size + 32 < length(bytes))

-- name: check_content_orphan
SELECT 'content ' || id || ': nothing names it' FROM content c
WHERE NOT EXISTS (SELECT 1 FROM mail WHERE content = c.id)
	AND NOT EXISTS (SELECT 1 FROM attachment WHERE content = c.id)
	AND NOT EXISTS (SELECT 1 FROM outbox WHERE content = c.id)
	AND NOT EXISTS (SELECT 1 FROM slice WHERE origin = c.id)

-- name: check_mail_final
SELECT 'mail ' || id || ': state ' || state || ' without what it names' FROM mail
WHERE (state = 'case' AND case_number IS NULL) OR (state = 'note' AND note_id IS NULL)

-- name: check_mail_reason
SELECT 'mail ' || id || ': state ' || state || ' without a reason' FROM mail
WHERE state <> 'kept' AND reason = ''

-- name: check_mail_kept
SELECT 'mail ' || id || ': not decided, but names a case or a note' FROM mail
WHERE state = 'kept' AND (case_number IS NOT NULL OR note_id IS NOT NULL)

-- name: check_mail_note
SELECT 'mail ' || m.id || ': its note ' || n.id || ' is on case ' || n.case_number
FROM mail m JOIN note n ON n.id = m.note_id WHERE m.case_number <> n.case_number

-- name: check_mail_twice
SELECT 'mails ' || a.id || ' and ' || b.id || ': the same message has two effects'
FROM mail a JOIN mail b ON b.identity = a.identity AND b.message_id = a.message_id
	AND b.mailbox = a.mailbox AND b.id > a.id AND (b.proof & ~a.proof) = 0
WHERE (a.state = 'case' OR a.state = 'note' OR a.state = 'command' OR a.state = 'auto-filed')
	AND (b.state = 'case' OR b.state = 'note' OR b.state = 'command' OR b.state = 'auto-filed')

-- name: check_mail_identity
SELECT 'mail ' || m.id || ': nothing says which message it is' FROM mail m JOIN content c ON c.id = m.content
WHERE m.identity IS NULL
	AND (m.state = 'case' OR m.state = 'note' OR m.state = 'command' OR m.state = 'auto-filed')
	AND (m.message_id = '' OR c.size = 0 OR EXISTS (SELECT 1 FROM mail b
		WHERE b.message_id = m.message_id AND b.id <> m.id
			AND (b.state = 'case' OR b.state = 'note' OR b.state = 'command' OR b.state = 'auto-filed')))

-- name: check_mail_count
SELECT 'mailbox ' || mailbox || ': ' || kept || ' mails were kept, ' || n || ' are there'
FROM (SELECT s.mailbox AS mailbox, s.kept AS kept, COUNT(m.id) AS n
	FROM seen s LEFT JOIN mail m ON m.mailbox = s.mailbox GROUP BY s.mailbox) AS few
WHERE kept <> n

-- name: check_attachment_case
SELECT 'attachment ' || a.id || ': its note ' || n.id || ' is on case ' || n.case_number
FROM attachment a JOIN note n ON n.id = a.note_id WHERE a.case_number <> n.case_number

-- name: check_outbox_message_id
SELECT 'outbox ' || min(id) || ': ' || count(*) || ' rows with its Message-ID' FROM outbox
WHERE message_id <> '' GROUP BY message_id HAVING count(*) > 1

-- name: check_deadline_open
SELECT 'deadline ' || d.clock || ' of case ' || d.case_number || ': does not know its state'
FROM deadline d JOIN cases c ON c.number = d.case_number
WHERE d.case_open <> CASE WHEN c.state IN ('new', 'open', 'waiting') THEN 1 ELSE 0 END

-- name: check_case_count
SELECT 'tally: ' || cases || ' cases, ' || cases_open || ' open, but ' || n || ' and ' || n_open || ' are there'
FROM tally, (SELECT count(*) AS n, count(*) FILTER (WHERE state IN ('new', 'open', 'waiting')) AS n_open FROM cases) AS few
WHERE cases <> n OR cases_open <> n_open
UNION ALL
SELECT 'tally: ' || quarantined || ' mails in quarantine, but ' || n || ' are there'
FROM tally, (SELECT count(*) AS n FROM mail WHERE state = 'quarantined') AS few WHERE quarantined <> n
UNION ALL
SELECT 'tally: ' || unsent || ' mails that failed, but ' || n || ' are there'
FROM tally, (SELECT count(*) AS n FROM outbox WHERE hook = '' AND state IN ('failed', 'unknown', 'bounced')) AS few
WHERE unsent <> n
UNION ALL
SELECT 'tally: ' || accounts || ' accounts, but ' || n || ' are there'
FROM tally, (SELECT count(*) AS n FROM account) AS few WHERE accounts <> n
UNION ALL
SELECT 'tally: ' || articles || ' articles, but ' || n || ' are there'
FROM tally, (SELECT count(*) AS n FROM article) AS few WHERE articles <> n

-- name: check_case_opened
SELECT 'case ' || number || ': no event' FROM cases c
WHERE NOT EXISTS (SELECT 1 FROM event WHERE case_number = c.number)

-- name: check_case_merged
SELECT 'case ' || number || ': merged into itself' FROM cases WHERE merged_into = number

-- name: check_account_names
SELECT 'account ' || id || ': no such account: ' || reseller FROM account
WHERE reseller <> '' AND reseller NOT IN (SELECT id FROM account)
UNION ALL
SELECT 'account ' || id || ': no such account: ' || parent FROM account
WHERE parent <> '' AND parent NOT IN (SELECT id FROM account)

-- name: check_folder_again
SELECT 'folder ' || folder || ' of mailbox ' || mailbox || ': is still to be read again' FROM folder
WHERE again = 1

-- What is looked at, and not a finding itself.
-- name: check_note_words
SELECT id, case_number, message_id, text, reply, size, words FROM note WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: check_shown_lines
SELECT id, case_number, sha256, size, lines FROM shown WHERE id > ?1 ORDER BY id LIMIT ?2
