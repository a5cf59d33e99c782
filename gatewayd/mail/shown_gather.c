#include "gatewayd/mail/shown_gather.h"

#include "gatewayd/base/units.h"
#include "gatewayd/mail/shown_index.h"
#include "gatewayd/post/shown.h"

enum {
	SHOWN_MAX = 50,		  /* mails of the case */
	OTHERS_MAX = 10,	  /* cases that are named */
	OTHERS_SHOWN_MAX = 10,	  /* mails of each */
	NOTES_MAX = 1000,	  /* of all cases, the newest */
	ELSEWHERE_WORDS_MIN = 8,  /* fewer are anybody's in the middle of a line */
	LINES_BYTES_MAX = 4 * MIB /* of notes */
};

struct gathering {
	struct desk *d;
	const struct shown_about *about;
	struct span *v;
	size_t n;
	bool any; /* mails that were shown, damaged ones, too */
};

static void add(struct gathering *g, struct span lines)
{
	if (!lines.n)
		return;
	ARENA_GROW(g->d->arena, g->v, g->n);
	g->v[g->n++] = lines;
}

/* Lines of a note that are long enough, down to its signature, which stands below answers, too. */
static void add_words(struct span text, char letter, size_t words, struct buf *out)
{
	struct span line;
	uint64_t hash;

	while (span_line(&text, &line) && !span_is(span_trim(line), "--"))
		if (fold_line(line, FOLD_UNICODE, &hash) >= words)
			buf_addf(out, "%c" SPAN_FMT "\n", letter, SPAN_ARG(line));
}

static void add_words_elsewhere(struct span text, struct buf *out)
{
	add_words(text, SHOWN_ELSEWHERE, ELSEWHERE_WORDS_MIN, out);
	add_words(text, SHOWN_WHOLE, SHOWN_PIECE, out);
}

/* Words of internal notes are internal wherever they stand; an answer that was held is none. */
static int add_note(struct gathering *g, const struct store_note *note, struct buf *out,
		    struct err *e)
{
	struct store_held held;

	if (note->kind != NOTE_INTERNAL || note->trust == NOTE_TRUST_UNVERIFIED ||
	    note->trust == NOTE_TRUST_OUTSIDE)
		return 0;
	if (store_held_by_note(g->d->store, note->id, g->d->arena, &held, e) < 0)
		return -1;
	if (held.id)
		return 0;
	add_words(note->reply, SHOWN_INTERNAL, SHOWN_PIECE, out);
	add_words(note->reply, SHOWN_NOTE, SHOWN_PIECE, out);
	return 0;
}

/* What the customer wrote, with what they quoted, and what went to them. */
static void add_known(const struct store_note *note, struct buf *out)
{
	if (note->kind == NOTE_INBOUND && note->trust <= NOTE_TRUST_L3)
		add_words(note->text, SHOWN_KNOWN, 1, out);
	else if (note->kind == NOTE_OUTBOUND)
		add_words(note->reply, SHOWN_KNOWN, 1, out);
}

static int add_notes(struct gathering *g, struct err *e)
{
	struct buf out BUF_AUTO, known BUF_AUTO;
	struct store_note *v;
	size_t n;

	buf_init(&out, LINES_BYTES_MAX);
	buf_init(&known, LINES_BYTES_MAX);
	if (store_note_list(g->d->store, g->about->number, g->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (add_note(g, &v[i], &out, e) < 0)
			return -1;
		add_known(&v[i], &known);
	}
	add(g, arena_dup(g->d->arena, buf_span(&out)));
	add(g, arena_dup(g->d->arena, buf_span(&known)));
	return 0;
}

static int add_shown(struct gathering *g, int64_t number, struct err *e)
{
	struct span *v;
	size_t n;

	if (store_shown_list(g->d->store, number, g->d->now, SHOWN_MAX, g->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		add(g, v[i]);
	g->any = g->any || n;
	return 0;
}

/* --- of other cases --- */

static int add_notes_elsewhere(struct gathering *g, struct err *e)
{
	struct buf out BUF_AUTO;
	struct span *v;
	size_t n;

	buf_init(&out, LINES_BYTES_MAX);
	if (store_note_internal(g->d->store, g->about->number, NOTES_MAX, g->d->arena, &v, &n, e) <
	    0)
		return -1;
	for (size_t i = 0; i < n && !out.full; i++)
		add_words_elsewhere(v[i], &out);
	add(g, arena_dup(g->d->arena, buf_span(&out)));
	return 0;
}

/* Of what was shown only what is internal. */
static int add_elsewhere(struct gathering *g, int64_t number, struct err *e)
{
	struct buf out BUF_AUTO;
	struct span *v, line;
	size_t n;

	buf_init(&out, LINES_BYTES_MAX);
	if (store_shown_list(g->d->store, number, g->d->now, OTHERS_SHOWN_MAX, g->d->arena, &v, &n,
			     e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		while (span_line(&v[i], &line))
			if (line.n && *line.p == SHOWN_INTERNAL)
				buf_addf(&out, "%c" SPAN_FMT "\n", SHOWN_ELSEWHERE,
					 SPAN_ARG(span_sub(line, 1, SIZE_MAX)));
	add(g, arena_dup(g->d->arena, buf_span(&out)));
	return 0;
}

/* The next "#12" of *rest; 0: there is none. */
static int64_t next_named(struct span *rest)
{
	size_t at;

	while ((at = span_find(*rest, SPAN("#"))) != SIZE_MAX) {
		uint64_t number;
		size_t n = 0;

		*rest = span_sub(*rest, at + 1, SIZE_MAX);
		while (n < rest->n && ascii_is_digit((unsigned char)rest->p[n]))
			n++;
		if (span_u64(span_sub(*rest, 0, n), &number) && number && number <= INT64_MAX)
			return (int64_t)number;
	}
	*rest = SPAN("");
	return 0;
}

static int add_named(struct gathering *g, struct err *e)
{
	int64_t seen[OTHERS_MAX], next = g->about->mentioned;
	struct span rest = g->about->text;
	size_t n = 0;

	for (; n < OTHERS_MAX; next = next_named(&rest)) {
		bool known = !next || next == g->about->number || next == g->about->token;

		for (size_t i = 0; i < n; i++)
			known = known || seen[i] == next;
		if (!known && add_elsewhere(g, next, e) < 0)
			return -1;
		if (!known)
			seen[n++] = next;
		if (!next && !rest.n)
			break;
	}
	return 0;
}

int shown_gather(struct desk *d, const struct shown_about *about, struct staff_answer_in *ret_in,
		 struct err *e)
{
	struct gathering g = { .d = d, .about = about };

	if (add_shown(&g, about->number, e) < 0 ||
	    (about->token && about->token != about->number && add_shown(&g, about->token, e) < 0))
		return -1;
	/* Without what the case has shown there is nothing to tell history by. */
	if (g.any &&
	    (add_notes(&g, e) < 0 || add_named(&g, e) < 0 || add_notes_elsewhere(&g, e) < 0))
		return -1;
	ret_in->shown = g.v;
	ret_in->shown_count = g.n;
	return 0;
}
