#include "gatewayd/begin/begin_plan.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/zone.h"
#include "gatewayd/identity/addrspec.h"

enum { KEY_FILE_MAX = 64 * KIB };

static const char kinds[] = "technical, business, billing, managed-security, emerging, aura or "
			    "professional-services";

/* --- checks --- */

static const char *check_provider(const char *v)
{
	return strcmp(v, "own") == 0 || strcmp(v, "microsoft365") == 0 || strcmp(v, "google") == 0
		   ? NULL
		   : "say own, microsoft365 or google";
}

static const char *check_line(const char *v)
{
	for (; *v; v++)
		if ((unsigned char)*v < ' ')
			return "it has a control character";
	return NULL;
}

static const char *check_kind(const char *v)
{
	struct span rest = SPAN("technical,business,billing,managed-security,emerging,aura,"
				"professional-services");

	while (rest.n)
		if (span_is(span_cut(&rest, ','), v))
			return NULL;
	return "say technical, business, billing, managed-security, emerging, aura or "
	       "professional-services";
}

static const char *check_addresses(const char *v)
{
	struct arena a ARENA_AUTO;
	struct addrspec_list list;

	arena_init(&a);
	addrspec_list_read(span_of(v), BEGIN_MAILBOXES_MAX + 1, &a, &list);
	if (list.bad || list.groups || !list.n)
		return "write one address, or some with commas between";
	return list.n > BEGIN_MAILBOXES_MAX ? "that is too many for a start" : NULL;
}

static const char *check_staff(const char *v)
{
	static const char wrong[] = "write \"Alice Archer <alice@example.com>, bob@example.com\"";
	struct arena a ARENA_AUTO;
	struct begin_plan *p;

	arena_init(&a);
	p = arena_alloc(&a, sizeof(*p));
	return begin_staff_read(v, &a, p) ? wrong : NULL;
}

static const char *check_zone(const char *v)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	const struct zone *zone;
	struct err e;

	return zones_get(zones, v, &zone, &e) < 0 ? "there is no such zone; write it as "
						    "\"Europe/Berlin\" or \"America/New_York\""
						  : NULL;
}

static const char *check_server(const char *v, bool imap)
{
	struct arena a ARENA_AUTO;
	struct begin_server s;

	arena_init(&a);
	return begin_server_read(v, imap, &a, &s);
}

static const char *check_imap(const char *v)
{
	return check_server(v, true);
}

static const char *check_smtp(const char *v)
{
	return check_server(v, false);
}

static const char *check_readable(const char *v)
{
	if (access(v, R_OK) == 0)
		return NULL;
	return errno == EACCES ? "Permission denied; name a file that can be read"
	       : errno == ENOENT || errno == ENOTDIR
		   ? "No such file; name one that is there, with its whole path"
		   : strerror(errno);
}

static const char *check_way(const char *v)
{
	return strcmp(v, "certificate") == 0 || strcmp(v, "secret") == 0 || strcmp(v, "person") == 0
		   ? NULL
		   : "say certificate, secret or person";
}

static const char *check_google_way(const char *v)
{
	return strcmp(v, "service_account") == 0 || strcmp(v, "refresh_token") == 0
		   ? NULL
		   : "say service_account or refresh_token";
}

/* --- what is known beforehand --- */

static const char *domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : address;
}

static struct span local_of(const char *address)
{
	struct span s = span_of(address);

	return span_cut(&s, '@');
}

/* Of the machine: /etc/localtime points into the zones. */
static const char *machine_zone(struct arena *a)
{
	char target[512];
	ssize_t n = readlink("/etc/localtime", target, sizeof(target));
	struct span s = { target, n > 0 && (size_t)n < sizeof(target) ? (size_t)n : 0 };
	size_t at = span_find(s, SPAN("zoneinfo/"));
	const char *zone = at == SIZE_MAX ? "Etc/UTC" : arena_cstr(a, span_sub(s, at + 9, 64));

	return check_zone(zone) ? "Etc/UTC" : zone;
}

