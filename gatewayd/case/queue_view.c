#include "gatewayd/case/queue_view.h"

/* --- deadlines --- */

static struct store_deadline_tally *late_of(struct queue_view *v, struct span queue)
{
	for (size_t i = 0; i < v->late_count; i++)
		if (span_eq(v->late[i].queue, queue))
			return &v->late[i];
	return NULL;
}

static void add_late(struct queue_view *v, struct arena *a, const struct store_deadline_tally *t)
{
	struct store_deadline_tally *sum = late_of(v, t->queue);

	if (!sum) {
		ARENA_GROW(a, v->late, v->late_count);
		sum = &v->late[v->late_count++];
		*sum = (struct store_deadline_tally){ .queue = t->queue };
	}
	sum->passed += t->passed;
	sum->near += t->near;
	v->counted += (int)(t->passed + t->near);
}

static int count_late(struct queue_view *v, struct desk *d, struct err *e)
{
	struct store_deadline_tally *part;
	int before = v->counted;
	size_t n;

	if (store_deadline_tally(d->store, d->now, d->now + QUEUE_NEAR_S, before, d->arena, &part,
				 &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		add_late(v, d->arena, &part[i]);
	v->late_known = v->counted < before + STORE_TALLY_ROWS || v->counted >= QUEUE_TALLY_MAX;
	if (v->late_known)
		v->counted = 0;
	return 0;
}

/* --- cases --- */

static json_t *row_of(struct queue_view *v, const char *queue)
{
	static const struct store_deadline_tally none = { 0 };
	const struct store_deadline_tally *late = late_of(v, span_of(queue));
	const struct store_case_tally *t = &v->sum;

	late = late ? late : &none;
	return json_pack("{s:s, s:I, s:b, s:I, s:I, s:o, s:I, s:b, s:I}", "queue", queue, "open",
			 (json_int_t)t->open, "or_more", t->open >= QUEUE_TALLY_MAX, "unowned",
			 (json_int_t)t->unowned, "waiting", (json_int_t)t->waiting, "oldest_at",
			 json_of_instant(t->oldest_at), "passed", (json_int_t)late->passed,
			 "is_late", late->passed > 0, "near", (json_int_t)late->near);
}

static void add_cases(struct store_case_tally *sum, const struct store_case_tally *t, bool first)
{
	sum->open += t->open;
	sum->unowned += t->unowned;
	sum->waiting += t->waiting;
	if (first || (t->oldest_at != INSTANT_NONE && t->oldest_at < sum->oldest_at))
		sum->oldest_at = t->oldest_at;
}

static int count_cases(struct queue_view *v, struct desk *d, struct err *e)
{
	const char *queue = d->conf->queues[v->queue_at].name;
	struct store_case_tally part;

	if (store_case_tally(d->store, span_of(queue), v->counted, &part, e) < 0)
		return -1;
	add_cases(&v->sum, &part, v->counted == 0);
	v->counted += STORE_TALLY_ROWS;
	if (part.open == STORE_TALLY_ROWS && v->counted < QUEUE_TALLY_MAX)
		return 0;
	json_array_append_new(v->rows, row_of(v, queue));
	v->sum = (struct store_case_tally){ 0 };
	v->counted = 0;
	v->queue_at++;
	return 0;
}

/* --- pieces --- */

int queue_view_step(struct queue_view *v, struct desk *d, json_t **ret_rows, struct err *e)
{
	*ret_rows = NULL;
	if (!v->rows)
		v->rows = json_array();
	if (!v->late_known)
		return count_late(v, d, e);
	if (v->queue_at < d->conf->queue_count)
		return count_cases(v, d, e);
	*ret_rows = v->rows;
	v->rows = NULL;
	return 0;
}

void queue_view_release(struct queue_view *v)
{
	json_decref(v->rows);
	v->rows = NULL;
}

json_t *queue_view(struct desk *d, struct err *e)
{
	struct queue_view v = { 0 };
	json_t *rows = NULL;

	while (!rows)
		if (queue_view_step(&v, d, &rows, e) < 0) {
			queue_view_release(&v);
			return NULL;
		}
	return rows;
}
