-- Columns have CHECKs here, which SQLite reads once.
SELECT 1;
