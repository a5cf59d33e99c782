/* The name of a mailing list (RFC 2919). */
#ifndef GATEWAYD_MAIL_LIST_ID_H
#define GATEWAYD_MAIL_LIST_ID_H

#include "gatewayd/base/str.h"

/* What stands in the angle brackets of a List-Id or List-Post, or all of it. */
struct span list_id_bare(struct span value);
/* "support.example.com" is the list, or the group, support@example.com. */
bool list_id_names(struct span list, struct span address);

#endif
