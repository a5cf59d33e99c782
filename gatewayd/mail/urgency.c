#include "gatewayd/mail/urgency.h"

#include "gatewayd/base/sixteen.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/severity.h"
#include "gatewayd/mail/routing_text.h"

enum { QUOTE_MAX = 300 /* bytes between two quote marks of one sentence */ };

/* --- clauses: a paragraph each --- */

/* Marks that end a clause, and those that end a sentence. */
static const struct span ends[] = {
	SPAN_LITERAL(", but "),
	SPAN_LITERAL(", aber "),
	SPAN_LITERAL(", mais "),
	SPAN_LITERAL(", pero "),
	SPAN_LITERAL(" but "),
	SPAN_LITERAL(" aber "),
	SPAN_LITERAL(" mais "),
	SPAN_LITERAL(" pero "),
	SPAN_LITERAL(" and now "),
	SPAN_LITERAL(" und jetzt "),
	SPAN_LITERAL(" et maintenant "),
	SPAN_LITERAL(" y ahora "),
	SPAN_LITERAL(", "),
	SPAN_LITERAL("; "),
	SPAN_LITERAL(" - "),
	SPAN_LITERAL("("),
	SPAN_LITERAL(")"),
	SPAN_LITERAL("\xe2\x80\x93"),
	SPAN_LITERAL("\xe2\x80\x94"),
	SPAN_LITERAL("\xe3\x80\x81"),
	SPAN_LITERAL("\xef\xbc\x8c"),
};
static const struct span stops[] = {
	SPAN_LITERAL(". "),	      SPAN_LITERAL("! "),	    SPAN_LITERAL("? "),
	SPAN_LITERAL("\xe3\x80\x82"), SPAN_LITERAL("\xef\xbc\x81"), SPAN_LITERAL("\xef\xbc\x9f"),
};

static const struct {
	struct span open, close;
} quotes[] = {
	{ SPAN_LITERAL("\""), SPAN_LITERAL("\"") },
	{ SPAN_LITERAL("\xe2\x80\x9c"), SPAN_LITERAL("\xe2\x80\x9d") },
	{ SPAN_LITERAL("\xe2\x80\x9e"), SPAN_LITERAL("\xe2\x80\x9c") },
	{ SPAN_LITERAL("\xe2\x80\x9e"), SPAN_LITERAL("\xe2\x80\x9d") },
	{ SPAN_LITERAL("\xe2\x80\x98"), SPAN_LITERAL("\xe2\x80\x99") },
	{ SPAN_LITERAL("\xe2\x80\x9a"), SPAN_LITERAL("\xe2\x80\x98") },
	{ SPAN_LITERAL("\xc2\xab"), SPAN_LITERAL("\xc2\xbb") },
	{ SPAN_LITERAL("\xc2\xbb"), SPAN_LITERAL("\xc2\xab") },
	{ SPAN_LITERAL("\xe3\x80\x8c"), SPAN_LITERAL("\xe3\x80\x8d") },
	{ SPAN_LITERAL("\xe3\x80\x8e"), SPAN_LITERAL("\xe3\x80\x8f") },
	{ SPAN_LITERAL("`"), SPAN_LITERAL("`") },
	{ SPAN_LITERAL(" '"), SPAN_LITERAL("'") },
};

/* How far nothing is looked for. */
enum run { RUN_QUOTE = 1, RUN_SENTENCE = 2, RUN_CLAUSE = 4 };
#define RUN_ANY (RUN_QUOTE | RUN_SENTENCE | RUN_CLAUSE)

/* Bytes with which something may begin: a quote, a mark that ends a sentence or a clause, a reason;
 * a blank is looked at with what is behind it. */
static const unsigned char begins[256] = {
	[' '] = RUN_ANY,      ['"'] = RUN_ANY,	    ['`'] = RUN_ANY,	['.'] = RUN_SENTENCE,
	['!'] = RUN_SENTENCE, ['?'] = RUN_SENTENCE, [','] = RUN_CLAUSE, [';'] = RUN_CLAUSE,
	['('] = RUN_CLAUSE,   [')'] = RUN_CLAUSE,   [':'] = RUN_CLAUSE, [0xc2] = RUN_ANY,
	[0xe2] = RUN_ANY,     [0xe3] = RUN_ANY,	    [0xef] = RUN_ANY,
};

#define LETTER(c) (UINT32_C(1) << ((c)&31))

/* Second letters of what may stand behind a blank: " but ", " - ", and behind "urgent" " until ".
 */
