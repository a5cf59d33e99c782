#include "parser/address.h"

#include "parser/limits.h"
#include "parser/word.h"

/* One mailbox as it is being read. */
struct mailbox {
	struct span phrase;  /* before "<", or all of it when there is none */
	struct span behind;  /* after ">" */
	struct span angle;   /* between them; p == NULL: none */
	struct span comment; /* the last one, without its parentheses */
	bool has_comment, has_at;
};

struct scan {
	struct span s;
	size_t at;
	/* Nothing of the sort closes from here on, so do not look again: keeps the scan linear. */
	bool no_quote_end, no_comment_end;
};

/* The length of the quoted string at s, 0 when it does not end. */
static size_t quoted_length(struct span s)
{
	for (size_t n = 1; n < s.n; n++) {
		if (s.p[n] == '"')
			return n + 1;
		if (s.p[n] == '\\')
			n++;
	}
	return 0;
}

/* The length of the comment at s, 0 when it does not end or is nested too deep. */
static size_t comment_length(struct span s)
{
	int depth = 0;

	for (size_t n = 0; n < s.n; n++) {
		if (s.p[n] == '\\')
			n++;
		else if (s.p[n] == '(' && ++depth > LIMIT_COMMENT_DEPTH)
			return 0;
		else if (s.p[n] == ')' && --depth == 0)
			return n + 1;
	}
	return 0;
}

/* What stands at the scan's place as one piece: quoted string, comment, literal, encoded word, or
 * one byte. */
static size_t piece_length(struct scan *sc)
{
	struct span rest = span_sub(sc->s, sc->at, SIZE_MAX);
	const char *end;
	size_t n = 0;

	switch (rest.p[0]) {
	case '"':
		n = sc->no_quote_end ? 0 : quoted_length(rest);
		sc->no_quote_end |= n == 0;
		break;
	case '(':
		n = sc->no_comment_end ? 0 : comment_length(rest);
		sc->no_comment_end |= n == 0;
		break;
	case '[':
		end = memchr(rest.p, ']', rest.n < 256 ? rest.n : 256);
		n = end ? (size_t)(end - rest.p) + 1 : 0;
		break;
	case '\\': n = rest.n > 1 ? 2 : 1; break;
	case '=': n = word_length(rest); break;
	default: break;
	}
	return n ? n : 1;
}

/* From "<" on: what is inside; without a ">" all up to the next comma. */
static struct span take_angle(struct scan *sc)
{
	struct span rest = span_sub(sc->s, sc->at + 1, SIZE_MAX), inside;
	struct scan in = { .s = rest };
	size_t comma = SIZE_MAX;

	while (in.at < rest.n && rest.p[in.at] != '>') {
		if (rest.p[in.at] == '<' && in.at)
			break;
		if (rest.p[in.at] == ',' && comma == SIZE_MAX)
			comma = in.at;
		in.at += rest.p[in.at] == '"' ? piece_length(&in) : 1;
	}
	if (in.at < rest.n && rest.p[in.at] == '>') {
		inside = span_sub(rest, 0, in.at);
		sc->at += in.at + 2;
		return inside;
	}
	inside = span_sub(rest, 0, comma < in.at ? comma : in.at);
	sc->at += inside.n + 1;
	return inside;
}

/* Appends s without comments and, outside quotes, without white space. */
static size_t squeeze(struct span s, char *out)
{
	struct scan sc = { .s = s };
	size_t n = 0;

	while (sc.at < s.n) {
		size_t length = piece_length(&sc);
		char c = s.p[sc.at];

		if (c == '"' && length > 1) {
			memcpy(out + n, s.p + sc.at, length);
			n += length;
		} else if (!(c == '(' && length > 1)) {
			for (size_t i = 0; i < length; i++)
				if (!ascii_is_space((unsigned char)s.p[sc.at + i]))
					out[n++] = s.p[sc.at + i];
		}
		sc.at += length;
	}
	return n;
}

/* The "@" that parts the two halves, SIZE_MAX: none, or one half is empty. */
static size_t at_sign(struct span s)
{
	size_t at = s.n;

	while (at && s.p[at - 1] != '@')
		at--;
	return at > 1 && at < s.n ? at - 1 : SIZE_MAX;
}

static struct span addr_spec(struct span s, struct reading *r)
{
	char *out = arena_room(r->arena, s.n + 1);
	struct span spec = { out, squeeze(s, out) };

