-- When an account was mailed recommendations last: at most one such mail a week.
CREATE TABLE recommend_last (
	account TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO recommend_last (account, at)
SELECT account, max(told_at) FROM property WHERE told_at IS NOT NULL GROUP BY account;

-- What was imported since its property's mail was never told.
UPDATE property SET told_at = NULL WHERE live_at IS NOT NULL AND told_at IS NOT NULL AND EXISTS (
	SELECT 1 FROM recommendation r
	WHERE r.account = property.account AND r.property = property.name AND r.state = 'open'
		AND r.at > property.told_at);
