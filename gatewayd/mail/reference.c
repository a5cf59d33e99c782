#include "gatewayd/mail/reference.h"

#include "gatewayd/identity/subject.h"

enum {
	BRACKETS_MIN = 4, /* bytes in brackets */
	DIGITS_MIN = 3,
	MARKED_MIN = 2, /* digits behind "#" */
	BARE_MIN = 6,	/* digits of one that nothing announces */
	SUBJECT_MAX = 1000,
};

/* What stands before one, in the languages of the templates. */
static const char *const announcing[] = {
	"ticket",    "tickets",	     "ticketid",   "ticketnummer", "case",
	"caseid",    "ref",	     "reference",  "referenz",	   "referenznummer",
	"référence", "referencia",   "request",	   "requestid",	   "incident",
	"issue",     "sr",	     "rma",	   "vorgang",	   "vorgangsnummer",
	"fall",	     "fallnummer",   "anfrage",	   "auftrag",	   "störung",
	"meldung",   "aktenzeichen", "az",	   "dossier",	   "demande",
	"caso",	     "solicitud",    "incidencia", "unser",	   "ihr",
	"zeichen",
};

/* "Ticket no. 4711", "Ihr Zeichen: 4711" */
static const char *const between[] = { "no", "nr", "id", "number", "nummer", "num",
				       "n",  "n°", "nº", "№",	   "is" };

/* Letters before digits that name no ticket: "AS64512", "CVE-2024-12345", "KB5034441". */
static const char *const other_names[] = { "as",  "asn", "cve", "rfc", "iso", "kb",
					   "utf", "sha", "din", "en",  "ip" };

struct reading {
	struct arena *arena;
	struct span *v;
	size_t n;
	bool announced; /* a word before it says that one follows */
	bool marked;	/* "#" stands before it */
	bool jira;	/* somewhere in the subject, or a key needs no word before it */
};

static bool is_in(struct span s, const char *const *words, size_t n)
{
	char first = s.n ? (char)ascii_lower((unsigned char)s.p[0]) : '\0';

	for (size_t i = 0; i < n; i++)
		if (words[i][0] == first && span_is_ci(s, words[i]))
			return true;
	return false;
}
#define IS_IN(s, words) is_in(s, words, sizeof(words) / sizeof(*(words)))

static bool is_sign(char c)
{
	return c == '-' || c == '_' || c == '/' || c == '.';
}

static bool is_part(char c)
{
	unsigned char u = (unsigned char)c;

	return ascii_is_alpha(u) || ascii_is_digit(u) || u >= 0x80 || is_sign(c);
}

static size_t count(struct span s, bool (*is)(unsigned char c))
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += is((unsigned char)s.p[i]);
	return n;
}

/* The letters at its front. */
static struct span front_of(struct span s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_alpha((unsigned char)s.p[n]))
		n++;
	return span_sub(s, 0, n);
}

static bool is_capital(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return s.n >= 2;
}

/* "ABC-12" */
static bool is_key(struct span s)
{
	struct span project = span_cut(&s, '-');

	return s.n && count(s, ascii_is_digit) == s.n && is_capital(front_of(project)) &&
	       count(project, ascii_is_alpha) + count(project, ascii_is_digit) == project.n &&
	       !IS_IN(front_of(project), other_names);
}

/* "INC0012345", "SR-123456" */
static bool is_bare(struct span s)
{
	struct span front = front_of(s), rest = span_sub(s, front.n, SIZE_MAX);

	if (rest.n && rest.p[0] == '-')
		rest = span_sub(rest, 1, SIZE_MAX);
	return is_capital(front) && !IS_IN(front, other_names) && rest.n >= BARE_MIN &&
	       count(rest, ascii_is_digit) == rest.n;
}

