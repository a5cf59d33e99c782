#include "gatewayd/poller/looks.h"

#include "gatewayd/base/mem.h"

void looks_forget(struct looks *l)
{
	l->highest = 0;
	l->at = INSTANT_NONE;
	l->moved.n = 0;
}

void looks_begin(struct looks *l, int64_t now)
{
	l->now_highest = l->highest;
	l->now_at = now;
}

bool looks_is_moved(const struct looks *l, uint32_t uid)
{
	for (size_t i = 0; i < l->moved.n; i++)
		if (l->moved.p[i] == uid)
			return true;
	return false;
}

void looks_see(struct looks *l, uint32_t uid, int64_t received_at)
{
	bool is_new = l->at != INSTANT_NONE && uid > l->highest;

	if (uid > l->now_highest)
		l->now_highest = uid;
	if (is_new && received_at != INSTANT_NONE && received_at < l->at - LOOKS_SLACK_S &&
	    !looks_is_moved(l, uid))
		uids_add(&l->moved, uid);
}

void looks_end(struct looks *l)
{
	l->highest = l->now_highest;
	l->at = l->now_at;
}

void looks_release(struct looks *l)
{
	mem_free(&l->moved.p);
}
