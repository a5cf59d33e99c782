/*
 * The fields of a delivery status report (RFC 3464), however they are jumbled.
 */
#ifndef PARSER_BOUNCE_REPORT_H
#define PARSER_BOUNCE_REPORT_H

#include "parser/bounce_list.h"

/* Adds the recipients named in text, the body of a message/delivery-status part or what holds one.
 */
void bounce_report_read(struct span text, struct bounce_list *l);

#endif
