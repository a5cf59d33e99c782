-- columns: node
name, fence, began_at, seen_at, until_at, drained

-- The clock of the database, by which leases run.
-- name: node_clock [postgresql]
SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)

-- name: node_clock
SELECT unixepoch()

-- Whether nobody else has that name: the session keeps it.
-- name: node_name [postgresql]
SELECT CASE WHEN pg_try_advisory_lock(hashtextextended(current_schema() || ' ' || ?1, 1734440037)) THEN 1 ELSE 0 END

-- name: node_name
SELECT CASE ?1 WHEN '' THEN 0 ELSE 1 END

-- Waits for the turn of another node; the session keeps it until turn_end.
-- name: turn_begin [postgresql]
SELECT CASE WHEN pg_advisory_lock(1734440038, current_schema()::regnamespace::oid::int) IS NULL THEN 0 ELSE 1 END

-- name: turn_begin
SELECT 1

-- name: turn_end [postgresql]
SELECT CASE WHEN pg_advisory_unlock(1734440038, current_schema()::regnamespace::oid::int) THEN 1 ELSE 0 END

-- name: turn_end
SELECT 1

-- name: node_fence
SELECT coalesce(max(abs(fence)), 0) + 1 FROM node

-- name: node_join
INSERT INTO node (name, fence, began_at, seen_at, until_at) VALUES (?1, ?2, ?3, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET fence = ?2, began_at = ?3, seen_at = ?3, until_at = ?4

-- name: node_renew
UPDATE node SET seen_at = ?2, until_at = ?3 WHERE fence = ?1

-- name: node_fence_off
UPDATE node SET fence = -fence, until_at = ?2 WHERE name = ?1 AND fence > 0

-- Numbers that nobody has: who does not begin again loses what it has with its lease.
-- name: node_fence_others
UPDATE node SET fence = fence + (SELECT max(abs(fence)) FROM node) WHERE name <> ?1 AND fence > 0

-- name: node_drain
UPDATE node SET drained = ?2 WHERE name = ?1

-- name: node_list
SELECT {node} FROM node ORDER BY name

-- name: lease_list
SELECT mailbox, node, since_at FROM lease ORDER BY mailbox

-- name: lease_add
INSERT INTO lease (mailbox, node, since_at) VALUES (?1, '', ?2) ON CONFLICT (mailbox) DO NOTHING

-- name: lease_take
UPDATE lease SET node = ?2, since_at = ?3 WHERE mailbox = ?1 AND node = ''

-- name: lease_give
UPDATE lease SET node = '', since_at = ?3 WHERE mailbox = ?1 AND node = ?2

-- name: lease_give_all
UPDATE lease SET node = '', since_at = ?2 WHERE node = ?1

-- name: node_mailbox_list
SELECT node, mailbox FROM node_mailbox ORDER BY mailbox, node

-- name: node_mailbox_add
INSERT INTO node_mailbox (node, mailbox) VALUES (?1, ?2) ON CONFLICT (node, mailbox) DO NOTHING

-- name: node_mailbox_drop
DELETE FROM node_mailbox WHERE node = ?1 AND mailbox = ?2

-- name: lease_drop
DELETE FROM lease WHERE mailbox = ?1 AND node = '' AND mailbox <> ''
