-- name: reach_raise
INSERT INTO reach (case_number, address, level) VALUES (?1, lower(?2), ?3)
ON CONFLICT (case_number, address) DO UPDATE SET level = excluded.level WHERE excluded.level > reach.level

-- name: reach_get
SELECT level FROM reach WHERE case_number = ?1 AND address = lower(?2)
