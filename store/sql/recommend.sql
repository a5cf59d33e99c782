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

-- name: property_due
SELECT {property} FROM property WHERE live_at <= ?1 AND told_at IS NULL
ORDER BY live_at, account, name LIMIT ?2

-- name: property_next
SELECT min(live_at) FROM property WHERE live_at IS NOT NULL AND told_at IS NULL

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
