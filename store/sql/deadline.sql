-- columns: deadline
case_number, clock, target, rule, state, started_at, due_at, met_at, alarm_at

-- As its index says it.
-- columns: deadline_is_open
case_open = 1 AND (state = 'running' OR state = 'warned' OR state = 'breached' OR (met_at IS NULL AND due_at IS NOT NULL))

-- columns: deadline_into
deadline (case_number, clock, target, rule, state, started_at, due_at, met_at, alarm_at,
	case_open)

-- columns: case_open_now
(SELECT CASE WHEN {is_open} THEN 1 ELSE 0 END FROM cases WHERE number = ?1)

-- A clock that goes on as it did is not written, nor are its indexes.
-- columns: deadline_replaces
ON CONFLICT (case_number, clock) DO UPDATE SET target = excluded.target,
	rule = excluded.rule, state = excluded.state, started_at = excluded.started_at,
	due_at = excluded.due_at, met_at = excluded.met_at, alarm_at = excluded.alarm_at,
	case_open = excluded.case_open
WHERE (deadline.target, deadline.rule, deadline.state, deadline.started_at, deadline.due_at,
	deadline.met_at, deadline.alarm_at, deadline.case_open)
	IS DISTINCT FROM (excluded.target, excluded.rule, excluded.state, excluded.started_at,
	excluded.due_at, excluded.met_at, excluded.alarm_at, excluded.case_open)

-- name: deadline_put
INSERT INTO {deadline_into}
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, {case_open_now})
{deadline_replaces}

-- Of a case that has none of it.
-- name: deadline_begin
INSERT INTO {deadline_into}
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, {case_open_now})

-- All clocks of a case.  Whether it is open is looked for once.  One that never counted has no row while there is nothing to say
-- of it.
-- name: deadline_put_all
INSERT INTO {deadline_into}
SELECT ?1, few.*, {case_open_now}
FROM (VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9),
	(?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17),
	(?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)) AS few
WHERE column4 <> 'none' OR column1 = 'initial' OR EXISTS (SELECT 1 FROM deadline WHERE case_number = ?1 AND clock = column1)
{deadline_replaces}

-- Those that know how their case stands.
-- name: deadline_stand
SELECT {deadline} FROM deadline WHERE case_number = ?1 AND case_open = {case_open_now}

-- name: deadline_list
SELECT {deadline} FROM deadline WHERE case_number = ?1 ORDER BY clock

-- name: deadline_due
SELECT {deadline} FROM deadline WHERE alarm_at <= ?1
ORDER BY alarm_at, case_number, clock LIMIT ?2

-- name: deadline_next
SELECT min(alarm_at) FROM deadline WHERE alarm_at IS NOT NULL

-- name: deadline_open [postgresql]
SELECT {deadline} FROM deadline
WHERE case_open = 1 AND (state = 'running' OR state = 'warned' OR state = 'breached')
ORDER BY due_at NULLS LAST, case_number, clock LIMIT ?1 OFFSET ?2

-- name: deadline_open
SELECT {deadline} FROM deadline INDEXED BY deadline_open
WHERE {deadline_is_open} AND (state = 'running' OR state = 'warned' OR state = 'breached')
ORDER BY due_at NULLS LAST, case_number, clock LIMIT ?1 OFFSET ?2

-- name: deadline_unmet [postgresql]
SELECT {deadline} FROM deadline
WHERE case_open = 1 AND met_at IS NULL AND due_at IS NOT NULL ORDER BY due_at, case_number LIMIT ?1 OFFSET ?2

-- name: deadline_unmet
SELECT {deadline} FROM deadline INDEXED BY deadline_open
WHERE {deadline_is_open} AND met_at IS NULL AND due_at IS NOT NULL ORDER BY due_at, case_number LIMIT ?1 OFFSET ?2

-- name: deadline_tally [postgresql]
SELECT c.queue, count(*) FILTER (WHERE due_at <= ?1), count(*) FILTER (WHERE due_at > ?1)
FROM (SELECT case_number, due_at FROM deadline
	WHERE case_open = 1 AND met_at IS NULL AND due_at IS NOT NULL AND due_at < ?2
	ORDER BY due_at, case_number LIMIT ?3 OFFSET ?4) AS few
	JOIN cases c ON c.number = case_number
GROUP BY c.queue ORDER BY c.queue

-- name: deadline_tally
SELECT c.queue, count(*) FILTER (WHERE due_at <= ?1), count(*) FILTER (WHERE due_at > ?1)
FROM (SELECT case_number, due_at FROM deadline INDEXED BY deadline_open
	WHERE {deadline_is_open} AND met_at IS NULL AND due_at IS NOT NULL AND due_at < ?2
	ORDER BY due_at, case_number LIMIT ?3 OFFSET ?4) AS few
	JOIN cases c ON c.number = case_number
GROUP BY c.queue ORDER BY c.queue
