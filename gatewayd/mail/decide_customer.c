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

/* Theirs, what theirs was merged into, or of the account whose cases they may see. */
static bool may_see(const struct decide_in *in, const struct decide_case *c)
{
	return c->requester || c->merged || (in->company && is_of_account(in, &c->row));
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

static bool answers_case(const struct decide_in *in)
{
	return in->token_case.found || in->mentioned.answered;
}

/* What the sender writes opens another case. */
static bool is_too_late(const struct decide_in *in, const struct decide_case *c)
{
	return c->reopens_until && in->mail->received_at > c->reopens_until;
}

/* Of a case that was merged they may see what was theirs; its state is that of the other. */
static int64_t shown_number(enum customer_verb verb, const struct decide_case *c)
{
	bool whole = c->requester || !c->merged;

	return verb == CUSTOMER_SHOW && !whole ? c->merged : c->row.number;
}

static bool takes_part(const struct decide_case *c)
{
	return c->found && c->participant;
}

/* Takes the case into the command's, or says why not. */
static bool take_case(const struct decide_in *in, struct customer_command *c,
		      const struct decide_case *about)
{
	if (!may_ask(in, c->verb, about))
		return false;
	if (c->verb == CUSTOMER_REOPEN && is_too_late(in, about))
		c->too_late = about->row.number;
	else
		c->numbers.v[c->numbers.n++] = shown_number(c->verb, about);
	return true;
}

/* Those that it names; one that is none of the sender's is told as there is none. */
static bool take_named(const struct decide_in *in, struct customer_command *c,
		       const struct decide_case *own)
{
	struct customer_numbers named = c->numbers;

	c->numbers.n = 0;
	for (size_t i = 0; i < named.n; i++) {
		bool is_own = own && named.v[i] == own->row.number;

		if (take_case(in, c, is_own ? own : &in->asked[i]))
			continue;
		if (own || (in->identity->vouched && takes_part(&in->asked[i])))
			return false;
		c->no_case = named.v[i];
	}
	return true;
}

/* The case of the mail that it answers, which is not theirs, but which they may see. */
static bool take_seen(const struct decide_in *in, struct customer_command *c)
{
	const struct decide_case *about = in->token_case.found ? &in->token_case : &in->mentioned;
	bool looks = c->verb == CUSTOMER_STATUS || c->verb == CUSTOMER_SHOW;

	return looks && !c->numbers.n && about->found && answers_case(in) &&
	       take_case(in, c, about);
}

/* By their numbers, else the one that the mail answers.  false: people read it. */
static bool find_about(const struct decide_in *in, struct decision *d,
		       const struct decide_case *own)
{
	struct customer_command *c = &d->command;

	if (!own && take_seen(in, c))
		return true;
	/* Who is in the case no more, or has somebody else's token: people see what they want. */
	if (!own && holds_token(in) && c->verb != CUSTOMER_STATUS)
		return !is_about_case(c->verb) && c->verb != CUSTOMER_SLIP;
	if (c->verb == CUSTOMER_SLIP) {
		c->numbers.n = 0;
		return !own || own->requester;
	}
	if (!is_about_case(c->verb))
		return true;
	if (c->numbers.n ? !take_named(in, c, own) : own && !take_case(in, c, own))
		return false;
	if (c->numbers.n)
		return true;
	if (c->too_late)
		c->verb = CUSTOMER_TOO_LATE;
	else if (c->no_case || c->verb != CUSTOMER_STATUS)
		c->verb = CUSTOMER_SLIP;
	return true;
}

/* The display name, or the address without its domain. */
static struct span name_of(const struct facts *f)
{
	const struct facts_address *from = f->from.n ? &f->from.v[0] : NULL;

	if (!from)
		return SPAN("");
	return from->name.n ? from->name : addrspec_local(from->address);
}

void decide_read_command(struct decide_in *in, struct arena *a)
{
	struct customer_mail m = { .subject = in->facts->subject.p ? in->facts->subject : SPAN(""),
				   .text = in->facts->reply,
				   .from_name = name_of(in->facts),
				   .answers = answers_case(in) };

	/* Through a list a person's thanks are thanks still; nobody asks a machine through one. */
	if (in->facts->kind == FACTS_HUMAN || in->facts->kind == FACTS_BULK)
		customer_read(in->conf->phrases, &m, a, &in->command);
	if (in->facts->kind == FACTS_BULK && in->command.verb != CUSTOMER_THANKS)
		in->command = (struct customer_command){ .verb = CUSTOMER_NONE };
}

static bool needs_answer(enum customer_verb verb)
{
	return verb != CUSTOMER_CLOSE && verb != CUSTOMER_REOPEN && verb != CUSTOMER_THANKS;
}

static bool is_for_answer(const struct customer_command *c)
{
	return needs_answer(c->verb) || c->no_case || c->too_late;
}

static bool decide_command(const struct decide_in *in, struct decision *d,
			   const struct decide_case *own)
{
	struct customer_command *c = &d->command;

	/* A list repeats what was said, a program does not ask. */
	if (in->mail->history || in->facts->kind != FACTS_HUMAN)
		return false;
	*c = in->command;
	if (c->verb == CUSTOMER_NONE || c->verb == CUSTOMER_GRATEFUL || !d->authenticated ||
	    has_files(in->facts))
		return false;
	/* For a case it is a note, for an answer of the machine it is nothing. */
	if (c->verb == CUSTOMER_THANKS && (own || answers_case(in)))
		return false;
	if ((own && !own->participant) || !find_about(in, d, own))
		return false;
	if (c->verb == CUSTOMER_SLIP && in->identity->staff)
		return false;
	/* What is nothing but an answer that may not be given is for people to see. */
	if (is_for_answer(c) && !decide_answers_sender(in)) {
		d->follows = c->verb == CUSTOMER_TOO_LATE ? c->too_late : 0;
		return false;
	}
	d->case_number = c->numbers.n ? c->numbers.v[0] : c->too_late;
	decide_say(d, DECIDE_CUSTOMER_COMMAND, "a command of an authenticated sender");
	return true;
}

const struct conf_queue *decide_followed_queue(const struct decide_in *in, const struct decision *d)
{
	const struct decide_case *cases[2 + CUSTOMER_NUMBERS_MAX] = { &in->token_case,
								      &in->mentioned };

	for (size_t i = 0; i < CUSTOMER_NUMBERS_MAX; i++)
		cases[2 + i] = &in->asked[i];
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i]->found && cases[i]->row.number == d->follows && cases[i]->queue)
			return cases[i]->queue;
	return d->queue;
}

