/* What the mails to customers say, by template. */
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/post/fill_history.h"
#include "gatewayd/post/help.h"
#include "gatewayd/post/notice.h"
#include "gatewayd/post/thread.h"

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

/* Opened for somebody else: to those of the account that may see it. */
static int fill_for_you(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	const struct store_case *c = mail->c;
	struct span account = c->reseller.n ? c->reseller : c->behalf;
	struct store_account behalf = { 0 };

	if (store_account_get(d->store, c->behalf, d->arena, &behalf, e) < 0)
		return -1;
	if (behalf.id.p)
		template_set(mail->data, "behalf", behalf.name.n ? behalf.name : behalf.id);
	template_set(mail->data, "reason",
		     word_with(d, mail->words, WORD_REASON_CONTACT, "account", account));
	template_set(mail->data, "text", n->said->text);
	return 0;
}

/* By a call, or by staff who passed their mail on: they may not know of it yet. */
static bool is_opened_for(const struct notice *n)
{
	const struct author *author = n->said ? n->said->author : NULL;

	return n->event == NOTICE_PHONED || (author && author->passed_on);
}

static int fill_confirmation(struct desk *d, struct compose_mail *mail, const struct notice *n,
			     struct err *e)
{
	if (reseller(d, mail->data, mail->c, e) < 0)
		return -1;
	template_set_flag(mail->data, "opened_for_you", is_opened_for(n));
	if (n->remark == REMARK_BEHALF)
		template_set(mail->data, "remark", words_get(mail->words, WORD_BEHALF_UNKNOWN));
	if (n->remark == REMARK_CONTRACT)
		template_set(
		    mail->data, "remark",
		    word_with(d, mail->words, WORD_NO_CONTRACT, "queue", span_of(n->asked)));
	return help_fill(d, mail, n->words, e);
}

/* The case that it follows. */
static int fill_follow_up(struct desk *d, struct compose_mail *mail, const struct notice *n,
			  struct err *e)
{
	struct store_link *v;
	size_t count;

