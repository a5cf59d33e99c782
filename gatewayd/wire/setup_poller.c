#include "gatewayd/wire/setup_poller.h"

#include <string.h>

#include "gatewayd/wire/setup_net.h"

enum { FETCH_WINDOW_MAX = 65536 };

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_server(const struct conf_server *a, const struct conf_server *b)
{
	return same_text(a->host, b->host) && a->port == b->port && same_text(a->user, b->user);
}

/* The number of the mailbox's server: servers count in the order of their first mailbox. */
static uint32_t server_of(const struct conf *conf, size_t mailbox)
{
	uint32_t servers = 0;

	for (size_t k = 0; k <= mailbox; k++) {
		size_t first = 0;

		while (!same_server(&conf->mailboxes[first].server, &conf->mailboxes[k].server))
			first++;
		if (same_server(&conf->mailboxes[k].server, &conf->mailboxes[mailbox].server))
			return servers;
		servers += first == k;
	}
	return servers;
}

size_t setup_poller_servers(const struct conf *conf)
{
	size_t servers = 0;

	for (size_t k = 0; k < conf->mailbox_count; k++)
		if (server_of(conf, k) >= servers)
			servers++;
	return servers;
}

bool setup_poller_uses(const struct conf *conf, uint32_t server, struct span oauth)
{
	for (size_t k = 0; k < conf->mailbox_count; k++) {
		const char *name = conf->mailboxes[k].server.oauth;

		if (name && span_is(oauth, name) && server_of(conf, k) == server)
			return true;
	}
	return false;
}

static int put_mailbox(struct wire_out *o, const struct conf_mailbox *m, struct err *e)
{
	setup_text_put(o, m->name);
	setup_text_put(o, m->folder);
	setup_text_put(o, m->processed);
	setup_text_put(o, m->quarantine);
	wire_put_u8(o, m->idle);
	wire_put_u32(o, (uint32_t)m->poll_s);
	if (setup_server_put(o, &m->server, e) < 0)
		return err_prefix(e, "mailbox %s: ", m->name);
	return 0;
}

int setup_poller_put(struct wire *w, const struct conf *conf, uint32_t server, struct err *e)
{
	struct wire_out o;
	uint32_t n = 0;

	for (size_t k = 0; k < conf->mailbox_count; k++)
		n += server_of(conf, k) == server;
	wire_begin(&o, MSG_POLLER_SETUP);
	wire_put_i64(&o, conf->limits.mail_bytes);
	wire_put_u32(&o, (uint32_t)conf->limits.fetch_window);
	wire_put_u32(&o, n);
	for (size_t k = 0; k < conf->mailbox_count; k++)
		if (server_of(conf, k) == server && put_mailbox(&o, &conf->mailboxes[k], e) < 0) {
			wire_drop(&o);
			return -1;
		}
	return wire_send(w, &o, e);
}

static void get_mailbox(struct wire_in *in, struct arena *a, struct setup_mailbox *m)
{
	m->conf.name = setup_text_get(in, a);
	m->conf.folder = setup_text_get(in, a);
	m->conf.processed = setup_text_get(in, a);
	m->conf.quarantine = setup_text_get(in, a);
	m->conf.idle = wire_get_bool(in);
	m->conf.poll_s = (int)wire_get_u32(in);
	setup_server_get(in, a, &m->conf.server, &m->secret);
	if (!m->conf.name || !m->conf.folder || !m->conf.processed || m->conf.poll_s < 1)
		in->bad = true;
}

int setup_poller_get(struct wire_in *in, struct arena *a, struct setup_poller *ret_setup,
		     struct err *e)
{
	struct setup_poller s;
	size_t n;

	s.mail_bytes = wire_get_i64(in);
	s.fetch_window = (int)wire_get_u32(in);
	n = wire_get_u32(in);
	if (n < 1 || n > SETUP_POLLER_MAILBOXES_MAX || s.fetch_window < 1 ||
	    s.fetch_window > FETCH_WINDOW_MAX)
		in->bad = true;
	s.mailboxes = arena_alloc_n(a, in->bad ? 0 : n, sizeof(*s.mailboxes));
	for (s.n = 0; s.n < n && !in->bad; s.n++)
		get_mailbox(in, a, &s.mailboxes[s.n]);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_setup = s;
	return 0;
}
