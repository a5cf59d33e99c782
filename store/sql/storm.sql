-- name: storm_get [postgresql]
SELECT case_number, count, last_at, told_at FROM storm WHERE key = ?1

-- By its row (store/storms.h).
-- name: storm_get
SELECT case_number, count, last_at, told_at FROM storm WHERE rowid = ?1

-- name: storm_all [postgresql]
SELECT key, key FROM storm WHERE false

-- name: storm_all
SELECT key, rowid FROM storm

-- Of a key that has none.
-- name: storm_add
INSERT INTO storm (key, case_number, count, last_at, told_at) VALUES (?1, ?2, ?3, ?4, ?5)

-- name: storm_put [postgresql]
INSERT INTO storm (key, case_number, count, last_at, told_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE SET case_number = ?2, count = ?3, last_at = ?4, told_at = ?5

-- name: storm_put
UPDATE storm SET case_number = ?2, count = ?3, last_at = ?4, told_at = ?5 WHERE rowid = ?1

-- name: storm_sweep
DELETE FROM storm WHERE last_at < ?1
