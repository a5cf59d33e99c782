-- Who did what: gatewayctl, staff by mail, sign-ins on the web pages.  A row that is written stays.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	channel TEXT NOT NULL CHECK (channel IN ('control', 'store', 'mail', 'web')),
	who TEXT NOT NULL,
	action TEXT NOT NULL,
	case_number INTEGER,
	detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_case ON audit (case_number, id) WHERE case_number IS NOT NULL;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
	SELECT raise(ABORT, 'the audit is only added to');
END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN
	SELECT raise(ABORT, 'the audit is only added to');
END;
-- What addresses are hashed with where they may not stand in clear.
INSERT INTO meta (key, value) VALUES ('person-key', randomblob(32));
