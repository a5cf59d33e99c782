-- Words of internal notes are looked for in what staff send, whatever the case.
CREATE INDEX note_internal ON note (id) WHERE kind = 'internal';
