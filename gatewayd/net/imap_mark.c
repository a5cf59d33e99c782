/* Mails that we moved, or are about to move, by the keywords that they carry. */
#include <stdio.h>

#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

static int set_keywords(struct imap *i, struct imap_uids uids, bool set, const char *first,
			const char *second, struct err *e)
{
	const char *const keywords[] = { first, second };

	imap_command(i);
	return imap_etpan_flag_keywords(i->etpan, uids, set, keywords, e);
}

int imap_mark(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	return set_keywords(i, (struct imap_uids){ p, count, sizeof(*p) }, true, IMAP_MARK, NULL,
			    e);
}

/* --- claims --- */

struct claims {
	const uint32_t *uids;
	size_t n;
	uint32_t store;
	bool *ours;
	uint32_t yield[IMAP_RANGE_MAX]; /* to a lower store; rising once tidied */
	size_t yields;
};

static size_t find(const struct claims *c, uint32_t uid)
{
	size_t k = 0;

	while (k < c->n && c->uids[k] != uid)
		k++;
	return k;
}

static void on_flags(void *ctx, const struct imap_said *said)
{
	struct claims *c = ctx;
	size_t k = find(c, said->uid);

	if (k == c->n)
		return;
	/* without any the server keeps none */
	c->ours[k] =
	    !said->claim_low || (said->claim_low == c->store && said->claim_high == c->store);
	if (said->claim_low && said->claim_low < c->store && c->yields < IMAP_RANGE_MAX)
		c->yield[c->yields++] = said->uid;
}

static bool no_body(void *ctx, struct span bytes)
{
	(void)ctx, (void)bytes;
	return true;
}

static int read_claims(struct imap *i, struct imap_uids uids, struct claims *c, struct err *e)
{
	struct imap_listener l = { no_body, on_flags, c };

	for (size_t k = 0; k < c->n; k++)
		c->ours[k] = false; /* the server does not say: it is not there */
	imap_command(i);
	return imap_etpan_fetch(i->etpan, uids, IMAP_FETCH_FLAGS, 0, &l, e);
}

int imap_claim(struct imap *i, const uint32_t *p, size_t count, uint32_t store, bool *ret_ours,
	       struct err *e)
{
	struct claims c = { .uids = p, .n = count, .store = store, .ours = ret_ours };
	struct imap_uids uids = { p, count, sizeof(*p) };
	char keyword[sizeof(IMAP_CLAIM) + 8];

	snprintf(keyword, sizeof(keyword), IMAP_CLAIM "%08x", store);
	if (set_keywords(i, uids, true, IMAP_MARK, keyword, e) < 0 ||
	    read_claims(i, uids, &c, e) < 0)
		return -1;
	c.yields = imap_uids_tidy(c.yield, c.yields);
	uids = (struct imap_uids){ c.yield, c.yields, sizeof(*c.yield) };
	return c.yields ? set_keywords(i, uids, false, keyword, NULL, e) : 0;
}
