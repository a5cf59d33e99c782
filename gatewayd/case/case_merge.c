#include "gatewayd/case/case_merge.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_edit.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"

enum { PEOPLE_BYTES_MAX = 64 * KIB };

bool case_same_customer(const struct desk *d, const struct store_case *a,
			const struct store_case *b)
{
	struct span domain = addrspec_domain(a->requester_address);

	if (a->account.n || b->account.n)
		return span_eq(a->account, b->account) && span_eq(a->behalf, b->behalf);
	if (addrspec_eq(a->requester_address, b->requester_address))
		return true;
	return domain.n && !policy_is_freemail(&d->conf->policy, domain) &&
	       addrspec_eq(domain, addrspec_domain(b->requester_address));
}

/* Unless they are in the conversation of `into`. */
static int add_left(struct desk *d, struct span address, int64_t into, struct buf *out,
		    struct err *e)
{
	enum participant_role role;

	if (!address.n)
		return 0;
	if (store_participant_role(d->store, into, address, &role, e) < 0)
		return -1;
	if (role != ROLE_NONE)
		return 0;
	buf_adds(out, out->n ? ", " : "");
	buf_add(out, address);
	return 0;
}

/* Those who will be in the conversation by the merge alone: an unmerge takes them out again. */
static int list_new(struct desk *d, const struct store_case *from, const struct store_case *target,
		    struct span *ret_people, struct err *e)
{
	struct buf out BUF_AUTO;
	struct store_person *v;
	size_t n;

	buf_init(&out, PEOPLE_BYTES_MAX);
	if (store_participant_list(d->store, from->number, d->arena, &v, &n, e) < 0 ||
	    add_left(d, from->requester_address, target->number, &out, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].origin != ORIGIN_STAFF &&
		    add_left(d, v[i].address, target->number, &out, e) < 0)
			return -1;
	*ret_people = arena_dup(d->arena, buf_span(&out));
	return 0;
}

/* Who was let in by mistake has read what they got until it is undone. */
static int let_in(struct desk *d, const struct store_case *from, const struct store_case *target,
		  bool other, struct span *ret_people, struct err *e)
{
	struct word_value v[] = { { "case", word_number(d, from->number) },
				  { "into", word_number(d, target->number) } };

	struct store_person requester = { from->requester_address, from->requester_name,
					  ORIGIN_MERGED };

	if (!case_same_customer(d, from, target))
		return other ? 0 : word_refuse(d, e, WORD_MERGE_OTHER, v, 2);
	if (list_new(d, from, target, ret_people, e) < 0 ||
	    (requester.address.n &&
	     store_participant_add(d->store, target->number, &requester, e) < 0))
		return -1;
	return store_participant_copy(d->store, from->number, target->number, e);
}

/* For whom it waits is forgotten when it is closed: the log has those that are no customer. */
static int note_wait(struct desk *d, int64_t number, struct case_event *ev, struct err *e)
{
	struct store_waiting w = { 0 };

	if (store_waiting_get(d->store, number, &w, e) < 0)
		return -1;
	ev->state = w.party == PARTY_OTHERS ? span_of(party_name(w.party)) : SPAN("");
	return 0;
}

int case_merge(struct desk *d, int64_t number, int64_t into, bool other, struct span actor,
	       struct err *e)
{
	struct case_event ev = {
		.type = CASE_MERGED, .at = d->now, .actor = actor, .reason = SPAN("")
	};
	struct store_case from, target;

	if (store_case_get(d->store, number, d->arena, &from, e) < 0 ||
	    case_follow(d, into, &target, e) < 0)
		return -1;
	if (target.number == number && !from.merged_into)
		return word_refuse_case(d, e, WORD_MERGE_ITSELF, number);
	ev.other = target.number;
	/* Closing refuses a case that was merged already. */
	if (note_wait(d, number, &ev, e) < 0 ||
	    case_set_state(d, number, CASE_CLOSED, actor, SPAN("merged"), e) < 0 ||
	    let_in(d, &from, &target, other, &ev.reason, e) < 0 ||
	    case_link(d, number, target.number, LINK_MERGED, actor, e) < 0 ||
	    store_case_get(d->store, number, d->arena, &from, e) < 0)
		return -1;
	from.merged_into = target.number;
	from.updated_at = d->now;
	if (case_log_add(d, number, &ev, e) < 0 || store_case_update(d->store, &from, e) < 0)
		return -1;
	return case_clock_update(d, number, e);
}

int case_merge_left(struct desk *d, int64_t from, int64_t into, struct span *ret_people,
		    struct err *e)
{
	struct buf out BUF_AUTO;
	struct store_person *v;
	struct store_case c, target;
	size_t n;

