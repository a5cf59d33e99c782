#include "parser/address.h"

#include "parser/address_piece.h"
#include "parser/bounce_words.h"
#include "parser/html_scan.h"
#include "parser/limits.h"
#include "parser/word.h"

/* One mailbox as it is being read. */
struct mailbox {
	struct span phrase;  /* before "<", or all of it when there is none */
	struct span behind;  /* after ">" */
	struct span angle;   /* between them; p == NULL: none */
	struct span comment; /* the last one, without its parentheses */
	struct span whole;   /* with all that belongs to it */
	bool has_comment, has_at;
	bool odd; /* a colon, a second "<", words behind ">", or a mark that does not end */
};

/* From "<" on: what is inside; without a ">" all up to the next comma. */
static struct span take_angle(struct address_scan *sc)
{
	struct span rest = span_sub(sc->s, sc->at + 1, SIZE_MAX), inside;
	struct address_scan in = { .s = rest };
	size_t comma = SIZE_MAX;

	while (in.at < rest.n && rest.p[in.at] != '>') {
		if (rest.p[in.at] == '<' && in.at)
			break;
		if (rest.p[in.at] == ',' && comma == SIZE_MAX)
			comma = in.at;
		in.at += rest.p[in.at] == '"' ? address_piece_length(&in) : 1;
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

/* "ann@example.com Ann": words behind an address are the name, too. */
static struct span cut_words_behind(struct mailbox *m, struct span spec)
{
	struct span rest;
	size_t n = 0;

	while (n < spec.n && !ascii_is_space((unsigned char)spec.p[n]))
		n++;
	rest = span_trim(span_sub(spec, n, SIZE_MAX));
	if (address_at_sign(span_sub(spec, 0, n)) == SIZE_MAX || rest.n == 0 ||
	    strchr(".@(", rest.p[0]) != NULL || strchr(".\"(", spec.p[n - 1]) != NULL ||
	    memchr(rest.p, '@', rest.n) || memchr(spec.p, '"', n))
		return spec;
	m->behind = rest;
	return span_sub(spec, 0, n);
}

/*
 * Without angle brackets the word with the "@" is the address; words before it that do not touch it
 * by
 * "." or "@" are the name.
 */
static struct span bare_address(struct mailbox *m)
{
	struct span s = span_trim(m->phrase);
	struct address_scan sc = { .s = s };
	size_t word = 0, at = SIZE_MAX, split = 0;
	bool joins = true;

	while (sc.at < s.n) {
		size_t length = address_piece_length(&sc);
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
	return cut_words_behind(m, span_sub(s, split, SIZE_MAX));
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

/* "<Ann ann@example.com>": a name inside of the brackets. */
static struct span inside_angle(struct mailbox *m)
{
	struct mailbox in = { .phrase = m->angle };
	struct span spec;

	if (!memchr(m->angle.p, ' ', m->angle.n))
		return m->angle;
	spec = bare_address(&in);
	if (!spec.p || span_trim(in.phrase).n == 0)
		return m->angle;
	if (span_trim(m->phrase).n == 0)
		m->phrase = in.phrase;
	return spec;
}

/* What no address has outside of quotes. */
static bool is_odd(struct span address)
{
	return address.n == 0 || address.p[0] == '\'' || address.p[address.n - 1] == '"' ||
	       (address.p[0] != '"' && !memchr(address.p, '[', address.n) &&
		(memchr(address.p, ':', address.n) || memchr(address.p, '"', address.n)));
}

/* The only address in s, wherever it stands; else what was read. */
static struct span only_address(struct span s, struct span read, struct reading *r)
{
	struct span found, one = SPAN("");
	size_t at = 0;

	while (bounce_next_address(s, &at, &found)) {
		if (one.n && !span_eq_ci(one, found))
			return read;
		one = found;
	}
	if (one.n == 0)
		return read;
	reading_defect(r, FACTS_BAD_ADDRESS);
	return word_scrub(one, r);
}

/* A name that is an address in marks ("Ann <ann@example.com>" all in quotes) without that. */
static struct span without_address(struct span name, struct span address)
{
	size_t at = span_find(name, address);

	if (address.n == 0 || at == SIZE_MAX)
		return name;
	name = span_trim(span_sub(name, 0, at));
	while (name.n && strchr("<[( ", name.p[name.n - 1]))
		name.n--;
	return name;
}

/* "ann@customer,test" is left as it is: nobody knows what the comma stands for. */
static struct span without_commas(struct span address, struct reading *r)
{
	if (address.n == 0 || address.p[0] == '"' ||
	    !(memchr(address.p, ',', address.n) || memchr(address.p, ';', address.n)))
		return address;
	reading_defect(r, FACTS_BAD_ADDRESS);
	while (address.n && strchr(",;", address.p[address.n - 1]))
		address.n--;
	return address;
}

static struct span read_address(struct mailbox *m, struct reading *r)
{
	struct span spec = m->angle.p ? inside_angle(m) : bare_address(m), address = SPAN("");

	if (spec.p)
		address = without_commas(address_spec(spec, r), r);
	return is_odd(address) ? only_address(m->whole, address, r) : address;
}

static struct span read_name(const struct mailbox *m, struct reading *r)
{
	struct span name = SPAN("");

	if (span_trim(m->phrase).n)
		name = address_phrase(m->phrase, r);
	if (name.n == 0 && m->has_comment)
		name = address_comment(m->comment, r);
	if (name.n == 0 && span_trim(m->behind).n)
		name = address_phrase(m->behind, r);
	return name;
}

/* Written in a way that another program may read as another address, or as none. */
static bool is_mended(const struct mailbox *m)
{
	if (!m->angle.p)
		return span_trim(m->phrase).n != 0 || span_trim(m->behind).n != 0;
	return m->has_at || m->odd;
}

/* Behind the brackets stands another address, outside of comments. */
static bool has_other(const struct mailbox *m, struct span address)
{
	struct address_scan sc = { .s = m->behind };
	bool any = false;
	struct span found;

	for (; sc.at < sc.s.n && !any; sc.at += address_piece_length(&sc))
		any = sc.s.p[sc.at] == '@';
	for (size_t at = 0; any && bounce_next_address(m->behind, &at, &found);)
		if (!span_eq_ci(found, address))
			return true;
	return false;
}

/* The words alone, of which none is the address. */
static void add_nobody(struct span words, struct reading *r, struct facts_addresses *list)
{
	reading_defect(r, FACTS_BAD_ADDRESS);
	append((struct facts_address){ address_phrase(words, r), SPAN("") }, r, list);
}

static void add(struct mailbox *m, struct reading *r, struct facts_addresses *list)
{
	struct facts_address a = { .address = read_address(m, r) };

	a.name = read_name(m, r);
	if (a.address.n == 0) /* all of it was encoded */
		a.address = only_address(a.name, SPAN(""), r);
	if (a.address.n == 0 && a.name.n == 0) {
		struct span text = m->angle.p ? m->angle : m->whole;

		if (is_group(text))
			return;
		a.name = address_phrase(text, r);
	}
	if (a.address.n == 0 || is_mended(m))
		reading_defect(r, FACTS_BAD_ADDRESS);
	if (is_mended(m) || !m->angle.p)
		a.name = without_address(a.name, a.address);
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
		if (address_at_sign(word) == SIZE_MAX || memchr(word.p, '"', word.n) ||
		    memchr(word.p, '(', word.n))
			return false;
		words++;
		s = span_sub(s, word.n, SIZE_MAX);
	}
	return words > 1;
}

/* Addresses with nothing but white space between them; of an author it is all the same one. */
static void add_run(struct span s, bool author, struct reading *r, struct facts_addresses *list)
{
	struct span one = author ? only_address(s, SPAN(""), r) : SPAN("");

	if (author && one.n == 0) {
		add_nobody(s, r, list);
		return;
	}
	reading_defect(r, FACTS_BAD_ADDRESS);
	if (author) {
		append((struct facts_address){ SPAN(""), one }, r, list);
		return;
	}
	for (s = span_trim(s); s.n; s = span_trim(s)) {
		size_t n = 0;

		while (n < s.n && !ascii_is_space((unsigned char)s.p[n]))
			n++;
		append((struct facts_address){ SPAN(""), address_spec(span_sub(s, 0, n), r) }, r,
		       list);
		s = span_sub(s, n, SIZE_MAX);
	}
}

/* Reads one mailbox up to the separator behind it. */
static void read_mailbox(struct address_scan *sc, struct mailbox *m)
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
			m->odd |= sc->s.p[sc->at - 1] != '>' ||
				  memchr(m->angle.p, '<', m->angle.n) != NULL;
			m->behind = span_sub(sc->s, sc->at, 0);
			continue;
		}
		if (c == ':' && !m->angle.p && !m->has_at && sc->has_groups) {
			from = ++sc->at; /* that was the name of a group */
			*m = (struct mailbox){ .phrase = span_sub(sc->s, from, 0) };
			continue;
		}
		length = address_piece_length(sc);
		m->odd |= length == 1 && strchr("\"(<:", c);
		m->odd |= m->angle.p && c != '(' && !ascii_is_space((unsigned char)c);
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
	m->whole = span_sub(sc->s, from, sc->at - from);
	sc->at++;
}

/* "Example, Ann <ann@example.com>": words that no address belongs to are of the name behind them.
 */
static bool is_part_of_name(const struct mailbox *m)
{
	return !m->angle.p && !m->has_at && !m->has_comment && span_trim(m->phrase).n;
}

static void add_read(struct mailbox *m, bool author, struct reading *r,
		     struct facts_addresses *list)
{
	if (!m->angle.p && is_run(m->phrase))
		add_run(m->phrase, author, r, list);
	else if (author && m->angle.p && has_other(m, address_spec(m->angle, r)))
		add_nobody(m->whole, r, list);
	else if (m->angle.p || m->has_comment || span_trim(m->phrase).n)
		add(m, r, list);
}

/* Words in front of a comma may be of the name of the address in m. */
static bool may_have_name(const struct mailbox *m, bool author, struct reading *r)
{
	struct mailbox bare = *m;

	if (m->angle.p)
		return address_at_sign(span_trim(m->angle)) != SIZE_MAX;
	if (author)
		return only_address(m->whole, SPAN(""), r).n > 0;
	return m->has_at && bare_address(&bare).p && span_trim(bare.phrase).n;
}

/* Words between separators, from `from` on: the start of the name in m, or else names alone. */
static void add_held(const struct address_scan *sc, size_t from, struct mailbox *m,
		     struct reading *r, struct facts_addresses *list)
{
	struct address_scan again = {
		.s = sc->s, .at = from, .author = sc->author, .has_groups = sc->has_groups
	};
	size_t to = (size_t)(m->whole.p - sc->s.p);

