#include "gatewayd/mail/ours.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/ours_lines.h"

enum {
	GAP_MAX = 3,	/* words changed on the way, between those that were shown */
	PAIR_WORDS = 4, /* fewer, without a quote mark, may be a person's own "Regards, Ann" */
};

/* --- lines and words --- */

/* "> ", "| ", a bar, "AB> ". */
static bool is_quoted(struct span line)
{
	struct span s = span_trim(line);
	size_t n = 0;

	while (n < s.n && n < 4 && ascii_is_alpha((unsigned char)s.p[n]))
		n++;
	if (n < s.n && s.p[n] == '>')
		return true;
	return s.n && (*s.p == '|' || span_starts(s, SPAN("\xe2\x94\x82")) ||
		       span_starts(s, SPAN("\xe2\x94\x83")) || span_starts(s, SPAN("\xc2\xa6")));
}

/* Initials before a quote mark are no words of the line. */
static struct span without_mark(struct span line)
{
	struct span s = span_trim(line);
	size_t n = 0;

	while (n < s.n && n < 4 && ascii_is_alpha((unsigned char)s.p[n]))
		n++;
	return n < s.n && s.p[n] == '>' ? span_sub(s, n, SIZE_MAX) : s;
}

/* Its other characters became "?" or U+FFFD. */
static bool is_lossy(struct span line)
{
	bool marks = false;

	for (size_t i = 0; i < line.n; i++) {
		struct span at = span_sub(line, i, SIZE_MAX);

		if (span_starts(at, SPAN("\xef\xbf\xbd")))
			i += 2;
		else if ((unsigned char)line.p[i] >= 0x80)
			return false;
		else if (line.p[i] != '?')
			continue;
		marks = true;
	}
	return marks;
}

static void add_words(struct ours_lines *l, struct arena *a, struct ours_line *line)
{
	enum fold how = is_lossy(line->text) ? FOLD_ASCII : FOLD_UNICODE;
	struct span rest = without_mark(line->text);
	uint64_t hash;

	line->first = l->word_count;
	while (fold_word(&rest, how, &hash)) {
		ARENA_GROW(a, l->words, l->word_count);
		l->words[l->word_count++] =
		    (struct ours_word){ .hash = hash, .line = (uint32_t)(line - l->v) };
		line->hash = fold_join(line->hash, hash);
	}
	line->words = l->word_count - line->first;
}

static void read_lines(struct ours_lines *l, struct arena *a)
{
	struct span rest = l->in->text, line;

	while (span_line(&rest, &line)) {
		ARENA_GROW(a, l->v, l->n);
		l->v[l->n] = (struct ours_line){ .text = line, .quoted = is_quoted(line) };
		add_words(l, a, &l->v[l->n]);
		l->n++;
	}
}

/* Each line's neighbours with words. */
static void join_lines(struct ours_lines *l)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < l->n; i++) {
		l->v[i].before = last;
		last = l->v[i].words ? i : last;
	}
	last = SIZE_MAX;
	for (size_t i = l->n; i-- > 0;) {
		l->v[i].behind = last;
		last = l->v[i].words ? i : last;
	}
}

static bool is_empty(const struct ours_lines *l, size_t i)
{
	return i >= l->n || !span_trim(l->v[i].text).n;
}

/* A client marks all of a quote: what has no mark, behind a blank line, is none of it. */
static void part_lines(struct ours_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t before = ours_line_before(l, i);

		if (!l->v[i].words || before == SIZE_MAX || l->v[before].quoted == l->v[i].quoted)
			continue;
		while (++before < i && !l->v[i].parted)
			l->v[i].parted = is_empty(l, before);
	}
}

/* --- which words were shown --- */

static void mark_pieces(struct ours_lines *l)
{
	for (size_t i = 0; i + SHOWN_PIECE <= l->word_count; i++) {
		uint64_t hash = 0;

		for (size_t k = 0; k < SHOWN_PIECE; k++)
			hash = fold_join(hash, l->words[i + k].hash);
		if (!shown_has(l->index.pieces, hash))
			continue;
		l->words[i].crossing = shown_has(l->index.crossings, hash);
		for (size_t k = 0; k < SHOWN_PIECE; k++) {
			l->words[i + k].covered = true;
			l->words[i + k].noted |= shown_has(l->index.noted, hash);
			l->words[i + k].known |= shown_has(l->index.known, hash);
		}
	}
}

