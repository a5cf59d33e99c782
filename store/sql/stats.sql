-- Cases of a range of numbers that changed since ?3 or are open, in a queue and of an account where
-- those are given.
-- columns: stats_of
c.number >= ?1 AND c.number <= ?2 AND (c.updated_at >= ?3 OR c.state IN ('new', 'open', 'waiting'))
AND (?4 = '' OR c.queue = ?4) AND (?5 = '' OR c.account = ?5)

-- name: stats_cases
SELECT c.number, c.queue, c.account, coalesce(a.package, ''), c.owner, lower(c.requester_address),
	c.opened_at, c.state IN ('resolved', 'closed'), d.due_at, d.started_at, d.met_at
FROM cases c LEFT JOIN account a ON a.id = c.account
LEFT JOIN deadline d ON d.case_number = c.number AND d.clock = 'initial'
WHERE {stats_of} ORDER BY c.number

-- name: stats_states [postgresql]
SELECT e.case_number, e.at, e.data::json ->> 'state' IN ('resolved', 'closed')
FROM cases c JOIN event e ON e.case_number = c.number
WHERE {stats_of} AND e.type = 'state' ORDER BY c.number, e.id

-- name: stats_states
SELECT e.case_number, e.at, json_extract(e.data, '$.state') IN ('resolved', 'closed')
FROM cases c CROSS JOIN event e ON e.case_number = c.number
WHERE {stats_of} AND e.type = 'state' ORDER BY c.number, e.id

-- name: stats_mails [postgresql]
SELECT state, CASE state WHEN 'auto-filed' THEN trim(split_part(reason, ';', 1)) ELSE '' END, count(*)
FROM mail WHERE id >= ?1 AND id <= ?2 AND coalesce(kept_at, received_at) >= ?3
	AND coalesce(kept_at, received_at) < ?4
GROUP BY 1, 2

-- name: stats_mails
SELECT state, CASE state WHEN 'auto-filed' THEN trim(substr(reason, 1, instr(reason || ';', ';') - 1))
	ELSE '' END, count(*)
FROM mail WHERE id >= ?1 AND id <= ?2 AND coalesce(kept_at, received_at) >= ?3
	AND coalesce(kept_at, received_at) < ?4
GROUP BY 1, 2

-- name: stats_outbox
SELECT o.kind, o.state, count(*)
FROM outbox o LEFT JOIN cases c ON c.number = o.case_number
WHERE o.id >= ?1 AND o.id <= ?2 AND o.hook = '' AND o.created_at >= ?3 AND o.created_at < ?4
	AND (?5 = '' OR c.queue = ?5) AND (?6 = '' OR c.account = ?6)
GROUP BY 1, 2

-- name: stats_last
SELECT coalesce((SELECT max(number) FROM cases), 0), coalesce((SELECT max(id) FROM mail), 0),
	coalesce((SELECT max(id) FROM outbox), 0)
