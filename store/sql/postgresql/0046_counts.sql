-- What status counts of accounts and articles: as they come and go.
ALTER TABLE tally ADD COLUMN accounts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN articles BIGINT NOT NULL DEFAULT 0;
UPDATE tally SET accounts = (SELECT count(*) FROM account), articles = (SELECT count(*) FROM article);
CREATE FUNCTION account_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET accounts = accounts + CASE tg_op WHEN 'INSERT' THEN 1 ELSE -1 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER account_is_counted AFTER INSERT OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_is_counted();
CREATE FUNCTION article_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tally SET articles = articles + CASE tg_op WHEN 'INSERT' THEN 1 ELSE -1 END WHERE id = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER article_is_counted AFTER INSERT OR DELETE ON article FOR EACH ROW EXECUTE FUNCTION article_is_counted();

-- They are packed (store/pack.h) where that pays: packing them once more is tried in vain.
ALTER TABLE content ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE shown ALTER COLUMN lines SET STORAGE EXTERNAL;
ALTER TABLE note ALTER COLUMN words SET STORAGE EXTERNAL;
