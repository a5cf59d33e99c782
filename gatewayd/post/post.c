/* Composing, budgets and the outbox row: what all occasions share. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/post/post_mail.h"

#include <inttypes.h>

#include "conf/form.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/severity.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/automatic.h"
#include "gatewayd/post/shown.h"

/* Those that a mail must keep to; how many. */
static size_t budgets_of(struct desk *d, const struct compose_mail *p,
			 struct store_budget out[AUTOMATIC_BUDGETS])
{
	int64_t number = p->c ? p->c->number : 0;

	if (p->cause == COMPOSE_PERSON || p->urgent)
		return 0;
	if (p->role != TOKEN_STAFF)
		return automatic_budgets(
		    d->conf,
		    &(struct automatic_recipient){ p->to.address, number, p->authenticated },
		    d->arena, out);
	if (!number)
		return 0;
	out[0] = automatic_staff_budget(d->conf, p->to.address, number, d->arena);
	return 1;
}

/* Every budget still has room; a mail that one refuses takes nothing of the others. */
static int within_budget(struct desk *d, const struct compose_mail *p, bool *ret_within,
			 struct err *e)
{
	struct store_budget budgets[AUTOMATIC_BUDGETS];
	size_t n = budgets_of(d, p, budgets);

	return store_budget_take(d->store, budgets, n, d->now, ret_within, e);
}

static int note_on_case(struct desk *d, const struct compose_mail *p, int64_t row, const char *what,
			struct span detail, struct err *e)
{
	struct case_event ev = {
		.type = CASE_MAIL, .at = d->now, .actor = case_actor(CASE_BY_GATEWAYD), .row = row
	};

	if (!p->c)
		return 0;
	ev.reason = span_of(arena_printf(d->arena, "%s %s: " SPAN_FMT, p->template, what,
					 SPAN_ARG(utf8_prefix(detail, 200))));
	return case_log_add(d, p->c->number, &ev, e);
}

/* Why the mail is not to go out; "": it may. */
static int refused(struct desk *d, const struct compose_mail *p, struct span *ret_why,
		   struct err *e)
{
	struct store_dead dead = { .address = SPAN("") };
	bool within;

	*ret_why = SPAN("");
	if (p->cause != COMPOSE_PERSON && p->role == TOKEN_CUSTOMER &&
	    store_dead_get(d->store, p->to.address, d->now, d->arena, &dead, e) < 0)
		return -1;
	if (dead.address.n) {
		*ret_why = span_of(arena_printf(d->arena, "the address takes no mail: " SPAN_FMT,
						SPAN_ARG(utf8_prefix(dead.reason, 200))));
		return 0;
	}
	if (within_budget(d, p, &within, e) < 0)
		return -1;
	if (!within)
		*ret_why = SPAN("over the budget for automatic mail");
	return 0;
}

void post_say_refused(struct desk *d, const struct compose_mail *p)
{
	struct store_budget budgets[AUTOMATIC_BUDGETS];
	struct store_dead dead;
	struct err ignored;

	if (p->cause != COMPOSE_PERSON && p->role == TOKEN_CUSTOMER)
		(void)store_dead_get(d->store, p->to.address, d->now, d->arena, &dead, &ignored);
	store_budget_say(d->store, budgets, budgets_of(d, p, budgets), d->now);
}

static struct store_outbox row_of(const struct desk *d, const struct compose_mail *p,
				  const struct composed *made, struct span refused)
{
	struct span why;
	enum outbox_state state = desk_outbox_state(d, &why);

	return (struct store_outbox){
		.case_number = p->c ? p->c->number : 0,
		.note_id = p->note,
		.kind = span_of(p->template),
		.sender = made->sender,
		.recipient = p->to.address,
		.message_id = made->message_id,
		.subject = made->texts.subject,
		.state = refused.n ? OUTBOX_SUPPRESSED : state,
		.created_at = d->now,
		.next_at = d->now,
		.sent_at = INSTANT_NONE,
		.last_text = refused.n ? refused : why,
		.automatic = made->automatic,
		.domain = addrspec_domain_key(p->to.address, d->arena),
	};
}

static void keep_to_read(struct desk *d, int64_t row, const struct compose_texts *texts)
{
	struct desk_mail *mail;

	if (!d->mails)
		return;
	mail = arena_alloc(d->arena, sizeof(*mail));
	*mail = (struct desk_mail){ row, texts->subject, texts->text, NULL };
	*d->mails->last = mail;
	d->mails->last = &mail->next;
}

