/* What the roles that log in with access tokens share: one comes from the parent, one was refused.
 */
#ifndef GATEWAYD_WIRE_ROLE_ACCESS_H
#define GATEWAYD_WIRE_ROLE_ACCESS_H

#include "gatewayd/wire/grant_talk.h"
#include "gatewayd/wire/role.h"

/* Reads the frame, which must be of that type, and hands the token to put(); it is wiped then. */
int role_access_get(struct wire_in *in, enum message type,
		    void (*put)(void *ctx, const struct grant_talk_access *a), void *ctx,
		    struct err *e);
int role_access_refused(struct role *r, enum message type, const char *oauth, int64_t serial,
			struct err *e);

#endif
