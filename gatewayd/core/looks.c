#include "gatewayd/core/looks.h"

#include <inttypes.h>

static const char *key_of(struct span mailbox, struct arena *a)
{
	return arena_printf(a, "look:" SPAN_FMT, SPAN_ARG(mailbox));
}

/* "UIDVALIDITY UID SECONDS" */
int looks_read(struct looks *l, struct store *s, struct span mailbox, struct arena *a,
	       struct err *e)
{
	uint64_t uidvalidity, highest;
	struct span text;
	int64_t at;

	*l = (struct looks){ .at = INSTANT_NONE, .kept_at = INSTANT_NONE };
	if (store_meta_get(s, key_of(mailbox, a), a, &text, e) < 0)
		return -1;
	if (!text.p || !span_u64(span_cut(&text, ' '), &uidvalidity) ||
	    !span_u64(span_cut(&text, ' '), &highest) || !span_i64(text, &at) ||
	    uidvalidity > UINT32_MAX || highest > UINT32_MAX)
		return 0;
	l->uidvalidity = (uint32_t)uidvalidity;
	l->highest = l->kept_highest = (uint32_t)highest;
	l->at = l->kept_at = at;
	return 0;
}

/* A look that says what the store has. */
static bool is_kept(const struct looks *l)
{
	return l->kept_at != INSTANT_NONE && l->kept_highest == l->highest && l->at >= l->kept_at &&
	       l->at - l->kept_at < LOOKS_KEEP_S;
}

static int write_down(struct looks *l, struct store *s, struct span mailbox, struct arena *a,
		      struct err *e)
{
	struct store *txn STORE_TXN = s;
	char *text =
	    arena_printf(a, "%" PRIu32 " %" PRIu32 " %" PRIi64, l->uidvalidity, l->highest, l->at);

	if (store_begin(txn, e) < 0 ||
	    store_meta_set(txn, key_of(mailbox, a), span_of(text), e) < 0 ||
	    store_commit(txn, e) < 0)
		return -1;
	l->kept_highest = l->highest;
	l->kept_at = l->at;
	return 0;
}

int looks_keep(struct looks *l, struct store *s, struct span mailbox, struct arena *a,
	       struct err *e)
{
	return is_kept(l) ? 0 : write_down(l, s, mailbox, a, e);
}

void looks_begin(struct looks *l, uint32_t uidvalidity, int64_t now)
{
	if (l->uidvalidity != uidvalidity)
		*l = (struct looks){ .uidvalidity = uidvalidity,
				     .at = INSTANT_NONE,
				     .kept_at = INSTANT_NONE };
	l->now_highest = l->highest;
	l->now_at = now;
}

bool looks_see(struct looks *l, uint32_t uid, int64_t received_at)
{
	bool is_new = l->at != INSTANT_NONE && uid > l->highest;

	if (uid > l->now_highest)
		l->now_highest = uid;
	return is_new && received_at != INSTANT_NONE && received_at < l->at - LOOKS_SLACK_S;
}

void looks_end(struct looks *l)
{
	l->highest = l->now_highest;
	l->at = l->now_at;
}
