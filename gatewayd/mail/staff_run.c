#include "gatewayd/mail/staff_run.h"

void staff_says(struct run *r, enum word id, const char *name, struct span value)
{
	r->result = word_with(r->d, r->words, id, name, value);
}

void staff_undo(struct run *r, enum staff_verb verb, struct span argument)
{
	r->undo = span_of(arena_printf(r->d->arena, "#%s%s" SPAN_FMT, staff_verb_name(verb),
				       argument.n ? " " : "", SPAN_ARG(argument)));
}

int staff_refuse_usage(struct run *r, struct err *e)
{
	struct word_value v = { "usage", words_get(r->words, staff_verb_usage(r->c->verb)) };

	return word_refuse(r->d, e, WORD_WRITE, &v, 1);
}
