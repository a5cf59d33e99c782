/* Commands that change the case itself. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_edit.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/mail/held.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"
#include "gatewayd/mail/staff_unknown.h"
#include "gatewayd/post/change.h"

/* Words behind #note are a note of their own; the text below is kept by who reads the mail. */
int staff_run_note(struct run *r, struct err *e)
{
	struct span words = r->c->argument;
	struct store_note note = { .case_number = r->r->number,
				   .kind = NOTE_INTERNAL,
				   .at = r->d->now,
				   .author_name = span_of(r->r->staff->name),
				   .author_address = span_of(r->r->staff->addresses.v[0]),
				   .trust = NOTE_TRUST_STAFF,
				   .text = words,
				   .reply = words };
	int64_t id;

	staff_says(r, words.n || r->r->commands->text.n ? WORD_DONE_NOTE : WORD_DONE_NO_NOTE, NULL,
		   SPAN_NONE);
	return words.n ? case_note(r->d, &note, false, &id, e) : 0;
}

/* Of who is away, until when and who stands in. */
static void says_owner(struct run *r, const struct conf_staff *owner, const struct store_away *away)
{
	const struct conf_staff *deputy =
	    conf_staff_find(r->d->conf, arena_cstr(r->d->arena, away->deputy));
	const char *zone = staff_name_zone(r->d->conf, r->r->staff);
	struct word_value v[4] = { { "owner", span_of(owner->id) },
				   { "until", word_time(r->d, r->words, zone, away->until_at) },
				   { "deputy", SPAN("") },
				   { "name", SPAN("") } };

	if (deputy) {
		v[2].text = span_of(deputy->id);
		v[3].text = span_of(deputy->name);
	}
	r->result = word_fill(r->d, r->words,
			      deputy ? WORD_DONE_OWNER_AWAY : WORD_DONE_OWNER_AWAY_ALONE, v, 4);
}

static int assign(struct run *r, const struct conf_staff *owner, struct err *e)
{
	struct span id = owner ? span_of(owner->id) : SPAN("");
	struct store_away away = { 0 };
	struct store_case before;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    change_owner(r->d, r->r->number, id, r->who, r->r->answered, e) < 0 ||
	    (owner != r->r->staff &&
	     store_away_get(r->d->store, id, r->d->now, r->d->arena, &away, e) < 0))
		return -1;
	staff_says(r, WORD_DONE_OWNER, "owner", owner ? id : words_get(r->words, WORD_NO_OWNER));
	if (away.staff.p)
		says_owner(r, owner, &away);
	if (!span_eq(before.owner, id))
		staff_undo(r, STAFF_ASSIGN, before.owner.n ? before.owner : SPAN("-"));
	return 0;
}

int staff_run_take(struct run *r, struct err *e)
{
	return assign(r, r->r->staff, e);
}

static int refuse_owner(struct run *r, struct span name, struct err *e)
{
	struct store_case c;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &c, e) < 0)
		return -1;
	return staff_unknown_person(r, name, desk_queue(r->d, c.queue)->name, e);
}

/* "#assign me", "#assign -" */
int staff_run_assign(struct run *r, struct err *e)
{
	struct span said = staff_said_name(r->c->argument);
	const struct conf_staff *owner =
	    span_is_ci(said, "me") ? r->r->staff : staff_name_find(r->d->conf, said);

	if (!said.n)
		return staff_refuse_usage(r, e);
	if (!owner && !span_is(said, "-"))
		return refuse_owner(r, said, e);
	return assign(r, owner, e);
}

/* The command that brings a state back; a new case is never new again. */
static void undo_state(struct run *r, enum case_state before, enum party party)
{
	static const enum staff_verb verbs[] = {
		[CASE_NEW] = STAFF_OPEN,	[CASE_OPEN] = STAFF_OPEN,
		[CASE_WAITING] = STAFF_WAITING, [CASE_RESOLVED] = STAFF_RESOLVE,
		[CASE_CLOSED] = STAFF_CLOSE,
	};

	staff_undo(r, verbs[before], party == PARTY_OTHERS ? span_of(party_name(party)) : SPAN(""));
}

