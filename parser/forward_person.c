#include "parser/forward_person.h"

#include "parser/reply_fold.h"

static bool is_atom(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) ||
	       (unsigned char)c >= 0x80 || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_domain(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) ||
	       (unsigned char)c >= 0x80 || c == '.' || c == '-' || c == '_';
}

/* The address around an "@"; n == 0: there is none. */
static struct span address_at(struct span s, size_t at)
{
	size_t from = at, to = at + 1;

	while (from > 0 && is_atom(s.p[from - 1]))
		from--;
	while (to < s.n && is_domain(s.p[to]))
		to++;
	while (to > at + 1 && s.p[to - 1] == '.')
		to--;
	return from < at && to > at + 1 ? span_sub(s, from, to - from) : SPAN("");
}

static struct span address_in(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '@') {
			struct span address = address_at(s, i);

			if (address.n)
				return address;
		}
	return SPAN("");
}

/* Without quotes, brackets and marks around it, and without a date before it. */
static struct span bare_name(struct span s)
{
	const char *quote;

	s = reply_line_trim(s);
	quote = s.n ? memchr(s.p, '"', s.n) : NULL;
	if (quote && memchr(quote + 1, '"', s.n - (size_t)(quote + 1 - s.p))) {
		s = span_sub(s, (size_t)(quote + 1 - s.p), SIZE_MAX);
		s = span_cut(&s, '"');
	}
	s = reply_line_trim(s);
	while (s.n && strchr("\"'*<[(,;:", s.p[0]))
		s = reply_line_trim(span_sub(s, 1, SIZE_MAX));
	while (s.n && strchr("\"'*<[(,;:", s.p[s.n - 1]))
		s = reply_line_trim(span_sub(s, 0, s.n - 1));
	return s;
}

struct facts_address forward_person(struct span s)
{
	struct span address = address_in(s), name = s;
	size_t n = 0;

	if (address.n)
		name.n = (size_t)(address.p - s.p);
	while (n < name.n && !strchr("<[(", name.p[n]))
		n++;
	if (address.n)
		name.n = n;
	name = bare_name(name);
	if (span_is_ci(name, "mailto"))
		name = SPAN("");
	return (struct facts_address){ name.n ? name : SPAN(""), address };
}

static void add(struct span s, struct reading *r, struct facts_addresses *list)
{
	struct facts_address person = forward_person(s);

	if (person.name.n == 0 && person.address.n == 0)
		return;
	if (list->n == FACTS_ADDRESSES_MAX) {
		reading_defect(r, FACTS_TOO_MANY_ADDRESSES);
		return;
	}
	ARENA_GROW(r->arena, list->v, list->n);
	list->v[list->n++] = person;
}

void forward_people(struct span s, struct reading *r, struct facts_addresses *list)
{
	bool quoted = false, address = false;
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		quoted ^= c == '"';
		address |= c == '@';
		if (quoted || !(c == ';' || (c == ',' && address)))
			continue;
		add(span_sub(s, from, i - from), r, list);
		from = i + 1;
		address = false;
	}
	add(span_sub(s, from, SIZE_MAX), r, list);
}
