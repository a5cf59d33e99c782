-- A case that is open stands in one index of its queue, not in two: the other one has those that are over. Clocks that are not met are
-- found by the index of those that are listed, which has met_at, so that one that was met late is passed over there.
DROP INDEX cases_queue;
CREATE INDEX cases_over_queue ON cases (queue, number) WHERE (state = 'resolved' OR state = 'closed');
DROP INDEX deadline_unmet;
DROP INDEX deadline_open;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock, met_at)
	WHERE case_open = 1 AND (state = 'running' OR state = 'warned' OR state = 'breached' OR (met_at IS NULL AND due_at IS NOT NULL));
