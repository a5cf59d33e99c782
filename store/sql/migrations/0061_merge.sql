-- Each turn of the index leaves a segment, and of a backlog merging them cost as much as making them: eight of a size become one, not four.
INSERT INTO case_words (case_words, rank) VALUES ('automerge', 8);
