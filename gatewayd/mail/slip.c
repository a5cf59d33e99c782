#include "gatewayd/mail/slip.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/staff_verb.h"

enum {
	WORD_MAX = 24,
	NEAR = 2,	    /* letters that may be wrong */
	GREETING_WORDS = 5, /* at most, with a comma or the like at its end */
	DECORATION_MAX = 16,
};

/* What people write for a note. */
static const char *const note_words[] = {
	"note",	   "notes",    "internal",     "intern",    "interne", "interno",
	"private", "privat",   "comment",      "kommentar", "notiz",   "memo",
	"remark",  "remarque", "staff",	       "nota",	    "hidden",  "draft",
	"entwurf", "comments", "internalnote", "bemerkung",
};

/* Letters that look like those of ASCII. */
static const struct alike {
	uint32_t code;
	char letter;
} alike[] = {
	{ 0x430, 'a' }, { 0x435, 'e' }, { 0x43e, 'o' }, { 0x440, 'p' }, { 0x441, 'c' },
	{ 0x443, 'y' }, { 0x445, 'x' }, { 0x456, 'i' }, { 0x455, 's' }, { 0x3bf, 'o' },
	{ 0x3bd, 'v' }, { 0x131, 'i' }, { 0x442, 't' }, { 0x43d, 'n' },
};

enum mark { MARK_NONE, MARK_OTHER, MARK_HASH, MARK_SLASH, MARK_STAR };

struct reading_line {
	enum mark mark;
	size_t marks;	     /* how many of it */
	bool apart;	     /* something stands between mark and word */
	bool dressed;	     /* something stands before the mark */
	bool letter;	     /* a letter comes first, of whatever script */
	char word[WORD_MAX]; /* lower case ASCII */
	struct span rest;    /* behind the word */
	bool alone;	     /* nothing but punctuation is behind it */
};

static uint32_t next(struct span *s)
{
	size_t n = utf8_len(*s);
	uint32_t c = n ? utf8_code(*s) : 0xfffd;

	*s = span_sub(*s, n ? n : 1, SIZE_MAX);
	return c;
}

static uint32_t peek(struct span s)
{
	return s.n ? next(&s) : 0;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || (c >= 0x80 && utf8_is_hidden(c));
}

static enum mark mark_of(uint32_t c)
{
	if (c == '#' || c == 0xff03 || c == 0xfe5f || c == 0x266f)
		return MARK_HASH;
	if (c == '/' || c == 0xff0f || c == '\\')
		return MARK_SLASH;
	if (c == '*' || c == 0xff0a)
		return MARK_STAR;
	return c == '@' || c == '!' || c == '%' || c == '$' || c == 0xa7 ? MARK_OTHER : MARK_NONE;
}

/* 0: no letter that could be one of ASCII. */
static char letter_of(uint32_t c)
{
	if (c >= 0xff21 && c <= 0xff5a)
		c -= 0xfee0;
	for (size_t i = 0; i < sizeof(alike) / sizeof(*alike); i++)
		if (alike[i].code == c)
			return alike[i].letter;
	return c < 0x80 && ascii_is_alpha((unsigned char)c) ? (char)ascii_lower((unsigned char)c)
							    : '\0';
}

/* Bullets, numbers, arrows, pictures, quotation marks, emphasis; a quote of another mail is none.
 */
static bool is_decoration(uint32_t c)
{
	static const char ascii[] = "-=+.)([{\"'`_~:!";
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 0x2010, 0x2027 }, { 0x2190, 0x21ff }, { 0x25a0, 0x27bf },
		       { 0x2b00, 0x2bff }, { 0xfe0f, 0xfe0f }, { 0x1f300, 0x1faff } };

	if (c < 0x80)
		return c && (strchr(ascii, (int)c) || ascii_is_digit((unsigned char)c));
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return c == 0xab || c == 0xb7;
}

/* The point of "->" and "=>". */
static bool is_arrow(struct span line, struct span at)
{
	return at.n && *at.p == '>' && at.p > line.p && strchr("-=", at.p[-1]);
}

static void skip_blanks(struct span *s)
{
	while (s->n && is_blank(peek(*s)))
		next(s);
}

/* Goes to the mark: stars before a "#" are emphasis. */
static void find_mark(struct span *s, struct reading_line *r)
{
	struct span at = *s;

	for (int i = 0; at.n && i < DECORATION_MAX; i++) {
		uint32_t c = peek(at);

		if (mark_of(c) == MARK_HASH || (mark_of(c) && r->mark <= MARK_OTHER)) {
			r->mark = mark_of(c);
			r->dressed = at.p != s->p;
			*s = at;
		} else if (!is_decoration(c) && !is_blank(c) && !is_arrow(*s, at) &&
			   mark_of(c) != MARK_STAR) {
			break;
		}
		if (r->mark == MARK_HASH)
			return;
		next(&at);
	}
}

static void read_word(struct span *s, struct reading_line *r)
{
	size_t n = 0;

	while (s->n && n + 1 < WORD_MAX) {
		uint32_t c = peek(*s);
		char letter = letter_of(c);

		if (!letter && !(n && c >= 0x80 && utf8_is_hidden(c)))
			break;
		if (letter)
			r->word[n++] = letter;
		next(s);
	}
	r->word[n] = '\0';
}

