/* What clients put above a quote: an attribution, a block of header lines, a rule. */
#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/ours_lines.h"

enum {
	INTRO_LINES_MAX = 12,
	INTRO_BYTES_MAX = 400,
	RULE_MIN = 5, /* shorter ones are people's */
	LABEL_MAX = 24,
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

/* "support" and "@example.test" with a token between, behind any delimiter. */
static bool has_address(const struct ours_in *in, struct span text)
{
	for (size_t i = 0; i < in->address_count; i++) {
		struct span domain = in->addresses[i], local = span_cut(&domain, '@');
		size_t at = span_find_ci(text, local);

		if (at == SIZE_MAX)
			continue;
		text = span_sub(text, at + local.n, SIZE_MAX);
		if (text.n && memchr("@+-_=~", *text.p, 6) &&
		    span_find_ci(text, domain) != SIZE_MAX)
			return true;
	}
	return false;
}

static bool ends_with_colon(struct span s)
{
	return span_ends_ci(s, SPAN(":")) || span_ends_ci(s, SPAN("\xef\xbc\x9a"));
}

/* "From: ...", in any language. */
static bool is_label(struct span s)
{
	size_t at = span_find(s, SPAN(":"));

	if (at == SIZE_MAX)
		at = span_find(s, SPAN("\xef\xbc\x9a"));
	return at != SIZE_MAX && at > 0 && at <= LABEL_MAX && at + 1 < s.n &&
	       digits_in(span_sub(s, 0, at)) == 0;
}

static bool is_rule(struct span s)
{
	return s.n >= RULE_MIN && strchr("-_=*", *s.p) && s.p[s.n - 1] == *s.p && s.p[1] == *s.p;
}

/* "<ID@HOST>:" of a mail of ours. */
static bool is_our_id(const struct ours_in *in, struct span s)
{
	size_t at = span_find(s, SPAN("@"));

	return in->host.n && at != SIZE_MAX && *s.p == '<' && ends_with_colon(s) &&
	       span_starts_ci(span_sub(s, at + 1, SIZE_MAX), in->host);
}

/* Names us: who else would be quoted here. */
static bool names_us(const struct ours_in *in, struct span s)
{
	int64_t number;

	return has_address(in, s) || is_our_id(in, s) ||
	       (subject_tag_find(s, &number) && is_label(s)) ||
	       (has_any(s, in->names, in->name_count) &&
		(digits_in(s) >= DATE_DIGITS || is_label(s) || ends_with_colon(s)));
}

/* Looks like a line of an intro, whoever wrote it. */
static bool fits(const struct ours_lines *l, size_t i)
{
	struct span s = bare(l->v[i].text);

	return names_us(l->in, s) || is_label(s) || is_rule(s) ||
	       (digits_in(s) >= DATE_DIGITS && l->v[i].words <= INTRO_LINES_MAX);
}

/* The parser says that line i is what a client wrote; *ret_keep: so much of it is not. */
static bool parser_says(const struct ours_lines *l, size_t i, size_t *ret_keep)
{
	size_t from = (size_t)(l->v[i].text.p - l->in->text.p), to = from + l->v[i].text.n;

	for (size_t c = 0; c < l->in->cut_count; c++) {
		const struct facts_cut *cut = &l->in->cuts[c];
		if (cut->why != FACTS_CUT_ATTRIBUTION || cut->length > INTRO_BYTES_MAX ||
		    cut->offset >= to || cut->offset + cut->length <= from)
			continue;
		*ret_keep = cut->offset > from ? (size_t)cut->offset - from : 0;
		return true;
	}
	return false;
}

bool ours_intro_names(const struct ours_lines *l, size_t i)
{
	return names_us(l->in, bare(l->v[i].text));
}

bool ours_intro_has(const struct ours_lines *l, size_t i)
{
	struct span s = bare(l->v[i].text);
	size_t keep;

	return ours_intro_names(l, i) || is_label(s) || parser_says(l, i, &keep);
}

/* Our address or name: an attribution that has it is whole. */
static bool has_us(const struct ours_in *in, struct span s)
{
	return has_address(in, s) || has_any(s, in->names, in->name_count);
}

/*
 * The highest line of the intro above line i, which was cut; i: there is none.  What stands above
 * an attribution to us and a blank line is a person's; so is what looks like one between two
 * stretches of a quote, and does not name us.
 */
static size_t find_top(const struct ours_lines *l, size_t i, bool first)
{
	size_t top = i, keep;
	bool whole = false;

	for (size_t k = i; k-- > 0 && i - k <= INTRO_LINES_MAX;) {
		if (l->v[k].what != OURS_KEPT)
			break;
		if (!span_trim(l->v[k].text).n || bare(l->v[k].text).n == 0) {
			if (whole)
				break;
			continue;
		}
		whole = whole || has_us(l->in, l->v[k].text);
		if ((first && parser_says(l, k, &keep)) || names_us(l->in, bare(l->v[k].text)))
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

/* A rule above a block of header lines, or above the quote itself; "--- Original Message ---" above
 * any intro. */
static size_t above_rule(const struct ours_lines *l, size_t top, bool is_block)
{
	size_t k = top;

	while (k > 0 && !span_trim(l->v[k - 1].text).n)
		k--;
	return k > 0 && (is_block || l->v[k - 1].words) && l->v[k - 1].what == OURS_KEPT &&
		       is_rule(bare(l->v[k - 1].text))
		   ? k - 1
		   : top;
}

static void cut_intro(struct ours_lines *l, size_t i, bool first)
{
	size_t top = find_top(l, i, first), keep = 0;
	bool is_block;

	if (top < i)
		top = above_wrapped(l, top);
	is_block = top == i || is_label(bare(l->v[top].text));
	top = above_rule(l, top, is_block);
	if (top < i && parser_says(l, top, &keep) && keep) {
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
