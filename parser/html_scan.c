#include "parser/html_scan.h"

#include <stdlib.h>

#include "gatewayd/base/utf8.h"
#include "parser/tables/html_entities.h"
#include "parser/transfer.h"

enum { ENTITY_MAX = 32 }; /* bytes of a reference that are looked at */

static const struct entity {
	const char *name;
	uint32_t code;
} entities[] = {
#define X(name, code) { name, code },
	HTML_ENTITIES(X)
#undef X
};

/* What the numbers 128 to 159 mean, which are those of windows-1252. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0x81,	0x201a, 0x192,	0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,	0x2030, 0x160,
	0x2039, 0x152,	0x8d,	0x17d,	0x8f,	0x90,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x2dc,	0x2122, 0x161,	0x203a, 0x153,	0x9d,	0x17e,	0x178,
};

static void advance(struct html_scan *s, size_t n)
{
	s->rest = span_sub(s->rest, n, SIZE_MAX);
}

static const char *find_byte(struct span s, char c)
{
	return s.n ? memchr(s.p, c, s.n) : NULL;
}

/* A "<!--" comment; one that never ends is only as long as the tag it looks like. */
static size_t comment_length(struct html_scan *s)
{
	size_t end =
	    s->no_comment_end ? SIZE_MAX : span_find(span_sub(s->rest, 2, SIZE_MAX), SPAN("-->"));
	const char *close;

	if (end != SIZE_MAX)
		return end + 2 + 3;
	s->no_comment_end = true;
	close = find_byte(s->rest, '>');
	return close ? (size_t)(close - s->rest.p) + 1 : s->rest.n;
}

/* The length of the quoted value at `at`, with its quotes; 0 when it never ends. */
static size_t quoted_length(struct html_scan *s, size_t at)
{
	char quote = s->rest.p[at];
	bool *none = &s->no_quote_end[quote == '"'];
	struct span rest = span_sub(s->rest, at + 1, SIZE_MAX);
	const char *end = *none ? NULL : find_byte(rest, quote);

	*none |= !end;
	return end ? (size_t)(end - rest.p) + 2 : 0;
}

/* Behind a "=": of the blanks, and the quoted value after them. */
static size_t value_length(struct html_scan *s, size_t from)
{
	size_t at = from;

	while (at < s->rest.n && ascii_is_space((unsigned char)s->rest.p[at]))
		at++;
	if (at < s->rest.n && (s->rest.p[at] == '"' || s->rest.p[at] == '\''))
		at += quoted_length(s, at);
	return at - from;
}

/*
 * The length of the tag at rest with its ">"; quotes count only as the start of a value.  A "<"
 * before it shows that it was no tag: the length up to there.
 */
static size_t tag_length(struct html_scan *s, size_t at)
{
	while (at < s->rest.n) {
		char c = s->rest.p[at];

		if (c == '>')
			return at + 1;
		if (c == '<')
			return at;
		at++;
		if (c == '=')
			at += value_length(s, at);
	}
	return s->rest.n;
}

static bool is_name_end(char c)
{
	return ascii_is_space((unsigned char)c) || c == '/' || c == '>' || c == '<';
}

/* "a <b and <i>c</i>" is text, as the next tag begins before this one ends; so is
 * "<ann@example.com>". */
static enum html_token take_tag(struct html_scan *s, size_t name_at)
{
	size_t n = name_at, length;

	while (n < s->rest.n && !is_name_end(s->rest.p[n]))
		n++;
	s->name = span_sub(s->rest, name_at, n - name_at);
	length = tag_length(s, n);
	if ((length < s->rest.n && s->rest.p[length - 1] != '>') ||
	    memchr(s->name.p, '@', s->name.n)) {
		s->text = span_sub(s->rest, 0, length);
		advance(s, length);
		return HTML_TEXT;
	}
	s->attributes = span_sub(s->rest, n, length - n);
	if (s->attributes.n && s->attributes.p[s->attributes.n - 1] == '>')
		s->attributes.n--;
	advance(s, length);
	return name_at == 1 ? HTML_START : HTML_CLOSE;
}

static bool is_tag(struct span s)
{
	if (s.n < 2 || s.p[0] != '<')
		return false;
	if (s.p[1] == '/')
		return s.n > 2 && ascii_is_alpha((unsigned char)s.p[2]);
	return ascii_is_alpha((unsigned char)s.p[1]) || s.p[1] == '!' || s.p[1] == '?';
}

enum html_token html_next(struct html_scan *s)
{
	size_t n = 0;

	if (s->rest.n == 0)
		return HTML_END;
	if (!is_tag(s->rest)) {
		do {
			const char *lt = find_byte(span_sub(s->rest, n + 1, SIZE_MAX), '<');

			n = lt ? (size_t)(lt - s->rest.p) : s->rest.n;
		} while (n < s->rest.n && !is_tag(span_sub(s->rest, n, SIZE_MAX)));
		s->text = span_sub(s->rest, 0, n);
		advance(s, n);
		return HTML_TEXT;
	}
	if (s->rest.p[1] == '!' || s->rest.p[1] == '?') {
		const char *close = find_byte(s->rest, '>');

		if (span_starts(s->rest, SPAN("<!--")))
			advance(s, comment_length(s));
		else
			advance(s, close ? (size_t)(close - s->rest.p) + 1 : s->rest.n);
		return HTML_OTHER;
	}
	return take_tag(s, s->rest.p[1] == '/' ? 2 : 1);
}