	buf_init(&out, PEOPLE_BYTES_MAX);
	if (store_case_get(d->store, from, d->arena, &c, e) < 0 ||
	    case_follow(d, into, &target, e) < 0 ||
	    store_participant_list(d->store, from, d->arena, &v, &n, e) < 0 ||
	    add_left(d, c.requester_address, target.number, &out, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_left(d, v[i].address, target.number, &out, e) < 0)
			return -1;
	*ret_people = arena_dup(d->arena, buf_span(&out));
	return 0;
}

/* --- undone --- */

struct merge {
	enum case_state state; /* before it */
	bool waits_others;
	struct span people; /* whom it let into the other; "": nobody */
};

static int read_merge(struct desk *d, int64_t number, struct merge *ret_merge, struct err *e)
{
	struct merge m = { .state = CASE_OPEN, .people = SPAN("") };
	struct case_event *log;
	size_t n;

	if (case_log_read(d, number, &log, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (log[i].type == CASE_STATE && span_is(log[i].reason, "merged"))
			(void)case_state_find(log[i].state_before, &m.state);
		if (log[i].type != CASE_MERGED)
			continue;
		m.people = log[i].reason;
		m.waits_others = span_is(log[i].state, party_name(PARTY_OTHERS));
	}
	/* None is new twice. */
	if (m.state == CASE_NEW)
		m.state = CASE_OPEN;
	*ret_merge = m;
	return 0;
}

/* As the merge of `c` let them in. */
static int was_let_in(struct desk *d, const struct store_case *c, struct span address,
		      bool *ret_was, struct err *e)
{
	struct store_person *v;
	size_t n;

	*ret_was = addrspec_eq(c->requester_address, address);
	if (store_participant_list(d->store, c->number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*ret_was; i++)
		*ret_was = v[i].origin != ORIGIN_STAFF && addrspec_eq(v[i].address, address);
	return 0;
}

/* Another case that is merged into that one has them in it, too. */
static int stays(struct desk *d, const struct store_case *into, int64_t but, struct span address,
		 bool *ret_stays, struct err *e)
{
	struct store_link *v;
	struct store_case c;
	size_t n;

	*ret_stays = false;
	if (store_link_list(d->store, into->number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*ret_stays; i++) {
		if (v[i].kind != LINK_MERGED || v[i].other != into->number || v[i].number == but)
			continue;
		if (store_case_get(d->store, v[i].number, d->arena, &c, e) < 0 ||
		    (case_same_customer(d, &c, into) &&
		     was_let_in(d, &c, address, ret_stays, e) < 0))
			return -1;
	}
	return 0;
}

/* Those who came with `from`, but for whom staff have entered since; *ret_out: whom it was. */
static int let_out(struct desk *d, const struct store_case *into, int64_t from, struct span people,
		   struct span *ret_out, struct err *e)
{
	struct buf out BUF_AUTO;
	struct case_event *log;
	size_t n;

	buf_init(&out, PEOPLE_BYTES_MAX);
	if (case_log_read(d, into->number, &log, &n, e) < 0)
		return -1;
	while (people.n) {
		struct span address = addrspec_cut(&people);
		bool kept = !address.n || case_log_added(log, n, address);

		if (!kept && stays(d, into, from, address, &kept, e) < 0)
			return -1;
		if (kept)
			continue;
		if (store_participant_remove(d->store, into->number, address, e) < 0)
			return -1;
		buf_addf(&out, "%s" SPAN_FMT, out.n ? ", " : "", SPAN_ARG(address));
	}
	*ret_out = arena_dup(d->arena, buf_span(&out));
	return 0;
}

/* Those of `people` that are on the list, too. */
static struct span in_both(struct desk *d, struct span people, struct span list)
{
	struct buf out BUF_AUTO;

	buf_init(&out, PEOPLE_BYTES_MAX);
	while (people.n) {
		struct span one = addrspec_cut(&people), rest = list;
		bool found = false;

		while (rest.n && !found)
			found = addrspec_eq(addrspec_cut(&rest), one);
		if (found)
			buf_addf(&out, "%s" SPAN_FMT, out.n ? ", " : "", SPAN_ARG(one));
	}
	return arena_dup(d->arena, buf_span(&out));
}

/* Where that case was merged itself since, its merge let them in there, too. */
static int let_out_all(struct desk *d, int64_t from, int64_t number, struct span people,
		       struct err *e)
{
	struct store_case c;
	struct merge along;

	for (; number && people.n; from = number, number = c.merged_into) {
		if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
		    let_out(d, &c, from, people, &people, e) < 0 ||
		    read_merge(d, number, &along, e) < 0)
			return -1;
		people = in_both(d, people, along.people);
	}
	return 0;
}

int case_unmerge(struct desk *d, int64_t number, struct span actor, struct err *e)
{
	struct case_event ev = { .type = CASE_UNMERGED, .at = d->now, .actor = actor };
	struct store_case c;
	struct merge m;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (!c.merged_into)
		return word_refuse_case(d, e, WORD_NOT_MERGED, number);
	ev.other = c.merged_into;
	if (read_merge(d, number, &m, e) < 0 ||
	    let_out_all(d, number, c.merged_into, m.people, e) < 0 ||
	    case_unlink(d, number, c.merged_into, LINK_MERGED, actor, e) < 0)
		return -1;
	c.merged_into = 0;
	c.updated_at = d->now;
	if (case_log_add(d, number, &ev, e) < 0 || store_case_update(d->store, &c, e) < 0 ||
	    case_set_state(d, number, m.state, actor, SPAN("unmerged"), e) < 0)
		return -1;
	return m.state == CASE_WAITING && m.waits_others ? case_wait_for(d, &c, PARTY_OTHERS, e)
							 : 0;
}

int case_merged_one(struct desk *d, int64_t into, int64_t *ret_number, struct err *e)
{
	struct store_link *v;
	size_t n, found = 0;

	if (store_link_list(d->store, into, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (v[i].kind != LINK_MERGED || v[i].other != into)
			continue;
		*ret_number = v[i].number;
		found++;
	}
	return found == 1 ? 0 : word_refuse_case(d, e, WORD_WHICH_MERGED, into);
}
