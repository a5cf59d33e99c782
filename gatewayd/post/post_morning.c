/* The morning mail: a member of staff's cases, what is due today, what waits. */
#include "gatewayd/case/staff_name.h"
#include "gatewayd/post/notice.h"

enum { READ_MAX = 1000 };

static int find_own(struct desk *d, const struct conf_staff *staff, struct post_morning *m,
		    struct err *e)
{
	struct store_case_filter f = { .open_only = true,
				       .queue = SPAN(""),
				       .owner = span_of(staff->id),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .limit = READ_MAX };
	struct store_case *v;
	size_t n;

	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	m->mine = arena_alloc_n(d->arena, n, sizeof(*v));
	m->waits = arena_alloc_n(d->arena, n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		if (v[i].state == CASE_WAITING)
			m->waits[m->waits_count++] = v[i];
		else
			m->mine[m->mine_count++] = v[i];
	return 0;
}

static bool is_there(const struct post_morning *m, int64_t number)
{
	for (size_t i = 0; i < m->today_count; i++)
		if (m->today[i].number == number)
			return true;
	return false;
}

/* Their own, and those of their queues that nobody has. */
static bool is_theirs(const struct conf_staff *staff, const struct store_case *c)
{
	return span_is(c->owner, staff->id) || (!c->owner.n && staff_name_sees(staff, c));
}

static int find_due(struct desk *d, const struct conf_staff *staff, int64_t before,
		    struct post_morning *m, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_open(d->store, 0, READ_MAX, d->arena, &v, &n, e) < 0)
		return -1;
	m->today = arena_alloc_n(d->arena, n, sizeof(*m->today));
	for (size_t i = 0; i < n; i++) {
		struct store_case *c = &m->today[m->today_count];

		if (v[i].due_at == INSTANT_NONE || v[i].due_at >= before ||
		    v[i].met_at != INSTANT_NONE || is_there(m, v[i].case_number))
			continue;
		if (store_case_get(d->store, v[i].case_number, d->arena, c, e) < 0)
			return -1;
		m->today_count += is_theirs(staff, c);
	}
	return 0;
}

int post_morning(struct desk *d, const struct conf_staff *staff, int64_t before, struct err *e)
{
	const char *queue = staff->queues.n ? staff->queues.v[0] : d->conf->queues[0].name;
	struct post_morning m = { 0 };

	if (find_own(d, staff, &m, e) < 0 || find_due(d, staff, before, &m, e) < 0)
		return -1;
	if (!m.mine_count && !m.waits_count && !m.today_count)
		return 0;
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_MORNING,
					     .queue = desk_queue(d, span_of(queue)),
					     .staff = staff,
					     .morning = &m },
			   e);
}
