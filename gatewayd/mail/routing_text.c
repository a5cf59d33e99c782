#include "gatewayd/mail/routing_text.h"

#include "gatewayd/base/sixteen.h"

enum { NONE = 0, GAP_MAX = 60 /* bytes that " .. " stands for */ };

static uint16_t *first_hit(const struct routing_text *t, int term)
{
	return term >= 0 ? &t->phrases[term] : &t->classes[rulebook_class_of(term)];
}

/* In a text without hits none has any. */
static int hit_of(const struct routing_text *t, int term)
{
	return t->hit_count ? *first_hit(t, term) : NONE;
}

/* --- one pass --- */

static void add_hit(struct routing_text *t, int term, struct routing_hit hit)
{
	uint16_t *first = first_hit(t, term), n = (uint16_t)t->hit_count;

	if (n == ROUTING_HITS_MAX)
		return;
	hit.next = NONE;
	ARENA_GROW(&t->arena, t->hits, t->hit_count);
	t->hits[t->hit_count++] = hit;
	if (*first == NONE)
		*first = n;
	else
		t->hits[t->hits[*first].last].next = n;
	t->hits[*first].last = n;
}

static bool ends_sentence(struct span text, size_t i)
{
	char c = text.p[i];

	if (c == '\n')
		return true;
	return (c == '.' || c == '!' || c == '?') &&
	       (i + 1 == text.n || text.p[i + 1] == ' ' || text.p[i + 1] == '\n');
}

static void add_phrase(struct routing_text *t, int phrase, struct routing_hit hit)
{
	const struct rulebook *b = t->book;

	add_hit(t, phrase, hit);
	if ((size_t)phrase >= b->phrase_count)
		return;
	for (int i = b->member_of[phrase]; i >= 0; i = b->members[i].next)
		add_hit(t, b->members[i].class, hit);
}

static bool ends_none(const char *p)
{
	sixteen v = sixteen_at(p);

	return !sixteen_any((sixteen)(v == '\n') | (sixteen)(v == '.') | (sixteen)(v == '!') |
			    (sixteen)(v == '?'));
}

/* Sentences that end from there up to the offset `to`. */
static size_t sentences(struct span text, size_t from, size_t to)
{
	size_t n = 0, step;

	for (; from < to; from += step) {
		step = to - from >= SIXTEEN && ends_none(text.p + from) ? SIXTEEN : 1;
		n += step == 1 && ends_sentence(text, from);
	}
	return n;
}

/* A sign at the end of a sentence is still in it. */
static void found(void *ctx, int phrase, size_t start, size_t end)
{
	struct routing_text *t = ctx;

	if (t->sentence_from + 1 < end) {
		t->sentence += (uint32_t)sentences(buf_span(&t->folded), t->sentence_from, end - 1);
		t->sentence_from = end - 1;
	}
	add_phrase(t, phrase,
		   (struct routing_hit){ (uint32_t)start, (uint32_t)end, t->sentence, NONE, NONE });
}

/* --- negations --- */

/* The word that ends the text, which goes before it; none behind a sign. */
static struct span last_word(struct span *text)
{
	size_t n = 0, end = text->n - (text->n && text->p[text->n - 1] == ' ');

	while (n < end && lexicon_is_word_byte((unsigned char)text->p[end - n - 1]))
		n++;
	*text = span_sub(*text, 0, end - n);
	return (struct span){ text->p + text->n, n };
}

static bool is_one_of(struct span word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(word, words[i]))
			return true;
	return false;
}

/* "none of our sites is down": these do not count between a negation and what it takes away. */
static bool is_small(struct span word)
{
	static const char *const words[] = { "are",	"der", "die",	"das", "is",	"ist",
					     "of",	"our", "sind",	"the", "unser", "unsere",
					     "unserer", "war", "waren", "was", "were" };

	return is_one_of(word, words, sizeof(words) / sizeof(*words));
}

/* "nothing but errors" */
static bool turns(struct span word)
{
	static const char *const words[] = { "als", "but", "except", "ausser", "sondern" };

	return is_one_of(word, words, sizeof(words) / sizeof(*words));
}

