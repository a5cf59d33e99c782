#include "gatewayd/mail/slip_line.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/slip_codes.h"

enum {
	DECORATION_MAX = 24,
	LIST_LETTERS_MAX = 4, /* "a)", "iii." */
	TAG_MAX = 80,
	MARKS_MAX = 3,	 /* "# # note" */
	SPELLED_MIN = 3, /* letters, each for itself: "n o t e" */
};

/* --- characters --- */

static uint32_t at(const struct slip_codes *c, size_t i)
{
	return i < c->n ? c->v[i] : 0;
}

static enum slip_mark mark_of(uint32_t c)
{
	if (c == '#' || c == 0xff03 || c == 0xfe5f || c == 0x266f || c == 0x22d5 || c == 0x2317)
		return SLIP_HASH;
	if (c == '/' || c == 0xff0f || c == '\\' || c == 0xff3c || c == 0x2044 || c == 0x2215)
		return SLIP_SLASH;
	if (c == '*' || c == 0xff0a || c == 0x2217)
		return SLIP_STAR;
	if (c == 0xa7 || c == 0xff01 || c == 0xff20)
		return SLIP_OTHER;
	return c && c < 0x80 && strchr("@!%$", (int)c) ? SLIP_OTHER : SLIP_NONE;
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
	return c == 0xab || c == 0xb7 || c == 0xa1 || c == 0xbf || c == 0xb6 || c == 0xff08 ||
	       c == 0xff09 || c == 0xff3b || c == 0xff3d;
}

static bool is_quote_mark(uint32_t c)
{
	return c == '>' || c == '|' || c == 0xa6 || c == 0xbb || c == 0x2502 || c == 0x2503 ||
	       c == 0xff1e || c == 0xff5c;
}

/* "a)", "iv.", "AB>": how long; 0: none. */
static size_t list_letters(const struct slip_codes *c, size_t i)
{
	size_t n = 0;

	while (n < LIST_LETTERS_MAX && slip_letter(at(c, i + n)))
		n++;
	return n && at(c, i + n) && at(c, i + n) < 0x80 && strchr(".)>:", (int)at(c, i + n)) ? n
											     : 0;
}

/* "<b>", "</p>", as text: how long; 0: none. */
static size_t tag_at(const struct slip_codes *c, size_t i)
{
	size_t n = at(c, i + 1) == '/' ? 2 : 1;

	if (at(c, i) != '<' || !slip_letter(at(c, i + n)))
		return 0;
	while (n < TAG_MAX && at(c, i + n) && at(c, i + n) != '>')
		n++;
	return at(c, i + n) == '>' ? n + 1 : 0;
}

/* Goes to the mark: stars before a "#" are emphasis.  Where it stands; c->n: there is none. */
static size_t find_mark(const struct slip_codes *c, struct slip_line *r)
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
		} else if (!is_decoration(code) && !slip_is_blank(code) && mark != SLIP_STAR) {
			break;
		}
		if (mark == SLIP_HASH)
			break;
	}
	return found;
}

/* --- the word --- */

/* "n0te": a digit between letters, for the letter it looks like. */
static char digit_letter(const struct slip_codes *c, size_t i)
{
	static const char digits[] = "0134", letters[] = "oiea";
	const char *p = at(c, i) && at(c, i) < 0x80 ? strchr(digits, (int)at(c, i)) : NULL;

	return p && slip_letter(at(c, i + 1)) ? letters[p - digits] : '\0';
}

