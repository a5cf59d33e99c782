-- columns: outbox
id, case_number, note_id, kind, sender, recipient, message_id, subject, state, attempts,
	created_at, next_at, sent_at, last_code, last_text, automatic, late_at, hook,
	domain, content

-- columns: outbox_filter
(?1 = '' OR state = ?1) AND (?2 = 0 OR case_number = ?2) AND created_at >= ?4 AND id < ?5
ORDER BY id DESC LIMIT ?3

-- As the index says it: not what is sent, as most are.
-- columns: outbox_is_few
(state = 'queued' OR state = 'sending' OR state = 'failed' OR state = 'cancelled' OR state = 'suppressed' OR state = 'unknown' OR state = 'bounced')

-- name: outbox_add
INSERT INTO outbox (case_number, note_id, kind, sender, recipient, message_id, subject, state,
	created_at, next_at, automatic, content, last_text, hook, domain, attempts, node)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
RETURNING id

-- What makes a row one that could not be sent, or takes it back, sets `damaged`: the trigger that counts these is not begun by any other statement.
-- name: outbox_hold
UPDATE outbox SET state = 'unknown', held = 1, damaged = 0 WHERE id = ?1

-- columns: outbox_due
state = 'queued' AND hook = ?3 AND next_at <= ?1

-- columns: outbox_claiming
UPDATE outbox SET state = 'sending', attempts = attempts + 1, node = ?4
WHERE id IN (
	SELECT id FROM outbox INDEXED BY outbox_queued WHERE

-- columns: outbox_by_due
ORDER BY next_at, id LIMIT ?2)
RETURNING

-- Several nodes claim at once: what another one is about to claim is passed over.  The list is made once, whatever the plan is.
-- columns: outbox_claiming_beside
UPDATE outbox SET state = 'sending', attempts = attempts + 1, node = ?4
WHERE id = ANY (ARRAY (
	SELECT id FROM outbox WHERE

-- What goes to one recipient about one case goes in its order: nothing is claimed while another node sends what is older, or may
-- be about to claim it.
-- columns: outbox_beside
AND NOT EXISTS (SELECT 1 FROM outbox AS older
	WHERE older.case_number = outbox.case_number AND older.id < outbox.id
		AND older.hook = outbox.hook AND lower(older.recipient) = lower(outbox.recipient)
		AND ((older.state = 'sending' AND older.node <> ?4) OR (older.state = 'queued' AND older.next_at <= ?1)))
ORDER BY next_at, id LIMIT ?2 FOR UPDATE SKIP LOCKED))
RETURNING

-- ?5: domains that are left out, each between blanks; what is due before ?6, and by its number before ?7, is theirs.
-- name: outbox_claim [postgresql]
{outbox_claiming_beside} {outbox_due} AND (next_at, id) >= (?6, ?7) AND strpos(?5, ' ' || domain || ' ') = 0 {outbox_beside} {outbox}

-- name: outbox_claim
{outbox_claiming} {outbox_due} AND (next_at, id) >= (?6, ?7) AND instr(?5, ' ' || domain || ' ') = 0 {outbox_by_due} {outbox}

-- columns: outbox_due_domain
state = 'queued' AND hook = '' AND next_at <= ?1 AND domain = ?3

-- name: outbox_claim_domain [postgresql]
{outbox_claiming_beside} {outbox_due_domain} {outbox_beside} {outbox}

-- name: outbox_claim_domain
{outbox_claiming} {outbox_due_domain} {outbox_by_due} {outbox}

-- name: outbox_unclaim
UPDATE outbox SET state = 'queued', attempts = attempts - 1 WHERE id = ?1 AND state = 'sending' AND node = ?2

-- columns: outbox_due_operators
state = 'queued' AND hook = ?3 AND next_at <= ?1 AND kind IN ('trouble', 'trouble_over')

-- name: outbox_claim_operators [postgresql]
{outbox_claiming_beside} {outbox_due_operators} {outbox_beside} {outbox}

