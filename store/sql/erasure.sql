-- columns: erasure
id, at, done_at, is_dry, phase, place, counts

-- name: erasure_add
INSERT INTO erasure (at, is_dry, phase, place, counts) VALUES (?1, ?2, 0, 0, '{}') RETURNING id

-- name: erasure_get
SELECT {erasure} FROM erasure WHERE id = ?1

-- name: erasure_next
SELECT {erasure} FROM erasure INDEXED BY erasure_open WHERE done_at IS NULL ORDER BY id LIMIT 1

-- name: erasure_last
SELECT coalesce(max(id), 0) FROM erasure WHERE done_at IS NOT NULL

-- Not what retention has erased: a backup of before brings that back, and it goes again by its age.
-- name: erased_all
SELECT 'address', a.hash, e.at FROM erasure_address a JOIN erasure e ON e.id = a.erasure WHERE e.is_dry = 0
UNION ALL SELECT 'mail', m.hash, m.at FROM erased_mail m
WHERE m.at IN (SELECT at FROM erasure WHERE is_dry = 0)

-- name: erasure_step
UPDATE erasure SET phase = ?2, place = ?3, counts = ?4, done_at = ?5 WHERE id = ?1

-- name: erasure_drop_items
DELETE FROM erasure_item WHERE erasure = ?1

-- name: erasure_drop_names
DELETE FROM erasure_name WHERE erasure = ?1

-- name: erasure_drop_addresses
DELETE FROM erasure_address WHERE erasure = ?1

-- name: erasure_hide
UPDATE erasure_address SET address = '' WHERE erasure = ?1

-- name: erasure_address_put
INSERT INTO erasure_address (erasure, hash, address) VALUES (?1, ?2, ?3)
ON CONFLICT (erasure, hash) DO UPDATE SET address = excluded.address
WHERE excluded.address <> ''

-- name: erasure_addresses
SELECT hash, address FROM erasure_address WHERE erasure = ?1

-- name: erasure_name_put
INSERT INTO erasure_name (erasure, name) VALUES (?1, ?2) ON CONFLICT (erasure, name) DO NOTHING

-- name: erasure_names
SELECT name FROM erasure_name WHERE erasure = ?1 ORDER BY name

-- name: erasure_known
SELECT EXISTS (SELECT 1 FROM erasure_address a JOIN erasure e ON e.id = a.erasure
	WHERE a.hash = ?1 AND e.is_dry = 0 AND (e.at >= ?2 OR e.done_at IS NULL))

-- name: erasure_item_put
INSERT INTO erasure_item (erasure, kind, id) VALUES (?1, ?2, ?3)
ON CONFLICT (erasure, kind, id) DO NOTHING

-- name: erasure_item_next
SELECT kind, id FROM erasure_item WHERE erasure = ?1 ORDER BY kind, id LIMIT 1

-- name: erasure_item_done
DELETE FROM erasure_item WHERE erasure = ?1 AND kind = ?2 AND id = ?3

-- name: erased_mail_put
INSERT INTO erased_mail (hash, at) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING

-- name: erased_mail_any
SELECT EXISTS (SELECT 1 FROM erased_mail)

-- name: erased_mail_has
SELECT EXISTS (SELECT 1 FROM erased_mail WHERE hash = ?1)

-- Where people stand, a range of rows of each table: its id, the case (0: none), address, name.
-- name: person_of_cases
SELECT number, number, requester_address, requester_name FROM cases
WHERE number > ?1 ORDER BY number LIMIT ?2

-- name: person_of_participants
SELECT id, case_number, address, name FROM participant WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: person_of_notes
SELECT id, case_number, author_address, author_name FROM note WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: person_of_outbox
SELECT id, coalesce(case_number, 0), recipient, '' FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: person_of_mails
SELECT id, coalesce(case_number, 0), from_text, '' FROM mail WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: person_of_contacts [postgresql]
SELECT n, 0, address, name FROM (SELECT row_number() OVER (ORDER BY address) AS n, address, name
	FROM contact) AS numbered
WHERE n > ?1 ORDER BY n LIMIT ?2

-- name: person_of_contacts
SELECT rowid, 0, address, name FROM contact WHERE rowid > ?1 ORDER BY rowid LIMIT ?2

-- name: person_of_optouts [postgresql]
SELECT n, 0, address, '' FROM (SELECT row_number() OVER (ORDER BY address) AS n, address
	FROM optout) AS numbered
WHERE n > ?1 ORDER BY n LIMIT ?2

