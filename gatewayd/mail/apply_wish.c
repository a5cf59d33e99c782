#include "gatewayd/mail/apply_wish.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/urgency.h"

/* What the subject says that the case's does not: "Re: [Case #4] URGENT!" on "The proxy". */
static struct span new_subject(const struct work *w, const struct store_case *c)
{
	struct span subject = w->job->facts.subject.p ? w->job->facts.subject : SPAN("");
	struct buf ours BUF_AUTO, theirs BUF_AUTO;

	buf_init(&ours, (size_t)w->d->conf->limits.subject_bytes);
	buf_init(&theirs, (size_t)w->d->conf->limits.subject_bytes);
	subject_bare(c->subject, &ours);
	subject_bare(subject, &theirs);
	return span_eq_ci(buf_span(&ours), buf_span(&theirs))
		   ? SPAN("")
		   : arena_dup(w->d->arena, buf_span(&theirs));
}

static int tell(struct work *w, struct err *e)
{
	const char *key = arena_printf(w->d->arena, "urgent:%" PRIi64, w->done->case_number);
	struct post_wish p = { .number = w->done->case_number,
			       .note = w->done->note_id,
			       .author = work_author(w),
			       .to = work_answered(w, w->dec->authenticated),
			       .thread = work_thread(w) };
	struct store_budget budget = { span_of(key), DAY_S, 1 };
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
	int wish;

	if (store_case_get(w->d->store, w->done->case_number, w->d->arena, &c, e) < 0)
		return -1;
	wish = urgency_wish(&w->d->conf->policy, new_subject(w, &c), w->dec->text);
	if (!wish || wish >= c.severity)
		return 0;
	if (case_wish(w->d, c.number, wish, work_actor(w), e) < 0)
		return -1;
	return tell(w, e);
}
