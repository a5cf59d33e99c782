/*
 * Part of store.h: the log of a case: its notes with their attachments, and its events.
 */
#ifndef STORE_STORE_NOTE_H
#define STORE_STORE_NOTE_H

#include "store/store_place.h"

#define STORE_NOTE_KINDS(X)          \
	X(NOTE_INBOUND, "inbound")   \
	X(NOTE_OUTBOUND, "outbound") \
	X(NOTE_INTERNAL, "internal") \
	X(NOTE_SYSTEM, "system")
enum note_kind {
#define X(id, name) id,
	STORE_NOTE_KINDS(X)
#undef X
	    NOTE_KIND_COUNT,
};
const char *note_kind_name(enum note_kind kind);

/* How sure we are of a note's author: the level of a mail's sender, or where else it came from. */
#define STORE_NOTE_TRUSTS(X)                                                          \
	X(NOTE_TRUST_L0, "L0")                                                        \
	X(NOTE_TRUST_L1, "L1")                                                        \
	X(NOTE_TRUST_L2, "L2")                                                        \
	X(NOTE_TRUST_L3, "L3")                                                        \
	X(NOTE_TRUST_STAFF, "staff")                                                  \
	X(NOTE_TRUST_OPERATOR, "operator")                                            \
	X(NOTE_TRUST_SYSTEM, "system")                                                \
	X(NOTE_TRUST_AUTOMATIC, "automatic")   /* a machine's mail */                 \
	X(NOTE_TRUST_UNVERIFIED, "unverified") /* from a staff address, not proven */ \
	X(NOTE_TRUST_OUTSIDE, "outside")       /* of who is not in the conversation */
enum note_trust {
#define X(id, name) id,
	STORE_NOTE_TRUSTS(X)
#undef X
	    NOTE_TRUST_COUNT,
};
const char *note_trust_name(enum note_trust trust);

/* Both texts of a note whose words do not unpack, or are not UTF-8: it is shown, and holds up no
 * other. */
#define STORE_NOTE_DAMAGED "(damaged: it cannot be read)"

struct store_note {
	int64_t id, case_number;
	enum note_kind kind;
	int64_t at;
	struct span author_name, author_address;
	enum note_trust trust;
	struct span author; /* what is known of them: gatewayd/case/author.h; "": nothing */
	struct span text, reply;
	struct span message_id; /* "" when there is none */
	int64_t mail_id;	/* 0: not from a mail */
	bool damaged;		/* store_note_add(): ignored */
};
int store_note_add(struct store *s, const struct store_note *n, int64_t *ret_id, struct err *e);
/* More was proven of its author since. */
int store_note_prove(struct store *s, int64_t id, enum note_trust trust, struct span author,
		     struct err *e);
/* Of the case and of those that were merged into it. */
int store_note_list(struct store *s, int64_t number, struct arena *a, struct store_note **ret_v,
		    size_t *ret_n, struct err *e); /* oldest first */
/* The words of internal notes of all cases but that one, by staff or the operator, but for answers
 * that were held; the newest first, at most `limit`. */
int store_note_internal(struct store *s, int64_t but, int limit, struct arena *a,
			struct span **ret_v, size_t *ret_n, struct err *e);
/* Appends what people wrote, without quotes, a note a line: of the first note and then from the
 * newest back, each to `chars_max`, as many as there is room for; none that is damaged. */
int store_note_words(struct store *s, int64_t number, int chars_max, struct buf *out,
		     struct err *e);
/* Those of that trust with a time behind since_at. */
int store_note_count(struct store *s, int64_t number, enum note_trust trust, int64_t since_at,
		     int64_t *ret_n, struct err *e);
/* One is of that address, and our server vouched for it. */
int store_note_proven(struct store *s, int64_t number, struct span address, bool *ret_proven,
		      struct err *e);
/* Those below that id, the newest first; before 0: of all. */
int store_note_page(struct store *s, int64_t number, int64_t before, int limit, struct arena *a,
		    struct store_note **ret_v, size_t *ret_n, struct err *e);
/* With its files and its mail. */
int store_note_move(struct store *s, int64_t id, int64_t to_case, struct err *e);
/* Of all cases, the one with a note of that Message-ID, inbound or outbound, which its mail names
 * (of the first that came, so that a copied Message-ID draws nothing away); 0: none. */
