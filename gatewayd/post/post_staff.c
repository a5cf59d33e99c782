/* The occasions on which staff are written to. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/delivered.h"
#include "gatewayd/post/notice.h"

int post_phoned(struct desk *d, int64_t number, const struct post_person *to,
		const struct post_said *said, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_PHONED,
					     .number = number,
					     .to = *to,
					     .words = said->text,
					     .said = said },
			   e);
}

int post_owner_update(struct desk *d, int64_t number, int64_t note, struct span author,
		      const struct post_said *said, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_NOTED,
					     .number = number,
					     .note = note,
					     .customer = author,
					     .said = said },
			   e);
}

static int tell_of_change(struct desk *d, enum notice_event event, const struct post_change *p,
			  struct err *e)
{
	return notice_tell(
	    d,
	    &(struct notice){ .event = event,
			      .number = p->number,
			      .actor = conf_staff_find(d->conf, arena_cstr(d->arena, p->actor)),
			      .change = p },
	    e);
}

int post_assigned(struct desk *d, const struct post_change *p, struct err *e)
{
	return tell_of_change(d, NOTICE_ASSIGNED, p, e);
}

int post_moved(struct desk *d, const struct post_change *p, struct err *e)
{
	return tell_of_change(d, NOTICE_MOVED, p, e);
}

int post_raised(struct desk *d, const struct post_change *p, struct err *e)
{
	return tell_of_change(d, NOTICE_RAISED, p, e);
}

int post_set(struct desk *d, const struct post_change *p, struct err *e)
{
	return tell_of_change(d, NOTICE_SET, p, e);
}

int post_joined(struct desk *d, const struct post_change *p, struct err *e)
{
	return tell_of_change(d, NOTICE_JOINED, p, e);
}

int post_urgent(struct desk *d, const struct post_wish *p, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_URGENT,
					     .number = p->number,
					     .note = p->note,
					     .to = p->to,
					     .thread = &p->thread,
					     .customer = p->author },
			   e);
}

int post_not_delivered(struct desk *d, const struct post_undelivered *p, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_BOUNCED,
					     .number = p->number,
					     .note = p->note,
					     .recipient = p->recipient,
					     .error = p->error },
			   e);
}

static int tell_of_row(struct desk *d, enum notice_event event, const struct store_outbox *row,
		       struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = event,
					     .number = row->case_number,
					     .note = row->note_id,
					     .recipient = row->recipient,
					     .error = row->last_text,
					     .made_at = row->created_at },
			   e);
}

int post_outbox_late(struct desk *d, const struct store_outbox *row, struct err *e)
{
	return tell_of_row(d, NOTICE_LATE, row, e);
}

int post_staff_unverified(struct desk *d, int64_t number, const struct conf_staff *staff,
			  struct err *e)
{
	return notice_tell(
	    d, &(struct notice){ .event = NOTICE_UNVERIFIED, .number = number, .staff = staff }, e);
}

int post_staff_elsewhere(struct desk *d, int64_t number, struct span holder, struct span from,
			 struct err *e)
{
	return notice_tell(
	    d,
	    &(struct notice){
		.event = NOTICE_ELSEWHERE, .number = number, .holder = holder, .sender = from },
	    e);
}

int post_transcript(struct desk *d, const struct post_transcript *t, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_COMMANDED,
					     .number = t->number,
					     .queue = t->queue,
					     .note = t->note,
					     .staff = t->staff,
					     .thread = &t->thread,
					     .transcript = t },
			   e);
}

int post_answer_waits(struct desk *d, const struct store_held *held, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_HELD,
					     .number = held->case_number,
					     .note = held->note_id,
					     .held = held },
			   e);
}

int post_reminder(struct desk *d, const struct store_reminder *r, struct err *e)
{
	const struct conf_staff *staff = conf_staff_find(d->conf, arena_cstr(d->arena, r->staff));
	struct post_change words = {
		.number = r->case_number, .actor = r->staff, .before = SPAN(""), .reason = r->text
	};
	struct store_case c;

	if (store_case_get(d->store, r->case_number, d->arena, &c, e) < 0)
		return -1;
	if (!staff)
		staff = post_owner(d, &c);
	if (!staff)
		return 0;
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_REMINDED,
					     .number = r->case_number,
					     .staff = staff,
					     .change = &words },
			   e);
}

int post_trouble(struct desk *d, const struct post_trouble *p, struct err *e)
{
	return notice_tell(
	    d, &(struct notice){ .event = p->event, .queue = p->queue, .trouble = p }, e);
}

/* --- alarms: many cases in a mail --- */

