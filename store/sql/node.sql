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

-- Waits so long for the turn of another node; the session keeps it until turn_end.
-- name: turn_begin [postgresql]
SELECT turn_begin(current_schema()::regnamespace::oid::int, ?1)

-- name: turn_begin
SELECT CASE ?1 WHEN '' THEN 0 ELSE 1 END

-- name: turn_end [postgresql]
SELECT CASE WHEN pg_advisory_unlock(1734440038, current_schema()::regnamespace::oid::int) THEN 1 ELSE 0 END

-- name: turn_end
SELECT 1

-- name: node_fence
SELECT coalesce(max(abs(fence)), 0) + 1 FROM node

-- What a transaction of the node with that number holds shared.
-- name: node_key [postgresql]
SELECT hashtextextended(current_schema() || ' ' || CAST(?1 AS BIGINT), 1734440039)

-- name: node_key
SELECT ?1

-- Alone: a transaction of the node that is under way is not waited for, and none begins before the end of this one.
-- name: node_hold [postgresql]
SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || fence, 1734440039)) THEN 1 ELSE 0 END
FROM node WHERE name = ?1 AND fence > 0

-- name: node_hold
SELECT 1 FROM node WHERE name = ?1 AND fence > 0

-- The same of all others; those under way are waited for.
-- name: node_hold_others [postgresql]
SELECT count(*) FILTER (WHERE pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || fence, 1734440039)) IS NULL)
FROM node WHERE name <> ?1 AND fence > 0

-- name: node_hold_others
SELECT count(*) FROM node WHERE name <> ?1 AND fence > 0

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

-- Who is sending a row; '': nobody.
-- columns: node_of_row
SELECT CASE WHEN state = 'sending' AND EXISTS (SELECT 1 FROM node WHERE name = outbox.node) THEN node ELSE '' END
FROM outbox WHERE id = ?1

-- It stays as it is until the end of the transaction.
-- name: node_of_row [postgresql]
{node_of_row} FOR UPDATE

-- name: node_of_row
{node_of_row}
