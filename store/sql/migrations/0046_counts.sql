-- What status counts of accounts and articles: as they come and go.
ALTER TABLE tally ADD COLUMN accounts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN articles INTEGER NOT NULL DEFAULT 0;
UPDATE tally SET accounts = (SELECT count(*) FROM account), articles = (SELECT count(*) FROM article);
CREATE TRIGGER account_comes AFTER INSERT ON account BEGIN
	UPDATE tally SET accounts = accounts + 1 WHERE id = 1;
END;
CREATE TRIGGER account_goes AFTER DELETE ON account BEGIN
	UPDATE tally SET accounts = accounts - 1 WHERE id = 1;
END;
CREATE TRIGGER article_comes AFTER INSERT ON article BEGIN
	UPDATE tally SET articles = articles + 1 WHERE id = 1;
END;
CREATE TRIGGER article_goes AFTER DELETE ON article BEGIN
	UPDATE tally SET articles = articles - 1 WHERE id = 1;
END;
