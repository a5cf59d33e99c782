#include "gatewayd/poller/poll_list.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/poller/poll_trouble.h"

enum {
	PIECE_FIRST = 64, /* mails; each has twice as many */
	PIECE_BUSY = IMAP_RANGE_MAX,
	PIECE_MAX = 2 * KIB,
	AHEAD = 2, /* pieces */
};

_Static_assert((int)IMAP_LIST_MAX <= (int)TALK_LIST_MAX, "core has room for all that are listed");
_Static_assert((int)PIECE_MAX <= (int)TALK_UIDS_MAX, "a piece goes in a message");

void poll_list_release(struct poll_list *l)
{
	mem_free(&l->uids);
	*l = (struct poll_list){ 0 };
}

static bool post(struct poll_list *l, const struct imap_mail *mails, size_t n,
		 const struct poll_sender *sender, struct poll_fetch *fetch)
{
	bool any = false, first = l->told == 0;

	for (size_t k = 0; k < n; k++)
		any = any || mails[k].present;
	l->told += n;
	fetch->look_on = l->told < l->n;
	poll_trouble_listed(sender, &fetch->troubles, mails, n);
	poll_fetch_know(fetch, mails, n);
	poll_post_folder(sender, mails, n, first, l->told == l->n);
	if (fetch->look_on)
		return any;
	troubles_look_end(&fetch->troubles);
	poll_list_release(l);
	return any;
}

void poll_list_begin(struct poll_list *l, uint32_t *uids, size_t n,
		     const struct poll_sender *sender, struct poll_fetch *fetch)
{
	poll_list_release(l);
	*l = (struct poll_list){ .uids = uids, .n = n, .piece = PIECE_FIRST };
	fetch->look_on = true;
	troubles_look_begin(&fetch->troubles);
	if (n == 0)
		post(l, NULL, 0, sender, fetch);
}

bool poll_list_goes_on(const struct poll_list *l)
{
	return l->uids;
}

struct poll_step *poll_list_next(struct poll_list *l, const struct poll_pipe *pipe, bool busy)
{
	size_t most = busy ? PIECE_BUSY : PIECE_MAX, n = l->piece < most ? l->piece : most;
	struct poll_step *s;

	if (l->sent == l->n || pipe->of[POLL_STEP_LIST] == (busy ? 1 : AHEAD))
		return NULL;
	n = n < l->n - l->sent ? n : l->n - l->sent;
	s = poll_step_new(POLL_STEP_LIST, n);
	for (size_t k = 0; k < n; k++)
		s->mails[k].uid = l->uids[l->sent + k];
	l->sent += n;
	l->piece = l->piece < PIECE_MAX ? 2 * l->piece : PIECE_MAX;
	return s;
}

bool poll_list_answered(struct poll_list *l, const struct poll_step *s,
			const struct poll_sender *sender, struct poll_fetch *fetch)
{
	return post(l, s->mails, s->n, sender, fetch);
}
