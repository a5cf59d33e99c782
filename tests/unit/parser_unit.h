/* What the unit tests of the parser share: a reading to decode with, a whole mail parsed. */
#ifndef TESTS_UNIT_PARSER_UNIT_H
#define TESTS_UNIT_PARSER_UNIT_H

#include "tests/unit/unit.h"

#include "parser/charset.h"
#include "parser/limits.h"
#include "parser/parser.h"
#include "parser/reading.h"

#define ROWS(a) (sizeof(a) / sizeof(*(a)))

struct bench { /* a fresh one for each case */
	struct arena arena;
	struct charsets *charsets;
	struct reading r;
};

static inline void bench_init(struct bench *b)
{
	arena_init(&b->arena);
	b->charsets = charsets_new();
	b->r = (struct reading){ .charsets = b->charsets, .arena = &b->arena };
	buf_init(&b->r.bytes, 1024 * 1024);
	buf_init(&b->r.text, 1024 * 1024);
}

static inline void bench_release(struct bench *b)
{
	buf_release(&b->r.bytes);
	buf_release(&b->r.text);
	charsets_free(&b->charsets);
	arena_release(&b->arena);
}
#define BENCH_AUTO __attribute__((cleanup(bench_release)))

static inline bool has_defect(uint64_t defects, enum facts_defect d)
{
	return defects >> d & 1;
}

/* "(none)" for no value, so that a table can say it. */
static inline void assert_span(struct span got, const char *want)
{
	char text[4096];

	if (!got.p)
		got = SPAN("(none)");
	assert_true(got.n < sizeof(text));
	memcpy(text, got.p, got.n);
	text[got.n] = '\0';
	assert_string_equal(text, want);
}

#endif
