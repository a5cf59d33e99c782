-- What a list of deadlines reads: the clocks of open cases that are not met and have begun, and no others.
DROP INDEX deadline_open;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock)
	WHERE case_open = 1 AND state IN ('running', 'warned', 'breached');
