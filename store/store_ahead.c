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

static void say_messages(struct store *s, const struct store_outbox *v, size_t n)
{
	struct err ignored;

	(void)store_ahead_begin(s);
	for (size_t i = 0; i < n; i++) {
		struct buf message BUF_AUTO;

		buf_init(&message, SIZE_MAX);
		(void)store_outbox_message(s, v[i].id, &message, &ignored);
	}
	store_ahead_said(s);
}

/* First where they stand, then what is there. */
void store_ahead_messages(struct store *s, const struct store_outbox *v, size_t n)
{
	struct err ignored;

	store_ahead_end(s);
	if (!s->ops->say)
		return;
	say_messages(s, v, n);
	if (query_settle(s, &ignored) == 0)
		say_messages(s, v, n);
}
