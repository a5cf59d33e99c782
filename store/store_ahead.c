#include "store/store_ahead.h"

#include "store/query.h"
#include "store/store_outbox.h"

bool store_ahead_begin(struct store *s)
{
	s->is_ahead = s->ops->say != NULL;
	return s->is_ahead;
}

void store_ahead_said(struct store *s)
{
	s->is_ahead = false;
}

void store_ahead_end(struct store *s)
{
	s->is_ahead = false;
	if (s->ops->forget && !s->in_txn)
		s->ops->forget(s->engine);
}

void store_ahead_messages(struct store *s, const struct store_outbox *v, size_t n)
{
	struct err ignored;

	store_ahead_end(s);
	if (!store_ahead_begin(s))
		return;
	for (size_t i = 0; i < n; i++) {
		struct buf message BUF_AUTO;

		buf_init(&message, SIZE_MAX);
		(void)store_outbox_message_of(s, &v[i], &message, &ignored);
	}
	store_ahead_said(s);
}
