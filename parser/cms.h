/*
 * CMS (RFC 5652), as far as opaque S/MIME needs it (RFC 8551 section 3.5): what a message is, and
 * the content that a signature was put around.  Nothing is verified.
 *
 * BER with indefinite lengths and octet strings in pieces, as streaming programs write it.  A
 * length past the end is taken for the end; time is linear, nothing is kept but the place.
 */
#ifndef PARSER_CMS_H
#define PARSER_CMS_H

#include "gatewayd/base/buf.h"

enum cms {
	CMS_NONE,  /* unreadable */
	CMS_OTHER, /* compressed, certificates only ... */
	CMS_SIGNED,
	CMS_ENVELOPED, /* encrypted */
};

/* What it is; of signed data with a content in it that is appended to out. */
enum cms cms_read(struct span der, struct buf *out);

#endif
