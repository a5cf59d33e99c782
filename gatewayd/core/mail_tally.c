#include "gatewayd/core/mail_tally.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/wire/talk.h"

enum { BITS_MIN = 6, LOOK_MASK = (1 << 30) - 1 };

void mail_tally_release(struct mail_tally *t)
{
	mem_free(&t->v);
	mem_free(&t->at);
	*t = (struct mail_tally){ 0 };
}

/* --- where a mail is --- */

/* Its place in v, or the free one for it. */
static uint32_t *slot(const struct mail_tally *t, uint32_t uid)
{
	uint32_t mask = (1U << t->bits) - 1, i = uid * t->secret >> (32 - t->bits);

	while (t->at[i] && t->v[t->at[i] - 1].uid != uid)
		i = (i + 1) & mask;
	return &t->at[i];
}

static struct mail_tally_row *find(const struct mail_tally *t, uint32_t uid)
{
	uint32_t at = t->at ? *slot(t, uid) : 0;

	return at ? &t->v[at - 1] : NULL;
}

/* As many as wait have room twice. */
static void index_all(struct mail_tally *t)
{
	t->bits = BITS_MIN;
	while (t->n >= (size_t)1 << (t->bits - 1))
		t->bits++;
	mem_free(&t->at);
	t->at = mem_alloc_n((size_t)1 << t->bits, sizeof(*t->at));
	crypto_random(&t->secret, sizeof(t->secret));
	t->secret |= 1;
	for (size_t i = 0; i < t->n; i++)
		*slot(t, t->v[i].uid) = (uint32_t)i + 1;
}

static struct mail_tally_row *insert(struct mail_tally *t, uint32_t uid)
{
	if (!t->at || t->n >= (size_t)1 << (t->bits - 1))
		index_all(t);
	MEM_GROW(t->v, t->n, &t->cap);
	t->v[t->n++] = (struct mail_tally_row){ .uid = uid };
	*slot(t, uid) = (uint32_t)t->n;
	return &t->v[t->n - 1];
}

/* --- what happens to it --- */

void mail_tally_look_begin(struct mail_tally *t, uint32_t uidvalidity)
{
	if (t->uidvalidity != uidvalidity)
		mail_tally_release(t);
	t->uidvalidity = uidvalidity;
	t->look = (t->look + 1) & LOOK_MASK;
	t->current = 0;
}

/* What was listed before counts for nothing. */
static int refuse(struct mail_tally *t, struct err *e)
{
	mail_tally_release(t);
	return err_set(e, ERR_PERM, "over %d mails wait in a mailbox", TALK_LIST_MAX);
}

int mail_tally_listed(struct mail_tally *t, uint32_t uid, int64_t received_at, bool moved,
		      struct err *e)
{
	struct mail_tally_row *m = find(t, uid);

	if (!m && t->n == TALK_LIST_MAX)
		return refuse(t, e);
	if (!m)
		m = insert(t, uid);
	m->moved = moved || (m->waits && m->moved);
	t->current += !m->waits || m->look != t->look;
	m->look = t->look & LOOK_MASK;
	if (m->waits)
		return 0;
	m->waits = true;
	m->received_at = received_at;
	t->waiting++;
	return 0;
}

bool mail_tally_is_moved(const struct mail_tally *t, uint32_t uidvalidity, uint32_t uid)
{
	const struct mail_tally_row *m = uidvalidity == t->uidvalidity ? find(t, uid) : NULL;

	return m && m->waits && m->moved;
}

void mail_tally_look_end(struct mail_tally *t)
{
	size_t n = 0;

	if (t->current == t->n)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].waits && t->v[i].look == t->look)
			t->v[n++] = t->v[i];
	t->n = t->waiting = t->current = n;
	index_all(t);
}

void mail_tally_kept(struct mail_tally *t, uint32_t uidvalidity, uint32_t uid)
{
	struct mail_tally_row *m = uidvalidity == t->uidvalidity ? find(t, uid) : NULL;

	if (!m || !m->waits)
		return;
	m->waits = false;
	t->waiting--;
	t->current -= m->look == t->look;
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
