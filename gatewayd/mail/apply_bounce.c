#include "gatewayd/mail/apply_bounce.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/delivered.h"

enum { WHY_MAX = 200 };

bool bounce_is_dead(struct span status)
{
	static const char *const dead[] = { "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1" };

	for (size_t i = 0; i < sizeof(dead) / sizeof(*dead); i++)
		if (span_is(span_trim(status), dead[i]))
			return true;
	return false;
}

static struct span why_of(const struct facts_recipient *r)
{
	if (r->diagnostic.n)
		return utf8_prefix(r->diagnostic, WHY_MAX);
	return r->status.p ? r->status : SPAN("");
}

static int bury(struct work *w, const struct store_outbox *row, const struct facts_recipient *r,
		struct err *e)
{
	struct store_dead dead = { .address = row->recipient,
				   .at = w->d->now,
				   .until_at = w->d->now + BOUNCE_DEAD_S,
				   .reason = why_of(r) };

	if (!bounce_is_dead(r->status.p ? r->status : SPAN("")) ||
	    conf_staff_by_address(w->d->conf, row->recipient))
		return 0;
	return store_dead_put(w->d->store, &dead, e);
}

/* What was sent is what came back; a further report of the same tells nothing new. */
static int come_back(struct work *w, const struct store_outbox *row,
		     const struct facts_recipient *r, bool *ret_new, struct err *e)
{
	*ret_new = row->state == OUTBOX_SENT || row->state == OUTBOX_SENDING ||
		   row->state == OUTBOX_UNKNOWN;
	if (!*ret_new)
		return 0;
	if (store_outbox_result(w->d->store, row->id, OUTBOX_BOUNCED, w->d->now, w->d->now,
				row->last_code, why_of(r), e) < 0 ||
	    case_not_delivered(w->d, row, why_of(r), e) < 0)
		return -1;
	return bury(w, row, r, e);
}

static int tell(struct work *w, const struct facts_recipient *r, struct err *e)
{
	const struct store_outbox *row = &w->g->bounced;
	bool known = row->id && row->case_number == w->done->case_number, is_new = true;

	if (work_is_past(w) || !span_is(r->action.p ? r->action : SPAN("failed"), "failed"))
		return 0;
	if (known && come_back(w, row, r, &is_new, e) < 0)
		return -1;
	if (!is_new)
		return 0;
	return post_not_delivered(
	    w->d,
	    &(struct post_undelivered){ .number = w->done->case_number,
					.note = known && !row->automatic ? row->note_id : 0,
					.recipient = known ? row->recipient : r->address,
					.error = why_of(r) },
	    e);
}

int apply_bounce(struct work *w, struct err *e)
{
	struct store_note note;

	w->done->case_number = w->dec->case_number;
	note = work_note(w, NOTE_SYSTEM, w->job->facts.reply);
	note.trust = NOTE_TRUST_AUTOMATIC;
	if (work_add_note(w, &note, true, e) < 0)
		return -1;
	/* One mail of ours has one recipient; further ones are not its business. */
	return w->job->facts.recipient_count ? tell(w, &w->job->facts.recipients[0], e) : 0;
}
