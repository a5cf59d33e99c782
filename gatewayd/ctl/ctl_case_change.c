/* case reply|note|call|assign|severity|queue|state|account|merge|unmerge|split|link */
#include <sysexits.h>

#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/post/change.h"
#include "gatewayd/post/post.h"

static struct span operator_actor(void)
{
	return case_actor(CASE_BY_OPERATOR);
}

/* --- notes --- */

static int add_note(struct ctl *c, enum note_kind kind, const struct conf_staff *author,
		    struct store_note *note)
{
	struct store_case row;
	struct err e = { 0 };
	int status = ctl_case_take(c, &row);

	if (status != EX_OK)
		return status;
	*note =
	    (struct store_note){ .case_number = row.number,
				 .kind = kind,
				 .at = c->d->now,
				 .author_name = author ? span_of(author->name) : operator_actor(),
				 .author_address =
				     author ? span_of(author->addresses.v[0]) : operator_actor(),
				 .trust = NOTE_TRUST_OPERATOR,
				 .message_id = SPAN("") };
	status = ctl_text_word(c, 1, &note->text);
	if (status != EX_OK)
		return status;
	note->reply = note->text;
	return ctl_result(c, case_note(c->d, note, false, &note->id, &e), &e);
}

int ctl_case_note(struct ctl *c)
{
	struct store_note note;
	int status = add_note(c, NOTE_INTERNAL, NULL, &note);

	return status == EX_OK ? ctl_case_done(c, note.case_number, note.id) : status;
}

