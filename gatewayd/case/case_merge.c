#include "gatewayd/case/case_merge.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"

static bool same_customer(const struct desk *d, const struct store_case *a,
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

/* Not to be undone: who was let in by mistake has read what they got. */
static int let_in(struct desk *d, const struct store_case *from, const struct store_case *target,
		  bool other, struct err *e)
{
	struct word_value v[] = { { "case", word_number(d, from->number) },
				  { "into", word_number(d, target->number) } };

	struct store_person requester = { from->requester_address, from->requester_name,
					  ORIGIN_MERGED };

	if (!same_customer(d, from, target))
		return other ? 0 : word_refuse(d, e, WORD_MERGE_OTHER, v, 2);
	if (requester.address.n &&
	    store_participant_add(d->store, target->number, &requester, e) < 0)
		return -1;
	return store_participant_copy(d->store, from->number, target->number, e);
}

int case_merge(struct desk *d, int64_t number, int64_t into, bool other, struct span actor,
	       struct err *e)
{
	struct case_event ev = { .type = CASE_MERGED, .at = d->now, .actor = actor };
	struct store_case from, target;

	if (store_case_get(d->store, number, d->arena, &from, e) < 0 ||
	    case_follow(d, into, &target, e) < 0)
		return -1;
	if (target.number == number && !from.merged_into)
		return word_refuse_case(d, e, WORD_MERGE_ITSELF, number);
	ev.other = target.number;
	/* Closing refuses a case that was merged already. */
	if (case_set_state(d, number, CASE_CLOSED, actor, SPAN("merged"), e) < 0 ||
	    let_in(d, &from, &target, other, e) < 0 ||
	    case_link(d, number, target.number, LINK_MERGED, actor, e) < 0 ||
	    store_case_get(d->store, number, d->arena, &from, e) < 0)
		return -1;
	from.merged_into = target.number;
	from.updated_at = d->now;
	if (case_log_add(d, number, &ev, e) < 0 || store_case_update(d->store, &from, e) < 0)
		return -1;
	return case_clock_update(d, number, e);
}

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

int case_merge_left(struct desk *d, int64_t from, int64_t into, struct span *ret_people,
		    struct err *e)
{
	struct buf out BUF_AUTO;
	struct store_person *v;
	struct store_case c, target;
	size_t n;

	buf_init(&out, 64 * KIB);
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