static const struct {
	uint32_t marks, reasons;
} behind_blank[256] = {
	['-'] = { LETTER(' '), 0 },	      ['a'] = { LETTER('b') | LETTER('n'), LETTER('s') },
	['b'] = { LETTER('u'), LETTER('e') }, ['e'] = { LETTER('t'), 0 },
	['m'] = { LETTER('a'), 0 },	      ['p'] = { LETTER('e'), 0 },
	['s'] = { 0, LETTER('i') },	      ['t'] = { 0, LETTER('h') | LETTER('o') },
	['u'] = { LETTER('n'), LETTER('n') }, ['y'] = { LETTER(' '), 0 },
};

static bool begins_behind_blank(struct span s, size_t at, enum run run)
{
	unsigned char first = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;
	unsigned char second = at + 2 < s.n ? (unsigned char)s.p[at + 2] : 0;
	uint32_t letters = behind_blank[first].marks;

	if (first == '\'')
		return true;
	if (!at || ascii_lower((unsigned char)s.p[at - 1]) == 't')
		letters |= behind_blank[first].reasons;
	return run & RUN_CLAUSE && letters & LETTER(second);
}

/* What the byte at `at` begins may be one of them; those of other scripts are told by two bytes. */
static bool may_begin(struct span s, size_t at, enum run run)
{
	unsigned char first = (unsigned char)s.p[at];
	unsigned char second = at + 1 < s.n ? (unsigned char)s.p[at + 1] : 0;

	if (first == ' ')
		return begins_behind_blank(s, at, run);
	if (first == 0xc2)
		return second == 0xab || second == 0xbb;
	return first < 0x80 || second == (first == 0xef ? 0xbc : 0x80);
}

/* Of sixteen bytes and one behind them: how many stand before the first that may end a sentence or
 * begin a quote. */
static size_t before_sentence(const char *p)
{
	sixteen v = sixteen_at(p), marks = (sixteen)(v == '.') | (sixteen)(v == '!');

	marks |= (sixteen)(v == '?') | (sixteen)(v == '"') | (sixteen)(v == '`') | (v & 0x80);
	return sixteen_before(marks | ((sixteen)(v == ' ') & (sixteen)(sixteen_at(p + 1) == '\'')));
}

static bool is_plain(struct span s, size_t at, enum run run)
{
	return !(begins[(unsigned char)s.p[at]] & run && may_begin(s, at, run));
}

static size_t plain_sentence(struct span s)
{
	size_t n = 0, step;

	for (; n < s.n; n += step < SIXTEEN ? step + 1 : step) {
		step = s.n - n > SIXTEEN ? before_sentence(s.p + n) : 0;
		if (step < SIXTEEN && !is_plain(s, n + step, RUN_SENTENCE))
			return n + step;
	}
	return n;
}

/* The bytes at the start with which nothing begins: words, mostly. */
static size_t plain_run(struct span s, enum run run)
{
	size_t n = 0;

	if (run == RUN_SENTENCE)
		return plain_sentence(s);
	while (n < s.n && is_plain(s, n, run))
		n++;
	return n;
}

/* The length of what stands in quotes here, with the marks; 0: nothing does. */
static size_t quoted_at(struct span s)
{
	unsigned char c = (unsigned char)s.p[0];

	if (c == ' ' ? s.n < 2 || s.p[1] != '\'' : !(begins[c] & RUN_QUOTE))
		return 0;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		struct span rest = span_sub(s, quotes[i].open.n, QUOTE_MAX);
		size_t at;

		if (!span_starts(s, quotes[i].open))
			continue;
		at = span_find(rest, quotes[i].close);
		if (at != SIZE_MAX && at > 0)
			return quotes[i].open.n + at + quotes[i].close.n;
	}
	return 0;
}

static size_t mark_at(struct span s, const struct span *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts(s, marks[i]))
			return marks[i].n;
	return 0;
}

#define MARK_AT(s, marks) mark_at((s), (marks), sizeof(marks) / sizeof(*(marks)))

/* What people say, each clause a paragraph; what they ask, each sentence one. */
struct clauses {
	struct buf said, asked;
};

/* A clause that begins so is about the one before it. */
static const struct span leads[] = {
	SPAN_LITERAL("not urgent"),
	SPAN_LITERAL("not that urgent"),
	SPAN_LITERAL("no rush"),
	SPAN_LITERAL("no hurry"),
	SPAN_LITERAL("is over"),
	SPAN_LITERAL("is solved"),
	SPAN_LITERAL("is fixed"),
	SPAN_LITERAL("is resolved"),
	SPAN_LITERAL("nicht dringend"),
	SPAN_LITERAL("nicht eilig"),
	SPAN_LITERAL("keine eile"),
	SPAN_LITERAL("ist gel\xc3\xb6st"),
	SPAN_LITERAL("ist behoben"),
	SPAN_LITERAL("pas urgent"),
	SPAN_LITERAL("pas d'urgence"),
	SPAN_LITERAL("est r\xc3\xa9solu"),
	SPAN_LITERAL("no urgente"),
	SPAN_LITERAL("no es urgente"),
	SPAN_LITERAL("sin prisa"),
	SPAN_LITERAL("est\xc3\xa1 resuelto"),
	SPAN_LITERAL("it is not urgent"),
	SPAN_LITERAL("it's not urgent"),
	SPAN_LITERAL("it isn't urgent"),
	SPAN_LITERAL("though it is not urgent"),
	SPAN_LITERAL("though it isn't urgent"),
	SPAN_LITERAL("though not urgent"),
	SPAN_LITERAL("es ist nicht dringend"),
	SPAN_LITERAL("es eilt nicht"),
	SPAN_LITERAL("ce n'est pas urgent"),
	SPAN_LITERAL("no hay prisa"),
	SPAN_LITERAL("\xe8\xa7\xa3\xe6\xb1\xba\xe3\x81\x97\xe3\x81\xbe\xe3\x81\x97\xe3\x81\x9f"),
};

