#include "tests/fuzz/lab.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/utf8.h"
#include "tests/fuzz/targets.h"

struct lab lab;

struct reading *lab_begin(void)
{
	if (!lab.parser) {
		crypto_init();
		lab.parser = parser_new();
		lab.charsets = charsets_new();
		headers_init(&lab.headers);
		arena_init(&lab.arena);
		buf_init(&lab.r.bytes, LIMIT_DECODED);
		buf_init(&lab.r.text, LIMIT_DECODED);
	}
	arena_reset(&lab.arena);
	buf_clear(&lab.r.bytes);
	buf_clear(&lab.r.text);
	lab.r.charsets = lab.charsets;
	lab.r.arena = &lab.arena;
	lab.r.raw = NULL;
	lab.r.defects = 0;
	return &lab.r;
}

void fuzz_end(void)
{
	if (!lab.parser)
		return;
	parser_free(&lab.parser);
	charsets_free(&lab.charsets);
	headers_release(&lab.headers);
	arena_release(&lab.arena);
	buf_release(&lab.r.bytes);
	buf_release(&lab.r.text);
}

void lab_must_be_text(struct span s, size_t max)
{
	MUST(s.n <= max);
	MUST(s.n == 0 || (utf8_valid(s) && !memchr(s.p, 0, s.n)));
}

void lab_must_be_inside(struct span s, struct span whole)
{
	MUST(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

void lab_must_be_addresses(const struct facts_addresses *list)
{
	MUST(list->n <= FACTS_ADDRESSES_MAX);
	for (size_t i = 0; i < list->n; i++) {
		lab_must_be_text(list->v[i].name, FACTS_FIELD_MAX);
		lab_must_be_text(list->v[i].address, FACTS_FIELD_MAX);
	}
}
