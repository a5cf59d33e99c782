#include "gatewayd/case/case_index.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum {
	TEXT_MAX = 128 * KIB,
	TURN_BYTES_MAX = MIB,	   /* of texts */
	TURN_WORDS_MAX = 48 * KIB, /* of the words that are kept; some 5 ms */
};

int case_index_text(struct desk *d, const struct store_case_heading *h, struct buf *ret_text,
		    struct err *e)
{
	buf_clear(ret_text);
	ret_text->max = TEXT_MAX;
	buf_addf(ret_text, SPAN_FMT "\n" SPAN_FMT " " SPAN_FMT "\n", SPAN_ARG(h->subject),
		 SPAN_ARG(h->requester_name), SPAN_ARG(h->requester_address));
	if (store_note_words(d->store, h->number, CASE_INDEX_NOTE_MAX, ret_text, e) < 0)
		return -1;
	ret_text->n = utf8_prefix(buf_span(ret_text), TEXT_MAX).n;
	return 0;
}

int case_index_now(struct desk *d, int64_t number, struct err *e)
{
	struct store_case_heading *heading;
	struct buf text BUF_AUTO = { 0 };

	if (store_case_headings(d->store, &number, 1, d->arena, &heading, e) < 0 ||
	    case_index_text(d, heading, &text, e) < 0)
		return -1;
	return store_case_index(d->store, number, heading->subject, buf_span(&text), e);
}

static void say_all(struct desk *d, const int64_t *stale, size_t n)
{
	struct buf text BUF_AUTO;
	struct store_case_heading *ignored;
	struct err e;

	buf_init(&text, TEXT_MAX);
	if (!store_ahead_begin(d->store))
		return;
	(void)store_case_headings(d->store, stale, n, d->arena, &ignored, &e);
	for (size_t i = 0; i < n; i++)
		(void)store_note_words(d->store, stale[i], CASE_INDEX_NOTE_MAX, &text, &e);
	store_ahead_said(d->store);
}

/* What is kept of n cases, or of the first of them: as many as a turn has room for. */
static int keep_words(struct desk *d, const struct store_case_heading *v, size_t n,
		      struct store_case_words *ret_kept, size_t *ret_n, struct err *e)
{
	struct buf text BUF_AUTO = { 0 };
	size_t k = 0, bytes = 0, words = 0;

	for (; k < n && bytes < TURN_BYTES_MAX && words < TURN_WORDS_MAX; k++) {
		if (case_index_text(d, &v[k], &text, e) < 0)
			return -1;
		ret_kept[k] =
		    store_case_words(d->arena, v[k].number, v[k].subject, buf_span(&text));
		bytes += text.n;
		words += ret_kept[k].title.n + ret_kept[k].text.n;
	}
	*ret_n = k;
	return 0;
}

/* n of them, or the first; *ret_done: how many. */
static int index_some(struct desk *d, const int64_t *stale, size_t n, size_t *ret_done,
		      struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct store_case_words kept[CASE_INDEX_A_TURN];
	struct store_case_heading *headings;
	size_t done;

	if (store_begin(txn, e) < 0)
		return -1;
	say_all(d, stale, n);
	if (store_case_headings(txn, stale, n, d->arena, &headings, e) < 0 ||
	    keep_words(d, headings, n, kept, &done, e) < 0 ||
	    store_case_index_all(txn, kept, done, e) < 0 || store_commit(txn, e) < 0)
		return -1;
	*ret_done = done;
	return 0;
}

int case_index_turn(struct desk *d, int64_t *ret_next, struct err *e)
{
	size_t n, done = 0;
	int64_t *stale;

	if (store_case_stale(d->store, CASE_INDEX_A_TURN + 1, d->arena, &stale, &n, e) < 0 ||
	    (n &&
	     index_some(d, stale, n < CASE_INDEX_A_TURN ? n : CASE_INDEX_A_TURN, &done, e) < 0))
		return -1;
	*ret_next = done < n ? d->now : n ? d->now + CASE_INDEX_EVERY_S : INSTANT_NONE;
	return 0;
}
