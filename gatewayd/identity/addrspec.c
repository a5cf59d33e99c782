#include "gatewayd/identity/addrspec.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/idn.h"

/* What an ASCII byte may be: atext (RFC 5322 section 3.2.3), in a label of a domain, and what ends
 * a run of the reader below. */
enum { ATEXT = 1, IN_LABEL = 2, ENDS_RUN = 4 };
static const unsigned char kinds[256] = {
	['0' ... '9'] = ATEXT | IN_LABEL,
	['A' ... 'Z'] = ATEXT | IN_LABEL,
	['a' ... 'z'] = ATEXT | IN_LABEL,
	['-'] = ATEXT | IN_LABEL,
	['!'] = ATEXT,
	['#' ... '\''] = ATEXT,
	['*' ... '+'] = ATEXT,
	['/'] = ATEXT,
	['='] = ATEXT,
	['?'] = ATEXT,
	['^' ... '`'] = ATEXT,
	['{' ... '~'] = ATEXT,
	['\0'] = ENDS_RUN,
	['\t'] = ENDS_RUN,
	['\n'] = ENDS_RUN,
	[' '] = ENDS_RUN,
	['(' ... ')'] = ENDS_RUN,
	[','] = ENDS_RUN,
	[':' ... '<'] = ENDS_RUN,
	['>'] = ENDS_RUN,
};

static bool is_kind(char c, int kind)
{
	return kinds[(unsigned char)c] & kind;
}

/*
 * Atoms and dots.  RFC 5322 wants atoms around each dot; "ann.@example.jp" and "a..b@example.jp"
 * are given to people by telephone companies, and nothing about them is in doubt.
 */
static bool is_atoms(struct span s)
{
	bool atom = false;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = s.p[i] == '.' || is_kind(s.p[i], ATEXT)
			? 1
			: utf8_atom_len(span_sub(s, i, SIZE_MAX));
		if (n == 0)
			return false;
		atom |= s.p[i] != '.';
	}
	return atom;
}

static bool is_dot_atom(struct span s)
{
	return is_atoms(s) && s.p[0] != '.' && s.p[s.n - 1] != '.' &&
	       span_find(s, SPAN("..")) == SIZE_MAX;
}

/* RFC 5322 section 3.2.4 on one line. */
static bool is_quoted(struct span s)
{
	size_t i = 1;

	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	for (; i < s.n - 1; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return false;
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return i == s.n - 1;
}

bool addrspec_domain_valid(struct span s)
{
	if (s.n == 0 || s.n > 253 || s.p[s.n - 1] == '.')
		return false;
	while (s.n) {
		struct span label = span_cut(&s, '.');

		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_kind(label.p[i], IN_LABEL))
				return false;
	}
	return true;
}

/* The last "@", which cannot stand in a domain; s.n when there is none. */
static size_t at_sign(struct span s)
{
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

struct span addrspec_local(struct span s)
{
	return span_sub(s, 0, at_sign(s));
}

struct span addrspec_domain(struct span s)
{
	return span_sub(s, at_sign(s) + 1, SIZE_MAX);
}

bool addrspec_valid(struct span s)
{
	struct span local = addrspec_local(s);

	return s.n <= ADDRSPEC_MAX && local.n <= ADDRSPEC_LOCAL_MAX &&
	       (is_atoms(local) || is_quoted(local)) && addrspec_domain_valid(addrspec_domain(s));
}

struct span addrspec_cut(struct span *list)
{
	struct span all = *list;
	bool quoted = false;
	size_t i = 0;

	for (; i < all.n && (quoted || all.p[i] != ','); i++) {
		if (all.p[i] == '"')
			quoted = !quoted;
		else if (quoted && all.p[i] == '\\')
			i++;
	}
	*list = span_sub(all, i + 1, SIZE_MAX);
	return span_trim(span_sub(all, 0, i));
}

void addrspec_put(struct span s, struct buf *out)
{
	struct span local = addrspec_local(s);
	bool quote = is_atoms(local) && !is_dot_atom(local);

	if (quote)
		buf_addc(out, '"');
	buf_add(out, local);
	if (quote)
		buf_addc(out, '"');
	buf_add(out, span_sub(s, local.n, SIZE_MAX));
}

/* A copy with the domain in lower case, and without quotes that are not needed. */
static struct span normal(struct span s, struct arena *a)
{
	struct span local = addrspec_local(s), domain = addrspec_domain(s);
	struct span inner = span_sub(local, 1, local.n > 2 ? local.n - 2 : 0);
	char *p;

	if (local.p[0] == '"' && is_atoms(inner))
		local = inner;
	p = arena_room(a, local.n + 1 + domain.n);
	memcpy(p, local.p, local.n);
	p[local.n] = '@';
	for (size_t i = 0; i < domain.n; i++)
		p[local.n + 1 + i] = (char)ascii_lower((unsigned char)domain.p[i]);
	return (struct span){ p, local.n + 1 + domain.n };
}

struct span addrspec_ascii(struct span s, struct arena *a)
{
	struct span domain = addrspec_domain(s);
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	if (!domain.n || domain.p[domain.n - 1] == '.' || utf8_is_ascii(domain))
		return s;
	buf_add(&text, span_sub(s, 0, s.n - domain.n));
	buf_add(&text, idn_ascii(domain, a));
	return arena_dup(a, buf_span(&text));
}

struct span addrspec_domain_key(struct span address, struct arena *a)
{
	struct span key = idn_ascii(addrspec_domain(address), a);
	char *p = arena_alloc(a, key.n + 1);

	for (size_t i = 0; i < key.n; i++)
		p[i] = (char)ascii_lower((unsigned char)key.p[i]);
	return (struct span){ p, key.n };
}

/*
 * The reader.  A "run" is what stands together without white space and comments: words, dots, "@"
 * and quoted strings.  An entry is one run, or runs (a display name) and one run in angle brackets.
 */
struct entry {
	struct span run;	/* the last one outside of angle brackets */
	size_t runs;		/* outside of angle brackets */
	struct span at_in_name; /* a run with "@" before the angle bracket */
	struct span angle;	/* what stood in the brackets */
	bool has_angle;
	bool bad;
};

static bool is_fold_or_blank(struct span s)
{
	return s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' ||
	       (s.p[0] == '\r' && s.n > 1 && s.p[1] == '\n');
}

/* The length of the comment or quoted string at the start of s, 0 when it has no end. */
static size_t enclosed_len(struct span s, char open, char close)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0' || (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n')))
			return 0;
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == close && (open != close || depth))
			depth--;
		else if (s.p[i] == open && ++depth > ADDRSPEC_COMMENTS_MAX)
			return 0;
		if (depth == 0)
			return i < s.n ? i + 1 : 0;
	}
	return 0;
}

