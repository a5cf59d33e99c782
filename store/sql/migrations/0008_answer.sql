-- What staff were shown of a case, to tell it apart in their answers from what they wrote.
CREATE TABLE shown (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	until_at INTEGER NOT NULL,
	lines TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX shown_lines ON shown (case_number, sha256);
CREATE INDEX shown_case ON shown (case_number, id);
CREATE INDEX shown_until ON shown (until_at);

-- Answers of staff that were not sent; due_at: when the queue is told, NULL: it was.
CREATE TABLE held (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	note_id INTEGER NOT NULL REFERENCES note (id),
	staff TEXT NOT NULL,
	held_at INTEGER NOT NULL,
	due_at INTEGER,
	state TEXT NOT NULL CHECK (state IN ('held', 'sent', 'replaced'))
) STRICT;
CREATE UNIQUE INDEX held_note ON held (note_id);
CREATE INDEX held_case ON held (case_number, id) WHERE state = 'held';
CREATE INDEX held_due ON held (due_at, id) WHERE state = 'held' AND due_at IS NOT NULL;
