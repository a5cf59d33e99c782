#include "conf/unknown_key.h"

enum { NEAR_MAX = 2 }; /* letters in which a key is another one mistyped */

/* What other programs call it, where nothing of ours is spelled alike. */
static const struct {
	const char *said, *key;
} others[] = {
	{ "server", "host" },
	{ "hostname", "host" },
	{ "email", "address" },
	{ "mail", "address" },
	{ "emails", "addresses" },
	{ "login", "user" },
	{ "account", "user" },
	{ "ssl", "tls" },
	{ "encryption", "tls" },
	{ "security", "tls" },
	{ "interval", "poll" },
	{ "members", "addresses" },
	{ "inbox", "folder" },
	{ "done", "processed" },
	{ "from", "from_name" },
	{ "signature", "from_name" },
	{ "timezone", "zone" },
	{ "tz", "zone" },
	{ "holiday", "holidays" },
	{ "opening_hours", "hours" },
	{ "agents", "notify" },
	{ "recipients", "notify" },
	{ "cert", "ca_file" },
	{ "certificate", "ca_file" },
	{ "database", "store" },
	{ "db", "store" },
	{ "admins", "operators" },
	{ "admin", "operators" },
	{ "organisation", "company" },
	{ "organization", "company" },
	{ "domain", "hostname" },
	{ "locale", "language" },
	{ "lang", "language" },
	{ "passwd_file", "secret_file" },
	{ "password_file", "secret_file" },
	{ "timeout", "command_timeout" },
};

static const char *const secrets[] = { "password", "passwd", "pass", "secret", "token" };

static const char *key_at(const void *ctx, size_t i)
{
	return ((const struct schema_group *)ctx)->rows[i].key;
}

static bool has(const struct schema_group *g, const char *key)
{
	for (size_t i = 0; i < g->row_count; i++)
		if (strcmp(g->rows[i].key, key) == 0)
			return true;
	return false;
}

/* A key of this group that others call so; NULL. */
static const char *other_name(const struct schema_group *g, const char *said)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_is_ci(span_of(said), others[i].said) && has(g, others[i].key))
			return others[i].key;
	return NULL;
}

/* The key that names the file of what stands in this one; NULL. */
static const char *secret_of(struct loader *l, const struct schema_group *g, const char *said)
{
	const char *file = arena_printf(&l->scratch, "%s_file", said);

	if (has(g, file))
		return file;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (span_is_ci(span_of(said), secrets[i]))
			return has(g, "secret_file") ? "secret_file" : NULL;
	return NULL;
}

static bool add_place(struct buf *text, const char *place, const char *more, bool any)
{
	buf_addf(text, "%s%s%s", any ? " or " : "; it belongs into ", place, more);
	return true;
}

/* Every group that has the key, as "limits" or "queues.*"; false: none. */
static bool elsewhere(const struct schema_group *g, const char *key, struct buf *text)
{
	bool any = false;

	if (g != &schema_root && has(&schema_root, key)) {
		buf_adds(text, "; it belongs to the top of the file, outside of all braces");
		return true;
	}
	for (size_t i = 0; i < schema_root.row_count; i++) {
		const struct schema_row *row = &schema_root.rows[i];

		if (row->inner && row->inner != g && has(row->inner, key))
			any = add_place(text, row->key, row->type == SCHEMA_TABLE ? ".*" : "", any);
	}
	return any;
}

void unknown_key(struct loader *l, const struct schema_group *g, const struct node *n,
		 const char *path)
{
	const char *near = conf_nearest(n->name, g->row_count, key_at, g);
	const char *other = other_name(g, n->name), *secret = secret_of(l, g, n->name);
	struct buf text BUF_AUTO;

	buf_init(&text, PROBLEM_MAX);
	buf_adds(&text, "there is no such key");
	if (secret)
		buf_addf(&text, "; write it into a file of mode 0600 and name that: %s = \"...\"",
			 secret);
	else if (other)
		problems_advise(&text, other, NULL);
	else if ((near && problems_distance(n->name, near) <= NEAR_MAX) ||
		 !elsewhere(g, n->name, &text))
		problems_advise(&text, near, "remove it (see gatewayd.conf(5))");
	conf_problem(l->problems, n->file, n->line, path, "%s", buf_cstr(&text));
}
