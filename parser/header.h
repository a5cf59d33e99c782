/*
 * A header block as a table of raw fields (RFC 5322 section 2.2), with the repair rules of the
 * contract.
 *
 * Names and values are spans of the mail; a value has its folds still in it and no white space at
 * the ends.  The table keeps LIMIT_HEADERS fields.  A `struct headers` is reused from part to part.
 */
#ifndef PARSER_HEADER_H
#define PARSER_HEADER_H

#include "parser/reading.h"

/* The fields that the parser itself reads: X(ID, name in lower case, may occur once). */
#define HEADER_KNOWN(X)                                     \
	X(TO, "to", false)                                  \
	X(CC, "cc", false)                                  \
	X(FROM, "from", true)                               \
	X(DATE, "date", true)                               \
	X(SUBJECT, "subject", true)                         \
	X(REPLY_TO, "reply-to", true)                       \
	X(REFERENCES, "references", true)                   \
	X(MESSAGE_ID, "message-id", true)                   \
	X(CONTENT_ID, "content-id", true)                   \
	X(IN_REPLY_TO, "in-reply-to", true)                 \
	X(CONTENT_TYPE, "content-type", true)               \
	X(CONTENT_DISPOSITION, "content-disposition", true) \
	X(CONTENT_TRANSFER_ENCODING, "content-transfer-encoding", true)

enum header_id {
#define X(id, name, once) HEADER_##id,
	HEADER_KNOWN(X)
#undef X
	    HEADER_ID_COUNT,
	HEADER_OTHER = HEADER_ID_COUNT,
};

struct boundaries;

struct header {
	struct span name, value;
	enum header_id id;
};

struct headers {
	struct header *v; /* from malloc */
	size_t n, cap;
	int first[HEADER_ID_COUNT]; /* index in v, -1: none */
};

void headers_init(struct headers *h);
void headers_release(struct headers *h);

/*
 * Fills h from the header block at the start of *raw and moves *raw to the body.  Of a message a
 * leading mbox "From " line and leading blank lines are skipped.  That of a part ends at the latest
 * before a delimiter line of an open multipart.
 */
void headers_read_message(struct headers *h, struct span *raw, struct reading *r);
void headers_read_part(struct headers *h, struct span *raw, const struct boundaries *open,
		       struct reading *r);

/* Without the byte order mark, blank lines and mbox "From " lines that some store before the
 * header. */
struct span headers_skip_envelope(struct span raw);

/* The first field of that name (any case), or NULL. */
const struct header *header_find(const struct headers *h, const char *name);
/* The first value of a known field; p == NULL when there is none. */
struct span header_value(const struct headers *h, enum header_id id);

#endif
