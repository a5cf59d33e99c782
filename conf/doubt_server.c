#include "conf/doubt_server.h"

#include "conf/value.h"

static bool logs_in_with(const struct conf_server *s, const struct conf_oauth *o)
{
	return s->oauth && strcmp(s->oauth, o->name) == 0;
}

static bool is_used(const struct conf *c, const struct conf_oauth *o)
{
	bool used = logs_in_with(&c->smtp.server, o) || logs_in_with(&c->operators_smtp.server, o);

	for (size_t i = 0; i < c->mailbox_count && !used; i++)
		used = logs_in_with(&c->mailboxes[i].server, o);
	return used;
}

static void doubt_oauth(struct loader *l, const struct conf_oauth *o)
{
	if (!is_used(l->conf, o))
		loader_warning(l, arena_printf(&l->scratch, "oauth.%s", o->name),
			       "neither smtp nor a mailbox logs in with it; add oauth = \"%s\" "
			       "there, or remove it",
			       o->name);
}

/* The ports that everybody's servers have (RFC 8314 section 3.3). */
static const struct {
	int port;
	enum conf_tls tls;
	const char *word;
} usual[] = {
	{ 993, CONF_TLS_IMPLICIT, "implicit" }, { 465, CONF_TLS_IMPLICIT, "implicit" },
	{ 143, CONF_TLS_STARTTLS, "starttls" }, { 587, CONF_TLS_STARTTLS, "starttls" },
	{ 25, CONF_TLS_STARTTLS, "starttls" },
};

static void doubt_port(struct loader *l, const char *path, const struct conf_server *s)
{
	const char *port = arena_printf(&l->scratch, "%s.port", path);

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (loader_given(l, port) && s->port == usual[i].port && s->tls != usual[i].tls &&
		    s->tls != CONF_TLS_NONE)
			loader_warning(l, port, "%d is mostly the port of tls = \"%s\"", s->port,
				       usual[i].word);
}

static void doubt_smtp(struct loader *l)
{
	const struct conf_smtp *s = &l->conf->smtp;

	doubt_port(l, "smtp", &s->server);
	doubt_port(l, "operators_smtp", &l->conf->operators_smtp.server);
	if (l->conf->operators_smtp.server.host && !l->conf->operators.n)
		loader_warning(l, "operators_smtp", "nobody would get its mails; add operators");
	if (s->give_up_s < s->retry_min_s)
		loader_warning(l, "smtp.give_up",
			       "is shorter than retry_min: a mail that is put off once has failed");
}

/* Links that sign somebody in go over it. */
static void doubt_web(struct loader *l)
{
	const struct conf_web *w = &l->conf->web;
	struct span host;

	if (!w->listen || (w->public_url && value_check_https(w->public_url) == NULL))
		return;
	host = span_of(w->listen);
	host.n = (size_t)(strrchr(w->listen, ':') - w->listen);
	if (host.n > 2 && *host.p == '[')
		host = span_sub(host, 1, host.n - 2);
	if (!value_is_loopback(arena_cstr(&l->scratch, host)))
		loader_warning(l, "web.listen",
			       "is open to other machines, and what goes over it, in the clear; "
			       "listen on 127.0.0.1 behind a proxy that speaks TLS, and say its "
			       "public_url");
}

void doubt_servers(struct loader *l)
{
	const struct conf *c = l->conf;

	doubt_smtp(l);
	doubt_web(l);
	for (size_t i = 0; i < c->mailbox_count; i++)
		doubt_port(l, arena_printf(&l->scratch, "mailboxes.%s", c->mailboxes[i].name),
			   &c->mailboxes[i].server);
	for (size_t i = 0; i < c->oauth_count; i++)
		doubt_oauth(l, &c->oauth[i]);
}
