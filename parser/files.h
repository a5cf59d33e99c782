/*
 * The attachments of a message: in the record, and their bytes to the sink.
 */
#ifndef PARSER_FILES_H
#define PARSER_FILES_H

#include "parser/mime.h"
#include "parser/parser.h"
#include "parser/pgp.h"
#include "parser/tnef.h"

/* Mails among the attachments, but for those that a report returns. */
struct files_mails {
	struct {
		const struct part *part;
		size_t index; /* of the attachment */
	} v[FACTS_FORWARDED_MAX];
	size_t n;
};

struct files {
	const struct mime *mime;
	struct params *params; /* scratch */
	const struct parser_sink *sink;
	struct reading *r;
	struct facts *f;	/* attachments are added to it */
	uint64_t offset;	/* of the next attachment's bytes */
	size_t standing, stood; /* attachments that stand in the raw mail, and their end in it */
	struct files_mails *mails;
	struct tnef_file text; /* the best body that a TNEF had; a TNEF_FILE: none */
};

/* A leaf of the message, and behind a TNEF what is in it. */
void files_add_part(struct files *files, const struct part *p);

/* For uuencode_cut() and pgp_cut(), with a struct files as ctx.  r->bytes stays as it is. */
void files_add_uuencoded(void *files, struct span name, struct span lines);
void files_add_pgp(void *files, enum pgp_block block, struct span bytes);

#endif
