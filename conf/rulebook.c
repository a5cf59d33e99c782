#include "conf/rulebook.h"

static const struct {
	struct span mark;
	enum rulebook_join join;
} joins[] = {
	{ SPAN_LITERAL(" & "), RULEBOOK_SAME },
	{ SPAN_LITERAL(" ! "), RULEBOOK_WITHOUT },
	{ SPAN_LITERAL(" + "), RULEBOOK_ALSO },
	{ SPAN_LITERAL(" - "), RULEBOOK_LACKS },
};

struct maker {
	struct arena *arena;
	struct rulebook *book;
	size_t classes; /* that may be named */
};

/* The part of *s before the mark, *s goes behind it. */
static struct span cut_at(struct span *s, struct span mark)
{
	size_t at = span_find(*s, mark);
	struct span before = span_sub(*s, 0, at);

	*s = at == SIZE_MAX ? span_sub(*s, s->n, 0) : span_sub(*s, at + mark.n, SIZE_MAX);
	return span_trim(before);
}

/* "<shop>" is shop; none: it is a phrase. */
static struct span class_name(struct span term)
{
	if (term.n < 3 || term.p[0] != '<' || term.p[term.n - 1] != '>')
		return SPAN_NONE;
	return span_sub(term, 1, term.n - 2);
}

static bool find_class(const struct maker *m, struct span name, int *ret_term)
{
	for (size_t i = 0; i < m->classes; i++)
		if (span_is(name, m->book->classes[i].name)) {
			*ret_term = rulebook_class_term(i);
			return true;
		}
	return false;
}

static bool find_term(const struct maker *m, struct span text, int *ret_term)
{
	struct span name = class_name(text);
	int phrase;

	if (name.n)
		return find_class(m, name, ret_term);
	phrase = lexicon_add(m->book->lexicon, text);
	if (phrase >= 0)
		*ret_term = phrase;
	return phrase >= 0;
}

static void add_term(struct maker *m, struct span text, struct rulebook_run *run)
{
	int term;

	if (!find_term(m, text, &term))
		return;
	ARENA_GROW(m->arena, run->terms, run->n);
	run->terms[run->n++] = term;
}

static struct rulebook_run run_of(struct maker *m, struct span text)
{
	struct rulebook_run run = { 0 };

	while (text.n)
		add_term(m, cut_at(&text, SPAN(" .. ")), &run);
	return run;
}

/* Each of the words is a term. */
static struct rulebook_run terms_of(struct maker *m, const struct policy_words *words)
{
	struct rulebook_run run = { 0 };

	for (size_t i = 0; i < words->n; i++)
		add_term(m, span_of(words->v[i]), &run);
	return run;
}

/* The clause at the start of *s, which goes to the mark of the next one, and its join. */
static struct span next_clause(struct span *s, enum rulebook_join *ret_next)
{
	size_t end = SIZE_MAX, mark = 0;
	struct span clause;

	for (size_t i = 0; i < sizeof(joins) / sizeof(*joins); i++) {
		size_t at = span_find(*s, joins[i].mark);

		if (at < end) {
			end = at;
			mark = joins[i].mark.n;
			*ret_next = joins[i].join;
		}
	}
	clause = span_sub(*s, 0, end);
	*s = end == SIZE_MAX ? span_sub(*s, s->n, 0) : span_sub(*s, end + mark, SIZE_MAX);
	return clause;
}

static struct rulebook_score score_of(struct maker *m, const char *entry)
{
	struct rulebook_score score = { .entry = entry };
	enum rulebook_join join = RULEBOOK_SAME, next = RULEBOOK_SAME;
	struct policy_phrase phrase;

	if (!policy_phrase_parse(entry, &phrase))
		return score;
	score.weight = phrase.weight;
	score.place = phrase.place;
	while (phrase.text.n) {
		struct span clause = next_clause(&phrase.text, &next);

		ARENA_GROW(m->arena, score.clauses, score.n);
		score.clauses[score.n++] = (struct rulebook_clause){ join, run_of(m, clause) };
		join = next;
	}
	return score;
}

static void add_member(struct maker *m, int phrase, int class)
{
	struct rulebook *b = m->book;

	for (; b->phrase_count <= (size_t)phrase; b->phrase_count++) {
		ARENA_GROW(m->arena, b->member_of, b->phrase_count);
		b->member_of[b->phrase_count] = -1;
	}
	ARENA_GROW(m->arena, b->members, b->member_count);
	b->members[b->member_count] = (struct rulebook_member){ class, b->member_of[phrase] };
	b->member_of[phrase] = (int)b->member_count++;
}

/* A phrase without which the run stands nowhere; "": it names a class. */
static struct span needed(struct maker *m, struct span run)
{
	struct span last = SPAN("");

	while (run.n) {
		struct span part = cut_at(&run, SPAN(" .. "));
		int term;

		if (!find_term(m, part, &term))
			continue;
		if (term < 0)
			return SPAN("");
		last = part; /* "please .. immediately": the rarer one, mostly */
	}
	return last;
}

