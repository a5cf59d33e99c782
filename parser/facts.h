/*
 * What a mail says, as plain facts: flat, bounded, UTF-8.
 *
 * The parser makes this record from bytes, the parse child sends it encoded, core decodes it and
 * believes nothing that matters (identity comes from the raw header, see
 * gatewayd/identity/identity.h).  The meaning of each field is that of the key of the same name in
 * `gatewayctl parse`.  All spans are valid UTF-8 without NUL, and belong to the arena that the
 * record was made or decoded in.
 */
#ifndef PARSER_FACTS_H
#define PARSER_FACTS_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

/* Kind of mail, in order of precedence. */
enum facts_kind { FACTS_HUMAN, FACTS_BOUNCE, FACTS_AUTO_REPLY, FACTS_BULK, FACTS_KIND_COUNT };
const char *facts_kind_name(enum facts_kind kind); /* "human", "bounce", "auto-reply", "bulk" */

enum facts_source { FACTS_NONE, FACTS_PLAIN, FACTS_HTML, FACTS_MIXED, FACTS_SOURCE_COUNT };
const char *facts_source_name(enum facts_source source);

/* Limits; past each the rest is left out and the defect named beside it is set. */
enum {
	FACTS_REFERENCES_MAX = 1000,	  /* too-many-references */
	FACTS_ADDRESSES_MAX = 1000,	  /* a list; too-many-addresses */
	FACTS_ATTACHMENTS_MAX = 1000,	  /* too-many-parts */
	FACTS_RECIPIENTS_MAX = 1000,	  /* of a bounce; too-many-addresses */
	FACTS_FIELD_MAX = 64 * 1024,	  /* bytes of a decoded header value; long-header */
	FACTS_TEXT_MAX = 4 * 1024 * 1024, /* bytes of text; text-cut */
};

/* Everything that can be wrong with a mail and does not stop it: X(ID, token). */
#define FACTS_DEFECTS(X)                                    \
	X(BAD_BASE64, "bad-base64")                         \
	X(BAD_QUOTED_PRINTABLE, "bad-quoted-printable")     \
	X(BAD_UUENCODE, "bad-uuencode")                     \
	X(BAD_CHARSET, "bad-charset")                       \
	X(UNKNOWN_CHARSET, "unknown-charset")               \
	X(BAD_DATE, "bad-date")                             \
	X(BAD_ADDRESS, "bad-address")                       \
	X(BAD_ENCODED_WORD, "bad-encoded-word")             \
	X(BAD_HEADER_LINE, "bad-header-line")               \
	X(BAD_PARAMETER, "bad-parameter")                   \
	X(BAD_CONTENT_TYPE, "bad-content-type")             \
	X(BAD_MESSAGE_ID, "bad-message-id")                 \
	X(UNKNOWN_ENCODING, "unknown-encoding")             \
	X(MISSING_BOUNDARY, "missing-boundary")             \
	X(UNTERMINATED_MULTIPART, "unterminated-multipart") \
	X(DUPLICATE_HEADER, "duplicate-header")             \
	X(RAW_8BIT_HEADER, "raw-8bit-header")               \
	X(NUL_BYTE, "nul-byte")                             \
	X(BAD_HTML, "bad-html")                             \
	X(BAD_TNEF, "bad-tnef")                             \
	X(NO_HEADER, "no-header")                           \
	X(TOO_DEEP, "too-deep")                             \
	X(TOO_MANY_PARTS, "too-many-parts")                 \
	X(TOO_MANY_HEADERS, "too-many-headers")             \
	X(TOO_MANY_ADDRESSES, "too-many-addresses")         \
	X(TOO_MANY_REFERENCES, "too-many-references")       \
	X(TOO_MANY_PARAMETERS, "too-many-parameters")       \
	X(LONG_HEADER, "long-header")                       \
	X(TEXT_CUT, "text-cut")                             \
	X(HTML_CUT, "html-cut")                             \
	X(TNEF_CUT, "tnef-cut")

enum facts_defect {
#define X(id, token) FACTS_##id,
	FACTS_DEFECTS(X)
#undef X
	    FACTS_DEFECT_COUNT,
};
_Static_assert(FACTS_DEFECT_COUNT <= 64, "defects are bits of a uint64_t");
const char *facts_defect_name(enum facts_defect defect);

struct facts_address {
	struct span name;
	struct span address; /* "" when unusable */
};

struct facts_addresses {
	struct facts_address *v;
	size_t n;
};

struct facts_recipient { /* of a bounce; no value: p == NULL */
	struct span address, action, status, diagnostic;
};

struct facts_attachment {
	struct span filename; /* p == NULL: none */
	struct span content_type;
	struct span content_id; /* p == NULL: none */
	uint64_t offset, size;	/* where the decoded bytes stand in the parse output's body */
	bool is_inline;
	bool from_tnef;
};

struct facts {
	struct span message_id, in_reply_to; /* p == NULL: none */
	struct span *references;
	size_t reference_count;
	bool has_date;
	int64_t date_at;
	struct facts_addresses from, reply_to, to, cc;
	struct span subject; /* p == NULL: no such field */
	enum facts_kind kind;
	struct span kind_reason;
	struct facts_recipient *recipients; /* of a bounce */
	size_t recipient_count;
	struct span original_message_id; /* of a bounce; p == NULL: not known */
	struct span text;
	enum facts_source text_source;
	struct span reply;
	struct facts_attachment *attachments;
	size_t attachment_count;
	uint64_t defects; /* bit 1 << enum facts_defect */
};

/*
 * The record as bytes, for the way from the parse child to core.  Decoding trusts nothing: every
 * length is checked before it is read, every count against its limit, every text for UTF-8, every
 * attachment against body_size, and the whole input must be consumed; what does not fit is
 * ERR_PERM.
 */
void facts_encode(const struct facts *f, struct buf *out);
int facts_decode(struct span bytes, uint64_t body_size, struct arena *arena,
		 struct facts *ret_facts, struct err *e);

#endif
