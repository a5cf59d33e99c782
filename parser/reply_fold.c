#include "parser/reply_fold.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/utf8.h"

static bool is_invisible(uint32_t c)
{
	if (c < 0xad)
		return false;
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || c == 0xad || c == 0x307 ||
	       c == 0x1427; /* of a small Turkish dotted I; the dot by which Mixmax tracks */
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x3000 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f;
}

static uint32_t lower_latin(uint32_t c)
{
	if (c <= 0xde)
		return c >= 0xc0 && c != 0xd7 ? c + 32 : c;
	if (c == 0x130)
		return 'i';
	if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) ||
	    (c >= 0x1e00 && c <= 0x1eff) || (c >= 0x218 && c <= 0x21b))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	return c;
}

static uint32_t lower_other(uint32_t c)
{
	static const struct {
		uint16_t from, to, add;
	} ranges[] = {
		{ 0x386, 0x386, 38 }, { 0x388, 0x38a, 37 }, { 0x38c, 0x38c, 64 },
		{ 0x38e, 0x38f, 63 }, { 0x391, 0x3ab, 32 }, { 0x400, 0x40f, 80 },
		{ 0x410, 0x42f, 32 }, { 0x490, 0x490, 1 },  { 0x492, 0x492, 1 },
		{ 0x49a, 0x49a, 1 },  { 0x531, 0x556, 48 },
	};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return c + ranges[i].add;
	return c;
}

/* The digits of the scripts in use in dates: the code of each zero. */
static uint32_t plain_digit(uint32_t c)
{
	static const uint16_t zeros[] = { 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10 };

	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++)
		if (c >= zeros[i] && c <= zeros[i] + 9u)
			return '0' + (c - zeros[i]);
	return c;
}

static uint32_t plain_mark(uint32_t c)
{
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2500 || c == 0x2501)
		return '-';
	if (c == 0x2018 || c == 0x2019 || c == 0x2bc)
		return '\'';
	if (c == 0x201c || c == 0x201d || c == 0x201e)
		return '"';
	return c == 0xff1a ? ':' : c == 0xff0c ? ',' : c;
}

/* The character at the start of s, invalid bytes one by one. */
static uint32_t next_code(struct span s, size_t *ret_len)
{
	if ((unsigned char)s.p[0] < 0x80) {
		*ret_len = 1;
		return (unsigned char)s.p[0];
	}
	size_t n = utf8_len(s);
	*ret_len = n ? n : 1;
	return n ? utf8_code(s) : 0xfffd;
}

static uint32_t fold_code(uint32_t c)
{
	if (c < 0x250)
		return lower_latin(c);
	if (c >= 0x370 && c <= 0x556)
		return lower_other(c);
	if (c >= 0x1e00 && c <= 0x1eff)
		return lower_latin(c);
	return plain_mark(plain_digit(c));
}

static size_t put_code(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | (c >> 6));
		p[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	size_t n = c < 0x10000 ? 3 : 4;
	p[0] = (char)(n == 3 ? 0xe0 | (c >> 12) : 0xf0 | (c >> 18));
	for (size_t i = 1; i < n; i++)
		p[i] = (char)(0x80 | ((c >> (6 * (n - 1 - i))) & 63));
	return n;
}

void reply_fold_add(struct reply_folded *f, struct span s)
{
	bool gap = f->n > 0;
	size_t len;

	for (size_t i = 0; i < s.n && f->n + 5 < REPLY_FOLD_MAX; i += len) {
		unsigned char b = (unsigned char)s.p[i];
		uint32_t c;
		len = 1;
		if (b > ' ' && b < 0x7f) {
			if (b == '*')
				continue;
			if (gap && f->n)
				f->p[f->n++] = ' ';
			gap = false;
			f->p[f->n++] = (char)ascii_lower(b);
			continue;
		}
		c = next_code(span_sub(s, i, 4), &len);
		if (is_invisible(c))
			continue;
		if (is_blank(c)) {
			gap = true;
			continue;
		}
		if (gap && f->n)
			f->p[f->n++] = ' ';
		gap = false;
		f->n += put_code(f->p + f->n, c < 0x80 ? c : plain_digit(fold_code(c)));
	}
}

struct span reply_line_trim(struct span line)
{
	size_t len;