	if (may_have_name(m, sc->author, r)) {
		reading_defect(r, FACTS_BAD_ADDRESS);
		m->phrase =
		    span_sub(sc->s, from, (size_t)(m->phrase.p + m->phrase.n - sc->s.p) - from);
		return;
	}
	while (again.at < to && list->n < FACTS_ADDRESSES_MAX) {
		struct mailbox alone;

		read_mailbox(&again, &alone);
		add_read(&alone, sc->author, r, list);
	}
}

/* --- marks in other forms --- */

/* "@", "<" and ">" as forms for wide scripts. */
static const struct wide {
	struct span form;
	char mark;
} wides[] = {
	{ SPAN_LITERAL("\xef\xbc\xa0"), '@' },
	{ SPAN_LITERAL("\xef\xb9\xab"), '@' },
	{ SPAN_LITERAL("\xef\xbc\x9c"), '<' },
	{ SPAN_LITERAL("\xef\xbc\x9e"), '>' },
};

/* s with wide marks made those that addresses have, where it has none of those. */
static struct span without_wide(struct span s, struct reading *r)
{
	bool at = !memchr(s.p, '@', s.n), angle = !memchr(s.p, '<', s.n);
	char *out = arena_room(r->arena, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		out[n] = s.p[i];
		for (size_t w = 0; w < sizeof(wides) / sizeof(*wides); w++) {
			bool wanted = wides[w].mark == '@' ? at : angle;
			if (!wanted || !span_starts(span_sub(s, i, 3), wides[w].form))
				continue;
			out[n] = wides[w].mark;
			i += wides[w].form.n - 1;
			break;
		}
		n++;
	}
	return (struct span){ out, n };
}

/* "Ann &lt;ann@example.com&gt;" and wide marks as they are meant; sets bad-address for those. */
static struct span in_plain_marks(struct span s, struct reading *r)
{
	struct span plain = s;

