/* The way from a clock's start to its deadline, piece by piece, for a person to read. */
#include "gatewayd/base/units.h"
#include "gatewayd/case/sla_span.h"

enum {
	STRETCH_MAX = 2000, /* pieces told; the rest is one more piece */
	HOLIDAYS_TOLD = 3,  /* in the reason of one piece */
	REASON_MAX = 200,   /* bytes */
};

struct list {
	struct arena *arena;
	struct sla_stretch *v;
	size_t n;
};

/* Appends a piece; the same thing going on lengthens the last one. */
static void add(struct list *l, struct sla_stretch s)
{
	struct sla_stretch *last = l->n ? &l->v[l->n - 1] : NULL;

	if (s.from >= s.to)
		return;
	if (last && last->counted == s.counted && strcmp(last->reason, s.reason) == 0) {
		last->to = s.to;
		return;
	}
	if (l->n >= STRETCH_MAX) {
		last->to = s.to;
		last->reason = "and so on";
		return;
	}
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n++] = s;
}

/* "closed", with the holidays that fall into it. */
static const char *closed_reason(const struct calendar *c, int64_t from, int64_t to,
				 struct arena *arena)
{
	const char *last = NULL;
	struct buf text BUF_AUTO;
	int told = 0;

	buf_init(&text, REASON_MAX);
	buf_adds(&text, "closed");
	for (int64_t at = from; at < to && told < HOLIDAYS_TOLD; at += 12 * HOUR_S) {
		const char *name = calendar_holiday(c, at);

		if (!name || (last && strcmp(name, last) == 0))
			continue;
		buf_addf(&text, "%s%s", told++ ? ", " : " (", name);
		last = name;
	}
	if (told)
		buf_adds(&text, ")");
	return arena_cstr(arena, buf_span(&text));
}

static void add_closed(struct list *l, const struct calendar *c, int64_t from, int64_t to)
{
	if (from < to)
		add(l,
		    (struct sla_stretch){ from, to, false, closed_reason(c, from, to, l->arena) });
}

static void add_running(struct list *l, const struct calendar *c, int64_t from, int64_t to)
{
	struct calendar_walk walk;
	struct stretch open;

	calendar_walk_init(&walk, c, from, to);
	while (l->n < STRETCH_MAX && calendar_walk_next(&walk, &open)) {
		add_closed(l, c, from, open.from);
		add(l, (struct sla_stretch){ open.from, open.to, true, "open" });
		from = open.to;
	}
	add_closed(l, c, from, to);
}

int sla_stretches(const struct sla_input *in, const struct sla_clock *clock, struct arena *arena,
		  struct sla_stretch **ret_stretches, size_t *ret_count, struct err *e)
{
	struct list l = { .arena = arena };
	struct sla_spans walk;
	struct sla_span span;

	if (clock->rule.target.unit == POLICY_NONE)
		return err_set(e, ERR_PERM, "no %s clock runs", sla_kind_name(clock->kind));
	sla_spans_init(&walk, in, clock);
	while (sla_spans_next(&walk, &span)) {
		int64_t to = span.to;

		if (clock->due_at != INSTANT_NONE && clock->due_at < to)
			to = clock->due_at;
		if (to == INT64_MAX)
			break;
		if (span.state == SLA_OPEN)
			add_running(&l, &clock->calendar, span.from, to);
		else
			add(&l, (struct sla_stretch){ span.from, to, false,
						      span.state == SLA_WAITING ? "waiting"
										: "resolved" });
		if (to == clock->due_at)
			break;
	}
	*ret_stretches = l.v;
	*ret_count = l.n;
	return 0;
}
