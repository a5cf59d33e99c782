#include "gatewayd/poller/poll_list.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/poller/poll_trouble.h"

_Static_assert((int)IMAP_LIST_MAX <= (int)TALK_LIST_MAX, "core has room for all that are listed");

static void post(const struct poll_list *l, const struct imap_mail *mails, size_t n, bool first,
		 bool last, size_t *add_answers)
{
	bool any = false;

	for (size_t k = 0; k < n; k++)
		any = any || mails[k].present;
	poll_trouble_listed(l->sender, &l->fetch->troubles, mails, n);
	if (first)
		poll_fetch_know(l->fetch, mails, n);
	poll_post_folder(l->sender, mails, n, first, last);
	*add_answers += any;
}

int poll_list_post(const struct poll_list *l, const uint32_t *uids, size_t n, size_t *add_answers,
		   struct err *e)
{
	struct imap_mail *mails = mem_alloc_n(TALK_UIDS_MAX, sizeof(*mails));
	size_t done = 0;
	int r = 0;

	do {
		size_t piece = n - done < TALK_UIDS_MAX ? n - done : TALK_UIDS_MAX;

		for (size_t k = 0; k < piece; k++)
			mails[k] = (struct imap_mail){ .uid = uids[done + k] };
		if (piece)
			r = imap_describe(l->imap, mails, piece, e);
		if (r == 0)
			post(l, mails, piece, done == 0, done + piece == n, add_answers);
		done += piece;
	} while (r == 0 && done < n);
	mem_free(&mails);
	return r;
}
