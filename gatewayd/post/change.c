#include "gatewayd/post/change.h"

#include "gatewayd/case/case_merge.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_split.h"
#include "gatewayd/post/post.h"

int change_owner(struct desk *d, int64_t number, struct span owner, struct span actor,
		 bool answered, struct err *e)
{
	struct post_change p = { .number = number, .actor = actor, .answered = answered };
	struct store_case before;

	if (store_case_get(d->store, number, d->arena, &before, e) < 0 ||
	    case_assign(d, number, owner, actor, e) < 0)
		return -1;
	p.before = before.owner;
	return span_eq(before.owner, owner) ? 0 : post_assigned(d, &p, e);
}

int change_queue(struct desk *d, int64_t number, struct span queue, struct span actor,
		 struct err *e)
{
	struct post_change p = { .number = number, .actor = actor };
	struct store_case before;

	if (store_case_get(d->store, number, d->arena, &before, e) < 0 ||
	    case_move(d, number, queue, actor, e) < 0)
		return -1;
	p.before = before.queue;
	return span_eq(before.queue, queue) ? 0 : post_moved(d, &p, e);
}

int change_severity(struct desk *d, int64_t number, int severity, struct span actor,
		    struct span reason, struct span phone, struct err *e)
{
	struct post_change p = { .number = number,
				 .actor = actor,
				 .reason = reason.n ? reason : phone };
	struct store_case before;

	if (store_case_get(d->store, number, d->arena, &before, e) < 0 ||
	    case_set_severity(d, number, severity, actor, reason, phone, e) < 0)
		return -1;
	p.severity_before = before.severity;
	return severity < before.severity ? post_raised(d, &p, e) : 0;
}

/* The owners of both. */
static int tell_both(struct desk *d, const struct post_change *p, enum word other_happened,
		     struct err *e)
{
	struct post_change other = *p;

	other.number = p->other;
	other.other = p->number;
	other.happened = other_happened;
	return post_joined(d, p, e) < 0 ? -1 : post_joined(d, &other, e);
}

/* Into the case of another customer it is told to no customer: they do not know of each other. */
int change_merge(struct desk *d, int64_t number, int64_t into, bool other, struct span actor,
		 struct err *e)
{
	struct post_change p = {
		.number = number, .actor = actor, .reason = SPAN(""), .happened = WORD_MERGED_AWAY
	};
	struct store_case c, target;

	if (case_merge(d, number, into, other, actor, e) < 0 ||
	    store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_case_get(d->store, c.merged_into, d->arena, &target, e) < 0)
		return -1;
	p.other = target.number;
	if (tell_both(d, &p, WORD_MERGED_IN, e) < 0)
		return -1;
	return case_same_customer(d, &c, &target) ? post_merged(d, number, target.number, e) : 0;
}

int change_unmerge(struct desk *d, int64_t number, struct span actor, struct err *e)
{
	struct post_change p = {
		.number = number, .actor = actor, .reason = SPAN(""), .happened = WORD_UNMERGED
	};
	struct store_case c, target;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    case_unmerge(d, number, actor, e) < 0 ||
	    store_case_get(d->store, c.merged_into, d->arena, &target, e) < 0)
		return -1;
	p.other = target.number;
	if (tell_both(d, &p, WORD_UNMERGED, e) < 0)
		return -1;
	return case_same_customer(d, &c, &target) ? post_merged(d, number, 0, e) : 0;
}

int change_split(struct desk *d, int64_t number, int64_t note, struct span subject,
		 struct span actor, int64_t *ret_number, struct err *e)
{
	struct post_change p = {
		.number = number, .actor = actor, .reason = SPAN(""), .happened = WORD_SPLIT_OFF
	};

	if (case_split(d, number, note, subject, actor, ret_number, e) < 0)
		return -1;
	p.other = *ret_number;
	if (post_joined(d, &p, e) < 0)
		return -1;
	return post_split(d, *ret_number, number, e);
}
