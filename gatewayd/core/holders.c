#include "gatewayd/core/holders.h"

#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/bench.h"
#include "gatewayd/wire/talk.h"

void holders_release(struct holders *h)
{
	for (size_t i = 0; i < HOLDERS_MAX; i++) {
		area_release(&h->v[i].area);
		mem_free(&h->v[i].rows);
	}
}

struct holder *holders_find(struct holders *h, const struct peer *peer)
{
	for (size_t i = 0; i < HOLDERS_MAX; i++)
		if (h->v[i].peer == peer)
			return &h->v[i];
	return NULL;
}

size_t holders_rows(const struct holders *h)
{
	size_t n = 0;

	for (size_t i = 0; i < HOLDERS_MAX; i++)
		n += h->v[i].n;
	return n;
}

static size_t find(const struct holder *h, int64_t row)
{
	size_t i = 0;

	while (i < h->n && h->rows[i].row != row)
		i++;
	return i;
}

bool holders_have(const struct holders *h, int64_t row)
{
	for (size_t i = 0; i < HOLDERS_MAX; i++)
		if (find(&h->v[i], row) < h->v[i].n)
			return true;
	return false;
}

/* Without it messages go through the socket. */
static void share_area(struct holder *h)
{
	struct err e;
	int fd;

	if (area_make(&h->area, &fd, &e) < 0) {
		log_event(LOG_WARNING, "sender.no-area", log_text("error", e.text));
		return;
	}
	if (talk_send_area_put(&h->peer->wire, fd, &e) < 0)
		area_release(&h->area);
	close(fd);
}

void holder_begin(struct holder *h, struct peer *peer)
{
	h->peer = peer;
	share_area(h);
	peer_update(peer);
}

void holder_leave(struct holder *h)
{
	h->peer = NULL;
	h->n = 0;
	area_release(&h->area);
}

static struct held_row held_of(const struct store_outbox *row, uint32_t slot)
{
	struct held_row held = { .row = row->id,
				 .slot = slot,
				 .case_number = row->case_number,
				 .note_id = row->note_id,
				 .automatic = row->automatic,
				 .is_plain =
				     row->late_at == INSTANT_NONE && row->kind.n < HELD_KIND_MAX };

	if (held.is_plain && row->kind.n)
		memcpy(held.kind, row->kind.p, row->kind.n);
	return held;
}

void holder_add(struct holder *h, const struct store_outbox *row, uint32_t slot)
{
	MEM_GROW(h->rows, h->n, &h->cap);
	h->rows[h->n++] = held_of(row, slot);
}

bool holder_drop(struct holder *h, int64_t row, struct held_row *ret_held)
{
	size_t i = find(h, row);

	if (i == h->n)
		return false;
	*ret_held = h->rows[i];
	h->rows[i] = h->rows[--h->n];
	area_give_back(&h->area, ret_held->slot);
	return true;
}
