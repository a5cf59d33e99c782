/* What goes back to core: what may not begin, and what is broken off for others. */
#include "gatewayd/base/mem.h"
#include "gatewayd/sender/lanes_inside.h"

static void note(struct lanes *l, const struct lanes_mail *m)
{
	struct lanes_gone *g;

	if (!m->case_number)
		return;
	g = mem_alloc(sizeof(*g));
	*g = (struct lanes_gone){ .mail = *m,
				  .recipient = mem_dup_span(m->recipient),
				  .next = l->gone };
	g->mail.recipient.p = g->recipient;
	l->gone = g;
}

void lanes_written(struct lanes *l, int64_t row)
{
	struct lanes_gone **at = &l->gone;

	while (*at && (*at)->mail.row != row)
		at = &(*at)->next;
	if (*at)
		lanes_forget_gone(at);
}

/* On a single lane what is slow would come back at once. */
static bool must_go_back(const struct lanes *l, const struct lanes_mail *m)
{
	return m->goes_back || (l->most > 1 && m->at->slow && !lanes_has_room(l, m->at));
}

struct lanes_mail *lanes_back(struct lanes *l)
{
	struct lanes_mail *last = NULL;

	for (struct lanes_mail *m = l->waiting; m; m = m->next)
		if (must_go_back(l, m))
			last = m;
	if (!last)
		return NULL;
	lanes_leave_waiting(l, &l->waiting, last);
	note(l, last);
	return last;
}

void lanes_next_back(struct lanes *l, struct lanes_mail *next)
{
	lanes_leave_waiting(l, &l->next, next);
	note(l, next);
}

/* Each lane waits for a domain that hangs. */
static bool all_hang(const struct lanes *l, int64_t now_ms)
{
	for (const struct lanes_mail *o = l->out; o; o = o->next)
		if (!o->at->hangs || lanes_awaited_ms(o, now_ms) <= LANES_SLOW_MS)
			return false;
	return l->out_count >= l->most;
}

/* One that could have begun long ago. */
static bool another_waits(const struct lanes *l, int64_t now_ms)
{
	for (const struct lanes_mail *m = l->waiting; m; m = m->next)
		if (!m->goes_back && !m->at->hangs && now_ms - m->since_ms >= LANES_CUT_MS &&
		    !lanes_follows(l, m))
			return true;
	return false;
}

/* The last one that was begun: of several the first has the time that the settings give. */
struct lanes_mail *lanes_cut(struct lanes *l, int64_t now_ms)
{
	struct lanes_mail *last = NULL;

	if (!all_hang(l, now_ms) || !another_waits(l, now_ms))
		return NULL;
	for (struct lanes_mail *o = l->out; o; o = o->next)
		last = o->is_whole ? last : o;
	if (!last)
		return NULL;
	for (struct lanes_mail *m = l->waiting; m; m = m->next)
		m->goes_back = m->goes_back || lanes_is_one_conversation(m, last);
	lanes_take_out(&l->out, last);
	l->out_count--;
	last->at->out--;
	last->at->used_ms = now_ms;
	note(l, last);
	l->changed = true;
	return last;
}
