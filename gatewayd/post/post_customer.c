/* The occasions on which a customer is written to. */
#include "gatewayd/post/notice.h"

static int tell_opened(struct desk *d, enum notice_event event, const struct post_opened *p,
		       struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = event,
					     .number = p->number,
					     .note = p->note,
					     .to = p->to,
					     .thread = &p->thread,
					     .queues = p->queues,
					     .queue_count = p->queue_count,
					     .said = p->said,
					     .words = p->words,
					     .proven = p->proven,
					     .remark = p->remark,
					     .asked = p->asked,
					     .together = p->together },
			   e);
}

int post_opened(struct desk *d, const struct post_opened *p, struct err *e)
{
	return tell_opened(d, p->follows ? NOTICE_FOLLOWED : NOTICE_OPENED, p, e);
}

int post_proven(struct desk *d, const struct post_opened *p, struct err *e)
{
	return tell_opened(d, NOTICE_PROVEN, p, e);
}

int post_customer_reply(struct desk *d, const struct post_reply *p, struct err *e)
{
	struct notice n = { .event = p->only_to.n ? NOTICE_RESENT : NOTICE_ANSWERED,
			    .number = p->number,
			    .note = p->note,
			    .by_staff = true,
			    .actor = p->author,
			    .reply = p };

	if (p->only_to.n)
		n.to = (struct post_person){ p->only_to, SPAN(""), true, SPAN("") };
	return notice_tell(d, &n, e);
}

static void add_person(const struct desk *d, struct buf *out, struct span name, struct span address)
{
	if (!address.n)
		return;
	buf_adds(out, out->n ? ", " : "");
	buf_add(out, author_text(name, address, d->arena));
}

int post_reply_to(struct desk *d, int64_t number, struct span *ret_people, struct err *e)
{
	struct buf out BUF_AUTO;
	struct store_person *v;
	struct store_case c;
	size_t n;

	buf_init(&out, (size_t)64 * KIB);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_participant_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	add_person(d, &out, c.requester_name, c.requester_address);
	for (size_t i = 0; i < n; i++)
		add_person(d, &out, v[i].name, v[i].address);
	*ret_people = arena_dup(d->arena, buf_span(&out));
	return 0;
}

int post_case_state(struct desk *d, int64_t number, struct err *e)
{
	return notice_tell(d, &(struct notice){ .event = NOTICE_STATE, .number = number }, e);
}

int post_state_since(struct desk *d, int64_t number, enum case_state before, struct err *e)
{
	struct post_person requester = { .address = SPAN("") };
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (case_state_is_over(before) && !case_state_is_over(c.state))
		return post_reopened(d, number, &requester, e);
	return post_case_state(d, number, e);
}

int post_closed(struct desk *d, int64_t number, const struct post_person *to, struct err *e)
{
	return notice_tell(
	    d, &(struct notice){ .event = NOTICE_STATE, .number = number, .to = *to }, e);
}

/* The answer to a mail, of a case or of none. */
static struct notice answer(enum notice_event event, const struct conf_queue *queue,
			    const struct post_person *to, const struct mime_thread *thread)
{
	return (struct notice){ .event = event, .queue = queue, .to = *to, .thread = thread };
}

int post_too_large(struct desk *d, const struct post_large *p, struct err *e)
{
	struct notice n = answer(NOTICE_TOO_LARGE, p->queue, &p->to, &p->thread);

	n.number = p->number;
	n.words = p->subject;
	return notice_tell(d, &n, e);
}

int post_referral(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		  const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_REFERRED, queue, to, thread);

	return notice_tell(d, &n, e);
}

int post_status(struct desk *d, int64_t number, const struct post_person *to,
		const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_ASKED, NULL, to, thread);

	n.number = number;
	return notice_tell(d, &n, e);
}

int post_listing(struct desk *d, const struct post_listing *l, const struct post_person *to,
		 const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_ASKED_LIST, l->queue, to, thread);

	n.cases = l->v;
	n.case_count = l->n;
	n.words = l->next;
	return notice_tell(d, &n, e);
}

int post_history(struct desk *d, int64_t number, const struct post_person *to,
		 const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_ASKED_SHOW, NULL, to, thread);

	n.number = number;
	return notice_tell(d, &n, e);
}

int post_search(struct desk *d, const struct conf_queue *queue, struct span query,
		const struct post_person *to, const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_ASKED_SEARCH, queue, to, thread);

	n.words = query;
	return notice_tell(d, &n, e);
}

int post_help(struct desk *d, const struct post_help *h, const struct post_person *to,
	      const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_ASKED_HELP, h->queue, to, thread);

	n.help = h;
	return notice_tell(d, &n, e);
}

int post_unanswered(struct desk *d, int64_t number, struct err *e)
{
	return notice_tell(d, &(struct notice){ .event = NOTICE_UNANSWERED, .number = number }, e);
}

int post_expired(struct desk *d, int64_t number, struct err *e)
{
	return notice_tell(d, &(struct notice){ .event = NOTICE_EXPIRED, .number = number }, e);
}

int post_merged(struct desk *d, int64_t number, int64_t into, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = into ? NOTICE_MERGED : NOTICE_UNMERGED,
					     .number = number,
					     .other = into },
			   e);
}

int post_split(struct desk *d, int64_t number, int64_t from, struct err *e)
{
	return notice_tell(
	    d, &(struct notice){ .event = NOTICE_SPLIT, .number = number, .other = from }, e);
}

int post_reopened(struct desk *d, int64_t number, const struct post_person *to, struct err *e)
{
	return notice_tell(
	    d, &(struct notice){ .event = NOTICE_REOPENED, .number = number, .to = *to }, e);
}

int post_unsubscribed(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		      const struct mime_thread *thread, struct err *e)
{
	struct notice n = answer(NOTICE_UNSUBSCRIBED, queue, to, thread);

	return notice_tell(d, &n, e);
}

/* The names in it come from the operator's import, not from a sender. */
int post_recommendations(struct desk *d, const struct store_contact *to,
			 const struct store_recommendation *v, size_t n, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_RECOMMENDED,
					     .queue = &d->conf->queues[0],
					     .to = { to->address, to->name, true, SPAN("") },
					     .recommendations = v,
					     .recommendation_count = n },
			   e);
}
