#include "gatewayd/wire/setup_poller.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/wire/setup_net.h"

enum { FETCH_WINDOW_MAX = 65536 };

static int by_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_server(const struct conf_mailbox *a, const struct conf_mailbox *b)
{
	int host = by_text(a->server.host, b->server.host);

	return host ? host : a->server.port - b->server.port;
}

static bool is_alone(const struct conf_mailbox *m)
{
	return m->downs >= POLLER_DOWNS;
}

/* Of a server: those that are alone at the end, those with one trust store side by side. */
static int by_place(const void *a, const void *b)
{
	const struct conf_mailbox *const *x = a, *const *y = b;
	int server = by_server(*x, *y);
	int alone = is_alone(*x) - is_alone(*y);
	int trust = by_text((*x)->server.ca_file, (*y)->server.ca_file);

	return server ? server : alone ? alone : trust ? trust : *x < *y ? -1 : *x > *y;
}

/* Those of one server one after the other; the caller frees it. */
static const struct conf_mailbox **sorted(const struct conf *conf)
{
	const struct conf_mailbox **v = mem_alloc_n(conf->mailbox_count, sizeof(*v));

	for (size_t k = 0; k < conf->mailbox_count; k++)
		v[k] = &conf->mailboxes[k];
	if (conf->mailbox_count)
		qsort(v, conf->mailbox_count, sizeof(*v), by_place);
	return v;
}

/* How many of the n belong to the process of the first. */
static size_t together(const struct conf_mailbox *const *v, size_t n)
{
	size_t k = 1;

	while (k < n && k < POLLER_MAILBOXES_MAX && by_server(v[0], v[k]) == 0 && !is_alone(v[k]))
		k++;
	return k;
}

size_t setup_poller_count(const struct conf *conf)
{
	const struct conf_mailbox **v = sorted(conf);
	size_t processes = 0;

	for (size_t k = 0; k < conf->mailbox_count; processes++)
		k += together(v + k, conf->mailbox_count - k);
	mem_free(&v);
	return processes;
}

/* The mailboxes of that process, from *ret_from on; 0: there is none such. */
static size_t of_process(const struct conf *conf, const struct conf_mailbox *const *v,
			 uint32_t process, size_t *ret_from)
{
	size_t from = 0, n = 0;

	for (uint32_t k = 0; k <= process && from + n < conf->mailbox_count; k++) {
		from += n;
		n = together(v + from, conf->mailbox_count - from);
		if (k == process) {
			*ret_from = from;
			return n;
		}
	}
	return 0;
}

bool setup_poller_find(const struct conf *conf, uint32_t process, size_t nth, size_t *ret_at)
{
	const struct conf_mailbox **v = sorted(conf);
	size_t from, n = of_process(conf, v, process, &from);

	if (nth < n)
		*ret_at = (size_t)(v[from + nth] - conf->mailboxes);
	mem_free(&v);
	return nth < n;
}

void setup_poller_server_of(const struct conf_mailbox *m, struct buf *out)
{
	buf_addf(out, "%s:%d", m->server.host ? m->server.host : "", m->server.port);
}

void setup_poller_server(const struct conf *conf, uint32_t process, struct buf *out)
{
	size_t at;

	if (setup_poller_find(conf, process, 0, &at))
		setup_poller_server_of(&conf->mailboxes[at], out);
}

bool setup_poller_uses(const struct conf *conf, uint32_t process, struct span oauth)
{
	const struct conf_mailbox **v = sorted(conf);
	size_t from = 0, n = of_process(conf, v, process, &from);
	bool uses = false;

	for (size_t k = from; k < from + n && !uses; k++)
		uses = v[k]->server.oauth && span_is(oauth, v[k]->server.oauth);
	mem_free(&v);
	return uses;
}

/* Whose secret cannot be read is there without it, and will be refused alone. */
static int put_mailbox(struct wire_out *o, const struct conf_mailbox *m, struct err *e)
{
	setup_text_put(o, m->name);
	setup_text_put(o, m->folder);
	setup_text_put(o, m->processed);
	setup_text_put(o, m->quarantine);
	wire_put_u8(o, m->idle);
	wire_put_u32(o, (uint32_t)m->poll_s);
	if (setup_server_put(o, &m->server, e) == 0)
		return 0;
	setup_text_put(o, NULL);
	log_event(LOG_ERROR, "mailbox.without-secret", log_text("mailbox", m->name), log_reason(e));
	return err_prefix(e, "mailbox %s: ", m->name);
}

static int put_mailboxes(struct wire_out *o, const struct conf *conf, uint32_t process,
			 struct err *e)
{
	const struct conf_mailbox **v = sorted(conf);
	size_t from = 0, n = of_process(conf, v, process, &from), good = 0;

	wire_put_u32(o, (uint32_t)n);
	for (size_t k = from; k < from + n; k++)
		good += put_mailbox(o, v[k], e) == 0;
	mem_free(&v);
	return good || !n ? 0 : -1;
}

int setup_poller_put(struct wire *w, const struct conf *conf, uint32_t process, int note,
		     struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_POLLER_SETUP);
	wire_put_i64(&o, conf->limits.mail_bytes);
	wire_put_u32(&o, (uint32_t)conf->limits.fetch_window);
	if (put_mailboxes(&o, conf, process, e) < 0) {
		wire_drop(&o);
		return -1;
	}
	wire_put_fd(&o, note);
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
	if (n < 1 || n > POLLER_MAILBOXES_MAX || s.fetch_window < 1 ||
	    s.fetch_window > FETCH_WINDOW_MAX)
		in->bad = true;
	s.mailboxes = arena_alloc_n(a, in->bad ? 0 : n, sizeof(*s.mailboxes));
	for (s.n = 0; s.n < n && !in->bad; s.n++)
		get_mailbox(in, a, &s.mailboxes[s.n]);
	s.note = wire_take_fd(in, 0);
	if (wire_done(in, e) < 0) {
		close(s.note);
		return -1;
	}
	*ret_setup = s;
	return 0;
}
