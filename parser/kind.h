/*
 * Human, automatic answer, bounce or bulk: what kind of mail it is, and for a bounce whom it is
 * about.
 *
 * The rules and their order are those of "Kind" in parser/README.md; what is particular to a
 * language or a mail system is a row of the tables in parser/tables/ (kind_*.h, bounce_*.h).
 */
#ifndef PARSER_KIND_H
#define PARSER_KIND_H

#include "gatewayd/base/units.h"
#include "parser/facts.h"

struct headers;

/* Limits; what lies past them is not looked at. */
enum {
	KIND_PART_TEXT_MAX = 256 * KIB, /* bytes of a part that are of use here */
	KIND_PARTS_MAX = 64,
};

/*
 * A leaf part, in the order of the message.  message/rfc822, message/rfc822-headers and
 * text/rfc822-headers are leaves; their text is what stands in them, header first, transfer
 * encoding undone.
 */
struct kind_part {
	struct span content_type; /* "type/subtype", lower case, no parameters */
	/*
	 * For text/ and message/, and for a multipart/ that is a leaf because its boundary is
	 * nowhere: the first KIND_PART_TEXT_MAX bytes, transfer encoding undone, as UTF-8, line
	 * ends as they come; of text/html the plain text made of it.  Else empty.
	 */
	struct span text;
};

struct kind_input {
	const struct headers *headers; /* of the top */
	struct span content_type;      /* of the top: "multipart/report" */
	struct span report_type;       /* its parameter, lower case, or empty */
	const struct kind_part *parts;
	size_t part_count;
};

/*
 * facts holds already: from, to, subject, text, and its other header facts.  Sets kind,
 * kind_reason, recipients and original_message_id, and may add the defect too-many-addresses.  What
 * it makes lives in the arena.
 */
void kind_decide(const struct kind_input *in, struct arena *arena, struct facts *facts);

#endif
