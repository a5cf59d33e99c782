#include "gatewayd/poller/poll_move.h"

#include <string.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap_copies.h"

enum {
	AGAIN_MS = 60 * 1000, /* after the server refused a move */
	CLAIMS_MAX = 2,	      /* under way: sets of IMAP_MOVE_MAX a round trip */
	MOVES_MAX = 4,	      /* a new mail waits for those that are under way */
	RANGES_MAX = 256,     /* in a command, of up to 22 bytes: lines of 8,000 are safe */
};

void poll_moves_release(struct poll_moves *v)
{
	for (size_t k = 0; k < POLL_TO_COUNT; k++) {
		mem_free(&v->sure[k].p);
		mem_free(&v->unsure[k].p);
	}
	mem_free(&v->claim.yield.p);
}

/* What was kept before this session can have been copied before it, where MOVE is not one step. */
void poll_moves_add(struct poll_moves *v, const struct imap *imap, uint32_t uid, bool aside,
		    bool kept_before)
{
	size_t to = aside && v->conf->quarantine ? POLL_TO_QUARANTINE : POLL_TO_PROCESSED;

	if (!poll_moves_any(v))
		v->since_ms = clock_wait_ms();
	uids_add(kept_before && !imap_can_move(imap) ? &v->unsure[to] : &v->sure[to], uid);
}

void poll_moves_drop(struct poll_moves *v)
{
	for (size_t k = 0; k < POLL_TO_COUNT; k++)
		v->sure[k].n = v->unsure[k].n = 0;
	v->claim.yield.n = 0;
	v->refused = false;
}

bool poll_moves_any(const struct poll_moves *v)
{
	size_t n = 0;

	for (size_t k = 0; k < POLL_TO_COUNT; k++)
		n += v->sure[k].n + v->unsure[k].n;
	return n > 0;
}

bool poll_moves_overdue(struct poll_moves *v, bool by_one)
{
	int64_t later_ms = by_one ? POLL_LATER_BY_ONE_MS : POLL_LATER_MS;

	v->overdue = poll_moves_any(v) && (v->overdue || clock_wait_ms() - v->since_ms >= later_ms);
	return v->overdue;
}

bool poll_moves_may(const struct poll_moves *v)
{
	return clock_wait_ms() >= v->not_until_ms;
}

static const char *folder_of(const struct poll_moves *v, size_t to)
{
	return to == POLL_TO_PROCESSED ? v->conf->processed : v->conf->quarantine;
}

/* How many of the first, which rise, go in a command, at most so many. */
static size_t one_command(const struct uids *u, size_t most)
{
	size_t ranges = 0, n;

	for (n = 0; n < u->n && n < most; n++) {
		ranges += n == 0 || u->p[n] != u->p[n - 1] + 1;
		if (ranges > RANGES_MAX)
			break;
	}
	return n;
}

/* Back to the mailbox after a look into another folder. */
static int select_again(const struct poll_moves *v, struct imap *imap, uint32_t uidvalidity,
			struct err *e)
{
	struct imap_folder folder;

	if (imap_select(imap, v->conf->folder, &folder, e) < 0)
		return -1;
	if (folder.uidvalidity != uidvalidity)
		return err_set(e, ERR_TEMP, "folder %s is another one now", v->conf->folder);
	return 0;
}

/* A session that died between COPY and EXPUNGE left mails twice: those are only removed here. */
static int end_old(struct poll_moves *v, size_t to, struct imap *imap, uint32_t uidvalidity,
		   struct err *e)
{
	struct uids *u = &v->unsure[to];
	uint32_t copied_uids[IMAP_RANGE_MAX];
	bool copied[IMAP_RANGE_MAX];
	size_t n, count = 0;

	uids_tidy(u);
	n = one_command(u, IMAP_RANGE_MAX);
	if (imap_find_copies(imap, u->p, n, folder_of(v, to), copied, e) < 0) {
		if (!imap_usable(imap))
			return -1;
		memset(copied, 0, sizeof(copied)); /* it cannot look: rather twice than never */
	}
	if (select_again(v, imap, uidvalidity, e) < 0)
		return -1;
	for (size_t k = 0; k < n; k++)
		if (copied[k])
			copied_uids[count++] = u->p[k];
		else
			uids_add(&v->sure[to], u->p[k]);
	uids_drop_front(u, n);
	return count ? imap_remove(imap, copied_uids, count, e) : 0;
}

static struct poll_step *take(enum poll_step_kind kind, struct uids *u, size_t to, size_t most)
{
	struct poll_step *s;
	size_t n;

	uids_tidy(u);
	n = one_command(u, most);
	s = poll_step_new(kind, n);
	s->to = to;
	memcpy(s->uids, u->p, n * sizeof(*s->uids));
	uids_drop_front(u, n);
	return s;
}

