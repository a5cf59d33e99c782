/*
 * Who is meant by an address: all addresses of one person, and their names as they are found.
 *
 * Addresses are compared by their keyed hashes, so that a person who is to be erased again after a
 * restore is found although only the hashes were kept.
 */
#ifndef GATEWAYD_PERSON_PERSON_H
#define GATEWAYD_PERSON_PERSON_H

#include "gatewayd/case/desk.h"
#include "gatewayd/person/words.h"

struct person {
	uint8_t key[MAC_KEY_SIZE];
	struct store_erasure_address *v; /* the clear one "": not found yet */
	size_t n;
};

/* The address and the others of the same contact; ERR_PERM: no address, ours, or of staff. */
int person_find(struct desk *d, struct span address, struct person *ret_person, struct err *e);
/* Rows of a table behind `place`, which moves on; those where the person stands are v. */
struct person_rows {
	int64_t place;
	struct store_stand *v;
	size_t n;
	bool more; /* rows are left in the table */
};
int person_rows(struct desk *d, struct person *p, enum person_table table, struct person_rows *rows,
		struct err *e);
/* Is it one of theirs?  A clear one that was not known is kept. */
bool person_has(struct person *p, struct span address);
/* The first of theirs in a From, SPAN("") when there is none. */
struct span person_in_from(struct desk *d, struct person *p, struct span from);

#endif
