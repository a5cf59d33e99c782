-- A copy of a store into another: the tables as the engine's own catalogue has them, in the same
-- order for both.  "copying" is there while a copy is half; nodes and what they have stay where they are.
-- name: transfer_half [postgresql]
SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = 'copying'

-- name: transfer_half
SELECT count(*) FROM sqlite_schema WHERE name = 'copying'

-- name: transfer_tables [postgresql]
SELECT relname::text FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname NOT IN ('migration', 'copying', 'node', 'lease', 'node_mailbox', 'extent', 'extent_gone')
ORDER BY relname::text COLLATE "C"

-- name: transfer_tables
SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
	AND name NOT GLOB 'sqlite*' AND name NOT IN ('migration', 'copying', 'node', 'lease', 'node_mailbox', 'extent', 'extent_gone')
ORDER BY name

-- Kinds as in rows.h; the place in the primary key, or 0.
-- name: transfer_columns [postgresql]
SELECT a.attname::text,
	CASE coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text WHEN 'bigint' THEN 1 WHEN 'text' THEN 2 WHEN 'bytea' THEN 3 ELSE 0 END,
	coalesce((SELECT k.n FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
		WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum), 0)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = ?1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'tsvector'::regtype
ORDER BY a.attname::text COLLATE "C"

-- name: transfer_columns
SELECT name, CASE type WHEN 'INTEGER' THEN 1 WHEN 'TEXT' THEN 2 WHEN 'BLOB' THEN 3 ELSE 0 END, pk
FROM pragma_table_info(?1) ORDER BY name

-- Tables whose numbers are given by the engine.
-- name: transfer_numbered [postgresql]
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
	AND NOT a.attisdropped
ORDER BY 1

-- name: transfer_numbered
SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' ORDER BY 1

-- What is done before rows are written and what after all of them, in this order: without references,
-- indexes and triggers it is quicker, and words are made of their texts as the rows come.
-- name: transfer_later [postgresql]
SELECT $q$CREATE FUNCTION copying_words() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
	IF TG_TABLE_NAME = 'article' THEN
		new.words := words_of(new.folded_title, new.folded_text);
	ELSE
		SELECT {case_words} INTO new.words FROM (SELECT new.title AS title, new.text AS text) AS said;
	END IF;
	RETURN new;
END $f$$q$, 'DROP FUNCTION copying_words() CASCADE', 0
UNION ALL
SELECT 'CREATE TRIGGER copying_words BEFORE INSERT ON ' || t.name
	|| ' FOR EACH ROW EXECUTE FUNCTION copying_words()', '', 1
FROM (VALUES ('article'), ('case_text')) AS t (name)
UNION ALL
SELECT 'ALTER TABLE ' || r.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(r.conname),
	'ALTER TABLE ' || r.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(r.conname) || ' '
		|| pg_get_constraintdef(r.oid), CASE r.contype WHEN 'u' THEN 2 ELSE 4 END
FROM pg_constraint r WHERE r.connamespace = current_schema()::regnamespace AND r.contype IN ('f', 'u')
UNION ALL
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), 3
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace
	AND NOT EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conindid = i.indexrelid)
UNION ALL
SELECT 'DROP TRIGGER ' || quote_ident(t.tgname) || ' ON ' || t.tgrelid::regclass, pg_get_triggerdef(t.oid), 5
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT '', 'ANALYZE', 6
ORDER BY 3, 2

-- name: transfer_later
SELECT 'DROP ' || type || ' "' || name || '"', sql, CASE type WHEN 'index' THEN 1 ELSE 3 END
FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL
UNION ALL
SELECT '', 'INSERT INTO "' || name || '" ("' || name || '") VALUES (''rebuild'')', 2
FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'
ORDER BY 3, 2

-- name: transfer_mark [postgresql]
CREATE TABLE copying (id BIGINT PRIMARY KEY, sql TEXT COLLATE "C" NOT NULL)

-- name: transfer_mark
CREATE TABLE copying (id INTEGER PRIMARY KEY, sql TEXT NOT NULL) STRICT

-- name: transfer_todo
SELECT id, sql FROM copying ORDER BY id

-- name: transfer_todo_add
INSERT INTO copying (id, sql) VALUES (?1, ?2)

-- name: transfer_todo_done
DELETE FROM copying WHERE id = ?1

-- name: transfer_todo_set
UPDATE copying SET sql = ?2 WHERE id = ?1
