/*
 * TNEF (MS-OXTNEF): the files in a winmail.dat, and the body of the message in it, as a file.
 *
 * A bounded reader of the few attributes needed: title, data and MAPI properties of attachments
 * (long and Unicode names, type, content id), and of the message its bodies: HTML and RTF come as
 * message.html and message.rtf, plain text as message.txt.  At most LIMIT_TNEF_FILES files; every
 * length is checked against what is there; only RTF is expanded, at most to what it says of itself
 * and LIMIT_DECODED bytes.
 */
#ifndef PARSER_TNEF_H
#define PARSER_TNEF_H

#include "parser/reading.h"

/* What is a body of the message; the later ones say more of how it looks. */
enum tnef_body { TNEF_FILE, TNEF_PLAIN, TNEF_RTF, TNEF_HTML };

struct tnef_file {
	struct span name;	/* UTF-8, may be empty */
	struct span type;	/* "type/subtype", lower case, may be empty */
	struct span content_id; /* p == NULL: none */
	enum tnef_body body;
	struct span charset; /* label of the code page of a plain or HTML body */
	struct span data;    /* of the stream, or in r->text until found() returns */
};

/*
 * Calls found() for each file; what cannot be read ends it with bad-tnef, a limit with tnef-cut.
 * Uses r->text, so that the stream may lie in r->bytes.
 */
void tnef_read(struct span stream, struct reading *r,
	       void (*found)(void *ctx, const struct tnef_file *file), void *ctx);

#endif
