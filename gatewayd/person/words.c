#include "gatewayd/person/words.h"

#include <string.h>

void person_words_init(struct person_words *w, struct arena *a)
{
	*w = (struct person_words){ .arena = a };
}

static void add(struct person_words *w, struct span **v, size_t *n, struct span s)
{
	if (!s.n)
		return;
	*v = arena_grow(w->arena, *v, *n, sizeof(**v));
	(*v)[(*n)++] = arena_dup(w->arena, s);
}

void person_words_address(struct person_words *w, struct span address)
{
	add(w, &w->addresses, &w->address_count, address);
}

/* --- words --- */

static bool is_word(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x80 || ascii_is_alpha(u) || ascii_is_digit(u);
}

/* It begins with a character of Japanese, Chinese, Korean or the like (U+3000 and above). */
static bool has_no_blanks(struct span s)
{
	return s.n && (unsigned char)s.p[0] >= 0xe3;
}

/* The next word; false: there is none. */
static bool next_word(struct span text, size_t *at, struct span *ret_word)
{
	size_t from = *at, to;

	while (from < text.n && !is_word(text.p[from]))
		from++;
	to = from;
	while (to < text.n && is_word(text.p[to]))
		to++;
	*at = to;
	*ret_word = span_sub(text, from, to - from);
	return to > from;
}

/* As it is, and in capitals. */
static void add_part(struct person_words *w, struct span part)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	for (size_t i = 0; i < part.n; i++)
		buf_addc(&text, part.p[i] >= 'a' && part.p[i] <= 'z' ? (char)(part.p[i] - 'a' + 'A')
								     : part.p[i]);
	add(w, &w->names, &w->name_count, part);
	if (!span_eq(buf_span(&text), part))
		add(w, &w->names, &w->name_count, buf_span(&text));
}

/* With its parts: "Ann-Kathrin Beispiel" is three more names. */
void person_words_name(struct person_words *w, struct span name)
{
	struct span part;
	size_t at = 0;

	add_part(w, span_trim(name));
	while (next_word(name, &at, &part))
		if (part.n >= (has_no_blanks(part) ? 2 : 1) * (size_t)WORDS_NAME_MIN &&
		    part.n < name.n)
			add_part(w, part);
}

/* --- runs of words --- */

/* FNV-1a, without the case of ASCII; never 0. */
static uint64_t hash_word(uint64_t h, struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		h = (h ^ ascii_lower((unsigned char)word.p[i])) * 0x100000001b3U;
	h = (h ^ ' ') * 0x100000001b3U;
	return h ? h : 1;
}

static uint64_t hash_run(const struct span *v, size_t n)
{
	uint64_t h = 0xcbf29ce484222325U + n;

	for (size_t i = 0; i < n; i++)
		h = hash_word(h, v[i]);
	return h;
}

static size_t slot(const uint64_t *runs, size_t size, uint64_t h)
{
	size_t at = (size_t)(h & (size - 1));

	while (runs[at] && runs[at] != h)
		at = (at + 1) & (size - 1);
	return at;
}

static void grow(struct person_words *w)
{
	size_t size = w->run_size ? w->run_size * 2 : 256;
	uint64_t *runs = arena_alloc_n(w->arena, size, sizeof(*runs));

	for (size_t i = 0; i < w->run_size; i++)
		if (w->runs[i])
			runs[slot(runs, size, w->runs[i])] = w->runs[i];
	w->runs = runs;
	w->run_size = size;
}

static void add_run(struct person_words *w, const struct span *v, size_t n)
{
	uint64_t h = hash_run(v, n);
	size_t at;

	if (w->run_count * 2 >= w->run_size)
		grow(w);
	at = slot(w->runs, w->run_size, h);
	w->run_count += !w->runs[at];
	w->runs[at] = h;
}

static bool has_run(const struct person_words *w, const struct span *v, size_t n)
{
	return w->run_size && w->runs[slot(w->runs, w->run_size, hash_run(v, n))];
}

static struct span *words_of(const struct person_words *w, struct span text, size_t *ret_n)
{
	struct span *v = NULL, word;
	size_t n = 0, at = 0;

	while (next_word(text, &at, &word)) {
		v = arena_grow(w->arena, v, n, sizeof(*v));
		v[n++] = word;
	}
	*ret_n = n;
	return v;
}

