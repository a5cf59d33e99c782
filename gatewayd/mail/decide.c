#include "gatewayd/mail/decide.h"

#include "gatewayd/mail/alert.h"
#include "gatewayd/mail/decide_asks.h"
#include "gatewayd/mail/decide_copy.h"
#include "gatewayd/mail/decide_customer.h"
#include "gatewayd/mail/decide_machine.h"
#include "gatewayd/mail/language.h"
#include "gatewayd/mail/urgency.h"

const char *decide_name(enum decide_what what)
{
	static const char *const names[] = {
#define X(id, name, state) name,
		DECISIONS(X)
#undef X
	};

	return names[what];
}

enum mail_state decide_final_state(enum decide_what what)
{
	static const enum mail_state states[] = {
#define X(id, name, state) state,
		DECISIONS(X)
#undef X
	};

	return states[what];
}

/* --- mails that need no sender --- */

static bool decide_mechanics(const struct decide_in *in, struct decision *d)
{
	if (in->twin->same)
		decide_say(d, DECIDE_DUPLICATE, "the same mail came before");
	else if (in->identity->is_own)
		decide_say(d, DECIDE_OWN, "our own mail came back");
	else
		return false;
	return true;
}

/* Of a mail that was cut only the beginning is here: enough for a note of a case, too little for
 * one. */
static bool decide_too_large(const struct decide_in *in, struct decision *d)
{
	if (in->mail->truncated)
		decide_say(d, DECIDE_TOO_LARGE, "over limits.mail_bytes");
	return in->mail->truncated;
}

/* "unsubscribe" in the subject (RFC 2369 links) or in the first line, or no word at all: the mail
 * that asks has the same address, so that an answer may be a question, or a machine's. */
static bool decide_unsubscribe(const struct decide_in *in, struct decision *d)
{
	struct span rest = span_trim(in->facts->reply), line = SPAN("");
	struct span subject = in->facts->subject.p ? in->facts->subject : SPAN("");
	bool person = in->facts->kind == FACTS_HUMAN, says = person && !rest.n;

	if (!in->identity->unsubscribe_valid)
		return false;
	span_line(&rest, &line);
	says = says || language_unsubscribes(in->conf, subject) ||
	       (person && language_unsubscribes(in->conf, line));
	if (says)
		decide_say(d, DECIDE_UNSUBSCRIBE, "to the unsubscribe address, with its token");
	return says;
}

/* --- staff --- */

/* What programs answer to it is nobody's wish. */
static bool decide_release(const struct decide_in *in, struct decision *d)
{
	if (!in->identity->digest_valid || in->mail->history || in->facts->kind != FACTS_HUMAN)
		return false;
	decide_say(d, DECIDE_RELEASE, "staff answered a list of mails that became no case");
	return true;
}

/* What staff wrote in the past belongs to the case it answers, and to nothing else.  In a case that
 * lives it would be taken for an answer of today, and nothing proves who wrote it. */
static bool decide_staff_history(const struct decide_in *in, struct decision *d)
{
	if (!in->mentioned.found) {
		decide_say(d, DECIDE_AUTO_FILE, "an imported staff mail, about no case");
		return true;
	}
	d->case_number = in->mentioned.row.number;
	if (!in->mentioned.is_past) {
		decide_say(d, DECIDE_STAFF_UNVERIFIED,
			   "an imported staff mail, about a living case");
		return true;
	}
	d->staff.text = in->facts->reply;
	decide_say(d, in->facts->reply.n ? DECIDE_STAFF_REPLY : DECIDE_STAFF_COMMANDS,
		   "an imported staff mail");
	return true;
}

/* The case that a mail of staff is about. */
static const struct decide_case *staff_case(const struct decide_in *in)
{
	const struct identity *id = in->identity;
	const struct decide_case *about = id->token_valid ? &in->token_case : &in->mentioned;

	return id->staff && about->found ? about : NULL;
}

/* What its author may not know of the case that it is for.  Who says what becomes of the case knows
 * how it stands. */
static enum staff_held look_at_case(const struct decide_in *in)
{
	const struct staff_answer *said = in->said;

	if (in->mail->truncated)
		return HELD_LARGE;
	if (said->held || said->commands.is_note || (!said->commands.text.n && !said->files))
		return said->held;
	if (in->other.at)
		return HELD_OTHER;
	return staff_case(in)->row.state == CASE_CLOSED && !staff_commands_state(&said->commands)
		   ? HELD_CLOSED
		   : HELD_NO;
}