/* A few words between covered ones of the same line were changed on the way. */
static void fill_gaps(struct ours_lines *l, const struct ours_line *line)
{
	size_t last = SIZE_MAX;

	for (size_t i = line->first; i < line->first + line->words; i++) {
		if (!l->words[i].covered)
			continue;
		if (last != SIZE_MAX && i - last - 1 <= GAP_MAX)
			for (size_t k = last + 1; k < i; k++)
				l->words[k].covered = l->words[k].filled = true;
		last = i;
	}
}

static void mark_internal(struct ours_lines *l)
{
	for (size_t n = 0; n < l->index.length_count; n++) {
		size_t length = l->index.lengths[n];

		for (size_t i = 0; i + length <= l->word_count; i++) {
			uint64_t hash = 0;

			for (size_t k = 0; k < length; k++)
				hash = fold_join(hash, l->words[i + k].hash);
			if (!shown_has(l->index.inside, hash))
				continue;
			for (size_t k = 0; k < length; k++)
				l->words[i + k].internal = true;
		}
	}
}

/* --- which lines go --- */

static bool all_covered(const struct ours_lines *l, const struct ours_line *line)
{
	for (size_t i = line->first; i < line->first + line->words; i++)
		if (!l->words[i].covered)
			return false;
	return line->words > 0;
}

static bool any_word(const struct ours_lines *l, const struct ours_line *line, size_t at)
{
	for (size_t i = line->first; i < line->first + line->words; i++)
		if (*((const bool *)((const char *)&l->words[i] + at)))
			return true;
	return false;
}

#define ANY(l, line, member) any_word((l), (line), offsetof(struct ours_word, member))

/* An end of a run that hangs on a person's paragraph and is parted from the run: the last line of
 * their signature. */
static bool is_theirs(const struct ours_lines *l, size_t i, size_t outside, size_t inside)
{
	return !l->v[i].quoted && !is_empty(l, outside) && l->v[outside].words &&
	       l->v[outside].what == OURS_KEPT && is_empty(l, inside) &&
	       !ours_intro_has(l, outside);
}

/* Covered lines in a row, from line i on; the end, and the last of them with words. */
static size_t run_of_covered(const struct ours_lines *l, size_t i, size_t *ret_last)
{
	size_t end = i;

	*ret_last = i;
	for (; end < l->n && (!l->v[end].words || all_covered(l, &l->v[end])); end++) {
		if (end > i && l->v[end].parted)
			break;
		if (l->v[end].words)
			*ret_last = end;
	}
	return end;
}

/* A piece of these lines goes over the end of a line that was shown: they were more than one. */
static bool is_crossed(const struct ours_lines *l, size_t i, size_t last)
{
	size_t to = l->v[last].first + l->v[last].words;

	for (size_t w = l->v[i].first; w + SHOWN_PIECE <= to; w++)
		if (l->words[w].crossing)
			return true;
	return false;
}

static void cut_covered(struct ours_lines *l)
{
	size_t i = 0, last;

	while (i < l->n) {
		size_t end = run_of_covered(l, i, &last);
		bool crossed = is_crossed(l, i, last);

		for (size_t k = i; crossed && k < end; k++)
			if (l->v[k].words && !(k == i && is_theirs(l, k, k - 1, k + 1)) &&
			    !(k == last && is_theirs(l, k, k + 1, k - 1)))
				l->v[k].what = OURS_CUT;
		i = end > i ? end : i + 1;
	}
}

/* From i on, lines that follow each other as they were shown; the end. */
static size_t run_of_pairs(const struct ours_lines *l, size_t i, size_t *ret_words,
			   bool *ret_quoted)
{
	size_t next;

	*ret_words = l->v[i].words;
	*ret_quoted = l->v[i].quoted;
	while ((next = ours_line_behind(l, i)) != SIZE_MAX && !l->v[next].parted &&
	       shown_has(l->index.pairs, fold_join(l->v[i].hash, l->v[next].hash))) {
		i = next;
		*ret_words += l->v[i].words;
		*ret_quoted |= l->v[i].quoted;
	}
	return i;
}

static void cut_pairs(struct ours_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t words, last;
		bool quoted;

		if (!l->v[i].words)
			continue;
		last = run_of_pairs(l, i, &words, &quoted);
		if (last == i || (!quoted && words < PAIR_WORDS))
			continue;
		for (size_t k = i; k <= last; k++)
			if (l->v[k].words && !(k == i && is_theirs(l, k, k - 1, k + 1)) &&
			    !(k == last && is_theirs(l, k, k + 1, k - 1)))
				l->v[k].what = OURS_CUT;
		i = last - 1;
	}
}

/* "Account: Acme", in whatever else stands on the line. */
static bool has_label(const struct ours_lines *l, struct span text)
{
	for (size_t i = 0; i < l->index.label_count; i++)
		if (span_find_ci(text, l->index.labels[i]) != SIZE_MAX)
			return true;
	return false;
}

