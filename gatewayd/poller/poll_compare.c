#include "gatewayd/poller/poll_compare.h"

#include <stdio.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap_ids.h"

enum { ID_FIELD_MAX = 512 }; /* of a field Message-ID, with a NUL; a longer one is cut */

static void on_id(void *ctx, size_t k, struct span field)
{
	char *ids = ctx;

	snprintf(ids + k * ID_FIELD_MAX, ID_FIELD_MAX, SPAN_FMT,
		 SPAN_ARG(span_sub(field, 0, ID_FIELD_MAX - 1)));
}

static int report(const struct poll_compare *c, const uint32_t *uids, size_t n, struct err *e)
{
	struct imap_mail *mails MEM_AUTO = mem_alloc_n(n, sizeof(*mails));
	char *ids MEM_AUTO = mem_alloc_n(n, ID_FIELD_MAX);

	for (size_t k = 0; k < n; k++)
		mails[k].uid = uids[k];
	if (imap_describe(c->imap, mails, n, e) < 0 ||
	    imap_message_ids(c->imap, mails, n, on_id, ids, e) < 0)
		return -1;
	poll_post_moved(c->sender, mails, n, ids, ID_FIELD_MAX);
	return c->work(c->ctx, e);
}

static int report_all(const struct poll_compare *c, struct err *e)
{
	uint32_t *uids MEM_AUTO = NULL;
	size_t n;

	if (imap_list_from(c->imap, c->answer->from, !c->answer->all, &uids, &n, e) < 0)
		return -1;
	for (size_t k = 0; k < n && c->is_whole(c->ctx); k += IMAP_RANGE_MAX)
		if (report(c, uids + k, n - k < IMAP_RANGE_MAX ? n - k : IMAP_RANGE_MAX, e) < 0)
			return -1;
	return 0;
}

static int select_it(const struct poll_compare *c, const char *name, struct imap_folder *ret_folder,
		     struct err *e)
{
	poll_begin_unlist(c->begin);
	return imap_select(c->imap, name, ret_folder, e);
}

/* It was selected when the session began, and others since. */
static int select_again(const struct poll_compare *c, const char *name,
			const struct imap_folder *before, struct err *e)
{
	struct imap_folder now;

	if (select_it(c, name, &now, e) < 0)
		return -1;
	return now.uidvalidity == before->uidvalidity
		   ? 0
		   : err_set(e, ERR_TEMP, "it is another folder now");
}

static bool has_any(const struct imap_folder *folder, uint32_t from)
{
	return from && from < folder->uidnext && folder->exists;
}

static int compare(const struct poll_compare *c, enum talk_place place, const char *name,
		   struct err *e)
{
	struct talk_compared compared = { 0 };
	struct imap_folder folder = c->begin->folder[place];
	bool before = c->begin->selected[place];

	c->begin->selected[place] = false;
	if (!before && select_it(c, name, &folder, e) < 0)
		return -1;
	if (folder.uidnext == 0)
		return 0; /* a server that cannot say where new ones begin */
	c->enter(c->ctx, place, folder.uidvalidity);
	*c->answer = (struct poll_compare_answer){ 0 };
	compared.keeps_marks = folder.keeps_mark;
	poll_post_compared(c->sender, &compared);
	if (c->work(c->ctx, e) < 0)
		return -1;
	if (has_any(&folder, c->answer->from) &&
	    ((before && select_again(c, name, &folder, e) < 0) || report_all(c, e) < 0))
		return -1;
	compared.done = true;
	compared.upto = folder.uidnext - 1;
	if (c->answer->told && c->is_whole(c->ctx))
		poll_post_compared(c->sender, &compared);
	return 0;
}

int poll_compare_all(const struct poll_compare *c, unsigned *left, struct err *e)
{
	static const struct troubles none = { 0 };
	unsigned asked = *left;

	*left = 0;
	for (int place = TALK_PROCESSED; place < TALK_PLACE_COUNT; place++) {
		const char *name = poll_place_name(c->conf, (enum talk_place)place);

		if (!name || !(asked & 1u << place))
			continue;
		if (compare(c, (enum talk_place)place, name, e) == 0) {
			*left |= c->waits(c->ctx) ? 1u << place : 0;
			continue;
		}
		if (!imap_usable(c->imap))
			return err_prefix(e, "folder %s: ", name);
		poll_post_status(c->sender, false, e->text, &none);
	}
	return 0;
}