static bool leads_back(struct span s)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++)
		if (span_starts_ci(s, leads[i]))
			return true;
	return false;
}

/* "It is urgent that this is solved": behind it stands why, not that it is over. */
static size_t reason_at(const struct buf *before, struct span s)
{
	static const struct span reasons[] = {
		SPAN_LITERAL(": "),	 SPAN_LITERAL(" that "),    SPAN_LITERAL(" to "),
		SPAN_LITERAL(" until "), SPAN_LITERAL(" because "), SPAN_LITERAL(" since "),
		SPAN_LITERAL(" as "),
	};

	return span_ends_ci(buf_span(before), SPAN("urgent")) ? MARK_AT(s, reasons) : 0;
}

/* Without what stands in quotes. */
static void add_sentence(struct span s, bool whole, struct buf *out)
{
	while (s.n) {
		size_t plain = plain_run(s, whole ? RUN_SENTENCE : RUN_CLAUSE);
		size_t quoted = plain ? 0 : quoted_at(s);
		size_t end = plain || quoted || whole ? 0 : MARK_AT(s, ends);

		if (plain) {
			buf_add(out, span_sub(s, 0, plain));
			s = span_sub(s, plain, SIZE_MAX);
			continue;
		}
		if (!quoted && !whole && !end)
			end = reason_at(out, s);
		if (quoted)
			buf_adds(out, " ");
		else if (end)
			buf_adds(out, leads_back(span_sub(s, end, SIZE_MAX)) ? " " : "\n\n");
		else
			buf_addc(out, *s.p);
		s = span_sub(s, quoted ? quoted : end ? end : 1, SIZE_MAX);
	}
	buf_adds(out, "\n\n");
}

static bool is_question(struct span s)
{
	return span_ends_ci(s, SPAN("?")) || span_ends_ci(s, SPAN("\xef\xbc\x9f"));
}

/* The sentence at the start of *line, with its mark. */
static struct span next_sentence(struct span *line)
{
	size_t n = 0, mark = 0;
	struct span s;

	while (n < line->n && !mark) {
		struct span rest = span_sub(*line, n, SIZE_MAX);
		size_t plain = plain_run(rest, RUN_SENTENCE), quoted = plain ? 0 : quoted_at(rest);

		mark = plain || quoted ? 0 : MARK_AT(rest, stops);
		n += plain ? plain : quoted ? quoted : mark ? mark : 1;
	}
	s = span_trim(span_sub(*line, 0, n));
	*line = span_sub(*line, n, SIZE_MAX);
	return s;
}

static void add_line(struct span line, struct clauses *c)
{
	while (line.n) {
		struct span s = next_sentence(&line);
		bool asks = is_question(s);

		add_sentence(s, asks, asks ? &c->asked : &c->said);
	}
}

static void add_text(struct span text, struct clauses *c)
{
	struct span line;

	for (int lines = 0; lines < URGENCY_LINES && span_line(&text, &line);) {
		line = span_trim(line);
		if (!line.n)
			continue;
		if (*line.p != '>' && *line.p != '|')
			add_line(line, c);
		lines++;
	}
}

static void clauses_init(struct clauses *c)
{
	buf_init(&c->said, (size_t)2 * URGENCY_TEXT_MAX);
	buf_init(&c->asked, (size_t)2 * URGENCY_TEXT_MAX);
}

static void clauses_release(struct clauses *c)
{
	buf_release(&c->said);
	buf_release(&c->asked);
}

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
	add_line(utf8_prefix(subject, URGENCY_SUBJECT_MAX), &in_subject);
	add_text(utf8_prefix(text, URGENCY_TEXT_MAX), &in_text);
	wish = wish_of(policy, &in_text);
	if (!wish)
		wish = wish_of(policy, &in_subject);
	clauses_release(&in_subject);
	clauses_release(&in_text);
	return wish > 0 ? wish : 0;
}
