#include "gatewayd/begin/begin_render.h"

#include "gatewayd/base/template.h"
#include "gatewayd/begin/begin_write.h"

static const char *const tls_names[] = { "implicit", "starttls", "none" };

/* As it stands inside quotes there. */
static void add_quoted(struct buf *out, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *text);
	}
}

static void set(struct template_data *d, struct arena *a, const char *name, const char *text)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 64 * KIB);
	add_quoted(&out, text);
	template_set(d, name, arena_dup(a, buf_span(&out)));
}

static void set_server(struct template_data *d, struct arena *a, const char *prefix,
		       const struct begin_server *s)
{
	if (!s->host)
		return;
	set(d, a, arena_printf(a, "%shost", prefix), s->host);
	template_set_int(d, arena_printf(a, "%sport", prefix), s->port);
	set(d, a, arena_printf(a, "%stls", prefix), tls_names[s->tls]);
}

static void add_mailbox(struct template_data *d, struct arena *a, const struct begin_plan *p,
			const struct begin_mailbox *m)
{
	struct template_data *row = template_row(d, "mailbox");

	set(row, a, "name", m->name);
	set(row, a, "address", m->address);
	set(row, a, "user", m->user);
	set(row, a, "queue", m->queue);
	set(row, a, "oauth_row", m->oauth);
	set(row, a, "secret_file", m->password.path);
	set(row, a, "ca_file", p->ca_file);
	template_set_flag(row, "without_id", p->without_id);
	set_server(row, a, "", &p->imap);
}

static void set_smtp(struct template_data *d, struct arena *a, const struct begin_plan *p)
{
	const char *own = p->smtp_password.path;

	set_server(d, a, "smtp_", &p->smtp);
	set(d, a, "smtp_oauth", p->oauth.name);
	set(d, a, "smtp_user", p->smtp_user);
	set(d, a, "smtp_secret_file", own ? own : p->mailboxes[0].password.path);
	set(d, a, "smtp_ca_file", p->ca_file);
}

static void add_oauth(struct template_data *d, struct arena *a, const struct begin_plan *p)
{
	const struct begin_oauth *o = &p->oauth;
	struct template_data *row;

	if (!o->name)
		return;
	row = template_row(d, "oauth");
	set(row, a, "name", o->name);
	set(row, a, "provider", o->provider);
	set(row, a, "flow", o->flow);
	set(row, a, "tenant", o->tenant);
	set(row, a, "client_id", o->client_id);
	set(row, a, "token_endpoint", o->token_endpoint);
	set(row, a, "client_secret_file", o->client_secret.path);
	set(row, a, "key_file", o->key.path);
	set(row, a, "certificate_file", o->certificate.path);
	set(row, a, "refresh_token_file", o->refresh_token.path);
	set(row, a, "ca_file", p->ca_file);
}

/* All of staff are told of all; a queue for each kind. */
static void add_queues(struct template_data *d, struct arena *a, const struct begin_plan *p)
{
	struct buf notify BUF_AUTO;

	buf_init(&notify, 64 * KIB);
	for (size_t i = 0; i < p->staff_count; i++) {
		buf_adds(&notify, i ? ", \"" : "\"");
		add_quoted(&notify, p->staff[i].address);
		buf_addc(&notify, '"');
	}
	for (size_t i = 0; i < p->mailbox_count; i++) {
		const char *kind = p->mailboxes[i].queue;
		struct template_data *row;
		bool there = false;

		for (size_t k = 0; k < i && !there; k++)
			there = strcmp(p->mailboxes[k].queue, kind) == 0;
		if (there)
			continue;
		row = template_row(d, "queue_row");
		set(row, a, "name", kind);
		set(row, a, "kind", kind);
		set(row, a, "from_name", p->company);
		set(row, a, "zone", p->zone);
		template_setf(row, "notify", "[ %s ]", buf_cstr(&notify));
	}
}

static void add_staff(struct template_data *d, struct arena *a, const struct begin_plan *p)
{
	for (size_t i = 0; i < p->staff_count; i++) {
		struct template_data *row = template_row(d, "staff_row");

		set(row, a, "id", p->staff[i].id);
		set(row, a, "name", p->staff[i].name);
		set(row, a, "address", p->staff[i].address);
	}
}

static void set_trust(struct template_data *d, const struct begin_plan *p)
{
	bool known = p->authserv_ids || p->without_id || p->oauth.name;

	template_set(d, "authserv_ids", span_of(p->authserv_ids));
	template_set(d, "border_hosts", span_of(p->border_hosts));
	template_set(d, "staff_trust", known ? SPAN("dmarc") : SPAN("token"));
	template_set_flag(d, "asks_border", !known);
	template_set_flag(d, "no_plus", p->no_plus);
	template_set_flag(d, "untried_plus", begin_plan_logs_in(p));
	template_set_flag(d, "no_verp", p->no_verp && !p->oauth.name);
}

int begin_render(const struct begin_plan *p, struct arena *a, struct buf *out, struct err *e)
{
	struct template_data *d = template_data_new(a);

	set(d, a, "hostname", p->hostname);
	set(d, a, "company", p->company);
	set(d, a, "token_key_file", p->token_key.path);
	set(d, a, "operator", p->staff[0].address);
	set(d, a, "zone", p->zone);
	set(d, a, "store", p->store);
	set(d, a, "socket", p->socket);
	set(d, a, "daemon_user", p->user);
	set_trust(d, p);
	add_oauth(d, a, p);
	for (size_t i = 0; i < p->mailbox_count; i++)
		add_mailbox(d, a, p, &p->mailboxes[i]);
	set_smtp(d, a, p);
	add_queues(d, a, p);
	add_staff(d, a, p);
	return template_render(span_of(begin_texts[0].text), begin_texts[0].name, d, TEMPLATE_TEXT,
			       out, e);
}
