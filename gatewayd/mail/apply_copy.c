#include "gatewayd/mail/apply_copy.h"

#include "gatewayd/case/case_ops.h"

/* The note of the first copy is the sender's as far as this one proves it. */
static int lend_proof(struct work *w, const struct store_case *c, struct err *e)
{
	const struct store_twin *first = &w->g->twin.lesser;
	struct case_event ev = { .type = CASE_NOTE,
				 .at = w->job->mail.received_at,
				 .actor = work_actor(w),
				 .note = first->note_id,
				 .mail = w->job->mail.id,
				 .reason = span_of(arena_printf(
				     w->d->arena, "the same mail came again, proven as %s",
				     trust_name(w->g->identity.level))) };

	if (!first->note_id)
		return 0;
	w->done->note_id = first->note_id;
	if (store_note_prove(w->d->store, first->note_id, w->g->author.trust,
			     author_encode(&w->g->author, w->d->arena), e) < 0)
		return -1;
	return case_log_add(w->d, c->number, &ev, e);
}

static int reopen(struct work *w, const struct store_case *c, struct err *e)
{
	if (!w->dec->reopens || !case_state_is_over(c->state))
		return 0;
	return case_set_state(w->d, c->number, CASE_OPEN, work_actor(w), SPAN("the customer wrote"),
			      e);
}

/* Nobody was sent one as long as nothing was proven. */
static int was_confirmed(struct work *w, const struct store_case *c, bool *ret_confirmed,
			 struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = c->number, .limit = 1000 };
	struct store_outbox *v;
	size_t n;

	if (store_outbox_list(w->d->store, &f, w->d->arena, &v, &n, e) < 0)
		return -1;
	*ret_confirmed = false;
	for (size_t i = 0; i < n; i++)
		*ret_confirmed = *ret_confirmed || span_is(v[i].kind, "confirmation");
	return 0;
}

static int confirm(struct work *w, struct err *e)
{
	struct post_opened p = { .number = w->done->case_number,
				 .to = work_answered(w, w->dec->authenticated),
				 .thread = work_thread(w),
				 .words = w->dec->text };

	return work_is_confirmed(w) ? post_proven(w->d, &p, e) : 0;
}

int apply_proven_copy(struct work *w, struct err *e)
{
	const struct store_twin *first = &w->g->twin.lesser;
	struct store_case c;
	bool confirmed;

	if (case_follow(w->d, first->case_number, &c, e) < 0 || lend_proof(w, &c, e) < 0 ||
	    reopen(w, &c, e) < 0 || was_confirmed(w, &c, &confirmed, e) < 0)
		return -1;
	w->done->case_number = c.number;
	if (work_raise_reach(w, e) < 0)
		return -1;
	if (first->state != MAIL_CASE || confirmed || case_state_is_over(c.state) ||
	    work_is_past(w))
		return 0;
	return confirm(w, e);
}
