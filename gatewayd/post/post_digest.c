/* What staff are told of together. */
#include "gatewayd/post/notice.h"

static int mails_of(struct desk *d, const struct store_digest *digest, struct store_mail **ret_v,
		    struct err *e)
{
	struct store_mail *v = arena_alloc_n(d->arena, digest->n, sizeof(*v));

	for (size_t i = 0; i < digest->n; i++)
		if (store_mail_get(d->store, digest->mails[i], d->arena, &v[i], e) < 0)
			return -1;
	*ret_v = v;
	return 0;
}

int post_digest(struct desk *d, const struct store_digest *digest, struct err *e)
{
	static const enum notice_event events[] = {
		[DIGEST_FILED] = NOTICE_FILED, [DIGEST_CASES] = NOTICE_CASES
	};
	struct store_mail *mails;

	if (mails_of(d, digest, &mails, e) < 0)
		return -1;
	return notice_tell(d,
			   &(struct notice){ .event = events[digest->kind],
					     .queue = desk_queue(d, digest->queue),
					     .digest = digest,
					     .mails = mails },
			   e);
}

int post_released(struct desk *d, const struct post_released *r, struct err *e)
{
	return notice_tell(d,
			   &(struct notice){ .event = NOTICE_RELEASED,
					     .queue = r->queue,
					     .staff = r->staff,
					     .thread = &r->thread,
					     .released = r },
			   e);
}
