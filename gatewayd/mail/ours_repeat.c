/* Lines that were shown, and that the author wrote again beside the notice that is given back. */
#include "gatewayd/mail/ours_lines.h"

/* Where the notice stands: the lines from the first to the last that neither the customer nor a
 * colleague wrote, or that have marks as the first has. */
struct place {
	size_t from, end;	 /* from == end: nowhere */
	bool is_said;		 /* a client says that it begins there */
	struct shown_set *below; /* pieces and whole lines from there on */
	struct shown_set *says;	 /* and of the place itself */
};

static bool is_cut(const struct ours_lines *l, size_t i)
{
	return i < l->n && l->v[i].words && l->v[i].what == OURS_CUT;
}

/* All words of the line that were shown are the customer's; in a note, a colleague's, too. */
static bool is_of(const struct ours_lines *l, const struct ours_line *line, bool noted)
{
	if (shown_has(l->index.known, line->hash) ||
	    (noted && shown_has(l->index.noted, line->hash)))
		return true;
	for (size_t i = line->first; i < line->first + line->words; i++) {
		const struct ours_word *w = &l->words[i];

		if (!w->covered || !(w->filled || w->known || (noted && w->noted)))
			return false;
	}
	return true;
}

static bool begins_at(const struct ours_lines *l, size_t i)
{
	return l->v[i].words && l->v[i].what == OURS_KEPT && ours_intro_names(l, i) &&
	       is_cut(l, ours_line_behind(l, i));
}

static bool is_marked(const struct ours_lines *l, size_t i, const struct place *p)
{
	return p->from < l->n && l->v[p->from].quoted && l->v[i].quoted;
}

static void find_place(const struct ours_lines *l, struct place *p)
{
	p->from = l->n;
	for (size_t i = 0; i < l->n; i++) {
		bool said = p->from == l->n && begins_at(l, i);

		if (!said && !(is_cut(l, i) && (!is_of(l, &l->v[i], true) || is_marked(l, i, p))))
			continue;
		if (p->from == l->n) {
			p->from = i;
			p->is_said = said;
		}
		p->end = i + 1;
	}
}

static uint64_t piece_at(const struct ours_lines *l, size_t word)
{
	uint64_t hash = 0;

	for (size_t k = 0; k < SHOWN_PIECE; k++)
		hash = fold_join(hash, l->words[word + k].hash);
	return hash;
}

/* Its pieces may go on in the next lines. */
static size_t pieces_of(const struct ours_lines *l, const struct ours_line *line)
{
	size_t last = l->word_count < SHOWN_PIECE ? 0 : l->word_count - SHOWN_PIECE + 1;
	size_t end = line->first + line->words;

	return end < last ? end : last;
}

static struct shown_set *read_lines(const struct ours_lines *l, size_t from, size_t end,
				    struct arena *a)
{
	struct shown_set *set = shown_set_new(a);

	for (size_t i = from; i < end; i++) {
		const struct ours_line *line = &l->v[i];

		if (!is_cut(l, i))
			continue;
		shown_add(set, line->hash);
		for (size_t w = line->first; w < pieces_of(l, line); w++)
			shown_add(set, piece_at(l, w));
	}
	return set;
}

/* What the notice says, too: a client gives it back once. */
static bool is_repeated(const struct ours_lines *l, const struct ours_line *line,
			const struct shown_set *says)
{
	if (shown_has(says, line->hash))
		return true;
	for (size_t w = line->first; w < pieces_of(l, line); w++)
		if (shown_has(l->index.known, piece_at(l, w)) && shown_has(says, piece_at(l, w)))
			return true;
	return false;
}

static void take_back(struct ours_lines *l, size_t i, const struct place *p)
{
	struct ours_line *line = &l->v[i];
	bool above = i < p->from;

	if (ours_is_fact(l, line))
		return;
	if (is_of(l, line, false)) {
		if ((above && p->is_said) || is_repeated(l, line, above ? p->below : p->says))
			line->what = OURS_KEPT;
	} else if (above && !line->quoted) {
		line->what = OURS_KEPT;
		line->internal = true;
	}
}

void ours_repeat(struct ours_lines *l, struct arena *a)
{
	struct place p = { .end = 0 };

	find_place(l, &p);
	p.below = read_lines(l, p.from, l->n, a);
	p.says = read_lines(l, p.from, p.end, a);
	for (size_t i = 0; i < l->n; i++)
		if (is_cut(l, i) && (i < p.from || i >= p.end))
			take_back(l, i, &p);
}
