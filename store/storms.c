#include "store/storms.h"

#include "gatewayd/base/mem.h"
#include "store/query.h"

enum { CAP_MIN = 1024 };

void storms_release(struct storms *t)
{
	mem_free(&t->v);
}

void storms_forget(struct storms *t)
{
	t->known = false;
}

/* Where it is, or is to be: keys are digests, so they lie evenly. */
static struct storm_place *place_of(const struct storms *t, int64_t key)
{
	size_t at = (size_t)key & (t->cap - 1);

	while (t->v[at].row && t->v[at].key != key)
		at = (at + 1) & (t->cap - 1);
	return &t->v[at];
}

static void grow(struct storms *t)
{
	struct storms more = { .cap = t->cap ? 2 * t->cap : CAP_MIN, .n = t->n, .known = t->known };

	more.v = mem_alloc_n(more.cap, sizeof(*more.v));
	for (size_t i = 0; i < t->cap; i++)
		if (t->v[i].row)
			*place_of(&more, t->v[i].key) = t->v[i];
	storms_release(t);
	*t = more;
}

void storms_add(struct storms *t, int64_t key, int64_t row)
{
	if (t->n >= t->cap / 4 * 3)
		grow(t);
	*place_of(t, key) = (struct storm_place){ key, row };
	t->n++;
}

static int read_all(struct store *s, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t key;
	int got;

	storms_release(&s->storms);
	s->storms = (struct storms){ .n = 0 };
	query_open(&q, s, SQL_STORM_ALL, e);
	while ((got = query_step(&q)) > 0) {
		key = query_get_int(&q);
		storms_add(&s->storms, key, query_get_int(&q));
	}
	s->storms.known = got == 0;
	return got;
}

int storms_find(struct store *s, int64_t key, int64_t *ret_row, struct err *e)
{
	if (!s->storms.known && read_all(s, e) < 0)
		return -1;
	*ret_row = s->storms.cap ? place_of(&s->storms, key)->row : 0;
	return 0;
}
