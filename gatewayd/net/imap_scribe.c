#include "gatewayd/net/imap_scribe.h"

#include <stdlib.h>

#include "gatewayd/net/imap_low.h"

static void begin(struct imap_scribe *s)
{
	s->session = mailimap_new(0, NULL);
	if (!s->session)
		abort();
	s->session->imap_stream = imap_low_new(s->stream);
}

struct mailimap *imap_scribe_ready(struct imap_scribe *s, const struct mailimap *first)
{
	if (!s->session)
		begin(s);
	s->selects = s->selects && s->tag > first->imap_tag;
	s->session->imap_tag = s->tag > first->imap_tag ? s->tag : first->imap_tag;
	s->session->imap_state = s->selects ? MAILIMAP_STATE_SELECTED : first->imap_state;
	return s->session;
}

void imap_scribe_selects(struct imap_scribe *s)
{
	s->selects = true;
	s->stream->guard.news_tag = (uint32_t)s->tag;
}

int imap_scribe_sent(struct imap_scribe *s, int r, const char *what, struct err *e)
{
	s->tag = s->session->imap_tag;
	s->stream->guard.last_tag = (uint32_t)s->tag;
	if (s->stream->dead) {
		*e = s->stream->why;
		return err_prefix(e, "%s: ", what);
	}
	return r == MAILIMAP_ERROR_STREAM /* it was written, and the answer not read */
		   ? 0
		   : err_set(e, ERR_BUG, "%s cannot be sent ahead (%d)", what, r);
}

/* Without its stream, or mailimap_free() would say LOGOUT. */
void imap_scribe_rest(struct imap_scribe *s)
{
	if (!s->session)
		return;
	mailstream_close(s->session->imap_stream);
	s->session->imap_stream = NULL;
	mailimap_free(s->session);
	s->session = NULL;
}
