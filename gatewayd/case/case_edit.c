#include "gatewayd/case/case_edit.h"

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/word.h"

int case_set_subject(struct desk *d, int64_t number, struct span subject, struct span actor,
		     struct err *e)
{
	struct case_event ev = { .type = CASE_SUBJECT, .at = d->now, .actor = actor };
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (span_eq(c.subject, subject))
		return 0;
	ev.reason = span_of(arena_printf(d->arena, SPAN_FMT ", before " SPAN_FMT, SPAN_ARG(subject),
					 SPAN_ARG(c.subject)));
	c.subject = subject;
	c.updated_at = d->now;
	if (case_log_add(d, number, &ev, e) < 0)
		return -1;
	return store_case_update(d->store, &c, e);
}

int case_unlink(struct desk *d, int64_t number, int64_t other, enum link_kind kind,
		struct span actor, struct err *e)
{
	struct case_event ev = { .type = CASE_UNLINKED,
				 .at = d->now,
				 .actor = actor,
				 .other = other,
				 .reason = span_of(link_kind_name(kind)) };
	struct store_link *v;
	bool found = false;
	size_t n;

	if (store_link_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		found =
		    found || (v[i].kind == kind && (v[i].number == other || v[i].other == other));
	if (!found)
		return word_refuse_case(d, e, WORD_NOT_LINKED, other);
	if (store_link_remove(d->store, number, other, kind, e) < 0)
		return -1;
	return case_log_add(d, number, &ev, e);
}