static void decide_staff_answer(const struct decide_in *in, struct decision *d)
{
	const struct staff_answer *said = in->said;

	d->staff = said->commands;
	d->held = look_at_case(in);
	d->held_line = said->line;
	if (d->held)
		decide_say(d, DECIDE_STAFF_HELD, staff_held_why(d->held));
	else if (!d->staff.is_note &&
		 (d->staff.text.n || said->files || staff_commands_add_text(&d->staff)))
		decide_say(d, DECIDE_STAFF_REPLY, "staff answered");
	else
		decide_say(d, DECIDE_STAFF_COMMANDS, "staff commands");
}

static bool decide_staff(const struct decide_in *in, struct decision *d)
{
	const struct decide_case *about = staff_case(in);

	if (in->identity->staff && in->mail->history)
		return decide_staff_history(in, d);
	if (!about)
		return false;
	d->case_number = about->row.number;
	if (in->identity->staff_trusted)
		decide_staff_answer(in, d);
	else
		decide_say(d, DECIDE_STAFF_UNVERIFIED, "from a staff address that is not proven");
	return true;
}

/* A mail of staff that a machine may have written is held, not dropped: the mark may be wrong. */
static bool decide_staff_machine(const struct decide_in *in, struct decision *d)
{
	enum machine machine = decide_machine(in);

	if (!in->identity->staff_trusted || in->mail->history || !staff_case(in) ||
	    (machine != MACHINE_ANSWER && machine != MACHINE_CONTENT))
		return false;
	d->machine = machine;
	d->case_number = staff_case(in)->row.number;
	d->staff = in->said->commands;
	d->held = HELD_MACHINE;
	d->held_line = SPAN("");
	decide_say(d, DECIDE_STAFF_HELD, staff_held_why(HELD_MACHINE));
	return true;
}

/* Somebody answers a notice to staff from an address that is not listed: a member of staff at home,
 * one who left, or whom it was passed on to.  Nothing of it goes out. */
static bool decide_staff_elsewhere(const struct decide_in *in, struct decision *d)
{
	const struct identity *id = in->identity;

	if (id->staff_token_about_none && !in->mail->history) {
		decide_say(d, DECIDE_QUARANTINE,
			   "a staff token about no case, from an address that is not its holder's");
		return true;
	}
	if (!id->staff_token_case || !in->mentioned.found || in->mail->history ||
	    in->mentioned.row.number != id->staff_token_case)
		return false;
	d->case_number = in->mentioned.row.number;
	decide_say(d, DECIDE_STAFF_ELSEWHERE,
		   "a staff token, from an address that is not its holder's");
	return true;
}

/* --- new cases --- */

struct routing_mail decide_routing_mail(const struct decide_in *in)
{
	struct span subject = in->facts->subject;

	return (struct routing_mail){
		.subject = subject.p ? subject : SPAN(""),
		.text = in->facts->reply,
		.sender = in->identity->from,
		.recipients = in->scan->recipients,
		.recipient_count = in->scan->recipient_count,
		.delimiter = conf_delimiter(in->conf),
		.account_flags = in->account.flags,
		.account_origin = in->account.origin,
		.header = in->scan->header,
	};
}

static void route(const struct decide_in *in, struct decision *d)
{
	struct routing_mail m = decide_routing_mail(in);
	struct routing_result r = routing_find(&in->conf->policy, &m);
	const struct conf_queue *queue;

	d->rule = r.rule;
	d->score = r.score;
	if (!d->rule || !d->rule->queue)
		return;
	queue = conf_queue_find(in->conf, d->rule->queue);
	if (queue)
		d->queue = queue;
}

static bool has_contract(const struct decide_in *in, const char *kind)
{
	int64_t at = in->mail->received_at;

	for (size_t i = 0; i < in->contract_count; i++) {
		const struct store_contract *c = &in->contracts[i];

		if (span_is(c->kind, kind) && (c->from_at == INSTANT_NONE || c->from_at <= at) &&
		    (c->until_at == INSTANT_NONE || at < c->until_at))
			return true;
	}
	return false;
}

/* A kind that only a contract opens goes to the first business queue when there is none
 * (conf/policy/README.md section 1). */
static void follow_contract(const struct decide_in *in, struct decision *d)
{
	const struct policy_kind *kind = policy_kind_find(&in->conf->policy, d->queue->kind);

	if (!kind || !kind->contract_only || has_contract(in, kind->name))
		return;
	for (size_t i = 0; i < in->conf->queue_count; i++) {
		if (strcmp(in->conf->queues[i].kind, "business") == 0) {
			d->queue = &in->conf->queues[i];
			d->why = "no contract for the kind of the queue";
			d->remark = REMARK_CONTRACT;
			return;
		}
	}
}