int store_case_by_message_id(struct store *s, struct span message_id, int64_t *ret_number,
			     struct err *e);

struct store_attachment {
	int64_t id, note_id, case_number;
	struct span filename, content_type;
	struct span content_id; /* "" when there is none */
	int64_t size;
	uint8_t sha256[SHA256_SIZE]; /* where has_sha256; else store_attachment_digest() */
	bool has_sha256;
	bool is_inline, from_tnef;
	int64_t content; /* the row of its bytes */
};
/* size, sha256 and content are found here; the bytes are stored once however often they come. */
int store_attachment_add(struct store *s, const struct store_attachment *a, struct span content,
			 int64_t *ret_id, struct err *e);
/* The same of a file of a mail: where its bytes stand in the raw mail they are read from there, for
 * as long as that is kept.  raw is what was kept of the mail; the files come in their order. */
struct store_origin {
	int64_t mail_id;
	struct span raw;
	size_t at;     /* of raw, behind the last file that was found; at first 0 */
	size_t looked; /* bytes of raw that were looked through in vain; at first 0 */
	int found;     /* files; at first 0 */
	/* The row of raw's bytes; at first 0, -1: no file is read from them. */
	int64_t content;
	const uint8_t *sha256; /* of the file at hand; NULL: it is computed */
	/* Of the file at hand: where it stands in raw it is no other mail's, and gets no digest. */
	bool alone;
	/* Of the file at hand, which holds: its content is not looked at; NULL: it is looked for.
	 */
	const struct store_place *place;
};
/* That the next one is to be asked for this file of that mail (store_ahead.h); ret_sha256 NULL: it
 * is `alone`. */
void store_attachment_say(struct store *s, int64_t mail_id, struct span content,
			  uint8_t *ret_sha256);
int store_attachment_add_of(struct store *s, const struct store_attachment *a, struct span content,
			    struct store_origin *from, int64_t *ret_id, struct err *e);
int store_attachment_list(struct store *s, int64_t note_id, struct arena *a,
			  struct store_attachment **ret_v, size_t *ret_n, struct err *e);
/* Of all notes of the case and of those merged into it, in the order in which they came. */
int store_attachment_list_case(struct store *s, int64_t number, struct arena *a,
			       struct store_attachment **ret_v, size_t *ret_n, struct err *e);
int store_attachment_get(struct store *s, int64_t id, struct arena *a,
			 struct store_attachment *ret_attachment, struct buf *ret_content,
			 struct err *e);
/* Makes sure of sha256, which is read from the bytes where none is kept; ERR_PERM: they are
 * damaged.
 */
int store_attachment_digest(struct store *s, struct store_attachment *a, struct err *e);
/* The same bytes stand inline in another note of that author, which is not of that Message-ID. */
int store_attachment_repeats(struct store *s, const uint8_t sha256[SHA256_SIZE],
			     struct span author_address, struct span message_id, bool *ret_repeats,
			     struct err *e);

/* --- events: the log that deadlines and explanations are computed from (I8, I9) --- */

struct store_event {
	int64_t id, case_number;
	int64_t at;
	struct span
	    type; /* "opened", "severity", "response", "state" ...: gatewayd/case/case_log.h */
	struct span
	    actor; /* an address, a staff id, or a part of gatewayd: gatewayd/case/case_log.h */
	struct span data; /* one JSON object */
};
int store_event_add(struct store *s, const struct store_event *ev, struct err *e);
int store_event_list(struct store *s, int64_t number, struct arena *a, struct store_event **ret_v,
		     size_t *ret_n, struct err *e); /* in order of id */
/* The last ones, newest first. */
int store_event_tail(struct store *s, int64_t number, int limit, struct arena *a,
		     struct store_event **ret_v, size_t *ret_n, struct err *e);
/* Of all cases, in the order in which they happened, after that one. */
int store_event_since(struct store *s, int64_t id, int limit, struct arena *a,
		      struct store_event **ret_v, size_t *ret_n, struct err *e);
int store_event_last(struct store *s, int64_t *ret_id, struct err *e); /* 0: there is none */

#endif
