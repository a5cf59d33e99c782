/* Which mails are in a folder: all at once where they are few, else by ranges of UIDs, so that no
 * answer takes more memory than so many need, however full the folder is. */
#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

enum {
	AT_ONCE = 50000,    /* mails */
	STEP_MAX = 1 << 30, /* UIDs */
	UID_BYTES = 11,	    /* of a UID in an answer, at most */
	ANSWER_UIDS = MIB,  /* that an answer has room for, whatever they are */
	UNREAD_MS = 600000, /* beyond its time, an answer that nobody reads may take */
};

struct list {
	uint32_t *p;
	size_t n, cap;
};

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

size_t imap_uids_tidy(uint32_t *uids, size_t n)
{
	size_t kept = 0;

	qsort(uids, n, sizeof(*uids), by_number);
	for (size_t k = 0; k < n; k++)
		if (uids[k] != 0 && (kept == 0 || uids[k] != uids[kept - 1]))
			uids[kept++] = uids[k];
	return kept;
}

/* Others than were asked for are dropped: "N:*" names the last mail, whatever its UID. */
static size_t drop_others(uint32_t *uids, size_t n, const struct imap_search *what)
{
	size_t kept = 0;

	for (size_t k = 0; k < n; k++)
		if (uids[k] >= what->first && (!what->last || uids[k] <= what->last))
			uids[kept++] = uids[k];
	return kept;
}

/* An answer that goes unread is as long as the folder is full. */
static struct imap_limits limits_of(const struct imap *i)
{
	struct imap_limits l = { .answer_max = IMAP_SEARCH_MAX };
	int64_t ms;

	if (!i->stream.guard.no_search)
		return l;
	l.answer_max += (int64_t)i->exists * UID_BYTES;
	ms = l.answer_max / IMAP_MIN_RATE * 1000;
	l.extra_ms = ms < UNREAD_MS ? ms : UNREAD_MS;
	return l;
}

/* *ret_n is how many there are in it. */
static int add_range(struct imap *i, const struct imap_search *what, struct list *l, size_t *ret_n,
		     struct err *e)
{
	const struct imap_limits limits = limits_of(i);
	uint32_t *uids = NULL;
	size_t n = 0;

	*ret_n = 0;
	imap_stream_command(&i->stream, &limits);
	if (imap_etpan_search(i->etpan, what, &uids, &n, e) < 0)
		return -1;
	if (!uids)
		return 0; /* it was sent ahead */
	n = drop_others(uids, imap_uids_tidy(uids, n), what);
	for (size_t k = 0; k < n && l->n < IMAP_LIST_MAX; k++) {
		MEM_GROW(l->p, l->n, &l->cap);
		l->p[l->n++] = uids[k];
		(*ret_n)++;
	}
	mem_free(&uids);
	return *ret_n == n ? 0
			   : err_set(e, ERR_TEMP, "the folder has over %d mails, too many to list",
				     IMAP_LIST_MAX);
}

/* As wide as makes answers of about AT_ONCE; no wider than an answer has room for when all that are
 * left may be in it: behind a gap there can be many. */
static uint32_t next_step(const struct imap *i, const struct list *l, uint32_t step, size_t found)
{
	uint32_t max = i->exists > l->n && i->exists - l->n > ANSWER_UIDS ? ANSWER_UIDS : STEP_MAX;

	if (found < AT_ONCE / 4)
		step = step < STEP_MAX ? step * 2 : step;
	else if (found > AT_ONCE / 2 && step > AT_ONCE)
		step /= 2;
	return step < max ? step : max;
}

/* 0: to the last mail; those that came since the folder was selected are behind its UIDNEXT. */
static uint32_t last_of(const struct imap *i, const struct list *l, uint32_t first, uint32_t step)
{
	if (first > UINT32_MAX - step || l->n >= i->exists ||
	    (i->uidnext && first + step >= i->uidnext))
		return 0;
	return first + step - 1;
}

static int add_ranges(struct imap *i, struct imap_search what, struct list *l, struct err *e)
{
	uint32_t step = AT_ONCE;
	size_t found;

	if (!what.first)
		what.first = 1;
	do {
		what.last = last_of(i, l, what.first, step);
		if (add_range(i, &what, l, &found, e) < 0)
			return -1;
		step = next_step(i, l, step, found);
		what.first = what.last + 1;
	} while (what.last);
	return 0;
}

bool imap_is_full(const struct imap *i)
{
	return i->exists > AT_ONCE;
}

/* Sent before it was known how full the folder is: an answer too long for us goes unread. */
static int add_sent_ahead(struct imap *i, const struct imap_search *what, struct list *l,
			  struct err *e)
{
	bool full = imap_is_full(i) && !i->stream.is_ahead;
	size_t found;
	int r;

	i->stream.guard.no_search = full;
	r = add_range(i, what, l, &found, e);
	i->stream.guard.no_search = false;
	if (r < 0 || !full)
		return r;
	l->n = 0;
	return add_ranges(i, *what, l, e);
}

static int list(struct imap *i, const struct imap_search *what, uint32_t **ret_uids,
		size_t *ret_count, struct err *e)
{
	struct list l = { 0 };
	size_t found;
	int r;

	MEM_GROW(l.p, l.n, &l.cap); /* never NULL */
	if (i->stream.is_ahead || imap_was_ahead(i))
		r = add_sent_ahead(i, what, &l, e);
	else if (imap_is_full(i))
		r = add_ranges(i, *what, &l, e);
	else
		r = add_range(i, what, &l, &found, e);
	if (r < 0 || i->stream.is_ahead) {
		mem_free(&l.p);
		return r;
	}
	*ret_uids = l.p;
	*ret_count = l.n;
	return 0;
}

int imap_list(struct imap *i, uint32_t **ret_uids, size_t *ret_count, struct err *e)
{
	const struct imap_search what = { .undeleted = !i->can.move && !i->can.uidplus };

	if (!i->stream.is_ahead && !imap_was_ahead(i))
		i->stream.guard.exists = false; /* what comes from now on is news */
	return list(i, &what, ret_uids, ret_count, e);
}

int imap_list_from(struct imap *i, uint32_t from, bool marked, uint32_t **ret_uids,
		   size_t *ret_count, struct err *e)
{
	const struct imap_search what = { .first = from, .keyword = marked ? IMAP_MARK : NULL };

	return list(i, &what, ret_uids, ret_count, e);
}
