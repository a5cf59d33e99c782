#include "gatewayd/base/str.h"

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15);
}

uint64_t span_hash(struct span s)
{
	uint64_t hash = s.n, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= s.n; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		hash = mix(hash, word);
	}
	for (; i < s.n; i++)
		hash = mix(hash, (unsigned char)s.p[i]);
	return hash;
}

bool span_eq_ci(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower((unsigned char)a.p[i]) != ascii_lower((unsigned char)b.p[i]))
			return false;
	return true;
}

struct span span_trim(struct span s)
{
	while (s.n && ascii_is_space((unsigned char)s.p[0]))
		s.p++, s.n--;
	while (s.n && ascii_is_space((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

/* For a needle of two or three bytes the C library leaps to the first of them, which is quicker
 * than its memmem(). */
static size_t find_short(struct span s, struct span needle)
{
	const char *from = s.p, *end = s.p + (s.n - needle.n) + 1, *at;

	while (from < end && (at = memchr(from, needle.p[0], (size_t)(end - from)))) {
		if (memcmp(at, needle.p, needle.n) == 0)
			return (size_t)(at - s.p);
		from = at + 1;
	}
	return SIZE_MAX;
}

size_t span_find(struct span s, struct span needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return SIZE_MAX;
	if (needle.n < 4)
		return find_short(s, needle);
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

/* Where in the needle the byte stands that texts have least often. */
static size_t rarest(struct span needle)
{
	static const char often[] = " etaoinshrdlcumwfgypbvkjxqz"; /* the most frequent first */
	const char *found;
	size_t best = 0, best_rank = 0;

	for (size_t i = 0; i < needle.n; i++) {
		size_t rank = sizeof(often);

		if (needle.p[i] && (found = strchr(often, ascii_lower((unsigned char)needle.p[i]))))
			rank = (size_t)(found - often);
		if (rank > best_rank) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

static const char *next_byte(const char *p, const char *end, char c)
{
	const char *found = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	return found ? found : end;
}

/* Looks where the rarest byte of the needle stands, in either case: the C library leaps there. */
size_t span_find_ci(struct span s, struct span needle)
{
	const char *end, *lower, *upper, *at;
	char low, up;
	size_t rare;

	if (needle.n == 0 || needle.n > s.n)
		return needle.n ? SIZE_MAX : 0;
	rare = rarest(needle);
	low = (char)ascii_lower((unsigned char)needle.p[rare]);
	up = low >= 'a' && low <= 'z' ? (char)(low - 'a' + 'A') : low;
	end = s.p + (s.n - needle.n) + rare + 1;
	lower = next_byte(s.p + rare, end, low);
	upper = up == low ? end : next_byte(s.p + rare, end, up);
	while ((at = lower < upper ? lower : upper) < end) {
		if (span_eq_ci((struct span){ at - rare, needle.n }, needle))
			return (size_t)(at - rare - s.p);
		if (at == lower)
			lower = next_byte(at + 1, end, low);
		else
			upper = next_byte(at + 1, end, up);
	}
	return SIZE_MAX;
}

static inline struct span cut(struct span *s, char c)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;
	struct span before = { s->p, at ? (size_t)(at - s->p) : s->n };

	if (at)
		*s = (struct span){ at + 1, s->n - before.n - 1 };
	else
		*s = span_sub(*s, s->n, 0);
	return before;
}

struct span span_cut(struct span *s, char c)
{
	return cut(s, c);
}

bool span_line(struct span *s, struct span *ret_line)
{
	struct span line;

	if (s->n == 0)
		return false;
	line = cut(s, '\n');
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