	if (s.n == 0)
		return s;
	if (span_find(s, SPAN("&lt;")) != SIZE_MAX && !memchr(s.p, '<', s.n)) {
		buf_clear(&r->text);
		html_decode(s, &r->text);
		plain = arena_dup(r->arena, buf_span(&r->text));
	}
	if (memchr(plain.p, 0xef, plain.n))
		plain = without_wide(plain, r);
	if (plain.n != s.n)
		reading_defect(r, FACTS_BAD_ADDRESS);
	return plain;
}

/* --- all of it --- */

static void read_list(struct span s, bool author, struct reading *r, struct facts_addresses *list)
{
	struct address_scan sc = { .s = s, .author = author };
	size_t held = SIZE_MAX;

	if (s.n > LIMIT_LIST_FIELD) {
		reading_defect(r, FACTS_LONG_HEADER);
		sc.s.n = LIMIT_LIST_FIELD;
	}
	sc.s = in_plain_marks(sc.s, r);
	sc.has_groups = sc.s.n && memchr(sc.s.p, ';', sc.s.n);
	while (sc.at < sc.s.n) {
		size_t from = sc.at;
		struct mailbox m;

		if (list->n == FACTS_ADDRESSES_MAX) {
			reading_defect(r, FACTS_TOO_MANY_ADDRESSES);
			return;
		}
		read_mailbox(&sc, &m);
		if (held == SIZE_MAX && is_part_of_name(&m))
			held = from;
		if (is_part_of_name(&m) && sc.at < sc.s.n)
			continue;
		if (held != SIZE_MAX && held != from)
			add_held(&sc, held, &m, r, list);
		held = SIZE_MAX;
		add_read(&m, sc.author, r, list);
	}
}

void address_list(struct span s, struct reading *r, struct facts_addresses *list)
{
	read_list(s, false, r, list);
}

void address_author(struct span s, struct reading *r, struct facts_addresses *list)
{
	read_list(s, true, r, list);
}
