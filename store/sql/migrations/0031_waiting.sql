-- For whom a case waits, since when, and when its customer is reminded or it is closed.
CREATE TABLE waiting (
	case_number INTEGER PRIMARY KEY REFERENCES cases (number),
	party TEXT NOT NULL CHECK (party IN ('customer', 'others')),
	since_at INTEGER NOT NULL,
	due_at INTEGER,
	reminded INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_due ON waiting (due_at, case_number) WHERE due_at IS NOT NULL;
INSERT INTO waiting (case_number, party, since_at, due_at, reminded)
SELECT number, 'customer', updated_at, NULL, 0 FROM cases WHERE state = 'waiting';
