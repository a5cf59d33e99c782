/*
 * What the targets share: the readers' scratch memory, and the promises that most of them make.
 */
#ifndef TESTS_FUZZ_LAB_H
#define TESTS_FUZZ_LAB_H

#include <stdio.h>
#include <stdlib.h>

#include "parser/charset.h"
#include "parser/header.h"
#include "parser/param.h"
#include "parser/parser.h"
#include "parser/reading.h"

/* Kept from one input to the next, because opening the converters takes longer than an input. */
extern struct lab {
	struct parser *parser;
	struct charsets *charsets;
	struct headers headers;
	struct params params;
	struct arena arena;
	struct reading r;
} lab;

#define MUST(x)                                                                         \
	do {                                                                            \
		if (!(x)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* All empty for the next input. */
struct reading *lab_begin(void);

/* Valid UTF-8 without NUL, of at most max bytes. */
void lab_must_be_text(struct span s, size_t max);
void lab_must_be_inside(struct span s, struct span whole);
void lab_must_be_addresses(const struct facts_addresses *list);

#endif
