#include "gatewayd/timer/ahead.h"

#include <inttypes.h>

/* Believed and until_ms; "": nothing waits.  Each node has clocks of its own. */
static const char *key_of(const struct desk *d)
{
	return arena_printf(d->arena, "clock-ahead" SPAN_FMT, SPAN_ARG(store_node_name(d->store)));
}

static void believe(struct ahead *a)
{
	a->believed = a->offset;
	a->unwritten = a->unwritten || a->until_ms;
	a->until_ms = 0;
}

static bool is_step(int64_t seconds)
{
	return seconds > AHEAD_STEP_S || seconds < -AHEAD_STEP_S;
}

int64_t ahead_turn(struct ahead *a, int64_t now, int64_t now_ms)
{
	int64_t before = a->offset, step;

	a->offset = now - now_ms / 1000;
	step = a->begun && is_step(a->offset - before) ? a->offset - before : 0;
	if (step && is_step(a->offset - a->believed)) {
		a->until_ms = now_ms + (int64_t)AHEAD_S * 1000;
		a->unwritten = true;
	} else if (!a->begun || step || now_ms >= a->until_ms) {
		believe(a);
	}
	a->begun = true;
	return step;
}

int64_t ahead_until_ms(const struct ahead *a)
{
	return a->offset - a->believed > AHEAD_STEP_S ? a->until_ms : 0;
}

/* --- what the store keeps --- */

/* A monotonic time of before the machine started counts no more than any other that is too far. */
static bool parse(struct span kept, int64_t now_ms, struct ahead *a)
{
	size_t blank = span_find(kept, SPAN(" "));
	int64_t believed, until_ms;

	if (blank == SIZE_MAX || !span_i64(span_sub(kept, 0, blank), &believed) ||
	    !span_i64(span_sub(kept, blank + 1, SIZE_MAX), &until_ms) || until_ms <= now_ms ||
	    until_ms - now_ms > (int64_t)AHEAD_S * 1000)
		return false;
	a->believed = believed;
	a->until_ms = until_ms;
	return true;
}

static int write_down(struct ahead *a, struct desk *d, struct err *e)
{
	const char *text =
	    a->until_ms ? arena_printf(d->arena, "%" PRIi64 " %" PRIi64, a->believed, a->until_ms)
			: "";

	if (store_meta_set(d->store, key_of(d), span_of(text), e) < 0)
		return -1;
	a->loaded = true;
	a->unwritten = false;
	return 0;
}

int ahead_keep(struct ahead *a, struct desk *d, int64_t now_ms, struct err *e)
{
	struct span kept;

	if (a->unwritten)
		return write_down(a, d, e);
	if (a->loaded && !a->until_ms)
		return 0;
	if (store_meta_get(d->store, key_of(d), d->arena, &kept, e) < 0)
		return -1;
	if (!parse(kept, now_ms, a))
		believe(a); /* an operator said so, or it begins */
	a->loaded = true;
	return 0;
}

int ahead_accept(struct desk *d, struct err *e)
{
	struct span kept;

	if (store_meta_get(d->store, key_of(d), d->arena, &kept, e) < 0)
		return -1;
	if (!kept.n)
		return err_set(e, ERR_PERM, "nothing waits for the clock");
	return store_meta_set(d->store, key_of(d), SPAN(""), e);
}
