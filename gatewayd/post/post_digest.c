/* What staff are told of together. */
#include "gatewayd/post/notice.h"

/* Of what became no case, that which became one meanwhile is no news. */
static bool is_news(const struct store_digest *digest, const struct store_mail *m)
{
	return digest->kind == DIGEST_CASES || m->state == MAIL_QUARANTINED ||
	       m->state == MAIL_AUTO_FILED;
}

static int mails_of(struct desk *d, struct store_digest *digest, struct store_mail **ret_v,
		    struct err *e)
{
	struct store_mail *v = arena_alloc_n(d->arena, digest->n, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < digest->n; i++) {
		if (store_mail_get(d->store, digest->mails[i], d->arena, &v[n], e) < 0)
			return -1;
		n += is_news(digest, &v[n]);
	}
	digest->count -= (int64_t)(digest->n - n);
	digest->n = n;
	*ret_v = v;
	return 0;
}

int post_digest(struct desk *d, const struct store_digest *digest, struct err *e)
{
	static const enum notice_event events[] = {
		[DIGEST_FILED] = NOTICE_FILED, [DIGEST_CASES] = NOTICE_CASES
	};
	struct store_digest news = *digest;
	struct store_mail *mails;

	if (mails_of(d, &news, &mails, e) < 0)
		return -1;
	if (!news.n)
		return 0;
	return notice_tell(d,
			   &(struct notice){ .event = events[digest->kind],
					     .queue = desk_queue(d, digest->queue),
					     .digest = &news,
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
