-- How many cases there are, and are open, is counted as they come and go.  Most cases have no owner and nobody they are on behalf of,
-- and no place in the indexes of these.
CREATE TABLE tally (
	id BIGINT PRIMARY KEY CHECK (id = 1),
	cases BIGINT NOT NULL,
	cases_open BIGINT NOT NULL
);
INSERT INTO tally (id, cases, cases_open)
SELECT 1, count(*), count(*) FILTER (WHERE state IN ('new', 'open', 'waiting')) FROM cases;
CREATE FUNCTION case_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET cases = cases + 1, cases_open = cases_open
		+ CASE WHEN new.state IN ('new', 'open', 'waiting') THEN 1 ELSE 0 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER case_is_counted AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_is_counted();
CREATE FUNCTION case_opens_or_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET cases_open = cases_open
		+ CASE WHEN new.state IN ('new', 'open', 'waiting') THEN 1 ELSE -1 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER case_opens_or_closes AFTER UPDATE OF state ON cases FOR EACH ROW
WHEN ((old.state IN ('new', 'open', 'waiting')) <> (new.state IN ('new', 'open', 'waiting')))
EXECUTE FUNCTION case_opens_or_closes();

DROP INDEX cases_open_owner;
DROP INDEX cases_owner;
DROP INDEX cases_account;
DROP INDEX cases_behalf;
CREATE INDEX cases_open_owner ON cases (owner, number) WHERE state IN ('new', 'open', 'waiting') AND owner <> '';
CREATE INDEX cases_owner ON cases (owner, number) WHERE owner <> '';
CREATE INDEX cases_account ON cases (account, number) WHERE account <> '';
CREATE INDEX cases_behalf ON cases (behalf, number) WHERE behalf <> '';