	while (spec.n && (spec.p[0] == '<' || spec.p[0] == '>'))
		spec = span_sub(spec, 1, SIZE_MAX);
	while (spec.n && (spec.p[spec.n - 1] == '<' || spec.p[spec.n - 1] == '>'))
		spec.n--;
	if (spec.n && spec.p[0] == '@') { /* a route, RFC 5322 section 4.4 */
		size_t colon = span_find(spec, SPAN(":"));

		spec = colon == SIZE_MAX ? spec : span_sub(spec, colon + 1, SIZE_MAX);
	}
	if (at_sign(spec) == SIZE_MAX || spec.n > FACTS_FIELD_MAX)
		return SPAN("");
	return word_scrub(spec, r);
}

/* Nothing in s has to be taken out or turned into a blank. */
static bool is_simple(struct span s)
{
	bool space = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"' || c == '\\' || c == '(' || (c > 0 && c < ' ') || (c == ' ' && space))
			return false;
		space = c == ' ';
	}
	return true;
}

/* The inside of a quoted string or comment without its backslashes. */
static size_t unescape(struct span s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		out[n++] = s.p[i];
	}
	return n;
}

/*
 * A phrase without quotes and comments; white space between its words is one blank, that inside
 * quotes stays.
 */
static struct span unquote(struct span s, struct reading *r)
{
	struct scan sc = { .s = s };
	size_t n = 0;
	char *out = arena_room(r->arena, s.n + 1);

	while (sc.at < s.n) {
		struct span piece = span_sub(s, sc.at, piece_length(&sc));

		if (ascii_is_space((unsigned char)piece.p[0]) ||
		    (piece.p[0] == '(' && piece.n > 1)) {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
		} else if (piece.n > 1 && piece.p[0] == '"') {
			n += unescape(span_sub(piece, 1, piece.n - 2), out + n);
		} else if (piece.n > 1 && piece.p[0] == '\\') {
			out[n++] = piece.p[1];
		} else if (piece.p[0] != '"') { /* one that nothing closes is left out */
			memcpy(out + n, piece.p, piece.n);
			n += piece.n;
		}
		sc.at += piece.n;
	}
	return (struct span){ out, n };
}

/* "'Ann'": the quotes that some clients put around a name inside the real ones. */
static struct span without_single_quotes(struct span s)
{
	if (s.n > 2 && s.p[0] == '\'' && s.p[s.n - 1] == '\'')
		return span_trim(span_sub(s, 1, s.n - 2));
	return s;
}

/* Runs of blanks, which encoded words may have brought, are one. */
static struct span squash(struct span s, struct reading *r)
{
	size_t n = 0;
	char *out;

	if (s.n == 0 || !memmem(s.p, s.n, "  ", 2))
		return s;
	out = arena_room(r->arena, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' || (n && out[n - 1] != ' '))
			out[n++] = s.p[i];
	return (struct span){ out, n };
}

static struct span phrase_text(struct span s, struct reading *r)
{
	struct span text;

	s = span_trim(s);
	text = word_text(is_simple(s) ? s : unquote(s, r), r);
	if (!memchr(s.p, '"', s.n))
		text = squash(text, r);
	return without_single_quotes(text);
}

static struct span comment_text(struct span s, struct reading *r)
{
	char *out = arena_room(r->arena, s.n + 1);

	return word_text((struct span){ out, unescape(s, out) }, r);
}

/*
 * Without angle brackets the word with the "@" is the address; words before it that do not touch it
 * by
 * "." or "@" are the name.
 */
static struct span bare_address(struct mailbox *m)
{
	struct span s = span_trim(m->phrase);
	struct scan sc = { .s = s };
	size_t word = 0, at = SIZE_MAX, split = 0;
	bool joins = true;

