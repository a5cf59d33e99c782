#include "gatewayd/mail/rule_owner.h"

#include "gatewayd/case/staff_name.h"

/* *ret_away: staff.p == NULL when that person is in. */
static int look_at(struct desk *d, const struct conf_staff *staff, struct store_away *ret_away,
		   struct err *e)
{
	if (store_away_get(d->store, span_of(staff->id), d->now, d->arena, ret_away, e) < 0)
		return -1;
	if (ret_away->staff.p && ret_away->since_at > d->now)
		*ret_away = (struct store_away){ 0 };
	return 0;
}

static int take_if_in(struct desk *d, const struct conf_staff *staff,
		      const struct conf_queue *queue, const struct conf_staff **ret_owner,
		      struct err *e)
{
	struct store_away away;

	if (!staff || !staff_name_works_on(staff, queue->name))
		return 0;
	if (look_at(d, staff, &away, e) < 0)
		return -1;
	if (!away.staff.p)
		*ret_owner = staff;
	return 0;
}

static int find_owner(struct desk *d, const struct conf_staff *staff,
		      const struct conf_queue *queue, const struct conf_staff **ret_owner,
		      struct err *e)
{
	struct store_away away;

	if (!staff || look_at(d, staff, &away, e) < 0)
		return staff ? -1 : 0;
	if (away.staff.p)
		staff = conf_staff_find(d->conf, arena_cstr(d->arena, away.deputy));
	return take_if_in(d, staff, queue, ret_owner, e);
}

/* Where the one who had it last stands; behind the end when that is not known. */
static size_t place_of(const struct policy_words *turns, struct span staff)
{
	size_t i = 0;

	while (i < turns->n && !span_is(staff, turns->v[i]))
		i++;
	return i;
}

static int find_turn(struct desk *d, const struct policy_rule *rule, const struct conf_queue *queue,
		     const struct conf_staff **ret_owner, struct err *e)
{
	const struct policy_words *turns = &rule->turns;
	struct span last;
	size_t at;

	if (store_turn_get(d->store, span_of(rule->name), d->arena, &last, e) < 0)
		return -1;
	at = place_of(turns, last);
	at = at == turns->n ? 0 : at + 1;
	for (size_t i = 0; i < turns->n && !*ret_owner; i++)
		if (take_if_in(d, conf_staff_find(d->conf, turns->v[(at + i) % turns->n]), queue,
			       ret_owner, e) < 0)
			return -1;
	return *ret_owner
		   ? store_turn_set(d->store, span_of(rule->name), span_of((*ret_owner)->id), e)
		   : 0;
}

int rule_owner(struct desk *d, const struct policy_rule *rule, const struct conf_queue *queue,
	       const struct conf_staff **ret_owner, struct err *e)
{
	*ret_owner = NULL;
	if (rule && rule->owner)
		return find_owner(d, conf_staff_find(d->conf, rule->owner), queue, ret_owner, e);
	return rule && rule->turns.n ? find_turn(d, rule, queue, ret_owner, e) : 0;
}
