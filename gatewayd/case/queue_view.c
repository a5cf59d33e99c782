#include "gatewayd/case/queue_view.h"

struct view {
	struct desk *d;
	const struct store_deadline_tally *late;
	size_t late_count;
};

static const struct store_deadline_tally *late_of(const struct view *v, const char *queue)
{
	static const struct store_deadline_tally none = { 0 };

	for (size_t i = 0; i < v->late_count; i++)
		if (span_is(v->late[i].queue, queue))
			return &v->late[i];
	return &none;
}

static json_t *queue_row(void *view, const void *queue, struct err *e)
{
	const struct conf_queue *q = queue;
	const struct view *v = view;
	const struct store_deadline_tally *late = late_of(v, q->name);
	struct store_case_tally t;

	if (store_case_tally(v->d->store, span_of(q->name), &t, e) < 0)
		return NULL;
	return json_pack("{s:s, s:I, s:b, s:I, s:I, s:o, s:I, s:b, s:I}", "queue", q->name, "open",
			 (json_int_t)t.open, "or_more", t.open >= STORE_TALLY_MAX, "unowned",
			 (json_int_t)t.unowned, "waiting", (json_int_t)t.waiting, "oldest_at",
			 json_of_instant(t.oldest_at), "passed", (json_int_t)late->passed,
			 "is_late", late->passed > 0, "near", (json_int_t)late->near);
}

json_t *queue_view(struct desk *d, struct err *e)
{
	struct store_deadline_tally *late;
	size_t n;

	if (store_deadline_tally(d->store, d->now, d->now + QUEUE_NEAR_S, STORE_TALLY_MAX, d->arena,
				 &late, &n, e) < 0)
		return NULL;
	return json_rows(d->conf->queues, d->conf->queue_count, sizeof(*d->conf->queues), queue_row,
			 &(struct view){ d, late, n }, e);
}
