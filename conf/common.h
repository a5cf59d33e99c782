/*
 * The commonest words of all languages of the configuration ("common" in words.conf), to be counted
 * in one walk over a text.
 */
#ifndef CONF_COMMON_H
#define CONF_COMMON_H

#include "conf/policy.h"
#include "gatewayd/base/arena.h"

struct common;

/* Of n languages, each with its words, which stay where they are; it lives in the arena. */
const struct common *common_new(struct arena *a, const struct policy_words *languages, size_t n);

/* Adds to hits[i] how many words of the text are common in language i; a word is a run of
 * ASCII letters and of whatever is not ASCII.  NULL has none. */
void common_count(const struct common *c, struct span text, size_t *hits);

#endif
