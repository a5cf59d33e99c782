/*
 * The leaves of a message turned into its text and its attachments, in the order of the mail.
 */
#ifndef PARSER_LEAF_H
#define PARSER_LEAF_H

#include "parser/files.h"
#include "parser/html.h"
#include "parser/kind.h"
#include "parser/mime.h"
#include "parser/parser.h"

/* What is made of the leaves, besides the facts; kept from mail to mail for its memory. */
struct leaf_output {
	struct buf text; /* max FACTS_TEXT_MAX */
	struct html_hints hints;
	struct files_mails mails;
	struct kind_part kind_parts[KIND_PARTS_MAX];
	size_t kind_from[KIND_PARTS_MAX]; /* of a part that is text: where it begins in `text` */
	size_t kind_count;
};

/* Sets text, text_source and attachments of *f, and writes the attachments to the sink (may be
 * NULL). */
void leaf_read_all(const struct mime *m, struct params *scratch, const struct parser_sink *sink,
		   struct reading *r, struct leaf_output *output, struct facts *f);

/* The leaves as kind_decide() wants them, valid until the next mail. */
const struct kind_part *leaf_kind_parts(const struct leaf_output *output, size_t *ret_count);

#endif
