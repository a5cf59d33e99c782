/*
 * The header block above an earlier mail: its lines found and its values read.
 */
#ifndef PARSER_FORWARD_HEADER_H
#define PARSER_FORWARD_HEADER_H

#include "parser/reading.h"

/* A text by lines, their quote marks taken off. */
struct forward_line {
	size_t start, next; /* of the line and of the one behind it */
	size_t depth;	    /* quote marks */
	struct span words;  /* without marks and blanks at both ends */
	bool indented;
};

/* The line at `at`, which is the start of one and before the end. */
struct forward_line forward_line_at(struct span text, size_t at);

/* Values as they stand, over several lines perhaps; p == NULL: not there. */
struct forward_header {
	struct span from, sent, to, subject;
	size_t fields; /* of any sort */
	size_t depth;  /* quote marks before its lines */
	size_t end;    /* where the line behind it starts */
};

/* The line may begin a block: it is a field. */
bool forward_is_field(struct span words);

/* The block whose first line stands at `at`. */
void forward_header_read(struct span text, size_t at, struct forward_header *ret);

/* That of Lotus Notes in two columns: name, date, then "To" and the like on lines of their own. */
bool forward_notes_read(struct span text, size_t at, struct forward_header *ret);

/* `23.11.2026, 10:00, "Otto Ende" <otto@example.com>:`, as Yandex has it. */
bool forward_sentence_read(struct span text, size_t at, struct forward_header *ret);

/* What the block says, in the arena. */
void forward_header_facts(const struct forward_header *h, struct reading *r,
			  struct facts_forwarded *ret);

#endif