/* The length of the run at the start of s; 0 when a quoted string in it has no end. */
static size_t run_len(struct span s)
{
	size_t i = 0;

	while (i < s.n && !is_kind(s.p[i], ENDS_RUN) &&
	       (s.p[i] != '\r' || !is_fold_or_blank(span_sub(s, i, 2)))) {
		size_t quoted = 1;

		if (s.p[i] == '"')
			quoted = enclosed_len(span_sub(s, i, SIZE_MAX), '"', '"');
		if (quoted == 0)
			return 0;
		i += quoted;
	}
	return i;
}

static bool has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

static size_t read_run(struct entry *e, struct span s)
{
	size_t n = run_len(s);

	if (n == 0) { /* a quoted string without an end, or a stray ")" or ">" */
		e->bad = true;
		return s.p[0] == ')' || s.p[0] == '>' ? 1 : s.n;
	}
	e->run = span_sub(s, 0, n);
	e->runs++;
	if (e->has_angle || (e->run.p[0] != '"' && has_control(e->run)))
		e->bad = true;
	if (e->run.p[0] != '"' && memchr(e->run.p, '@', n))
		e->at_in_name = e->run;
	return n;
}

static size_t read_angle(struct entry *e, struct span s)
{
	const char *end = memchr(s.p, '>', s.n);
	size_t n = end ? (size_t)(end - s.p) : s.n;

	if (!end || e->has_angle)
		e->bad = true;
	e->has_angle = true;
	e->angle = span_trim(span_sub(s, 1, n - 1));
	return end ? n + 1 : n;
}

static void finish(struct entry *e, size_t max, struct arena *a, struct addrspec_list *list)
{
	struct span s = e->has_angle ? e->angle : e->run;
	bool empty = !e->has_angle && e->runs == 0 && !e->bad;

	/* "a@b <a@b>" is said by some programs; another address as the name is a trick. */
	if (e->has_angle && e->at_in_name.n && !span_eq_ci(e->at_in_name, e->angle))
		e->bad = true;
	if (!e->has_angle && e->runs > 1)
		e->bad = true;
	if (empty) {
		/* RFC 5322 section 4.4: "a@b,,c@d" */
	} else if (list->n + list->bad >= max) {
		list->cut = true;
	} else {
		s = addrspec_ascii(s, a);
		if (e->bad || !addrspec_valid(s))
			list->bad++;
		else
			list->v[list->n++] = normal(s, a);
	}
	*e = (struct entry){ 0 };
}

/* Reads one token of an entry and returns how long it is. */
static size_t read_token(struct entry *e, struct span s, struct addrspec_list *list)
{
	size_t n = 1;

	if (is_fold_or_blank(s))
		return 1;
	switch (s.p[0]) {
	case '(':
		n = enclosed_len(s, '(', ')');
		e->bad |= n == 0;
		return n ? n : s.n;
	case '<': return read_angle(e, s);
	case ':':
		list->groups++;
		list->bad += e->bad || e->has_angle;
		*e = (struct entry){ 0 };
		return 1;
	default: return read_run(e, s);
	}
}

void addrspec_list_read(struct span value, size_t max, struct arena *a,
			struct addrspec_list *ret_list)
{
	struct addrspec_list list = { 0 };
	struct entry e = { 0 };

	/* An entry has two bytes at least, with its comma. */
	if (max > value.n / 2 + 1)
		list.v = arena_alloc_n(a, value.n / 2 + 1, sizeof(*list.v));
	else
		list.v = arena_alloc_n(a, max, sizeof(*list.v));
	while (value.n && !list.cut) {
		size_t n = 1;

		if (value.p[0] == ',' || value.p[0] == ';')
			finish(&e, max, a, &list);
		else
			n = read_token(&e, value, &list);
		value = span_sub(value, n, SIZE_MAX);
	}
	finish(&e, max, a, &list);
	*ret_list = list;
}

struct span addrspec_detail(struct span address, struct span own, char delimiter)
{
	struct span local = addrspec_local(address), rest = addrspec_local(own), base = rest;

	if (delimiter == '+')
		base = span_cut(&rest, delimiter);
	if (!span_eq_ci(addrspec_domain(address), addrspec_domain(own)) ||
	    !span_eq_ci(span_sub(local, 0, base.n), base))
		return SPAN_NONE;
	if (local.n > base.n && local.p[base.n] != delimiter)
		return SPAN_NONE;
	return local.n > base.n ? span_sub(local, base.n + 1, SIZE_MAX) : SPAN("");
}
