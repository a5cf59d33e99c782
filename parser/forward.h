/*
 * Mails inside a mail: forwarded in the text by the clients of the tables (reply_dividers.h,
 * reply_fields.h, forward_*.h), or attached.
 *
 * In the text a mail begins with its header block below a divider; a block without one counts in a
 * mail that says it forwards something or answers nothing, when it has an address or a date.  It
 * ends where the text ends, where its quote marks end, or at a line that says so.  Mails inside
 * each other each reach to the end of the outer one.
 */
#ifndef PARSER_FORWARD_H
#define PARSER_FORWARD_H

#include "parser/mime.h"

/* Sets f->forwarded from f->text, and what else of it tells an answer: call it last. */
void forward_find(struct reading *r, struct facts *f);

/* Adds the mail that the part is, which became attachment `index`; one without a sender is none. */
void forward_add_attached(const struct part *p, size_t index, struct headers *scratch,
			  struct reading *r, struct facts *f);

#endif
