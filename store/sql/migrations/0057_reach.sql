-- What is known of who asked stands in the case: a row of its own was one more for each.  Of older cases it stands in reach, as all that is
-- learned later does, and the higher of both counts.
ALTER TABLE cases ADD COLUMN requester_reach INTEGER NOT NULL DEFAULT 0;