/* "n o t e", "n.o.t.e": the end; i: it is not that. */
static size_t read_spelled(const struct slip_codes *c, size_t i, struct slip_line *r)
{
	size_t n = 0, end = i;

	while (n + 1 < SLIP_WORD_MAX && slip_letter(at(c, end)) && !slip_letter(at(c, end + 1))) {
		r->word[n++] = slip_letter(at(c, end));
		end++;
		if (!(slip_is_blank(at(c, end)) ||
		      (at(c, end) && at(c, end) < 0x80 && strchr("-._", (int)at(c, end)))) ||
		    !slip_letter(at(c, end + 1)))
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

static size_t read_word(const struct slip_codes *c, size_t i, struct slip_line *r)
{
	size_t n = 0, begin = 0, end = read_spelled(c, i, r);

	while (end == i + n && n + 1 < SLIP_WORD_MAX) {
		char letter = slip_letter(at(c, i + n));

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
static size_t skip_between(const struct slip_codes *c, size_t i)
{
	if (at(c, i) == '/')
		i++;
	while (at(c, i) && (slip_is_blank(at(c, i)) ||
			    (is_decoration(at(c, i)) && !ascii_is_digit((unsigned char)at(c, i)))))
		i++;
	return i;
}

static bool is_end(uint32_t c)
{
	return slip_is_blank(c) || is_decoration(c) || c == '*' || c == '>' || c == '?' ||
	       c == '#' || c == '|' || c == 0xff1a || c == 0xbb || c == '/';
}

static bool goes_on_as_path(const struct slip_codes *c, size_t i)
{
	if (i + 1 >= c->n || at(c, i) >= 0x80)
		return false;
	if (strchr("._-", (int)at(c, i)))
		return !slip_is_blank(at(c, i + 1));
	return strchr("/\\", (int)at(c, i)) || ascii_is_digit((unsigned char)at(c, i));
}

/* "note he is late", "note: he", "note - he"; no "note = 1", "note <file>", "note.txt". */
static bool goes_on_in_words(const struct slip_codes *c, size_t i)
{
	static const char between[] = ":;,.!?-\"'(*_~";
	bool apart = false;

	for (; at(c, i); i++) {
		uint32_t code = at(c, i);

		if (slip_is_blank(code) || code == ':' || code == 0xff1a)
			apart = true;
		else if (!(code < 0x80 && strchr(between, (int)code)) &&
			 !(code >= 0x2010 && code <= 0x201f) && code != 0xab)
			break;
	}
	return apart && (at(c, i) < 0x80 ? ascii_is_alpha((unsigned char)at(c, i)) ||
					       ascii_is_digit((unsigned char)at(c, i))
					 : at(c, i) >= 0xc0);
}

/* Mark and word at i; what is behind them. */
static size_t read_marked(const struct slip_codes *c, size_t i, struct slip_line *r)
{
	size_t word = i;

	for (int n = 0; n < MARKS_MAX && mark_of(at(c, word)) == r->mark; n++) {
		for (i = word; mark_of(at(c, i)) == r->mark; i++)
			r->marks++;
		word = skip_between(c, i);
	}
	r->apart = word != i;
	r->letter = slip_letter(at(c, word)) || (at(c, word) >= 0xc0 && at(c, word) != 0xfffd);
	return read_word(c, word, r);
}

static void read_behind(const struct slip_codes *c, size_t i, struct slip_line *r)
{
	r->path = r->mark == SLIP_SLASH && goes_on_as_path(c, i);
	r->words = goes_on_in_words(c, i);
	r->alone = true;
	for (; i < c->n; i++)
		r->alone = r->alone && is_end(c->v[i]);
}

/* A word may begin behind it; in the middle of an address none does. */
static bool begins_behind(uint32_t c)
{
	return slip_is_blank(c) || (is_decoration(c) && (c >= 0x80 || !strchr("=-+_~^", (int)c)) &&
				    !ascii_is_digit((unsigned char)c));
}

/* Behind other words only the very word is meant: "... #note he is late". */
static bool find_inside(const struct slip_codes *c)
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
	struct slip_codes c;
	size_t i;

	*ret_line = (struct slip_line){ 0 };
	slip_codes_read(line, &c);
	i = find_mark(&c, ret_line);
	if (ret_line->mark == SLIP_OTHER)
		ret_line->sign = at(&c, i);
	if (ret_line->mark)
		read_behind(&c, read_marked(&c, i, ret_line), ret_line);
	ret_line->inside = find_inside(&c);
}

/* --- the words before a colon --- */

static bool is_dash(uint32_t c)
{
	return c == '-' || c == 0x2212 || c == 0xff0d || (c >= 0x2010 && c <= 0x2015);
}

/* Of scripts that have letters of their own, or none. */
static bool is_other_letter(uint32_t c)
{
	return c >= 0x370 && c != 0xfffd && !slip_is_blank(c) && !is_decoration(c) && !is_end(c) &&
	       !mark_of(c) && !is_dash(c) && c != 0xff0c;
}

static bool is_any_letter(uint32_t c)
{
	return slip_letter(c) || is_other_letter(c);
}

/* Bullets, quotes, emphasis and brackets before the first word. */
static size_t skip_before(const struct slip_codes *c, struct slip_lead *r)
{
	size_t i = 0, tag;

	for (; i < c->n && i < DECORATION_MAX; i++) {
		if (is_quote_mark(c->v[i]))
			r->quoted = true;
		else if ((tag = tag_at(c, i)) > 0)
			i += tag - 1;
		else if (!is_decoration(c->v[i]) && !slip_is_blank(c->v[i]) && c->v[i] != '*')
			break;
	}
	return i;
}

/* Words with a blank, "-" or "_" between them; the end. */
static size_t read_words(const struct slip_codes *c, size_t i, char *ret_words)
{
	size_t n = 0;

	for (; n + 2 < SLIP_LEAD_MAX; i++) {
		char letter = slip_letter(at(c, i));
		size_t next = i;

		if (letter) {
			ret_words[n++] = letter;
			continue;
		}
		while (slip_is_blank(at(c, next)))
			next++;
		if (next == i && (at(c, i) == '-' || at(c, i) == '_'))
			next++;
		if (next == i || !slip_letter(at(c, next)))
			break;
		ret_words[n++] = ' ';
		i = next - 1;
	}
	ret_words[n] = '\0';
	return i;
}

/* As they are, of whatever script; the end, or i. */
static size_t read_other_words(const struct slip_codes *c, size_t i, char *ret_words)
{
	struct buf out BUF_AUTO;
	size_t end = i;

	buf_init(&out, SLIP_LEAD_MAX - 1);
	for (; is_any_letter(at(c, end)) ||
	       (slip_is_blank(at(c, end)) && is_any_letter(at(c, end + 1)));
	     end++)
		utf8_put(&out, slip_is_blank(at(c, end)) ? ' ' : slip_small(at(c, end)));
	if (out.n >= SLIP_LEAD_MAX - 1 || out.full)
		return i;
	memcpy(ret_words, buf_cstr(&out), out.n + 1);
	return end;
}

static bool closes(uint32_t c)
{
	return c < 0x80 ? strchr(":)]}", (int)c) != NULL
			: c == 0xff1a || c == 0x3011 || c == 0x300d || c == 0x3015 || c == 0xff09 ||
			      c == 0xff3d;
}

static bool stops(uint32_t c)
{
	return c < 0x80 ? strchr(",.;!(", (int)c) != NULL
			: c == 0x3001 || c == 0x3002 || c == 0xff0c || c == 0xff08;
}

static enum slip_end end_of(const struct slip_codes *c, size_t i)
{
	bool blank = slip_is_blank(at(c, i)), stop = false, apart = false;

	for (; i < c->n && (is_end(c->v[i]) || stops(c->v[i]) || is_dash(c->v[i])) &&
	       !(c->v[i] >= '0' && c->v[i] <= '9');
	     i++) {
		size_t next = i + 1 + slip_is_blank(at(c, i + 1));

		if (closes(c->v[i]))
			return SLIP_END_COLON;
		if (is_dash(c->v[i]) && (blank || c->v[i] >= 0x2014) && is_any_letter(at(c, next)))
			return SLIP_END_DASH;
		apart =
		    apart || (stop && slip_is_blank(c->v[i])) || c->v[i] >= 0x80 || c->v[i] == '(';
		stop = stop || stops(c->v[i]);
	}
	if (i == c->n)
		return SLIP_END_LINE;
	return stop && apart && is_any_letter(c->v[i]) ? SLIP_END_STOP : SLIP_END_NONE;
}

void slip_lead_read(struct span line, struct slip_lead *ret_lead)
{
	struct slip_codes c;
	size_t i, end;

	*ret_lead = (struct slip_lead){ 0 };
	slip_codes_read(line, &c);
	i = skip_before(&c, ret_lead);
	ret_lead->end = end_of(&c, read_words(&c, i, ret_lead->words));
	if (ret_lead->end != SLIP_END_NONE || !is_other_letter(at(&c, i)))
		return;
	end = read_other_words(&c, i, ret_lead->words);
	if (end != i)
		ret_lead->end = end_of(&c, end);
}
