-- name: turn_get
SELECT staff FROM turn WHERE rule = ?1

-- name: turn_set
INSERT INTO turn (rule, staff) VALUES (?1, ?2) ON CONFLICT (rule) DO UPDATE SET staff = excluded.staff
