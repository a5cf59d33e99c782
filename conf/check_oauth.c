#include "conf/check_oauth.h"

void check_login(struct loader *l, const char *path, const struct conf_server *s)
{
	bool bearer = s->auth == CONF_AUTH_XOAUTH2 || s->auth == CONF_AUTH_OAUTHBEARER;

	if (s->oauth && s->secret_file)
		loader_problem(l, arena_printf(&l->scratch, "%s.secret_file", path),
			       "stands beside oauth; remove one of the two");
	if (s->oauth && loader_row_find(l, TABLE_OAUTH, s->oauth) && !bearer)
		loader_problem(
		    l, arena_printf(&l->scratch, "%s.auth", path),
		    "does not log in with the access tokens of oauth; use \"xoauth2\" or "
		    "\"oauthbearer\", or remove it");
	if (s->auth != CONF_AUTH_NONE && !s->secret_file && !s->oauth)
		loader_problem(l, arena_printf(&l->scratch, "%s.secret_file", path),
			       "is missing; add the file with the password or token, or oauth, or "
			       "auth = \"none\"");
}

static void missing(struct loader *l, const struct conf_oauth *o, const char *key, const char *what)
{
	loader_problem(l, loader_path(l, "oauth", o->name, key), "is missing; add %s", what);
}

/* A provider has one, or none for that flow. */
static void check_endpoints(struct loader *l, const struct conf_oauth *o)
{
	if (!o->token_endpoint &&
	    !loader_given(l, loader_path(l, "oauth", o->name, "token_endpoint")))
		missing(l, o, "token_endpoint", "its https address, or a provider");
	if (o->provider == CONF_PROVIDER_MICROSOFT365 && !o->tenant &&
	    !loader_given(l, loader_path(l, "oauth", o->name, "token_endpoint")))
		missing(l, o, "tenant", "the domain or id of your directory");
	if (!o->scope && o->provider)
		loader_problem(l, loader_path(l, "oauth", o->name, "flow"),
			       "is none that this provider has for mailboxes; use another, or say "
			       "the scope");
}

/* Either a secret or a certificate with its key. */
static void check_client(struct loader *l, const struct conf_oauth *o)
{
	if (!o->client_secret_file && !o->key_file)
		missing(l, o, "client_secret_file",
			"the file with the application's secret, or key_file and certificate_file");
	if (o->client_secret_file && o->key_file)
		loader_problem(l, loader_path(l, "oauth", o->name, "client_secret_file"),
			       "stands beside key_file; remove one of the two");
	if (o->key_file && !o->certificate_file)
		missing(l, o, "certificate_file", "the certificate that belongs to key_file");
}

static bool same_user(const struct conf_server *s, const struct conf_oauth *o)
{
	return !s->oauth || strcmp(s->oauth, o->name) != 0 || !s->user ||
	       strcmp(s->user, o->subject) == 0;
}

/* One token is for one user; a subject that was not given is that of the first. */
static void check_service(struct loader *l, const struct conf_oauth *o)
{
	const char *path = loader_path(l, "oauth", o->name, "subject");
	const struct conf *c = l->conf;
	bool one = !o->subject ||
		   (same_user(&c->smtp.server, o) && same_user(&c->operators_smtp.server, o));

	if (!o->key_file)
		missing(l, o, "key_file", "the JSON file of the service account");
	for (size_t i = 0; i < c->mailbox_count && o->subject; i++)
		one = one && same_user(&c->mailboxes[i].server, o);
	if (!one && !loader_given(l, path))
		loader_problem(l, path,
			       "is missing: several users log in with this row; give each a row of "
			       "its own");
}

static void check_row(struct loader *l, const struct conf_oauth *o)
{
	check_endpoints(l, o);
	if (!o->client_id && o->flow != CONF_FLOW_SERVICE)
		missing(l, o, "client_id", "the id of the application");
	if (o->client_id && strcmp(o->client_id, "...") == 0)
		loader_problem(l, loader_path(l, "oauth", o->name, "client_id"),
			       "is what the example has in its place; write the id that the "
			       "provider gave the application");
	if (o->flow == CONF_FLOW_CLIENT)
		check_client(l, o);
	if (o->flow == CONF_FLOW_SERVICE)
		check_service(l, o);
}

void check_oauth(struct loader *l)
{
	for (size_t i = 0; i < l->conf->oauth_count; i++)
		check_row(l, &l->conf->oauth[i]);
}
