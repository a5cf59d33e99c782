#include "gatewayd/case/delivered.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_clock.h"

enum { WHY_MAX = 200 };

static bool is_answer(const struct store_outbox *row)
{
	return row->note_id && row->case_number && !row->automatic;
}

/* The last word of the log on the answer of that note; NULL: it has none. */
static const struct case_event *last_word(const struct case_event *log, size_t n, int64_t note)
{
	for (size_t i = n; i > 0; i--)
		if (log[i - 1].note == note &&
		    (log[i - 1].type == CASE_RESPONSE || log[i - 1].type == CASE_VOID))
			return &log[i - 1];
	return NULL;
}

/* Another row of the answer is on its way, or arrived as far as we know. */
static int others_got_it(struct desk *d, const struct store_outbox *row, bool *ret_got,
			 struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = row->case_number };
	struct store_outbox *v;
	size_t n;

	*ret_got = false;
	if (store_outbox_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].id != row->id && v[i].note_id == row->note_id && !v[i].automatic &&
		    (v[i].state == OUTBOX_QUEUED || v[i].state == OUTBOX_SENDING ||
		     v[i].state == OUTBOX_SENT || v[i].state == OUTBOX_UNKNOWN))
			*ret_got = true;
	return 0;
}

static int find_word(struct desk *d, const struct store_outbox *row,
		     const struct case_event **ret_word, struct err *e)
{
	struct case_event *log;
	size_t n;

	if (case_log_read(d, row->case_number, &log, &n, e) < 0)
		return -1;
	*ret_word = last_word(log, n, row->note_id);
	return 0;
}

static int add(struct desk *d, const struct store_outbox *row, const struct case_event *ev,
	       struct err *e)
{
	if (case_log_add(d, row->case_number, ev, e) < 0)
		return -1;
	return case_clock_update(d, row->case_number, e);
}

int case_not_delivered(struct desk *d, const struct store_outbox *row, struct span why,
		       struct err *e)
{
	struct case_event ev = { .type = CASE_VOID,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_GATEWAYD),
				 .note = row->note_id,
				 .row = row->id,
				 .reason = utf8_prefix(why, WHY_MAX) };
	const struct case_event *word;
	bool got;

	if (!is_answer(row))
		return 0;
	if (others_got_it(d, row, &got, e) < 0 || find_word(d, row, &word, e) < 0)
		return -1;
	return got || !word || word->type == CASE_VOID ? 0 : add(d, row, &ev, e);
}

int case_counts_delivery(struct desk *d, const struct store_outbox *row, bool *ret_counts,
			 struct err *e)
{
	const struct case_event *word;

	*ret_counts = false;
	if (!is_answer(row))
		return 0;
	if (find_word(d, row, &word, e) < 0)
		return -1;
	*ret_counts = word && word->type == CASE_VOID;
	return 0;
}

int case_delivered(struct desk *d, const struct store_outbox *row, struct err *e)
{
	struct case_event ev = { .type = CASE_RESPONSE,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_GATEWAYD),
				 .note = row->note_id,
				 .row = row->id };
	bool counts;

	if (case_counts_delivery(d, row, &counts, e) < 0)
		return -1;
	return counts ? add(d, row, &ev, e) : 0;
}
