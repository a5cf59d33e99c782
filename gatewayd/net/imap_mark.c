/* Mails that we moved, or are about to move, by the keywords that they carry. */
#include <stdio.h>

#include "gatewayd/net/imap.h"
#include "gatewayd/net/imap_session.h"

static int set_keywords(struct imap *i, struct imap_uids uids, bool set, const char *first,
			const char *second, struct err *e)
{
	const char *const keywords[] = { first, second };

	imap_command_for(i, uids.n, 0);
	return imap_etpan_flag_keywords(i->etpan, uids, set, keywords, e);
}

int imap_mark(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	return set_keywords(i, (struct imap_uids){ p, count, sizeof(*p) }, true, IMAP_MARK, NULL,
			    e);
}

/* --- claims --- */

bool imap_claim_is_kin(uint32_t a, uint32_t b)
{
	return a >> 16 == b >> 16;
}

/* The last one counts: what comes before the answer is older. */
static void on_flags(void *ctx, void *into, size_t k, const struct imap_said *said)
{
	struct imap_claims *c = into;

	(void)ctx;
	c->there[k] = true;
	/* without any the server keeps none */
	c->ours[k] =
	    !said->claim_low || (said->claim_low == c->store && said->claim_high == c->store);
	c->kin[k] = imap_claim_is_kin(said->claim_low, c->store) &&
		    imap_claim_is_kin(said->claim_high, c->store);
	if (said->claim_low && said->claim_low < c->store && c->yields < IMAP_MOVE_MAX)
		c->yield[c->yields++] = said->uid;
}

static int read_claims(struct imap *i, struct imap_uids uids, struct imap_claims *claims,
		       struct err *e)
{
	const struct imap_listener l = { .response = on_flags, .into = claims };
	int r;

	imap_command_for(i, uids.n, 0);
	r = imap_etpan_fetch(i->etpan, uids, IMAP_FETCH_FLAGS, 0, &l, e);
	claims->yields = imap_uids_tidy(claims->yield, claims->yields);
	return r;
}

struct claim_name {
	char keyword[sizeof(IMAP_CLAIM) + 8];
};

static struct claim_name name_of(uint32_t store)
{
	struct claim_name name;

	snprintf(name.keyword, sizeof(name.keyword), IMAP_CLAIM "%08x", store);
	return name;
}

/* Both commands in any case: the second can be under way when the first is refused. */
int imap_claim(struct imap *i, const uint32_t *p, size_t count, uint32_t store,
	       struct imap_claims *ret_claims, struct err *e)
{
	struct imap_uids uids = { p, count, sizeof(*p) };
	struct claim_name name = name_of(store);
	struct err refusal;
	int set;

	if (!imap_was_ahead(i)) /* what the server does not name is not there */
		*ret_claims = (struct imap_claims){ .store = store };
	set = set_keywords(i, uids, true, IMAP_MARK, name.keyword, &refusal);
	if (read_claims(i, uids, ret_claims, e) < 0)
		return -1;
	if (set < 0)
		*e = refusal;
	return set;
}

int imap_unclaim(struct imap *i, const uint32_t *p, size_t count, uint32_t store, struct err *e)
{
	struct claim_name name = name_of(store);

	return set_keywords(i, (struct imap_uids){ p, count, sizeof(*p) }, false, name.keyword,
			    NULL, e);
}
