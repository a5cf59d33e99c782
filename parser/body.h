/*
 * Which parts are the text of the message, which are attachments, which are passed over: RFC 8621
 * section 4.1.4 (textBody) as the contract puts it.
 */
#ifndef PARSER_BODY_H
#define PARSER_BODY_H

#include "parser/mime.h"

/* Sets the role and is_inline of every part. */
void body_select(struct mime *m, struct params *scratch, struct reading *r);

#endif
