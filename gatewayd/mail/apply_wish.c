#include "gatewayd/mail/apply_wish.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/mail/subject_said.h"
#include "gatewayd/mail/urgency.h"

static int tell(struct work *w, struct err *e)
{
	const char *key = arena_printf(w->d->arena, "urgent:%" PRIi64, w->done->case_number);
	struct post_wish p = { .number = w->done->case_number,
			       .note = w->done->note_id,
			       .author = work_author(w),
			       .to = work_answered(w, w->dec->authenticated),
			       .thread = work_thread(w) };
	struct store_budget budget = { .key = span_of(key), .window_s = DAY_S, .max = 1 };
	bool first;

	if (!w->g->answer.allowed)
		p.to.address = SPAN("");
	if (store_budget_take(w->d->store, &budget, 1, w->d->now, &first, e) < 0)
		return -1;
	return first ? post_urgent(w->d, &p, e) : 0;
}

int apply_wish(struct work *w, struct err *e)
{
	struct store_case c;
	struct span subject;
	int wish;

	if (store_case_get(w->d->store, w->done->case_number, w->d->arena, &c, e) < 0 ||
	    subject_said(w->d, &c, &w->job->mail, w->job->facts.subject, &subject, e) < 0)
		return -1;
	wish = urgency_wish(&w->d->conf->policy, subject, w->dec->text);
	if (!wish || wish >= c.severity)
		return 0;
	if (case_wish(w->d, c.number, wish, work_actor(w), e) < 0)
		return -1;
	return tell(w, e);
}
