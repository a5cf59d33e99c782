/*
 * Spans: bytes that belong to somebody else.  NUL inside is data.
 *
 * Everything that comes from outside travels as a span until utf8_scrub() (utf8.h) has made it
 * text.  "ci" compares ASCII letters without case and leaves all other bytes alone, whatever the
 * locale.
 */
#ifndef GATEWAYD_BASE_STR_H
#define GATEWAYD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN(literal) ((struct span){ (literal), sizeof(literal) - 1 })
#define SPAN_NONE     ((struct span){ NULL, 0 })
#define SPAN_FMT      "%.*s" /* only for spans known to be short and free of NUL */
/* It names s more than once: nothing that changes something when it is called. */
#define SPAN_ARG(s) (int)(s).n, (s).p ? (s).p : ""
#define SPAN_LITERAL(lit)              \
	{                              \
		(lit), sizeof(lit) - 1 \
	} /* for static tables */

static inline struct span span_of(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

/* The bytes from `from` on, at most n; both are clamped to what is there. */
static inline struct span span_sub(struct span s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct span){ from ? s.p + from : s.p, n }; /* no offset to a null pointer */
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

/* Tables of phrases ask this a hundred times a line: mostly the first bytes know. */
static inline bool span_starts(struct span s, struct span prefix)
{
	if (prefix.n == 0 || s.n < prefix.n)
		return prefix.n == 0;
	return s.p[0] == prefix.p[0] && s.p[prefix.n - 1] == prefix.p[prefix.n - 1] &&
	       memcmp(s.p, prefix.p, prefix.n) == 0;
}

static inline unsigned char ascii_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static inline bool ascii_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(unsigned char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static inline bool ascii_is_space(unsigned char c) /* space, tab, CR, LF, VT, FF */
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Of all bytes, for tables in memory: it differs between machines, and who chooses the bytes can
 * make it collide. */
uint64_t span_hash(struct span s);
bool span_eq_ci(struct span a, struct span b);
/* Asked of each word of a list: mostly the first byte knows. */
static inline bool span_is_ci(struct span a, const char *s)
{
	size_t i = 0;

	while (i < a.n && s[i] &&
	       ascii_lower((unsigned char)a.p[i]) == ascii_lower((unsigned char)s[i]))
		i++;
	return i == a.n && !s[i];
}
static inline bool span_starts_ci(struct span s, struct span prefix)
{
	if (prefix.n == 0 || s.n < prefix.n)
		return prefix.n == 0;
	return ascii_lower((unsigned char)s.p[0]) == ascii_lower((unsigned char)prefix.p[0]) &&
	       span_eq_ci((struct span){ s.p, prefix.n }, prefix);
}
static inline bool span_ends_ci(struct span s, struct span suffix)
{
	if (suffix.n == 0 || s.n < suffix.n)
		return suffix.n == 0;
	return ascii_lower((unsigned char)s.p[s.n - 1]) ==
		   ascii_lower((unsigned char)suffix.p[suffix.n - 1]) &&
	       span_eq_ci((struct span){ s.p + s.n - suffix.n, suffix.n }, suffix);
}
struct span span_trim(struct span s); /* ascii_is_space off both ends */

/* The offset of the first needle, or SIZE_MAX. */
size_t span_find(struct span s, struct span needle);
size_t span_find_ci(struct span s, struct span needle);

/* The bytes before the first c become the result, *s starts behind it; without a c all of *s. */
struct span span_cut(struct span *s, char c);
/* The next line without its LF or CRLF; false when *s is empty. */
bool span_line(struct span *s, struct span *ret_line);

/* All of s is a decimal number that fits. */
bool span_u64(struct span s, uint64_t *ret_value);
bool span_i64(struct span s, int64_t *ret_value);

#endif
