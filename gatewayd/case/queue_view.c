#include "gatewayd/case/queue_view.h"

static const struct store_deadline_tally *late_of(const struct store_deadline_tally *v, size_t n,
						  const char *queue)
{
	static const struct store_deadline_tally none = { 0 };

	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].queue, queue))
			return &v[i];
	return &none;
}

static json_t *queue_row(struct desk *d, const struct conf_queue *q,
			 const struct store_deadline_tally *late, struct err *e)
{
	struct store_case_tally t;

	if (store_case_tally(d->store, span_of(q->name), &t, e) < 0)
		return NULL;
	return json_pack("{s:s, s:I, s:b, s:I, s:I, s:o, s:I, s:b, s:I}", "queue", q->name, "open",
			 (json_int_t)t.open, "or_more", t.open >= STORE_TALLY_MAX, "unowned",
			 (json_int_t)t.unowned, "waiting", (json_int_t)t.waiting, "oldest_at",
			 json_of_instant(t.oldest_at), "passed", (json_int_t)late->passed,
			 "is_late", late->passed > 0, "near", (json_int_t)late->near);
}

json_t *queue_view(struct desk *d, struct err *e)
{
	struct store_deadline_tally *v;
	json_t *all;
	size_t n;

	if (store_deadline_tally(d->store, d->now, d->now + QUEUE_NEAR_S, STORE_TALLY_MAX, d->arena,
				 &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < d->conf->queue_count; i++) {
		const struct conf_queue *q = &d->conf->queues[i];
		json_t *row = queue_row(d, q, late_of(v, n, q->name), e);

		if (!row) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(all, row);
	}
	return all;
}
