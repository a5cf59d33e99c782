/*
 * Mails of the outbox that are claimed as they are added (store_outbox_claim_added()).
 *
 * They go by their transaction: what is rolled back, to its beginning or to a mark, was not added.
 *
 * Private to store/.
 */
#ifndef STORE_ADDED_H
#define STORE_ADDED_H

#include "store/store_outbox.h"

struct added {
	size_t room;	    /* so many more may be, in this transaction */
	struct arena arena; /* of the rows */
	struct store_outbox *v;
	size_t n;
	size_t standing; /* of them, those that are committed */
	size_t marked;	 /* when store_mark() was called last */
};

/* This row is claimed as it is added. */
bool added_takes(const struct added *a, const struct store_outbox *o);
void added_put(struct added *a, const struct store_outbox *o);

void added_mark(struct added *a);
void added_back_to_mark(struct added *a);
/* At the end of a transaction. */
void added_end(struct added *a, bool stands);
void added_release(struct added *a);

/* By next_at and id. */
void outbox_sort(struct store_outbox *v, size_t n);

#endif
