#include "gatewayd/poller/poll_claim.h"

/* The first that another one claims; n: none. */
static size_t first_left(const struct imap_claims *claims, size_t n)
{
	size_t k = 0;

	while (k < n && (!claims->there[k] || claims->ours[k]))
		k++;
	return k;
}

static bool any_gone(const struct imap_claims *claims, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (!claims->there[k])
			return true;
	return false;
}

static void keep_ours(uint32_t *uids, const bool *ours, size_t *n)
{
	size_t kept = 0;

	for (size_t k = 0; k < *n; k++)
		if (ours[k])
			uids[kept++] = uids[k];
	*n = kept;
}

static bool has(const uint32_t *uids, size_t n, uint32_t uid)
{
	size_t k = 0;

	while (k < n && uids[k] != uid)
		k++;
	return k < n;
}

/* One of another set still has its minute, unless one of this set is lower. */
static bool is_of_another_set(const struct poll_claim *c, const uint32_t *uids, size_t n,
			      uint32_t left)
{
	return c->uid && !has(uids, n, c->uid) && (!left || left > c->uid);
}

static void wait_for(struct poll_claim *c, uint32_t left, bool is_kin, int64_t now_ms)
{
	if (left && left != c->uid)
		c->since_ms = now_ms;
	c->uid = left;
	c->is_kin = is_kin;
}

int poll_claim(struct poll_claim *c, struct imap *imap, struct imap_claims *claims, uint32_t *uids,
	       size_t *n, int64_t now_ms, struct err *e)
{
	uint32_t left;
	size_t first;
	bool other;

	if (imap_claim(imap, uids, *n, c->store, claims, e) < 0)
		return -1;
	for (size_t k = 0; k < claims->yields; k++)
		uids_add(&c->yield, claims->yield[k]);
	c->gone = c->gone || any_gone(claims, *n);
	first = first_left(claims, *n);
	left = first < *n ? uids[first] : 0;
	other = is_of_another_set(c, uids, *n, left);
	if (left && left == c->uid && now_ms - c->since_ms >= POLL_CLAIM_STALE_MS)
		left = 0;
	else
		keep_ours(uids, claims->ours, n);
	if (!other)
		wait_for(c, left, left && claims->kin[first], now_ms);
	return 0;
}

void poll_claim_listed(struct poll_claim *c, const uint32_t *uids, size_t n, int64_t now_ms)
{
	c->gone = false;
	if (!c->uid || has(uids, n, c->uid))
		return;
	c->uid = 0;
	if (!c->is_kin)
		c->rival_until_ms = now_ms + POLL_RIVAL_MS;
}

bool poll_claim_waits(const struct poll_claim *c)
{
	return c->uid != 0;
}

bool poll_claim_gone(const struct poll_claim *c)
{
	return c->gone;
}

bool poll_claim_rival(const struct poll_claim *c, int64_t now_ms)
{
	return now_ms < c->rival_until_ms;
}
