#include "gatewayd/mail/shown_index.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/post/shown.h"

enum {
	SET_MIN = 64,
	INSIDE_MIN = 5, /* words */
	INSIDE_MAX = INSIDE_MIN + SHOWN_LENGTHS_MAX - 1,
};

struct shown_set {
	struct arena *arena;
	uint64_t *v; /* 0: free */
	size_t n, room;
};

struct shown_set *shown_set_new(struct arena *a)
{
	struct shown_set *s = arena_alloc(a, sizeof(*s));

	*s = (struct shown_set){ a, arena_alloc_n(a, SET_MIN, sizeof(uint64_t)), 0, SET_MIN };
	return s;
}

static uint64_t *slot(const struct shown_set *s, uint64_t hash)
{
	size_t i = (size_t)hash & (s->room - 1);

	while (s->v[i] && s->v[i] != hash)
		i = (i + 1) & (s->room - 1);
	return &s->v[i];
}

void shown_add(struct shown_set *s, uint64_t hash)
{
	uint64_t *at = slot(s, hash | 1);

	if (*at)
		return;
	*at = hash | 1;
	if (++s->n * 2 < s->room)
		return;
	struct shown_set bigger = { s->arena, arena_alloc_n(s->arena, s->room * 2, sizeof(*s->v)),
				    s->n, s->room * 2 };

	for (size_t i = 0; i < s->room; i++)
		if (s->v[i])
			*slot(&bigger, s->v[i]) = s->v[i];
	*s = bigger;
}

bool shown_has(const struct shown_set *set, uint64_t hash)
{
	return *slot(set, hash | 1) != 0;
}

/* --- a line --- */

/* The words of a line, folded once, in one way of reading it. */
struct reading {
	struct shown_index *x;
	enum fold how;
	uint64_t *words, line; /* and of all of them */
	size_t n, room;
};

static bool read_line(struct reading *r, struct span line)
{
	uint64_t word;

	r->n = 0;
	r->line = 0;
	while (fold_word(&line, r->how, &word)) {
		MEM_GROW(r->words, r->n, &r->room);
		r->words[r->n++] = word;
		r->line = fold_join(r->line, word);
	}
	return r->n > 0;
}

/* --- what was shown --- */

/* The last words, and how many of them stand on the line of the last one. */
struct window {
	uint64_t words[SHOWN_PIECE];
	size_t n, on_line;
};

/* One word on; false: there are too few of them for a piece. */
static bool slide(struct window *w, uint64_t word, uint64_t *ret_piece)
{
	uint64_t hash = 0;

	for (size_t i = 1; i < SHOWN_PIECE; i++)
		w->words[i - 1] = w->words[i];
	w->words[SHOWN_PIECE - 1] = word;
	w->on_line++;
	if (++w->n < SHOWN_PIECE)
		return false;
	for (size_t i = 0; i < SHOWN_PIECE; i++)
		hash = fold_join(hash, w->words[i]);
	*ret_piece = hash;
	return true;
}

static void add_shown(struct reading *r, struct span text)
{
	struct shown_index *x = r->x;
	struct window w = { .n = 0 };
	uint64_t before = 0, piece;
	struct span line;

	while (span_line(&text, &line)) {
		if (line.n < 2 || *line.p != SHOWN_SAID ||
		    !read_line(r, span_sub(line, 1, SIZE_MAX)))
			continue;
		w.on_line = 0;
		for (size_t i = 0; i < r->n; i++) {
			if (!slide(&w, r->words[i], &piece))
				continue;
			shown_add(x->pieces, piece);
			if (w.on_line < SHOWN_PIECE)
				shown_add(x->crossings, piece);
		}
		shown_add(x->lines, r->line);
		if (before)
			shown_add(x->pairs, fold_join(before, r->line));
		before = r->line;
	}
}

/* --- whose words they are --- */

