-- What was copied from a file had its contents, and their next number was 1.
SELECT setval(pg_get_serial_sequence('content', 'id')::regclass, max(id)) FROM content
HAVING max(id) > coalesce(pg_sequence_last_value(pg_get_serial_sequence('content', 'id')::regclass), 0);
