#include "gatewayd/identity/addrspec.h"

#include "gatewayd/identity/encoded.h"
#include "gatewayd/identity/idn.h"

enum {
	CANDIDATES_MAX = 64, /* "@" that are looked at; more are nobody's From */
	ENCODED_MAX = 4096,  /* bytes of a value in which encoded words are looked into */
};

/* What stands around one "@". */
struct candidate {
	struct span local, domain; /* as they stand, comments and white space left out around "@" */
	bool apart;		   /* white space at the "@": "Ann @ Example" may be a name */
	bool ends;		   /* what follows can end an address */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_local(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c >= 0x80 ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", (char)c));
}

static bool is_domain(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c >= 0x80 || (c && strchr("-._", (char)c));
}

/* --- to the left of "@" --- */

/* The start of the comment that ends before `end`; `end` when there is none. */
static size_t comment_start(struct span s, size_t end)
{
	size_t depth = 0;

	for (size_t i = end; i > 0; i--) {
		if (s.p[i - 1] == ')' && ++depth > ADDRSPEC_COMMENTS_MAX)
			return end;
		if (s.p[i - 1] == '(' && --depth == 0)
			return i - 1;
		if (depth == 0)
			return end;
	}
	return end;
}

static size_t skip_left(struct span s, size_t end, bool *apart)
{
	for (;;) {
		size_t from = comment_start(s, end);

		while (from > 0 && is_blank(s.p[from - 1])) {
			from--;
			*apart = true;
		}
		if (from == end)
			return end;
		end = from;
	}
}

static struct span local_before(struct span s, size_t end)
{
	size_t from = end;

	if (end > 1 && s.p[end - 1] == '"') {
		for (from--; from > 0 && end - from <= ADDRSPEC_LOCAL_MAX && s.p[from - 1] != '"';)
			from--;
		return from > 0 && s.p[from - 1] == '"' ? span_sub(s, from - 1, end - from + 1)
							: SPAN("");
	}
	while (from > 0 && end - from <= ADDRSPEC_LOCAL_MAX &&
	       is_local((unsigned char)s.p[from - 1]))
		from--;
	while (from < end && strchr("'`=", s.p[from])) /* 'a@b', name=a@b */
		from++;
	return span_sub(s, from, end - from);
}

/* --- to the right of it --- */

static size_t comment_end(struct span s, size_t from)
{
	size_t depth = 0;

	for (size_t i = from; i < s.n; i++) {
		if (s.p[i] == '(' && ++depth > ADDRSPEC_COMMENTS_MAX)
			return from;
		if (s.p[i] == ')' && --depth == 0)
			return i + 1;
		if (depth == 0)
			return from;
	}
	return from;
}

static size_t skip_right(struct span s, size_t from, bool *apart)
{
	for (;;) {
		size_t to = comment_end(s, from);

		while (to < s.n && is_blank(s.p[to])) {
			to++;
			*apart = true;
		}
		if (to == from)
			return from;
		from = to;
	}
}

static struct span domain_after(struct span s, size_t from)
{
	size_t to = from;

	if (to < s.n && s.p[to] == '[') /* a literal, which is no address here */
		return span_sub(s, from, 1);
	while (to < s.n && to - from <= ADDRSPEC_MAX && is_domain((unsigned char)s.p[to]))
		to++;
	return span_sub(s, from, to - from);
}

/* What follows must be able to end an address: "ann@customer,test" is none of "customer". */
static bool is_end(struct span s, size_t at)
{
	if (at == s.n || is_blank(s.p[at]))
		return true;
	if (strchr(",;:&", s.p[at]))
		return at + 1 == s.n || !is_domain((unsigned char)s.p[at + 1]) || s.p[at] == '&';
	return s.p[at] && strchr(">)]}\"'(<|", s.p[at]);
}

static bool read_candidate(struct span s, size_t at, struct candidate *ret)
{
	struct candidate c = { .apart = false };
	size_t from, to;

	from = skip_left(s, at, &c.apart);
	to = skip_right(s, at + 1, &c.apart);
	c.local = local_before(s, from);
	c.domain = domain_after(s, to);
	c.ends = is_end(s, to + c.domain.n);
	*ret = c;
	return c.local.n && c.domain.n;
}

/* --- what it comes to --- */

/* Without the dots that are too many; false when it is no domain in any script. */
static bool put_domain(struct span domain, struct buf *out, bool *mended)
{
	struct buf one_dot BUF_AUTO;
	size_t from = out->n;

	buf_init(&one_dot, ADDRSPEC_MAX * 2);
	for (size_t i = 0; i < domain.n; i++) {
		bool last = i + 1 == domain.n;

		if (domain.p[i] != '.' || (!last && domain.p[i + 1] != '.' && i > 0))
			buf_addc(&one_dot, domain.p[i]);
		else
			*mended = true;
	}
	return idn_to_ascii(buf_span(&one_dot), out) &&
	       addrspec_domain_valid(span_sub(buf_span(out), from, SIZE_MAX));
}

static bool make_address(const struct candidate *c, struct arena *a, struct addrspec_found *ret)
{
	struct buf text BUF_AUTO;
	bool mended = false;

	buf_init(&text, ADDRSPEC_MAX * 2);
	buf_add(&text, c->local);
	buf_addc(&text, '@');
	if (!put_domain(c->domain, &text, &mended) || !addrspec_valid(buf_span(&text)))
		return false;
	ret->address = arena_dup(a, buf_span(&text));
	ret->sure = !mended && !c->apart;
	return true;
}

/* Bytes of which nobody can say what a reader makes of them, and words that are encoded. */
static bool is_readable(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == 0x7f || (c < ' ' && c != '\t' && c != '\n' && c != '\r'))
			return false;
		if (c == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
			return false;
	}
	return true;
}

