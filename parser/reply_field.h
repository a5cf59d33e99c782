/*
 * The names of the fields in the header of an earlier message, in any language.  Table:
 * reply_fields.h.
 */
#ifndef PARSER_REPLY_FIELD_H
#define PARSER_REPLY_FIELD_H

#include "gatewayd/base/str.h"

enum reply_field {
	REPLY_FIELD_FROM,
	REPLY_FIELD_SENT, /* a date, as clients name it above an earlier message only */
	REPLY_FIELD_DATE,
	REPLY_FIELD_TO,
	REPLY_FIELD_CC,
	REPLY_FIELD_BCC,
	REPLY_FIELD_SUBJECT,
	REPLY_FIELD_OTHER,     /* of a mail, but it says nothing of whose */
	REPLY_FIELD_TRANSPORT, /* no client puts it above an earlier message */
	REPLY_FIELD_NONE,
};

/* The field with that name, which is folded (reply_fold.h) and has no colon. */
enum reply_field reply_field_find(struct span name);

#endif