int post_mail(struct desk *d, struct compose_mail *p, struct err *e)
{
	struct composed made;
	struct store_outbox row;
	struct err why = { 0 };
	struct span why_not;
	bool is_numbered; /* who reads it meanwhile, and a case that it does not go, want it */
	int64_t id = 0;

	if (compose(d, p, &made, &why) < 0)
		return note_on_case(d, p, 0, "could not be made", span_of(why.text), e);
	if (refused(d, p, &why_not, e) < 0)
		return -1;
	row = row_of(d, p, &made, why_not);
	is_numbered = d->mails || why_not.n;
	if (store_outbox_add(d->store, &row, made.message, is_numbered ? &id : NULL, e) < 0)
		return -1;
	keep_to_read(d, id, &made.texts);
	if (p->role == TOKEN_STAFF && p->c && shown_keep(d, p, &made.texts, e) < 0)
		return -1;
	return why_not.n ? note_on_case(d, p, id, "suppressed", why_not, e) : 0;
}

const struct conf_staff *post_owner(const struct desk *d, const struct store_case *c)
{
	return c->owner.n ? conf_staff_find(d->conf, arena_cstr(d->arena, c->owner)) : NULL;
}

const char *post_customer_text(struct desk *d, const struct store_case *c)
{
	return arena_cstr(d->arena, author_text(c->requester_name, c->requester_address, d->arena));
}

bool post_may_promise(const struct desk *d, const struct compose_mail *p, int64_t due_at)
{
	return due_at != INSTANT_NONE && (p->role != TOKEN_CUSTOMER || due_at > d->now);
}

static void set_deadline(struct desk *d, const struct compose_mail *p)
{
	struct store_deadline *v;
	struct err e;
	size_t n;

	if (!d->store) /* a preview without a case */
		return;
	if (store_deadline_list(d->store, p->c->number, d->arena, &v, &n, &e) < 0)
		return; /* the mail is as good without; the store's trouble shows at the commit */
	for (size_t i = 0; i < n; i++) {
		if (!span_is(v[i].clock, "initial") || v[i].met_at != INSTANT_NONE ||
		    v[i].state == DEADLINE_NONE || !post_may_promise(d, p, v[i].due_at))
			continue;
		template_set(p->data, "due", word_time(d, p->words, p->zone, v[i].due_at));
	}
}

static void set_participants(struct desk *d, const struct compose_mail *p)
{
	struct store_person *v;
	struct buf out BUF_AUTO;
	struct err e;
	size_t n;

	buf_init(&out, (size_t)64 * KIB);
	if (!d->store || p->role != TOKEN_STAFF ||
	    store_participant_list(d->store, p->c->number, d->arena, &v, &n, &e) < 0)
		return; /* the store's trouble shows at the commit */
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s" SPAN_FMT, i ? ", " : "", SPAN_ARG(v[i].address));
	template_set(p->data, "participants", arena_dup(d->arena, buf_span(&out)));
}

/* What templates may say of a case; the words of its sender are compose()'s to keep or to empty. */
static void set_case(struct desk *d, const struct compose_mail *p)
{
	const struct store_case *c = p->c;
	const struct policy_kind *kind = desk_kind(d, p->queue);
	const struct conf_staff *owner = post_owner(d, c);
	struct template_data *data = p->data;
	struct store_account account = { 0 };
	struct err e;

	template_set_int(data, "severity", c->severity);
	if (kind && words_label(p->words, kind, c->severity)) {
		template_set(data, "severity_label",
			     span_of(words_label(p->words, kind, c->severity)));
		template_set(data, "severity_meaning",
			     span_of(words_meaning(p->words, kind, c->severity)));
	}
	if (c->priority && p->role == TOKEN_STAFF)
		template_set_int(data, "priority", c->priority);
	if (c->severity_requested)
		template_set_int(data, "severity_requested", c->severity_requested);
	if (owner)
		template_set(data, "owner", span_of(owner->name));
	template_set(data, "state", case_wait_word(d, p->words, c, p->role == TOKEN_CUSTOMER));
	template_set(data, "customer", span_of(post_customer_text(d, c)));
	if (c->account.n && store_account_get(d->store, c->account, d->arena, &account, &e) == 0 &&
	    account.id.p)
		template_set(data, "account", account.name.n ? account.name : account.id);
	if (account.id.p && p->role == TOKEN_STAFF)
		template_set(data, "package", account.package);
	template_set(data, "due_zone", words_zone(p->words, p->zone));
	set_deadline(d, p);
	set_participants(d, p);
}