static bool is_attribute_end(char c)
{
	return ascii_is_space((unsigned char)c) || c == '=' || c == '/';
}

static struct span skip_space(struct span s)
{
	while (s.n && ascii_is_space((unsigned char)s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	return s;
}

static struct span attribute_value(struct span *s)
{
	struct span value;
	size_t n = 0;

	if (s->n && (s->p[0] == '"' || s->p[0] == '\'')) {
		char quote = s->p[0];

		*s = span_sub(*s, 1, SIZE_MAX);
		return span_cut(s, quote);
	}
	while (n < s->n && !ascii_is_space((unsigned char)s->p[n]))
		n++;
	value = span_sub(*s, 0, n);
	*s = span_sub(*s, n, SIZE_MAX);
	return value;
}

bool html_attribute(struct span *attributes, struct span *ret_name, struct span *ret_value)
{
	struct span s = *attributes;
	size_t n = 0;

	while (s.n && is_attribute_end(s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	while (n < s.n && !is_attribute_end(s.p[n]))
		n++;
	*ret_name = span_sub(s, 0, n);
	*ret_value = SPAN_NONE;
	s = skip_space(span_sub(s, n, SIZE_MAX));
	if (s.n && s.p[0] == '=') {
		s = skip_space(span_sub(s, 1, SIZE_MAX));
		*ret_value = attribute_value(&s);
	}
	*attributes = s;
	return n > 0;
}

bool html_skip_to_close(struct html_scan *s, struct span name)
{
	struct span rest = s->rest;

	for (;;) {
		size_t at = span_find(rest, SPAN("</"));

		if (at == SIZE_MAX)
			return false;
		rest = span_sub(rest, at + 2, SIZE_MAX);
		if (span_starts_ci(rest, name)) {
			s->rest = (struct span){ rest.p - 2, rest.n + 2 };
			return true;
		}
	}
}

static uint32_t checked_code(uint32_t code)
{
	if (code >= 0x80 && code < 0xa0)
		return windows_1252[code - 0x80];
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0xfffd;
	return code;
}

/* "#65;" or "#x41;"; the semicolon may be missing. */
static size_t numeric(struct span s, uint32_t *ret_code)
{
	bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');
	size_t from = hex ? 3 : 2, n = from;
	uint32_t code = 0;

	while (n < s.n) {
		int digit = hex_digit((unsigned char)s.p[n]);

		if (digit < 0 || (!hex && digit > 9))
			break;
		if (code < 0x110000)
			code = code * (hex ? 16 : 10) + (uint32_t)digit;
		n++;
	}
	if (n == from)
		return 0;
	*ret_code = checked_code(code);
	return n + (n < s.n && s.p[n] == ';');
}

static int entity_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct entity *)row)->name);
}

static const struct entity *entity_find(const char *name)
{
	return bsearch(name, entities, sizeof(entities) / sizeof(*entities), sizeof(*entities),
		       entity_compare);
}

/*
 * Without a semicolon only those of Latin-1 and the four of markup are references, also before
 * other letters ("&copy2026").
 */
static size_t unterminated(char *name, size_t n, uint32_t *ret_code)
{
	for (; n > 1; n--) {
		const struct entity *e;

		name[n] = '\0';
		e = entity_find(name);
		if (e && e->code < 0x100) {
			*ret_code = e->code;
			return n + 1;
		}
	}
	return 0;
}

size_t html_entity(struct span s, uint32_t *ret_code)
{
	char name[ENTITY_MAX];
	const struct entity *e;
	size_t n = 0;

	if (s.n > 1 && s.p[1] == '#')
		return numeric(s, ret_code);
	while (n + 1 < s.n && n + 1 < sizeof(name) &&
	       (ascii_is_alpha((unsigned char)s.p[n + 1]) ||
		ascii_is_digit((unsigned char)s.p[n + 1]))) {
		name[n] = s.p[n + 1];
		n++;
	}
	name[n] = '\0';
	if (n == 0)
		return 0;
	e = n + 1 < s.n && s.p[n + 1] == ';' ? entity_find(name) : NULL;
	if (e) {
		*ret_code = e->code;
		return n + 2;
	}
	return unterminated(name, n, ret_code);
}

void html_decode(struct span s, struct buf *out)
{
	while (s.n && !out->full) {
		uint32_t code;
		size_t n = s.p[0] == '&' ? html_entity(s, &code) : 0;
		const char *next;

		if (n) {
			utf8_put(out, code);
		} else {
			next = s.n > 1 ? memchr(s.p + 1, '&', s.n - 1) : NULL;
			n = next ? (size_t)(next - s.p) : s.n;
			buf_add(out, span_sub(s, 0, n));
		}
		s = span_sub(s, n, SIZE_MAX);
	}
}