-- name: outbox_claim_operators
{outbox_claiming} {outbox_due_operators} {outbox_by_due} {outbox}

-- name: outbox_message
SELECT content FROM outbox WHERE id = ?1

-- name: outbox_state
SELECT state FROM outbox WHERE id = ?1

-- What was claimed and nobody touched since, as most are.
-- name: outbox_sent
UPDATE outbox SET state = 'sent', next_at = NULL, sent_at = ?2, last_code = ?3, last_text = ?4
WHERE id = ?1 AND state = 'sending' AND late_at IS NULL

-- columns: outbox_result
UPDATE outbox SET state = ?2, next_at = ?3, sent_at = coalesce(?4, sent_at), last_code = ?5,
	last_text = ?6, damaged = 0
WHERE id = ?1

-- ?7: the states that it may follow, each between blanks.
-- name: outbox_result [postgresql]
{outbox_result} AND strpos(?7, ' ' || state || ' ') > 0

-- name: outbox_result
{outbox_result} AND instr(?7, ' ' || state || ' ') > 0

-- name: outbox_damage
UPDATE outbox SET state = 'failed', next_at = NULL, last_code = 0, last_text = ?2, damaged = 1
WHERE id = ?1 AND state = 'sending'

-- name: outbox_damaged
SELECT count(*) FROM outbox INDEXED BY outbox_damaged WHERE damaged = 1

-- name: outbox_unknown
UPDATE outbox SET unknowns = unknowns + 1 WHERE id = ?1 RETURNING unknowns

-- Claimed where there were no nodes, or others: in a store of before, or one that this is a copy of.
-- columns: outbox_of_none
NOT EXISTS (SELECT 1 FROM node WHERE name = outbox.node)

-- It was due when it was claimed, before what was queued after it; the clock may have gone back.
-- columns: outbox_again
UPDATE outbox SET state = 'queued', next_at = CASE WHEN next_at <= ?2 THEN next_at ELSE ?2 END
WHERE state = 'sending'

-- name: outbox_recover
{outbox_again} AND (node = ?1 OR {outbox_of_none}) AND CASE hook WHEN '' THEN 0 ELSE 1 END = ?3

-- name: outbox_recover_node
{outbox_again} AND node = ?1

-- name: outbox_sending
SELECT {outbox} FROM outbox WHERE state = 'sending' AND (node = ?1 OR {outbox_of_none}) AND hook = '' ORDER BY id

-- name: outbox_rewind
UPDATE outbox SET next_at = ?2 WHERE state = 'queued' AND next_at > ?1

-- name: outbox_next
SELECT min(next_at) FROM outbox INDEXED BY outbox_queued WHERE state = 'queued' AND hook = ?1

-- What one webhook has waited for in vain since before.
-- name: outbox_expire
UPDATE outbox SET state = 'failed', next_at = NULL, last_text = ?3, damaged = 0
WHERE state = 'queued' AND hook = ?1 AND created_at <= ?2

-- From name to name in the index, which has what was sent, too.
-- name: outbox_hooks
WITH RECURSIVE inside (hook) AS (
	SELECT min(hook) FROM outbox WHERE hook <> ''
	UNION ALL SELECT (SELECT min(o.hook) FROM outbox o WHERE o.hook <> '' AND o.hook > inside.hook)
	FROM inside WHERE inside.hook IS NOT NULL)
SELECT hook, waiting, failed, oldest FROM (SELECT inside.hook AS hook,
	(SELECT count(*) FROM outbox o WHERE o.hook <> '' AND o.hook = inside.hook AND o.state IN ('queued', 'sending')) AS waiting,
	(SELECT count(*) FROM outbox o WHERE o.hook <> '' AND o.hook = inside.hook AND o.state = 'failed') AS failed,
	(SELECT min(o.created_at) FROM outbox o WHERE o.hook <> '' AND o.hook = inside.hook AND o.state IN ('queued', 'sending')) AS oldest
	FROM inside WHERE inside.hook IS NOT NULL) AS counted
