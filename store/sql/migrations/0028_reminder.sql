-- What staff want to be reminded of, and when.
CREATE TABLE reminder (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	staff TEXT NOT NULL,
	due_at INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX reminder_due ON reminder (due_at, id);
CREATE INDEX reminder_case ON reminder (case_number, staff);
