#include "gatewayd/post/thread.h"

#include "gatewayd/case/author.h"
#include "gatewayd/identity/addrspec.h"

/* A mail that a form, a list or staff passed on is not its author's. */
static bool has_seen(struct desk *d, const struct store_note *note, struct span address)
{
	struct author author;

	if (note->kind != NOTE_INBOUND || !note->message_id.n)
		return false;
	author_of_note(note, d->arena, &author);
	return (addrspec_eq(note->author_address, address) && !author.passed_on) ||
	       author_names(&author, address);
}

struct ids {
	struct span *v;
	size_t n;
};

static int add_seen(struct desk *d, int64_t number, struct span address, struct ids *ids,
		    struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (v[i].case_number != number || !has_seen(d, &v[i], address))
			continue;
		ARENA_GROW(d->arena, ids->v, ids->n);
		ids->v[ids->n++] = v[i].message_id;
	}
	return 0;
}

/* Of the cases that were merged into it, first. */
static int add_merged(struct desk *d, int64_t number, struct span address, struct ids *ids,
		      struct err *e)
{
	struct store_link *v;
	size_t n;

	if (store_link_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == LINK_MERGED && v[i].other == number &&
		    add_seen(d, v[i].number, address, ids, e) < 0)
			return -1;
	return add_seen(d, number, address, ids, e);
}

int thread_of(struct desk *d, int64_t number, struct span address, struct mime_thread *ret_thread,
	      struct err *e)
{
	struct ids ids = { 0 };

	if (add_merged(d, number, address, &ids, e) < 0)
		return -1;
	if (!ids.n && store_outbox_ids(d->store, number, address, d->arena, &ids.v, &ids.n, e) < 0)
		return -1;
	*ret_thread = (struct mime_thread){ .message_id = ids.n ? ids.v[ids.n - 1] : SPAN(""),
					    .references = ids.v,
					    .reference_count = ids.n };
	return 0;
}
