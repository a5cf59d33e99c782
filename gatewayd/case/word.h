/*
 * The words of a language (conf/words.h) with their values filled in, and times as people write
 * them.  All in the desk's arena.
 */
#ifndef GATEWAYD_CASE_WORD_H
#define GATEWAYD_CASE_WORD_H

#include "conf/words.h"
#include "gatewayd/case/desk.h"

struct word_value {
	const char *name;
	struct span text;
};

struct span word_fill(const struct desk *d, const struct words *w, enum word id,
		      const struct word_value *v, size_t n);
/* With one value; name NULL: with none. */
struct span word_with(const struct desk *d, const struct words *w, enum word id, const char *name,
		      struct span text);
struct span word_count(const struct desk *d, const struct words *w, enum word id, int64_t n);
/* The word for one, or that for n. */
struct span word_many(const struct desk *d, const struct words *w, enum word one, enum word many,
		      int64_t n);

struct span word_state(const struct words *w, enum case_state state);

/* "Monday, 30 November 2026, 16:00", in that zone, which words_zone() names. */
struct span word_time(const struct desk *d, const struct words *w, const char *zone, int64_t at);

/* "16:00" when that is today there, else as word_time(). */
struct span word_since(const struct desk *d, const struct words *w, const char *zone, int64_t at);

/* ERR_PERM that says in the words of the desk why something is not done. */
int word_refuse(const struct desk *d, struct err *e, enum word id, const struct word_value *v,
		size_t n);
/* With one value: a text from outside, cut to what is readable; the number of a case. */
int word_refuse_name(const struct desk *d, struct err *e, enum word id, struct span name);
int word_refuse_case(const struct desk *d, struct err *e, enum word id, int64_t number);

struct span word_number(const struct desk *d, int64_t n);

/* A line for each word of all languages that is missing or faulty. */
void word_check(const struct conf *conf, struct buf *findings);

#endif
