-- How many cases there are, and are open, is counted as they come and go.  A list behind IN is a table that SQLite makes and fills each
-- time a row is looked at with it: what is written for each mail says it as single comparisons.  Most cases have no owner and
-- nobody they are on behalf of, and no place in the indexes of these.
CREATE TABLE tally (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	cases INTEGER NOT NULL,
	cases_open INTEGER NOT NULL
) STRICT;
INSERT INTO tally (id, cases, cases_open)
SELECT 1, count(*), count(*) FILTER (WHERE state IN ('new', 'open', 'waiting')) FROM cases;
CREATE TRIGGER case_is_counted AFTER INSERT ON cases BEGIN
	UPDATE tally SET cases = cases + 1, cases_open = cases_open
		+ (new.state = 'new' OR new.state = 'open' OR new.state = 'waiting') WHERE id = 1;
END;
CREATE TRIGGER case_opens_or_closes AFTER UPDATE OF state ON cases
WHEN (old.state = 'new' OR old.state = 'open' OR old.state = 'waiting')
	<> (new.state = 'new' OR new.state = 'open' OR new.state = 'waiting')
BEGIN
	UPDATE tally SET cases_open = cases_open
		+ CASE WHEN new.state = 'new' OR new.state = 'open' OR new.state = 'waiting' THEN 1 ELSE -1 END WHERE id = 1;
END;

DROP INDEX cases_open;
DROP INDEX cases_open_owner;
DROP INDEX cases_open_queue;
DROP INDEX cases_owner;
DROP INDEX cases_account;
DROP INDEX cases_behalf;
CREATE INDEX cases_open ON cases (number, state) WHERE (state = 'new' OR state = 'open' OR state = 'waiting');
CREATE INDEX cases_open_owner ON cases (owner, number) WHERE (state = 'new' OR state = 'open' OR state = 'waiting') AND owner <> '';
CREATE INDEX cases_open_queue ON cases (queue, number) WHERE (state = 'new' OR state = 'open' OR state = 'waiting');
CREATE INDEX cases_owner ON cases (owner, number) WHERE owner <> '';
CREATE INDEX cases_account ON cases (account, number) WHERE account <> '';
CREATE INDEX cases_behalf ON cases (behalf, number) WHERE behalf <> '';

DROP INDEX mail_effect;
DROP INDEX mail_said;
CREATE INDEX mail_effect ON mail (identity)
	WHERE (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');
CREATE INDEX mail_said ON mail (said)
	WHERE said IS NOT NULL AND (state = 'case' OR state = 'note' OR state = 'command' OR state = 'auto-filed');

CREATE TABLE deadline_new (
	case_number INTEGER NOT NULL REFERENCES cases (number),
	clock TEXT NOT NULL,
	target TEXT NOT NULL,
	rule TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state = 'none' OR state = 'running' OR state = 'met' OR state = 'warned' OR state = 'breached'),
	started_at INTEGER,
	due_at INTEGER,
	met_at INTEGER,
	alarm_at INTEGER,
	case_open INTEGER NOT NULL,
	PRIMARY KEY (case_number, clock)
) STRICT, WITHOUT ROWID;
INSERT INTO deadline_new
SELECT case_number, clock, target, rule, state, started_at, due_at, met_at, alarm_at, case_open
FROM deadline ORDER BY case_number, clock;
DROP TABLE deadline;
ALTER TABLE deadline_new RENAME TO deadline;
CREATE INDEX deadline_alarm ON deadline (alarm_at, case_number, clock) WHERE alarm_at IS NOT NULL;
CREATE INDEX deadline_unmet ON deadline (due_at, case_number)
	WHERE case_open = 1 AND met_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX deadline_open ON deadline (due_at, case_number, clock)
	WHERE case_open = 1 AND (state = 'running' OR state = 'warned' OR state = 'breached');
