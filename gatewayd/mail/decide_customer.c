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

static bool decide_command(const struct decide_in *in, struct decision *d,
			   const struct decide_case *own)
{
	struct span subject = in->facts->subject;

	/* A list repeats what was said, a program does not ask. */
	if (in->mail->history || in->facts->kind != FACTS_HUMAN)
		return false;
	customer_command_read(subject.p ? subject : SPAN(""), in->facts->reply, &d->command);
	if (d->command.verb == CUSTOMER_NONE || !d->authenticated || in->facts->attachment_count)
		return false;
	if (d->command.verb == CUSTOMER_CLOSE && !own)
		return false;
	if (own && !own->participant)
		return false;
	/* Who was copied says something about the case, and commands nothing. */
	if (d->command.verb != CUSTOMER_LIST && own && !own->requester)
		return false;
	/* What is nothing but an answer that may not be given is for people to see. */
	if (d->command.verb != CUSTOMER_CLOSE && !decide_answers_sender(in))
		return false;
	d->case_number = own ? own->row.number : 0;
	decide_say(d, DECIDE_CUSTOMER_COMMAND, "a command of an authenticated sender");
	return true;
}

/* In a thread of ours the quotes are of our own mails; one that is nothing but quotes is shown. */
static void show_reply(const struct decide_in *in, struct decision *d)
{
	d->is_reply = span_trim(in->facts->reply).n > 0;
	if (d->is_reply)
		d->text = in->facts->reply;
}

/* The case is of the sender's account, and open to all of it. */
static bool is_of_account(const struct decide_in *in, const struct store_case *c)
{
	struct span id = in->account.id;

	return id.p && (span_eq(c->account, id) || (span_eq(c->behalf, id) && !c->top_visible));
}

/* A token of the case: of somebody else, or of who is not in the conversation any more. */
static bool holds_token(const struct decide_in *in)
{
	return in->token_holder.p || (in->identity->token_valid && in->token_case.found);
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

	if (decide_command(in, d, own))
		return true;
	if (!own)
		return decide_outside(in, d);
	d->case_number = own->row.number;
	show_reply(in, d);
	d->names = d->authenticated && own->requester;
	d->keeps_state = !d->authenticated && case_state_is_over(own->row.state);
	if (in->identity->failed && !in->mail->history)
		decide_say(d, DECIDE_SUSPECT_NOTE,
			   "a token of the case, but our server says dmarc=fail");
	else
		decide_say(d, DECIDE_CUSTOMER_NOTE, why);
	return true;
}
