#include "gatewayd/mail/staff_signature.h"

#include "gatewayd/mail/customer_cover.h"
#include "gatewayd/mail/signature.h"

enum {
	CLOSING_WORDS_MAX = 4, /* more of them say something */
	PERSON_WORDS_MAX = 3,  /* behind a closing on its line */
	COMPANY_BYTES_MIN = 3,
	LEGAL_LEAD_MIN =
	    15, /* bytes of "this e-mail is confidential": "disclaimer" may be a word */
};

/* What was seen in a text, line by line. */
struct look {
	const struct staff_signature_in *in;
	struct span own; /* the author's name */
	bool strict;	 /* only what the parser has found */
	size_t lines;
	bool closing, thanks, wish, own_name, company;
	bool legal, short_legal, legal_more; /* more: words in a paragraph below the first */
};

/* --- who they are --- */

/* As the configuration has it, or as the mail has. */
static bool is_own(const struct look *l, struct span line)
{
	const struct facts *f = l->in->facts;

	return signature_is_own(line, l->own) ||
	       (f->from.n && signature_is_own(line, f->from.v[0].name));
}

static bool names(struct span line, const char *name)
{
	return name && strlen(name) >= COMPANY_BYTES_MIN &&
	       span_find_ci(line, span_of(name)) != SIZE_MAX;
}

static bool names_company(const struct conf *conf, struct span line)
{
	bool found = names(line, conf->company);

	for (size_t i = 0; i < conf->queue_count && !found; i++)
		found = names(line, conf->queues[i].from_name);
	return found;
}

/* --- lines --- */

static size_t words_in(struct span s)
{
	size_t n = 0;

	for (s = span_trim(s); s.n; s = span_trim(s), n++)
		span_cut(&s, ' ');
	return n;
}

/* The parser calls that line a signature, or what a program writes below a mail. */
static bool is_known_line(const struct facts *f, struct span line)
{
	for (size_t i = 0; i < f->reply_cut_count; i++) {
		const struct facts_cut *cut = &f->reply_cuts[i];
		struct span rest = span_sub(f->text, cut->offset, cut->length), one;

		if (cut->why != FACTS_CUT_SIGNATURE && cut->why != FACTS_CUT_FOOTER)
			continue;
		while (span_line(&rest, &one))
			if (span_eq(span_trim(one), line))
				return true;
	}
	return false;
}

/* "Best regards,", "VG Sam", "Grüße aus Berlin".  "Thanks," may be one, or an answer. */
static bool take_closing(struct look *l, struct span line)
{
	const struct phrasebook *book = l->in->conf->phrases;
	size_t n = cover_leads(book, line, PHRASE_BIT(CLOSING));
	size_t thanks = n ? 0 : cover_leads(book, line, PHRASE_BIT(THANKS));
	struct span rest = span_sub(line, n + thanks, SIZE_MAX), bare = rest;

	if (!n && !thanks)
		return false;
	if (words_in(span_sub(line, 0, n + thanks)) > CLOSING_WORDS_MAX)
		return false;
	while (bare.n && strchr(" ,.!", *bare.p))
		bare = span_sub(bare, 1, SIZE_MAX);
	if (bare.n && is_own(l, bare))
		l->own_name = true;
	else if (bare.n && (thanks || !signature_are_names(bare, PERSON_WORDS_MAX)))
		return false;
	if (thanks && !span_starts_ci(rest, SPAN(",")))
		return false;
	l->closing = true;
	l->thanks = l->thanks || thanks;
	l->wish = l->wish || span_starts_ci(rest, SPAN("!"));
	return true;
}

static bool take_legal(struct look *l, struct span line)
{
	size_t n = cover_leads(l->in->conf->phrases, line, PHRASE_BIT(FOOTER));

	if (!n)
		return false;
	l->short_legal = !l->legal && n < LEGAL_LEAD_MIN;
	l->legal = true;
	return true;
}

