-- columns: reminder
id, case_number, staff, due_at, text

-- name: reminder_add
INSERT INTO reminder (case_number, staff, due_at, text) VALUES (?1, ?2, ?3, ?4)

-- name: reminder_count
SELECT count(*) FROM reminder INDEXED BY reminder_case WHERE case_number = ?1 AND staff = ?2

-- name: reminder_drop
DELETE FROM reminder INDEXED BY reminder_case WHERE case_number = ?1 AND staff = ?2

-- name: reminder_due
SELECT {reminder} FROM reminder INDEXED BY reminder_due
WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2

-- name: reminder_done
DELETE FROM reminder WHERE id = ?1

-- name: reminder_next
SELECT min(due_at) FROM reminder INDEXED BY reminder_due
