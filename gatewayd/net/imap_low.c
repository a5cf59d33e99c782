#include "gatewayd/net/imap_low.h"

#include <stdlib.h>

#include "gatewayd/base/units.h"

enum { BUFFER = 4 * KIB }; /* two for each of many sessions */

static ssize_t low_read(mailstream_low *low, void *p, size_t n)
{
	return imap_stream_read(low->data, p, n);
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
	return -1; /* nobody may select() on it: descriptors can be over 1023 */
}

static void low_free(mailstream_low *low)
{
	free(low);
}

mailstream *imap_low_new(struct imap_stream *s)
{
	static mailstream_low_driver driver = {
		.mailstream_read = low_read,
		.mailstream_write = low_write,
		.mailstream_close = low_close,
		.mailstream_get_fd = low_get_fd,
		.mailstream_free = low_free,
	};
	mailstream_low *low = mailstream_low_new(s, &driver);
	mailstream *stream = low ? mailstream_new(low, BUFFER) : NULL;

	if (!stream)
		abort();
	return stream;
}