struct span decide_account(const struct store_account *a)
{
	return a->reseller.n && !a->package.n ? a->reseller : a->id;
}

/* The first line of the mail names an indirect customer; why it does not count, or NULL. */
static const char *refuse_behalf(const struct decide_in *in, const struct decision *d)
{
	if (!d->authenticated)
		return "On-Behalf-Of is not followed: the sender is not authenticated";
	if (!in->behalf.id.p)
		return "On-Behalf-Of is not followed: there is no such account";
	if (!span_eq(in->behalf.parent, in->account.id))
		return "On-Behalf-Of is not followed: not a customer of the sender's account";
	return NULL;
}

static void set_account(const struct decide_in *in, struct decision *d)
{
	const struct store_account *a = &in->account;
	struct behalf behalf;
	const char *refused;

	behalf_read(in->facts->text, &behalf);
	d->top_visible = true;
	if (!a->id.p)
		return;
	d->account = decide_account(a);
	if (!span_eq(d->account, a->id)) {
		/* The reseller's customer writes: the reseller is the first line. */
		d->reseller = a->reseller;
		d->behalf = a->id;
		d->top_visible = false;
		return;
	}
	if (!behalf.account.n)
		return;
	refused = refuse_behalf(in, d);
	if (refused) {
		d->why = refused;
		d->remark = REMARK_BEHALF;
		return;
	}
	d->behalf = in->behalf.id;
	d->top_visible = behalf.top;
	d->text = behalf.text;
}

static void set_severity(const struct decide_in *in, struct decision *d)
{
	struct span subject = in->facts->subject;
	struct severity_intake intake = {
		.kind = policy_kind_find(&in->conf->policy, d->queue->kind),
		.channel = CHANNEL_EMAIL,
		.declared_allowed = d->queue->declared_severity,
		.authenticated = d->authenticated,
		.entitled = in->account.id.p && in->account.entitled,
		.declared = severity_declared(in->facts->reply),
		.wish = urgency_wish(&in->conf->policy, subject.p ? subject : SPAN(""),
				     in->facts->reply),
	};

	d->severity = severity_at_intake(&intake);
}

static bool is_known(const struct decide_in *in)
{
	return in->account.id.p && (in->account.entitled || in->account.reseller.n);
}

/* Somebody else than From asks: nothing of them is proven.  Of a mail that staff pass on the words
 * are the customer's, in the text or in the attached mail. */
static void take_requester(const struct decide_in *in, struct decision *d)
{
	const struct facts_forwarded *f = in->requester->forwarded;
	struct span text = in->facts->text;

	if (in->requester->by == REQUESTER_FROM)
		return;
	d->authenticated = false;
	d->why = in->requester->why;
	if (f && f->place == FACTS_ATTACHED && f->text.n) {
		d->words_above = span_trim(text);
		d->text = span_trim(f->text);
	}
	if (!f || f->place != FACTS_INLINE || !f->length)
		return;
	d->text = span_trim(span_sub(text, f->offset, f->length));
	d->words_above = requester_words_above(text, f);
	d->words_below = span_trim(span_sub(text, f->offset + f->length, SIZE_MAX));
}

/* The operator's rule knows the mail better than its marks. */
static bool refuse_by_rule(const struct decide_in *in, struct decision *d)
{
	enum policy_becomes becomes = d->rule ? d->rule->becomes : POLICY_CASE;

	if (in->mail->history || becomes == POLICY_CASE)
		return false;
	if (becomes == POLICY_FILE)
		decide_say(d, DECIDE_AUTO_FILE, "a rule files it");
	else
		decide_say(d, DECIDE_QUARANTINE, "a rule sets it aside");
	return true;
}

/* The mailbox wants no cases of programs; nor are imported ones of use. */
static bool refuse_automatic(const struct decide_in *in, struct decision *d)
{
	enum conf_automatic wish = in->mailbox ? in->mailbox->automatic : CONF_AUTOMATIC_CASE;

	if (in->mail->history || wish == CONF_AUTOMATIC_FILE)
		decide_say(d, DECIDE_AUTO_FILE, "a program's mail about no case");
	else if (wish == CONF_AUTOMATIC_QUARANTINE)
		decide_say(d, DECIDE_QUARANTINE, "a program's mail, by the mailbox's automatic");
	else
		return false;
	return true;
}