WHERE waiting > 0 OR failed > 0 ORDER BY hook

-- name: outbox_get
SELECT {outbox} FROM outbox WHERE id = ?1

-- name: outbox_list
SELECT {outbox} FROM outbox WHERE {outbox_filter}

-- name: outbox_list_state
SELECT {outbox} FROM outbox WHERE state = ?1 AND {outbox_is_few} AND {outbox_filter}

-- name: outbox_list_case
SELECT {outbox} FROM outbox WHERE case_number = ?2 AND {outbox_filter}

-- name: outbox_ids
SELECT message_id FROM outbox
WHERE case_number = ?1 AND lower(recipient) = lower(?2) AND state IN ('sending', 'sent', 'unknown')
ORDER BY id

-- name: outbox_by_message_id
SELECT {outbox} FROM outbox WHERE message_id = ?1 ORDER BY id DESC LIMIT 1

-- name: outbox_late
SELECT {outbox} FROM outbox INDEXED BY outbox_waits
WHERE state IN ('queued', 'sending') AND automatic = 0 AND late_at IS NULL AND created_at <= ?1
ORDER BY created_at, id LIMIT ?2

-- name: outbox_waits [postgresql]
SELECT (SELECT created_at FROM outbox
	WHERE state IN ('queued', 'sending') AND automatic = 0 AND late_at IS NULL ORDER BY created_at, id LIMIT 1)

-- name: outbox_waits
SELECT min(created_at) FROM outbox INDEXED BY outbox_waits
WHERE state IN ('queued', 'sending') AND automatic = 0 AND late_at IS NULL

-- name: outbox_told_late
UPDATE outbox SET late_at = ?2 WHERE id = ?1 AND state IN ('queued', 'sending') AND late_at IS NULL

-- name: outbox_last_to
SELECT {outbox} FROM outbox WHERE case_number = ?1 AND lower(recipient) = lower(?2)
	AND state IN ('sending', 'sent', 'unknown')
ORDER BY id DESC LIMIT 1

-- window_at: the second in which they were taken.  A clock that was set back counts what it passed.
-- Of up to three keys ('': none), SQLite of one: in a window, and in one that is as long or longer.
-- name: budget_used [postgresql]
SELECT asked.n, used.* FROM
	(VALUES (0, ?2, ?3, ?4), (1, ?5, ?6, ?7), (2, ?8, ?9, ?10)) AS asked (n, key, shorter, longer),
	LATERAL (SELECT CAST(coalesce(sum(count) FILTER (WHERE window_at > ?1 - shorter AND window_at < ?1 + shorter), 0) AS BIGINT),
		CAST(coalesce(sum(count), 0) AS BIGINT)
	FROM budget WHERE key = asked.key AND window_at > ?1 - longer AND window_at < ?1 + longer) AS used

-- name: budget_used
SELECT 0, coalesce(sum(count) FILTER (WHERE window_at > ?1 - ?3 AND window_at < ?1 + ?3), 0), coalesce(sum(count), 0)
FROM budget WHERE key = ?2 AND window_at > ?1 - ?4 AND window_at < ?1 + ?4

-- Of up to three keys ('': none) at ?1.
-- name: budget_take [postgresql]
INSERT INTO budget (key, window_at, count)
SELECT ?2, ?1, 1 WHERE ?2 <> '' UNION ALL SELECT ?3, ?1, 1 WHERE ?3 <> '' UNION ALL SELECT ?4, ?1, 1 WHERE ?4 <> ''
ON CONFLICT (key, window_at) DO UPDATE SET count = budget.count + 1

-- SQLite takes one at a time: before a statement of several rows that may be there it copies each page that it touches.
-- name: budget_take
INSERT INTO budget (key, window_at, count) VALUES (?2, ?1, 1)
ON CONFLICT (key, window_at) DO UPDATE SET count = budget.count + 1

-- name: budget_sweep
DELETE FROM budget WHERE window_at < ?1