/* "2026", "2026-03-02", "02.03.2026" */
static bool is_date(struct span s)
{
	size_t digits = count(s, ascii_is_digit), letters = count(s, ascii_is_alpha);

	if (letters)
		return false;
	if (s.n == 4)
		return span_starts(s, SPAN("19")) || span_starts(s, SPAN("20"));
	return digits + 2 == s.n && digits >= 6 && digits <= 8;
}

static bool is_reference(const struct reading *r, struct span s)
{
	size_t digits = count(s, ascii_is_digit);

	if (s.n > REFERENCE_MAX || digits + count(s, ascii_is_alpha) == 0 || is_date(s))
		return false;
	if (r->announced && (is_key(s) || digits >= (r->marked ? MARKED_MIN : DIGITS_MIN)))
		return true;
	return (r->jira && is_key(s)) || is_bare(s);
}

static void add(struct reading *r, struct span s)
{
	char *text = arena_cstr(r->arena, s);
	struct span made = { text, s.n };

	for (size_t i = 0; i < s.n; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] -= 'a' - 'A';
	for (size_t i = 0; i < r->n; i++)
		if (span_eq(r->v[i], made))
			return;
	if (r->n < REFERENCES_MAX)
		r->v[r->n++] = made;
}

static struct span trim_signs(struct span s)
{
	while (s.n && is_sign(s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	while (s.n && is_sign(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* "Ticket-ID", "Ticket-Nr." */
static bool announces(struct span s)
{
	struct span rest = s, first = span_cut(&rest, '-');

	return IS_IN(first.n < s.n && IS_IN(rest, between) ? first : s, announcing);
}

static void read_word(struct reading *r, struct span word)
{
	word = trim_signs(word);
	if (!word.n || (r->announced && IS_IN(word, between)))
		return;
	if (announces(word)) {
		r->announced = true;
		r->marked = false;
		return;
	}
	if (is_reference(r, word))
		add(r, word);
	r->announced = r->marked = false;
}

static void read_words(struct reading *r, struct span s)
{
	while (s.n) {
		size_t n = 0;

		while (n < s.n && is_part(s.p[n]))
			n++;
		if (n)
			read_word(r, span_sub(s, 0, n));
		else if (s.p[0] == '#')
			r->marked = true;
		else if (!strchr(" :\t", s.p[0]))
			r->announced = r->marked = false;
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
}

/* All that stands in brackets may be one, with digits enough. */
static void read_brackets(struct reading *r, struct span inside)
{
	size_t before = r->n;

	read_words(r, inside);
	r->announced = r->marked = false;
	if (r->n > before || inside.n < BRACKETS_MIN || inside.n > REFERENCE_MAX ||
	    count(inside, ascii_is_digit) < DIGITS_MIN || is_date(inside))
		return;
	for (size_t i = 0; i < inside.n; i++)
		if ((unsigned char)inside.p[i] >= 0x80 ||
		    (!is_part(inside.p[i]) && !strchr("#: ", inside.p[i])))
			return;
	add(r, inside);
}

size_t reference_find(struct span subject, bool known, struct arena *a,
		      struct span ret_v[REFERENCES_MAX])
{
	struct reading r = { .arena = a, .v = ret_v };
	struct buf bare BUF_AUTO;
	struct span rest;

	buf_init(&bare, SUBJECT_MAX);
	subject_bare(subject, &bare);
	rest = buf_span(&bare);
	r.jira = known || span_find_ci(rest, SPAN("jira")) != SIZE_MAX;
	while (rest.n) {
		size_t open = span_find(rest, SPAN("[")), end;
		struct span inside;

		read_words(&r, span_sub(rest, 0, open));
		if (open == SIZE_MAX)
			break;
		rest = span_sub(rest, open + 1, SIZE_MAX);
		end = span_find(rest, SPAN("]"));
		if (end == SIZE_MAX)
			continue;
		inside = span_sub(rest, 0, end);
		r.announced = r.marked = false;
		read_brackets(&r, inside);
		rest = span_sub(rest, end + 1, SIZE_MAX);
	}
	return r.n;
}
