/*
 * The notice of a report: what a mail system says to people, and below it the returned message.
 *
 * Tables: bounce_returned.h, bounce_actions.h.
 */
#ifndef PARSER_BOUNCE_NOTICE_H
#define PARSER_BOUNCE_NOTICE_H

#include "parser/bounce_list.h"

/* Parts text where the returned message begins; either may be empty. */
void bounce_notice_split(struct span text, struct span *ret_notice, struct span *ret_returned);

/*
 * Adds the recipients that the notice names.  sender is whom the report was sent to and robot whom
 * it is from: they count only when nobody else is named.
 */
void bounce_notice_read(struct span notice, struct span sender, struct span robot,
			struct bounce_list *l);

/* "failed", "delayed" ... as the subject and the notice have it. */
struct span bounce_notice_action(struct span subject, struct span notice);

#endif