static size_t next_to(const struct poll_moves *v)
{
	return v->sure[POLL_TO_PROCESSED].n > 0 ? POLL_TO_PROCESSED : POLL_TO_QUARANTINE;
}

/* --- sent ahead --- */

bool poll_moves_by_one(const struct poll_moves *v, const struct imap *imap)
{
	bool unsure = false;

	for (size_t k = 0; k < POLL_TO_COUNT; k++)
		unsure = unsure || v->unsure[k].n;
	return unsure || v->refused || !imap_can_move(imap);
}

struct poll_step *poll_moves_next(struct poll_moves *v, const struct poll_pipe *pipe)
{
	size_t to = next_to(v);

	if (v->sure[to].n == 0 || pipe->of[POLL_STEP_CLAIM] == CLAIMS_MAX ||
	    pipe->of[POLL_STEP_MOVE] == MOVES_MAX)
		return NULL;
	return take(v->marks ? POLL_STEP_CLAIM : POLL_STEP_MOVE, &v->sure[to], to, IMAP_MOVE_MAX);
}

struct poll_step *poll_moves_yield(struct poll_moves *v)
{
	return v->claim.yield.n ? take(POLL_STEP_UNCLAIM, &v->claim.yield, 0, IMAP_MOVE_MAX) : NULL;
}

/* Leaves those that no other store claims. */
static int claim(struct poll_moves *v, struct imap *imap, struct poll_step *s, bool ahead,
		 struct err *e)
{
	if (!v->claim.store)
		return imap_mark(imap, s->uids, s->n, e);
	if (ahead)
		return imap_claim(imap, s->uids, s->n, v->claim.store, &s->claims, e);
	return poll_claim(&v->claim, imap, &s->claims, s->uids, &s->n, clock_wait_ms(), e);
}

int poll_moves_run(struct poll_moves *v, struct imap *imap, struct poll_step *s, bool ahead,
		   struct err *e)
{
	if (s->kind == POLL_STEP_CLAIM)
		return claim(v, imap, s, ahead, e);
	if (s->kind == POLL_STEP_UNCLAIM)
		return imap_unclaim(imap, s->uids, s->n, v->claim.store, e);
	return imap_move(imap, s->uids, s->n, folder_of(v, s->to), e);
}

/* A server that refuses keywords may still move; a move that is refused is tried by itself. */
struct poll_step *poll_moves_answered(struct poll_moves *v, struct poll_step *s, bool refused)
{
	if (s->kind == POLL_STEP_CLAIM && s->n > 0) {
		s->kind = POLL_STEP_MOVE;
		s->next = NULL;
		return s;
	}
	for (size_t k = 0; k < s->n && s->kind == POLL_STEP_MOVE && refused; k++)
		uids_add(&v->sure[s->to], s->uids[k]);
	v->refused = v->refused || (s->kind == POLL_STEP_MOVE && refused);
	poll_step_free(&s);
	return NULL;
}

/* --- one step, with nothing else under way --- */

/* After a refusal the folder is looked for, and the command tried once more. */
static int move(struct poll_moves *v, struct imap *imap, struct poll_step *s, struct err *e)
{
	const char *folder = folder_of(v, s->to);
	int r;

	if (v->marks && claim(v, imap, s, false, e) < 0 && !imap_usable(imap))
		return -1;
	if (s->n == 0)
		return 0;
	r = imap_move(imap, s->uids, s->n, folder, e);
	if (r < 0 && imap_usable(imap)) /* a person may have deleted the folder */
		r = imap_folder_ensure(imap, folder, e) < 0
			? -1
			: imap_move(imap, s->uids, s->n, folder, e);
	return r;
}

static int move_next(struct poll_moves *v, struct imap *imap, struct err *e)
{
	size_t to = next_to(v);
	struct poll_step *s = take(POLL_STEP_MOVE, &v->sure[to], to, IMAP_RANGE_MAX);
	int r = move(v, imap, s, e);

	poll_step_free(&s);
	return r;
}

/* A server that refuses is asked again later; fetching goes on. */
int poll_moves_some(struct poll_moves *v, struct imap *imap, uint32_t uidvalidity,
		    enum poll_moved *ret_moved, struct err *e)
{
	for (size_t k = 0; k < POLL_TO_COUNT; k++)
		if (v->unsure[k].n) {
			*ret_moved = POLL_MOVE_SORTED;
			return end_old(v, k, imap, uidvalidity, e);
		}
	*ret_moved = POLL_MOVED;
	v->refused = false;
	if (move_next(v, imap, e) == 0)
		return 0;
	if (!imap_usable(imap))
		return -1; /* cut: the next session tries at once */
	*ret_moved = POLL_MOVE_REFUSED;
	v->not_until_ms = clock_wait_ms() + AGAIN_MS;
	return 0;
}
