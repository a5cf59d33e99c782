#include "gatewayd/mail/decide_customer.h"

/* Into a case that the sender may have no part in: they add to it, and no more. */
static bool was_merged(const struct decide_in *in, const struct decide_case *c)
{
	return c->row.number != in->identity->token_case;
}

/* The case that this sender may write to: by token, or as a participant whom our server vouches
 * for. */
static const struct decide_case *own_case(const struct decide_in *in, const char **ret_why)
{
	const struct identity *id = in->identity;

	if (id->token_valid && in->token_case.found &&
	    (in->token_case.participant || was_merged(in, &in->token_case))) {
		*ret_why = "a token of the case, issued to the sender";
		return &in->token_case;
	}
	if (in->token_holder.p && !id->failed && in->mentioned.participant) {
		*ret_why = "a token of the case, issued to another address of the sender";
		return &in->mentioned;
	}
	if (id->vouched && in->mentioned.found && in->mentioned.participant) {
		*ret_why = "a participant of the case, vouched for by our server";
		return &in->mentioned;
	}
	if (in->mail->history && in->mentioned.found && in->mentioned.participant) {
		*ret_why = "an imported mail, of a participant of the case";
		return &in->mentioned;
	}
	return NULL;
}

bool decide_answers_sender(const struct decide_in *in)
{
	return in->answer->allowed && in->identity->from.p &&
	       addrspec_eq(in->answer->to, in->identity->from);
}

/* --- commands --- */

/* The case is of the sender's account, and open to all of it. */
static bool is_of_account(const struct decide_in *in, const struct store_case *c)
{
	struct span id = in->account.id;

	return id.p && (span_eq(c->account, id) || (span_eq(c->behalf, id) && !c->top_visible));
}

/* Pictures of a signature are no files. */
static bool has_files(const struct facts *f)
{
	for (size_t i = 0; i < f->attachment_count; i++)
		if (!f->attachments[i].is_inline ||
		    !span_starts_ci(f->attachments[i].content_type, SPAN("image/")))
			return true;
	return false;
}

/* Theirs, or of the account whose cases they may see. */
static bool may_see(const struct decide_in *in, const struct decide_case *c)
{
	return c->requester || (in->company && is_of_account(in, &c->row));
}

/* What a token alone lets do without our server's word it lets do in its own case. */
static bool may_ask(const struct decide_in *in, enum customer_verb verb,
		    const struct decide_case *c)
{
	bool proven = in->identity->vouched || (in->identity->token_valid && c->participant &&
						c->row.number == in->token_case.row.number);
	bool changes = verb == CUSTOMER_CLOSE || verb == CUSTOMER_REOPEN;

	return c->found && proven && (changes ? c->requester : may_see(in, c));
}

static bool is_about_case(enum customer_verb verb)
{
	return verb == CUSTOMER_STATUS || verb == CUSTOMER_SHOW || verb == CUSTOMER_CLOSE ||
	       verb == CUSTOMER_REOPEN;
}

/* A token of the case: of somebody else, or of who is not in the conversation any more. */
static bool holds_token(const struct decide_in *in)
{
	return in->token_holder.p || (in->identity->token_valid && in->token_case.found);
}

/* By its number, else the one that the mail answers; in *ret_about NULL: none.  false: people read
 * it. */
static bool find_about(const struct decide_in *in, struct decision *d,
		       const struct decide_case *own, const struct decide_case **ret_about)
{
	struct customer_command *c = &d->command;

	*ret_about = own;
	/* Who is in the case no more, or has somebody else's token: people see what they want. */
	if (!own && holds_token(in) && c->verb != CUSTOMER_STATUS)
		return !is_about_case(c->verb) && c->verb != CUSTOMER_SLIP;
	if (c->verb == CUSTOMER_SLIP)
		return !own || own->requester;
	if (!is_about_case(c->verb))
		return true;
	if (c->number && (!own || c->number != own->row.number))
		*ret_about = &in->asked;
	if (*ret_about && may_ask(in, c->verb, *ret_about))
		return true;
	if (own)
		return false;
	*ret_about = NULL;
	if (c->verb != CUSTOMER_STATUS || c->number)
		c->verb = CUSTOMER_SLIP;
	return true;
}

/* What the sender writes opens another case. */
static bool is_too_late(const struct decide_in *in, const struct decide_case *c)
{
	return c->reopens_until && in->mail->received_at > c->reopens_until;
}

static bool answers_case(const struct decide_in *in)
{
	return in->token_case.found || in->mentioned.answered;
}

void decide_read_command(struct decide_in *in, struct arena *a)
{
	struct customer_mail m = { .subject = in->facts->subject.p ? in->facts->subject : SPAN(""),
				   .text = in->facts->reply,
				   .answers = answers_case(in) };

	if (in->facts->kind == FACTS_HUMAN)
		customer_read(in->conf->phrases, &m, a, &in->command);
}