-- name: person_of_optouts
SELECT rowid, 0, address, '' FROM optout WHERE rowid > ?1 ORDER BY rowid LIMIT ?2

-- Who is neither in a case nor wrote to it stands in what took them out of it.
-- name: person_of_events
SELECT id, case_number, CASE WHEN type IN ('participant', 'requester', 'merged') THEN data ELSE '' END, ''
FROM event WHERE id > ?1 ORDER BY id LIMIT ?2

-- A case, and all that were merged into it.
-- name: person_family
WITH RECURSIVE inside (number) AS (SELECT ?1 UNION
	SELECT c.number FROM inside JOIN cases c ON c.merged_into = inside.number)
SELECT number FROM inside

-- name: person_forget_contact
DELETE FROM contact WHERE lower(address) = lower(?1)

-- name: person_forget_optout
DELETE FROM optout WHERE lower(address) = lower(?1)

-- Keys are "what:address".
-- name: person_forget_budget [postgresql]
DELETE FROM budget WHERE strpos(lower(key), lower(?1)) > 0

-- name: person_forget_budget
DELETE FROM budget WHERE instr(lower(key), lower(?1)) > 0

-- name: person_forget_storm
DELETE FROM storm WHERE case_number = ?1

-- name: person_forget_shown
DELETE FROM shown WHERE case_number = ?1

-- name: person_forget_thread
DELETE FROM thread WHERE case_number = ?1

-- name: person_forget_reach
DELETE FROM reach WHERE case_number = ?1 AND lower(address) = lower(?2)

-- name: person_forget_participant
DELETE FROM participant WHERE case_number = ?1 AND lower(address) = lower(?2)

-- name: person_forget_digest
DELETE FROM digest WHERE kind IN ('filed', 'cases') AND mail_id = ?1

-- name: person_forget_second_try
DELETE FROM second_try WHERE mail_id = ?1

-- name: person_case
UPDATE cases SET subject = ?2, requester_name = ?3, requester_address = ?4, resource = ?5,
	requester_reach = CASE WHEN requester_address = ?4 THEN requester_reach ELSE 0 END
WHERE number = ?1

-- name: person_note
UPDATE note SET author_name = ?2, author_address = ?3, author = ?4, message_id = ?5, text = '', reply = '',
	size = ?6, words = ?7
WHERE id = ?1

-- name: person_files
SELECT id, content FROM attachment WHERE note_id = ?1 ORDER BY id

-- name: person_file_content
SELECT content FROM attachment WHERE id = ?1

-- name: person_file
UPDATE attachment SET filename = ?2, content_id = '', content = ?3 WHERE id = ?1

-- name: person_file_name
UPDATE attachment SET filename = ?2 WHERE id = ?1

-- name: person_mail_content
SELECT content FROM mail WHERE id = ?1

-- name: person_mail
UPDATE mail SET from_text = ?2, subject = ?3, message_id = ?4, identity = ?5, said = NULL,
	reason = ?6, content = ?7
WHERE id = ?1

-- name: person_outbox
UPDATE outbox SET domain = CASE WHEN ?2 = '' THEN '' ELSE domain END,
	recipient = ?2, subject = ?3, last_text = ?4, content = ?5, damaged = 0 WHERE id = ?1

-- name: person_outbox_expire
UPDATE outbox SET content = ?2, damaged = 0 WHERE id = ?1

-- name: person_event
UPDATE event SET actor = ?2, data = ?3 WHERE id = ?1

-- name: person_reminders
SELECT id, text FROM reminder WHERE case_number = ?1

-- name: person_reminder
UPDATE reminder SET text = ?2 WHERE id = ?1

-- name: person_held
UPDATE held INDEXED BY held_case SET state = 'replaced' WHERE case_number = ?1 AND state = 'held'

-- name: person_last
SELECT coalesce((SELECT max(number) FROM cases), 0)
	+ coalesce((SELECT max(id) FROM participant), 0) + coalesce((SELECT max(id) FROM note), 0)
	+ coalesce((SELECT max(id) FROM outbox), 0) + coalesce((SELECT max(id) FROM mail), 0)
	+ coalesce((SELECT max(id) FROM event), 0)

-- Old words stay in the parts of an index until these are merged: of a negative number of pages all
-- parts are begun with.
-- name: person_words_merge [postgresql]
SELECT ?1 WHERE false

-- name: person_words_merge
INSERT INTO case_words (case_words, rank) VALUES ('merge', ?1)
