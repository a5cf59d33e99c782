-- SQLite's business: here all bytes stand in the rows, and these tables are empty.
CREATE TABLE extent (content bigint PRIMARY KEY, at bigint NOT NULL, length bigint NOT NULL);
CREATE TABLE extent_gone (at bigint PRIMARY KEY, length bigint NOT NULL);
CREATE INDEX extent_at ON extent (at);