	if (store_link_list(d->store, mail->c->number, d->arena, &v, &count, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (v[i].kind == LINK_FOLLOWS && v[i].number == mail->c->number)
			template_set(mail->data, "follows", word_number(d, v[i].other));
	return fill_confirmation(d, mail, n, e);
}

static int fill_thread(struct desk *d, struct compose_mail *mail, const struct notice *n,
		       struct err *e)
{
	(void)n;
	return thread_of(d, mail->c->number, mail->to.address, &mail->thread, e);
}

/* Until when a reply opens it again; from now on: it was closed just now. */
static int fill_closed(struct desk *d, struct compose_mail *mail, const struct notice *n,
		       struct err *e)
{
	int64_t within = mail->queue->reopen_within_s;

	if (within) {
		template_set(mail->data, "reopens_until",
			     word_time(d, mail->words, mail->zone, d->now + within));
		template_set(mail->data, "due_zone", words_zone(mail->words, mail->zone));
	}
	return fill_thread(d, mail, n, e);
}

/* The requester and those whom they named themselves: nobody else's address is passed on. */
static int set_also_to(struct desk *d, const struct compose_mail *mail, struct err *e)
{
	struct buf out BUF_AUTO;
	struct store_person *v;
	size_t n;

	buf_init(&out, (size_t)64 * KIB);
	if (store_participant_list(d->store, mail->c->number, d->arena, &v, &n, e) < 0)
		return -1;
	if (!addrspec_eq(mail->c->requester_address, mail->to.address))
		buf_add(&out, mail->c->requester_address);
	for (size_t i = 0; i < n; i++)
		if (v[i].origin == ORIGIN_NAMED && !addrspec_eq(v[i].address, mail->to.address))
			buf_addf(&out, "%s" SPAN_FMT, out.n ? ", " : "", SPAN_ARG(v[i].address));
	template_set(mail->data, "also_to", arena_dup(d->arena, buf_span(&out)));
	return 0;
}

/* A person of the staff has read the case and answers it. */
static int fill_reply(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	const struct post_reply *p = n->reply;

	mail->attachments = p->attachments;
	mail->attachment_count = p->attachment_count;
	if (p->author) {
		mail->from_name = span_of(p->author->name);
		template_set(mail->data, "owner", span_of(p->author->name));
	}
	template_set(mail->data, "text",
		     p->text.n ? p->text : words_get(mail->words, WORD_SEE_FILES));
	/* What is sent again goes to that address alone. */
	if (!p->only_to.n && set_also_to(d, mail, e) < 0)
		return -1;
	return fill_thread(d, mail, n, e);
}

static int fill_word(struct desk *d, struct compose_mail *mail, const struct notice *n,
		     struct err *e)
{
	template_set(mail->data, "customer", n->customer);
	post_set_said(d, mail, n->said);
	return fill_thread(d, mail, n, e);
}

static int fill_too_large(struct desk *d, struct compose_mail *mail, const struct notice *n,
			  struct err *e)
{
	(void)e;
	template_set(mail->data, "about", n->words);
	template_set(mail->data, "limit",
		     post_size(d, mail->words, (size_t)d->conf->limits.mail_bytes));
	return 0;
}

static int fill_referral(struct desk *d, struct compose_mail *mail, const struct notice *n,
			 struct err *e)
{
	(void)d;
	(void)n;
	(void)e;
	template_set(mail->data, "referral", span_of(mail->queue->referral));
	template_set(mail->data, "community", span_of(mail->queue->community));
	return 0;
}

static int fill_listing(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	(void)e;
	template_set_flag(mail->data, "cases_found", n->case_count > 0);
	template_set(mail->data, "due_zone", words_zone(mail->words, mail->zone));
	template_set(mail->data, "next", n->words);
	for (size_t i = 0; i < n->case_count; i++)
		(void)post_case_row(d, mail, &n->cases[i]);
	return 0;
}

static int fill_reminder(struct desk *d, struct compose_mail *mail, const struct notice *n,
			 struct err *e)
{
	struct store_waiting w;
	int64_t end;

	if (store_waiting_get(d->store, mail->c->number, &w, e) < 0)
		return -1;
	/* Once they are reminded it is what the timer has written down: a day at least is theirs.
	 */
	end = w.reminded ? w.due_at : w.case_number ? case_wait_end(d, mail->c, &w) : INSTANT_NONE;
	if (end != INSTANT_NONE)
		template_set(mail->data, "closes", word_time(d, mail->words, mail->zone, end));
	return fill_thread(d, mail, n, e);
}

static int fill_other(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	template_set(mail->data, "other", word_number(d, n->other));
	return fill_thread(d, mail, n, e);
}

static int fill_search(struct desk *d, struct compose_mail *mail, const struct notice *n,
		       struct err *e)
{
	template_set(mail->data, "query", n->words);
	return help_search(d, mail, n->words, e);
}

static int fill_help(struct desk *d, struct compose_mail *mail, const struct notice *n,
		     struct err *e)
{
	(void)e;
	template_set_flag(mail->data, "slip", n->help->slip);
	if (n->help->no_case)
		template_set(mail->data, "no_case", word_number(d, n->help->no_case));
	if (n->help->over)
		template_set(mail->data, "over", word_number(d, n->help->over));
	return 0;
}

/* The property is told once when it is the only one, else of each row. */
static int fill_recommendation(struct desk *d, struct compose_mail *mail, const struct notice *n,
			       struct err *e)
{
	const struct store_recommendation *v = n->recommendations;
	bool one = true;

	(void)e;
	for (size_t i = 1; i < n->recommendation_count; i++)
		one &= span_eq(v[i].property, v[0].property);
	mail->unsubscribe = true;
	template_set(mail->data, "reason",
		     word_with(d, mail->words, WORD_REASON_CONTACT, "account", v->account));
	template_set(mail->data, "property", one ? v->property : SPAN(""));
	template_set(mail->data, "account", v->account);
	for (size_t i = 0; i < n->recommendation_count; i++) {
		struct template_data *row = template_row(mail->data, "recommendations");

		template_set(row, "title", v[i].title);
		template_set(row, "link", v[i].link);
		template_set(row, "of_property", one ? SPAN("") : v[i].property);
	}
	return 0;
}

const struct notice_fill notice_customer_fills[] = {
	{ "confirmation", COMPOSE_ANSWER, fill_confirmation },
	{ "follow_up", COMPOSE_ANSWER, fill_follow_up },
	{ "case_for_you", COMPOSE_NOTICE, fill_for_you },
	{ "customer_reply", COMPOSE_PERSON, fill_reply },
	{ "participant_note", COMPOSE_NOTICE, fill_word },
	{ "owner_assigned", COMPOSE_NOTICE, fill_thread },
	{ "case_state", COMPOSE_NOTICE, fill_thread },
	{ "urgent", COMPOSE_ANSWER, NULL },
	{ "case_closed", COMPOSE_NOTICE, fill_closed },
	{ "too_large", COMPOSE_ANSWER, fill_too_large },
	{ "referral", COMPOSE_ANSWER, fill_referral },
	{ "status_answer", COMPOSE_ANSWER, NULL },
	{ "listing_answer", COMPOSE_ANSWER, fill_listing },
	{ "case_history", COMPOSE_ANSWER, fill_history },
	{ "search_answer", COMPOSE_ANSWER, fill_search },
	{ "help_answer", COMPOSE_ANSWER, fill_help },
	{ "case_reopened", COMPOSE_NOTICE, fill_thread },
	{ "waiting_reminder", COMPOSE_NOTICE, fill_reminder },
	{ "case_expired", COMPOSE_NOTICE, fill_closed },
	{ "case_merged", COMPOSE_NOTICE, fill_other },
	{ "case_unmerged", COMPOSE_NOTICE, fill_thread },
	{ "case_split", COMPOSE_NOTICE, fill_other },
	{ "unsubscribe_done", COMPOSE_ANSWER, NULL },
	{ "recommendation", COMPOSE_NOTICE, fill_recommendation },
	{ 0 },
};
