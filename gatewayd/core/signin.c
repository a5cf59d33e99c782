#include "gatewayd/core/signin.h"

#include <string.h>

static bool live(const struct signin_row *r, int64_t now)
{
	return r->until_at > now;
}

/* Where the one with that secret stands, n: nowhere; how long the search takes says nothing. */
static size_t find(const struct signin_row *v, size_t n, struct span secret, int64_t now)
{
	uint8_t digest[SHA256_SIZE];
	size_t found = n;

	sha256_of(secret, digest);
	for (size_t i = 0; i < n; i++)
		if (crypto_equal(v[i].secret, digest, sizeof(digest)) && live(&v[i], now))
			found = i;
	return found;
}

static bool is_of(const struct signin_row *r, struct span browser)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(browser, digest);
	return browser.n && crypto_equal(r->browser, digest, sizeof(digest));
}

/* The one that ends first: free ones have ended long ago. */
static struct signin_row *oldest(struct signin_row *v, size_t n)
{
	struct signin_row *found = v;

	for (size_t i = 1; i < n; i++)
		if (v[i].until_at < found->until_at)
			found = &v[i];
	return found;
}

static void fill(struct signin_row *r, struct span staff, struct span browser, int64_t until_at,
		 char ret_secret[SIGNIN_SECRET_SIZE])
{
	uint8_t secret[SHA256_SIZE];

	crypto_random(secret, sizeof(secret));
	hex_encode(secret, sizeof(secret), ret_secret);
	*r = (struct signin_row){ .until_at = until_at };
	sha256_of(span_of(ret_secret), r->secret);
	sha256_of(browser, r->browser);
	memcpy(r->staff, staff.p, staff.n);
}

static int under_way(const struct signin *s, struct span staff, int64_t now)
{
	int n = 0;

	for (size_t i = 0; i < SIGNIN_LINKS; i++)
		n += live(&s->links[i], now) && span_is(staff, s->links[i].staff);
	return n;
}

bool signin_link(struct signin *s, struct span staff, struct span browser, int64_t now,
		 char ret_token[SIGNIN_SECRET_SIZE])
{
	if (staff.n >= SIGNIN_STAFF_MAX || !browser.n ||
	    under_way(s, staff, now) >= SIGNIN_LINKS_EACH)
		return false;
	fill(oldest(s->links, SIGNIN_LINKS), staff, browser, now + SIGNIN_LINK_S, ret_token);
	return true;
}

bool signin_redeem(struct signin *s, struct span token, struct span browser, int64_t now,
		   int64_t session_s, char ret_session[SIGNIN_SECRET_SIZE])
{
	size_t at = find(s->links, SIGNIN_LINKS, token, now);
	struct signin_row *link = &s->links[at];

	if (at == SIGNIN_LINKS || !is_of(link, browser))
		return false;
	fill(oldest(s->sessions, SIGNIN_SESSIONS), span_of(link->staff), browser, now + session_s,
	     ret_session);
	*link = (struct signin_row){ 0 };
	return true;
}

const char *signin_who(const struct signin *s, struct span session, struct span browser,
		       int64_t now)
{
	size_t at = find(s->sessions, SIGNIN_SESSIONS, session, now);

	if (at == SIGNIN_SESSIONS || !is_of(&s->sessions[at], browser))
		return NULL;
	return s->sessions[at].staff;
}

void signin_end(struct signin *s, struct span session)
{
	size_t at = find(s->sessions, SIGNIN_SESSIONS, session, 0);

	if (at < SIGNIN_SESSIONS)
		s->sessions[at] = (struct signin_row){ 0 };
}
