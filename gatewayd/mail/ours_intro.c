/* What clients put above a quote: an attribution, a block of header lines, a rule. */
#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/ours_lines.h"
#include "parser/reply_attribution.h"
#include "parser/reply_divider.h"
#include "parser/reply_field.h"
#include "parser/reply_fold.h"

enum {
	INTRO_LINES_MAX = 12,
	INTRO_BYTES_MAX = 400,
	RULE_MIN = 5, /* shorter ones are people's */
	LABEL_MAX = 24,
	FIELD_MAX = 60,
	DATE_DIGITS = 3,
};

static size_t digits_in(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ascii_is_digit((unsigned char)s.p[i]);
	return n;
}

/* Quote marks and emphasis off, and the mark that phones put where a quote begins (U+FEFF). */
static struct span bare(struct span line)
{
	struct span s = span_trim(line);

	while (s.n && (strchr("> |*\t", *s.p) || span_starts(s, SPAN("\xef\xbb\xbf"))))
		s = span_sub(s, strchr("> |*\t", *s.p) ? 1 : 3, SIZE_MAX);
	while (s.n && strchr("> |*\t", s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool has_any(struct span text, const struct span *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].n && span_find_ci(text, v[i]) != SIZE_MAX)
			return true;
	return false;
}

/* How an address of ours stands in a line. */
enum address {
	ADDRESS_NONE,
	ADDRESS_BARE,	/* as people write it, too */
	ADDRESS_QUOTED, /* as clients do: in brackets, or at the start */
	ADDRESS_TOKEN,	/* as only we do: "support" and "@example.test" with a token between */
};

static enum address address_at(struct span text, size_t at, size_t local, struct span domain)
{
	struct span rest = span_sub(text, at + local, SIZE_MAX);

	if (!rest.n || !memchr("@+-_=~", *rest.p, 6) || span_find_ci(rest, domain) == SIZE_MAX)
		return ADDRESS_NONE;
	if (*rest.p != '@')
		return ADDRESS_TOKEN;
	return at == 0 || strchr("<([:", text.p[at - 1]) ? ADDRESS_QUOTED : ADDRESS_BARE;
}

static enum address address_in(const struct ours_in *in, struct span text)
{
	enum address best = ADDRESS_NONE;

	for (size_t i = 0; i < in->address_count; i++) {
		struct span domain = in->addresses[i], local = span_cut(&domain, '@');
		size_t at = 0, next;

		while (local.n &&
		       (next = span_find_ci(span_sub(text, at, SIZE_MAX), local)) != SIZE_MAX) {
			enum address is = address_at(text, at + next, local.n, domain);

			best = is > best ? is : best;
			at += next + local.n;
		}
	}
	return best;
}

static bool ends_with_colon(struct span s)
{
	return span_ends_ci(s, SPAN(":")) || span_ends_ci(s, SPAN("\xef\xbc\x9a"));
}

/* The first colon, of whatever width; SIZE_MAX: none. */
static size_t colon_in(struct span s)
{
	size_t narrow = span_find(s, SPAN(":")), wide = span_find(s, SPAN("\xef\xbc\x9a"));

	return narrow < wide ? narrow : wide;
}

/* "From: ...", in any language. */
static bool is_label(struct span s)
{
	size_t at = colon_in(s);

	return at != SIZE_MAX && at > 0 && at <= LABEL_MAX && at + (s.p[at] == ':' ? 1 : 3) < s.n &&
	       digits_in(span_sub(s, 0, at)) == 0;
}

/* The field of a mail's header that the line is, with a value or without. */
static enum reply_field field_of(struct span s)
{
	size_t at = colon_in(s);
	struct reply_folded f;
	enum reply_field is;

	if (at == SIZE_MAX || at > FIELD_MAX)
		return REPLY_FIELD_NONE;
	reply_fold(&f, span_sub(s, 0, at));
	is = reply_field_find(reply_folded_span(&f));
	if (is == REPLY_FIELD_TRANSPORT)
		return REPLY_FIELD_NONE;
	return is == REPLY_FIELD_SENT ? REPLY_FIELD_DATE : is;
}

static bool is_field(struct span s)
{
	return field_of(s) != REPLY_FIELD_NONE;
}

static bool is_drawn(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != *s.p)
			return false;
	return s.n >= RULE_MIN && strchr("-_=*", *s.p);
}

