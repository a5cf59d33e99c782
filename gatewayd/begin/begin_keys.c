/* The keys that answers may have, to name a misspelt one before the question that misses it. */
#include "gatewayd/begin/begin_plan.h"

static const struct {
	const char *name;
	bool of; /* also "NAME.ADDRESS" */
} keys[] = {
	{ "provider", false },	    { "company", false },	{ "addresses", false },
	{ "kind", true },	    { "user", true },		{ "password", true },
	{ "imap", false },	    { "smtp", false },		{ "ca_file", false },
	{ "smtp_user", false },	    { "smtp_password", false }, { "tenant", false },
	{ "client_id", false },	    { "way", false },		{ "client_secret", false },
	{ "refresh_token", false }, { "key_file", false },	{ "certificate_file", false },
	{ "staff", false },	    { "zone", false },		{ "adopt", false },
	{ "daemon_user", false },   { "create_user", false },	{ "store", false },
	{ "socket", false },	    { "hostname", false },	{ "token_endpoint", false },
};

static const char *key_at(const void *ctx, size_t i)
{
	(void)ctx;
	return keys[i].name;
}

static bool is_known(const char *key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		size_t n = strlen(keys[i].name);

		if (strncmp(key, keys[i].name, n) == 0 &&
		    (!key[n] || (keys[i].of && key[n] == '.')))
			return true;
	}
	return false;
}

int begin_keys_check(struct begin_ask *q, struct err *e)
{
	for (size_t i = 0; i < q->n; i++) {
		const char *key = q->v[i].key;
		struct span rest = span_of(key), name = span_cut(&rest, '.');

		if (q->v[i].line && !is_known(key))
			return begin_ask_refuse(
			    q, q->v[i].line, e, "there is no question \"%.100s\" here%s", key,
			    begin_ask_known(q, arena_cstr(q->a, name), sizeof(keys) / sizeof(*keys),
					    key_at, NULL));
	}
	return 0;
}
