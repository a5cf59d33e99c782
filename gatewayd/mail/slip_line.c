#include "gatewayd/mail/slip_line.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/confusable.h"
#include "parser/html_scan.h"

enum {
	DECORATION_MAX = 24,
	LIST_LETTERS_MAX = 4, /* "a)", "iii." */
	TAG_MAX = 80,
	MARKS_MAX = 3,	 /* "# # note" */
	SPELLED_MIN = 3, /* letters, each for itself: "n o t e" */
	DECODINGS = 3,	 /* "&amp;#35;" */
	LINE_BYTES_MAX = 16 * 1024,
};

/* The characters of a line, those that are not seen left out. */
struct codes {
	uint32_t v[SLIP_CODES_MAX];
	size_t n;
};

/* What people write for a note. */
static const char *const note_words[] = {
	"note",	     "notes",	  "internal",  "intern",  "interne",   "interno",    "private",
	"privat",    "comment",	  "kommentar", "notiz",	  "memo",      "remark",     "remarque",
	"staff",     "nota",	  "hidden",    "draft",	  "entwurf",   "comments",   "internalnote",
	"bemerkung", "anmerkung", "interna",   "vermerk", "opmerking", "comentario", "commentaire",
};

bool slip_is_note(const char *word)
{
	for (size_t i = 0; i < sizeof(note_words) / sizeof(*note_words); i++)
		if (strcmp(word, note_words[i]) == 0)
			return true;
	return false;
}

/* --- characters --- */

