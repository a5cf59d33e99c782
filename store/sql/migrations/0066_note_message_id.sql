-- What has a Message-ID is a mail's note, and found by the mail: a second index of the same Message-IDs is a page more that each mail changes.
DROP INDEX note_message_id;