static void add_deciding(struct maker *m, const struct policy_class *c)
{
	const struct policy_words *lists[] = { &c->words, &c->more };

	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			lexicon_add(m->book->deciding, needed(m, span_of(lists[k]->v[i])));
}

/* The next class of the book. */
static void add_class(struct maker *m, const struct policy_class *c)
{
	struct rulebook_class class = { .name = c->name };
	const struct policy_words *lists[] = { &c->words, &c->more };

	for (size_t i = 0; i < c->words.n + c->more.n; i++) {
		bool more = i >= c->words.n;
		struct rulebook_run run =
		    run_of(m, span_of(lists[more]->v[more ? i - c->words.n : i]));

		if (run.n == 1 && run.terms[0] >= 0) {
			add_member(m, run.terms[0], rulebook_class_term(m->classes));
			continue;
		}
		ARENA_GROW(m->arena, class.runs, class.n);
		class.runs[class.n++] = run;
	}
	m->book->classes[m->classes] = class;
}

static struct rulebook_rule rule_of(struct maker *m, const struct policy_rule *r)
{
	struct rulebook_rule rule = {
		.subject = terms_of(m, &r->subject),
		.text = terms_of(m, &r->text),
		.either = terms_of(m, &r->either),
		.scores = arena_alloc_n(m->arena, r->scores.n, sizeof(*rule.scores)),
		.score_count = r->scores.n,
	};

	for (size_t i = 0; i < r->scores.n; i++)
		rule.scores[i] = score_of(m, r->scores.v[i]);
	return rule;
}

static struct maker maker_new(struct arena *a, const struct policy *policy)
{
	struct rulebook *book = arena_alloc(a, sizeof(*book));

	book->lexicon = lexicon_new(a);
	book->class_count = policy->class_count;
	book->classes = arena_alloc_n(a, policy->class_count, sizeof(*book->classes));
	return (struct maker){ .arena = a, .book = book };
}

struct rulebook *rulebook_new(struct arena *a, const struct policy *policy)
{
	struct maker m = maker_new(a, policy);

	m.book->rules = arena_alloc_n(a, policy->rule_count, sizeof(*m.book->rules));
	for (; m.classes < policy->class_count; m.classes++)
		add_class(&m, &policy->classes[m.classes]);
	for (size_t i = 0; i < policy->rule_count; i++)
		m.book->rules[i] = rule_of(&m, &policy->rules[i]);
	lexicon_seal(m.book->lexicon);
	return m.book;
}

/* --- some classes --- */

static bool names_class_in(struct span run, const char *class)
{
	while (run.n)
		if (span_is(class_name(cut_at(&run, SPAN(" .. "))), class))
			return true;
	return false;
}

static bool names_class(const struct policy_class *c, const char *class)
{
	const struct policy_words *lists[] = { &c->words, &c->more };

	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (strchr(lists[k]->v[i], '<') &&
			    names_class_in(span_of(lists[k]->v[i]), class))
				return true;
	return false;
}

static bool is_named(const struct policy *policy, size_t class, const bool *wanted)
{
	for (size_t i = class + 1; i < policy->class_count; i++)
		if (wanted[i] && names_class(&policy->classes[i], policy->classes[class].name))
			return true;
	return false;
}

static bool is_one_of(const char *name, const char *const *these, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(these[i], name) == 0)
			return true;
	return false;
}

/* Which classes are one of these, or named by one that is. */
static bool *wanted_of(struct arena *a, const struct policy *policy, const char *const *these,
		       size_t n)
{
	bool *wanted = arena_alloc_n(a, policy->class_count, sizeof(*wanted));

	for (size_t i = policy->class_count; i-- > 0;)
		wanted[i] =
		    is_one_of(policy->classes[i].name, these, n) || is_named(policy, i, wanted);
	return wanted;
}

struct rulebook *rulebook_of(struct arena *a, const struct policy *policy, const char *const *these,
			     size_t n, size_t deciding)
{
	struct maker m = maker_new(a, policy);
	const bool *wanted = wanted_of(a, policy, these, n);
	const bool *decides = wanted_of(a, policy, these, deciding);

	m.book->deciding = lexicon_new(a);
	for (; m.classes < policy->class_count; m.classes++) {
		const struct policy_class *c = &policy->classes[m.classes];

		m.book->classes[m.classes].name = c->name;
		if (decides[m.classes])
			add_deciding(&m, c);
		if (wanted[m.classes])
			add_class(&m, c);
	}
	lexicon_seal(m.book->lexicon);
	lexicon_seal(m.book->deciding);
	return m.book;
}

struct span rulebook_unknown(const struct policy *policy, size_t classes, struct span phrase)
{
	while (phrase.n) {
		struct span name, rest;
		bool known = false;

		span_cut(&phrase, '<');
		rest = phrase;
		name = span_cut(&rest, '>');
		for (size_t i = 0; phrase.n && i < classes; i++)
			known |= span_is(name, policy->classes[i].name);
		if (phrase.n && !known)
			return name;
	}
	return SPAN_NONE;
}
