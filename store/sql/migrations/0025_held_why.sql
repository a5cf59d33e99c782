-- Why an answer is held decides what sends it.
ALTER TABLE held ADD COLUMN why TEXT NOT NULL DEFAULT '';
