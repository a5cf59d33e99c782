#include "gatewayd/poller/troubles.h"

#include <stdio.h>

#include "gatewayd/base/mem.h"

enum { FIRST_MS = 2000 }; /* doubled with each try */

void troubles_release(struct troubles *t)
{
	mem_free(&t->v);
	*t = (struct troubles){ 0 };
}

static struct trouble *find(const struct troubles *t, uint32_t uid)
{
	for (size_t k = 0; k < t->n; k++)
		if (t->v[k].uid == uid)
			return &t->v[k];
	return NULL;
}

static struct trouble *find_or_add(struct troubles *t, uint32_t uid)
{
	struct trouble *one = find(t, uid);

	if (one || t->n == TROUBLES_MAX)
		return one;
	MEM_GROW(t->v, t->n, &t->cap);
	one = &t->v[t->n++];
	*one = (struct trouble){ .uid = uid, .listed = true };
	return one;
}

bool troubles_add(struct troubles *t, uint32_t uid, const char *words, int64_t now_ms)
{
	struct trouble *one = find_or_add(t, uid);

	if (!one)
		return false;
	snprintf(one->words, sizeof(one->words), "%s", words);
	one->tries++;
	one->until_ms =
	    now_ms + (one->tries < TROUBLE_TRIES ? FIRST_MS << (one->tries - 1) : TROUBLE_ASIDE_MS);
	return one->tries == TROUBLE_TRIES;
}

static void drop_at(struct troubles *t, size_t k)
{
	t->v[k] = t->v[--t->n];
}

void troubles_drop(struct troubles *t, uint32_t uid)
{
	const struct trouble *one = find(t, uid);

	if (one)
		drop_at(t, (size_t)(one - t->v));
}

bool troubles_has(const struct troubles *t, uint32_t uid)
{
	return find(t, uid);
}

bool troubles_wait(const struct troubles *t, uint32_t uid, int64_t now_ms)
{
	const struct trouble *one = find(t, uid);

	return one && now_ms < one->until_ms;
}

void troubles_undescribed(struct troubles *t, uint32_t uid)
{
	struct trouble *one = find(t, uid);

	if (one)
		one->undescribed = true;
}

bool troubles_is_undescribed(const struct troubles *t, uint32_t uid)
{
	const struct trouble *one = find(t, uid);

	return one && one->undescribed;
}

void troubles_look_begin(struct troubles *t)
{
	for (size_t k = 0; k < t->n; k++)
		t->v[k].listed = false;
}

void troubles_look_seen(struct troubles *t, uint32_t uid)
{
	struct trouble *one = find(t, uid);

	if (one)
		one->listed = true;
}

void troubles_look_end(struct troubles *t)
{
	for (size_t k = t->n; k-- > 0;)
		if (!t->v[k].listed)
			drop_at(t, k);
}

int64_t troubles_due(const struct troubles *t)
{
	int64_t due = INT64_MAX;

	for (size_t k = 0; k < t->n; k++)
		if (t->v[k].until_ms < due)
			due = t->v[k].until_ms;
	return due;
}

size_t troubles_aside(const struct troubles *t, const struct trouble **ret_first)
{
	const struct trouble *first = NULL;
	size_t n = 0;

	for (size_t k = 0; k < t->n; k++) {
		if (t->v[k].tries < TROUBLE_TRIES)
			continue;
		n++;
		if (!first || t->v[k].uid < first->uid)
			first = &t->v[k];
	}
	if (first)
		*ret_first = first;
	return n;
}

size_t troubles_together(const struct troubles *t, const uint32_t *uids, bool solo, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (solo || troubles_has(t, uids[k]))
			return k ? k : 1;
	return n;
}
