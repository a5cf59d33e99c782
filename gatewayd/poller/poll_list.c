#include "gatewayd/poller/poll_list.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/busy.h"
#include "gatewayd/poller/poll_trouble.h"

enum {
	PIECE_FIRST = 64, /* mails; each has twice as many */
	PIECE_BUSY = IMAP_RANGE_MAX,
	PIECE_MAX = 2 * KIB,
	AHEAD = 2, /* pieces */
	PARTS = 8, /* of what a session died at */
};

_Static_assert((int)IMAP_LIST_MAX <= (int)TALK_LIST_MAX, "core has room for all that are listed");
_Static_assert((int)PIECE_MAX <= (int)TALK_UIDS_MAX, "a piece goes in a message");

void poll_list_release(struct poll_list *l)
{
	mem_free(&l->uids);
	*l = (struct poll_list){ .from = l->from, .to = l->to };
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
	l->from = l->to = 0;
	poll_list_release(l);
	return any;
}

static bool is_suspect(const struct poll_list *l, uint32_t uid)
{
	return l->from <= uid && uid <= l->to;
}

/* What a session died at waits for all that goes before. */
enum turn { AT_ONCE, SUSPECT, UNDESCRIBED, NOT_NOW };

static enum turn turn_of(const struct poll_list *l, const struct troubles *t, uint32_t uid,
			 int64_t now_ms)
{
	if (troubles_is_undescribed(t, uid))
		return troubles_wait(t, uid, now_ms) ? NOT_NOW : UNDESCRIBED;
	return is_suspect(l, uid) ? SUSPECT : AT_ONCE;
}

/* In the order in which they are described; those that are not in this look are passed over. */
static void order(struct poll_list *l, struct troubles *t)
{
	int64_t now_ms = clock_wait_ms();
	uint32_t *rising MEM_AUTO = l->uids;
	uint8_t *turns MEM_AUTO = mem_alloc(l->n + 1);
	size_t n = 0;

	l->uids = mem_alloc_n(l->n + 1, sizeof(*l->uids));
	for (size_t k = 0; k < l->n; k++) {
		turns[k] = (uint8_t)turn_of(l, t, rising[k], now_ms);
		if (turns[k] == NOT_NOW)
			troubles_look_seen(t, rising[k]);
	}
	for (int late = 0; late < 2; late++)
		for (size_t k = 0; k < l->n; k++)
			if (turns[k] != NOT_NOW && (turns[k] == UNDESCRIBED) == late)
				l->uids[n++] = rising[k];
	l->n = n;
}

void poll_list_begin(struct poll_list *l, uint32_t *uids, size_t n,
		     const struct poll_sender *sender, struct poll_fetch *fetch)
{
	poll_list_release(l);
	fetch->look_on = true;
	troubles_look_begin(&fetch->troubles);
	l->uids = uids;
	l->n = n;
	l->piece = PIECE_FIRST;
	if (fetch->troubles.n)
		order(l, &fetch->troubles);
	if (l->n == 0)
		post(l, NULL, 0, sender, fetch);
}

bool poll_list_goes_on(const struct poll_list *l)
{
	return l->uids;
}

bool poll_list_is_risky(const struct poll_list *l, const struct poll_fetch *fetch)
{
	return l->sent < l->n &&
	       turn_of(l, &fetch->troubles, l->uids[l->sent], INT64_MAX) != AT_ONCE;
}

/* How many of the next n go in a piece. */
static size_t together(const struct poll_list *l, const struct troubles *t, size_t n)
{
	const uint32_t *uids = l->uids + l->sent;
	enum turn turn = turn_of(l, t, uids[0], INT64_MAX);
	size_t k = 1;

	while (turn != UNDESCRIBED && k < n && turn_of(l, t, uids[k], INT64_MAX) == turn)
		k++;
	return turn == SUSPECT ? (k + PARTS - 1) / PARTS : k;
}

struct poll_step *poll_list_next(struct poll_list *l, const struct poll_pipe *pipe,
				 const struct poll_fetch *fetch, bool busy)
{
	size_t most = busy ? PIECE_BUSY : PIECE_MAX, n = l->piece < most ? l->piece : most;
	bool risky = poll_list_is_risky(l, fetch);
	struct poll_step *s;

	if (l->sent == l->n || pipe->of[POLL_STEP_LIST] == (busy ? 1 : AHEAD))
		return NULL;
	if (risky && (busy || pipe->n > 0))
		return NULL;
	n = together(l, &fetch->troubles, n < l->n - l->sent ? n : l->n - l->sent);
	s = poll_step_new(POLL_STEP_LIST, n);
	s->alone = risky;
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

void poll_list_died(struct poll_list *l, const struct poll_step *s, const struct poll_pipe *with,
		    struct poll_fetch *fetch, struct err *e)
{
	uint32_t first = s->mails[0].uid, last = s->mails[s->n - 1].uid;
	bool known = s->n == 1 && with->n == 0;
	struct buf words BUF_AUTO;

	buf_init(&words, SIZE_MAX);
	if (busy_imap(span_of(e->text)))
		return;
	l->from = known ? 0 : first;
	l->to = known ? 0 : last;
	if (known) {
		buf_addf(&words, "the session ends where it is described: %s", e->text);
		poll_trouble(fetch->sender, &fetch->troubles, first, buf_cstr(&words));
		troubles_undescribed(&fetch->troubles, first);
	}
	err_prefix(e, "description of UID %u to %u: ", first, last);
}
