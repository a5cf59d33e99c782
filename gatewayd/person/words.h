/*
 * What a person said and is called, to find it in the texts of others.
 *
 * A text is marked where it has an address of theirs, a name of several words, a part of one (with
 * the case of its letters or in capitals, so that "Will" goes and "will" stays), or WORDS_RUN words
 * of theirs in a row, whatever stands between these: quotes that were broken anew are found.  Of a
 * line of fewer words all of it counts.  Pure.
 */
#ifndef GATEWAYD_PERSON_WORDS_H
#define GATEWAYD_PERSON_WORDS_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"

enum {
	WORDS_RUN = 4,
	WORDS_LINE_MIN = 8, /* bytes of a shorter line that counts */
	WORDS_NAME_MIN = 3, /* bytes of a part of a name */
};

/* What stands in the place of what was erased. */
#define WORDS_ERASED "(erased)"

struct person_words {
	struct arena *arena;
	struct span *addresses, *names;
	size_t address_count, name_count;
	uint64_t *runs; /* a table of hashes; 0: free */
	size_t run_count, run_size;
};

void person_words_init(struct person_words *w, struct arena *a);
/* All three copy what they keep.  Empty ones are nothing. */
void person_words_address(struct person_words *w, struct span address);
void person_words_name(struct person_words *w, struct span name);
void person_words_said(struct person_words *w, struct span text);
/* The text with WORDS_ERASED for each part that is marked; itself when there is none. */
struct span person_words_scrub(const struct person_words *w, struct span text);
/* The same of what somebody else is called: only addresses and whole names of several words count,
 * since a part of a name may be theirs as well. */
struct span person_words_scrub_name(const struct person_words *w, struct span name);

#endif
