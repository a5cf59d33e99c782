#include "parser/kind_mail.h"

bool kind_is(struct kind_mail *m, enum facts_kind kind, const char *how, const char *what)
{
	m->facts->kind = kind;
	m->facts->kind_reason = span_of(arena_printf(m->arena, "%s:%s", how, what));
	return true;
}

bool kind_has_part(const struct kind_input *in, const char *type)
{
	for (size_t i = 0; i < in->part_count; i++)
		if (span_is(in->parts[i].content_type, type))
			return true;
	return span_is(in->content_type, type);
}