static bool ends_with(struct span text, struct span words)
{
	text = span_trim(text);
	return text.n >= words.n && span_eq(span_sub(text, text.n - words.n, SIZE_MAX), words) &&
	       (text.n == words.n ||
		!lexicon_is_word_byte((unsigned char)text.p[text.n - words.n - 1]));
}

static bool begins_with(struct span text, struct span words)
{
	text = span_trim(text);
	return span_starts(text, words) &&
	       (text.n == words.n || !lexicon_is_word_byte((unsigned char)text.p[words.n]));
}

/* "not about", "not a .. question": behind the two points stands how the hit ends or goes on. */
static bool is_phrase_around(const struct routing_text *t, struct span before,
			     struct routing_hit hit, struct span phrase)
{
	struct span whole = buf_span(&t->folded), behind;
	size_t at = span_find(phrase, SPAN(" .. "));

	if (!memchr(phrase.p, ' ', phrase.n) ||
	    !ends_with(before, at == SIZE_MAX ? phrase : span_sub(phrase, 0, at)))
		return false;
	if (at == SIZE_MAX)
		return true;
	behind = span_sub(phrase, at + 4, SIZE_MAX);
	return begins_with(span_sub(whole, hit.end, SIZE_MAX), behind) ||
	       ends_with(span_sub(whole, hit.start, hit.end - hit.start), behind);
}

static bool is_phrase_before(const struct routing_text *t, struct span before,
			     struct routing_hit hit, const struct policy_words *negations)
{
	for (size_t i = 0; i < negations->n; i++)
		if (is_phrase_around(t, before, hit, span_of(negations->v[i])))
			return true;
	return false;
}

/* By a word or phrase of the text from `from` on that stands before the hit, at most one word that
 * counts between them. */
static bool is_negated(const struct routing_text *t, uint32_t from, struct routing_hit hit,
		       const struct policy_words *negations)
{
	struct span before = { t->folded.p + from, hit.start - from };

	for (int words = 0; negations->n && words < 2;) {
		struct span word;

		if (is_phrase_before(t, before, hit, negations))
			return true;
		word = last_word(&before);

		if (!word.n || turns(word))
			return false;
		if (is_one_of(word, negations->v, negations->n))
			return true;
		words += !is_small(word);
	}
	return false;
}

/* --- runs --- */

static bool follows(struct routing_hit a, struct routing_hit b)
{
	return b.sentence == a.sentence && b.start >= a.end && b.start - a.end <= GAP_MAX;
}

static const struct policy_words no_negations;

/* The rest of the run, from its term `from` on, behind the hit; none negated within the run. */
static bool goes_on(const struct routing_text *t, const struct rulebook_run *run, size_t from,
		    const struct policy_words *negations, struct routing_hit *whole)
{
	if (from == run->n)
		return true;
	for (int i = hit_of(t, run->terms[from]); i != NONE; i = t->hits[i].next) {
		struct routing_hit more = t->hits[i];

		if (!follows(*whole, more) || is_negated(t, whole->end, more, negations))
			continue;
		more.start = whole->start;
		if (goes_on(t, run, from + 1, negations, &more)) {
			*whole = more;
			return true;
		}
	}
	return false;
}

/* The run at or behind the hit i of its first term, or false; *i goes behind it. */
static bool next_run(const struct routing_text *t, const struct rulebook_run *run,
		     const struct policy_words *negations, int *i, struct routing_hit *ret_whole)
{
	while (*i != NONE) {
		*ret_whole = t->hits[*i];
		*i = t->hits[*i].next;
		if (goes_on(t, run, 1, negations, ret_whole))
			return true;
	}
	return false;
}

static int first_of(const struct routing_text *t, const struct rulebook_run *run)
{
	return run->n ? hit_of(t, run->terms[0]) : NONE;
}

static void find_class(struct routing_text *t, size_t class)
{
	const struct rulebook_class *c = &t->book->classes[class];
	struct routing_hit whole;

	for (size_t r = 0; r < c->n; r++)
		for (int i = first_of(t, &c->runs[r]);
		     next_run(t, &c->runs[r], &no_negations, &i, &whole);)
			add_hit(t, rulebook_class_term(class), whole);
}

