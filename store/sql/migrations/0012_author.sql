-- What the head of a mail says of its author, and what in it could mislead; '': nothing.
ALTER TABLE note ADD COLUMN author TEXT NOT NULL DEFAULT '';
-- Domains of about the length of one that may look like them.
CREATE INDEX domain_length ON domain (length(domain));
