#include "gatewayd/mail/decide_asks.h"

#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/slip.h"
#include "gatewayd/mail/staff_said.h"

/* The mail's, without "Re:"; "": it is not written in one piece. */
static struct span bare_subject(const struct decide_in *in)
{
	struct span subject = span_trim(in->facts->subject), at;
	struct buf bare BUF_AUTO;

	buf_init(&bare, subject.n);
	subject_bare(subject, &bare);
	at = span_sub(subject, subject.n - bare.n, SIZE_MAX);
	return span_eq(at, buf_span(&bare)) ? at : SPAN("");
}

/* "#list mine" in the subject, over nothing or a signature. */
static void read_subject(const struct decide_in *in, struct staff_commands *c)
{
	struct span text = c->text;

	if (c->n)
		return;
	staff_commands_read(bare_subject(in), c);
	c->text = text;
}

/* "/list", "- #list", a full-width mark: meant as a command, and nothing else in the mail. */
static void read_slip(const struct decide_in *in, struct staff_commands *c)
{
	struct span rest = span_trim(in->facts->reply), first, more;

	if (c->n || !span_line(&rest, &first))
		return;
	while (span_line(&rest, &more))
		if (span_trim(more).n)
			return;
	first = span_trim(first);
	if (!slip_find(first, 0, NULL).p)
		return;
	c->v[c->n++] = (struct staff_command){ STAFF_UNKNOWN, first, SPAN("") };
	c->text = SPAN("");
}

/* Not the beginning of a sentence: "search is broken". */
static bool is_whole(const struct decide_in *in, const struct staff_command *c)
{
	const struct conf_staff *staff = in->identity->staff;
	struct span rest = c->argument;
	struct staff_list list;
	int64_t number;

	if (c->verb == STAFF_LIST) {
		staff_said_list(in->conf, rest, staff, in->queue, &list);
		return !list.unknown.n;
	}
	if (c->verb == STAFF_SHOW)
		return staff_said_case(c->argument, &number, &rest) &&
		       (!rest.n || span_is_ci(rest, "all"));
	if (c->verb == STAFF_SEARCH)
		return in->command.verb == CUSTOMER_SEARCH;
	return !c->argument.n && !memchr(c->line.p, '!', c->line.n); /* "Help!" is no command */
}

/* "list mine" without the mark, and nothing else in the mail: of staff it is a command of theirs,
 * not a customer's. */
static void read_unmarked(const struct decide_in *in, struct staff_commands *c)
{
	struct span text = span_trim(in->facts->reply), line = text.n ? text : bare_subject(in);
	struct staff_command command;

	if (c->n || memchr(line.p, '\n', line.n) || in->said->files ||
	    !staff_command_unmarked(line, &command) || !is_whole(in, &command))
		return;
	c->v[c->n++] = command;
	c->text = SPAN("");
}

static bool needs_no_case(const struct staff_commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (staff_verb_needs_case(c->v[i].verb))
			return false;
	return true;
}

bool decide_asks(const struct decide_in *in, struct decision *d)
{
	const struct identity *id = in->identity;
	bool about = in->mentioned.found || (id->token_valid && in->token_case.found);
	bool by_token = in->conf->staff_trust == CONF_TRUST_TOKEN && id->staff_trusted;
	struct staff_commands c;

	if (!id->staff || !in->said || !(id->vouched || id->desk_valid || by_token) ||
	    in->mail->history || in->facts->kind != FACTS_HUMAN ||
	    in->requester->by != REQUESTER_FROM || (about && id->staff_trusted && !by_token))
		return false;
	c = in->said->commands;
	read_subject(in, &c);
	if (!about) {
		read_slip(in, &c);
		read_unmarked(in, &c);
	}
	if (!c.n || (about && (c.text.n || !needs_no_case(&c))))
		return false;
	d->staff = c;
	d->case_number = 0;
	decide_say(d, DECIDE_STAFF_ASKS, "staff ask, about no case");
	return true;
}