static enum notice_event alarm_event(int level)
{
	return level ? NOTICE_MISSED : NOTICE_NEAR;
}

int post_alarm_to(struct desk *d, int64_t number, int level, struct span **ret_v, size_t *ret_n,
		  struct err *e)
{
	struct notice n = { .event = alarm_event(level), .number = number, .level = level };
	struct notice_to *to;
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    notice_whom(d, &n, &c, &to, ret_n, e) < 0)
		return -1;
	*ret_v = arena_alloc_n(d->arena, *ret_n, sizeof(**ret_v));
	for (size_t i = 0; i < *ret_n; i++)
		(*ret_v)[i] = to[i].who.address;
	return 0;
}

int post_alarms(struct desk *d, struct span to, bool breached, const struct post_alarm *v, size_t n,
		struct err *e)
{
	struct mime_thread none = { .message_id = SPAN("") };
	struct compose_mail mail = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct template_data *row;
		struct store_case c;

		if (store_case_get(d->store, v[i].number, d->arena, &c, e) < 0)
			return -1;
		if (!mail.data) {
			mail = post_answer(d, breached ? "sla_breach" : "sla_warning",
					   desk_queue(d, c.queue), &none);
			mail.cause = COMPOSE_NOTICE;
			post_to_staff(d, &mail, to);
			template_set(mail.data, "due_zone", words_zone(mail.words, mail.zone));
			template_set_flag(mail.data, "cases_found", true);
		}
		row = post_case_row(d, &mail, &c);
		post_set_row_due(d, &mail, row, v[i].due_at);
		template_set_flag(row, "late", v[i].late);
	}
	return n ? post_mail(d, &mail, e) : 0;
}

/* The customer may or may not have it. */
static struct span unknown_text(struct desk *d, struct span text)
{
	return span_of(arena_printf(d->arena,
				    "it may have been delivered all the same: the reply of the "
				    "server was lost (" SPAN_FMT ")",
				    SPAN_ARG(text)));
}

static int log_settled(struct desk *d, const struct store_outbox *row, enum outbox_state state,
		       int code, struct span text, struct err *e)
{
	struct case_event ev = { .type = CASE_MAIL,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_GATEWAYD),
				 .row = row->id };
	const char *by = code ? arena_printf(d->arena, " %d", code) : ":";

	ev.reason =
	    span_of(arena_printf(d->arena, SPAN_FMT " %s%s " SPAN_FMT, SPAN_ARG(row->kind),
				 outbox_state_name(state), by, SPAN_ARG(utf8_prefix(text, 200))));
	return case_log_add(d, row->case_number, &ev, e);
}

static int settled_well(struct desk *d, const struct store_outbox *row, struct err *e)
{
	if (case_delivered(d, row, e) < 0)
		return -1;
	return row->late_at != INSTANT_NONE ? tell_of_row(d, NOTICE_WENT, row, e) : 0;
}

int post_sent(struct desk *d, const struct store_outbox *row, int code, struct span text,
	      bool *ret_more, struct err *e)
{
	bool more = false;

	if (row->case_number && case_counts_delivery(d, row, &more, e) < 0)
		return -1;
	*ret_more = row->case_number && (more || row->late_at != INSTANT_NONE);
	return *ret_more || !row->case_number ? 0 : log_settled(d, row, OUTBOX_SENT, code, text, e);
}

int post_settled(struct desk *d, const struct store_outbox *row, enum outbox_state state, int code,
		 struct span text, struct err *e)
{
	struct post_undelivered p = { row->case_number, row->automatic ? 0 : row->note_id,
				      row->recipient, text };

	if (!row->case_number || state == OUTBOX_QUEUED)
		return 0;
	if (log_settled(d, row, state, code, text, e) < 0)
		return -1;
	if (state == OUTBOX_SENT)
		return settled_well(d, row, e);
	if (state != OUTBOX_FAILED && state != OUTBOX_UNKNOWN)
		return 0;
	if (state == OUTBOX_FAILED && case_not_delivered(d, row, text, e) < 0)
		return -1;
	if (state == OUTBOX_UNKNOWN)
		p.error = unknown_text(d, text);
	return conf_staff_by_address(d->conf, row->recipient) ? 0 : post_not_delivered(d, &p, e);
}

/* From the first of their queues, else of all. */
int post_sign_in(struct desk *d, const struct conf_staff *staff, struct span link, struct err *e)
{
	const char *queue = staff->queues.n ? staff->queues.v[0] : d->conf->queues[0].name;

	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_SIGN_IN,
					     .queue = desk_queue(d, span_of(queue)),
					     .staff = staff,
					     .link = link },
			   e);
}