/* "Done." */
static bool is_answer(struct span line)
{
	return line.n && strchr(".!", line.p[line.n - 1]) && !memchr(line.p, ' ', line.n);
}

static bool has_letter(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!strchr("-_=*~ ", line.p[i]))
			return true;
	return false;
}

/* Something tells it from words. */
static bool is_told(const struct look *l)
{
	return l->closing || l->own_name || l->company || l->legal;
}

/* false: it says something. */
static bool take_line(struct look *l, struct span line)
{
	if (take_legal(l, line) || take_closing(l, line))
		return true;
	if (is_own(l, line)) {
		l->own_name = true;
		return true;
	}
	if (!signature_is_line(l->in->conf->phrases, line) || is_answer(line))
		return false;
	l->company = l->company || names_company(l->in->conf, line);
	/* "Done." above a name is the answer. */
	return is_told(l) || !has_letter(line);
}

/* false: somebody's words are in it. */
static bool take_text(struct look *l, struct span text)
{
	bool in_legal = false; /* the paragraph goes on */
	struct span line;

	while (span_line(&text, &line)) {
		line = span_trim(line);
		if (span_is(line, "--")) {
			l->own_name = true;
			return true;
		}
		if (!line.n || is_known_line(l->in->facts, line)) {
			in_legal = in_legal && line.n;
			continue;
		}
		if (l->strict)
			return false;
		if (in_legal || (l->legal && !take_line(l, line))) {
			l->legal_more = l->legal_more || !in_legal;
			continue;
		}
		if (++l->lines > SIGNATURE_LINES_MAX || (!l->legal && !take_line(l, line)))
			return false;
		in_legal = l->legal;
	}
	return true;
}

/* --- where it stands --- */

static size_t find_last(struct span text, struct span what)
{
	size_t at = SIZE_MAX, from = 0, next;

	while (what.n && (next = span_find(span_sub(text, from, SIZE_MAX), what)) != SIZE_MAX) {
		at = from + next;
		from = at + 1;
	}
	return at;
}

/* A server puts it below what is quoted, a person writes next to the commands. */
static bool is_below_quote(const struct staff_signature_in *in)
{
	const struct staff_commands *c = in->commands;
	struct span rest = span_trim(c->text), line;
	size_t from = 0, at;

	span_line(&rest, &line);
	at = find_last(in->facts->text, span_trim(line));
	if (c->n)
		from = span_find(in->facts->text, c->v[c->n - 1].line);
	for (size_t i = 0; at != SIZE_MAX && i < in->facts->reply_cut_count; i++) {
		const struct facts_cut *cut = &in->facts->reply_cuts[i];

		if (cut->why != FACTS_CUT_SIGNATURE && cut->why != FACTS_CUT_FOOTER &&
		    cut->offset >= from && cut->offset < at)
			return true;
	}
	return false;
}

static bool is_sure(const struct look *l)
{
	if (l->legal_more || l->short_legal)
		return false;
	if (is_below_quote(l->in))
		return true;
	return l->own_name && !l->thanks && !l->wish;
}

enum staff_signature staff_signature_read(const struct staff_signature_in *in)
{
	const struct facts *f = in->facts;
	const struct conf_staff *staff =
	    f->from.n ? conf_staff_by_address(in->conf, f->from.v[0].address) : NULL;
	struct look l = { .in = in,
			  .own = staff ? span_of(staff->name) : SPAN(""),
			  .strict = !in->conf->phrases || in->commands->is_note };

	if (!take_text(&l, in->commands->text))
		return STAFF_SIGNATURE_NO;
	if (!l.lines)
		return STAFF_SIGNATURE_YES;
	if (!is_told(&l))
		return STAFF_SIGNATURE_NO;
	if (l.thanks && !l.own_name)
		return STAFF_SIGNATURE_NO;
	return is_sure(&l) ? STAFF_SIGNATURE_YES : STAFF_SIGNATURE_MAYBE;
}
