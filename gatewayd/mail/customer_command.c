#include "gatewayd/mail/customer_command.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gatewayd/case/case_ops.h"
#include "gatewayd/identity/addrspec.h"

struct listing {
	struct store_case *v;
	size_t n;
};

static bool has_number(const struct listing *l, int64_t number)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].number == number)
			return true;
	return false;
}

static int by_number(const void *left, const void *right)
{
	const struct store_case *a = left, *b = right;

	return (a->number < b->number) - (a->number > b->number);
}

/* One more than is told: whether there are more. */
enum { LOOK_MAX = CUSTOMER_LIST_MAX + 1 };

/* Adds the cases that others opened for the account, all of them, to the sender's own. */
static int add_behalf(struct desk *d, const struct customer_request *r, struct store_case_filter f,
		      struct listing *l, struct err *e)
{
	struct store_case *v, *all = arena_alloc_n(d->arena, (size_t)2 * LOOK_MAX, sizeof(*all));
	struct listing sum = { all, l->n };
	size_t n, found = 0;

	if (l->n)
		memcpy(all, l->v, l->n * sizeof(*all));
	f.requester = SPAN("");
	f.account = r->account->id;
	do {
		if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n && found < LOOK_MAX; i++) {
			if (!span_eq(v[i].behalf, r->account->id) || has_number(&sum, v[i].number))
				continue;
			all[sum.n++] = v[i];
			found++;
		}
		f.before = n ? v[n - 1].number : 0;
	} while (n == LOOK_MAX && found < LOOK_MAX);
	qsort(all, sum.n, sizeof(*all), by_number);
	*l = sum;
	return 0;
}

/* In words that are understood whatever the language is. */
static struct span command_for_rest(struct desk *d, const struct customer_command *c, int64_t last)
{
	return span_of(arena_printf(d->arena, "list %s%s below %" PRIi64,
				    c->open ? (c->closed ? "all" : "open") : "closed",
				    c->company ? " company" : "", last));
}

/*
 * All of the account for contacts who may see that.  Other contacts of an account see their own,
 * and what was opened on its behalf (conf/policy/README.md section 4); who is no contact, their
 * own.
 */
static int run_list(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct customer_command *c = r->command;
	struct store_case_filter f = { .open_only = c->open && !c->closed,
				       .closed_only = c->closed && !c->open,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = r->from.address,
				       .account = SPAN(""),
				       .before = c->below,
				       .limit = LOOK_MAX };
	bool company = c->company && r->contact && r->account->id.p;
	struct post_listing told = { .queue = r->queue, .next = SPAN("") };
	struct listing l;

	if (company && r->company) {
		f.requester = SPAN("");
		f.account = r->account->id;
	}
	if (store_case_list(d->store, &f, d->arena, &l.v, &l.n, e) < 0 ||
	    (company && !r->company && add_behalf(d, r, f, &l, e) < 0))
		return -1;
	told.v = l.v;
	told.n = l.n < CUSTOMER_LIST_MAX ? l.n : CUSTOMER_LIST_MAX;
	if (l.n > told.n)
		told.next = command_for_rest(d, c, l.v[told.n - 1].number);
	return post_listing(d, &told, &r->from, &r->thread, e);
}

static int run_status(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct customer_command open = { .verb = CUSTOMER_LIST, .open = true };
	struct customer_request all = *r;

	all.command = &open;
	return r->number ? post_status(d, r->number, &r->from, &r->thread, e)
			 : run_list(d, &all, e);
}

static int run_show(struct desk *d, const struct customer_request *r, struct err *e)
{
	return post_history(d, r->number, &r->from, &r->thread, e);
}

/* The state, with a note that staff read; in *ret_note 0: it was that already. */
static int set_state(struct desk *d, const struct customer_request *r, enum case_state state,
		     struct span reason, struct post_said *said, int64_t *ret_note, struct err *e)
{
	struct store_note note = { .case_number = r->number,
				   .kind = NOTE_SYSTEM,
				   .at = d->now,
				   .author_name = r->from.name,
				   .author_address = r->from.address,
				   .trust = NOTE_TRUST_SYSTEM,
				   .text = said->text,
				   .reply = said->text,
				   .message_id = SPAN("") };

