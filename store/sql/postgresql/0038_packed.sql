-- What is kept in fewer bytes than its size is packed (zstd): contents from here on, and lines that staff were shown.
ALTER TABLE shown ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shown ALTER COLUMN lines TYPE BYTEA USING convert_to(lines, 'UTF8');
UPDATE shown SET size = length(lines);
