#include "gatewayd/person/expire.h"

#include "gatewayd/base/units.h"
#include "gatewayd/mail/mail_identify.h"
#include "gatewayd/person/job.h"

bool expire_is_asked(const struct conf *conf)
{
	for (size_t i = 0; i < conf->queue_count; i++)
		if (conf->queues[i].raw_days || conf->queues[i].sent_days ||
		    conf->queues[i].case_days)
			return true;
	return false;
}

static bool is_past(const struct desk *d, int64_t days, int64_t at)
{
	return days && at != INSTANT_NONE && at < d->now - days * DAY_S;
}

/* --- a part of it --- */

static int drop_raw(struct desk *d, const struct store_mail *m, struct expired *sum, struct err *e)
{
	struct store_mail known = *m;
	struct store_left left;
	bool dropped;

	if (mail_identified(d->store, &known, e) < 0 ||
	    store_person_drop_raw(d->store, m->id, &dropped, &left, e) < 0)
		return -1;
	sum->raw_mails += dropped;
	if (left.content)
		job_log_left(m->id, &left);
	return 0;
}

static int expire_raw(struct desk *d, int64_t number, int64_t days, struct expired *sum,
		      struct err *e)
{
	const struct store_mail_filter f = { .message_id = SPAN(""),
					     .state = -1,
					     .case_number = number };
	struct store_mail *v;
	size_t n;

	if (store_mail_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_past(d, days, v[i].kept_at) || v[i].state == MAIL_QUARANTINED)
			continue;
		if (drop_raw(d, &v[i], sum, e) < 0)
			return -1;
	}
	return 0;
}

static bool is_final(enum outbox_state state)
{
	return state != OUTBOX_QUEUED && state != OUTBOX_SENDING && state != OUTBOX_UNKNOWN;
}

static int expire_sent(struct desk *d, int64_t number, int64_t days, struct expired *sum,
		       struct err *e)
{
	const struct store_outbox_filter f = { .state = -1, .case_number = number };
	struct store_outbox *v;
	size_t n;
	bool dropped;

	if (store_outbox_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!is_past(d, days, v[i].created_at) || !is_final(v[i].state))
			continue;
		if (store_person_drop_message(d->store, v[i].id, &dropped, e) < 0)
			return -1;
		sum->sent_texts += dropped;
	}
	return 0;
}

/* Of the case and of those that were merged into it. */
static int expire_parts(struct desk *d, int64_t number, const struct conf_queue *q,
			struct expired *sum, struct err *e)
{
	int64_t *family;
	size_t n;

	if (store_person_family(d->store, number, d->arena, &family, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((q->raw_days && expire_raw(d, family[i], q->raw_days, sum, e) < 0) ||
		    (q->sent_days && expire_sent(d, family[i], q->sent_days, sum, e) < 0))
			return -1;
	return 0;
}

/* --- all of it --- */

static bool is_erased(struct span text)
{
	return !text.n || span_is(text, WORDS_ERASED);
}

/* It was, and nobody wrote since. */
static int was_erased(struct desk *d, const struct store_case *c, bool *ret_was, struct err *e)
{
	struct store_note *v;
	size_t n;

	*ret_was = span_is(c->subject, WORDS_ERASED) && !c->requester_address.n;
	if (!*ret_was)
		return 0;
	if (store_note_page(d->store, c->number, INT64_MAX, 0, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && *ret_was; i++)
		*ret_was = is_erased(v[i].text) && is_erased(v[i].reply);
	return 0;
}

static int expire_whole(struct desk *d, const struct store_case *c, struct expired *sum,
			struct err *e)
{
	struct job j = { .d = d, .whole = true };
	bool was;

	if (was_erased(d, c, &was, e) < 0)
		return -1;
	if (was)
		return 0;
	person_words_init(&j.words, d->arena);
	sum->cases++;
	return job_case(&j, c->number, e);
}

static int expire_case(struct desk *d, const struct store_case *c, struct expired *sum,
		       struct err *e)
{
	const struct conf_queue *q = desk_queue(d, c->queue);

	if (!case_state_is_over(c->state) || c->merged_into)
		return 0;
	if (is_past(d, q->case_days, c->updated_at))
		return expire_whole(d, c, sum, e);
	return q->raw_days || q->sent_days ? expire_parts(d, c->number, q, sum, e) : 0;
}

int expire_slice(struct desk *d, int64_t after, bool dry, struct expired *sum, int64_t *ret_last,
		 struct err *e)
{
	struct store_stand *v;
	struct store_case c;
	size_t n;

	if (store_person_stands(d->store, PERSON_CASES, after, EXPIRE_CASES_A_SLICE, d->arena, &v,
				&n, e) < 0 ||
	    (dry && store_mark(d->store, e) < 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (store_case_get(d->store, v[i].id, d->arena, &c, e) < 0 ||
		    expire_case(d, &c, sum, e) < 0)
			return -1;
	*ret_last = n ? v[n - 1].id : 0;
	return dry ? store_back_to_mark(d->store, e) : 0;
}

/* --- mails of no case --- */

static const struct conf_queue *queue_of(const struct desk *d, struct span mailbox)
{
	const struct conf_mailbox *m = conf_mailbox_find(d->conf, arena_cstr(d->arena, mailbox));

	return desk_queue(d, m ? span_of(m->queue) : SPAN(""));
}

static int expire_mail(struct desk *d, const struct store_mail *m, struct expired *sum,
		       struct err *e)
{
	const struct conf_queue *q = queue_of(d, m->location.mailbox);
	struct job j = { .d = d, .whole = true };

	if (m->state == MAIL_KEPT || m->state == MAIL_QUARANTINED)
		return 0;
	if (is_past(d, q->case_days, m->kept_at) && (m->from.n || !is_erased(m->subject))) {
		person_words_init(&j.words, d->arena);
		sum->raw_mails++;
		return job_mail(&j, m, true, e);
	}
	if (!is_past(d, q->raw_days, m->kept_at) && !is_past(d, q->case_days, m->kept_at))
		return 0;
	return drop_raw(d, m, sum, e);
}

int expire_mails(struct desk *d, int64_t after, bool dry, struct expired *sum, int64_t *ret_last,
		 struct err *e)
{
	struct store_stand *v;
	struct store_mail m;
	size_t n;

	if (store_person_stands(d->store, PERSON_MAILS, after, EXPIRE_MAILS_A_SLICE, d->arena, &v,
				&n, e) < 0 ||
	    (dry && store_mark(d->store, e) < 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!v[i].case_number && (store_mail_get(d->store, v[i].id, d->arena, &m, e) < 0 ||
					  expire_mail(d, &m, sum, e) < 0))
			return -1;
	*ret_last = n ? v[n - 1].id : 0;
	return dry ? store_back_to_mark(d->store, e) : 0;
}
