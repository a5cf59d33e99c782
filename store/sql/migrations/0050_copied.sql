-- A file gives a content the number behind the last.
SELECT 1;
