/* The occasions on which a customer is written to. */
#include "gatewayd/case/kb.h"
#include "gatewayd/case/word.h"
#include "gatewayd/post/post_mail.h"

static int suggestions(struct desk *d, struct template_data *data, struct span subject,
		       struct span words, struct err *e)
{
	struct kb_answer *v;
	size_t n;
	bool any = false;

	if (!d->conf->kb_dir || d->conf->limits.kb_suggestions == 0)
		return 0;
	if (kb_search(d, subject, words, d->conf->limits.kb_suggestions, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && v[i].score >= d->conf->limits.kb_score; i++) {
		struct template_data *row = template_row(data, "suggestions");

		any = true;
		template_set(row, "title", v[i].title);
		template_set(row, "link", v[i].link);
		template_setf(row, "score", "%.2f", v[i].score);
	}
	template_set_flag(data, "suggestions_found", any);
	return 0;
}

static int reseller(struct desk *d, struct template_data *data, const struct store_case *c,
		    struct err *e)
{
	struct store_account row;

	if (!c->reseller.n)
		return 0;
	if (store_account_get(d->store, c->reseller, d->arena, &row, e) < 0)
		return -1;
	if (row.id.p)
		template_set(data, "reseller", row.name.n ? row.name : row.id);
	return 0;
}

int post_confirmation(struct desk *d, const struct post_confirmation *p, struct err *e)
{
	struct store_case c;
	struct compose_mail mail;

	if (store_case_get(d->store, p->number, d->arena, &c, e) < 0)
		return -1;
	mail = post_about(d, "confirmation", &c);
	mail.cause = COMPOSE_ANSWER;
	mail.thread = p->thread;
	post_to_customer(d, &mail, &p->to);
	if (span_is(c.resource, "community"))
		template_set(mail.data, "community", span_of(mail.queue->community));
	if (reseller(d, mail.data, &c, e) < 0 ||
	    suggestions(d, mail.data, c.subject, p->words, e) < 0)
		return -1;
	return post_mail(d, &mail, e);
}

/* The last word of the customer is what their client threads our answer under. */
static int last_inbound(struct desk *d, int64_t number, struct mime_thread *ret_thread,
			struct err *e)
{
	struct store_note *v;
	struct span *ids;
	size_t n;

	if (store_note_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	ids = arena_alloc_n(d->arena, n, sizeof(*ids));
	*ret_thread = (struct mime_thread){ .message_id = SPAN(""), .references = ids };
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind != NOTE_INBOUND || !v[i].message_id.n)
			continue;
		ret_thread->message_id = v[i].message_id;
		ids[ret_thread->reference_count++] = v[i].message_id;
	}
	return 0;
}

static int reply_to(struct desk *d, const struct post_reply *p, const struct store_case *c,
		    struct span address, struct span name, const struct mime_thread *thread,
		    struct err *e)
{
	struct compose_mail mail = post_about(d, "customer_reply", c);

	mail.cause = COMPOSE_PERSON;
	mail.note = p->note;
	mail.thread = *thread;
	mail.attachments = p->attachments;
	mail.attachment_count = p->attachment_count;
	/* A person of the staff has read the case and answers it: what they write is theirs to
	 * send. */
	post_to_customer(d, &mail, &(struct post_person){ address, name, true, SPAN("") });
	if (p->author) {
		mail.from_name = span_of(p->author->name);
		template_set(mail.data, "owner", span_of(p->author->name));
	}
	template_set(mail.data, "text",
		     p->text.n ? p->text : words_get(mail.words, WORD_SEE_FILES));
	return post_mail(d, &mail, e);
}

