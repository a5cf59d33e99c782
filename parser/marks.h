/*
 * What a mail says of itself, whatever its kind is: the marks of the contract.
 *
 * Tables: marks_headers.h, marks_words.h.  The list with its meanings is "Marks" in
 * parser/README.md.
 */
#ifndef PARSER_MARKS_H
#define PARSER_MARKS_H

#include "parser/kind_mail.h"

/* The header fields that make a mail an automatic answer or bulk; NULL: there is none. */
struct marks_fields {
	const char *auto_reply;
	const char *bulk;
};

/* Sets facts->marks.  Of facts from, subject, text and the attachments are read. */
void marks_read(const struct kind_input *in, enum kind_sender sender, struct facts *facts,
		struct marks_fields *ret_fields);

/* "<>" in any form: what mail systems put there for a mail that nobody may answer. */
bool marks_is_null_path(struct span return_path);

#endif
