-- columns: away
staff, since_at, until_at, deputy

-- name: away_set
INSERT INTO away (staff, since_at, until_at, deputy) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (staff) DO UPDATE SET since_at = excluded.since_at, until_at = excluded.until_at,
	deputy = excluded.deputy

-- name: away_end
DELETE FROM away WHERE staff = ?1

-- name: away_get
SELECT {away} FROM away WHERE staff = ?1 AND until_at > ?2

-- name: away_list
SELECT {away} FROM away INDEXED BY away_until WHERE until_at > ?1 ORDER BY until_at, staff
