#include "gatewayd/mail/urgency.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/severity.h"
#include "gatewayd/mail/clauses.h"
#include "gatewayd/mail/routing_text.h"

/* --- words --- */

/* From the last: those of urgency name others, which stand before them. */
static bool find_class(const struct policy *p, const char *name, size_t *ret_class)
{
	for (size_t i = p->urgency ? p->urgency->class_count : 0; i-- > 0;)
		if (*p->urgency->classes[i].name == *name &&
		    strcmp(p->urgency->classes[i].name, name) == 0) {
			*ret_class = i;
			return true;
		}
	return false;
}

static const struct policy_words *no_words(const struct policy *p)
{
	static const struct policy_words none;
	size_t class;

	return find_class(p, "no-word", &class) ? &p->classes[class].words : &none;
}

/* Words that deny what follows, and the first bytes that they have. */
struct denials {
	const struct policy_words *words;
	bool first[256];
};

static void denials_init(struct denials *d, const struct policy_words *words)
{
	*d = (struct denials){ .words = words };
	for (size_t i = 0; i < words->n; i++)
		d->first[ascii_lower((unsigned char)words->v[i][0])] = true;
}

static bool is_no_word(const struct denials *d, struct span word)
{
	if (word.n && !d->first[ascii_lower((unsigned char)word.p[0])])
		return false;
	for (size_t i = 0; i < d->words->n; i++)
		if (span_is_ci(word, d->words->v[i]))
			return true;
	return false;
}

/* The clause up to a word that denies what follows it. */
static struct span before_no(const struct denials *denials, struct span clause)
{
	struct span rest = clause, word;

	while (rest.n) {
		word = span_cut(&rest, ' ');
		if (is_no_word(denials, word))
			return span_sub(clause, 0, (size_t)(word.p - clause.p));
	}
	return clause;
}

/* Most say none, and need no look at what denies it. */
static bool has_number(struct span clause)
{
	uint64_t any = 0;
	size_t i = 0;

	for (; clause.n - i >= 8; i += 8)
		any |= eight_within(eight_at(clause.p + i), '1', '4');
	for (; i < clause.n; i++)
		any |= clause.p[i] >= '1' && clause.p[i] <= '4';
	return any;
}

static int number_in(const struct policy *p, struct span clauses)
{
	struct denials denials;
	struct span clause;
	int number = 0;

	if (!has_number(clauses))
		return 0;
	denials_init(&denials, no_words(p));
	while (!number && span_line(&clauses, &clause))
		if (has_number(clause))
			number = severity_number(before_no(&denials, clause));
	return number;
}

/* --- what they say --- */

static bool has_class(const struct policy *p, const struct routing_text *text, const char *name)
{
	struct rulebook_run run = { .n = 1 };
	size_t class;
	int term;

	if (!find_class(p, name, &class))
		return false;
	term = rulebook_class_term(class);
	run.terms = &term;
	return routing_text_has_any(text, &run, false);
}

/* <urgent>, with <request> when it must be there, and without <not-stated>. */
static bool states(const struct policy *p, const struct routing_text *text, bool asks)
{
	static const struct {
		const char *class;
		enum rulebook_join join;
	} wanted[] = { { "urgent", RULEBOOK_SAME },
		       { "not-stated", RULEBOOK_WITHOUT },
		       { "request", RULEBOOK_SAME } };
	struct rulebook_clause parts[3];
	struct rulebook_score score = { .clauses = parts, .n = asks ? 3 : 2 };
	struct span found;
	int terms[3];

	if (!has_class(p, text, "urgent"))
		return false;
	for (size_t i = 0; i < score.n; i++) {
		size_t class;

		if (!find_class(p, wanted[i].class, &class))
			return false;
		terms[i] = rulebook_class_term(class);
		parts[i] = (struct rulebook_clause){ wanted[i].join, { &terms[i], 1 } };
	}
	return routing_text_scores(text, &score, no_words(p), &found);
}

static bool is_asked(const struct policy *p, struct span asked)
{
	struct routing_text text;
	bool asks;

	if (!asked.n || !p->urgency)
		return false;
	routing_text_init(&text, p->urgency, SPAN(""), asked);
	asks = states(p, &text, true);
	routing_text_release(&text);
	return asks;
}

/* 1 to 4; 0: nothing is said; -1: the opposite is. */
static int wish_of(const struct policy *p, const struct clauses *c)
{
	int wish = number_in(p, buf_span(&c->said));
	struct routing_text text;

	if (wish || !p->urgency)
		return wish;
	routing_text_init(&text, p->urgency, SPAN(""), buf_span(&c->said));
	if (states(p, &text, false) || is_asked(p, buf_span(&c->asked)))
		wish = 1;
	else if (has_class(p, &text, "no-hurry"))
		wish = -1;
	routing_text_release(&text);
	return wish;
}

int urgency_wish(const struct policy *policy, struct span subject, struct span text)
{
	struct clauses in_subject, in_text;
	int wish;

	clauses_init(&in_subject);
	clauses_init(&in_text);
	clauses_add_line(utf8_prefix(subject, URGENCY_SUBJECT_MAX), &in_subject);
	clauses_add_text(utf8_prefix(text, URGENCY_TEXT_MAX), URGENCY_LINES, &in_text);
	wish = wish_of(policy, &in_text);
	if (!wish)
		wish = wish_of(policy, &in_subject);
	clauses_release(&in_subject);
	clauses_release(&in_text);
	return wish > 0 ? wish : 0;
}
