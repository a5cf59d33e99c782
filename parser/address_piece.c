#include "parser/address_piece.h"

#include "parser/limits.h"
#include "parser/word.h"

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

size_t address_piece_length(struct address_scan *sc)
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

/* Appends s without comments and, outside quotes, without white space. */
static size_t squeeze(struct span s, char *out)
{
	struct address_scan sc = { .s = s };
	size_t n = 0;

	while (sc.at < s.n) {
		size_t length = address_piece_length(&sc);
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

size_t address_at_sign(struct span s)
{
	size_t at = s.n;

	while (at && s.p[at - 1] != '@')
		at--;
	return at > 1 && at < s.n ? at - 1 : SIZE_MAX;
}

/* A dot of a local part that no atom stands on both sides of. */
static bool has_odd_dots(struct span local)
{
	return local.n && local.p[0] != '"' &&
	       (local.p[0] == '.' || local.p[local.n - 1] == '.' ||
		span_find(local, SPAN("..")) != SIZE_MAX);
}

/* Takes the dots that are too many out of the domain; those of the local part belong to it. */
static size_t mend_dots(char *spec, size_t n, struct reading *r)
{
	size_t at = address_at_sign((struct span){ spec, n }), to = at + 1;

	if (at == SIZE_MAX)
		return n;
	for (size_t i = at + 1; i < n; i++)
		if (spec[i] != '.' || (i > at + 1 && i + 1 < n && spec[i + 1] != '.'))
			spec[to++] = spec[i];
	if (to < n || has_odd_dots((struct span){ spec, at }))
		reading_defect(r, FACTS_BAD_ADDRESS);
	return to;
}

/* Without the blanks that nobody sees, which come along when an address is copied. */
static struct span without_unseen(struct span spec, struct reading *r)
{
	static const struct span unseen[] = {
		SPAN_LITERAL("\xc2\xa0"),     SPAN_LITERAL("\xe2\x80\x8b"),
		SPAN_LITERAL("\xe2\x80\x8e"), SPAN_LITERAL("\xe2\x80\x8f"),
		SPAN_LITERAL("\xef\xbb\xbf"),
	};
	size_t before = spec.n;

	for (size_t i = 0; i < sizeof(unseen) / sizeof(*unseen); i++) {
		while (span_starts(spec, unseen[i]))
			spec = span_sub(spec, unseen[i].n, SIZE_MAX);
		while (span_ends_ci(spec, unseen[i]))
			spec.n -= unseen[i].n;
	}
	if (spec.n < before)
		reading_defect(r, FACTS_BAD_ADDRESS);
	return spec;
}

struct span address_spec(struct span s, struct reading *r)
{
	char *out = arena_room(r->arena, s.n + 1);
	size_t n = squeeze(s, out), from = 0;
	struct span spec;

	while (from < n && (out[from] == '<' || out[from] == '>'))
		from++;
	while (n > from && (out[n - 1] == '<' || out[n - 1] == '>'))
		n--;
	spec = (struct span){ out + from, n - from };
	if (spec.n && spec.p[0] == '@') { /* a route, RFC 5322 section 4.4 */
		size_t colon = span_find(spec, SPAN(":"));

		from += colon == SIZE_MAX ? 0 : colon + 1;
	}
	spec = (struct span){ out + from, mend_dots(out + from, n - from, r) };
	if (address_at_sign(spec) == SIZE_MAX || spec.n > FACTS_FIELD_MAX)
		return SPAN("");
	return word_scrub(without_unseen(spec, r), r);
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
	struct address_scan sc = { .s = s };
	size_t n = 0;
	char *out = arena_room(r->arena, s.n + 1);

	while (sc.at < s.n) {
		struct span piece = span_sub(s, sc.at, address_piece_length(&sc));

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

struct span address_phrase(struct span s, struct reading *r)
{
	struct span text;

	s = span_trim(s);
	text = word_text(is_simple(s) ? s : unquote(s, r), r);
	if (!memchr(s.p, '"', s.n))
		text = squash(text, r);
	return without_single_quotes(text);
}

struct span address_comment(struct span s, struct reading *r)
{
	char *out = arena_room(r->arena, s.n + 1);

	return word_text((struct span){ out, unescape(s, out) }, r);
}
