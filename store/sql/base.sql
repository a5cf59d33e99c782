-- The only ones that ask for the engine's own tables.
-- name: migration_there [postgresql]
SELECT count(*) FILTER (WHERE relname = 'migration'), count(*) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'

-- name: migration_there
SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'migration'),
	(SELECT count(*) FROM sqlite_schema)

-- name: migration_table [postgresql]
CREATE TABLE migration (
	number BIGINT PRIMARY KEY,
	name TEXT COLLATE "C" NOT NULL,
	sha256 BYTEA NOT NULL
)

-- name: migration_table
CREATE TABLE migration (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 BLOB NOT NULL
)

-- name: migration_last
SELECT coalesce(max(number), 0) FROM migration

-- name: migration_list
SELECT number, name, sha256 FROM migration ORDER BY number

-- name: migration_add
INSERT INTO migration (number, name, sha256) VALUES (?1, ?2, ?3)

-- name: meta_get
SELECT value FROM meta WHERE key = ?1

-- name: meta_set
INSERT INTO meta (key, value) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: content_find
SELECT id FROM content WHERE sha256 = ?1

-- name: content_add
INSERT INTO content (sha256, size, bytes) VALUES (?1, ?2, ?3)
ON CONFLICT (sha256) WHERE sha256 IS NOT NULL DO NOTHING RETURNING id

-- name: content_new
INSERT INTO content (size, bytes) VALUES (?1, ?2) RETURNING id

-- Room is made by SQLite alone.
-- name: content_room [postgresql]
INSERT INTO content (sha256, size, bytes) SELECT ?1, ?2, '' WHERE ?3 >= 0 RETURNING id

-- name: content_room
INSERT INTO content (sha256, size, bytes) VALUES (?1, ?2, zeroblob(?3)) RETURNING id

-- name: content_refill [postgresql]
UPDATE content SET bytes = '' WHERE id = ?1 AND ?2 >= 0

-- name: content_refill
UPDATE content SET bytes = zeroblob(?2) WHERE id = ?1

-- Of a file that has none so far.
-- name: content_digest
UPDATE content SET sha256 = ?2 WHERE id = ?1 AND sha256 IS NULL

-- name: content_same
UPDATE attachment SET content = ?2
WHERE content = ?1 AND EXISTS (SELECT 1 FROM content WHERE id = ?1 AND sha256 IS NULL)

-- name: content_named
SELECT EXISTS (SELECT 1 FROM mail WHERE content = ?1)
	OR EXISTS (SELECT 1 FROM attachment WHERE content = ?1)
	OR EXISTS (SELECT 1 FROM outbox WHERE content = ?1)

-- name: content_there
SELECT EXISTS (SELECT 1 FROM content WHERE id = ?1)

-- name: content_names
SELECT 'mail ' || m.id || CASE m.message_id WHEN '' THEN '' ELSE ' <' || m.message_id || '>' END
FROM mail m WHERE m.content = ?1
UNION ALL SELECT 'file ' || a.id || ' of case ' || a.case_number
	|| CASE n.message_id WHEN '' THEN '' ELSE ' <' || n.message_id || '>' END
FROM attachment a JOIN note n ON n.id = a.note_id WHERE a.content = ?1
UNION ALL SELECT 'outgoing mail ' || o.id || CASE o.message_id WHEN '' THEN '' ELSE ' <' || o.message_id || '>' END
FROM outbox o WHERE o.content = ?1
LIMIT 5

-- name: content_get [postgresql]
SELECT size, length(bytes), sha256 IS NULL, CASE WHEN length(bytes) <= ?2 THEN bytes END, CAST(-1 AS BIGINT) FROM content WHERE id = ?1

-- name: content_get
SELECT c.size, coalesce(x.length, length(c.bytes)), c.sha256 IS NULL, CASE WHEN length(c.bytes) <= ?2 THEN c.bytes END, coalesce(x.at, -1)
FROM content c LEFT JOIN extent x ON x.content = c.id WHERE c.id = ?1

-- name: content_list
SELECT id, sha256, length(bytes) <> size FROM content WHERE id > ?1 ORDER BY id LIMIT ?2

-- When the oldest was made, of mails that go out by state and of the first ?1 undecided by mailbox.
-- name: oldest
SELECT 'outbox', 'queued', (SELECT created_at FROM outbox WHERE state = 'queued' AND hook = '' ORDER BY id LIMIT 1)
UNION ALL
SELECT 'outbox', 'sending', (SELECT created_at FROM outbox WHERE state = 'sending' AND hook = '' ORDER BY id LIMIT 1)
UNION ALL
SELECT 'outbox', 'failed', (SELECT created_at FROM outbox WHERE state = 'failed' AND hook = '' ORDER BY id LIMIT 1)
UNION ALL
SELECT 'mail', mailbox, min(kept_at) FROM (SELECT mailbox, kept_at FROM mail WHERE state = 'kept'
	ORDER BY id LIMIT ?1) AS few
GROUP BY mailbox

-- Without a walk over millions: mails are counted as they are kept (seen), and what grows as it comes and goes (tally).
-- name: count_all
SELECT (SELECT CAST(coalesce(sum(kept), 0) AS BIGINT) FROM seen),
	(SELECT count(*) FROM mail WHERE state = 'kept'),
	(SELECT quarantined FROM tally),
	(SELECT cases FROM tally),
	(SELECT cases_open FROM tally),
	(SELECT count(*) FROM outbox WHERE state = 'queued' AND hook = ''),
	(SELECT count(*) FROM outbox WHERE state = 'sending' AND hook = ''),
	(SELECT unsent FROM tally),
	(SELECT accounts FROM tally),
	(SELECT articles FROM tally)

-- name: content_drop
DELETE FROM content WHERE id = ?1