static int hex_of(char c)
{
	if (ascii_is_digit((unsigned char)c))
		return c - '0';
	c = (char)ascii_lower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%23", "=23", "\x23", "\u0023": what stands there, in *ret_n how long it is; 0: none of these. */
static uint32_t escaped(struct span s, size_t *ret_n)
{
	size_t head = *s.p == '%' || *s.p == '=' ? 1 : 2, digits = 2;
	uint32_t code = 0;

	if (head == 2 && (*s.p != '\\' || s.n < 2 || !strchr("xu", s.p[1])))
		return 0;
	if (head == 2 && s.p[1] == 'u')
		digits = 4;
	if (s.n < head + digits)
		return 0;
	for (size_t i = head; i < head + digits; i++) {
		int hex = hex_of(s.p[i]);

		if (hex < 0)
			return 0;
		code = code << 4 | (uint32_t)hex;
	}
	*ret_n = head + digits;
	return code > ' ' && code != 0x7f && (code < 0x80 || digits == 4) ? code : 0;
}

static bool is_unseen(uint32_t c)
{
	if (c == 0x85 || c == 0x2028 || c == 0x2029)
		return false;
	return (c >= 0x80 && utf8_is_hidden(c)) || (c >= 0x300 && c <= 0x36f) ||
	       (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
	       (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff);
}

/* Behind the last one: escapes as what they stand for. */
static void add_codes(struct span s, struct codes *c)
{
	while (s.n && c->n < SLIP_CODES_MAX) {
		size_t n = utf8_len(s);
		uint32_t code = escaped(s, &n);

		if (!code)
			code = n ? utf8_code(s) : 0xfffd;
		if (!is_unseen(code))
			c->v[c->n++] = code;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
}

static void read_codes(struct span line, struct codes *ret)
{
	struct buf once BUF_AUTO, again BUF_AUTO;

	buf_init(&once, LINE_BYTES_MAX);
	buf_init(&again, LINE_BYTES_MAX);
	ret->n = 0;
	html_decode(utf8_prefix(line, LINE_BYTES_MAX), &once);
	for (int i = 1; i < DECODINGS; i++) {
		html_decode(buf_span(&once), &again);
		buf_clear(&once);
		buf_add(&once, buf_span(&again));
		buf_clear(&again);
	}
	add_codes(buf_span(&once), ret);
}

static uint32_t at(const struct codes *c, size_t i)
{
	return i < c->n ? c->v[i] : 0;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || c == 0x205f;
}

static enum slip_mark mark_of(uint32_t c)
{
	if (c == '#' || c == 0xff03 || c == 0xfe5f || c == 0x266f || c == 0x22d5 || c == 0x2317)
		return SLIP_HASH;
	if (c == '/' || c == 0xff0f || c == '\\' || c == 0xff3c || c == 0x2044 || c == 0x2215)
		return SLIP_SLASH;
	if (c == '*' || c == 0xff0a || c == 0x2217)
		return SLIP_STAR;
	return c && (c < 0x80 ? strchr("@!%$", (int)c) != NULL : c == 0xa7) ? SLIP_OTHER
									    : SLIP_NONE;
}

/* Alphabets that are letters of ASCII in another dress: full width, circled, in boxes. */
static uint32_t undressed(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		char letter;
	} runs[] = { { 0x249c, 0x24b5, 'a' },	{ 0x24b6, 0x24cf, 'a' },
		     { 0x24d0, 0x24e9, 'a' },	{ 0xff21, 0xff3a, 'a' },
		     { 0xff41, 0xff5a, 'a' },	{ 0x1f110, 0x1f129, 'a' },
		     { 0x1f130, 0x1f149, 'a' }, { 0x1f150, 0x1f169, 'a' },
		     { 0x1f170, 0x1f189, 'a' }, { 0x1f1e6, 0x1f1ff, 'a' } };

	if (c >= 0x1d400 && c <= 0x1d6a3) /* mathematical: bold, italic, ... of both cases */
		return 'a' + (c - 0x1d400) % 26;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		if (c >= runs[i].first && c <= runs[i].last)
			return (uint32_t)runs[i].letter + c - runs[i].first;
	return c;
}

/* The small letter of those that confusable_letter() knows. */
static uint32_t small(uint32_t c)
{
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	return c < 0x80 ? ascii_lower((unsigned char)c) : c;
}

/* 0: no letter that could be one of ASCII. */
static char letter_of(uint32_t c)
{
	c = small(undressed(c));
	if (c < 0x80)
		return ascii_is_alpha((unsigned char)c) ? (char)c : '\0';
	return confusable_letter(c);
}

/* --- before the mark --- */

/* Bullets, numbers, arrows, pictures, quotation marks, emphasis. */
static bool is_decoration(uint32_t c)
{
	static const char ascii[] = "-=+.,;)(]}[{\"'`_~:!^<";
	static const struct {
		uint32_t first, last;
	} ranges[] = { { 0x2010, 0x2027 },  { 0x2030, 0x203f }, { 0x2190, 0x21ff },
		       { 0x25a0, 0x27bf },  { 0x2b00, 0x2bff }, { 0x3001, 0x301f },
		       { 0x1f300, 0x1faff } };

	if (c < 0x80)
		return c && (strchr(ascii, (int)c) || ascii_is_digit((unsigned char)c));
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return c == 0xab || c == 0xb7 || c == 0xa1 || c == 0xbf || c == 0xb6;
}

static bool is_quote_mark(uint32_t c)
{
	return c == '>' || c == '|' || c == 0xa6 || c == 0xbb || c == 0x2502 || c == 0x2503 ||
	       c == 0xff1e || c == 0xff5c;
}

/* "a)", "iv.", "AB>": how long; 0: none. */
static size_t list_letters(const struct codes *c, size_t i)
{
	size_t n = 0;

	while (n < LIST_LETTERS_MAX && letter_of(at(c, i + n)))
		n++;
	return n && at(c, i + n) && at(c, i + n) < 0x80 && strchr(".)>:", (int)at(c, i + n)) ? n
											     : 0;
}

/* "<b>", "</p>", as text: how long; 0: none. */
static size_t tag_at(const struct codes *c, size_t i)
{
	size_t n = at(c, i + 1) == '/' ? 2 : 1;

	if (at(c, i) != '<' || !letter_of(at(c, i + n)))
		return 0;
	while (n < TAG_MAX && at(c, i + n) && at(c, i + n) != '>')
		n++;
	return at(c, i + n) == '>' ? n + 1 : 0;
}

/* Goes to the mark: stars before a "#" are emphasis.  Where it stands; c->n: there is none. */
static size_t find_mark(const struct codes *c, struct slip_line *r)
{
	size_t found = c->n, i = list_letters(c, 0);

	for (size_t steps = 0; i < c->n && steps < DECORATION_MAX; steps++, i++) {
		uint32_t code = c->v[i];
		enum slip_mark mark = mark_of(code);
		size_t tag = tag_at(c, i);

		if (tag) {
			i += tag - 1;
			continue;
		}
		if (mark == SLIP_HASH || (mark && r->mark <= SLIP_OTHER)) {
			r->mark = mark;
			found = i;
		} else if (is_quote_mark(code)) {
			r->quoted =
			    r->quoted || i == 0 || (c->v[i - 1] != '-' && c->v[i - 1] != '=');
		} else if (!is_decoration(code) && !is_blank(code) && mark != SLIP_STAR) {
			break;
		}
		if (mark == SLIP_HASH)
			break;
	}
	return found;
}

/* --- the word --- */

/* "n0te": a digit between letters, for the letter it looks like. */
static char digit_letter(const struct codes *c, size_t i)
{
	static const char digits[] = "0134", letters[] = "oiea";
	const char *p = at(c, i) && at(c, i) < 0x80 ? strchr(digits, (int)at(c, i)) : NULL;

	return p && letter_of(at(c, i + 1)) ? letters[p - digits] : '\0';
}

/* "n o t e", "n.o.t.e": the end; i: it is not that. */
static size_t read_spelled(const struct codes *c, size_t i, struct slip_line *r)
{
	size_t n = 0, end = i;

	while (n + 1 < SLIP_WORD_MAX && letter_of(at(c, end)) && !letter_of(at(c, end + 1))) {
		r->word[n++] = letter_of(at(c, end));
		end++;
		if (!(is_blank(at(c, end)) ||
		      (at(c, end) && at(c, end) < 0x80 && strchr("-._", (int)at(c, end)))) ||
		    !letter_of(at(c, end + 1)))
			break;
		end++;
	}
	r->word[n] = '\0';
	return n >= SPELLED_MIN ? end : i;
}

static bool is_capital(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static size_t read_word(const struct codes *c, size_t i, struct slip_line *r)
{
	size_t n = 0, begin = 0, end = read_spelled(c, i, r);

	while (end == i + n && n + 1 < SLIP_WORD_MAX) {
		char letter = letter_of(at(c, i + n));

		if (!letter && n)
			letter = digit_letter(c, i + n);
		if (!letter)
			break;
		if (n && !begin && is_capital(c->v[i + n]) && !is_capital(c->v[i + n - 1]))
			begin = n;
		r->word[n++] = letter;
		r->word[n] = '\0';
		end = i + n;
	}
	memcpy(r->begin, r->word, sizeof(r->begin));
	if (begin)
		r->begin[begin] = '\0';
	return end;
}

/* Between mark and word: "#-note", "#(note)", "# note"; not the path of "#!/bin/sh". */
static size_t skip_between(const struct codes *c, size_t i)
{
	if (at(c, i) == '/')
		i++;
	while (at(c, i) && (is_blank(at(c, i)) ||
			    (is_decoration(at(c, i)) && !ascii_is_digit((unsigned char)at(c, i)))))
		i++;
	return i;
}

static bool is_end(uint32_t c)
{
	return is_blank(c) || is_decoration(c) || c == '*' || c == '>' || c == '?' || c == '#' ||
	       c == '|' || c == 0xff1a || c == 0xbb || c == '/';
}

static bool goes_on_as_path(const struct codes *c, size_t i)
{
	return i + 1 < c->n && at(c, i) < 0x80 &&
	       (strchr("/\\._-", (int)at(c, i)) || ascii_is_digit((unsigned char)at(c, i)));
}

/* Mark and word at i; what is behind them. */
static size_t read_marked(const struct codes *c, size_t i, struct slip_line *r)
{
	size_t word = i;

	for (int n = 0; n < MARKS_MAX && mark_of(at(c, word)) == r->mark; n++) {
		for (i = word; mark_of(at(c, i)) == r->mark; i++)
			r->marks++;
		word = skip_between(c, i);
	}
	r->apart = word != i;
	r->letter = letter_of(at(c, word)) || (at(c, word) >= 0xc0 && at(c, word) != 0xfffd);
	return read_word(c, word, r);
}

static void read_behind(const struct codes *c, size_t i, struct slip_line *r)
{
	r->path = r->mark == SLIP_SLASH && goes_on_as_path(c, i);
	r->alone = true;
	for (; i < c->n; i++)
		r->alone = r->alone && is_end(c->v[i]);
}

/* A word may begin behind it; in the middle of an address none does. */
static bool begins_behind(uint32_t c)
{
	return is_blank(c) || (is_decoration(c) && (c >= 0x80 || !strchr("=-+_~^", (int)c)) &&
			       !ascii_is_digit((unsigned char)c));
}

/* Behind other words only the very word is meant: "... #note he is late". */
static bool find_inside(const struct codes *c)
{
	static const char *const words[] = { "note", "notes", "internal" };

	for (size_t i = 1; i < c->n; i++) {
		struct slip_line r = { .mark = SLIP_HASH };
		uint32_t before = at(c, i - 1);

		if (mark_of(at(c, i)) != SLIP_HASH || !begins_behind(before))
			continue;
		read_marked(c, i, &r);
		for (size_t k = 0; !r.apart && k < sizeof(words) / sizeof(*words); k++)
			if (strcmp(r.word, words[k]) == 0)
				return true;
	}
	return false;
}

void slip_line_read(struct span line, struct slip_line *ret_line)
{
	struct codes c;
	size_t i;

	*ret_line = (struct slip_line){ 0 };
	read_codes(line, &c);
	i = find_mark(&c, ret_line);
	if (ret_line->mark)
		read_behind(&c, read_marked(&c, i, ret_line), ret_line);
	ret_line->inside = find_inside(&c);
}

/* --- the words before a colon --- */

static bool is_dash(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015);
}

/* Bullets, quotes, emphasis and brackets before the first word. */
static size_t skip_before(const struct codes *c, struct slip_lead *r)
{
	size_t i = 0, tag;

	for (; i < c->n && i < DECORATION_MAX; i++) {
		if (is_quote_mark(c->v[i]))
			r->quoted = true;
		else if ((tag = tag_at(c, i)) > 0)
			i += tag - 1;
		else if (!is_decoration(c->v[i]) && !is_blank(c->v[i]) && c->v[i] != '*')
			break;
	}
	return i;
}

/* Words with a blank, "-" or "_" between them; the end. */
static size_t read_words(const struct codes *c, size_t i, char *ret_words)
{
	size_t n = 0;

	for (; n + 2 < SLIP_LEAD_MAX; i++) {
		char letter = letter_of(at(c, i));
		size_t next = i;

		if (letter) {
			ret_words[n++] = letter;
			continue;
		}
		while (is_blank(at(c, next)))
			next++;
		if (next == i && (at(c, i) == '-' || at(c, i) == '_'))
			next++;
		if (next == i || !letter_of(at(c, next)))
			break;
		ret_words[n++] = ' ';
		i = next - 1;
	}
	ret_words[n] = '\0';
	return i;
}

static enum slip_end end_of(const struct codes *c, size_t i)
{
	bool blank = is_blank(at(c, i));

	for (; i < c->n && is_end(c->v[i]) && !(c->v[i] >= '0' && c->v[i] <= '9'); i++) {
		if ((c->v[i] < 0x80 && strchr(":)]}", (int)c->v[i])) || c->v[i] == 0xff1a)
			return SLIP_END_COLON;
		if (is_dash(c->v[i]) && blank && is_blank(at(c, i + 1)) && letter_of(at(c, i + 2)))
			return SLIP_END_DASH;
	}
	return i < c->n ? SLIP_END_NONE : SLIP_END_LINE;
}

void slip_lead_read(struct span line, struct slip_lead *ret_lead)
{
	struct codes c;

	*ret_lead = (struct slip_lead){ 0 };
	read_codes(line, &c);
	ret_lead->end = end_of(&c, read_words(&c, skip_before(&c, ret_lead), ret_lead->words));
}