/* What is no command of theirs is a word on the case that it names, where they take part in it. */
static const struct decide_case *named_case(const struct decide_in *in, const char **ret_why)
{
	if (!in->identity->vouched || in->mail->history || !is_about_case(in->command.verb))
		return NULL;
	for (size_t i = 0; i < in->command.numbers.n; i++)
		if (takes_part(&in->asked[i])) {
			*ret_why =
			    "a participant of a case that it names, vouched for by our server";
			return &in->asked[i];
		}
	return NULL;
}

/* "Thanks a lot!", in a mail of its own. */
static bool is_grateful(const struct decide_in *in, const struct decide_case *own)
{
	return in->command.verb == CUSTOMER_GRATEFUL && !own && !in->mentioned.found &&
	       !in->over_case && !holds_token(in) && !in->mail->history && !in->mail->released &&
	       !in->identity->staff && in->requester->by == REQUESTER_FROM &&
	       in->facts->attachment_count == 0;
}

/* For who worked on the sender's newest case; where there is none, the daily list has it. */
static bool decide_grateful(const struct decide_in *in, struct decision *d)
{
	if (!takes_part(&in->last)) {
		decide_say(d, DECIDE_AUTO_FILE, "thanks, and nothing else, about no case");
		return true;
	}
	d->case_number = in->last.row.number;
	d->keeps_state = true;
	decide_say(d, DECIDE_CUSTOMER_NOTE, "thanks, and nothing else, to the newest case");
	return true;
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
	bool grateful = is_grateful(in, own);
	bool thanks = in->command.verb == CUSTOMER_THANKS && !has_files(in->facts);

	if (decide_command(in, d, own))
		return true;
	if (grateful)
		return decide_grateful(in, d);
	if (!own && !d->follows)
		own = named_case(in, &why);
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