static int change_state(struct run *r, enum case_state state, struct span reason, struct err *e)
{
	struct store_waiting waited = { .party = PARTY_CUSTOMER };
	struct store_case before;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    store_waiting_get(r->d->store, r->r->number, &waited, e) < 0 ||
	    case_set_state(r->d, r->r->number, state, r->who, reason, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_STATE, "state", word_state(r->words, state));
	if (before.state != state && (before.state != CASE_NEW || state != CASE_OPEN))
		undo_state(r, before.state, waited.party);
	return 0;
}

static bool is_of_state(enum staff_verb verb)
{
	return verb == STAFF_WAITING || verb == STAFF_RESOLVE || verb == STAFF_CLOSE ||
	       verb == STAFF_OPEN || verb == STAFF_REOPEN;
}

/* By an answer in the same mail, or by a later command of it. */
static bool is_told_otherwise(const struct run *r)
{
	const struct staff_commands *all = r->r->commands;

	for (const struct staff_command *c = r->c + 1; c < all->v + all->n; c++)
		if (is_of_state(c->verb))
			return true;
	return r->r->answered;
}

/* The customer, and the owner. */
static int tell_state(struct run *r, enum case_state before, struct span reason, struct err *e)
{
	struct post_change p = { .number = r->r->number, .actor = r->who, .reason = reason };

	if (is_told_otherwise(r))
		return 0;
	return post_state_since(r->d, p.number, before, e) < 0 ? -1 : post_set(r->d, &p, e);
}

static int set_state(struct run *r, enum case_state state, struct err *e)
{
	struct store_case before;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    change_state(r, state, r->c->argument, e) < 0)
		return -1;
	return tell_state(r, before.state, r->c->argument, e);
}

/* "#waiting REASON" for the customer, "#waiting others: REASON" */
int staff_run_waiting(struct run *r, struct err *e)
{
	struct span reason = r->c->argument;
	enum party party = case_wait_party(&reason);
	struct store_case before, c;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    change_state(r, CASE_WAITING, reason, e) < 0 ||
	    store_case_get(r->d->store, r->r->number, r->d->arena, &c, e) < 0 ||
	    case_wait_for(r->d, &c, party, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_STATE, "state", case_wait_word(r->d, r->words, &c, false));
	return tell_state(r, before.state, reason, e);
}

int staff_run_resolve(struct run *r, struct err *e)
{
	return set_state(r, CASE_RESOLVED, e);
}

int staff_run_close(struct run *r, struct err *e)
{
	return set_state(r, CASE_CLOSED, e);
}

/* In a reply to the mail that says that an answer is held because the case is closed, it sends that
 * answer. */
int staff_run_open(struct run *r, struct err *e)
{
	struct store_held held;

	if (held_told(r->d, r->r->number, r->r->answers, r->r->answer_count, &held, e) < 0)
		return -1;
	if (r->r->answered || !held.id || !span_is(held.why, staff_held_why(HELD_CLOSED)))
		return set_state(r, CASE_OPEN, e);
	if (change_state(r, CASE_OPEN, r->c->argument, e) < 0)
		return -1;
	return held_send(r->d, &held, r->r->staff, &r->sent, e);
}

/* As #open, of a case that is over. */
int staff_run_reopen(struct run *r, struct err *e)
{
	struct store_case before;

	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0)
		return -1;
	if (!case_state_is_over(before.state))
		return word_refuse_case(r->d, e, WORD_NOT_OVER, r->r->number);
	return staff_run_open(r, e);
}

/* "phone \"Ann, 09:10\" reason", also with the quotation marks of phones. */
static struct span cut_phone(struct span text, struct span *ret_phone)
{
	static const struct {
		struct span open, close;
	} quotes[] = { { SPAN_LITERAL("phone \""), SPAN_LITERAL("\"") },
		       { SPAN_LITERAL("phone \xe2\x80\x9c"), SPAN_LITERAL("\xe2\x80\x9d") },
		       { SPAN_LITERAL("phone \xe2\x80\x9e"), SPAN_LITERAL("\xe2\x80\x9c") } };

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		struct span rest = span_sub(text, quotes[i].open.n, SIZE_MAX);
		size_t end = span_find(rest, quotes[i].close);

		if (!span_starts_ci(text, quotes[i].open))
			continue;
		*ret_phone = span_trim(span_sub(rest, 0, end));
		return end == SIZE_MAX ? SPAN("")
				       : span_sub(rest, end + quotes[i].close.n, SIZE_MAX);
	}
	return text;
}