/* "--- Original Message ---", in any language: not "=== END ===". */
static bool is_divider(struct span s)
{
	struct reply_line line = { .to = s.n, .colon = ends_with_colon(s) };
	struct reply_lines lines = { .text = s, .v = &line, .n = 1, .total = 1 };

	return s.n && reply_divider_find(&lines, 0) != REPLY_DIVIDER_NONE;
}

static bool is_rule(struct span s)
{
	return is_drawn(s) || is_divider(s);
}

/* "<ID@HOST>:" of a mail of ours. */
static bool is_our_id(const struct ours_in *in, struct span s)
{
	size_t at = span_find(s, SPAN("@"));

	return in->host.n && at != SIZE_MAX && *s.p == '<' && ends_with_colon(s) &&
	       span_starts_ci(span_sub(s, at + 1, SIZE_MAX), in->host);
}

/* "On 12.11.2026 Ann:", "On 12 Nov 2026 Ann wrote", "Ann writes:" */
static bool is_attribution(struct span s)
{
	bool colon = ends_with_colon(s);
	struct reply_evidence e;
	struct reply_folded f;

	if (colon && digits_in(s) >= DATE_DIGITS)
		return true;
	reply_fold(&f, s);
	reply_evidence_find(reply_folded_span(&f), &e);
	return (colon || e.year || e.date || e.time) &&
	       reply_attribution_has_verb(reply_folded_span(&f));
}

/* Names us as clients do: who else would be quoted here.  A person's line may name us, too. */
static bool names_us(const struct ours_in *in, struct span s)
{
	enum address address = address_in(in, s);
	int64_t number;

	if (address == ADDRESS_TOKEN || is_our_id(in, s))
		return true;
	if (address == ADDRESS_QUOTED &&
	    (*s.p == '<' || ends_with_colon(s) || s.p[s.n - 1] == '>' || s.p[s.n - 1] == ']'))
		return true;
	if (is_field(s) && subject_tag_find(s, &number))
		return true;
	return (address || has_any(s, in->names, in->name_count)) &&
	       (is_field(s) || is_attribution(s));
}

/* Looks like a line of an intro, whoever wrote it. */
static bool fits(const struct ours_lines *l, size_t i)
{
	struct span s = bare(l->v[i].text);

	return names_us(l->in, s) || is_label(s) || is_field(s) || is_rule(s) ||
	       (digits_in(s) >= DATE_DIGITS && l->v[i].words <= INTRO_LINES_MAX);
}

/* The attribution of which line i is, as the parser says; NULL: of none. */
static const struct facts_cut *attribution_of(const struct ours_lines *l, size_t i)
{
	size_t from = (size_t)(l->v[i].text.p - l->in->text.p), to = from + l->v[i].text.n;

	for (size_t c = 0; c < l->in->cut_count; c++) {
		const struct facts_cut *cut = &l->in->cuts[c];

		if (cut->why == FACTS_CUT_ATTRIBUTION && cut->length <= INTRO_BYTES_MAX &&
		    cut->offset < to && cut->offset + cut->length > from)
			return cut;
	}
	return NULL;
}

/* So much of the line stands before its attribution. */
static size_t before_attribution(const struct ours_lines *l, size_t i)
{
	const struct facts_cut *cut = attribution_of(l, i);
	size_t from = (size_t)(l->v[i].text.p - l->in->text.p);

	return cut && cut->offset > from ? (size_t)cut->offset - from : 0;
}

bool ours_intro_names(const struct ours_lines *l, size_t i)
{
	return names_us(l->in, bare(l->v[i].text));
}

bool ours_intro_has(const struct ours_lines *l, size_t i)
{
	struct span s = bare(l->v[i].text);

	return ours_intro_names(l, i) || is_label(s) || attribution_of(l, i);
}

/* Our address or name: an attribution that has it is whole. */
static bool has_us(const struct ours_in *in, struct span s)
{
	return address_in(in, s) || has_any(s, in->names, in->name_count);
}

