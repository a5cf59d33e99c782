-- How a participant came to be one: see STORE_ORIGINS.  Until now there were only those of merged cases.
ALTER TABLE participant ADD COLUMN origin TEXT NOT NULL DEFAULT 'merged';
-- The address of ours that the requester wrote to; '' when it is not known.
ALTER TABLE cases ADD COLUMN written_to TEXT NOT NULL DEFAULT '';
-- The first address of a person who has several; '' for who has one.
ALTER TABLE contact ADD COLUMN person TEXT NOT NULL DEFAULT '';
-- What proven mails of a case answer that never came to us, and what others call the case.
CREATE TABLE thread (
	key TEXT NOT NULL,
	case_number INTEGER NOT NULL REFERENCES cases (number),
	PRIMARY KEY (key, case_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_case ON thread (case_number);