/* "=?utf-8?q?ann@example.com?=" is no address but a name. */
static bool is_encoded(struct span local)
{
	return span_find(local, SPAN("=?")) != SIZE_MAX || span_starts(local, SPAN("?"));
}

/* One of the two sorts of candidates: those that stand together, and those that stand apart. */
struct choice {
	struct addrspec_found found;
	bool any, bad; /* bad: two different ones, or one that is no address */
};

static void choose(struct choice *into, const struct candidate *c, struct arena *a)
{
	struct addrspec_found found;

	if (!c->ends || is_encoded(c->local) || !make_address(c, a, &found) ||
	    (into->any && !addrspec_eq(into->found.address, found.address)))
		into->bad = true;
	else if (!into->any)
		into->found = found;
	into->any = true;
}

static bool find_in(struct span value, struct arena *a, struct addrspec_found *ret_found)
{
	struct choice together = { .any = false }, apart = { .any = false }, *best;
	size_t ats = 0, from = 0;

	if (!is_readable(value))
		return false;
	for (const char *at;
	     value.n > from && (at = memchr(value.p + from, '@', value.n - from));) {
		struct candidate c;

		if (++ats > CANDIDATES_MAX)
			return false;
		from = (size_t)(at - value.p) + 1;
		if (read_candidate(value, from - 1, &c))
			choose(c.apart ? &apart : &together, &c, a);
	}
	best = together.any ? &together : &apart;
	if (!best->any || best->bad)
		return false;
	*ret_found = best->found;
	ret_found->sure &= ats == 1;
	return true;
}

/* The wide forms of "@", "<" and ">" as they are meant; true: there was one. */
static bool put_narrow(struct span value, struct buf *out)
{
	static const struct {
		struct span wide;
		char mark;
	} forms[] = {
		{ SPAN_LITERAL("\xef\xbc\xa0"), '@' },
		{ SPAN_LITERAL("\xef\xb9\xab"), '@' },
		{ SPAN_LITERAL("\xef\xbc\x9c"), '<' },
		{ SPAN_LITERAL("\xef\xbc\x9e"), '>' },
	};
	bool any = false;

	for (size_t i = 0, f; i < value.n; i++) {
		for (f = 0; f < 4 && !span_starts(span_sub(value, i, 3), forms[f].wide);)
			f++;
		buf_addc(out, f < 4 ? forms[f].mark : value.p[i]);
		i += f < 4 ? 2 : 0;
		any |= f < 4;
	}
	return any;
}

bool addrspec_find(struct span value, struct arena *a, struct addrspec_found *ret_found)
{
	struct buf bytes BUF_AUTO;

	buf_init(&bytes, ENCODED_MAX);
	if (value.n && memchr(value.p, '@', value.n))
		return find_in(value, a, ret_found);
	if (value.n > ENCODED_MAX)
		return false;
	if (!encoded_to_bytes(value, &bytes)) {
		buf_clear(&bytes);
		if (!put_narrow(value, &bytes))
			return false;
	}
	if (!find_in(buf_span(&bytes), a, ret_found))
		return false;
	ret_found->sure = false;
	return true;
}
