#include "gatewayd/mail/staff_command.h"

#include <inttypes.h>

#include "gatewayd/case/case_ops.h"

struct run {
	struct desk *d;
	const struct staff_request *r;
	const struct staff_command *c;
	struct span who; /* the staff member's id */
	const char *result;
};

/* Words behind #note are a note of their own; the text below is kept by who reads the mail. */
static int run_note(struct run *r, struct err *e)
{
	struct span words = r->c->argument;
	struct store_note note = { .case_number = r->r->number,
				   .kind = NOTE_INTERNAL,
				   .at = r->d->now,
				   .author_name = r->who,
				   .trust = NOTE_TRUST_STAFF,
				   .text = words,
				   .reply = words };
	int64_t id;

	r->result = words.n || r->r->commands->text.n
			? "kept as a note for staff; the customer does not see it"
			: "there was no text to keep";
	return words.n ? case_note(r->d, &note, false, &id, e) : 0;
}

static int assign(struct run *r, struct span owner, struct err *e)
{
	if (case_assign(r->d, r->r->number, owner, r->who, e) < 0)
		return -1;
	r->result = arena_printf(r->d->arena, "owner is " SPAN_FMT, SPAN_ARG(owner));
	return r->r->answered ? 0 : post_owner_assigned(r->d, r->r->number, e);
}

static int run_take(struct run *r, struct err *e)
{
	return assign(r, r->who, e);
}

static int run_assign(struct run *r, struct err *e)
{
	return assign(r, r->c->argument, e);
}

static int set_state(struct run *r, enum case_state state, struct err *e)
{
	if (case_set_state(r->d, r->r->number, state, r->who, r->c->argument, e) < 0)
		return -1;
	r->result = arena_printf(r->d->arena, "the case is %s", case_state_name(state));
	return r->r->answered ? 0 : post_case_state(r->d, r->r->number, e);
}

static int run_waiting(struct run *r, struct err *e)
{
	return set_state(r, CASE_WAITING, e);
}

static int run_resolve(struct run *r, struct err *e)
{
	return set_state(r, CASE_RESOLVED, e);
}

static int run_close(struct run *r, struct err *e)
{
	return set_state(r, CASE_CLOSED, e);
}

static int run_open(struct run *r, struct err *e)
{
	return set_state(r, CASE_OPEN, e);
}

bool staff_severity_read(struct span argument, int *ret_severity, struct span *ret_phone,
			 struct span *ret_reason)
{
	struct span rest = span_trim(argument), number = span_cut(&rest, ' ');
	uint64_t severity;

	if (!span_u64(number, &severity) || severity < 1 || severity > 9)
		return false;
	*ret_severity = (int)severity;
	*ret_phone = SPAN("");
	rest = span_trim(rest);
	if (span_starts_ci(rest, SPAN("phone \""))) {
		rest = span_sub(rest, strlen("phone \""), SIZE_MAX);
		*ret_phone = span_trim(span_cut(&rest, '"'));
	}
	*ret_reason = span_trim(rest);
	return true;
}

static int run_severity(struct run *r, struct err *e)
{
	struct span phone, reason;
	int severity;

	if (!staff_severity_read(r->c->argument, &severity, &phone, &reason))
		return err_set(
		    e, ERR_PERM,
		    "write: #severity N reason, or #severity 1 phone \"caller, time\" reason");
	if (case_set_severity(r->d, r->r->number, severity, r->who, reason, phone, e) < 0)
		return -1;
	r->result = arena_printf(r->d->arena, "severity is %d", severity);
	return 0;
}

static int run_queue(struct run *r, struct err *e)
{
	if (case_move(r->d, r->r->number, r->c->argument, r->who, e) < 0)
		return -1;
	r->result = arena_printf(r->d->arena, "queue is " SPAN_FMT, SPAN_ARG(r->c->argument));
	return 0;
}

static int run_merge(struct run *r, struct err *e)
{
	struct span number = r->c->argument;
	uint64_t into;

	if (number.n && number.p[0] == '#')
		number = span_sub(number, 1, SIZE_MAX);
	if (!span_u64(number, &into) || into > INT64_MAX)
		return err_set(e, ERR_PERM, "write: #merge N, with N the case that stays");
	if (case_merge(r->d, r->r->number, (int64_t)into, r->who, e) < 0)
		return -1;
	r->result = arena_printf(r->d->arena, "merged into case %" PRIu64, into);
	return 0;
}

static int run_call(struct run *r, struct err *e)
{
	if (case_call(r->d, r->r->number, r->who, r->c->argument, e) < 0)
		return -1;
	r->result = "the call is logged as a response to the customer";
	return 0;
}

static int run_unknown(struct run *r, struct err *e)
{
	(void)r;
	return err_set(
	    e, ERR_PERM,
	    "no such command; there are note, take, assign, waiting, resolve, close, open, "
	    "severity, queue, merge, call");
}

/* What is the sender's fault is an answer; trouble of the store is not. */
static int run_one(struct run *r, struct err *e)
{
	static int (*const verbs[])(struct run *, struct err *) = {
		[STAFF_NOTE] = run_note,       [STAFF_TAKE] = run_take,
		[STAFF_ASSIGN] = run_assign,   [STAFF_WAITING] = run_waiting,
		[STAFF_RESOLVE] = run_resolve, [STAFF_CLOSE] = run_close,
		[STAFF_OPEN] = run_open,       [STAFF_SEVERITY] = run_severity,
		[STAFF_QUEUE] = run_queue,     [STAFF_MERGE] = run_merge,
		[STAFF_CALL] = run_call,       [STAFF_UNKNOWN] = run_unknown,
	};
	struct err why = { 0 };

	if (verbs[r->c->verb](r, &why) == 0)
		return 0;
	if (why.class != ERR_PERM) {
		*e = why;
		return -1;
	}
	r->result = arena_printf(r->d->arena, "not done: %s", why.text);
	return 0;
}

int staff_commands_run(struct desk *d, const struct staff_request *request, struct err *e)
{
	size_t n = request->commands->n;
	struct post_command *transcript = arena_alloc_n(d->arena, n + 1, sizeof(*transcript));

	for (size_t i = 0; i < n; i++) {
		struct run r = { .d = d,
				 .r = request,
				 .c = &request->commands->v[i],
				 .who = span_of(request->staff->id),
				 .result = "" };

		if (run_one(&r, e) < 0)
			return -1;
		transcript[i] = (struct post_command){ r.c->line, span_of(r.result) };
	}
	if (request->commands->cut)
		transcript[n++] =
		    (struct post_command){ SPAN("(further lines)"),
					   SPAN("not done: too many commands in one mail") };
	return post_transcript(d, request->number, request->staff, transcript, n, &request->thread,
			       e);
}
