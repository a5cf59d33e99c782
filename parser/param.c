#include "parser/param.h"

#include "gatewayd/base/utf8.h"
#include "parser/charset_guess.h"
#include "parser/transfer.h"
#include "parser/word.h"

static bool is_token(char c)
{
	switch (c) {
	case '(':
	case ')':
	case '<':
	case '>':
	case '@':
	case ',':
	case ';':
	case ':':
	case '\\':
	case '"':
	case '/':
	case '[':
	case ']':
	case '?':
	case '=': return false;
	default: return c > ' ' && c < 127;
	}
}

static size_t token_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_token(s.p[n]))
		n++;
	return n;
}

static struct span skip_space(struct span s)
{
	while (s.n && ascii_is_space((unsigned char)s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	return s;
}

struct span content_type_read(struct span value, struct span *rest, struct reading *r)
{
	struct span s = value, type, subtype;
	char *p;

	while (s.n && (ascii_is_space((unsigned char)s.p[0]) || s.p[0] == '"'))
		s = span_sub(s, 1, SIZE_MAX);
	type = span_sub(s, 0, token_length(s));
	s = skip_space(span_sub(s, type.n, SIZE_MAX));
	*rest = s;
	if (s.n == 0 || s.p[0] != '/' || type.n == 0)
		return span_is_ci(type, "text") ? SPAN("text/plain") : SPAN_NONE;
	s = skip_space(span_sub(s, 1, SIZE_MAX));
	subtype = span_sub(s, 0, token_length(s));
	*rest = span_sub(s, subtype.n, SIZE_MAX);
	if (subtype.n == 0 || type.n + subtype.n > 255)
		return SPAN_NONE;
	p = arena_room(r->arena, type.n + 1 + subtype.n);
	for (size_t i = 0; i < type.n; i++)
		p[i] = (char)ascii_lower((unsigned char)type.p[i]);
	p[type.n] = '/';
	for (size_t i = 0; i < subtype.n; i++)
		p[type.n + 1 + i] = (char)ascii_lower((unsigned char)subtype.p[i]);
	return (struct span){ p, type.n + 1 + subtype.n };
}

/* Behind the opening quote; an escaped character never closes. */
static struct span read_quoted(struct span *s)
{
	struct span value;
	size_t n = 0;

	while (n < s->n && s->p[n] != '"')
		n += s->p[n] == '\\' && n + 1 < s->n ? 2 : 1;
	value = span_sub(*s, 0, n);
	*s = span_sub(*s, n + 1, SIZE_MAX);
	return value;
}

/* At a blank: the next parameter begins behind it, its semicolon forgotten. */
static bool next_begins(struct span s)
{
	size_t n;

	s = skip_space(s);
	n = token_length(s);
	return n && n < s.n && s.p[n] == '=' && s.n - n > 1;
}

/* Up to a semicolon: names with blanks are left without quotes by many. */
static struct span read_bare(struct span *s)
{
	struct span value;
	size_t n = 0;

	while (n < s->n && s->p[n] != ';') {
		size_t word = span_starts(span_sub(*s, n, 2), SPAN("=?"))
				  ? word_length(span_sub(*s, n, SIZE_MAX))
				  : 0;

		if (n && ascii_is_space((unsigned char)s->p[n]) &&
		    !ascii_is_space((unsigned char)s->p[n - 1]) &&
		    next_begins(span_sub(*s, n, SIZE_MAX)))
			break;
		n += word ? word : 1;
	}
	value = span_trim(span_sub(*s, 0, n));
	*s = span_sub(*s, n, SIZE_MAX);
	return value;
}

/* "name*3*" into its three parts. */
static void split_name(struct param *p)
{
	struct span name = p->name, digits;
	uint64_t index;

	p->index = -1;
	if (name.n && name.p[name.n - 1] == '*') {
		p->extended = true;
		name.n--;
	}
	digits = name;
	p->name = span_cut(&digits, '*');
	if (p->name.n == name.n)
		return;
	if (span_u64(digits, &index) && index < 100000)
		p->index = (int)index;
	else
		p->name = name;
}

static bool read_one(struct span *s, struct param *ret_param, struct reading *r)
{
	size_t n;

	while (s->n && (ascii_is_space((unsigned char)s->p[0]) || s->p[0] == ';'))
		*s = span_sub(*s, 1, SIZE_MAX);
	n = token_length(*s);
	*ret_param = (struct param){ .name = span_sub(*s, 0, n) };
	*s = skip_space(span_sub(*s, n, SIZE_MAX));
	if (n == 0 || s->n == 0 || s->p[0] != '=') {
		struct span rubbish = span_cut(s, ';');

		if (n || (rubbish.n && rubbish.p[0] != '(' && rubbish.p[0] != '"'))
			reading_defect(r, FACTS_BAD_PARAMETER);
		return false;
	}
	*s = skip_space(span_sub(*s, 1, SIZE_MAX));
	if (s->n && s->p[0] == '"') {
		*s = span_sub(*s, 1, SIZE_MAX);
		ret_param->quoted = true;
		ret_param->value = read_quoted(s);
	} else {
		ret_param->value = read_bare(s);
	}
	split_name(ret_param);
	return true;
}

void params_read(struct span s, struct params *ps, struct reading *r)
{
	ps->n = 0;
	if (s.n > LIMIT_FIELD)
		reading_defect(r, FACTS_LONG_HEADER);
	s = span_sub(s, 0, LIMIT_FIELD);
	while (skip_space(s).n) {
		if (ps->n == LIMIT_PARAMS) {
			reading_defect(r, FACTS_TOO_MANY_PARAMETERS);
			return;
		}
		ps->n += read_one(&s, &ps->v[ps->n], r);
	}
}

static const struct param *find(const struct params *ps, struct span name, int index, bool extended)
{
	for (size_t i = 0; i < ps->n; i++)
		if (ps->v[i].index == index && (index >= 0 || ps->v[i].extended == extended) &&
		    span_eq_ci(ps->v[i].name, name))
			return &ps->v[i];
	return NULL;
}

/* The piece with the smallest index above `after`. */
static const struct param *next_piece(const struct params *ps, struct span name, int after)
{
	const struct param *best = NULL;

	for (size_t i = 0; i < ps->n; i++)
		if (ps->v[i].index > after && (!best || ps->v[i].index < best->index) &&
		    span_eq_ci(ps->v[i].name, name))
			best = &ps->v[i];
	return best;
}

/* A backslash escapes a quote or a backslash only: paths of Windows keep theirs. */
static size_t unescape(const struct param *p, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < p->value.n; i++) {
		if (p->quoted && p->value.p[i] == '\\' && i + 1 < p->value.n &&
		    (p->value.p[i + 1] == '"' || p->value.p[i + 1] == '\\'))
			i++;
		out[n++] = p->value.p[i];
	}
	return n;
}

static size_t unpercent(struct span s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			high = hex_digit((unsigned char)s.p[i + 1]);
			low = hex_digit((unsigned char)s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			out[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return n;
}

/* A value put together: its bytes, and the charset's name when one was given. */
struct joined {
	struct span bytes, charset;
	bool extended;
};

/* "charset'language'text"; without the two quotes all is text. */
static struct span cut_charset(struct span value, struct span *ret_charset)
{
	struct span rest = value, charset = span_cut(&rest, '\'');
	const char *second = rest.n ? memchr(rest.p, '\'', rest.n) : NULL;

	if (!second)
		return value;
	*ret_charset = charset;
	return span_sub(rest, (size_t)(second - rest.p) + 1, SIZE_MAX);
}

static size_t add_piece(const struct param *p, bool first, struct joined *j, char *out)
{
	struct span value = p->value;

	if (!p->extended)
		return unescape(p, out);
	j->extended = true;
	if (first)
		value = cut_charset(value, &j->charset);
	return unpercent(value, out);
}

static bool join(const struct params *ps, struct span name, struct reading *r, struct joined *ret)
{
	const struct param *p = find(ps, name, -1, true), *piece = next_piece(ps, name, -1);
	size_t n = 0;
	char *out;

	*ret = (struct joined){ 0 };
	if (!p && !piece)
		p = find(ps, name, -1, false);
	if (p) {
		out = arena_room(r->arena, p->value.n + 1);
		ret->bytes = (struct span){ out, add_piece(p, true, ret, out) };
		return true;
	}
	if (!piece)
		return false;
	for (p = piece; p; p = next_piece(ps, name, p->index))
		n += p->value.n;
	out = arena_room(r->arena, n + 1);
	n = 0;
	for (p = piece; p; p = next_piece(ps, name, p->index))
		n += add_piece(p, p == piece, ret, out + n);
	ret->bytes = (struct span){ out, n };
	return true;
}

/* Unfolded: RFC 5322 section 2.2.3 takes out the line ends and nothing else. */
static struct span without_folds(struct span s, struct reading *r)
{
	size_t n = 0;
	char *out;

	if (!s.n || !memchr(s.p, '\n', s.n))
		return s;
	out = arena_room(r->arena, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\n' && s.p[i] != '\r')
			out[n++] = s.p[i];
	return (struct span){ out, n };
}

struct span param_get(const struct params *ps, const char *name, struct reading *r)
{
	const struct param *plain = find(ps, span_of(name), -1, false);
	struct joined j;
	struct span s;

	if (plain && !plain->quoted) {
		s = plain->value;
		for (size_t i = 0; i < s.n; i++)
			if (ascii_is_space((unsigned char)s.p[i]))
				s.n = i;
		return s;
	}
	return join(ps, span_of(name), r, &j) ? without_folds(j.bytes, r) : SPAN_NONE;
}

/* "utf-8''na%C3%AFve.txt" without the star that says so. */
static bool is_extended_in_effect(const struct joined *j, const struct reading *r)
{
	struct span charset = SPAN_NONE, text = cut_charset(j->bytes, &charset);
	size_t language = j->bytes.n - charset.n - text.n - 2;

	return charset.n && charset_find(r->charsets, charset) &&
	       (language == 0 || language == 2 || language == 5); /* "de", "de-AT" */
}

static void decode_in_effect(struct joined *j, struct reading *r)
{
	struct span text = cut_charset(j->bytes, &j->charset);
	char *out = arena_room(r->arena, text.n + 1);

	j->extended = true;
	j->bytes = (struct span){ out, unpercent(text, out) };
	reading_defect(r, FACTS_BAD_PARAMETER);
}

struct span param_text(const struct params *ps, const char *name, struct reading *r)
{
	struct charset_choice choice;
	struct joined j;

	if (!join(ps, span_of(name), r, &j))
		return SPAN_NONE;
	if (!j.extended && is_extended_in_effect(&j, r))
		decode_in_effect(&j, r);
	if (!j.extended)
		return word_text(j.bytes, r);
	charset_choose(r->charsets, j.charset, j.bytes, false, &choice);
	if (choice.unknown)
		reading_unknown_charset(r);
	if (choice.guessed)
		reading_defect(r, FACTS_CHARSET_GUESSED);
	buf_clear(&r->text);
	if (!charset_decode(choice.charset, j.bytes, &r->text))
		reading_defect(r, FACTS_BAD_CHARSET);
	return arena_dup(r->arena, utf8_prefix(buf_span(&r->text), FACTS_FIELD_MAX));
}
