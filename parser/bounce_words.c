#include "parser/bounce_words.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum { ADDRESS_MAX = 320, HEADER_BLOCK_MAX = 64 * KIB };

/* --- addresses --- */

/* ASCII only: a notice in Chinese or Japanese has no blank before and after an address. */
static bool is_local(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool is_domain(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_';
}

/* The address around the "@" at i, or an empty span. */
static struct span address_at(struct span s, size_t i)
{
	size_t from = i, to = i + 1;

	if (from > 0 && s.p[from - 1] == '"') { /* "quoted local part" */
		for (from--; from > 0 && i - from < ADDRESS_MAX && s.p[from - 1] != '"' &&
			     s.p[from - 1] != '\n';)
			from--;
		from -= from > 0 && s.p[from - 1] == '"';
	} else {
		while (from > 0 && i - from < ADDRESS_MAX && is_local((unsigned char)s.p[from - 1]))
			from--;
	}
	if (to < s.n && s.p[to] == '[') {
		while (to < s.n && to - i < ADDRESS_MAX && s.p[to] != ']' && s.p[to] != '\n')
			to++;
		to += to < s.n && s.p[to] == ']';
	} else {
		while (to < s.n && to - i < ADDRESS_MAX && is_domain((unsigned char)s.p[to]))
			to++;
	}
	while (from < i && strchr("'=`", s.p[from])) /* 'a@b', To=a@b */
		from++;
	while (to > i + 1 && strchr(".-_", s.p[to - 1]))
		to--;
	if (from == i || to == i + 1)
		return SPAN_NONE;
	return span_sub(s, from, to - from);
}

bool bounce_next_address(struct span s, size_t *at, struct span *ret_address)
{
	while (*at < s.n) {
		const char *p = memchr(s.p + *at, '@', s.n - *at);
		if (!p)
			break;
		struct span a = address_at(s, (size_t)(p - s.p));
		*at = a.p ? (size_t)(a.p - s.p) + a.n : (size_t)(p - s.p) + 1;
		if (a.p) {
			*ret_address = a;
			return true;
		}
	}
	*at = s.n;
	return false;
}

/* --- status codes and answers --- */

static size_t digits_at(struct span s, size_t i)
{
	size_t n = 0;

	while (i + n < s.n && n < 6 && ascii_is_digit((unsigned char)s.p[i + n]))
		n++;
	return n;
}

/* "5.1.1" at i: its length, or 0. */
static size_t status_at(struct span s, size_t i)
{
	size_t subject, detail, end;

	if (i + 4 >= s.n || !strchr("245", s.p[i]) || s.p[i + 1] != '.')
		return 0;
	subject = digits_at(s, i + 2);
	if (subject == 0 || subject > 3 || i + 2 + subject >= s.n || s.p[i + 2 + subject] != '.')
		return 0;
	detail = digits_at(s, i + 3 + subject);
	end = i + 3 + subject + detail;
	if (detail == 0 || detail > 3)
		return 0;
	if (end < s.n && (ascii_is_alpha((unsigned char)s.p[end]) ||
			  (s.p[end] == '.' && digits_at(s, end + 1) > 0)))
		return 0;
	return end - i;
}

/* An SMTP code at i with a blank or dash behind it, and none of a number before it. */
static bool answer_at(struct span s, size_t i)
{
	if (digits_at(s, i) != 3 || !strchr("245", s.p[i]) || s.p[i + 1] > '5')
		return false;
	if (i > 0 && !strchr(" \t:([<>#-=\n'\"", s.p[i - 1]))
		return false;
	return i + 3 == s.n || strchr(" -\t#_\n,;:", s.p[i + 3]) != NULL;
}

/* How much a code at i is to be trusted: 3 behind an SMTP answer, 2 set off, 1 alone, 0 not at all.
 */
static int trust(struct span s, size_t i)
{
	if (i >= 4 && strchr(" -#_", s.p[i - 1]) && answer_at(s, i - 4) && s.p[i - 4] == s.p[i])
		return 3;
	if (i >= 5 && s.p[i - 1] == '#' && answer_at(s, i - 5))
		return 3;
	if (i == 0 || strchr("#(<[", s.p[i - 1]))
		return i == 0 ? 1 : 2;
	if (!strchr(" \t\n:;=,-\"'", s.p[i - 1]))
		return 0;
	return ascii_is_digit((unsigned char)s.p[i + 2]) && s.p[i + 2] <= '7' && s.p[i + 3] == '.'
		   ? 1
		   : 0;
}

struct span bounce_find_status(struct span s)
{
	struct span best = SPAN_NONE;
	int best_trust = 0;

	for (size_t i = 0; i < s.n && best_trust < 3; i++) {
		size_t n = ascii_is_digit((unsigned char)s.p[i]) ? status_at(s, i) : 0;
		if (n == 0)
			continue;
		int t = trust(s, i);
		if (t > best_trust) {
			best_trust = t;
			best = span_sub(s, i, n);
		}
		i += n - 1;
	}
	return best;
}

struct span bounce_find_answer(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (ascii_is_digit((unsigned char)line.p[i])) {
			if (strchr("45", line.p[i]) && answer_at(line, i))
				return span_sub(line, i, line.n);
			i += digits_at(line, i) - 1;
		}
	return SPAN_NONE;
}

/* --- headers --- */

struct span bounce_unfold(struct span s, size_t max, struct arena *arena)
{
	s = span_trim(s);
	s = utf8_prefix(s, max);
	char *p = arena_room(arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool space = ascii_is_space((unsigned char)s.p[i]) || s.p[i] == '\0';
		if (!space)
			p[n++] = s.p[i];
		else if (n && p[n - 1] != ' ')
			p[n++] = ' ';
	}
	while (n && p[n - 1] == ' ')
		n--;
	return (struct span){ p, n };
}

static size_t leading_blanks(struct span s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return n;
}

static struct span without_blank_lines(struct span s)
{
	struct span line, rest = s;

	while (span_line(&rest, &line) && span_trim(line).n == 0)
		s = rest;
	return s;
}

struct span bounce_header(struct span s, const char *name, struct arena *arena)
{
	struct span line, wanted = span_of(name);

	s = without_blank_lines(span_sub(s, 0, HEADER_BLOCK_MAX));
	size_t indent = leading_blanks(s); /* some systems indent what they return */
	while (span_line(&s, &line) && span_trim(line).n) {
		line = span_sub(line, indent < leading_blanks(line) ? indent : leading_blanks(line),
				line.n);
		if (!span_starts_ci(line, wanted))
			continue;
		struct span rest = span_trim(span_sub(line, wanted.n, line.n));
		if (rest.n == 0 || *rest.p != ':')
			continue;
		const char *from = rest.p + 1, *to = line.p + line.n;
		while (leading_blanks(s) > indent && span_line(&s, &line))
			to = line.p + line.n;
		return bounce_unfold((struct span){ from, (size_t)(to - from) }, 4096, arena);
	}
	return SPAN_NONE;
}

struct span bounce_message_id(struct span value)
{
	size_t from = span_find(value, SPAN("<"));

	if (from == SIZE_MAX)
		return SPAN_NONE;
	value = span_sub(value, from + 1, value.n);
	size_t to = span_find(value, SPAN(">"));
	value = span_trim(span_sub(value, 0, to));
	return to == SIZE_MAX || value.n == 0 ? SPAN_NONE : value;
}
