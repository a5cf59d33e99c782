#include "gatewayd/mail/mail_gather.h"

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/alert.h"
#include "gatewayd/mail/decide_customer.h"
#include "gatewayd/mail/gather_say.h"
#include "gatewayd/mail/newest_case.h"
#include "gatewayd/mail/shown_gather.h"
#include "gatewayd/mail/thread.h"

enum { LAST_CASE_S = 30 * DAY_S }; /* thanks are for a case that had to do with it */

/* NULL: it came another way (ingest, import), or the mailbox is not configured any more. */
static const struct conf_mailbox *mailbox_of(struct desk *d, const struct store_mail *mail)
{
	return conf_mailbox_find(d->conf, arena_cstr(d->arena, mail->location.mailbox));
}

/* Of a case that is over: until when its mails open it again. */
static int find_window(struct desk *d, struct decide_case *c, struct err *e)
{
	struct case_event *log;
	size_t n;

	c->queue = desk_queue(d, c->row.queue);
	if (!case_state_is_over(c->row.state))
		return 0;
	c->reopens_until = c->row.updated_at;
	if (case_log_read(d, c->row.number, &log, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (log[i].type == CASE_STATE)
			c->reopens_until = log[i].at;
	c->reopens_until += c->queue->reopen_within_s;
	return 0;
}

static int find_case(struct desk *d, int64_t number, struct span from, struct decide_case *ret,
		     struct err *e)
{
	enum participant_role role = ROLE_NONE;
	struct err why;

	if (number <= 0 || ret->found)
		return 0;
	if (case_follow(d, number, &ret->row, &why) < 0) {
		if (why.class == ERR_PERM)
			return 0; /* there is no such case */
		*e = why;
		return -1;
	}
	ret->found = true;
	if (from.p && store_participant_role(d->store, ret->row.number, from, &role, e) < 0)
		return -1;
	ret->participant = role != ROLE_NONE;
	ret->requester = role == ROLE_REQUESTER;
	if (ret->participant && !ret->requester && ret->row.number != number) {
		if (store_participant_role(d->store, number, from, &role, e) < 0)
			return -1;
		ret->merged = role == ROLE_REQUESTER ? number : 0;
	}
	return find_window(d, ret, e);
}

/* Merged into another customer's: who is in it may see it, and nothing of the other. */
static int find_left(struct desk *d, int64_t number, struct span from, struct decide_case *ret,
		     struct err *e)
{
	enum participant_role role;

	if (!ret->found || ret->participant || ret->row.number == number || !from.p)
		return 0;
	if (store_participant_role(d->store, number, from, &role, e) < 0)
		return -1;
	if (role == ROLE_NONE)
		return 0;
	ret->participant = true;
	ret->requester = role == ROLE_REQUESTER;
	return store_case_get(d->store, number, d->arena, &ret->row, e) < 0
		   ? -1
		   : find_window(d, ret, e);
}

/* The sender's newest, as long as it is fresh. */
static int find_last(struct desk *d, struct decide_in *in, struct err *e)
{
	struct span from = in->identity->from;
	int64_t number;

	if (in->command.verb != CUSTOMER_GRATEFUL || !in->identity->vouched || !from.n)
		return 0;
	if (newest_case_find(d, from, d->now - LAST_CASE_S, &number, e) < 0)
		return -1;
	return find_case(d, number, from, &in->last, e);
}

static int read_command(struct desk *d, struct decide_in *in, struct err *e)
{
	const struct customer_command *c = &in->command;
	struct span from = in->identity->from;

	decide_read_command(in, d->arena);
	for (size_t i = 0; i < c->numbers.n; i++)
		if (find_case(d, c->numbers.v[i], from, &in->asked[i], e) < 0 ||
		    ((c->verb == CUSTOMER_STATUS || c->verb == CUSTOMER_SHOW) &&
		     find_left(d, c->numbers.v[i], from, &in->asked[i], e) < 0))
			return -1;
	return find_last(d, in, e);
}

/* Through a customer database that adds List-Unsubscribe people write, too. */
static int find_taking_part(struct desk *d, struct decide_in *in, struct err *e)
{
	struct store_case_filter f = { .open_only = true,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = in->identity->from,
				       .account = SPAN(""),
				       .limit = 1 };
	struct store_case *v;
	size_t n;

	if (!(in->facts->marks & facts_mark_bit(FACTS_MARK_LIST_UNSUBSCRIBE)) ||
	    !in->identity->vouched || !f.requester.n)
		return 0;
	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	in->takes_part = n > 0;
	return 0;
}

static int find_by_ids(struct desk *d, const struct header_scan *scan, struct span from,
		       struct decide_case *ret, struct err *e)
{
	size_t n = scan->in_reply_to_count + scan->reference_count;

	for (size_t i = 0; i < n && !ret->found; i++) {
		struct span id = i < scan->in_reply_to_count ? scan->in_reply_to[i]
							     : scan->references[n - 1 - i];
		int64_t number;

		if (!utf8_valid(id))
			continue;
		if (store_case_by_message_id(d->store, id, &number, e) < 0 ||
		    find_case(d, number, from, ret, e) < 0)
			return -1;
	}
	return 0;
}

/* By token or Message-ID; a tag alone answers nothing. */
static int find_answered(struct desk *d, const struct header_scan *scan, struct decide_in *in,
			 struct err *e)
{
	const struct identity *id = in->identity;
	struct span subject = in->facts->subject;
	struct decide_case by_id = { 0 };
	int64_t number = 0;

	if (find_case(d, id->mentioned_case, SPAN_NONE, &by_id, e) < 0 ||
	    find_by_ids(d, scan, id->from, &by_id, e) < 0)
		return -1;
	if (!by_id.found && (thread_find(d, scan, subject, &number, e) < 0 ||
			     find_case(d, number, id->from, &by_id, e) < 0))
		return -1;
	if (!in->mentioned.found && by_id.found)
		in->mentioned = by_id;
	in->mentioned.answered = by_id.found && by_id.row.number == in->mentioned.row.number;
	return 0;
}

static bool is_holder(const struct desk *d, const struct identity *id, struct span address)
{
	enum token_role role;
	int64_t number;

	return token_check(d->keys, id->reply_purpose, id->reply_token, address, d->now, &role,
			   &number) == TOKEN_VALID &&
	       role == TOKEN_CUSTOMER;
}

/* The token of the mail, as one of those in the conversation has it. */
static int find_holder(struct desk *d, const struct identity *id, struct decide_in *in,
		       struct err *e)
{
	const struct store_case *c = &in->mentioned.row;
	struct store_person *v;
	size_t n;

	if (id->token_valid || !id->reply_token.p || !in->mentioned.found)
		return 0;
	if (store_participant_list(d->store, c->number, d->arena, &v, &n, e) < 0)
		return -1;
	if (c->requester_address.n && is_holder(d, id, c->requester_address))
		in->token_holder = c->requester_address;
	for (size_t i = 0; i < n && !in->token_holder.p; i++)
		if (is_holder(d, id, v[i].address))
			in->token_holder = v[i].address;
	return 0;
}

static int find_flagged(struct desk *d, const struct mail_job *job, struct decide_in *in,
			struct err *e)
{
	if (!in->mentioned.found || in->mentioned.participant)
		return 0;
	return store_note_count(d->store, in->mentioned.row.number, NOTE_TRUST_OUTSIDE,
				job->mail.received_at - DAY_S, &in->flagged, e);
}

/* Opened by an imported mail, and nobody has woken it since. */
static int find_past(struct desk *d, const struct mail_job *job, struct decide_case *c,
		     struct err *e)
{
	struct store_mail_filter f = {
		.message_id = SPAN(""), .state = MAIL_CASE, .case_number = c->row.number, .limit = 1
	};
	struct store_mail *v;
	size_t n;

	if (!job->mail.history || !c->found)
		return 0;
	if (store_mail_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	c->is_past = n && v[0].history && case_state_is_over(c->row.state);
	return 0;
}

static int find_cases(struct desk *d, const struct mail_job *job, struct mail_gathered *g,
		      struct err *e)
{
	const struct identity *id = &g->identity;
	struct decide_in *in = &g->in;
	struct span subject = job->facts.subject;
	int64_t tagged = 0;

	if (id->token_valid && find_case(d, id->token_case, id->from, &in->token_case, e) < 0)
		return -1;
	if (subject.p)
		subject_tag_find(subject, &tagged);
	if (find_case(d, id->mentioned_case, id->from, &in->mentioned, e) < 0 ||
	    find_case(d, tagged, id->from, &in->mentioned, e) < 0 ||
	    find_answered(d, &g->scan, in, e) < 0)
		return -1;
	if (find_holder(d, id, in, e) < 0 || find_flagged(d, job, in, e) < 0)
		return -1;
	return find_past(d, job, &in->mentioned, e);
}

/* By the Message-ID that it has of ours, else by the token of the envelope and whom it names. */
static int find_bounced(struct desk *d, const struct mail_job *job, struct mail_gathered *g,
			struct err *e)
{
	const struct facts *f = &job->facts;
	struct span id = f->original_message_id;

	if (f->kind != FACTS_BOUNCE)
		return 0;
	if (id.n && store_outbox_by_message_id(d->store, id, d->arena, &g->bounced, e) < 0)
		return -1;
	g->in.bounced_case = g->bounced.id ? g->bounced.case_number : 0;
	if (g->bounced.id || !g->identity.bounce_valid || !f->recipient_count ||
	    !f->recipients[0].address.n)
		return 0;
	return store_outbox_last_to(d->store, g->identity.bounce_case, f->recipients[0].address,
				    d->arena, &g->bounced, e);
}

/* "sub.example", "@sub.example", or the address of somebody there. */
static int find_behalf_at(struct desk *d, struct span said, struct decide_in *in, struct err *e)
{
	size_t at = span_find(said, SPAN("@"));
	struct span domain = at == SIZE_MAX ? said : span_sub(said, at + 1, SIZE_MAX);
	struct store_contact contact;

	if (!addrspec_domain_valid(domain) || policy_is_freemail(&d->conf->policy, domain))
		return 0;
	return store_account_by_address(
	    d->store, span_of(arena_printf(d->arena, "x@" SPAN_FMT, SPAN_ARG(domain))), true,
	    d->arena, &in->behalf, &contact, e);
}

/* By its id, a domain, or its name, as people write it. */
static int find_behalf(struct desk *d, struct span said, struct decide_in *in, struct err *e)
{
	struct store_account *v;
	size_t n;

	if (store_account_get(d->store, said, d->arena, &in->behalf, e) < 0 ||
	    (!in->behalf.id.p && find_behalf_at(d, said, in, e) < 0))
		return -1;
	if (in->behalf.id.p)
		return 0;
	if (store_account_list(d->store, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if ((span_eq_ci(v[i].id, said) || lexicon_same(v[i].name, said)) &&
		    span_eq(v[i].parent, in->account.id))
			in->behalf = v[i];
	return 0;
}

static int find_account(struct desk *d, const struct mail_job *job, struct mail_gathered *g,
			struct err *e)
{
	struct decide_in *in = &g->in;
	struct store_contract *contracts;
	struct behalf behalf;

	struct span who = g->requester.address;

	if (!who.p || !utf8_valid(who))
		return 0;
	if (store_account_by_address(d->store, who,
				     !policy_is_freemail(&d->conf->policy, addrspec_domain(who)),
				     d->arena, &in->account, &g->contact, e) < 0)
		return -1;
	in->company = g->contact.address.p && g->contact.company;
	behalf_read(job->facts.text, &behalf);
	if (!in->account.id.p)
		return 0;
	if (behalf.account.n && find_behalf(d, behalf.account, in, e) < 0)
		return -1;
	if (store_contract_list(d->store, decide_account(&in->account), d->arena, &contracts,
				&in->contract_count, e) < 0)
		return -1;
	in->contracts = contracts;
	return 0;
}

static int read_answer(struct desk *d, const struct mail_job *job, struct mail_gathered *g,
		       struct err *e)
{
	const struct identity *id = &g->identity;
	const struct decide_case *about = id->token_valid ? &g->in.token_case : &g->in.mentioned;
	struct staff_answer_in in = {
		.conf = d->conf, .facts = &job->facts, .raw = job->raw, .body = job->body
	};

	/* Who only says that they are staff is not read so closely. */
	if (!id->staff || !(id->staff_trusted || id->vouched || id->desk_valid))
		return 0;
	if (about->found && id->staff_trusted &&
	    shown_gather(d,
			 &(struct shown_about){ about->row.number,
						id->token_valid ? id->token_case : 0,
						g->in.mentioned.row.number, job->facts.text },
			 &in, e) < 0)
		return -1;
	if (other_answer_find(d, about->row.number, id->staff, &g->scan, &g->in.other, e) < 0)
		return -1;
	in.notice = g->in.other.notice;
	staff_answer_read(&in, d->arena, &g->said);
	g->in.said = &g->said;
	return 0;
}

bool mail_names_staff(const struct desk *d, const struct store_mail *mail)
{
	const struct conf *conf = d->conf;

	for (size_t i = 0; i < conf->staff_count; i++)
		for (size_t k = 0; k < conf->staff[i].addresses.n; k++)
			if (span_find_ci(mail->from, span_of(conf->staff[i].addresses.v[k])) !=
			    SIZE_MAX)
				return true;
	return false;
}

bool mail_of_staff(struct desk *d, const struct store_mail *mail, struct span raw)
{
	struct identity_world world = { .conf = d->conf,
					.mailbox = mailbox_of(d, mail),
					.keys = d->keys,
					.now = d->now,
					.arena = d->arena };
	struct header_scan scan;
	struct identity id;

	if (!mail_names_staff(d, mail))
		return false;
	header_scan(raw, d->arena, &scan);
	identity_decide(&scan, &world, &id);
	return id.staff && (id.level != TRUST_L0 || id.desk_valid);
}

/* Those that came within the window and whose case is not over. */
static int find_storm(struct desk *d, struct mail_gathered *g, struct err *e)
{
	struct store_storm storm;
	struct decide_case open = { 0 };

	if (!g->storm_key)
		return 0;
	if (store_storm_get(d->store, g->storm_key, &storm, e) < 0)
		return -1;
	if (!storm.case_number || d->now - storm.last_at >= STORM_WINDOW_S)
		return 0;
	if (find_case(d, storm.case_number, SPAN_NONE, &open, e) < 0)
		return -1;
	if (open.found && !case_state_is_over(open.row.state)) {
		g->in.storm = storm;
		g->in.storm.case_number = open.row.number;
	}
	return 0;
}

/* The open case of the sender that the mail says is over. */
static int find_over(struct desk *d, const struct mail_job *job, struct mail_gathered *g,
		     struct err *e)
{
	struct span subject = job->facts.subject;

	if (job->mail.history || g->requester.by != REQUESTER_FROM || !g->identity.from.p ||
	    !subject.p || !alert_is_over(subject))
		return 0;
	return alert_find(d, subject, &g->identity, &g->in.over_case, e);
}

/* Only who may be a form is looked for: hardly any mail. */
static int find_requester(struct desk *d, struct requester_mail *m, struct mail_gathered *g,
			  struct err *e)
{
	struct span from = g->identity.from;
	struct store_account account = { .id = SPAN_NONE };
	struct store_contact contact;

	if (requester_may_be_form(m) && utf8_valid(from) &&
	    store_account_by_address(d->store, from, true, d->arena, &account, &contact, e) < 0)
		return -1;
	m->from_known = account.id.p != NULL;
	requester_find(m, d->arena, &g->requester);
	return 0;
}

int mail_gather(struct desk *d, const struct mail_job *job, struct mail_gathered *ret_gathered,
		struct err *e)
{
	struct mail_gathered *g = ret_gathered;
	struct identity_world world = { .conf = d->conf,
					.mailbox = mailbox_of(d, &job->mail),
					.keys = d->keys,
					.now = d->now,
					.arena = d->arena };
	struct requester_mail m = { d->conf,	  world.mailbox,     &job->facts, &g->scan,
				    &g->identity, job->mail.history, false };

	*g = (struct mail_gathered){
		.in = { .conf = d->conf, .mail = &job->mail, .facts = &job->facts }
	};
	header_scan(job->raw, d->arena, &g->scan);
	identity_decide(&g->scan, &world, &g->identity);
	automatic_decide(
	    &(struct automatic_mail){ &g->scan, &g->identity, job->facts.kind, world.mailbox },
	    d->conf, &g->answer);
	g->in.scan = &g->scan;
	g->in.mailbox = world.mailbox;
	g->in.identity = &g->identity;
	g->in.answer = &g->answer;
	our_queues_find(d, world.mailbox, &job->facts, &g->scan, &g->queues);
	g->in.queue = g->queues.v[0];
	if (find_requester(d, &m, g, e) < 0)
		return -1;
	g->in.requester = &g->requester;
	g->in.twin = &g->twin;
	if (g->identity.from.p && !job->mail.history)
		g->storm_key =
		    storm_key(&job->facts, g->requester.address, g->identity.vouched, g->in.queue);
	twin_begin(&(struct twin_mail){ job, &g->identity, &g->requester }, &g->twin);
	gather_say(d, job, g);
	if (twin_find(d, job, &g->twin, e) < 0 || find_cases(d, job, g, e) < 0 ||
	    find_taking_part(d, &g->in, e) < 0 || read_command(d, &g->in, e) < 0 ||
	    find_bounced(d, job, g, e) < 0 || read_answer(d, job, g, e) < 0)
		return -1;
	if (find_storm(d, g, e) < 0 || find_over(d, job, g, e) < 0 ||
	    find_account(d, job, g, e) < 0)
		return -1;
	return author_find(d, &m, &g->requester, g->in.account.id.p != NULL, &g->author, e);
}
