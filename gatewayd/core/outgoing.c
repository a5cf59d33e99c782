#include "gatewayd/core/outgoing.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/core/bench.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/wire/talk.h"

static int put_send(struct holder *h, struct talk_send *s, struct span message, struct err *e)
{
	int result;

	s->fd = -1;
	s->here = message;
	s->size = (uint32_t)message.n;
	s->slot = area_put(&h->area, message);
	if (!s->slot && message.n > TALK_HERE_MAX && memfd_of(message, &s->fd, e) < 0)
		return -1;
	result = talk_send_put(&h->peer->wire, s, e);
	if (result < 0)
		area_give_back(&h->area, s->slot);
	if (s->fd >= 0)
		close(s->fd);
	return result;
}

/* Other than before once a result is written down, and the same where none was. */
static uint64_t results_of(const struct store_outbox *row)
{
	int64_t numbers[] = { row->sent_at, row->last_code };

	return span_hash((struct span){ (const char *)numbers, sizeof(numbers) }) ^
	       span_hash(row->last_text) * 3;
}

int outgoing_hand(struct desk *desk, struct holder *h, const struct store_outbox *row,
		  struct err *e)
{
	struct buf recipient BUF_AUTO = { 0 }, message BUF_AUTO = { 0 };
	struct talk_send s = { .row = row->id,
			       .case_number = row->case_number,
			       .results = results_of(row),
			       .sender = row->sender,
			       .domain = row->domain };

	if (row->sender.n > ADDRSPEC_MAX || row->domain.n > ADDRSPEC_MAX)
		return err_set(e, ERR_PERM, "an address of it is too long");
	buf_init(&recipient, ADDRSPEC_MAX + 2);
	addrspec_put(row->recipient, &recipient);
	s.recipient = buf_span(&recipient);
	buf_init(&message, SIZE_MAX); /* compose.h bounded it */
	if (store_outbox_message_of(desk->store, row, &message, e) < 0 ||
	    put_send(h, &s, buf_span(&message), e) < 0)
		return -1;
	holder_add(h, row, s.slot);
	peer_update(h->peer);
	return 0;
}
