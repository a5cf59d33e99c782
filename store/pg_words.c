#include "store/pg_words.h"

#include <stdlib.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/utf8.h"

/* Of a tsvector. */
enum {
	TYPE_TSVECTOR = 3614,
	WORD_MAX = 2046,	/* bytes */
	PLACES_MAX = 256,	/* of a word */
	PLACE_LAST = 16383,	/* what stands behind it stands there */
	OF_TITLE = 3 << 14,	/* the weight A, beside a place */
	ALL_MAX = (1 << 20) - 1 /* bytes of words and places */
};

struct place {
	const struct place *next;
	uint16_t at;
};

struct word {
	struct span text;
	uint64_t start; /* its first bytes, which mostly tell two words apart */
	const struct place *places;
};

struct words {
	struct arena arena;
	struct word *v;
	size_t n;
	uint32_t *slots; /* a number in v and one; 0: empty */
	size_t mask;
};

static uint64_t start_of(struct span text)
{
	char bytes[sizeof(uint64_t)] = "";
	uint64_t start;

	memcpy(bytes, text.p, text.n < sizeof(bytes) ? text.n : sizeof(bytes));
	memcpy(&start, bytes, sizeof(start));
	return be64toh(start);
}

static uint64_t hash_of(struct span text, uint64_t start)
{
	uint64_t hash = start + text.n;

	for (size_t i = sizeof(start); i < text.n; i++)
		hash = hash * 31 + (unsigned char)text.p[i];
	return hash * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

/* The word, which there is room for. */
static struct word *put(struct words *w, struct span text)
{
	uint64_t start;
	size_t at;

	text = utf8_prefix(text, WORD_MAX);
	start = start_of(text);
	for (at = hash_of(text, start) & w->mask; w->slots[at]; at = (at + 1) & w->mask)
		if (span_eq(w->v[w->slots[at] - 1].text, text))
			return &w->v[w->slots[at] - 1];
	w->v[w->n] = (struct word){ .text = text, .start = start };
	w->slots[at] = (uint32_t)++w->n;
	return &w->v[w->n - 1];
}

static void put_place(struct words *w, struct span text, size_t at)
{
	uint16_t place = (uint16_t)(at < PLACE_LAST ? at : PLACE_LAST);
	struct word *word = put(w, text);
	struct place *p;

	if (word->places && word->places->at == place)
		return;
	p = arena_alloc(&w->arena, sizeof(*p));
	*p = (struct place){ word->places, place };
	word->places = p;
}

static size_t count_blanks(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* The first words, up to the next blank; the blank goes with them. */
static struct span next_word(struct span *s)
{
	const char *blank = memchr(s->p, ' ', s->n);
	size_t n = blank ? (size_t)(blank - s->p) : s->n;
	struct span word = span_sub(*s, 0, n);

	*s = span_sub(*s, n + 1, SIZE_MAX);
	return word;
}

/* From the last place to the first: the first of a word is before the others then. */
static void put_title(struct words *w, struct span title, size_t n)
{
	struct span *v = arena_alloc_n(&w->arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = next_word(&title);
	for (size_t i = n; i > 0; i--)
		if (v[i - 1].n)
			put_place(w, v[i - 1], i);
}

static void put_text(struct words *w, struct span text)
{
	while (text.n) {
		struct span word = next_word(&text);

		if (word.n)
			put(w, word);
	}
}

static void put_all(struct words *w, struct span title, struct span text)
{
	size_t in_title = count_blanks(title) + 1;
	size_t n = in_title + count_blanks(text) + 1, slots = 2;

	while (slots < 2 * n)
		slots *= 2;
	arena_init(&w->arena);
	w->v = arena_alloc_n(&w->arena, n, sizeof(*w->v));
	w->slots = arena_alloc_n(&w->arena, slots, sizeof(*w->slots));
	w->mask = slots - 1;
	put_title(w, title, in_title);
	put_text(w, text);
}

/* By their bytes; a word goes before what begins with it. */
static int by_text(const void *a, const void *b)
{
	const struct word *one = a, *other = b;
	size_t both = one->text.n < other->text.n ? one->text.n : other->text.n;
	int order;

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	order = memcmp(one->text.p, other->text.p, both);
	return order ? order : (one->text.n > other->text.n) - (one->text.n < other->text.n);
}

static void add_number(struct buf *out, uint64_t number, int bytes)
{
	while (bytes-- > 0)
		buf_addc(out, (char)(number >> 8 * bytes));
}

static size_t count_places(const struct word *word)
{
	size_t n = 0;

	for (const struct place *p = word->places; p && n < PLACES_MAX; p = p->next)
		n++;
	return n;
}

static void write_word(const struct word *word, size_t places, struct buf *out)
{
	const struct place *p = word->places;

	buf_add(out, word->text);
	buf_addc(out, '\0');
	add_number(out, places, sizeof(uint16_t));
	for (size_t i = 0; i < places; i++, p = p->next)
		add_number(out, (uint64_t)OF_TITLE | p->at, sizeof(uint16_t));
}

/* How many there are goes before them. */
static void write_all(struct words *w, struct buf *out)
{
	size_t bytes = 0, n = 0, places;
	uint32_t count;

	add_number(out, 0, sizeof(count));
	qsort(w->v, w->n, sizeof(*w->v), by_text);
	for (; n < w->n; n++) {
		places = count_places(&w->v[n]);
		bytes += w->v[n].text.n + (places ? 4 + 2 * places : 0);
		if (bytes > ALL_MAX)
			break;
		write_word(&w->v[n], places, out);
	}
	count = htobe32((uint32_t)n);
	memcpy(out->p, &count, sizeof(count));
}

void pg_words_look(struct engine_stmt *st)
{
	st->is_of_words = strstr(sql_postgresql.statements[st->id].text, " AS TSVECTOR)");
}

static struct span parameter(const struct engine_stmt *st, int at)
{
	return (struct span){ st->values[at], (size_t)st->lengths[at] };
}

void pg_words_make(struct engine_stmt *st)
{
	struct buf *out = &st->engine->words;
	struct words w = { 0 };
	int at = st->n - 1;

	if (!st->is_of_words)
		return;
	buf_clear(out);
	put_all(&w, parameter(st, at - 2), parameter(st, at - 1));
	write_all(&w, out);
	arena_release(&w.arena);
	st->types[at] = TYPE_TSVECTOR;
	st->values[at] = out->p;
	st->lengths[at] = (int)out->n;
}
