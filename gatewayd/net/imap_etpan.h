/*
 * The home of libetpan: one IMAP command a function, on the stream of imap_stream.h.
 *
 * libetpan never connects by itself: it is given a stream that begins with "* PREAUTH".  Before
 * each command its user says with imap_stream_command() what the answer may cost.  Names of folders
 * are in wire form (imap_name.h).  While the stream is ahead a command is sent and its answer left
 * to the same call in its turn; nothing is returned but whether it was sent.  Those that copy,
 * expunge and idle cannot.  A command fails with the server's NO, after which the session goes on,
 * or with anything else, after which the stream is dead.  What imap.h says of errors holds.
 */
#ifndef GATEWAYD_NET_IMAP_ETPAN_H
#define GATEWAYD_NET_IMAP_ETPAN_H

#include "gatewayd/net/imap_stream.h"

struct imap_etpan;

/* Borrows the stream, reads the greeting. */
int imap_etpan_new(struct imap_stream *stream, struct imap_etpan **ret_etpan, struct err *e);
void imap_etpan_free(struct imap_etpan **t); /* says nothing to the server */

/* What the server said last, printable, appended. */
void imap_etpan_words(const struct imap_etpan *t, struct buf *out);

struct imap_features {
	bool idle, move, uidplus, namespace;
};
/* What the greeting or the answer before said; asking comes first where neither did. */
struct imap_features imap_etpan_features(const struct imap_etpan *t);
int imap_etpan_capability(struct imap_etpan *t, struct imap_features *ret_features, struct err *e);
/* Leaves *ret_delimiter alone when the server does not say. */
int imap_etpan_delimiter(struct imap_etpan *t, char *ret_delimiter, struct err *e);
/* The first personal namespace, appended to ret_prefix. */
int imap_etpan_namespace(struct imap_etpan *t, struct buf *ret_prefix, char *ret_delimiter,
			 struct err *e);

/* Whether it is there and can be selected. */
int imap_etpan_list(struct imap_etpan *t, const char *folder, bool *ret_exists, struct err *e);
int imap_etpan_create(struct imap_etpan *t, const char *folder, struct err *e);
int imap_etpan_subscribe(struct imap_etpan *t, const char *folder, struct err *e);

struct imap_selected {
	uint32_t uidvalidity, exists;
	uint32_t uidnext; /* 0: the server does not say */
	bool read_only;
	bool keeps_mark; /* the keyword `mark` for good */
};
/* to_look: nothing in it can be changed then (EXAMINE). */
int imap_etpan_select(struct imap_etpan *t, const char *folder, const char *mark, bool to_look,
		      struct imap_selected *ret_selected, struct err *e);

struct imap_search {
	uint32_t first,
	    last;	     /* UIDs; first 0: any; last 0: "*", which names the last mail always */
	bool undeleted;	     /* without \Deleted */
	const char *keyword; /* NULL: any */
};
/* In the server's order; the caller frees *ret_uids with mem_free(). */
int imap_etpan_search(struct imap_etpan *t, const struct imap_search *what, uint32_t **ret_uids,
		      size_t *ret_count, struct err *e);

/* A mail of this Message-ID (to be quoted, with <>) and size in the selected folder. */
int imap_etpan_has(struct imap_etpan *t, const char *message_id, int64_t size, bool *ret_has,
		   struct err *e);

/* Rising UIDs that stand `stride` bytes apart, so that they can be a field of something. */
struct imap_uids {
	const uint32_t *first;
	size_t n, stride;
};
static inline uint32_t imap_uid_at(struct imap_uids uids, size_t k)
{
	return *(const uint32_t *)(const void *)((const char *)uids.first + k * uids.stride);
}

/* A keyword, with the eight hexadecimal digits of a store: it is about to move the mail, or did. */
#define IMAP_CLAIM "$gatewayd-"

/* What one FETCH response says; 0, -1, INSTANT_NONE where it does not. */
struct imap_said {
	uint32_t uid;
	int64_t size, received_at;
	bool flags;			/* it says which */
	uint32_t claim_low, claim_high; /* the lowest and highest IMAP_CLAIM; 0: none */
	bool body;			/* there was one, perhaps without a byte */
};

struct imap_listener { /* copied; what it points to must be there until the command is answered */
	/* A piece of the body in the response under way, never empty; false: give up.  NULL where
	 * none is fetched.  Of whose command it is shows when the response is complete. */
	bool (*body)(void *ctx, struct span bytes);
	/* A response is complete: it is of the k-th UID; SIZE_MAX: the body was of another. */
	void (*response)(void *ctx, void *into, size_t k, const struct imap_said *said);
	void *ctx; /* the same in all that fetch bodies at one time */
	void *into;
};

enum imap_fetch_what {
	IMAP_FETCH_DESCRIPTION,
	IMAP_FETCH_BODY,
	IMAP_FETCH_HEAD,
	IMAP_FETCH_MESSAGE_ID,
	IMAP_FETCH_FLAGS
};

/* head_bytes: of IMAP_FETCH_HEAD and IMAP_FETCH_MESSAGE_ID.  A NO is no error: some could not be
 * had, what came is good.  The UIDs must stay until it is answered. */
int imap_etpan_fetch(struct imap_etpan *t, struct imap_uids uids, enum imap_fetch_what what,
		     uint32_t head_bytes, const struct imap_listener *l, struct err *e);

int imap_etpan_move(struct imap_etpan *t, struct imap_uids uids, const char *folder, struct err *e);
int imap_etpan_copy(struct imap_etpan *t, struct imap_uids uids, const char *folder, struct err *e);
int imap_etpan_flag_deleted(struct imap_etpan *t, struct imap_uids uids, struct err *e);
/* Sets the keywords (at most two; NULL ends them), or takes them away. */
int imap_etpan_flag_keywords(struct imap_etpan *t, struct imap_uids uids, bool set,
			     const char *const keywords[2], struct err *e);
int imap_etpan_expunge(struct imap_etpan *t, struct imap_uids uids, struct err *e);

/* Until "+ idling"; then what comes stays unread in the stream until imap_etpan_done(). */
int imap_etpan_idle(struct imap_etpan *t, struct err *e);
int imap_etpan_done(struct imap_etpan *t, struct err *e);

#endif