static void read_line(struct span line, struct reading_line *r)
{
	struct span s = line;

	*r = (struct reading_line){ 0 };
	skip_blanks(&s);
	find_mark(&s, r);
	if (!r->mark)
		return;
	r->dressed |= s.p != line.p;
	while (s.n && mark_of(peek(s)) == r->mark) {
		next(&s);
		r->marks++;
	}
	while (s.n && (is_blank(peek(s)) || (peek(s) < 0x80 && strchr("-:_", (int)peek(s))))) {
		next(&s);
		r->apart = true;
	}
	r->letter = letter_of(peek(s)) || (peek(s) >= 0xc0 && peek(s) != 0xfffd);
	read_word(&s, r);
	r->rest = s;
	r->alone = true;
	while (s.n) {
		uint32_t c = next(&s);

		r->alone &= is_blank(c) || is_decoration(c) || c == ']' || c == '}' || c == '*' ||
			    c == ',' || c == ';' || c == 0xff1a || c == 0xbb;
	}
}

/* --- near a verb --- */

static size_t min_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters left out, added, changed or swapped with the next. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], n = strlen(a), m = strlen(b);
	size_t *two = rows[0], *one = rows[1], *row = rows[2], *spare;

	for (size_t k = 0; k <= m; k++)
		one[k] = two[k] = k;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= m; k++) {
			row[k] = min_of(min_of(one[k], row[k - 1]) + 1,
					one[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = min_of(row[k], two[k - 2] + 1);
		}
		spare = two;
		two = one;
		one = row;
		row = spare;
	}
	return one[m];
}

static bool is_note_word(const char *word)
{
	for (size_t i = 0; i < sizeof(note_words) / sizeof(*note_words); i++)
		if (strcmp(word, note_words[i]) == 0)
			return true;
	return distance(word, "note") <= 1 && strlen(word) > 2;
}

static bool is_near(const char *word)
{
	if (strlen(word) < 2)
		return false;
	if (is_note_word(word))
		return true;
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		const char *verb = staff_verb_name((enum staff_verb)i);

		if (distance(word, verb) <= min_of(NEAR, strlen(verb) / 2))
			return true;
	}
	return false;
}

static bool is_verb(const char *word)
{
	for (int i = 0; i < STAFF_VERB_COUNT; i++)
		if (strcmp(word, staff_verb_name((enum staff_verb)i)) == 0)
			return true;
	return false;
}

/* --- where it stands --- */

/* "/etc/hosts", "/note.txt": a path. */
static bool is_path(const struct reading_line *r)
{
	return r->mark == MARK_SLASH && r->rest.n > 1 &&
	       (*r->rest.p == '/' || *r->rest.p == '\\' || *r->rest.p == '.' || *r->rest.p == '_' ||
		*r->rest.p == '-' || ascii_is_digit((unsigned char)*r->rest.p));
}

/* A line of the same sort, no slip itself: a list, comments of a program, folders. */
static bool is_company(struct span line, enum mark mark)
{
	struct reading_line r;

	read_line(line, &r);
	return r.mark == mark && r.word[0] && !(is_note_word(r.word) || is_verb(r.word));
}

/* Where commands stand. */
static bool slips_above(const struct reading_line *r)
{
	bool near = is_near(r->word);

	switch (r->mark) {
	case MARK_HASH:
		if (r->marks == 1 && !r->apart && r->letter)
			return true; /* no command that there is */
		return near && (r->alone || !r->apart || r->marks == 1);
	case MARK_SLASH: return near && !is_path(r);
	case MARK_STAR: return near && (r->alone || (!r->apart && is_note_word(r->word)));
	case MARK_OTHER: return r->alone && !r->apart && is_note_word(r->word);
	case MARK_NONE: break;
	}
	return false;
}

static bool slips_below(const struct reading_line *r, struct span before, struct span behind)
{
	bool company = is_company(before, r->mark) || is_company(behind, r->mark);

	if (!is_near(r->word) || is_path(r) || r->mark == MARK_OTHER)
		return false;
	if (r->mark == MARK_HASH && r->alone)
		return !company || is_verb(r->word) || is_note_word(r->word);
	if (r->mark == MARK_HASH && !r->apart)
		return is_verb(r->word) || is_note_word(r->word);
	if (r->mark == MARK_HASH)
		return is_note_word(r->word) && !company;
	return r->alone && !company;
}

/* "Hi,", "Hello all!", "Hallo Ann,": commands may be meant below it. */
static bool is_greeting(struct span line)
{
	struct span rest = span_trim(line);
	int words = rest.n > 0;

	if (!rest.n || !(strchr(",!:", rest.p[rest.n - 1]) || rest.n <= 12))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		words += rest.p[i] == ' ';
	return words <= GREETING_WORDS;
}

struct span slip_find(struct span text, size_t commands)
{
	struct span rest = span_sub(text, commands, SIZE_MAX), line, behind, ahead;
	struct span before = SPAN("");
	bool above = true, greeted = false;

	while (span_line(&rest, &line)) {
		struct reading_line r;

		if (!span_trim(line).n)
			continue;
		for (ahead = rest, behind = SPAN("");
		     span_line(&ahead, &behind) && !span_trim(behind).n;)
			behind = SPAN("");
		read_line(line, &r);
		if (r.mark && (above ? slips_above(&r) : slips_below(&r, before, behind)))
			return span_trim(line);
		/* A greeting leaves the place of commands where it is, once. */
		above = above && !greeted && is_greeting(line);
		greeted = above;
		before = line;
	}
	return SPAN_NONE;
}