int ctl_case_reply(struct ctl *c)
{
	const struct conf_staff *author;
	struct store_note note;
	struct err e = { 0 };
	int status = ctl_staff(c, ctl_value(c, "--as"), &author);
	bool reachable;

	if (status == EX_OK)
		status = add_note(c, NOTE_OUTBOUND, author, &note);
	if (status != EX_OK)
		return status;
	struct post_reply reply = {
		.number = note.case_number, .note = note.id, .author = author, .text = note.text
	};
	if (conversation_reachable(c->d, note.case_number, &reachable, &e) < 0)
		return ctl_fail(c, &e);
	if (!reachable) {
		(void)word_refuse(c->d, &e, WORD_HELD_NOBODY, NULL, 0);
		return ctl_fail(c, &e);
	}
	if (post_customer_reply(c->d, &reply, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, note.case_number, note.id);
}

int ctl_case_call(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	struct span said;
	int status = ctl_case_take(c, &row);

	if (status == EX_OK)
		status = ctl_text_word(c, 1, &said);
	if (status != EX_OK)
		return status;
	if (case_call(c->d, row.number, operator_actor(), said, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

/* --- changes --- */

/* The word, or "" for "-". */
static struct span word_or_none(const struct ctl *c, int at)
{
	return strcmp(c->words[at], "-") == 0 ? SPAN("") : span_of(c->words[at]);
}

static struct span optional_word(const struct ctl *c, int at, struct span otherwise)
{
	return c->n > at ? span_of(c->words[at]) : otherwise;
}

/* Of who is away: until when, and who stands in. */
static int say_away(struct ctl *c, struct span owner, struct err *e)
{
	struct store_away away;
	char until[TIME_TEXT_MAX];

	if (store_away_get(c->d->store, owner, c->d->now, c->d->arena, &away, e) < 0)
		return -1;
	if (away.staff.p)
		buf_addf(c->err, "gatewayctl: " SPAN_FMT " is away until %s; %s" SPAN_FMT "\n",
			 SPAN_ARG(owner), time_rfc3339(away.until_at, until),
			 away.deputy.n ? "standing in: " : "nobody stands in",
			 SPAN_ARG(away.deputy));
	return 0;
}

int ctl_case_assign(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	struct span owner = word_or_none(c, 1);
	int status = ctl_case_take(c, &row);

	if (status == EX_OK && owner.n)
		status = ctl_staff(c, c->words[1], NULL);
	if (status != EX_OK)
		return status;
	if (change_owner(c->d, row.number, owner, operator_actor(), false, &e) < 0 ||
	    say_away(c, owner, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

/* Of a queue that is gone from the configuration nobody knows the scale. */
static int levels_of(struct ctl *c, const struct store_case *row)
{
	const struct conf_queue *queue =
	    conf_queue_find(c->d->conf, arena_cstr(c->d->arena, row->queue));
	const struct policy_kind *kind = queue ? desk_kind(c->d, queue) : NULL;

	return kind ? policy_kind_levels(kind) : POLICY_SEVERITY_MAX;
}

int ctl_case_severity(struct ctl *c)
{
	struct span phone = ctl_value_or_empty(c, "--phone");
	struct store_case row;
	struct err e = { 0 };
	int64_t severity;
	int levels, status = ctl_case_take(c, &row);

	if (status != EX_OK)
		return status;
	levels = levels_of(c, &row);
	if (!ctl_number(c->words[1], &severity) || severity > levels)
		return ctl_usage(c, "\"%s\" is no severity of %.*s: 1 to %d", c->words[1],
				 SPAN_ARG(row.queue), levels);
	if (change_severity(c->d, row.number, (int)severity, operator_actor(),
			    optional_word(c, 2, phone), phone, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

int ctl_case_queue(struct ctl *c)
{
	const struct conf_queue *queue;
	struct store_case row;
	struct err e = { 0 };
	int status = ctl_case_take(c, &row);

	if (status == EX_OK)
		status = ctl_queue(c, c->words[1], &queue);
	if (status != EX_OK)
		return status;
	if (change_queue(c->d, row.number, span_of(queue->name), operator_actor(), &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

static int tell_state(struct ctl *c, const struct store_case *before, struct span reason,
		      struct err *e)
{
	struct post_change p = { .number = before->number,
				 .actor = operator_actor(),
				 .reason = reason };

	if (post_state_since(c->d, p.number, before->state, e) < 0)
		return -1;
	return post_set(c->d, &p, e);
}

int ctl_case_state(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	struct span reason = optional_word(c, 2, SPAN(""));
	enum party party;
	enum case_state state;
	int status = ctl_case_take(c, &row);

	if (status != EX_OK)
		return status;
	if (!case_state_find(span_of(c->words[1]), &state))
		return ctl_usage(c, "\"%s\" is no state: open, waiting, resolved or closed",
				 c->words[1]);
	party = case_wait_party(&reason);
	if (case_set_state(c->d, row.number, state, operator_actor(), reason, &e) < 0 ||
	    (state == CASE_WAITING && case_wait_for(c->d, &row, party, &e) < 0) ||
	    (row.state != state && tell_state(c, &row, reason, &e) < 0))
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

int ctl_case_account(struct ctl *c)
{
	struct store_account account;
	struct store_case row;
	struct err e = { 0 };
	struct span id = word_or_none(c, 1);
	int status = ctl_case_take(c, &row);

	if (status == EX_OK && id.n)
		status = ctl_account(c, c->words[1], &account);
	if (status != EX_OK)
		return status;
	if (case_set_account(c->d, row.number, id, operator_actor(), &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

/* What is done to the case of the first word with that of the second. */
static int with_other(struct ctl *c,
		      int (*change)(struct ctl *c, int64_t number, int64_t other, struct err *e))
{
	struct store_case row;
	struct err e = { 0 };
	int64_t other;
	int status = ctl_case_take(c, &row);

	if (status == EX_OK)
		status = ctl_word_number(c, 1, "case", &other);
	if (status != EX_OK)
		return status;
	if (change(c, row.number, other, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, row.number, 0);
}

static int merge(struct ctl *c, int64_t number, int64_t into, struct err *e)
{
	return change_merge(c->d, number, into, ctl_flag(c, "--other-account"), operator_actor(),
			    e);
}

int ctl_case_merge(struct ctl *c)
{
	return with_other(c, merge);
}

int ctl_case_unmerge(struct ctl *c)
{
	int64_t number;
	struct err e = { 0 };
	int status = ctl_word_number(c, 0, "case", &number);

	if (status != EX_OK)
		return status;
	if (change_unmerge(c->d, number, operator_actor(), &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, number, 0);
}

int ctl_case_split(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int64_t note, number;
	int status = ctl_case_take(c, &row);

	if (status == EX_OK)
		status = ctl_word_number(c, 1, "note", &note);
	if (status != EX_OK)
		return status;
	if (change_split(c->d, row.number, note, optional_word(c, 2, SPAN("")), operator_actor(),
			 &number, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_case_done(c, number, note);
}

static int link_related(struct ctl *c, int64_t number, int64_t other, struct err *e)
{
	return case_link(c->d, number, other, LINK_RELATED, operator_actor(), e);
}

int ctl_case_link(struct ctl *c)
{
	return with_other(c, link_related);
}
