#include "conf/provider.h"

enum { BORDERS_MAX = 3 };

static const struct provider {
	struct {
		const char *host;
		int port;
		enum conf_tls tls;
	} imap, smtp;
	const char *token_endpoint, *device_endpoint; /* %s: the tenant */
	const char *scope[3];			      /* by flow */
	int refresh_days;
	int connections; /* that may send at once; 0: as many as we like */
	bool authres_without_id;
	const char *authserv_id; /* NULL: none */
	const char *border[BORDERS_MAX];
} providers[] = {
	[CONF_PROVIDER_NONE] = { .refresh_days = 0 },
	[CONF_PROVIDER_MICROSOFT365] = {
		.imap = { "outlook.office365.com", 993, CONF_TLS_IMPLICIT },
		.smtp = { "smtp.office365.com", 587, CONF_TLS_STARTTLS },
		.token_endpoint = "https://login.microsoftonline.com/%s/oauth2/v2.0/token",
		.device_endpoint = "https://login.microsoftonline.com/%s/oauth2/v2.0/devicecode",
		.scope = { [CONF_FLOW_LOGIN] = "https://outlook.office.com/IMAP.AccessAsUser.All "
					       "https://outlook.office.com/SMTP.Send offline_access",
			   [CONF_FLOW_CLIENT] = "https://outlook.office365.com/.default" },
		.refresh_days = 90,
		.connections = 3,
		.authres_without_id = true,
		.border = { "*.mail.protection.outlook.com above", "*.prod.outlook.com inside",
			    "*.outlook.office365.com inside" },
	},
	[CONF_PROVIDER_GOOGLE] = {
		.imap = { "imap.gmail.com", 993, CONF_TLS_IMPLICIT },
		.smtp = { "smtp.gmail.com", 587, CONF_TLS_STARTTLS },
		.token_endpoint = "https://oauth2.googleapis.com/token",
		.scope = { [CONF_FLOW_LOGIN] = "https://mail.google.com/",
			   [CONF_FLOW_SERVICE] = "https://mail.google.com/" },
		.authserv_id = "mx.google.com",
		.border = { "mx.google.com below", "2002:* inside" },
	},
};

static bool given(struct loader *l, const char *path, const char *key)
{
	return loader_given(l, arena_printf(&l->scratch, "%s.%s", path, key));
}

/* --- access tokens --- */

/* The tenant that is missing has been told, or will be. */
static const char *endpoint(struct loader *l, const char *fmt, const char *tenant)
{
	struct span rest = span_of(fmt), head = span_cut(&rest, '%');

	if (!fmt || !rest.n)
		return fmt;
	return arena_printf(l->arena, SPAN_FMT "%s%s", SPAN_ARG(head), tenant ? tenant : "common",
			    rest.p + 1);
}

static void complete_oauth(struct loader *l, const char *path, struct conf_oauth *o)
{
	const struct provider *p = &providers[o->provider];

	if (!o->token_endpoint)
		o->token_endpoint = endpoint(l, p->token_endpoint, o->tenant);
	if (!o->device_endpoint)
		o->device_endpoint = endpoint(l, p->device_endpoint, o->tenant);
	if (!o->scope)
		o->scope = p->scope[o->flow];
	if (!given(l, path, "refresh_life"))
		o->refresh_days = p->refresh_days;
}

static struct conf_oauth *row_of(struct loader *l, const char *name)
{
	const struct loader_row *row = name ? loader_row_find(l, TABLE_OAUTH, name) : NULL;

	return row ? row->data : NULL;
}

/* --- servers --- */

static void complete_server(struct loader *l, const char *path, struct conf_server *s, bool smtp)
{
	struct conf_oauth *o = row_of(l, s->oauth);
	const struct provider *p;

	if (o && !given(l, path, "provider"))
		s->provider = o->provider;
	if (o && !given(l, path, "auth"))
		s->auth = CONF_AUTH_XOAUTH2;
	if (o && !o->subject)
		o->subject = s->user;
	if (!s->provider)
		return;
	p = &providers[s->provider];
	if (!given(l, path, "tls"))
		s->tls = smtp ? p->smtp.tls : p->imap.tls;
	if (!s->host && !given(l, path, "port"))
		s->port = smtp ? p->smtp.port : p->imap.port;
	if (!s->host)
		s->host = smtp ? p->smtp.host : p->imap.host;
}

static void add_word(struct loader *l, struct policy_words *w, const char *word)
{
	struct policy_words more = { arena_alloc_n(l->arena, w->n + 1, sizeof(*w->v)), w->n };

	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->v[i], word) == 0)
			return;
		more.v[i] = w->v[i];
	}
	more.v[more.n++] = word;
	*w = more;
}

/* Where this provider's results stand in the mails of its mailboxes. */
static void complete_trust(struct loader *l, const struct provider *p)
{
	if (!loader_given(l, "authserv_ids") && p->authserv_id)
		add_word(l, &l->conf->authserv_ids, p->authserv_id);
	if (loader_given(l, "border_hosts"))
		return;
	for (size_t i = 0; i < BORDERS_MAX && p->border[i]; i++)
		add_word(l, &l->conf->border_hosts, p->border[i]);
}

static void complete_mailbox(struct loader *l, const char *path, struct conf_mailbox *m)
{
	complete_server(l, path, &m->server, false);
	if (!m->server.provider)
		return;
	if (!given(l, path, "authres_without_id"))
		m->authres_without_id = providers[m->server.provider].authres_without_id;
	complete_trust(l, &providers[m->server.provider]);
}

static void complete_smtp(struct loader *l, struct conf_smtp *smtp)
{
	int connections;

	complete_server(l, "smtp", &smtp->server, true);
	connections = providers[smtp->server.provider].connections;
	if (connections && !loader_given(l, "smtp.concurrency"))
		smtp->concurrency = connections;
	/* They let an account send as its own addresses only. */
	if (smtp->server.provider && !loader_given(l, "verp"))
		l->conf->verp = false;
}

void provider_complete(struct loader *l)
{
	struct loader_table *rows = &l->tables[TABLE_OAUTH], *boxes = &l->tables[TABLE_MAILBOXES];

	for (size_t i = 0; i < rows->n; i++)
		complete_oauth(l, rows->v[i].path, rows->v[i].data);
	for (size_t i = 0; i < boxes->n; i++)
		complete_mailbox(l, boxes->v[i].path, boxes->v[i].data);
	complete_smtp(l, &l->conf->smtp);
	complete_server(l, "operators_smtp", &l->conf->operators_smtp.server, true);
}
