#include "gatewayd/base/str.h"

bool span_eq_ci(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower((unsigned char)a.p[i]) != ascii_lower((unsigned char)b.p[i]))
			return false;
	return true;
}

bool span_is_ci(struct span a, const char *s)
{
	return span_eq_ci(a, span_of(s));
}

bool span_starts_ci(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq_ci(span_sub(s, 0, prefix.n), prefix);
}

bool span_ends_ci(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq_ci(span_sub(s, s.n - suffix.n, suffix.n), suffix);
}

struct span span_trim(struct span s)
{
	while (s.n && ascii_is_space((unsigned char)s.p[0]))
		s.p++, s.n--;
	while (s.n && ascii_is_space((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t span_find(struct span s, struct span needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return SIZE_MAX;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t span_find_ci(struct span s, struct span needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (span_eq_ci(span_sub(s, i, needle.n), needle))
			return i;
	return SIZE_MAX;
}

struct span span_cut(struct span *s, char c)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;
	size_t n = at ? (size_t)(at - s->p) : s->n;
	struct span before = span_sub(*s, 0, n);

	*s = span_sub(*s, at ? n + 1 : n, SIZE_MAX);
	return before;
}

bool span_line(struct span *s, struct span *ret_line)
{
	struct span line;

	if (s->n == 0)
		return false;
	line = span_cut(s, '\n');
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret_line = line;
	return true;
}

bool span_u64(struct span s, uint64_t *ret_value)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit((unsigned char)s.p[i]) || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*ret_value = v;
	return true;
}

bool span_i64(struct span s, int64_t *ret_value)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t v;

	if (!span_u64(span_sub(s, minus, SIZE_MAX), &v) || v > INT64_MAX)
		return false;
	*ret_value = minus ? -(int64_t)v : (int64_t)v;
	return true;
}
