#include "conf/phrasebook.h"

#include "conf/words.h"

enum { LEAST_LETTERS = 4 /* of a word that may be misspelt */ };

struct maker {
	struct arena *arena;
	struct lexicon *lexicon;
	unsigned *classes;
	size_t class_count; /* of phrases */
	unsigned *leads;
	uint32_t *footers;
	const char **words;
	size_t word_count;
};

static bool is_single(const char *phrase)
{
	return strlen(phrase) >= LEAST_LETTERS && !strpbrk(phrase, " -'*");
}

static void add_word(struct maker *m, const char *phrase)
{
	struct buf folded BUF_AUTO;

	buf_init(&folded, strlen(phrase) * 2 + 1);
	lexicon_fold(span_of(phrase), &folded);
	ARENA_GROW(m->arena, m->words, m->word_count);
	m->words[m->word_count++] = arena_cstr(m->arena, buf_span(&folded));
}

static bool is_letter(struct span s, size_t at)
{
	return at < s.n && ascii_is_alpha((unsigned char)s.p[at]);
}

static size_t letter(struct span s, size_t at)
{
	return (size_t)(ascii_lower((unsigned char)s.p[at]) - 'a');
}

size_t phrasebook_lead(struct span s)
{
	return is_letter(s, 0) && is_letter(s, 1) ? letter(s, 0) * PHRASEBOOK_LETTERS + letter(s, 1)
						  : PHRASEBOOK_LEADS;
}

uint32_t phrasebook_third(struct span s)
{
	return is_letter(s, 2) ? UINT32_C(1) << letter(s, 2) : UINT32_MAX;
}

static void lead_with(struct maker *m, size_t lead, enum phrase_class class, uint32_t thirds)
{
	m->leads[lead] |= 1U << class;
	if (class == PHRASE_FOOTER)
		m->footers[lead] |= thirds;
}

/* A letter alone leads whatever letter follows it in a text. */
static void add_lead(struct maker *m, const char *phrase, enum phrase_class class)
{
	struct buf folded BUF_AUTO;
	struct span s;
	size_t lead;

	buf_init(&folded, strlen(phrase) * 2 + 1);
	lexicon_fold(span_of(phrase), &folded);
	s = span_trim(buf_span(&folded));
	lead = phrasebook_lead(s);
	if (lead < PHRASEBOOK_LEADS)
		lead_with(m, lead, class, phrasebook_third(s));
	else if (is_letter(s, 0))
		for (size_t i = 0; i < PHRASEBOOK_LETTERS; i++)
			lead_with(m, letter(s, 0) * PHRASEBOOK_LETTERS + i, class, UINT32_MAX);
}

static void add(struct maker *m, const char *phrase, enum phrase_class class)
{
	int i = lexicon_add(m->lexicon, span_of(phrase));

	if (i < 0)
		return;
	while (m->class_count <= (size_t)i) {
		ARENA_GROW(m->arena, m->classes, m->class_count);
		m->classes[m->class_count++] = 0;
	}
	m->classes[i] |= 1U << class;
	add_lead(m, phrase, class);
	if (class <= PHRASE_ALL && is_single(phrase))
		add_word(m, phrase);
}

const struct phrasebook *phrasebook_new(struct arena *a, const struct conf *conf)
{
	struct phrasebook *book = arena_alloc(a, sizeof(*book));
	struct maker m = { .arena = a,
			   .lexicon = lexicon_new(a),
			   .leads = arena_alloc_n(a, PHRASEBOOK_LEADS, sizeof(*m.leads)),
			   .footers = arena_alloc_n(a, PHRASEBOOK_LEADS, sizeof(*m.footers)) };

	for (size_t i = 0; i < conf->words_count; i++)
		for (int c = 0; c < PHRASE_CLASS_COUNT; c++) {
			const struct policy_words *v = &conf->words[i].customers[c];

			for (size_t k = 0; k < v->n; k++)
				add(&m, v->v[k], (enum phrase_class)c);
		}
	lexicon_seal(m.lexicon);
	for (size_t i = 0; i < m.class_count; i++)
		if (m.classes[i] & (PHRASE_BIT(ASK) | PHRASE_BIT(FILL)))
			m.classes[i] &= ~PHRASE_BIT(TALK);
	*book =
	    (struct phrasebook){ m.lexicon, m.classes, m.leads, m.footers, m.words, m.word_count };
	return book;
}
