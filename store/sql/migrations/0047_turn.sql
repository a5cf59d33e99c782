-- A file has one process: nobody waits for a turn.
SELECT 1;
