#include "gatewayd/mail/customer_command.h"

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

/* Adds the cases that others opened for the account, all of them, to the sender's own. */
static int add_behalf(struct desk *d, const struct customer_request *r, struct store_case_filter f,
		      struct listing *l, struct err *e)
{
	struct store_case *v, *all = arena_alloc_n(d->arena, 2 * CUSTOMER_LIST_MAX, sizeof(*all));
	struct listing sum = { all, l->n };
	size_t n, found = 0;

	memcpy(all, l->v, l->n * sizeof(*all));
	f.requester = SPAN("");
	f.account = r->account->id;
	do {
		if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n && found < CUSTOMER_LIST_MAX; i++) {
			if (!span_eq(v[i].behalf, r->account->id) || has_number(&sum, v[i].number))
				continue;
			all[sum.n++] = v[i];
			found++;
		}
		f.before = n ? v[n - 1].number : 0;
	} while (n == CUSTOMER_LIST_MAX && found < CUSTOMER_LIST_MAX);
	qsort(all, sum.n, sizeof(*all), by_number);
	l->v = all;
	l->n = sum.n < CUSTOMER_LIST_MAX ? sum.n : CUSTOMER_LIST_MAX;
	return 0;
}

/*
 * All of the account for contacts who may see that.  Other contacts of an account see their own,
 * and what was opened on its behalf (conf/policy/README.md section 4); who is no contact, their
 * own.
 */
static int run_list(struct desk *d, const struct customer_request *r, bool open, bool closed,
		    struct err *e)
{
	struct store_case_filter f = { .open_only = open && !closed,
				       .closed_only = closed && !open,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = r->from.address,
				       .account = SPAN(""),
				       .limit = CUSTOMER_LIST_MAX };
	bool company = r->command->company && r->contact && r->account->id.p;
	struct listing l;

	if (company && r->company) {
		f.requester = SPAN("");
		f.account = r->account->id;
	}
	if (store_case_list(d->store, &f, d->arena, &l.v, &l.n, e) < 0 ||
	    (company && !r->company && add_behalf(d, r, f, &l, e) < 0))
		return -1;
	return post_listing(d, r->queue, l.v, l.n, &r->from, &r->thread, e);
}

static int run_close(struct desk *d, const struct customer_request *r, struct err *e)
{
	const struct words *w = words_find(d->conf, r->queue, r->queue->language);
	struct post_said said = { .text = words_get(w, WORD_CUSTOMER_CLOSED), .author = r->author };
	struct store_note note = { .case_number = r->number,
				   .kind = NOTE_SYSTEM,
				   .at = d->now,
				   .author_name = r->from.name,
				   .author_address = r->from.address,
				   .trust = NOTE_TRUST_SYSTEM,
				   .text = said.text,
				   .reply = said.text,
				   .message_id = SPAN("") };
	struct store_case c;
	int64_t id;

	if (case_set_state(d, r->number, CASE_CLOSED, r->from.address,
			   SPAN("closed by the customer"), e) < 0 ||
	    case_note(d, &note, true, &id, e) < 0 ||
	    store_case_get(d->store, r->number, d->arena, &c, e) < 0)
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

int customer_command_run(struct desk *d, const struct customer_request *r, struct err *e)
{
	switch (r->command->verb) {
	case CUSTOMER_STATUS:
		return r->number ? post_status(d, r->number, &r->from, &r->thread, e)
				 : run_list(d, r, true, false, e);
	case CUSTOMER_LIST: return run_list(d, r, r->command->open, r->command->closed, e);
	case CUSTOMER_CLOSE: return run_close(d, r, e);
	case CUSTOMER_NONE: break;
	}
	return err_set(e, ERR_BUG, "no such command");
}