int post_customer_reply(struct desk *d, const struct post_reply *p, struct err *e)
{
	struct store_person *v;
	struct mime_thread thread;
	struct store_case c;
	size_t n;

	if (store_case_get(d->store, p->number, d->arena, &c, e) < 0 ||
	    store_participant_list(d->store, p->number, d->arena, &v, &n, e) < 0 ||
	    last_inbound(d, p->number, &thread, e) < 0)
		return -1;
	if (c.requester_address.n &&
	    reply_to(d, p, &c, c.requester_address, c.requester_name, &thread, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (reply_to(d, p, &c, v[i].address, v[i].name, &thread, e) < 0)
			return -1;
	return 0;
}

static void add_person(struct buf *out, struct span name, struct span address)
{
	if (!address.n)
		return;
	buf_addf(out, "%s" SPAN_FMT "%s<" SPAN_FMT ">", out->n ? ", " : "", SPAN_ARG(name),
		 name.n ? " " : "", SPAN_ARG(address));
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
	add_person(&out, c.requester_name, c.requester_address);
	for (size_t i = 0; i < n; i++)
		add_person(&out, v[i].name, v[i].address);
	*ret_people = arena_dup(d->arena, buf_span(&out));
	return 0;
}

static int tell_requester(struct desk *d, const char *template, int64_t number, struct err *e)
{
	struct compose_mail mail;
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (!c.requester_address.n)
		return 0;
	mail = post_about(d, template, &c);
	if (last_inbound(d, number, &mail.thread, e) < 0)
		return -1;
	post_to_customer(
	    d, &mail,
	    &(struct post_person){ c.requester_address, c.requester_name, false, SPAN("") });
	return post_mail(d, &mail, e);
}

int post_owner_assigned(struct desk *d, int64_t number, struct err *e)
{
	return tell_requester(d, "owner_assigned", number, e);
}

int post_case_state(struct desk *d, int64_t number, struct err *e)
{
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	return tell_requester(d, c.state == CASE_CLOSED ? "case_closed" : "case_state", number, e);
}

int post_too_large(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		   const struct mime_thread *thread, struct err *e)
{
	struct compose_mail mail = post_answer(d, "too_large", queue, thread);

	post_to_customer(d, &mail, to);
	template_set(
	    mail.data, "limit",
	    word_count(d, mail.words, WORD_MEGABYTES, d->conf->limits.mail_bytes / 1000000));
	return post_mail(d, &mail, e);
}

int post_referral(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		  const struct mime_thread *thread, struct err *e)
{
	struct compose_mail mail = post_answer(d, "referral", queue, thread);

	post_to_customer(d, &mail, to);
	template_set(mail.data, "referral", span_of(queue->referral));
	template_set(mail.data, "community", span_of(queue->community));
	return post_mail(d, &mail, e);
}

int post_status(struct desk *d, int64_t number, const struct post_person *to,
		const struct mime_thread *thread, struct err *e)
{
	struct compose_mail mail;
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	mail = post_about(d, "status_answer", &c);
	mail.cause = COMPOSE_ANSWER;
	mail.thread = *thread;
	post_to_customer(d, &mail, to);
	return post_mail(d, &mail, e);
}

int post_listing(struct desk *d, const struct conf_queue *queue, const struct store_case *cases,
		 size_t n, const struct post_person *to, const struct mime_thread *thread,
		 struct err *e)
{
	struct compose_mail mail = post_answer(d, "listing_answer", queue, thread);

	post_to_customer(d, &mail, to);
	template_set_flag(mail.data, "cases_found", n > 0);
	template_set(mail.data, "due_zone", words_zone(mail.words, queue->zone));
	for (size_t i = 0; i < n; i++)
		(void)post_case_row(d, &mail, &cases[i]);
	return post_mail(d, &mail, e);
}

int post_unsubscribed(struct desk *d, const struct conf_queue *queue, const struct post_person *to,
		      const struct mime_thread *thread, struct err *e)
{
	struct compose_mail mail = post_answer(d, "unsubscribe_done", queue, thread);

	post_to_customer(d, &mail, to);
	return post_mail(d, &mail, e);
}

int post_recommendations(struct desk *d, const struct store_property *property,
			 const struct store_contact *to, const struct store_recommendation *v,
			 size_t n, struct err *e)
{
	struct mime_thread none = { .message_id = SPAN("") };
	struct compose_mail mail = post_answer(d, "recommendation", &d->conf->queues[0], &none);

	mail.cause = COMPOSE_NOTICE;
	mail.unsubscribe = true;
	/* The names in it come from the operator's import, not from a sender. */
	post_to_customer(d, &mail, &(struct post_person){ to->address, to->name, true, SPAN("") });
	template_set(mail.data, "reason",
		     word_with(d, mail.words, WORD_REASON_CONTACT, "account", property->account));
	template_set(mail.data, "property", property->name);
	template_set(mail.data, "account", property->account);
	for (size_t i = 0; i < n; i++) {
		struct template_data *row = template_row(mail.data, "recommendations");

		template_set(row, "title", v[i].title);
		template_set(row, "link", v[i].link);
	}
	return post_mail(d, &mail, e);
}