	while (line.n) {
		uint32_t c = next_code(line, &len);
		if (!is_blank(c) && !is_invisible(c))
			break;
		line = span_sub(line, len, line.n);
	}
	while (line.n) {
		len = 1;
		while (len < 4 && len < line.n &&
		       ((unsigned char)line.p[line.n - len] & 0xc0) == 0x80)
			len++;
		size_t used;
		uint32_t c = next_code(span_sub(line, line.n - len, len), &used);
		if (used != len || (!is_blank(c) && !is_invisible(c)))
			break;
		line.n -= len;
	}
	return line;
}

/* --- evidence --- */

static size_t digits_at(struct span s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && ascii_is_digit((unsigned char)s.p[i + n]))
		n++;
	return n;
}

static bool is_year(const char *p)
{
	static const char *const eras[] = { "19", "20", "25", "13", "14" };
	bool ok = false;

	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++)
		ok |= p[0] == eras[i][0] && p[1] == eras[i][1];
	return ok;
}

/* "/5/2019" or ". 5. 19" behind the first number of a date. */
static bool is_date_behind(struct span s, size_t at, char mark)
{
	for (int part = 0; part < 2; part++) {
		if (at >= s.n || s.p[at] != mark)
			return false;
		at++;
		if (mark == '.' && at < s.n && s.p[at] == ' ')
			at++;
		size_t n = digits_at(s, at);
		if (n == 0 || (part == 0 && n > 2))
			return false;
		at += n;
	}
	return true;
}

/* A run of n digits at i: what is it, by what follows? */
static void look_at_number(struct span s, size_t i, size_t n, struct reply_evidence *e)
{
	size_t end = i + n;
	char after = end < s.n ? s.p[end] : '\0';
	size_t more = end + 1 < s.n ? digits_at(s, end + 1) : 0;

	e->digit = true;
	if (n == 4 && is_year(s.p + i))
		e->year = true;
	if (n <= 2 && more == 2 && (after == ':' || after == 'h'))
		e->time = true;
	if (n <= 4 && (after == '/' || after == '-' || after == '.'))
		e->date |= is_date_behind(s, end, after);
}

void reply_evidence_find(struct span s, struct reply_evidence *ret_evidence)
{
	struct reply_evidence e = { 0 };

	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_digit((unsigned char)s.p[i])) {
			size_t n = digits_at(s, i);
			look_at_number(s, i, n, &e);
			i += n - 1;
		} else if (s.p[i] == '@' && i > 0 && s.p[i - 1] != ' ' && i + 1 < s.n &&
			   s.p[i + 1] != ' ') {
			e.address = true;
		}
	}
	*ret_evidence = e;
}

size_t reply_words_find(struct span s, struct span words)
{
	size_t from = 0;

	for (;;) {
		size_t at = span_find(span_sub(s, from, s.n), words);
		if (at == SIZE_MAX)
			return SIZE_MAX;
		at += from;
		size_t end = at + words.n;
		bool before = at > 0 && ascii_is_alpha((unsigned char)s.p[at - 1]) &&
			      ascii_is_alpha((unsigned char)words.p[0]);
		bool after = end < s.n && ascii_is_alpha((unsigned char)s.p[end]) &&
			     ascii_is_alpha((unsigned char)words.p[words.n - 1]);
		if (!before && !after)
			return at;
		from = at + 1;
	}
}

/* Letters that have two cases, of the scripts that are folded. */
static bool is_cased(uint32_t c)
{
	return (c < 0x80 && ascii_is_alpha((unsigned char)c)) || (c >= 0xc0 && c <= 0x556) ||
	       (c >= 0x1e00 && c <= 0x1eff);
}

bool reply_is_letter(struct span word)
{
	size_t len;
	uint32_t c = next_code(word, &len);

	return c >= 0xc0 || (c < 0x80 && ascii_is_alpha((unsigned char)c));
}

bool reply_is_upper(struct span word)
{
	size_t len;
	uint32_t c = next_code(word, &len);

	return is_cased(c) && !reply_is_lower(word);
}

bool reply_is_lower(struct span word)
{
	size_t len;
	uint32_t c = next_code(word, &len);

	if (!is_cased(c))
		return false;
	return c < 0x80 ? ascii_lower((unsigned char)c) == (int)c : fold_code(c) == c;
}
