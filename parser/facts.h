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
#include "gatewayd/base/units.h"

/* Kind of mail, in order of precedence. */
enum facts_kind { FACTS_HUMAN, FACTS_BOUNCE, FACTS_AUTO_REPLY, FACTS_BULK, FACTS_KIND_COUNT };
const char *facts_kind_name(enum facts_kind kind); /* "human", "bounce", "auto-reply", "bulk" */

/* What the text was made of; TNEF and SMIME: it stood only inside such a part. */
enum facts_source {
	FACTS_NONE,
	FACTS_PLAIN,
	FACTS_HTML,
	FACTS_MIXED,
	FACTS_TNEF,
	FACTS_SMIME,
	FACTS_SOURCE_COUNT
};
const char *facts_source_name(enum facts_source source);

/* What a mail says of itself, whatever its kind is: X(ID, token). */
#define FACTS_MARKS(X)                                               \
	X(LIST_ID, "list-id")                                        \
	X(LIST_UNSUBSCRIBE, "list-unsubscribe")                      \
	X(PRECEDENCE_BULK, "precedence:bulk")                        \
	X(PRECEDENCE_LIST, "precedence:list")                        \
	X(PRECEDENCE_JUNK, "precedence:junk")                        \
	X(PRECEDENCE_AUTO_REPLY, "precedence:auto-reply")            \
	X(AUTO_GENERATED, "auto-submitted:auto-generated")           \
	X(AUTO_REPLIED, "auto-submitted:auto-replied")               \
	X(AUTO_NOTIFIED, "auto-submitted:auto-notified")             \
	X(AUTO_SUBMITTED, "auto-submitted:other")                    \
	X(AUTO_RESPONSE_SUPPRESS, "auto-response-suppress")          \
	X(AUTOREPLY, "autoreply")     /* X-Autoreply and its like */ \
	X(NULL_SENDER, "null-sender") /* Return-Path: <> */          \
	X(MAILER_DAEMON, "mailer-daemon")                            \
	X(RECEIPT, "receipt")                                        \
	X(FEEDBACK, "feedback")                                      \
	X(LOOP, "loop") /* another ticket system's mark */           \
	X(CRM, "crm")                                                \
	X(MONITORING, "monitoring")                                  \
	X(CALENDAR_REQUEST, "calendar:request")                      \
	X(CALENDAR_REPLY, "calendar:reply")                          \
	X(CALENDAR_COUNTER, "calendar:counter")                      \
	X(CALENDAR_CANCEL, "calendar:cancel")                        \
	X(CALENDAR_PUBLISH, "calendar:publish")                      \
	X(REACTION, "reaction")                                      \
	X(SPAM, "spam")                                              \
	X(ENCRYPTED, "encrypted")                                    \
	X(SIGNED, "signed")

enum facts_mark {
#define X(id, token) FACTS_MARK_##id,
	FACTS_MARKS(X)
#undef X
	    FACTS_MARK_COUNT,
};
_Static_assert(FACTS_MARK_COUNT < 64, "marks are bits of a uint64_t");
const char *facts_mark_name(enum facts_mark mark);
static inline uint64_t facts_mark_bit(enum facts_mark mark)
{
	return (uint64_t)1 << mark;
}

/* Why a stretch of the text is no part of the reply: X(ID, token). */
#define FACTS_CUTS(X)                   \
	X(ATTRIBUTION, "attribution")   \
	X(QUOTE, "quote")               \
	X(HEADER_BLOCK, "header-block") \
	X(FORWARDED, "forwarded")       \
	X(SIGNATURE, "signature")       \
	X(FOOTER, "footer")             \
	X(MARKER, "marker")

enum facts_cut_why {
#define X(id, token) FACTS_CUT_##id,
	FACTS_CUTS(X)
#undef X
	    FACTS_CUT_COUNT,
};
const char *facts_cut_why_name(enum facts_cut_why why);

/* What an attachment is for, as far as the mail tells: X(ID, token). */
#define FACTS_ROLES(X)                                \
	X(FILE, "file")                               \
	X(SIGNATURE, "signature") /* S/MIME or PGP */ \
	X(ENCRYPTED, "encrypted")                     \
	X(CALENDAR, "calendar")                       \
	X(MESSAGE, "message")                         \
	X(REPORT, "report")                           \
	X(HEADERS, "headers")

