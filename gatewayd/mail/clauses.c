#include "gatewayd/mail/clauses.h"

#include "gatewayd/base/sixteen.h"
#include "gatewayd/base/str.h"

enum { QUOTE_MAX = 300 /* bytes between two quote marks of one sentence */ };

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

/* Quote marks of ASCII, and first bytes of others and of marks: those of most letters are none. */
static sixteen quotes_of(sixteen v)
{
	return (sixteen)(v == '"') | (sixteen)(v == '`') | (sixteen)(v == 0xc2) |
	       (sixteen)((v & 0xfe) == 0xe2) | (sixteen)(v == 0xef);
}

/* Of sixteen bytes and one behind them: how many stand before the first that may end a sentence or
 * begin a quote. */
static size_t before_sentence(const char *p)
{
	sixteen v = sixteen_at(p), marks = (sixteen)(v == '.') | (sixteen)(v == '!');

	marks |= (sixteen)(v == '?') | quotes_of(v);
	return sixteen_before(marks | ((sixteen)(v == ' ') & (sixteen)(sixteen_at(p + 1) == '\'')));
}

/* Of bytes: those that are the letter, in either case, or share its place in behind_blank. */
static sixteen letters_of(sixteen v, char letter)
{
	return (sixteen)((v & 31) == (unsigned char)(letter & 31));
}

/* Of sixteen bytes between others: how many stand before the first that may end a clause, begin a
 * quote or a reason.  More than those are told: is_plain() decides. */
static size_t before_clause(const char *p)
{
	sixteen v = sixteen_at(p), next = sixteen_at(p + 1), third = sixteen_at(p + 2), marks,
		behind;

	marks = quotes_of(v) | (sixteen)(v == ',') | sixteen_within(v, ':', ';') |
		sixteen_within(v, '(', ')');
	behind = (sixteen)(next == '\'') | (sixteen)(next == '-') | (sixteen)(next == 'y') |
		 ((sixteen)(next == 'a') & (letters_of(third, 'b') | letters_of(third, 'n'))) |
		 ((sixteen)(next == 'b') & letters_of(third, 'u')) |
		 ((sixteen)(next == 'e') & letters_of(third, 't')) |
		 ((sixteen)(next == 'm') & letters_of(third, 'a')) |
		 ((sixteen)(next == 'p') & letters_of(third, 'e')) |
		 ((sixteen)(next == 'u') & letters_of(third, 'n')) |
		 letters_of(sixteen_at(p - 1), 't');
	return sixteen_before(marks | ((sixteen)(v == ' ') & behind));
}

static bool is_plain(struct span s, size_t at, enum run run)
{
	return !(begins[(unsigned char)s.p[at]] & run && may_begin(s, at, run));
}

/* The bytes at the start with which nothing begins: words, mostly. */
static size_t plain_run(struct span s, enum run run)
{
	size_t (*before)(const char *p) = run == RUN_SENTENCE ? before_sentence : before_clause;
	size_t n = 0, step;

	for (; n < s.n; n += step < SIXTEEN ? step + 1 : step) {
		step = n && s.n - n > SIXTEEN + 1 ? before(s.p + n) : 0;
		if (step < SIXTEEN && !is_plain(s, n + step, run))
			return n + step;
	}
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

void clauses_add_line(struct span line, struct clauses *c)
{
	while (line.n) {
		struct span s = next_sentence(&line);
		bool asks = is_question(s);

		add_sentence(s, asks, asks ? &c->asked : &c->said);
	}
}

void clauses_add_text(struct span text, int most, struct clauses *c)
{
	struct span line;

	for (int lines = 0; lines < most && span_line(&text, &line);) {
		line = span_trim(line);
		if (!line.n)
			continue;
		if (*line.p != '>' && *line.p != '|')
			clauses_add_line(line, c);
		lines++;
	}
}

void clauses_init(struct clauses *c)
{
	buf_init(&c->said, (size_t)2 * CLAUSES_TEXT_MAX);
	buf_init(&c->asked, (size_t)2 * CLAUSES_TEXT_MAX);
}

void clauses_release(struct clauses *c)
{
	buf_release(&c->said);
	buf_release(&c->asked);
}
