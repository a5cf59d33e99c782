-- Waits a moment for the turn of another node: 1, the session has it; 0, it is still another's, which is nothing for the server's log.
-- A lock that is granted while the wait for it ends is the session's all the same: no transaction gives it back.
CREATE FUNCTION turn_begin(which int, wait text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('lock_timeout', wait, true);
	PERFORM pg_advisory_lock(1734440038, which);
	RETURN 1;
EXCEPTION WHEN lock_not_available THEN
	RETURN (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND granted
		AND classid = 1734440038 AND objid = which::oid);
END $$;
