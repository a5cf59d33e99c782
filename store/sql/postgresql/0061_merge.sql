-- SQLite's business: words stand in the rows themselves.
SELECT 1;