	if (case_set_state(d, r->number, state, r->from.address, reason, e) < 0)
		return -1;
	return case_note(d, &note, true, ret_note, e);
}

static int read_case(struct desk *d, const struct customer_request *r, struct store_case *ret,
		     struct err *e)
{
	return store_case_get(d->store, r->number, d->arena, ret, e);
}

static int run_close(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct words *w = words_find(d->conf, r->queue, r->queue->language);
	struct post_said said = { .text = words_get(w, WORD_CUSTOMER_CLOSED), .author = r->author };
	struct store_case c;
	int64_t id;

	if (read_case(d, r, &c, e) < 0)
		return -1;
	if (c.state == CASE_CLOSED)
		return r->answered ? run_status(d, r, e) : 0;
	if (set_state(d, r, CASE_CLOSED, SPAN("closed by the customer"), &said, &id, e) < 0)
		return -1;
	/* To whom it is an answer it goes by the rules for answers. */
	if (!addrspec_eq(c.requester_address, r->from.address)) {
		if (post_case_state(d, r->number, e) < 0)
			return -1;
	} else if (r->answered && post_closed(d, r->number, &r->from, e) < 0) {
		return -1;
	}
	return post_owner_update(d, r->number, id, r->from.address, &said, e);
}

static int run_reopen(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct words *w = words_find(d->conf, r->queue, r->queue->language);
	struct post_said said = { .text = words_get(w, WORD_CUSTOMER_REOPENED),
				  .author = r->author };
	struct store_case c;
	int64_t id;

	if (read_case(d, r, &c, e) < 0)
		return -1;
	if (!case_state_is_over(c.state))
		return r->answered ? run_status(d, r, e) : 0;
	if (set_state(d, r, CASE_OPEN, SPAN("opened again by the customer"), &said, &id, e) < 0)
		return -1;
	if (r->answered && post_reopened(d, r->number, &r->from, e) < 0)
		return -1;
	return post_owner_update(d, r->number, id, r->from.address, &said, e);
}

static int run_search(struct desk *d, const struct customer_request *r, struct err *e)
{
	return post_search(d, r->queue, r->command->query, &r->from, &r->thread, e);
}

static int run_help(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct customer_command *c = r->command;
	struct post_help h = { .queue = r->queue,
			       .slip = c->verb == CUSTOMER_SLIP && !c->no_case,
			       .no_case = c->no_case,
			       .over = c->too_late };

	return post_help(d, &h, &r->from, &r->thread, e);
}

static int run_nothing(struct desk *d, const struct customer_request *r, struct err *e)
{
	(void)d;
	(void)r;
	(void)e;
	return 0;
}

int customer_command_run(struct desk *d, const struct customer_request *r, struct err *e)
{
	static int (*const runs[])(struct desk *, const struct customer_request *, struct err *) = {
		[CUSTOMER_STATUS] = run_status,	 [CUSTOMER_LIST] = run_list,
		[CUSTOMER_SHOW] = run_show,	 [CUSTOMER_CLOSE] = run_close,
		[CUSTOMER_REOPEN] = run_reopen,	 [CUSTOMER_SEARCH] = run_search,
		[CUSTOMER_HELP] = run_help,	 [CUSTOMER_SLIP] = run_help,
		[CUSTOMER_THANKS] = run_nothing, [CUSTOMER_TOO_LATE] = run_help,
	};

	const struct customer_command *c = r->command;
	struct customer_request one = *r;
	size_t i = 0;

	do {
		one.number = c->numbers.n ? c->numbers.v[i] : 0;
		if (runs[c->verb](d, &one, e) < 0)
			return -1;
	} while (++i < c->numbers.n);
	return c->numbers.n && (c->no_case || c->too_late) ? run_help(d, r, e) : 0;
}
