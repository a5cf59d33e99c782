#include "gatewayd/core/health.h"

#include <stdio.h>

#include "gatewayd/base/log.h"

static const struct {
	const char *name, *what, *trouble, *good;
} concerns[CONCERN_COUNT] = {
#define X(id, name, what) [id] = { name, what, name ".trouble", name ".good" },
	CONCERNS(X)
#undef X
};

const char *health_name(enum concern c)
{
	return concerns[c].name;
}

const char *health_what(enum concern c)
{
	return concerns[c].what;
}

void health_bad(struct health *h, enum concern c, int64_t now, const char *text)
{
	struct health_state *s = &h->v[c];

	if (!s->bad) {
		*s = (struct health_state){ .bad = true, .since_at = now };
		log_event(LOG_ERROR, concerns[c].trouble, log_text("what", concerns[c].what),
			  log_text("reason", text));
	}
	s->tries++;
	snprintf(s->text, sizeof(s->text), "%s", text);
}

void health_good(struct health *h, enum concern c, int64_t now)
{
	struct health_state *s = &h->v[c];

	if (!s->bad)
		return;
	s->bad = false;
	log_event(LOG_NOTICE, concerns[c].good, log_int("seconds", now - s->since_at),
		  log_uint("tries", s->tries));
}
