-- columns: held
id, case_number, note_id, staff, held_at, due_at, state, why

-- name: held_add
INSERT INTO held (case_number, note_id, staff, held_at, due_at, state, why)
VALUES (?1, ?2, ?3, ?4, ?5, 'held', ?6)

-- name: held_by_note
SELECT {held} FROM held WHERE note_id = ?1

-- name: held_list
SELECT {held} FROM held INDEXED BY held_case WHERE case_number = ?1 AND state = 'held' ORDER BY id

-- name: held_state
UPDATE held SET state = ?2 WHERE id = ?1

-- name: held_again
UPDATE held SET why = ?2, due_at = ?3 WHERE id = ?1

-- name: held_replace
UPDATE held INDEXED BY held_case SET state = 'replaced'
WHERE case_number = ?1 AND staff = ?2 AND state = 'held'

-- name: held_due
SELECT {held} FROM held INDEXED BY held_due
WHERE state = 'held' AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2

-- name: held_told
UPDATE held SET due_at = NULL WHERE id = ?1

-- name: held_next
SELECT min(due_at) FROM held INDEXED BY held_due WHERE state = 'held' AND due_at IS NOT NULL
