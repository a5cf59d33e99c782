-- In which language people are written to; '' when nothing is known.
ALTER TABLE cases ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT '';
