/* Logging in as the poller and the sender do, and what to do when that comes to nothing. */
#include "gatewayd/doctor/doctor_inside.h"

#include "gatewayd/base/crypto.h"

enum { SECRET_MAX = 64 * KIB };

static bool take_token(struct doctor *d, const struct conf_server *s, struct doctor_login *l)
{
	for (size_t i = 0; i < d->conf->oauth_count; i++)
		if (strcmp(d->conf->oauth[i].name, s->oauth) == 0)
			return access_get(&d->access[i], &l->secret) > 0;
	return false;
}

bool doctor_login_init(struct doctor *d, const struct conf_server *s, const char *what,
		       struct doctor_login *l)
{
	struct err e = { 0 };

	*l = (struct doctor_login){ 0 };
	buf_init(&l->secret, SECRET_MAX);
	if (s->oauth && !take_token(d, s, l)) {
		SAY_NOTE(d, what, TEXT(d, "not tried: oauth %s has no token here", s->oauth),
			 d->o->daemon_runs
			     ? "only the daemon has one while it runs, and its status "
			       "says how that goes; to try it here stop it first"
			     : NULL);
		return false;
	}
	if (!s->oauth && s->secret_file &&
	    doctor_secret_read(d, s->secret_file, &l->secret, &e) < 0) {
		SAY_NOTE(d, what, "not tried: its secret cannot be read", NULL);
		return false;
	}
	l->connect = (struct connect_options){ .server = s,
					       .secret = l->secret.n ? buf_cstr(&l->secret) : NULL,
					       .helo = d->conf->hostname };
	return true;
}

void doctor_login_release(struct doctor_login *l)
{
	if (l->secret.p)
		crypto_wipe(l->secret.p, l->secret.cap);
	buf_release(&l->secret);
}

/* Words of libcurl, of GnuTLS and OpenSSL under it, and of us. */
static const struct {
	const char *words, *todo; /* %s: where in the configuration */
} advices[] = {
	{ "resolve host", "correct %s.host, or look at /etc/resolv.conf" },
	{ "onnection refused", "nothing listens there: correct %s.host and %s.port" },
	{ "Failed to connect",
	  "nothing answers there: correct %s.host and %s.port, or open the way "
	  "in the firewall" },
	{ "Couldn't connect", "nothing answers there: correct %s.host and %s.port" },
	{ "timed out", "no answer: correct %s.host and %s.port, or open the way in the firewall" },
	{ "imeout", "no answer: correct %s.host and %s.port, or open the way in the firewall" },
	{ "subject name", "the certificate is for another name: use that name in %s.host" },
	{ "not match", "the certificate is for another name: use that name in %s.host" },
	{ "expired", "the server's certificate has ended: renew it there" },
	{ "ertificate",
	  "the certificate is signed by nobody known here: put its CA into a file and "
	  "name it in %s.ca_file" },
	{ "STARTTLS", "the server has no STARTTLS there: %s.tls = \"implicit\" and its port" },
	{ "SSL", "TLS does not begin: %s.tls and %s.port belong together (implicit 993 and 465, "
		 "starttls 143 and 587)" },
	{ "handshake",
	  "TLS does not begin: %s.tls and %s.port belong together (implicit 993 and 465, "
	  "starttls 143 and 587)" },
	{ "wrong version", "TLS does not begin: %s.tls and %s.port belong together" },
	{ "takes no log-ins",
	  "use the submission port: %s.port = 587, or 465 with tls = \"implicit\"" },
};

static const char *fill_path(struct doctor *d, const char *fmt, const char *path)
{
	struct span rest = span_of(fmt);
	struct buf out BUF_AUTO;

	buf_init(&out, 4 * KIB);
	for (;;) {
		size_t at = span_find(rest, SPAN("%s"));

		buf_add(&out, span_sub(rest, 0, at));
		if (at == SIZE_MAX)
			break;
		buf_adds(&out, path);
		rest = span_sub(rest, at + 2, SIZE_MAX);
	}
	return arena_cstr(&d->arena, buf_span(&out));
}

const char *doctor_login_todo(struct doctor *d, const struct conf_server *s, const char *path,
			      const struct doctor_login *l, const char *text)
{
	if (l->refused && s->secret_file)
		return TEXT(d,
			    "the server refuses user or password: correct %s.user, or the "
			    "password in %s",
			    path, s->secret_file);
	if (l->refused)
		return "the server refuses the token: gatewayd-howto(7), When it does not work";
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (span_find(span_of(text), span_of(advices[i].words)) != SIZE_MAX)
			return fill_path(d, advices[i].todo, path);
	return TEXT(d, "look at %s in the configuration", path);
}