enum facts_role {
#define X(id, token) FACTS_ROLE_##id,
	FACTS_ROLES(X)
#undef X
	    FACTS_ROLE_COUNT,
};
const char *facts_role_name(enum facts_role role);

/* Limits; past each the rest is left out and the defect named beside it is set. */
enum {
	FACTS_REFERENCES_MAX = 1000,  /* too-many-references */
	FACTS_ADDRESSES_MAX = 1000,   /* a list; too-many-addresses */
	FACTS_ATTACHMENTS_MAX = 1000, /* too-many-parts */
	FACTS_STANDING_MAX = 32, /* attachments that stand in the raw mail; others are decoded */
	FACTS_RECIPIENTS_MAX = 1000, /* of a bounce; too-many-addresses */
	FACTS_FORWARDED_MAX = 100,   /* mails inside this one; too-many-parts */
	FACTS_CUTS_MAX = 1000,	     /* stretches; what follows the last one stays in reply */
	FACTS_FIELD_MAX = 64 * KIB,  /* bytes of a decoded header value; long-header */
	FACTS_TEXT_MAX = 4 * MIB,    /* bytes of text; text-cut */
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
	X(TNEF_CUT, "tnef-cut")                             \
	X(CHARSET_GUESSED, "charset-guessed")

enum facts_defect {
#define X(id, token) FACTS_##id,
	FACTS_DEFECTS(X)
#undef X
	    FACTS_DEFECT_COUNT,
};
_Static_assert(FACTS_DEFECT_COUNT < 64, "defects are bits of a uint64_t");
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

/* Where the bytes of an attachment are: in the parse output's body, decoded; or in the raw mail, as
 * they are or in base64 (base64_measure() says their size), and in no body. */
enum facts_standing { FACTS_DECODED, FACTS_RAW, FACTS_RAW_BASE64, FACTS_STANDING_COUNT };

struct facts_attachment {
	struct span filename; /* p == NULL: none */
	struct span content_type;
	struct span content_id; /* p == NULL: none */
	uint64_t offset, size;	/* of the decoded bytes, in the parse output's body */
	bool is_inline;
	bool from_tnef;
	enum facts_role role;
	enum facts_standing standing;
	uint64_t raw_offset, raw_length; /* but for FACTS_DECODED: where it stands in the raw mail,
					  * behind the one before it that does */
};

/* A stretch of the text: bytes, never cutting a character. */
struct facts_cut {
	uint64_t offset, length; /* length > 0 */
	enum facts_cut_why why;
};

enum facts_place { FACTS_INLINE, FACTS_ATTACHED, FACTS_PLACE_COUNT };

/* A mail inside this one; what of its header is not there is empty. */
struct facts_forwarded {
	struct facts_address from;
	struct facts_addresses to;
	struct span subject; /* p == NULL: none */
	bool has_date;
	int64_t date_at;
	enum facts_place place;
	uint64_t offset, length; /* inline: its words, as bytes of the text */
	size_t attachment;	 /* attached: index into attachments */
	struct span text; /* attached: its text, of all together at most FACTS_TEXT_MAX bytes */
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
	uint64_t marks;			    /* bit 1 << enum facts_mark */
	struct facts_recipient *recipients; /* of a bounce */
	size_t recipient_count;
	struct span original_message_id; /* of a bounce; p == NULL: not known */
	struct span text;
	enum facts_source text_source;
	struct span reply;
	struct facts_cut *reply_cuts; /* in order, none touching the one before */
	size_t reply_cut_count;
	struct facts_forwarded *forwarded; /* may lie inside each other */
	size_t forwarded_count;
	struct facts_attachment *attachments;
	size_t attachment_count;
	uint64_t defects; /* bit 1 << enum facts_defect */
};

/*
 * The record as bytes, for the way from the parse child to core.  Decoding trusts nothing: every
 * length is checked before it is read, every count against its limit, every text for UTF-8, every
 * attachment against body_size and raw_size (0: none stands in the raw mail), every stretch against
 * the text, and the whole input must be consumed; what does not fit is ERR_PERM.  What stands in
 * the raw mail lies there side by side; whether it comes to its size is not known here.
 */
void facts_encode(const struct facts *f, struct buf *out);
int facts_decode(struct span bytes, uint64_t body_size, uint64_t raw_size, struct arena *arena,
		 struct facts *ret_facts, struct err *e);

#endif