static void add_short_line(struct person_words *w, struct span line)
{
	size_t n;
	struct span *v = words_of(w, line, &n);

	if (n && n < WORDS_RUN && span_trim(line).n >= WORDS_LINE_MIN)
		add_run(w, v, n);
}

void person_words_said(struct person_words *w, struct span text)
{
	struct span kept = arena_dup(w->arena, text), rest = kept, line;
	size_t n;
	struct span *v = words_of(w, kept, &n);

	for (size_t i = 0; i + WORDS_RUN <= n; i++)
		add_run(w, v + i, WORDS_RUN);
	while (span_line(&rest, &line))
		add_short_line(w, line);
}

/* --- marking --- */

/* From `from` to `to`, both inside of the text. */
static void mark(bool *marks, struct span text, const char *from, const char *to)
{
	memset(marks + (from - text.p), 1, (size_t)(to - from));
}

/* It stands by itself: no letter before or behind it, or it is in a script without blanks. */
static bool stands_alone(struct span text, size_t at, size_t n)
{
	return has_no_blanks(span_sub(text, at, n)) ||
	       ((at == 0 || !is_word(text.p[at - 1])) &&
		(at + n == text.n || !is_word(text.p[at + n]) ||
		 has_no_blanks(span_sub(text, at + n, SIZE_MAX))));
}

static bool mark_each(bool *marks, struct span text, struct span what,
		      size_t (*find)(struct span, struct span))
{
	size_t from = 0, at;
	bool any = false;

	while ((at = find(span_sub(text, from, SIZE_MAX), what)) < text.n - from) {
		if (stands_alone(text, from + at, what.n)) {
			memset(marks + from + at, 1, what.n);
			any = true;
		}
		from += at + what.n;
	}
	return any;
}

static bool mark_runs(const struct person_words *w, bool *marks, struct span text)
{
	size_t n;
	struct span *v = words_of(w, text, &n);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 1; k <= WORDS_RUN && i + k <= n; k++) {
			if (!has_run(w, v + i, k))
				continue;
			mark(marks, text, v[i].p, v[i + k - 1].p + v[i + k - 1].n);
			any = true;
		}
	}
	return any;
}

/* What is between two marks and has no word goes with them. */
static struct span without_marked(const struct person_words *w, const bool *marks, struct span text)
{
	struct buf out BUF_AUTO;
	bool inside = false;

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < text.n; i++) {
		size_t gap = i;

		while (inside && gap < text.n && !marks[gap] && !is_word(text.p[gap]))
			gap++;
		if (inside && gap < text.n && marks[gap])
			i = gap;
		if (marks[i] && !inside)
			buf_adds(&out, WORDS_ERASED);
		inside = marks[i];
		if (!inside)
			buf_addc(&out, text.p[i]);
	}
	return arena_dup(w->arena, buf_span(&out));
}

static bool mark_addresses(const struct person_words *w, bool *marks, struct span text)
{
	bool any = false;

	for (size_t i = 0; i < w->address_count; i++)
		any |= mark_each(marks, text, w->addresses[i], span_find_ci);
	return any;
}

static bool has_several_words(struct span name)
{
	return memchr(name.p, ' ', name.n);
}

/* Of several words, whatever the case of their letters. */
static bool mark_name(bool *marks, struct span text, struct span name)
{
	return mark_each(marks, text, name, has_several_words(name) ? span_find_ci : span_find);
}

struct span person_words_scrub_name(const struct person_words *w, struct span name)
{
	bool *marks, any;

	if (!name.n)
		return name;
	marks = arena_alloc_n(w->arena, name.n, sizeof(*marks));
	any = mark_addresses(w, marks, name);
	for (size_t i = 0; i < w->name_count; i++)
		if (has_several_words(w->names[i]))
			any |= mark_name(marks, name, w->names[i]);
	return any ? without_marked(w, marks, name) : name;
}

struct span person_words_scrub(const struct person_words *w, struct span text)
{
	bool *marks, any;

	if (!text.n)
		return text;
	marks = arena_alloc_n(w->arena, text.n, sizeof(*marks));
	any = mark_runs(w, marks, text);
	any |= mark_addresses(w, marks, text);
	for (size_t i = 0; i < w->name_count; i++)
		any |= mark_name(marks, text, w->names[i]);
	return any ? without_marked(w, marks, text) : text;
}
