-- columns: case
number, queue, kind, channel, severity, severity_requested, state, subject, requester_name,
	requester_address, account, behalf, reseller, top_visible, owner, rule, resource, priority,
	opened_at, updated_at, merged_into, language, written_to

-- columns: case_filter
(?1 = 0 OR state IN ('new', 'open', 'waiting'))
	AND (?2 = 0 OR state NOT IN ('new', 'open', 'waiting'))
	AND (?3 = '' OR queue = ?3)
	AND (?4 = '' OR owner = ?4)
	AND (?5 = '' OR lower(requester_address) = lower(?5))
	AND (?6 = '' OR account = ?6 OR (behalf = ?6 AND top_visible = 0))
	AND number < ?7 AND opened_at >= ?9

-- As the indexes of open ones say it.
-- columns: is_open
(state = 'new' OR state = 'open' OR state = 'waiting')

-- name: case_open
INSERT INTO cases (queue, kind, channel, severity, severity_requested, state, subject,
	requester_name, requester_address, account, behalf, reseller, top_visible, owner, rule,
	resource, priority, opened_at, updated_at, merged_into, language, written_to, requester_reach)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
	?22, ?23)
RETURNING number

-- name: case_get
SELECT {case} FROM cases WHERE number = ?1

-- What it was merged into in the end; itself when it was not.
-- name: case_root
WITH RECURSIVE inside (number, into_number) AS (
	SELECT number, merged_into FROM cases WHERE number = ?1
	UNION SELECT c.number, c.merged_into FROM inside
	JOIN cases c ON c.number = inside.into_number)
SELECT number FROM inside WHERE into_number IS NULL

-- name: case_update
UPDATE cases SET queue = ?1, kind = ?2, channel = ?3, severity = ?4, severity_requested = ?5,
	state = ?6, subject = ?7, requester_name = ?8, requester_address = ?9, account = ?10,
	behalf = ?11, reseller = ?12, top_visible = ?13, owner = ?14, rule = ?15, resource = ?16,
	priority = ?17, updated_at = ?18, merged_into = ?19, language = ?20, written_to = ?21,
	requester_reach = CASE WHEN requester_address = ?9 THEN requester_reach ELSE 0 END
WHERE number = ?22

-- Of a case that is as it was.
-- name: case_touch
UPDATE cases SET updated_at = ?1 WHERE number = ?2

-- name: case_update_deadlines
UPDATE deadline SET case_open = ?2 WHERE case_number = ?1 AND case_open <> ?2

-- name: case_list
SELECT {case} FROM cases WHERE {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_open
SELECT {case} FROM cases WHERE {is_open} AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_open_owner
SELECT {case} FROM cases INDEXED BY cases_open_owner
WHERE {is_open} AND owner = ?4 AND owner <> '' AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_open_queue
SELECT {case} FROM cases INDEXED BY cases_open_queue
WHERE {is_open} AND queue = ?3 AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_owner
SELECT {case} FROM cases WHERE owner = ?4 AND owner <> '' AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_queue [postgresql]
SELECT {case} FROM cases WHERE queue = ?3 AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_queue
SELECT {case} FROM cases INDEXED BY cases_open_queue
WHERE {is_open} AND queue = ?3 AND {case_filter}
UNION ALL
SELECT {case} FROM cases INDEXED BY cases_over_queue
WHERE (state = 'resolved' OR state = 'closed') AND queue = ?3 AND {case_filter}
ORDER BY 1 DESC LIMIT ?8

-- name: case_list_requester [postgresql]
SELECT {case} FROM cases WHERE lower(requester_address) = lower(?5) AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_requester
SELECT {case} FROM cases WHERE requester_address = ?5 COLLATE NOCASE AND {case_filter}
ORDER BY number DESC LIMIT ?8

-- name: case_list_account
SELECT {case} FROM cases WHERE account = ?6 AND account <> '' AND {case_filter}
UNION ALL
SELECT {case} FROM cases WHERE behalf = ?6 AND behalf <> '' AND account <> ?6 AND {case_filter}
ORDER BY 1 DESC LIMIT ?8

-- name: link_add
INSERT INTO link (number, other, kind, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (number, other, kind) DO NOTHING

-- name: link_remove
DELETE FROM link WHERE number = ?1 AND other = ?2 AND kind = ?3

-- name: link_list
SELECT number, other, kind, at FROM link WHERE number = ?1
UNION ALL
SELECT number, other, kind, at FROM link WHERE other = ?1 AND number <> ?1
ORDER BY 4, 1, 2, 3

-- name: tally_opened
UPDATE tally SET cases = cases + ?1, cases_open = cases_open + ?2 WHERE id = 1

-- name: case_tally
SELECT count(*), count(*) FILTER (WHERE owner = ''), count(*) FILTER (WHERE state = 'waiting'), min(opened_at)
FROM (SELECT owner, state, opened_at FROM cases INDEXED BY cases_open_queue
	WHERE {is_open} AND queue = ?1 ORDER BY number LIMIT ?2 OFFSET ?3) AS few
