#include "gatewayd/poller/poll_known.h"

#include <string.h>

#include "gatewayd/base/mem.h"

struct known_mail {
	uint32_t uid;
	int64_t received_at, size;
};

void poll_known_release(struct poll_known *k)
{
	mem_free(&k->v);
	*k = (struct poll_known){ 0 };
}

void poll_known_clear(struct poll_known *k)
{
	k->from = k->n = 0;
}

static void close_up(struct poll_known *k)
{
	k->n -= k->from;
	if (k->n && k->from)
		memmove(k->v, k->v + k->from, k->n * sizeof(*k->v));
	k->from = 0;
}

void poll_known_add(struct poll_known *k, const struct imap_mail *mails, size_t n)
{
	close_up(k);
	for (size_t i = 0; i < n && k->n < POLL_KNOWN_MAX; i++) {
		if (!mails[i].present)
			continue;
		MEM_GROW(k->v, k->n, &k->cap);
		k->v[k->n++] =
		    (struct known_mail){ mails[i].uid, mails[i].received_at, mails[i].size };
	}
}

bool poll_known_any_to(const struct poll_known *k, uint32_t uid)
{
	return k->from < k->n && k->v[k->from].uid <= uid;
}

bool poll_known_take(struct poll_known *k, uint32_t uid, struct imap_mail *ret_mail)
{
	const struct known_mail *m;

	while (k->from < k->n && k->v[k->from].uid < uid)
		k->from++;
	if (!poll_known_any_to(k, uid))
		return false;
	m = &k->v[k->from++];
	*ret_mail = (struct imap_mail){ .uid = uid,
					.present = true,
					.received_at = m->received_at,
					.size = m->size,
					.fd = -1 };
	return true;
}
