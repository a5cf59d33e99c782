-- Whose turn it was last, of rules that give cases by turns.
CREATE TABLE turn (
	rule TEXT PRIMARY KEY,
	staff TEXT NOT NULL
) STRICT, WITHOUT ROWID;
