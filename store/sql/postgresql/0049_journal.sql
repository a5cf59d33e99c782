-- SQLite's business: PostgreSQL copies no pages to take a statement back.
SELECT 1;
