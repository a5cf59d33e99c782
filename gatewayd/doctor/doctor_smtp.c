/* The SMTP servers: TLS, log-in, and what it takes. */
#include "gatewayd/doctor/doctor_inside.h"

#include <inttypes.h>

#include "gatewayd/net/smtp_features.h"

static const char *size_text(struct doctor *d, const struct smtp_features *f)
{
	return f->size_bytes ? TEXT(d, "mails up to %" PRIi64 " MB", f->size_bytes / 1000000)
			     : "no limit of size";
}

static void say_features(struct doctor *d, const char *what, const struct conf_server *s,
			 const struct smtp_features *f)
{
	int64_t largest = d->conf->limits.mail_bytes;

	SAY_GOOD(d, what,
		 TEXT(d, "TLS%s at %s:%d; SIZE: %s; SMTPUTF8: %s",
		      s->auth == CONF_AUTH_NONE ? "" : " and log-in", s->host, s->port,
		      f->size_said ? size_text(d, f) : "not said", f->smtputf8 ? "yes" : "no"));
	if (f->size_bytes && f->size_bytes < largest)
		SAY_NOTE(d, what,
			 TEXT(d,
			      "it takes mails up to %" PRIi64 " bytes, limits.mail_size is "
			      "%" PRIi64,
			      f->size_bytes, largest),
			 "answers with larger files come back: raise the server's limit");
}

/* Whether it may be used: false: it is wrong, which was told.  `what`: also where it stands in the
 * configuration. */
static bool try_server(struct doctor *d, const char *what, const struct conf_server *s)
{
	struct smtp_features f = { 0 };
	struct doctor_login l;
	struct err e = { 0 };
	bool good = true;

	if (doctor_login_init(d, s, what, &l)) {
		l.connect.login_refused = &l.refused;
		good = smtp_features(&l.connect, &f, &e) == 0;
		if (good)
			say_features(d, what, s, &f);
		else
			SAY_WRONG(d, what, TEXT(d, "%s", e.text),
				  doctor_login_todo(d, s, what, &l, e.text));
	}
	doctor_login_release(&l);
	return good;
}

void doctor_smtp(struct doctor *d)
{
	d->smtp_wrong = !try_server(d, "smtp", &d->conf->smtp.server);
	if (d->conf->operators_smtp.server.host)
		try_server(d, "operators_smtp", &d->conf->operators_smtp.server);
}