static void find_hits(struct routing_text *t)
{
	const struct rulebook *book = t->book;

	ARENA_GROW(&t->arena, t->hits, t->hit_count);
	t->hit_count = 1;
	t->phrases = arena_alloc_n(&t->arena, lexicon_count(book->lexicon), sizeof(*t->phrases));
	t->classes = arena_alloc_n(&t->arena, book->class_count, sizeof(*t->classes));
	lexicon_scan(book->lexicon, buf_span(&t->folded), found, t);
	for (size_t i = 0; t->hit_count > 1 && i < book->class_count; i++)
		find_class(t, i);
}

void routing_text_init(struct routing_text *t, const struct rulebook *book, struct span subject,
		       struct span text)
{
	*t = (struct routing_text){ .book = book };
	arena_init(&t->arena);
	buf_init(&t->folded, ROUTING_TEXT_MAX);
	lexicon_fold(subject, &t->folded);
	t->subject_n = (uint32_t)t->folded.n;
	buf_addc(&t->folded, '\n');
	lexicon_fold(text, &t->folded);
	t->first_n = t->subject_n + 1 + ROUTING_FIRST_MAX;
	if (!book->deciding || lexicon_has_any(book->deciding, buf_span(&t->folded)))
		find_hits(t);
}

void routing_text_release(struct routing_text *t)
{
	buf_release(&t->folded);
	arena_release(&t->arena);
}

bool routing_text_has_any(const struct routing_text *t, const struct rulebook_run *terms,
			  bool in_subject)
{
	for (size_t k = 0; k < terms->n; k++)
		for (int i = hit_of(t, terms->terms[k]); i != NONE; i = t->hits[i].next)
			if ((t->hits[i].end <= t->subject_n) == in_subject)
				return true;
	return false;
}

/* --- scores --- */

/* The run stands in the sentence (any: UINT32_MAX), not negated. */
static bool stands(const struct routing_text *t, const struct rulebook_run *run, uint32_t sentence,
		   const struct policy_words *negations)
{
	struct routing_hit hit;

	for (int i = first_of(t, run); next_run(t, run, negations, &i, &hit);)
		if ((sentence == UINT32_MAX || hit.sentence == sentence) &&
		    !is_negated(t, 0, hit, negations))
			return true;
	return false;
}

static bool clause_holds(const struct routing_text *t, const struct rulebook_clause *c,
			 uint32_t sentence, const struct policy_words *negations)
{
	static const struct {
		bool here, wanted;
	} how[] = { [RULEBOOK_SAME] = { true, true },
		    [RULEBOOK_WITHOUT] = { true, false },
		    [RULEBOOK_ALSO] = { false, true },
		    [RULEBOOK_LACKS] = { false, false } };

	return stands(t, &c->run, how[c->join].here ? sentence : UINT32_MAX,
		      how[c->join].wanted ? negations : &no_negations) == how[c->join].wanted;
}

static bool all_hold(const struct routing_text *t, const struct rulebook_score *s,
		     uint32_t sentence, const struct policy_words *negations)
{
	for (size_t i = 1; i < s->n; i++)
		if (!clause_holds(t, &s->clauses[i], sentence, negations))
			return false;
	return true;
}

bool routing_text_scores(const struct routing_text *t, const struct rulebook_score *score,
			 const struct policy_words *negations, struct span *ret_found)
{
	const uint32_t ends[] = { [POLICY_ANYWHERE] = UINT32_MAX,
				  [POLICY_SUBJECT] = t->subject_n,
				  [POLICY_FIRST_LINES] = t->first_n };
	const struct rulebook_run *first = score->n ? &score->clauses[0].run : NULL;
	struct routing_hit hit;

	if (!first)
		return false;
	for (int i = first_of(t, first); next_run(t, first, negations, &i, &hit);) {
		if (hit.end > ends[score->place] || is_negated(t, 0, hit, negations) ||
		    !all_hold(t, score, hit.sentence, negations))
			continue;
		*ret_found = span_sub(buf_span(&t->folded), hit.start, hit.end - hit.start);
		return true;
	}
	return false;
}
