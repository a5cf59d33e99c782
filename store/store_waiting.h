/*
 * Part of store.h: cases that wait, for whom, and what is due when nobody answers.
 */
#ifndef STORE_STORE_WAITING_H
#define STORE_STORE_WAITING_H

#include "store/store_open.h"

#define STORE_PARTIES(X)              \
	X(PARTY_CUSTOMER, "customer") \
	X(PARTY_OTHERS, "others")
enum party {
#define X(id, name) id,
	STORE_PARTIES(X)
#undef X
	    PARTY_COUNT,
};
const char *party_name(enum party party);

struct store_waiting {
	int64_t case_number; /* 0: it does not wait */
	enum party party;
	int64_t since_at;
	int64_t due_at; /* of the reminder, or of the end; INSTANT_NONE: neither comes */
	bool reminded;
};
int store_waiting_put(struct store *s, const struct store_waiting *w,
		      struct err *e);				       /* again: replaces */
int store_waiting_end(struct store *s, int64_t number, struct err *e); /* or does not wait */
int store_waiting_get(struct store *s, int64_t number, struct store_waiting *ret_waiting,
		      struct err *e);
int store_waiting_due(struct store *s, int64_t now, int limit, struct arena *a,
		      struct store_waiting **ret_v, size_t *ret_n, struct err *e);
int store_waiting_next(struct store *s, int64_t *ret_at, struct err *e);

#endif
