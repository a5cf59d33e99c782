/*
 * What is fuzzed: each target feeds any bytes to one reader of the parser, or to core as a peer of
 * its that has been taken over, and asserts what that promises (valid UTF-8, limits kept, a record
 * that decodes to itself; a store that is sound).  Corpora and
 * dictionaries: tests/fuzz/corpus/NAME, tests/fuzz/dict/NAME.dict.
 */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include "gatewayd/base/str.h"

/* X(name): each is a function fuzz_name(bytes), in targets.c when it reads a mail or a text,
 * in targets_core.c when it is a peer of core, else in targets_readers.c. */
#define FUZZ_TARGETS(X) \
	X(mail)         \
	X(header)       \
	X(address)      \
	X(addrspec)     \
	X(date)         \
	X(word)         \
	X(param)        \
	X(type)         \
	X(charset)      \
	X(transfer)     \
	X(html)         \
	X(tnef)         \
	X(rtf)          \
	X(cms)          \
	X(pgp)          \
	X(forward)      \
	X(reply)        \
	X(facts)        \
	X(token)        \
	X(wire)         \
	X(poller)       \
	X(sender)       \
	X(parse)        \
	X(control)

typedef void fuzz_fn(struct span bytes);

#define X(name) fuzz_fn fuzz_##name;
FUZZ_TARGETS(X)
#undef X

/* NULL when there is none of that name. */
fuzz_fn *fuzz_find(const char *name);

/* Gives back what the targets keep from one input to the next. */
void fuzz_end(void);

#endif
