/*
 * Part of store.h: what staff are told of together, later.
 */
#ifndef STORE_STORE_DIGEST_H
#define STORE_STORE_DIGEST_H

#include "store/store_open.h"

#define STORE_DIGEST_KINDS(X)                                                \
	X(DIGEST_FILED, "filed") /* mails that became no case: once a day */ \
	X(DIGEST_CASES, "cases") /* many cases of one sender */
enum digest_kind {
#define X(id, name) id,
	STORE_DIGEST_KINDS(X)
#undef X
	    DIGEST_KIND_COUNT,
};

/* The mails of a kind and queue that wait; due_at is that of the first of them. */
int store_digest_add(struct store *s, enum digest_kind kind, struct span queue, int64_t mail,
		     int64_t due_at, struct err *e);
int store_digest_next(struct store *s, int64_t *ret_at, struct err *e);

struct store_digest {
	enum digest_kind kind;
	struct span queue;
	int64_t *mails; /* the first of them */
	size_t n;
	int64_t count; /* of all; 0: none is due */
};
/* One that is due, with at most limit of its mails. */
int store_digest_due(struct store *s, int64_t now, int limit, struct arena *a,
		     struct store_digest *ret_digest, struct err *e);
int store_digest_told(struct store *s, const struct store_digest *digest, struct err *e);

#endif
