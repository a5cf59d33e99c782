-- Deadlines that are still to be met, the earliest first: a walk over those that are met grew with
-- the cases that are open.
CREATE INDEX deadline_unmet ON deadline (due_at, case_number)
WHERE case_open = 1 AND met_at IS NULL AND due_at IS NOT NULL;
