#include "gatewayd/case/case_index.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum { TEXT_MAX = 128 * KIB, TURN_BYTES_MAX = 256 * KIB };

int case_index_text(struct desk *d, const struct store_case_heading *h, struct span *ret_text,
		    struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, TEXT_MAX);
	buf_addf(&text, SPAN_FMT "\n" SPAN_FMT " " SPAN_FMT "\n", SPAN_ARG(h->subject),
		 SPAN_ARG(h->requester_name), SPAN_ARG(h->requester_address));
	if (store_note_words(d->store, h->number, CASE_INDEX_NOTE_MAX, &text, e) < 0)
		return -1;
	*ret_text = arena_dup(d->arena, utf8_prefix(buf_span(&text), TEXT_MAX));
	return 0;
}

static int read_words(struct desk *d, const struct store_case_heading *h,
		      struct store_case_words *ret_words, struct err *e)
{
	struct span text;

	if (case_index_text(d, h, &text, e) < 0)
		return -1;
	*ret_words = (struct store_case_words){ h->number, h->subject, text };
	return 0;
}

int case_index_now(struct desk *d, int64_t number, struct err *e)
{
	struct store_case_heading *heading;
	struct store_case_words words;

	if (store_case_headings(d->store, &number, 1, d->arena, &heading, e) < 0 ||
	    read_words(d, heading, &words, e) < 0)
		return -1;
	return store_case_index(d->store, number, words.title, words.text, e);
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

/* n of them, or the first; *ret_done: how many. */
static int index_some(struct desk *d, const int64_t *stale, size_t n, size_t *ret_done,
		      struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	struct store_case_words words[CASE_INDEX_A_TURN];
	struct store_case_heading *headings;
	size_t k = 0, bytes = 0, done;

	if (store_begin(txn, e) < 0)
		return -1;
	say_all(d, stale, n);
	if (store_case_headings(txn, stale, n, d->arena, &headings, e) < 0)
		return -1;
	for (; k < n && bytes < TURN_BYTES_MAX; k++) {
		if (read_words(d, &headings[k], &words[k], e) < 0)
			return -1;
		bytes += words[k].text.n;
	}
	if (store_case_index_some(txn, words, k, &done, e) < 0 || store_commit(txn, e) < 0)
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