struct compose_mail post_about(struct desk *d, const char *template, const struct store_case *c)
{
	const struct conf_queue *queue = desk_queue(d, c->queue);
	struct compose_mail p = { .template = template,
				  .cause = COMPOSE_NOTICE,
				  .queue = queue,
				  .zone = queue->zone,
				  .c = c,
				  .data = template_data_new(d->arena) };

	return p;
}

struct compose_mail post_answer(struct desk *d, const char *template,
				const struct conf_queue *queue, const struct mime_thread *thread)
{
	return (struct compose_mail){ .template = template,
				      .cause = COMPOSE_ANSWER,
				      .queue = queue,
				      .zone = queue->zone,
				      .thread = *thread,
				      .data = template_data_new(d->arena) };
}

/* The configuration's own spelling of the language; NULL: it has none such. */
static const char *known_language(const struct conf *conf, struct span language)
{
	for (size_t i = 0; language.n && i < conf->languages.n; i++)
		if (span_is_ci(language, conf->languages.v[i]))
			return conf->languages.v[i];
	return NULL;
}

/* That the operator entered for the address; trouble of the store shows at the commit. */
static const char *language_of(struct desk *d, struct span address)
{
	struct store_account account = { 0 };
	struct store_contact contact = { 0 };
	bool domain_too = !policy_is_freemail(&d->conf->policy, addrspec_domain(address));
	const char *language = NULL;
	struct err e;

	if (!d->store || !address.n || !utf8_valid(address) ||
	    store_account_by_address(d->store, address, domain_too, d->arena, &account, &contact,
				     &e) < 0)
		return NULL;
	language = known_language(d->conf, contact.language);
	return language ? language : known_language(d->conf, account.language);
}

const struct words *post_words(const struct desk *d, const struct conf_queue *queue,
			       const char *language, const char *template)
{
	struct err e;
	const struct conf_form *form = conf_form(d->conf, queue, language, template, false, &e);

	return words_find(d->conf, queue, form ? form->language : language);
}

static const struct words *customer_words(struct desk *d, const struct compose_mail *p,
					  const struct post_person *to)
{
	const char *language = language_of(d, to->address);

	if (!language)
		language = known_language(d->conf, p->c ? p->c->language : to->language);
	return post_words(d, p->queue, language ? language : p->queue->language, p->template);
}

/* Who did not write to us themselves is not told that they did. */
static struct span customer_reason(const struct desk *d, const struct compose_mail *p)
{
	if (!p->c)
		return word_with(d, p->words, WORD_REASON_WROTE, "address",
				 span_of(p->queue->address));
	if (p->c->written_to.n && addrspec_eq(p->to.address, p->c->requester_address))
		return word_with(d, p->words, WORD_REASON_WROTE, "address", p->c->written_to);
	return word_with(d, p->words, WORD_REASON_PARTICIPANT, "case",
			 word_number(d, p->c->number));
}

void post_to_customer(struct desk *d, struct compose_mail *p, const struct post_person *to)
{
	if (!p->words)
		p->words = customer_words(d, p, to);
	p->role = TOKEN_CUSTOMER;
	p->to = (struct mime_address){ to->name, to->address };
	p->authenticated = to->authenticated;
	template_set(p->data, "reason", customer_reason(d, p));
	if (p->c)
		set_case(d, p);
}

/* Notices about a case hang together in the reader's client: all answer one id that was never sent.
 */
const struct words *post_staff_words(const struct desk *d, const struct conf_queue *queue,
				     const struct conf_staff *staff, const char *template)
{
	const char *language = staff && staff->language ? staff->language : queue->language;

	return post_words(d, queue, language, template);
}

const char *post_staff_zone(const struct conf_queue *queue, const struct conf_staff *staff)
{
	return staff && staff->zone ? staff->zone : queue->zone;
}

void post_to_staff(struct desk *d, struct compose_mail *p, struct span address)
{
	const struct conf_staff *staff = conf_staff_by_address(d->conf, address);

	if (!p->words)
		p->words = post_staff_words(d, p->queue, staff, p->template);
	p->zone = post_staff_zone(p->queue, staff);
	p->role = TOKEN_STAFF;
	p->to = (struct mime_address){ staff ? span_of(staff->name) : SPAN(""), address };
	if (p->c && !p->thread.reference_count) {
		struct span *anchor = arena_alloc(d->arena, sizeof(*anchor));

		*anchor = span_of(
		    arena_printf(d->arena, "case.%" PRIi64 "@%s", p->c->number, d->conf->hostname));
		p->thread.references = anchor;
		p->thread.reference_count = 1;
	}
	template_set(p->data, "reason",
		     word_with(d, p->words, WORD_REASON_STAFF, "queue", span_of(p->queue->name)));
	if (p->c)
		set_case(d, p);
}
