#include "store/spent.h"

void spent_release(struct spent *s)
{
	arena_release(&s->arena);
}

void spent_forget(struct spent *s)
{
	arena_reset(&s->arena);
	s->n = 0;
}

bool spent_has_room(const struct spent *s)
{
	return s->n + SPENT_TOGETHER <= SPENT_MAX;
}

struct spent_key *spent_find(struct spent *s, struct span key)
{
	uint64_t hash = span_hash(key);

	for (size_t i = s->n; i > 0; i--)
		if (s->hashes[i - 1] == hash && span_eq(s->v[i - 1].key, key))
			return &s->v[i - 1];
	return NULL;
}

bool spent_is_like(const struct spent_key *k, const struct spent_key *like)
{
	return k->at == like->at && k->window_s[0] == like->window_s[0] &&
	       k->window_s[1] == like->window_s[1];
}

struct spent_key *spent_add(struct spent *s, const struct spent_key *like)
{
	struct spent_key *k = &s->v[s->n];

	*k = *like;
	k->key = arena_dup(&s->arena, like->key);
	s->hashes[s->n++] = span_hash(k->key);
	return k;
}

void spent_take(struct spent *s, struct span key)
{
	struct spent_key *k = spent_find(s, key);

	for (size_t i = 0; k && i < 2; i++)
		k->used[i]++;
}