/* A person may well say the same about some numbers.  Who is neither known nor proven and says it
 * more often than we answer is a gateway that answers our answers and leaves no mark of it. */
static bool folds(const struct decide_in *in, struct decision *d)
{
	bool program = d->machine == MACHINE_CONTENT || storm_is_alert(in->facts) ||
		       alert_is_trouble(in->facts->subject.p ? in->facts->subject : SPAN(""));
	bool often = in->storm.count >= STORM_ALIKE && !in->identity->staff;
	bool gateway = !d->authenticated && !in->identity->staff && !is_known(in) &&
		       in->storm.count >= in->conf->limits.auto_unproven_hour;

	if (!in->storm.case_number || in->mail->released)
		return false;
	if (!gateway && ((!program && !often) || d->link_to))
		return false;
	d->tells = !gateway && !program;
	d->case_number = in->storm.case_number;
	decide_say(d, DECIDE_STORM_NOTE, "like the mails before it, but for numbers and times");
	return true;
}

static bool ends(const struct decide_in *in, struct decision *d)
{
	if (!in->over_case || d->link_to || in->mail->released)
		return false;
	d->case_number = in->over_case;
	decide_say(d, DECIDE_STORM_NOTE, "says that what its sender told of is over");
	return true;
}

static void decide_new(const struct decide_in *in, struct decision *d)
{
	const struct identity *id = in->identity;

	decide_say(d, DECIDE_CASE, "a new request");
	d->names = d->authenticated && in->requester->by == REQUESTER_FROM && !id->staff;
	take_requester(in, d);
	if (d->follows)
		d->queue = decide_followed_queue(in, d);
	else
		route(in, d);
	follow_contract(in, d);
	set_account(in, d);
	set_severity(in, d);
	d->case_number = 0;
	if (d->follows)
		d->link_to = d->follows;
	else if (in->token_case.found)
		d->link_to = in->token_case.row.number;
	else if (in->mentioned.found)
		d->link_to = in->mentioned.row.number;
	if (d->follows)
		d->why = "about a case that is over for too long to be opened again";
	else if (d->link_to)
		d->why = "mentions a case that the sender may not write to";
	if (!in->requester->address.p)
		d->why = in->requester->why ? in->requester->why : "no single readable From";
	if (refuse_by_rule(in, d) || (d->machine == MACHINE_CONTENT && refuse_automatic(in, d)))
		return;
	if (folds(in, d) || ends(in, d))
		return;
	if (is_known(in) || id->staff || d->link_to)
		return;
	if (d->queue->unknown_sender == CONF_UNKNOWN_QUARANTINE)
		decide_say(d, DECIDE_QUARANTINE, "unknown sender, by the queue's unknown_sender");
	else if (d->queue->unknown_sender == CONF_UNKNOWN_REFER)
		decide_say(d, DECIDE_REFER, "unknown sender, by the queue's unknown_sender");
}

static bool is_authenticated(const struct decide_in *in)
{
	const struct identity *id = in->identity;

	return id->vouched || (id->level == TRUST_L1 && in->queue->token_alone);
}

/* By the rules, the first that fits. */
static void decide_by_rules(const struct decide_in *in, struct decision *d)
{
	if (decide_mechanics(in, d) || decide_unsubscribe(in, d) || decide_release(in, d) ||
	    decide_staff_machine(in, d) || decide_by_machine(in, d) || decide_asks(in, d) ||
	    decide_staff(in, d) || decide_staff_elsewhere(in, d) || decide_customer(in, d) ||
	    decide_too_large(in, d))
		return;
	decide_new(in, d);
}

/* A rule set it aside, and a person wants it. */
static bool is_wanted(const struct decide_in *in, const struct decision *d)
{
	return in->mail->released && (d->what == DECIDE_QUARANTINE || d->what == DECIDE_AUTO_FILE ||
				      d->what == DECIDE_REFER || d->what == DECIDE_TOO_LARGE);
}

void decide_mail(const struct decide_in *in, struct decision *ret_decision)
{
	struct decision *d = ret_decision;

	*d = (struct decision){ .queue = in->queue,
				.text = in->facts->text,
				.account = SPAN(""),
				.behalf = SPAN(""),
				.reseller = SPAN(""),
				.words_above = SPAN(""),
				.words_below = SPAN(""),
				.authenticated = is_authenticated(in) };
	decide_by_rules(in, d);
	decide_copy(in, d);
	if (!is_wanted(in, d))
		return;
	decide_new(in, d);
	decide_say(d, DECIDE_CASE, "released by a person");
}
