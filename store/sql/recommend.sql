-- columns: property
account, name, live_at, told_at

-- columns: recommendation
id, account, property, title, link, state, at

-- name: property_put
INSERT INTO property (account, name, live_at, told_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (account, name) DO UPDATE SET live_at = excluded.live_at, told_at = excluded.told_at

-- name: property_get
SELECT {property} FROM property WHERE account = ?1 AND name = ?2

-- name: property_list
SELECT {property} FROM property ORDER BY account, name

-- name: recommend_due
SELECT p.account FROM property p WHERE p.live_at <= ?1 AND p.told_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM recommend_last l WHERE l.account = p.account AND l.at > ?2)
ORDER BY p.live_at, p.account, p.name LIMIT ?3

-- name: recommend_next
SELECT min(CASE WHEN l.at + ?2 > p.live_at + ?1 THEN l.at + ?2 ELSE p.live_at + ?1 END)
FROM property p LEFT JOIN recommend_last l ON l.account = p.account
WHERE p.live_at IS NOT NULL AND p.told_at IS NULL

-- name: recommend_list
SELECT {recommendation} FROM recommendation WHERE account = ?1 AND state = 'open'
	AND property IN (SELECT name FROM property WHERE account = ?1 AND live_at <= ?2)
ORDER BY property, title, link

-- name: recommend_told
UPDATE property SET told_at = ?3 WHERE account = ?1 AND live_at <= ?2 AND told_at IS NULL

-- name: recommend_sent
UPDATE recommendation SET state = 'sent', at = ?3 WHERE account = ?1 AND state = 'open'
	AND property IN (SELECT name FROM property WHERE account = ?1 AND live_at <= ?2)

-- name: recommend_last_put
INSERT INTO recommend_last (account, at) VALUES (?1, ?2)
ON CONFLICT (account) DO UPDATE SET at = excluded.at

-- name: recommend_again
UPDATE property SET told_at = NULL WHERE account = ?1 AND name = ?2 AND EXISTS (
	SELECT 1 FROM recommendation WHERE account = ?1 AND property = ?2 AND state = 'open')

-- name: recommendation_add
INSERT INTO recommendation (account, property, title, link, state, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (account, property, title, link) DO UPDATE SET state = excluded.state,
	at = excluded.at WHERE recommendation.state = 'dropped'

-- name: recommendation_list
SELECT {recommendation} FROM recommendation
WHERE (?1 = '' OR account = ?1) AND (?2 = '' OR property = ?2) ORDER BY account, property, id

-- name: recommendation_list_account
SELECT {recommendation} FROM recommendation
WHERE account = ?1 AND (?2 = '' OR property = ?2) ORDER BY account, property, id

-- name: recommendation_state
UPDATE recommendation SET state = ?4, at = ?5 WHERE account = ?1 AND property = ?2 AND state = ?3

-- name: optout_add
INSERT INTO optout (address, at, how) VALUES (?1, ?2, ?3) ON CONFLICT (lower(address)) DO NOTHING

-- name: optout_has
SELECT 1 FROM optout WHERE lower(address) = lower(?1)
