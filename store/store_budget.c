/* Budgets of automatic mail (store/store_outbox.h). */
#include "store/query.h"
#include "store/store_outbox.h"

/* Budgets of one key: v[0], and v[1] with a window that is as long or longer. */
struct of_key {
	const struct store_budget *v[2];
	int64_t used[2];
};

struct keys {
	struct of_key v[STORE_BUDGET_KEYS];
	size_t n;
};

static bool is_longer(const struct store_budget *first, const struct store_budget *last)
{
	return first->window_s <= last->window_s && span_eq(first->key, last->key);
}

static int keys_of(const struct store_budget *v, size_t n, struct keys *ret_keys, struct err *e)
{
	struct keys k = { .n = 0 };

	for (size_t i = 0; i < n; i++) {
		struct of_key *last = k.n ? &k.v[k.n - 1] : NULL;

		if (last && last->v[0] == last->v[1] && is_longer(last->v[0], &v[i]))
			last->v[1] = &v[i];
		else if (k.n < STORE_BUDGET_KEYS)
			k.v[k.n++] = (struct of_key){ .v = { &v[i], &v[i] } };
		else
			return err_set(e, ERR_BUG, "store: budgets of more than %d keys",
				       STORE_BUDGET_KEYS);
	}
	*ret_keys = k;
	return 0;
}

static int look(struct store *s, struct keys *k, int64_t now, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_USED, e);
	query_int(&q, now);
	for (size_t i = 0; i < STORE_BUDGET_KEYS; i++) {
		query_text(&q, i < k->n ? k->v[i].v[0]->key : SPAN(""));
		query_int(&q, i < k->n ? k->v[i].v[0]->window_s : 0);
		query_int(&q, i < k->n ? k->v[i].v[1]->window_s : 0);
	}
	for (size_t i = 0; i < STORE_BUDGET_KEYS; i++) {
		struct of_key *of;

		if (query_step(&q) <= 0)
			return -1;
		of = &k->v[query_get_int(&q)];
		of->used[0] = query_get_int(&q);
		of->used[1] = query_get_int(&q);
	}
	return query_end_row(&q);
}

int store_budget_used(struct store *s, const struct store_budget *b, int64_t now, int64_t *ret_used,
		      struct err *e)
{
	struct keys k = { .v[0].v = { b, b }, .n = 1 };

	if (look(s, &k, now, e) < 0)
		return -1;
	*ret_used = k.v[0].used[0];
	return 0;
}

static bool has_room(const struct of_key *k)
{
	return k->used[0] < k->v[0]->max && k->used[1] < k->v[1]->max;
}

static struct span key_with_room(const struct keys *k, size_t i)
{
	return i < k->n && has_room(&k->v[i]) ? k->v[i].v[0]->key : SPAN("");
}

/* Of all that have room. */
static int take(struct store *s, const struct keys *k, int64_t now, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	bool any = false;

	for (size_t i = 0; i < k->n; i++)
		any = any || has_room(&k->v[i]);
	if (!any)
		return 0;
	query_open(&q, s, SQL_BUDGET_TAKE, e);
	query_int(&q, now);
	for (size_t i = 0; i < STORE_BUDGET_KEYS; i++)
		query_text(&q, key_with_room(k, i));
	return query_run(&q);
}

int store_budget_take(struct store *s, const struct store_budget *v, size_t n, int64_t now,
		      bool *ret_within, struct err *e)
{
	bool within = true;
	struct keys k;

	if (keys_of(v, n, &k, e) < 0 || (n && look(s, &k, now, e) < 0))
		return -1;
	for (size_t i = 0; i < k.n; i++)
		within = within && has_room(&k.v[i]);
	if (n && within && take(s, &k, now, e) < 0)
		return -1;
	*ret_within = within;
	return 0;
}

int store_budget_take_each(struct store *s, const struct store_budget *v, size_t n, int64_t now,
			   bool *ret_within, struct err *e)
{
	struct keys k;

	if (keys_of(v, n, &k, e) < 0 || look(s, &k, now, e) < 0 || take(s, &k, now, e) < 0)
		return -1;
	for (size_t i = 0; i < k.n; i++)
		ret_within[i] = has_room(&k.v[i]);
	return 0;
}

void store_budget_say(struct store *s, const struct store_budget *v, size_t n, int64_t now)
{
	struct err ignored;
	struct keys k;

	if (n && keys_of(v, n, &k, &ignored) == 0)
		(void)look(s, &k, now, &ignored);
}

int store_budget_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_SWEEP, e);
	query_int(&q, before);
	return query_run(&q);
}
