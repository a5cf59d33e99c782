#include "gatewayd/wire/role_access.h"

#include "gatewayd/base/crypto.h"

int role_access_get(struct wire_in *in, enum message type,
		    void (*put)(void *ctx, const struct grant_talk_access *a), void *ctx,
		    struct err *e)
{
	struct grant_talk_access a;
	struct buf token;
	int r;

	if (in->type != type)
		return err_set(e, ERR_BUG, "message %u has no reader", in->type);
	buf_init(&token, KIB + GRANT_ACCESS_MAX);
	r = grant_talk_access_get(in, &a, &token, e);
	if (r == 0)
		put(ctx, &a);
	if (token.p)
		crypto_wipe(token.p, token.cap);
	buf_release(&token);
	return r;
}

int role_access_refused(struct role *r, enum message type, const char *oauth, int64_t serial,
			struct err *e)
{
	struct grant_talk_refused refused = { span_of(oauth), serial };

	if (grant_talk_refused_put(&r->parent, type, &refused, e) < 0)
		return -1;
	role_parent_update(r);
	return 0;
}
