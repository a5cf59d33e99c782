#include "gatewayd/net/imap_scribe.h"

#include <libetpan/libetpan.h>
#include <stdlib.h>

#include "gatewayd/base/units.h"

enum { STREAM_BUFFER = 4 * KIB }; /* libetpan's */

static ssize_t no_read(mailstream_low *low, void *p, size_t n)
{
	(void)low, (void)p, (void)n;
	return -1;
}

static ssize_t low_write(mailstream_low *low, const void *p, size_t n)
{
	return imap_stream_write(low->data, p, n) < 0 ? -1 : (ssize_t)n;
}

static int low_close(mailstream_low *low)
{
	(void)low;
	return 0;
}

static int low_get_fd(mailstream_low *low)
{
	(void)low;
	return -1;
}

static void low_free(mailstream_low *low)
{
	free(low);
}

static void begin(struct imap_scribe *s)
{
	static mailstream_low_driver driver = {
		.mailstream_read = no_read,
		.mailstream_write = low_write,
		.mailstream_close = low_close,
		.mailstream_get_fd = low_get_fd,
		.mailstream_free = low_free,
	};
	mailstream_low *low = mailstream_low_new(s->stream, &driver);

	s->session = mailimap_new(0, NULL);
	if (!s->session || !low)
		abort();
	s->session->imap_stream = mailstream_new(low, STREAM_BUFFER);
	if (!s->session->imap_stream)
		abort();
}

struct mailimap *imap_scribe_ready(struct imap_scribe *s, const struct mailimap *first)
{
	if (!s->session)
		begin(s);
	s->session->imap_tag = s->tag > first->imap_tag ? s->tag : first->imap_tag;
	s->session->imap_state = first->imap_state;
	return s->session;
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