bool staff_severity_read(struct span argument, int *ret_severity, struct span *ret_phone,
			 struct span *ret_reason)
{
	struct span rest = span_trim(argument), number;
	uint64_t severity;

	if (span_starts_ci(rest, SPAN("to ")))
		rest = span_trim(span_sub(rest, 3, SIZE_MAX));
	number = span_cut(&rest, ' ');
	while (number.n && strchr(":,.;", number.p[number.n - 1]))
		number.n--;
	if (!span_u64(number, &severity) || severity < 1 || severity > 9)
		return false;
	*ret_severity = (int)severity;
	*ret_phone = SPAN("");
	*ret_reason = span_trim(cut_phone(span_trim(rest), ret_phone));
	return true;
}

int staff_run_severity(struct run *r, struct err *e)
{
	struct span phone, reason;
	struct store_case before;
	int severity;

	if (!staff_severity_read(r->c->argument, &severity, &phone, &reason))
		return staff_refuse_usage(r, e);
	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    change_severity(r->d, r->r->number, severity, r->who, reason, phone, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_SEVERITY, "severity", word_number(r->d, severity));
	staff_undo(r, STAFF_SEVERITY,
		   word_with(r->d, r->words, WORD_UNDO_SEVERITY, "severity",
			     word_number(r->d, before.severity)));
	return 0;
}

/* As it is written in the configuration; SPAN_NONE: there is none of that name. */
static struct span queue_named(const struct run *r, struct span said)
{
	for (size_t i = 0; i < r->d->conf->queue_count; i++)
		if (span_is_ci(said, r->d->conf->queues[i].name))
			return span_of(r->d->conf->queues[i].name);
	return SPAN_NONE;
}

int staff_run_queue(struct run *r, struct err *e)
{
	struct span said = staff_said_name(r->c->argument), queue = queue_named(r, said);
	struct store_case before;

	if (!said.n)
		return staff_refuse_usage(r, e);
	if (!queue.n)
		return staff_unknown_queue(r, said, e);
	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    change_queue(r->d, r->r->number, queue, r->who, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_QUEUE, "queue", queue);
	if (!span_eq(before.queue, queue))
		staff_undo(r, STAFF_QUEUE, before.queue);
	return 0;
}

int staff_run_subject(struct run *r, struct err *e)
{
	struct span subject = utf8_prefix(r->c->argument, (size_t)r->d->conf->limits.subject_bytes);
	struct store_case before;

	if (!subject.n)
		return staff_refuse_usage(r, e);
	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    case_set_subject(r->d, r->r->number, subject, r->who, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_SUBJECT, "subject", subject);
	if (before.subject.n)
		staff_undo(r, STAFF_SUBJECT, before.subject);
	return 0;
}

/* "#link 41", "#link -41" */
int staff_run_link(struct run *r, struct err *e)
{
	bool off = span_starts(r->c->argument, SPAN("-"));
	struct span rest = span_sub(r->c->argument, off, SIZE_MAX), more, other;
	struct store_case c;
	int64_t number;

	if (!staff_said_case(rest, &number, &more) || more.n)
		return staff_refuse_usage(r, e);
	if (store_case_get(r->d->store, number, r->d->arena, &c, e) < 0)
		return e->class == ERR_PERM ? word_refuse_case(r->d, e, WORD_NO_CASE, number) : -1;
	if (!staff_name_sees(r->r->staff, &c))
		return word_refuse_case(r->d, e, WORD_NOT_YOURS, number);
	if (off ? case_unlink(r->d, r->r->number, number, LINK_RELATED, r->who, e) < 0
		: case_link(r->d, r->r->number, number, LINK_RELATED, r->who, e) < 0)
		return -1;
	other = word_number(r->d, number);
	staff_says(r, off ? WORD_DONE_UNLINK : WORD_DONE_LINK, "case", other);
	staff_undo(r, STAFF_LINK,
		   off ? other : span_of(arena_printf(r->d->arena, "-" SPAN_FMT, SPAN_ARG(other))));
	return 0;
}

int staff_run_call(struct run *r, struct err *e)
{
	if (case_call(r->d, r->r->number, r->who, r->c->argument, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_CALL, NULL, SPAN_NONE);
	return 0;
}
