#include "gatewayd/case/case_index.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum { TEXT_MAX = 128 * KIB, TURN_BYTES_MAX = 256 * KIB };

int case_index_text(struct desk *d, const struct store_case *c, struct span *ret_text,
		    struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, TEXT_MAX);
	buf_addf(&text, SPAN_FMT "\n" SPAN_FMT " " SPAN_FMT "\n", SPAN_ARG(c->subject),
		 SPAN_ARG(c->requester_name), SPAN_ARG(c->requester_address));
	if (store_note_words(d->store, c->number, CASE_INDEX_NOTE_MAX, &text, e) < 0)
		return -1;
	*ret_text = arena_dup(d->arena, utf8_prefix(buf_span(&text), TEXT_MAX));
	return 0;
}

int case_index_now(struct desk *d, int64_t number, size_t *bytes, struct err *e)
{
	struct store_case c;
	struct span text;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    case_index_text(d, &c, &text, e) < 0)
		return -1;
	*bytes += text.n;
	return store_case_index(d->store, number, c.subject, text, e);
}

int case_index_turn(struct desk *d, int64_t *ret_next, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	size_t n, i = 0, bytes = 0;
	int64_t *stale;

	if (store_case_stale(txn, CASE_INDEX_A_TURN + 1, d->arena, &stale, &n, e) < 0)
		return -1;
	if (n && store_begin(txn, e) < 0)
		return -1;
	for (; i < n && i < CASE_INDEX_A_TURN && bytes < TURN_BYTES_MAX; i++)
		if (case_index_now(d, stale[i], &bytes, e) < 0)
			return -1;
	if (n && store_commit(txn, e) < 0)
		return -1;
	*ret_next = i < n ? d->now : n ? d->now + CASE_INDEX_EVERY_S : INSTANT_NONE;
	return 0;
}
