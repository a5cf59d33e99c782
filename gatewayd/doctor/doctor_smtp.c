/* The SMTP server: TLS, log-in, and what it takes. */
#include "gatewayd/doctor/doctor_inside.h"

#include <inttypes.h>

#include "gatewayd/net/smtp_features.h"

static const char *size_text(struct doctor *d, const struct smtp_features *f)
{
	return f->size_bytes ? TEXT(d, "mails up to %" PRIi64 " MB", f->size_bytes / 1000000)
			     : "no limit of size";
}

static void say_features(struct doctor *d, const struct smtp_features *f)
{
	const struct conf_server *s = &d->conf->smtp.server;
	int64_t largest = d->conf->limits.mail_bytes;

	SAY_GOOD(d, "smtp",
		 TEXT(d, "TLS%s at %s:%d; SIZE: %s; SMTPUTF8: %s",
		      s->auth == CONF_AUTH_NONE ? "" : " and log-in", s->host, s->port,
		      f->size_said ? size_text(d, f) : "not said", f->smtputf8 ? "yes" : "no"));
	if (f->size_bytes && f->size_bytes < largest)
		SAY_NOTE(d, "smtp",
			 TEXT(d,
			      "it takes mails up to %" PRIi64 " bytes, limits.mail_size is "
			      "%" PRIi64,
			      f->size_bytes, largest),
			 "answers with larger files come back: raise the server's limit");
}

void doctor_smtp(struct doctor *d)
{
	const struct conf_server *s = &d->conf->smtp.server;
	struct smtp_features f = { 0 };
	struct doctor_login l;
	struct err e = { 0 };

	if (doctor_login_init(d, s, "smtp", &l)) {
		l.connect.login_refused = &l.refused;
		d->smtp_wrong = smtp_features(&l.connect, &f, &e) < 0;
		if (d->smtp_wrong)
			SAY_WRONG(d, "smtp", TEXT(d, "%s", e.text),
				  doctor_login_todo(d, s, "smtp", &l, e.text));
		else
			say_features(d, &f);
	}
	doctor_login_release(&l);
}
