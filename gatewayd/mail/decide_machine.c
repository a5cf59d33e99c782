#include "gatewayd/mail/decide_machine.h"

/* The case that an answer without content may be noted on: by token, by the envelope sender, or of
 * a participant who answers in its thread. */
static int64_t case_answered(const struct decide_in *in)
{
	const struct identity *id = in->identity;

	if (id->token_valid && in->token_case.found)
		return in->token_case.row.number;
	if (id->bounce_valid && id->bounce_case)
		return id->bounce_case;
	if (in->mentioned.found && in->mentioned.participant)
		return in->mentioned.row.number;
	return 0;
}

static bool by_bounce(const struct decide_in *in, struct decision *d)
{
	const struct identity *id = in->identity;

	/* Whoever was sent the mail knows its Message-ID; our envelope sender only the servers do.
	 */
	bool proven = id->bounce_valid || (!in->conf->verp && id->from_inside);

	d->case_number = id->bounce_valid ? id->bounce_case : in->bounced_case;
	if (d->case_number && !proven)
		decide_say(d, DECIDE_BOUNCE_UNPROVEN,
			   "a report on a mail that we sent, from nobody knows whom");
	else if (d->case_number)
		decide_say(d, DECIDE_BOUNCE, "a report on a mail that we sent");
	else
		decide_say(d, DECIDE_AUTO_FILE, "a delivery report about no mail that we sent");
	return true;
}

static bool by_answer(const struct decide_in *in, struct decision *d)
{
	bool gesture = d->machine == MACHINE_GESTURE;

	d->case_number = case_answered(in);
	if (d->case_number)
		decide_say(d, DECIDE_MACHINE_NOTE,
			   gesture ? "an invitation answered or a reaction, in a thread of the case"
				   : "an automatic answer in a thread of the case");
	else
		decide_say(d, DECIDE_AUTO_FILE,
			   gesture ? "an invitation answered or a reaction, about no case"
				   : "an automatic answer about no case");
	return true;
}

/* Nobody's own words: a token of staff in it must not make them an answer of theirs. */
static bool by_content(const struct decide_in *in, struct decision *d)
{
	if (!in->identity->staff || !in->identity->token_valid || !in->token_case.found)
		return false;
	d->case_number = in->token_case.row.number;
	decide_say(d, DECIDE_MACHINE_NOTE, "a program of staff, with a token of the case");
	return true;
}

/* With a token it is a note, whatever a filter or a list wrote on it. */
static bool by_unwanted(const struct decide_in *in, struct decision *d)
{
	if (in->identity->token_valid && in->token_case.found)
		return false;
	if (d->machine == MACHINE_SPAM)
		decide_say(d, DECIDE_QUARANTINE, "marked as spam before it came to us");
	else
		decide_say(d, DECIDE_AUTO_FILE,
			   "a newsletter: its List-Unsubscribe, no known sender");
	return true;
}

/* Of an account, of staff, or in a case: who writes through a database writes no newsletter. */
static bool is_known(const struct decide_in *in)
{
	return in->account.id.p || in->identity->staff || in->takes_part ||
	       (in->identity->vouched && in->mentioned.found && in->mentioned.participant);
}

enum machine decide_machine(const struct decide_in *in)
{
	struct machine_mail m = { in->facts, in->scan, in->conf, in->mailbox, is_known(in) };

	return machine_of(&m);
}

bool decide_by_machine(const struct decide_in *in, struct decision *d)
{
	static bool (*const decide[])(const struct decide_in *, struct decision *) = {
		[MACHINE_NONE] = NULL,		[MACHINE_BOUNCE] = by_bounce,
		[MACHINE_ANSWER] = by_answer,	[MACHINE_GESTURE] = by_answer,
		[MACHINE_SPAM] = by_unwanted,	[MACHINE_NEWSLETTER] = by_unwanted,
		[MACHINE_CONTENT] = by_content,
	};
	d->machine = decide_machine(in);
	return decide[d->machine] && decide[d->machine](in, d);
}
