/*
 * Whom a delivery report is about: from its fields (RFC 3464), or from what it says in words.
 */
#ifndef PARSER_BOUNCE_H
#define PARSER_BOUNCE_H

#include "gatewayd/base/units.h"
#include "parser/kind.h"

/* Limits. */
enum {
	BOUNCE_NOTICE_MAX = 64 * KIB, /* bytes of the notice that are read */
	BOUNCE_DIAGNOSTIC_MAX = 2000, /* bytes of a diagnostic */
};

/* Sets recipients and original_message_id of facts; what it makes lives in the arena. */
void bounce_read(const struct kind_input *in, struct arena *arena, struct facts *facts);

#endif