static void cut_internal(struct ours_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct ours_line *line = &l->v[i];

		if (!line->words)
			continue;
		line->internal = ANY(l, line, internal) || has_label(l, line->text) ||
				 shown_has(l->index.whole, line->hash);
		if (ours_is_fact(l, line) ||
		    (line->quoted && shown_has(l->index.commands, line->hash)) ||
		    (line->internal && all_covered(l, line)))
			line->what = OURS_CUT;
	}
}

static bool is_cut_quote(const struct ours_lines *l, size_t i)
{
	return i != SIZE_MAX && l->v[i].what == OURS_CUT && l->v[i].quoted;
}

/* A line that was shown, and stands at a run that was cut: its end, which was wrapped otherwise. */
static void cut_edges(struct ours_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t before = ours_line_before(l, i), behind = ours_line_behind(l, i);
		struct ours_line *line = &l->v[i];
		bool beside = is_cut_quote(l, before) || is_cut_quote(l, behind);

		if (line->words && line->what == OURS_KEPT && beside && line->quoted &&
		    (all_covered(l, line) || shown_has(l->index.lines, line->hash)))
			line->what = OURS_CUT;
	}
}

/* --- what stays --- */

/* "---": drawn with the keys of any keyboard. */
static bool is_drawn(struct span line)
{
	struct span s = span_trim(line);

	for (size_t i = 0; i < s.n; i++)
		if (!strchr("-_=*~#+", s.p[i]))
			return false;
	return s.n > 0;
}

/* Marks of a quote beside what went, and a rule in the middle of it: of the lines without words
 * from `from` on, up to `to`. */
static void dress(struct ours_lines *l, size_t from, size_t to)
{
	bool above = from > 0 && l->v[from - 1].what != OURS_KEPT;
	bool below = to < l->n && l->v[to].what != OURS_KEPT;

	for (size_t i = from; i < to; i++)
		l->v[i].dressing =
		    l->v[i].quoted ? above || below : is_drawn(l->v[i].text) && above && below;
}

static bool is_bare(const struct ours_line *line)
{
	return !line->words && line->what == OURS_KEPT;
}

static void find_dressing(struct ours_lines *l)
{
	for (size_t i = 0, end; i < l->n; i = end) {
		for (end = i; end < l->n && is_bare(&l->v[end]);)
			end++;
		dress(l, i, end);
		end += end == i;
	}
}

static struct span assemble(const struct ours_lines *l, bool clean, struct arena *a)
{
	struct buf out BUF_AUTO;
	bool gap = false;

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < l->n; i++) {
		const struct ours_line *line = &l->v[i];

		if (line->what != OURS_KEPT || line->dressing || (clean && line->internal)) {
			gap = true;
			continue;
		}
		if (gap && !span_trim(line->text).n)
			continue;
		while (gap && out.n && ascii_is_space((unsigned char)out.p[out.n - 1]))
			out.n--;
		if (gap && out.n)
			buf_adds(&out, "\n\n");
		gap = false;
		buf_add(&out, line->text);
		buf_addc(&out, '\n');
	}
	/* Blanks at the start of the first line are the author's. */
	while (out.n && ascii_is_space((unsigned char)out.p[out.n - 1]))
		out.n--;
	return arena_dup(a, buf_span(&out));
}

/* Empty lines at the start; blanks at the start of the first line stay. */
static struct span without_empty_top(struct span text)
{
	struct span rest = text, line;

	while (span_line(&rest, &line) && !span_trim(line).n)
		text = rest;
	return text;
}

void ours_take(const struct ours_in *in, struct arena *a, struct ours *ret_ours)
{
	struct shown_index *index = arena_alloc(a, sizeof(*index));
	struct ours_lines l = { .in = in };

	shown_index_make(in->shown, in->shown_count, a, index);
	l.index = *index;
	read_lines(&l, a);
	join_lines(&l);
	part_lines(&l);
	mark_pieces(&l);
	for (size_t i = 0; i < l.n; i++)
		fill_gaps(&l, &l.v[i]);
	mark_internal(&l);
	cut_covered(&l);
	cut_pairs(&l);
	cut_internal(&l);
	cut_edges(&l);
	ours_repeat(&l, a);
	ours_intro(&l);
	find_dressing(&l);
	*ret_ours = (struct ours){ .rest = without_empty_top(assemble(&l, false, a)),
				   .clean = without_empty_top(assemble(&l, true, a)),
				   .index = index };
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i].what == OURS_KEPT && l.v[i].internal)
			ret_ours->internal = true;
}
