-- A clock of a case has one deadline: what it was before stands in the log of the case.
CREATE TABLE deadline_new (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	clock TEXT NOT NULL,
	target TEXT NOT NULL,
	rule TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('none', 'running', 'met', 'warned', 'breached')),
	started_at INTEGER,
	due_at INTEGER,
	met_at INTEGER,
	alarm_at INTEGER,
	case_open INTEGER NOT NULL,
	PRIMARY KEY (case_number, clock)
) STRICT, WITHOUT ROWID;

INSERT OR REPLACE INTO deadline_new
SELECT case_number, clock, target, rule, state, started_at, due_at, met_at, alarm_at, case_open
FROM deadline ORDER BY case_number, clock, generation;

DROP TABLE deadline;
ALTER TABLE deadline_new RENAME TO deadline;
CREATE INDEX deadline_alarm ON deadline (alarm_at, case_number, clock) WHERE alarm_at IS NOT NULL;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock) WHERE case_open = 1;
