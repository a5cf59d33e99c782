#include "gatewayd/core/mail_tally.h"

#include <string.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"

void mail_tally_release(struct mail_tally *t)
{
	mem_free(&t->v);
	*t = (struct mail_tally){ 0 };
}

/* Where it is, or belongs. */
static size_t place_of(const struct mail_tally *t, uint32_t uid)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->v[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct mail_tally_row *find(const struct mail_tally *t, uint32_t uid)
{
	size_t at = place_of(t, uid);

	return at < t->n && t->v[at].uid == uid ? &t->v[at] : NULL;
}

static void went(struct mail_tally *t, struct mail_tally_row *m)
{
	m->waits = false;
	t->waiting--;
}

void mail_tally_look_begin(struct mail_tally *t, uint32_t uidvalidity)
{
	for (size_t i = 0; i < t->n; i++) {
		t->v[i].listed = false;
		if (t->uidvalidity != uidvalidity && t->v[i].waits)
			went(t, &t->v[i]);
	}
	if (t->uidvalidity != uidvalidity)
		t->n = 0;
	t->uidvalidity = uidvalidity;
}

static struct mail_tally_row *insert(struct mail_tally *t, uint32_t uid)
{
	size_t at = place_of(t, uid);

	MEM_GROW(t->v, t->n, &t->cap);
	memmove(t->v + at + 1, t->v + at, (t->n - at) * sizeof(*t->v));
	t->n++;
	t->v[at] = (struct mail_tally_row){ .uid = uid };
	return &t->v[at];
}

void mail_tally_listed(struct mail_tally *t, uint32_t uid, int64_t received_at, bool moved)
{
	struct mail_tally_row *m = find(t, uid);

	if (!m)
		m = insert(t, uid);
	m->listed = true;
	m->moved = moved || (m->waits && m->moved);
	if (m->waits)
		return;
	m->waits = true;
	m->received_at = received_at;
	t->waiting++;
}

bool mail_tally_is_moved(const struct mail_tally *t, uint32_t uidvalidity, uint32_t uid)
{
	const struct mail_tally_row *m = uidvalidity == t->uidvalidity ? find(t, uid) : NULL;

	return m && m->waits && m->moved;
}

void mail_tally_look_end(struct mail_tally *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].waits && !t->v[i].listed)
			went(t, &t->v[i]);
		if (t->v[i].waits)
			t->v[n++] = t->v[i];
	}
	t->n = n;
}

void mail_tally_kept(struct mail_tally *t, uint32_t uidvalidity, uint32_t uid)
{
	struct mail_tally_row *m = uidvalidity == t->uidvalidity ? find(t, uid) : NULL;

	if (m && m->waits)
		went(t, m);
}

int64_t mail_tally_oldest(const struct mail_tally *t)
{
	int64_t oldest = INSTANT_NONE;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].waits && t->v[i].received_at != INSTANT_NONE &&
		    (oldest == INSTANT_NONE || t->v[i].received_at < oldest))
			oldest = t->v[i].received_at;
	return oldest;
}