/* As the parser says; between two stretches of a quote only when it names us. */
static bool is_of_attribution(const struct ours_lines *l, size_t i, bool first)
{
	const struct facts_cut *cut = attribution_of(l, i);

	return cut && (first || has_us(l->in, span_sub(l->in->text, (size_t)cut->offset,
						       (size_t)cut->length)));
}

/*
 * The highest line of the intro above line i, which was cut; i: there is none.  What stands above
 * an attribution to us and a blank line is a person's; so is what looks like one between two
 * stretches of a quote, and does not name us.
 */
static size_t find_top(const struct ours_lines *l, size_t i, bool first)
{
	size_t top = i;
	bool whole = false;

	for (size_t k = i; k-- > 0 && i - k <= INTRO_LINES_MAX;) {
		if (l->v[k].what != OURS_KEPT)
			break;
		if (!l->v[k].words && !is_drawn(bare(l->v[k].text))) {
			if (whole)
				break;
			continue;
		}
		whole = whole || has_us(l->in, l->v[k].text);
		if (is_of_attribution(l, k, first) || names_us(l->in, bare(l->v[k].text)))
			top = k;
		else if (!fits(l, k))
			break;
	}
	return top;
}

/* A wrapped attribution: its date stands on the line above, without a blank line between; or our
 * name, above our Message-ID. */
static size_t above_wrapped(const struct ours_lines *l, size_t top)
{
	struct span s = bare(l->v[top].text);

	if (top > 0 && is_our_id(l->in, s) && l->v[top - 1].what == OURS_KEPT &&
	    has_any(l->v[top - 1].text, l->in->names, l->in->name_count))
		return top - 1;
	if (top == 0 || is_label(s) || digits_in(s) >= DATE_DIGITS)
		return top;
	return l->v[top - 1].what == OURS_KEPT && l->v[top - 1].words &&
		       digits_in(l->v[top - 1].text) >= DATE_DIGITS &&
		       l->v[top - 1].words <= INTRO_LINES_MAX
		   ? top - 1
		   : top;
}

/* Other fields above the one that names us, each once: "Date: ... From: Support <...>". */
static size_t above_field(const struct ours_lines *l, size_t top, size_t end)
{
	unsigned seen = 0;

	for (size_t k = top; k < end; k++)
		seen |= 1U << field_of(bare(l->v[k].text));
	seen &= ~(1U << REPLY_FIELD_NONE);
	while (seen && top > 0 && l->v[top - 1].what == OURS_KEPT) {
		enum reply_field is = field_of(bare(l->v[top - 1].text));

		if (is == REPLY_FIELD_NONE || (is != REPLY_FIELD_OTHER && seen & 1U << is))
			break;
		seen |= 1U << is;
		top--;
	}
	return top;
}

/* A rule above a block of header lines, or above the quote itself; "--- Original Message ---" above
 * any intro. */
static size_t above_rule(const struct ours_lines *l, size_t top, bool is_block)
{
	size_t k = top;
	struct span above;

	while (k > 0 && !span_trim(l->v[k - 1].text).n)
		k--;
	above = k > 0 ? bare(l->v[k - 1].text) : SPAN("");
	return k > 0 && (is_block || l->v[k - 1].words) && l->v[k - 1].what == OURS_KEPT &&
		       (is_rule(above) || (is_block && above.n && reply_divider_names(above)))
		   ? k - 1
		   : top;
}

static void cut_intro(struct ours_lines *l, size_t i, bool first)
{
	size_t top = find_top(l, i, first), keep;
	bool is_block;

	if (top < i)
		top = above_field(l, above_wrapped(l, top), i);
	is_block = top == i || is_label(bare(l->v[top].text)) || is_field(bare(l->v[top].text));
	top = above_rule(l, top, is_block);
	keep = before_attribution(l, top);
	if (top < i && keep) {
		l->v[top].text = span_trim(span_sub(l->v[top].text, 0, keep));
		top++;
	}
	for (size_t k = top; k < i; k++)
		l->v[k].what = OURS_INTRO;
}

void ours_intro(struct ours_lines *l)
{
	bool first = true;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].what != OURS_CUT || (i > 0 && l->v[i - 1].what != OURS_KEPT))
			continue;
		cut_intro(l, i, first);
		first = false;
	}
}
