/*
 * libetpan's stream on top of imap_stream.h.
 */
#ifndef GATEWAYD_NET_IMAP_LOW_H
#define GATEWAYD_NET_IMAP_LOW_H

#include <libetpan/libetpan.h>

#include "gatewayd/net/imap_stream.h"

/* Never NULL; the stream stays the caller's, and is not closed with it. */
mailstream *imap_low_new(struct imap_stream *s);

#endif
