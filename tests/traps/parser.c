/*
 * gatewayd with a parser that falls into traps: for tests of what a broken parser does to the rest
 * (linked with -Wl,--wrap=parser_parse, so that the product knows nothing of it).
 *
 * A mail with "X-Trap: crash", "hang" or "memory" in its first bytes makes the child do that.
 */
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "parser/parser.h"

enum { HEAD = 8192, GULP = 16 * 1024 * 1024, GULPS_MAX = 40 };

/* The linker's names. */
void __real_parser_parse(struct parser *p, struct span raw, const struct parser_sink *sink,
			 struct arena *arena, struct facts *ret_facts);
void __wrap_parser_parse(struct parser *p, struct span raw, const struct parser_sink *sink,
			 struct arena *arena, struct facts *ret_facts);

static void hang(void)
{
	for (volatile unsigned int i = 0;; i++)
		;
}

/* Until there is no more, as the parser would (mem.h). */
static void eat_memory(void)
{
	for (int i = 0; i < GULPS_MAX; i++) {
		volatile char *p = mem_alloc(GULP);

		for (size_t at = 0; at < GULP; at += 4096)
			p[at] = 1;
	}
	abort();
}

void __wrap_parser_parse(struct parser *p, struct span raw, const struct parser_sink *sink,
			 struct arena *arena, struct facts *ret_facts)
{
	struct span head = span_sub(raw, 0, HEAD);

	if (span_find(head, SPAN("X-Trap: crash")) != SIZE_MAX)
		abort();
	if (span_find(head, SPAN("X-Trap: hang")) != SIZE_MAX)
		hang();
	if (span_find(head, SPAN("X-Trap: memory")) != SIZE_MAX)
		eat_memory();
	__real_parser_parse(p, raw, sink, arena, ret_facts);
}
