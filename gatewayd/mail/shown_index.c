#include "gatewayd/mail/shown_index.h"

#include "gatewayd/post/shown.h"

enum { SET_MIN = 64, INSIDE_MIN = 5 };

struct shown_set {
	struct arena *arena;
	uint64_t *v; /* 0: free */
	size_t n, room;
};

static struct shown_set *set_new(struct arena *a)
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

static void set_add(struct shown_set *s, uint64_t hash)
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

/* --- one text --- */

/* The last words, and how many of them stand on the line of the last one. */
struct window {
	uint64_t words[SHOWN_PIECE];
	size_t n, on_line;
};

static void slide(struct shown_index *x, struct window *w, uint64_t word)
{
	uint64_t hash = 0;

	for (size_t i = 1; i < SHOWN_PIECE; i++)
		w->words[i - 1] = w->words[i];
	w->words[SHOWN_PIECE - 1] = word;
	w->on_line++;
	if (++w->n < SHOWN_PIECE)
		return;
	for (size_t i = 0; i < SHOWN_PIECE; i++)
		hash = fold_join(hash, w->words[i]);
	set_add(x->pieces, hash);
	if (w->on_line < SHOWN_PIECE)
		set_add(x->crossings, hash);
}

/* All that was shown, in one way of reading it. */
static void add_shown(struct shown_index *x, struct span text, enum fold how)
{
	struct window w = { .n = 0 };
	uint64_t before = 0, hash, word;
	struct span line, rest;

	while (span_line(&text, &line)) {
		if (line.n < 2 || *line.p != SHOWN_SAID)
			continue;
		rest = line = span_sub(line, 1, SIZE_MAX);
		w.on_line = 0;
		while (fold_word(&rest, how, &word))
			slide(x, &w, word);
		if (!fold_line(line, how, &hash))
			continue;
		set_add(x->lines, hash);
		if (before)
			set_add(x->pairs, fold_join(before, hash));
		before = hash;
	}
}

/* --- internal lines --- */

static void note_length(struct shown_index *x, size_t n)
{
	for (size_t i = 0; i < x->length_count; i++)
		if (x->lengths[i] == n)
			return;
	if (x->length_count < SHOWN_LENGTHS_MAX)
		x->lengths[x->length_count++] = n;
}

/* So many words of a line in a row are as good as the line. */
static size_t better_part(size_t words)
{
	size_t n = (words * 3 + 4) / 5;

	return n < INSIDE_MIN ? INSIDE_MIN : n;
}

static void add_inside(struct shown_index *x, struct span line, size_t words, enum fold how)
{
	size_t part = better_part(words);
	uint64_t word, hash;

	note_length(x, part);
	for (size_t i = 0; i + part <= words; i++) {
		struct span rest = line;

		hash = 0;
		for (size_t k = 0; k < part && fold_word(&rest, how, &word); k++)
			hash = fold_join(hash, word);
		set_add(x->inside, hash);
		fold_word(&line, how, &word);
	}
}

static void add_label(struct shown_index *x, struct arena *a, struct span line)
{
	ARENA_GROW(a, x->labels, x->label_count);
	x->labels[x->label_count++] = line;
}

/* What is internal elsewhere holds the answer, but does not go from it without a word. */
static void add_internal(struct shown_index *x, struct arena *a, struct span text, enum fold how)
{
	struct span line;
	uint64_t hash;
	size_t words;

	while (span_line(&text, &line)) {
		bool elsewhere = line.n && *line.p == SHOWN_ELSEWHERE;

		if (!line.n || !(elsewhere || *line.p == SHOWN_INTERNAL))
			continue;
		line = span_sub(line, 1, SIZE_MAX);
		words = fold_line(line, how, &hash);
		if (words > 1 && !elsewhere)
			set_add(x->internal, hash);
		if (words >= INSIDE_MIN)
			add_inside(x, line, words, how);
		else if (how == FOLD_UNICODE && memchr(line.p, ':', line.n))
			add_label(x, a, line);
	}
}

static void add_whole(struct shown_index *x, struct span text, enum fold how)
{
	struct span line;
	uint64_t hash;

	while (span_line(&text, &line))
		if (line.n && *line.p == SHOWN_WHOLE &&
		    fold_line(span_sub(line, 1, SIZE_MAX), how, &hash))
			set_add(x->whole, hash);
}

void shown_index_make(const struct span *shown, size_t n, struct arena *a,
		      struct shown_index *ret_index)
{
	struct shown_index *x = ret_index;

	*x = (struct shown_index){
		.pieces = set_new(a),
		.crossings = set_new(a),
		.lines = set_new(a),
		.pairs = set_new(a),
		.internal = set_new(a),
		.whole = set_new(a),
		.inside = set_new(a),
	};
	for (size_t i = 0; i < n; i++) {
		for (int how = FOLD_UNICODE; how <= FOLD_ASCII; how++) {
			add_shown(x, shown[i], (enum fold)how);
			add_internal(x, a, shown[i], (enum fold)how);
			add_whole(x, shown[i], (enum fold)how);
		}
	}
}
