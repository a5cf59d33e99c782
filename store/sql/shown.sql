-- name: shown_add
INSERT INTO shown (case_number, sha256, until_at, size, lines) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (case_number, sha256) DO UPDATE SET until_at = excluded.until_at
WHERE excluded.until_at > shown.until_at

-- name: shown_list
SELECT size, lines FROM shown INDEXED BY shown_case WHERE case_number = ?1 AND until_at >= ?2
ORDER BY id DESC LIMIT ?3

-- name: shown_sweep
DELETE FROM shown WHERE until_at < ?1
