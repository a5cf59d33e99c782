-- SQLite's business: an identity costs no statement here.
SELECT 1;
