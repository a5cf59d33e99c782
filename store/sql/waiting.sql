-- columns: waiting
case_number, party, since_at, due_at, reminded

-- name: waiting_put
INSERT INTO waiting (case_number, party, since_at, due_at, reminded) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (case_number) DO UPDATE SET party = excluded.party, since_at = excluded.since_at,
	due_at = excluded.due_at, reminded = excluded.reminded

-- name: waiting_end
DELETE FROM waiting WHERE case_number = ?1

-- name: waiting_get
SELECT {waiting} FROM waiting WHERE case_number = ?1

-- name: waiting_due
SELECT {waiting} FROM waiting INDEXED BY waiting_due
WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at, case_number LIMIT ?2

-- name: waiting_next
SELECT min(due_at) FROM waiting INDEXED BY waiting_due WHERE due_at IS NOT NULL
