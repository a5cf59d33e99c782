#include "gatewayd/case/case_wait.h"

#include "gatewayd/case/word.h"

/* 0: it does not come. */
static int64_t first_due(const struct conf_queue *q, int64_t since)
{
	int64_t remind = q->remind_after_s, close = q->close_after_s;

	if (!remind && !close)
		return INSTANT_NONE;
	return since + (!close || (remind && remind < close) ? remind : close);
}

int case_wait_for(struct desk *d, const struct store_case *c, enum party party, struct err *e)
{
	struct store_waiting w = {
		.case_number = c->number, .party = party, .since_at = d->now, .due_at = INSTANT_NONE
	};

	if (party == PARTY_CUSTOMER)
		w.due_at = first_due(desk_queue(d, c->queue), d->now);
	return store_waiting_put(d->store, &w, e);
}

int case_wait_follow(struct desk *d, const struct store_case *c, struct err *e)
{
	if (c->state == CASE_WAITING)
		return case_wait_for(d, c, PARTY_CUSTOMER, e);
	return store_waiting_end(d->store, c->number, e);
}

enum party case_wait_party(struct span *said)
{
	static const struct span others[] = { SPAN_LITERAL("for others"), SPAN_LITERAL("others") };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct span rest = span_sub(*said, others[i].n, SIZE_MAX);

		if (!span_starts_ci(*said, others[i]) || (rest.n && !strchr(" :,", rest.p[0])))
			continue;
		*said = span_trim(rest.n ? span_sub(rest, 1, SIZE_MAX) : rest);
		return PARTY_OTHERS;
	}
	return PARTY_CUSTOMER;
}

int64_t case_wait_end(const struct desk *d, const struct store_case *c,
		      const struct store_waiting *w)
{
	int64_t close = desk_queue(d, c->queue)->close_after_s;

	return close && w->party == PARTY_CUSTOMER ? w->since_at + close : INSTANT_NONE;
}

struct span case_wait_word(struct desk *d, const struct words *w, const struct store_case *c,
			   bool customer)
{
	struct store_waiting waits = { 0 };
	struct err e;

	/* The store's trouble shows at the commit. */
	if (c->state != CASE_WAITING || !d->store ||
	    store_waiting_get(d->store, c->number, &waits, &e) < 0 || !waits.case_number)
		return word_state(w, c->state);
	if (waits.party == PARTY_OTHERS)
		return words_get(w, WORD_WAITS_OTHERS);
	return words_get(w, customer ? WORD_WAITS_YOU : WORD_WAITS_CUSTOMER);
}
