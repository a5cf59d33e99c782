#include "gatewayd/case/desk.h"

const struct conf_queue *desk_queue(const struct desk *d, struct span name)
{
	for (size_t i = 0; i < d->conf->queue_count; i++)
		if (span_is(name, d->conf->queues[i].name))
			return &d->conf->queues[i];
	return &d->conf->queues[0];
}

const struct policy_kind *desk_kind(const struct desk *d, const struct conf_queue *queue)
{
	return policy_kind_find(&d->conf->policy, queue->kind);
}

int desk_epochs(struct store *store, struct token_keys *keys, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	uint8_t identity[STORE_TAG_SIZE];
	struct store_epoch *v;
	size_t n;

	_Static_assert((int)TOKEN_EPOCHS_MAX == (int)STORE_EPOCHS_MAX, "all that are known");
	_Static_assert((int)TOKEN_EPOCH_SIZE == 2 * (int)STORE_TAG_SIZE, "identity and tag");
	if (store_identity(store, identity, e) < 0 || store_epoch_list(store, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct token_epoch *to = &keys->epoch[i];

		*to = (struct token_epoch){ .has_id = v[i].has_tag, .mark = v[i].mark };
		memcpy(to->id, identity, STORE_TAG_SIZE);
		memcpy(to->id + STORE_TAG_SIZE, v[i].tag, STORE_TAG_SIZE);
	}
	keys->epochs = n;
	return 0;
}

enum outbox_state desk_outbox_state(const struct desk *d, struct span *ret_why)
{
	static const struct {
		enum outbox_state state;
		const char *why;
	} kept[] = {
		[DESK_SENDS] = { OUTBOX_QUEUED, "" },
		[DESK_HOLDS] = { OUTBOX_UNKNOWN, STORE_AGAIN_WHY },
		[DESK_SILENT] = { OUTBOX_CANCELLED, "let go to be done, and not sent" },
	};

	*ret_why = span_of(kept[d->sends].why);
	return kept[d->sends].state;
}

bool desk_is_unread(const struct desk *d, const struct conf_queue *queue)
{
	for (size_t i = 0; i < d->unread.n; i++)
		if (span_is(d->unread.v[i], queue->name))
			return true;
	return false;
}

const struct zone *desk_zone(const struct desk *d, const char *name)
{
	const struct zone *z;
	struct err e;

	/* conf checked the name; tzdata may be gone, or no descriptor left */
	return name && zones_get(d->zones, name, &z, &e) == 0 ? z : zone_utc();
}