	while (sc.at < s.n) {
		size_t length = piece_length(&sc);
		char c = s.p[sc.at];

		if (ascii_is_space((unsigned char)c)) {
			word = sc.at + 1;
		} else if (!(c == '(' && length > 1)) {
			joins = sc.at == word && (c == '@' || c == '.');
			if (sc.at == word && word && !joins && at == SIZE_MAX &&
			    s.p[split] != '@' && !(word > 1 && s.p[word - 2] == '.'))
				split = word;
			if (c == '@' && length == 1)
				at = sc.at;
		}
		sc.at += length;
	}
	if (at == SIZE_MAX)
		return SPAN_NONE;
	m->phrase = span_sub(s, 0, split);
	return span_sub(s, split, SIZE_MAX);
}

/* "<undisclosed-recipients:;>" */
static bool is_group(struct span spec)
{
	spec = span_trim(spec);
	return spec.n && (spec.p[spec.n - 1] == ':' || spec.p[spec.n - 1] == ';');
}

static void append(struct facts_address a, struct reading *r, struct facts_addresses *list)
{
	if (list->n == FACTS_ADDRESSES_MAX) {
		reading_defect(r, FACTS_TOO_MANY_ADDRESSES);
		return;
	}
	ARENA_GROW(r->arena, list->v, list->n);
	list->v[list->n++] = a;
}

static void add(struct mailbox *m, struct reading *r, struct facts_addresses *list)
{
	struct facts_address a = { SPAN(""), SPAN("") };
	struct span spec = m->angle;

	if (!spec.p)
		spec = bare_address(m);
	if (spec.p)
		a.address = addr_spec(spec, r);
	if (span_trim(m->phrase).n)
		a.name = phrase_text(m->phrase, r);
	if (a.name.n == 0 && m->has_comment)
		a.name = comment_text(m->comment, r);
	if (a.name.n == 0 && m->angle.p && span_trim(m->behind).n)
		a.name = phrase_text(m->behind, r);
	if (a.address.n == 0 && a.name.n == 0 && is_group(spec))
		return;
	if (a.address.n == 0 && a.name.n == 0 && spec.p)
		a.name = phrase_text(spec, r);
	if (a.address.n == 0)
		reading_defect(r, FACTS_BAD_ADDRESS);
	if (a.address.n || a.name.n)
		append(a, r, list);
}

/* "a@b.c d@e.f": more than one word with something on both sides of its "@", and no other mark. */
static bool is_run(struct span s)
{
	size_t words = 0;
	struct span word;

	for (s = span_trim(s); s.n; s = span_trim(s)) {
		for (word.n = 0; word.n < s.n && !ascii_is_space((unsigned char)s.p[word.n]);)
			word.n++;
		word.p = s.p;
		if (at_sign(word) == SIZE_MAX || memchr(word.p, '"', word.n) ||
		    memchr(word.p, '(', word.n))
			return false;
		words++;
		s = span_sub(s, word.n, SIZE_MAX);
	}
	return words > 1;
}

/* Addresses with nothing but white space between them. */
static void add_run(struct span s, struct reading *r, struct facts_addresses *list)
{
	reading_defect(r, FACTS_BAD_ADDRESS);
	for (s = span_trim(s); s.n; s = span_trim(s)) {
		size_t n = 0;

		while (n < s.n && !ascii_is_space((unsigned char)s.p[n]))
			n++;
		append((struct facts_address){ SPAN(""), addr_spec(span_sub(s, 0, n), r) }, r,
		       list);
		s = span_sub(s, n, SIZE_MAX);
	}
}

/* Reads one mailbox up to the separator behind it. */
static void read_mailbox(struct scan *sc, struct mailbox *m)
{
	size_t from = sc->at;

	*m = (struct mailbox){ .phrase = span_sub(sc->s, from, 0) };
	while (sc->at < sc->s.n) {
		char c = sc->s.p[sc->at];
		size_t length;

		if (c == ',' || c == ';')
			break;
		if (c == '<' && !m->angle.p) {
			m->angle = take_angle(sc);
			m->behind = span_sub(sc->s, sc->at, 0);
			continue;
		}
		if (c == ':' && !m->angle.p && !m->has_at) {
			from = ++sc->at; /* that was the name of a group */
			*m = (struct mailbox){ .phrase = span_sub(sc->s, from, 0) };
			continue;
		}
		length = piece_length(sc);
		if (c == '(' && length > 1) {
			m->comment = span_sub(sc->s, sc->at + 1, length - 2);
			m->has_comment = true;
		}
		m->has_at |= c == '@';
		sc->at += length;
		if (m->angle.p)
			m->behind.n = (size_t)(sc->s.p + sc->at - m->behind.p);
		else
			m->phrase.n = sc->at - from;
	}
	sc->at++;
}

void address_list(struct span s, struct reading *r, struct facts_addresses *list)
{
	struct scan sc = { .s = s };

	if (s.n > LIMIT_LIST_FIELD) {
		reading_defect(r, FACTS_LONG_HEADER);
		sc.s.n = LIMIT_LIST_FIELD;
	}
	while (sc.at < sc.s.n) {
		struct mailbox m;

		if (list->n == FACTS_ADDRESSES_MAX) {
			reading_defect(r, FACTS_TOO_MANY_ADDRESSES);
			return;
		}
		read_mailbox(&sc, &m);
		if (!m.angle.p && is_run(m.phrase))
			add_run(m.phrase, r, list);
		else if (m.angle.p || m.has_comment || span_trim(m.phrase).n)
			add(&m, r, list);
	}
}
