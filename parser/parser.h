/*
 * Any bytes to facts.  Total: there is no input that fails, only input with defects.
 *
 * Runs without files and network, so that it can live in the sealed child; parser_open() is called
 * before the seal and loads what comes from disk (the charset converters).  One parser serves any
 * number of mails, one after the other; it is not shared between threads.
 */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include "parser/facts.h"

struct parser;

struct parser *parser_new(void);
void parser_free(struct parser **p);

/*
 * Where decoded attachments go, in pieces, while the mail is read.  Attachment i's bytes are all
 * those written between the begin() and end() of the same index; begin() comes in order of the
 * list, and one attachment is ended before the next begins.  Any function may be NULL.
 */
struct parser_sink {
	void (*begin)(void *ctx, size_t index);
	void (*write)(void *ctx, struct span piece);
	void (*end)(void *ctx, size_t index);
	void *ctx;
	/* The raw mail: long attachments that stand in it as they are, or in base64 without a
	 * fault, are not written, and have no begin() and end(); p == NULL: all are written. */
	struct span mail;
};

/*
 * The facts and all they point to live in `arena` or in `raw`; both must outlive them.  The offsets
 * of the attachments count from 0 in the order of the list, as if all pieces were written one after
 * the other.
 */
void parser_parse(struct parser *p, struct span raw, const struct parser_sink *sink,
		  struct arena *arena, struct facts *ret_facts);

#endif
