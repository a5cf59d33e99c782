#include "store/added.h"

#include <stdlib.h>
#include <string.h>

#include "store/query.h"

bool added_takes(const struct added *a, const struct store_outbox *o)
{
	return a->room && o->state == OUTBOX_QUEUED && !o->hook.n && o->next_at <= o->created_at;
}

void added_put(struct added *a, const struct store_outbox *o)
{
	ARENA_GROW(&a->arena, a->v, a->n);
	a->v[a->n++] = (struct store_outbox){ .id = o->id,
					      .case_number = o->case_number,
					      .note_id = o->note_id,
					      .kind = arena_dup(&a->arena, o->kind),
					      .sender = arena_dup(&a->arena, o->sender),
					      .recipient = arena_dup(&a->arena, o->recipient),
					      .state = OUTBOX_SENDING,
					      .attempts = 1,
					      .created_at = o->created_at,
					      .next_at = o->next_at,
					      .sent_at = INSTANT_NONE,
					      .automatic = o->automatic,
					      .late_at = INSTANT_NONE,
					      .domain = arena_dup(&a->arena, o->domain),
					      .content = o->content };
	a->room--;
}

static void forget_from(struct added *a, size_t n)
{
	if (a->n > n)
		a->n = n;
	if (a->n)
		return;
	arena_reset(&a->arena);
	a->v = NULL;
}

void added_mark(struct added *a)
{
	a->marked = a->n;
}

void added_back_to_mark(struct added *a)
{
	forget_from(a, a->marked);
}

void added_end(struct added *a, bool stands)
{
	if (!stands)
		forget_from(a, a->standing);
	a->standing = a->n;
	a->room = 0;
}

void added_release(struct added *a)
{
	arena_release(&a->arena);
}

static int by_due(const void *a, const void *b)
{
	const struct store_outbox *x = a, *y = b;

	if (x->next_at != y->next_at)
		return x->next_at < y->next_at ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

void outbox_sort(struct store_outbox *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), by_due);
}

void store_outbox_claim_added(struct store *s, size_t room)
{
	s->added.room = s->in_txn ? room : 0;
}

size_t store_outbox_added(const struct store *s)
{
	return s->added.n;
}

void store_outbox_take_added(struct store *s, struct arena *a, struct store_outbox **v, size_t *n)
{
	struct added *all = &s->added;
	struct store_outbox *both = arena_alloc_n(a, *n + all->standing, sizeof(*both));

	if (*n)
		memcpy(both, *v, *n * sizeof(*both));
	for (size_t i = 0; i < all->standing; i++) {
		struct store_outbox *o = &both[*n + i];

		*o = all->v[i];
		o->kind = arena_dup(a, o->kind);
		o->sender = arena_dup(a, o->sender);
		o->recipient = arena_dup(a, o->recipient);
		o->domain = arena_dup(a, o->domain);
	}
	*v = both;
	*n += all->standing;
	outbox_sort(both, *n);
	if (all->n > all->standing)
		memmove(all->v, all->v + all->standing, (all->n - all->standing) * sizeof(*all->v));
	forget_from(all, all->n - all->standing);
	all->standing = 0;
}
