-- name: dead_put
INSERT INTO dead_address (address, at, until_at, reason) VALUES (lower(?1), ?2, ?3, ?4)
ON CONFLICT (address) DO UPDATE SET at = ?2, until_at = ?3, reason = ?4

-- name: dead_get
SELECT address, at, until_at, reason FROM dead_address WHERE address = lower(?1) AND until_at > ?2

-- name: dead_forget
DELETE FROM dead_address WHERE address = lower(?1)

-- name: dead_any
SELECT EXISTS (SELECT 1 FROM dead_address)

-- name: dead_list
SELECT address, at, until_at, reason FROM dead_address WHERE until_at > ?1 ORDER BY address

-- name: dead_sweep
DELETE FROM dead_address INDEXED BY dead_address_until WHERE until_at < ?1