static bool needs_answer(enum customer_verb verb)
{
	return verb != CUSTOMER_CLOSE && verb != CUSTOMER_REOPEN && verb != CUSTOMER_THANKS;
}

static bool decide_command(const struct decide_in *in, struct decision *d,
			   const struct decide_case *own)
{
	const struct decide_case *about;

	/* A list repeats what was said, a program does not ask. */
	if (in->mail->history || in->facts->kind != FACTS_HUMAN)
		return false;
	d->command = in->command;
	if (d->command.verb == CUSTOMER_NONE || !d->authenticated || has_files(in->facts))
		return false;
	/* For a case it is a note, for an answer of the machine it is nothing. */
	if (d->command.verb == CUSTOMER_THANKS && (own || answers_case(in)))
		return false;
	if ((own && !own->participant) || !find_about(in, d, own, &about))
		return false;
	if (d->command.verb == CUSTOMER_REOPEN && is_too_late(in, about))
		d->command.verb = CUSTOMER_TOO_LATE;
	if (d->command.verb == CUSTOMER_SLIP && in->identity->staff)
		return false;
	/* What is nothing but an answer that may not be given is for people to see. */
	if (needs_answer(d->command.verb) && !decide_answers_sender(in)) {
		d->follows = d->command.verb == CUSTOMER_TOO_LATE ? about->row.number : 0;
		return false;
	}
	d->case_number = about ? about->row.number : 0;
	decide_say(d, DECIDE_CUSTOMER_COMMAND, "a command of an authenticated sender");
	return true;
}

const struct conf_queue *decide_followed_queue(const struct decide_in *in, const struct decision *d)
{
	const struct decide_case *cases[] = { &in->token_case, &in->mentioned, &in->asked };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i]->found && cases[i]->row.number == d->follows && cases[i]->queue)
			return cases[i]->queue;
	return d->queue;
}

/* --- words --- */

/* In a thread of ours the quotes are of our own mails; one that is nothing but quotes is shown. */
static void show_reply(const struct decide_in *in, struct decision *d)
{
	d->is_reply = span_trim(in->facts->reply).n > 0;
	if (d->is_reply)
		d->text = in->facts->reply;
}

/* Who may see the case joins by answering; any other colleague, and who holds a token that was
 * issued to somebody else, is heard, and staff decide whether they join. */
static bool decide_outside(const struct decide_in *in, struct decision *d)
{
	const struct identity *id = in->identity;
	const struct decide_case *about = &in->mentioned;
	bool colleague = id->vouched && about->answered && is_of_account(in, &about->row);

	if (!about->found || in->mail->history || !id->from.p ||
	    in->requester->by != REQUESTER_FROM || !(colleague || holds_token(in)))
		return false;
	if (id->failed && !id->token_valid)
		return false;
	d->case_number = about->row.number;
	show_reply(in, d);
	d->joins = colleague && in->company;
	if (d->joins)
		decide_say(d, DECIDE_CUSTOMER_NOTE,
			   "a contact who may see the case answers a mail of it");
	else if (id->failed)
		decide_say(d, DECIDE_SUSPECT_NOTE,
			   "a token of the case, but our server says dmarc=fail");
	else if (in->flagged >= DECIDE_FLAGGED_MAX)
		decide_say(d, DECIDE_QUARANTINE, "too many flagged notes on the case in a day");
	else
		decide_say(d, DECIDE_OUTSIDE_NOTE,
			   holds_token(in) ? "a token of the case, of who is not in it"
					   : "of the account, but not in the conversation");
	return true;
}

bool decide_customer(const struct decide_in *in, struct decision *d)
{
	const char *why = NULL;
	const struct decide_case *own = own_case(in, &why);
	bool thanks = in->command.verb == CUSTOMER_THANKS && !has_files(in->facts);

	if (decide_command(in, d, own))
		return true;
	if (!own)
		return !d->follows && decide_outside(in, d);
	show_reply(in, d);
	if (d->authenticated && !thanks && !in->mail->history && is_too_late(in, own))
		d->follows = own->row.number;
	if (d->follows)
		return false;
	d->case_number = own->row.number;
	d->names = d->authenticated && own->requester;
	/* A case that waits for its customer has had their answer. */
	d->keeps_state = (thanks && own->row.state != CASE_WAITING) ||
			 (!d->authenticated && case_state_is_over(own->row.state));
	d->reopens = !d->keeps_state && case_state_is_over(own->row.state);
	if (in->identity->failed && !in->mail->history)
		decide_say(d, DECIDE_SUSPECT_NOTE,
			   "a token of the case, but our server says dmarc=fail");
	else
		decide_say(d, DECIDE_CUSTOMER_NOTE, thanks ? "thanks, and nothing else" : why);
	return true;
}