static const char *guess_kind(struct span local)
{
	static const struct {
		const char *word, *kind;
	} words[] = {
		{ "billing", "billing" },      { "invoice", "billing" },
		{ "accounts", "billing" },     { "security", "managed-security" },
		{ "soc", "managed-security" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_ci(local, span_of(words[i].word)))
			return words[i].kind;
	return "technical";
}

static const char *guess_server(struct begin_ask *q, const char *domain, bool imap)
{
	struct begin_server s;

	if (!q->o->terminal)
		return NULL;
	begin_say(q, "  (looking for it ...)\n");
	return begin_server_guess(domain, imap, q->a, &s) ? begin_server_text(&s, q->a) : NULL;
}

/* --- questions --- */

/* Only in answers: people are not asked. */
static int take(struct begin_ask *q, const char *key, const char *otherwise,
		const char *(*check)(const char *), const char **ret, struct err *e)
{
	const struct begin_question w = {
		.key = key, .text = key, .otherwise = otherwise, .check = check, .quiet = true
	};

	return begin_ask(q, &w, ret, e);
}

/* Where nothing is secret or about something. */
static int ask(struct begin_ask *q, const char *key, const char *text, const char *otherwise,
	       const char *(*check)(const char *), const char **ret, struct err *e)
{
	const struct begin_question w = {
		.key = key, .text = text, .otherwise = otherwise, .check = check
	};

	return begin_ask(q, &w, ret, e);
}

static int ask_secret(struct begin_ask *q, const char *key, const char *of, const char *text,
		      const char *file, struct begin_secret *ret, struct err *e)
{
	const struct begin_question w = {
		.key = key, .of = of, .text = text, .secret = true, .check = check_line
	};

	if (begin_ask(q, &w, &ret->text, e) < 0)
		return -1;
	ret->name = file;
	return 0;
}

/* A file of the operator's, whose content is copied to where the daemon may read it. */
static int ask_file(struct begin_ask *q, const char *key, const char *text, const char *file,
		    struct begin_secret *ret, struct err *e)
{
	struct buf bytes BUF_AUTO;
	const char *path;

	buf_init(&bytes, KEY_FILE_MAX);
	if (ask(q, key, text, NULL, check_readable, &path, e) < 0)
		return -1;
	if (file_read(path, &bytes) < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	*ret = (struct begin_secret){ .name = file, .text = arena_cstr(q->a, buf_span(&bytes)) };
	return 0;
}

static int ask_own_mailbox(struct begin_ask *q, struct begin_mailbox *m, struct err *e)
{
	const struct begin_question user = {
		.key = "user",
		.of = m->address,
		.text = arena_printf(q->a, "User that logs in for %s", m->address),
		.otherwise = m->address,
		.check = check_line,
	};

	if (begin_ask(q, &user, &m->user, e) < 0)
		return -1;
	return ask_secret(q, "password", m->address, arena_printf(q->a, "Password of %s", m->user),
			  arena_printf(q->a, "%s.password", m->name), &m->password, e);
}

static int ask_mailbox(struct begin_ask *q, struct begin_plan *p, struct span address,
		       struct err *e)
{
	struct begin_mailbox *m = &p->mailboxes[p->mailbox_count];
	const struct begin_question kind = {
		.key = "kind",
		.of = arena_cstr(q->a, address),
		.text =
		    arena_printf(q->a, "What comes to " SPAN_FMT ": %s", SPAN_ARG(address), kinds),
		.otherwise = guess_kind(address),
		.check = check_kind,
	};
	char *name = arena_cstr(q->a, local_of(kind.of));

	for (char *c = name; *c; c++)
		if (!ascii_is_alpha((unsigned char)*c) && !ascii_is_digit((unsigned char)*c))
			*c = '-';
	if (!ascii_is_alpha((unsigned char)name[0]))
		name = arena_printf(q->a, "m%s", name);
	for (size_t i = 0; i < p->mailbox_count; i++)
		if (strcmp(p->mailboxes[i].name, name) == 0)
			name = arena_printf(q->a, "%s-%zu", name, p->mailbox_count + 1);
	*m = (struct begin_mailbox){ .name = name, .address = kind.of, .user = kind.of };
	p->mailbox_count++;
	if (begin_ask(q, &kind, &m->queue, e) < 0)
		return -1;
	return strcmp(p->provider, "own") == 0 ? ask_own_mailbox(q, m, e) : 0;
}

static int ask_mailboxes(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	struct addrspec_list list;
	const char *text;

	if (ask(q, "addresses", "Addresses that customers write to, each a mailbox", NULL,
		check_addresses, &text, e) < 0)
		return -1;
	addrspec_list_read(span_of(text), BEGIN_MAILBOXES_MAX, q->a, &list);
	p->mailbox_count = 0;
	for (size_t i = 0; i < list.n; i++)
		if (ask_mailbox(q, p, list.v[i], e) < 0)
			return -1;
	return 0;
}

static int ask_server(struct begin_ask *q, const char *key, const char *text, bool imap,
		      const char *domain, struct begin_server *ret, struct err *e)
{
	const char *value;

	if (ask(q, key, text, guess_server(q, domain, imap), imap ? check_imap : check_smtp, &value,
		e) < 0)
		return -1;
	begin_server_read(value, imap, q->a, ret);
	return 0;
}

static int ask_own_servers(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	const struct begin_mailbox *first = &p->mailboxes[0];
	const char *domain = domain_of(first->address), *ca;

	if (ask_server(q, "imap", "IMAP server: NAME, NAME:PORT or NAME:PORT starttls", true,
		       domain, &p->imap, e) < 0 ||
	    ask_server(q, "smtp", "SMTP server: NAME, NAME:PORT or NAME:PORT starttls", false,
		       domain, &p->smtp, e) < 0 ||
	    ask(q, "ca_file", "File of the CA that signed their certificates (Enter: a public one)",
		"", check_readable, &ca, e) < 0 ||
	    ask(q, "smtp_user", "User that logs in to the SMTP server", first->user, check_line,
		&p->smtp_user, e) < 0)
		return -1;
	p->ca_file = *ca ? ca : NULL;
	p->smtp_password = (struct begin_secret){ 0 };
	if (strcmp(p->smtp_user, first->user) == 0)
		return 0; /* the mailbox's password does */
	return ask_secret(q, "smtp_password", NULL,
			  arena_printf(q->a, "Password of %s", p->smtp_user), "smtp.password",
			  &p->smtp_password, e);
}

static int ask_microsoft(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	struct begin_oauth *o = &p->oauth;
	const char *way;

	*o = (struct begin_oauth){ .name = "office", .provider = "microsoft365" };
	if (ask(q, "tenant", "Directory (tenant) id, or the domain of the organisation",
		domain_of(p->mailboxes[0].address), check_line, &o->tenant, e) < 0 ||
	    ask(q, "client_id", "Application (client) id", NULL, check_line, &o->client_id, e) <
		0 ||
	    ask(q, "way", "How it proves who it is: certificate, secret or person", "certificate",
		check_way, &way, e) < 0)
		return -1;
	if (strcmp(way, "person") == 0)
		return 0;
	o->flow = "client_credentials";
	if (strcmp(way, "secret") == 0)
		return ask_secret(q, "client_secret", NULL, "Client secret", "office.secret",
				  &o->client_secret, e);
	return ask_file(q, "key_file", "File of the private key (PEM)", "office.key", &o->key, e) <
			   0 ||
		       ask_file(q, "certificate_file", "File of the certificate (PEM)",
				"office.pem", &o->certificate, e) < 0
		   ? -1
		   : 0;
}

static int ask_google(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	struct begin_oauth *o = &p->oauth;
	const char *way;

	*o = (struct begin_oauth){ .name = "google", .provider = "google" };
	if (ask(q, "way", "What there is: service_account or refresh_token", "service_account",
		check_google_way, &way, e) < 0)
		return -1;
	if (strcmp(way, "service_account") == 0) {
		o->flow = "service_account";
		return ask_file(q, "key_file", "JSON file of the service account", "google.json",
				&o->key, e);
	}
	if (ask(q, "client_id", "Client id", NULL, check_line, &o->client_id, e) < 0 ||
	    ask_secret(q, "client_secret", NULL, "Client secret", "google.secret",
		       &o->client_secret, e) < 0)
		return -1;
	return ask_secret(q, "refresh_token", NULL, "Refresh token", "google.refresh",
			  &o->refresh_token, e);
}

/* Others than the provider's. */
static int take_servers(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	const char *imap, *smtp, *ca;

	if (take(q, "imap", "", check_imap, &imap, e) < 0 ||
	    take(q, "smtp", "", check_smtp, &smtp, e) < 0 ||
	    take(q, "ca_file", "", check_readable, &ca, e) < 0)
		return -1;
	if (*imap)
		begin_server_read(imap, true, q->a, &p->imap);
	if (*smtp)
		begin_server_read(smtp, false, q->a, &p->smtp);
	p->ca_file = *ca ? ca : NULL;
	return 0;
}

/* What logs in as one person cannot log in as another. */
static int ask_oauth(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	bool google = strcmp(p->provider, "google") == 0;

	if ((google ? ask_google(q, p, e) : ask_microsoft(q, p, e)) < 0)
		return -1;
	if (p->mailbox_count > 1 && (google || !p->oauth.flow))
		return err_set(
		    e, ERR_PERM,
		    "each mailbox needs a log-in of its own here: begin with one address, "
		    "and add the others as gatewayd-howto(7) shows");
	for (size_t i = 0; i < p->mailbox_count; i++)
		p->mailboxes[i].oauth = p->oauth.name;
	p->smtp_user = p->mailboxes[0].user;
	return take_servers(q, p, e);
}

bool begin_plan_logs_in(const struct begin_plan *p)
{
	return p->oauth.name && !p->oauth.flow && !p->oauth.refresh_token.name;
}

static const char *check_user(const char *v)
{
	return getpwnam(v) ? NULL
			   : "there is no such user on this machine; name one that is in "
			     "/etc/passwd, or create it first";
}

/* One that is there, instead of the one that could be made. */
static int ask_other_user(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	return ask(q, "daemon_user", "User that the daemon runs as", NULL, check_user, &p->user, e);
}

/* A daemon of root's would run as root in every part: there is always a user. */
static int ask_new_user(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	if (begin_ask_yes(q, "create_user",
			  "There is no user " BEGIN_USER
			  " here, as whom the daemon is to run. Create it",
			  true, &p->make_user, e) < 0)
		return -1;
	if (!p->make_user)
		return ask_other_user(q, p, e);
	p->user = BEGIN_USER;
	return 0;
}

static int ask_user(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	bool root = geteuid() == 0, there = getpwnam(BEGIN_USER) != NULL;

	p->make_user = false;
	if (take(q, "daemon_user", root && there ? BEGIN_USER : "", check_user, &p->user, e) < 0)
		return -1;
	return root && !*p->user ? ask_new_user(q, p, e) : 0;
}

/* What has the same value nearly everywhere. */
static int take_rest(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	const struct {
		const char *key, *otherwise, **value;
	} rest[] = {
		{ "store", "/var/lib/gatewayd/gatewayd.db", &p->store },
		{ "socket", "/run/gatewayd/control.sock", &p->socket },
		{ "hostname", domain_of(p->mailboxes[0].address), &p->hostname },
		{ "token_endpoint", "", &p->oauth.token_endpoint },
	};

	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
		if (take(q, rest[i].key, rest[i].otherwise, check_line, rest[i].value, e) < 0)
			return -1;
	return 0;
}

static int ask_people(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	const char *staff;

	if (ask(q, "staff", "Who answers: \"Alice Archer <alice@example.com>, bob@example.com\"",
		NULL, check_staff, &staff, e) < 0 ||
	    ask(q, "zone", "Time zone", machine_zone(q->a), check_zone, &p->zone, e) < 0)
		return -1;
	begin_staff_read(staff, q->a, p);
	return 0;
}

int begin_plan_ask(struct begin_ask *q, struct begin_plan *p, struct err *e)
{
	if (ask(q, "provider", "Whose servers: own, microsoft365 or google", "own", check_provider,
		&p->provider, e) < 0 ||
	    ask(q, "company", "Name of the company, as mails are signed", NULL, check_line,
		&p->company, e) < 0 ||
	    ask_mailboxes(q, p, e) < 0)
		return -1;
	if ((strcmp(p->provider, "own") == 0 ? ask_own_servers(q, p, e) : ask_oauth(q, p, e)) < 0)
		return -1;
	return ask_people(q, p, e) < 0 || ask_user(q, p, e) < 0 || take_rest(q, p, e) < 0 ? -1 : 0;
}
