/* Budgets of automatic mail (store/store_outbox.h). */
#include "store/query.h"
#include "store/store_outbox.h"

_Static_assert((int)STORE_BUDGET_KEYS == (int)SPENT_TOGETHER, "one question");

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

/* Of the first of them, as many as there is room for; how many budgets these are. */
static size_t keys_of(const struct store_budget *v, size_t n, struct keys *ret_keys)
{
	struct keys k = { .n = 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		struct of_key *last = k.n ? &k.v[k.n - 1] : NULL;

		if (last && last->v[0] == last->v[1] && is_longer(last->v[0], &v[i]))
			last->v[1] = &v[i];
		else if (k.n < STORE_BUDGET_KEYS)
			k.v[k.n++] = (struct of_key){ .v = { &v[i], &v[i] } };
		else
			break;
	}
	*ret_keys = k;
	return i;
}

static int all_keys_of(const struct store_budget *v, size_t n, struct keys *ret_keys, struct err *e)
{
	if (keys_of(v, n, ret_keys) == n)
		return 0;
	return err_set(e, ERR_BUG, "store: budgets of more than %d keys", STORE_BUDGET_KEYS);
}

/* As many of them as a statement asks of. */
static int ask_some(struct store *s, struct spent_key *v, size_t n, struct err *e)
{
	size_t keys = s->ops->budgets, at;
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_USED, e);
	query_int(&q, v->at);
	for (size_t i = 0; i < keys; i++) {
		query_text(&q, i < n ? v[i].key : SPAN(""));
		query_int(&q, i < n ? v[i].window_s[0] : 0);
		query_int(&q, i < n ? v[i].window_s[1] : 0);
	}
	for (size_t i = 0; i < keys; i++) {
		struct spent_key ignored, *of;

		if (query_step(&q) <= 0)
			return -1;
		at = (size_t)query_get_int(&q);
		of = at < n ? &v[at] : &ignored;
		of->used[0] = query_get_int(&q);
		of->used[1] = query_get_int(&q);
		of->is_known = true;
	}
	return query_end_row(&q);
}

/* Keys that stand beside each other in what is known. */
static int ask(struct store *s, struct spent_key *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i += s->ops->budgets)
		if (ask_some(s, &v[i], n - i, e) < 0)
			return -1;
	return 0;
}

static struct spent_key asked_of(const struct of_key *k, int64_t now)
{
	return (struct spent_key){ .key = k->v[0]->key,
				   .at = now,
				   .window_s = { k->v[0]->window_s, k->v[1]->window_s } };
}

/* What is known of it; nothing was taken yet of what names a case that is new. */
static struct spent_key *known_of(struct store *s, struct spent *spent, const struct of_key *k,
				  int64_t now)
{
	struct spent_key like = asked_of(k, now), *found = spent_find(spent, like.key);

	if (found)
		return spent_is_like(found, &like) ? found : NULL;
	if (!k->v[0]->of_case || !recall_is_unspent(&s->recall, k->v[0]->of_case))
		return NULL;
	found = spent_add(spent, &like);
	found->is_known = true;
	return found;
}

/* Those that nothing is known of become one question. */
static int ask_rest(struct store *s, struct spent *spent, const struct keys *k, int64_t now,
		    struct spent_key *of[STORE_BUDGET_KEYS], struct err *e)
{
	size_t first = spent->n, n;

	for (size_t i = 0; i < k->n; i++) {
		struct spent_key like = asked_of(&k->v[i], now);

		of[i] = of[i] ? of[i] : spent_add(spent, &like);
	}
	n = spent->n - first;
	for (size_t i = first; i < spent->n; i++) {
		spent->v[i].first = first;
		spent->v[i].n = n;
	}
	return n ? ask(s, &spent->v[first], n, e) : 0;
}

/* Of those that are known nothing is asked, nor said a second time what was said. */
static int look(struct store *s, struct keys *k, int64_t now, struct err *e)
{
	struct spent *spent = recall_spent(&s->recall, store_recalls(s));
	struct spent_key *of[STORE_BUDGET_KEYS];

	for (size_t i = 0; i < k->n; i++)
		of[i] = known_of(s, spent, &k->v[i], now);
	if (ask_rest(s, spent, k, now, of, e) < 0)
		return -1;
	for (size_t i = 0; i < k->n; i++) {
		if (!of[i]->is_known &&
		    (s->is_ahead || ask(s, &spent->v[of[i]->first], of[i]->n, e) < 0))
			return -1;
		memcpy(k->v[i].used, of[i]->used, sizeof(of[i]->used));
	}
	return 0;
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

/* Of those from `first` on, as many as a statement takes, that have room. */
static int take_some(struct store *s, const struct keys *k, size_t first, int64_t now,
		     struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	bool any = false;

	for (size_t i = first; i < first + s->ops->budgets; i++)
		any = any || key_with_room(k, i).n;
	if (!any)
		return 0;
	query_open(&q, s, SQL_BUDGET_TAKE, e);
	query_int(&q, now);
	for (size_t i = first; i < first + s->ops->budgets; i++)
		query_text(&q, key_with_room(k, i));
	return query_run(&q);
}

/* Of all that have room. */
static int take(struct store *s, const struct keys *k, int64_t now, struct err *e)
{
	for (size_t i = 0; i < k->n; i += s->ops->budgets)
		if (take_some(s, k, i, now, e) < 0)
			return -1;
	for (size_t i = 0; i < k->n; i++)
		spent_take(&s->recall.spent, key_with_room(k, i));
	return 0;
}

int store_budget_take(struct store *s, const struct store_budget *v, size_t n, int64_t now,
		      bool *ret_within, struct err *e)
{
	bool within = true;
	struct keys k;

	if (all_keys_of(v, n, &k, e) < 0 || (n && look(s, &k, now, e) < 0))
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

	if (all_keys_of(v, n, &k, e) < 0 || look(s, &k, now, e) < 0 || take(s, &k, now, e) < 0)
		return -1;
	for (size_t i = 0; i < k.n; i++)
		ret_within[i] = has_room(&k.v[i]);
	return 0;
}

void store_budget_say(struct store *s, const struct store_budget *v, size_t n, int64_t now)
{
	struct err ignored;
	struct keys k;

	for (size_t said; n; v += said, n -= said) {
		said = keys_of(v, n, &k);
		(void)look(s, &k, now, &ignored);
	}
}

int store_budget_sweep(struct store *s, int64_t before, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_BUDGET_SWEEP, e);
	query_int(&q, before);
	return query_run(&q);
}