static void add_words(struct reading *r, struct span text, char letter, struct shown_set *set)
{
	struct window w = { .n = 0 };
	uint64_t piece;
	struct span line;

	while (span_line(&text, &line)) {
		if (!line.n || *line.p != letter || !read_line(r, span_sub(line, 1, SIZE_MAX)))
			continue;
		for (size_t i = 0; i < r->n; i++)
			if (slide(&w, r->words[i], &piece))
				shown_add(set, piece);
		shown_add(set, r->line);
	}
}

/* --- internal lines --- */

static void note_length(struct shown_index *x, size_t n)
{
	for (size_t i = 0; i < x->length_count; i++)
		if (x->lengths[i] == n)
			return;
	x->lengths[x->length_count++] = n;
}

/* So many words of a line in a row are as good as the line.  There is room for all such lengths. */
static size_t better_part(size_t words)
{
	size_t n = (words * 3 + 4) / 5;

	return n < INSIDE_MIN ? INSIDE_MIN : n > INSIDE_MAX ? INSIDE_MAX : n;
}

static void add_inside(const struct reading *r)
{
	size_t part = better_part(r->n);

	note_length(r->x, part);
	for (size_t i = 0; i + part <= r->n; i++) {
		uint64_t hash = 0;

		for (size_t k = i; k < i + part; k++)
			hash = fold_join(hash, r->words[k]);
		shown_add(r->x->inside, hash);
	}
}

static void add_label(struct shown_index *x, struct arena *a, struct span line)
{
	ARENA_GROW(a, x->labels, x->label_count);
	x->labels[x->label_count++] = line;
}

/* What is internal elsewhere holds the answer, but does not go from it without a word. */
static void add_internal(struct reading *r, struct arena *a, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		bool elsewhere = line.n && *line.p == SHOWN_ELSEWHERE;

		if (!line.n || !(elsewhere || *line.p == SHOWN_INTERNAL))
			continue;
		line = span_sub(line, 1, SIZE_MAX);
		read_line(r, line);
		if (r->n > 1 && !elsewhere)
			shown_add(r->x->internal, r->line);
		if (r->n >= INSIDE_MIN)
			add_inside(r);
		else if (r->how == FOLD_UNICODE && memchr(line.p, ':', line.n))
			add_label(r->x, a, line);
	}
}

static void add_whole(struct reading *r, struct span text, char letter, struct shown_set *set)
{
	struct span line;

	while (span_line(&text, &line))
		if (line.n && *line.p == letter && read_line(r, span_sub(line, 1, SIZE_MAX)))
			shown_add(set, r->line);
}

static void add_text(struct reading *r, struct arena *a, struct span text)
{
	add_shown(r, text);
	add_internal(r, a, text);
	add_whole(r, text, SHOWN_WHOLE, r->x->whole);
	add_whole(r, text, SHOWN_COMMAND, r->x->commands);
	add_words(r, text, SHOWN_NOTE, r->x->noted);
	add_words(r, text, SHOWN_KNOWN, r->x->known);
}

/* FOLD_ASCII passes over "?" and what is not ASCII. */
static bool reads_alike(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '?' || (unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

void shown_index_make(const struct span *shown, size_t n, struct arena *a,
		      struct shown_index *ret_index)
{
	struct reading r = { .x = ret_index };

	*ret_index = (struct shown_index){
		.pieces = shown_set_new(a),
		.crossings = shown_set_new(a),
		.lines = shown_set_new(a),
		.pairs = shown_set_new(a),
		.internal = shown_set_new(a),
		.whole = shown_set_new(a),
		.commands = shown_set_new(a),
		.noted = shown_set_new(a),
		.known = shown_set_new(a),
		.inside = shown_set_new(a),
	};
	for (size_t i = 0; i < n; i++) {
		r.how = FOLD_UNICODE;
		add_text(&r, a, shown[i]);
		r.how = FOLD_ASCII;
		if (!reads_alike(shown[i]))
			add_text(&r, a, shown[i]);
	}
	mem_free(&r.words);
}
