#include "gatewayd/poller/poll_window.h"

#include "gatewayd/base/mem.h"

enum { ROUND_TRIP_MS = 50 }; /* as many again are on their way at 5,000 mails/s */

struct under_way {
	uint32_t uid;
	int64_t bytes;
};

void poll_window_init(struct poll_window *w, size_t near, size_t most, int64_t most_bytes)
{
	*w = (struct poll_window){
		.size = near, .near = near, .most = most, .most_bytes = most_bytes
	};
}

void poll_window_reach(struct poll_window *w, int64_t round_trip_ms)
{
	size_t size = w->near + w->near * (size_t)round_trip_ms / ROUND_TRIP_MS;

	w->size = size < w->most ? size : w->most;
}

void poll_window_release(struct poll_window *w)
{
	mem_free(&w->v);
}

void poll_window_clear(struct poll_window *w)
{
	w->n = 0;
	w->bytes = 0;
}

static size_t find(const struct poll_window *w, uint32_t uid)
{
	for (size_t k = 0; k < w->n; k++)
		if (w->v[k].uid == uid)
			return k;
	return SIZE_MAX;
}

bool poll_window_has(const struct poll_window *w, uint32_t uid)
{
	return find(w, uid) != SIZE_MAX;
}

void poll_window_add(struct poll_window *w, uint32_t uid, int64_t bytes)
{
	MEM_GROW(w->v, w->n, &w->cap);
	w->v[w->n++] = (struct under_way){ uid, bytes };
	w->bytes += bytes;
}

void poll_window_drop(struct poll_window *w, uint32_t uid)
{
	size_t k = find(w, uid);

	if (k == SIZE_MAX)
		return;
	w->bytes -= w->v[k].bytes;
	w->v[k] = w->v[--w->n];
}

size_t poll_window_room(const struct poll_window *w)
{
	size_t room = w->size > w->n ? w->size - w->n : 0;

	if (w->n > 0 && w->bytes >= w->most_bytes)
		return 0;
	return room < IMAP_RANGE_MAX ? room : IMAP_RANGE_MAX;
}

size_t poll_window_fit(const struct poll_window *w, const struct imap_mail *mails, size_t n,
		       int64_t mail_bytes)
{
	int64_t bytes = w->bytes;
	size_t k;

	for (k = 0; k < n; k++) {
		bytes += mails[k].size > mail_bytes ? IMAP_HEAD_BYTES : mails[k].size;
		if (bytes > w->most_bytes && (k > 0 || w->n > 0))
			break;
	}
	return k;
}
