-- What a note says, packed: its text and, where that is another one, behind a NUL its reply.  Older ones say it in text and reply.
ALTER TABLE note ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE note ADD COLUMN words BLOB NOT NULL DEFAULT x'';
