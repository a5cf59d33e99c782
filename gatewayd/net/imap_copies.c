#include "gatewayd/net/imap_copies.h"

#include <string.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap_ids.h"

enum { ID_MAX = 250 }; /* of a Message-ID that is searched for, with its <> */

struct found {
	char id[ID_MAX + 1]; /* "": none that can be searched for */
};

/* Text that may stand in a quoted string of a command (RFC 3501 section 4.3). */
static bool is_quotable(struct span id)
{
	for (size_t k = 0; k < id.n; k++)
		if (id.p[k] <= ' ' || id.p[k] > '~' || id.p[k] == '"' || id.p[k] == '\\')
			return false;
	return true;
}

static void on_field(void *ctx, size_t k, struct span field)
{
	struct found *found = ctx;
	const char *from = memchr(field.p, '<', field.n);
	const char *to = from ? memchr(from, '>', field.n - (size_t)(from - field.p)) : NULL;
	struct span id = to ? (struct span){ from, (size_t)(to - from) + 1 } : SPAN_NONE;

	if (id.n < 3 || id.n > ID_MAX || !is_quotable(id))
		return;
	memcpy(found[k].id, id.p, id.n);
	found[k].id[id.n] = '\0';
}

static int find_all(struct imap *i, const struct imap_mail *mails, struct found *found, size_t n,
		    const char *folder, bool *copied, struct err *e)
{
	struct imap_folder selected;

	if (imap_message_ids(i, mails, n, on_field, found, e) < 0 ||
	    imap_select(i, folder, &selected, e) < 0)
		return -1;
	for (size_t k = 0; k < n; k++) {
		copied[k] = false;
		if (mails[k].present && found[k].id[0] &&
		    imap_has(i, found[k].id, mails[k].size, &copied[k], e) < 0)
			return -1;
	}
	return 0;
}

int imap_find_copies(struct imap *i, const uint32_t *uids, size_t n, const char *folder,
		     bool *ret_copied, struct err *e)
{
	struct imap_mail mails[IMAP_RANGE_MAX];
	struct found *found;
	int r;

	if (n > IMAP_RANGE_MAX)
		return err_set(e, ERR_BUG, "more than %d mails looked for", IMAP_RANGE_MAX);
	for (size_t k = 0; k < n; k++)
		mails[k].uid = uids[k];
	if (imap_describe(i, mails, n, e) < 0)
		return -1;
	found = mem_alloc_n(n, sizeof(*found));
	r = find_all(i, mails, found, n, folder, ret_copied, e);
	mem_free(&found);
	return r;
}
