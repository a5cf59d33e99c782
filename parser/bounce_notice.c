#include "parser/bounce_notice.h"

#include "gatewayd/base/utf8.h"
#include "parser/bounce.h"
#include "parser/bounce_words.h"
#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	LINES_AFTER_MAX = 12,	 /* lines that may tell of the recipient above them */
	RETURNED_FIELDS_MIN = 2, /* header lines in a row that make a returned message */
	LINES_BYTES_MAX = 4000,	 /* and bytes */
	BEFORE_MAX = 120,	 /* bytes before an address that tell whose it is */
	MENTIONS_MAX = 2000,	 /* addresses that are looked at */
	SENDER_MAX = 20,	 /* behind an address that tell that it is the sender's */
	MARKS_MAX = 40,		 /* dashes and the like before the words of a divider */
};

static const struct returned {
	const char *systems;
	struct span words;
} returned_rows[] = {
#define RETURNED(systems, words) { systems, SPAN_LITERAL(words) },
#include "parser/tables/bounce_returned.h"
#undef RETURNED
};

static const struct action_row {
	const char *lang;
	struct span action;
	struct sieve_phrase phrase;
} action_rows[] = {
#define ACTION(lang, action, words) { lang, SPAN_LITERAL(action), SIEVE_PHRASE(words) },
#include "parser/tables/bounce_actions.h"
#undef ACTION
};

enum context { LABEL, NAMED, OTHER_LINE, OTHER, ROLE };

static const struct context_row {
	enum context context;
	struct span words;
} context_rows[] = {
#define LABEL(words)	  { LABEL, SPAN_LITERAL(words) },
#define NAMED(words)	  { NAMED, SPAN_LITERAL(words) },
#define OTHER_LINE(words) { OTHER_LINE, SPAN_LITERAL(words) },
#define OTHER(words)	  { OTHER, SPAN_LITERAL(words) },
#define ROLE(words)	  { ROLE, SPAN_LITERAL(words) },
#include "parser/tables/bounce_addresses.h"
#undef LABEL
#undef NAMED
#undef OTHER_LINE
#undef OTHER
#undef ROLE
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* --- where the returned message begins --- */

static bool is_divider(struct span line)
{
	struct reply_folded f;
	size_t marks = 0;

	while (marks < line.n && marks < MARKS_MAX && strchr("-_=*#| \t>", line.p[marks]))
		marks++;
	line = span_sub(line, marks, 120);
	if (line.n == 0)
		return false;
	reply_fold(&f, line);
	for (size_t i = 0; i < COUNT(returned_rows); i++)
		if (span_starts(reply_folded_span(&f), returned_rows[i].words))
			return true;
	return false;
}

/* A line that only a header of a message begins with. */
static bool is_trace(struct span line)
{
	static const char *const names[] = { "Received:",	"Return-Path:", "Return-path:",
					     "DKIM-Signature:", "X-Received:",	"Delivered-To:" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (span_starts(line, span_of(names[i])))
			return true;
	return false;
}

void bounce_notice_split(struct span text, struct span *ret_notice, struct span *ret_returned)
{
	struct span rest = span_sub(text, 0, BOUNCE_NOTICE_MAX), line;

	*ret_notice = text;
	*ret_returned = SPAN("");
	while (span_line(&rest, &line)) {
		bool trace = is_trace(line);
		if (!trace && !is_divider(line))
			continue;
		size_t at = (size_t)(line.p - text.p);
		*ret_notice = span_sub(text, 0, at);
		if (!trace)
			at += line.n + 1;
		*ret_returned = span_sub(text, at, text.n);
		return;
	}
}

/* --- whom it names --- */

/* How surely an address in a line is that of the recipient; the best kind present is taken. */
enum rank { RANK_NONE, RANK_MENTION, RANK_NAMED, RANK_HEAD };

struct mention {
	struct span address;
	enum rank rank;
	size_t line;	  /* its number */
	const char *from; /* where its line begins */
};

static bool context_fits(const struct context_row *row, struct span s)
{
	switch (row->context) {
	case LABEL: return span_eq_ci(s, row->words);
	case OTHER_LINE:
	case ROLE: return span_starts_ci(s, row->words);
	case NAMED:
	case OTHER: break;
	}
	return span_find_ci(s, row->words) != SIZE_MAX;
}

static bool is_in(enum context context, struct span s)
{
	for (size_t i = 0; i < COUNT(context_rows); i++)
		if (context_rows[i].context == context && context_fits(&context_rows[i], s))
			return true;
	return false;
}

/* Nothing but an SMTP answer's codes: "<<< 550 5.1.1 ", as the lines of a transcript begin. */
static bool is_refusal(struct span before)
{
	struct span codes = bounce_find_answer(before);

	if (!codes.p)
		return false;
	for (size_t i = 0; i < codes.n; i++)
		if (!ascii_is_digit((unsigned char)codes.p[i]) && !strchr(" .-#(<", codes.p[i]))
			return false;
	return span_sub(before, 0, (size_t)(codes.p - before.p)).n <= sizeof("<<< ") - 1;
}

/* Only marks and the like before the address, or a label: "<a@b>:", "  * a@b", "To: a@b". */
static bool is_head(struct span before)
{
	if (is_refusal(before))
		return true;
	while (before.n && strchr(" \t<*>-'\"([|.", before.p[before.n - 1]))
		before.n--;
	while (before.n && strchr("*->|. \t", *before.p))
		before = span_sub(before, 1, before.n);
	return before.n == 0 || is_in(LABEL, before);
}

/* ">>> RCPT To:<ann@example.com>" and below it "<<< 250 ok": this one was taken. */
static bool is_taken(struct span before, struct span below)
{
	struct span answer = span_trim(span_sub(below, 0, SENDER_MAX));

	if (span_find_ci(before, SPAN("rcpt to")) == SIZE_MAX)
		return false;
	while (answer.n && *answer.p == '<')
		answer = span_sub(answer, 1, answer.n);
	return span_starts(span_trim(answer), SPAN("25"));
}

/* "<ann@example.com>: Sender address rejected" */
static bool is_refused_sender(struct span line, struct span address)
{
	struct span behind = span_sub(line, (size_t)(address.p - line.p) + address.n, SENDER_MAX);

	while (behind.n && strchr(">:. ", *behind.p))
		behind = span_sub(behind, 1, behind.n);
	return span_starts_ci(behind, SPAN("sender"));
}

static enum rank rank_of(struct span line, struct span below, struct span address)
{
	size_t at = (size_t)(address.p - line.p), far = at > BEFORE_MAX ? at - BEFORE_MAX : 0;
	struct span before = span_sub(line, far, at - far);

	if (is_taken(before, below) || is_refused_sender(line, address))
		return RANK_NONE;
	if (is_in(ROLE, address) || is_in(OTHER_LINE, span_trim(line)) || is_in(OTHER, before))
		return RANK_NONE;
	if (is_head(before))
		return RANK_HEAD;
	return is_in(NAMED, before) ? RANK_NAMED : RANK_MENTION;
}

/* The lines from a mention to the next one's line, without what is far below. */
static struct span lines_of(struct span notice, const struct mention *m, const char *until)
{
	struct span rest = { m->from, (size_t)((until ? until : notice.p + notice.n) - m->from) };
	struct span all = rest, line;
	size_t n = 0;

	while (n < LINES_AFTER_MAX && span_line(&rest, &line))
		n++;
	all.n -= rest.n;
	return utf8_prefix(all, LINES_BYTES_MAX);
}

/* Where the paragraph below the blank line at `blank` ends. */
static size_t paragraph_after(struct span s, size_t blank)
{
	struct span below = span_sub(s, blank, s.n);
	size_t skipped = below.n;

	while (below.n && ascii_is_space((unsigned char)*below.p))
		below = span_sub(below, 1, below.n);
	skipped -= below.n;
	size_t end = span_find(below, SPAN("\n\n"));
	return end == SIZE_MAX ? SIZE_MAX : blank + skipped + end;
}

/* The SMTP answer in the lines, or what the line says behind the address, or the lines below it. */
static struct span diagnostic_in(struct span lines, struct span address, struct arena *arena)
{
	struct span rest = lines, line, answer;

	while (span_line(&rest, &line)) {
		answer = bounce_find_answer(line);
		if (!answer.p)
			continue;
		const char *to = answer.p + answer.n;
		while (span_line(&rest, &line) && span_trim(line).n)
			to = line.p + line.n;
		return bounce_unfold((struct span){ answer.p, (size_t)(to - answer.p) },
				     BOUNCE_DIAGNOSTIC_MAX, arena);
	}
	rest = span_sub(lines, (size_t)(address.p - lines.p) + address.n, lines.n);
	while (rest.n && strchr(">:;)]'\" \t\r\n,", *rest.p))
		rest = span_sub(rest, 1, rest.n);
	size_t blank = span_find(rest, SPAN("\n\n"));
	if (blank != SIZE_MAX && blank && rest.p[blank - 1] == ':') /* "because:" */
		blank = paragraph_after(rest, blank);
	rest = bounce_unfold(span_sub(rest, 0, blank), BOUNCE_DIAGNOSTIC_MAX, arena);
	return rest.n ? rest : SPAN_NONE;
}

static void add_mention(struct span notice, const struct mention *m, const char *until,
			struct bounce_list *l)
{
	struct span lines = lines_of(notice, m, until);
	struct facts_recipient r = { .address = m->address };

	r.status = bounce_find_status(lines);
	r.diagnostic = diagnostic_in(lines, m->address, l->arena);
	bounce_list_add(l, &r);
}

/* Calls for each address of the notice that is neither `not1` nor `not2`; the best rank there is,
 * when l is NULL. */
static enum rank walk(struct span notice, struct span not1, struct span not2, enum rank wanted,
		      struct bounce_list *l)
{
	struct span rest = notice, line, address;
	struct mention held = { .rank = RANK_NONE };
	enum rank best = RANK_NONE;
	size_t mentions = 0;

	while (span_line(&rest, &line)) {
		size_t at = 0;
		while (mentions < MENTIONS_MAX && bounce_next_address(line, &at, &address)) {
			mentions++;
			if (span_eq_ci(address, not1) || span_eq_ci(address, not2))
				continue;
			enum rank rank = rank_of(line, rest, address);
			best = rank > best ? rank : best;
			if (!l || rank != wanted || l->full)
				continue;
			if (held.rank)
				add_mention(notice, &held, line.p > held.from ? line.p : NULL, l);
			held = (struct mention){ .address = address, .rank = rank, .from = line.p };
		}
	}
	if (l && held.rank)
		add_mention(notice, &held, NULL, l);
	return best;
}

void bounce_notice_read(struct span notice, struct span sender, struct span robot,
			struct bounce_list *l)
{
	enum rank best;

	notice = span_sub(notice, 0, BOUNCE_NOTICE_MAX);
	best = walk(notice, sender, robot, RANK_NONE, NULL);
	if (best)
		walk(notice, sender, robot, best, l);
}

/* The action that a line's words tell, p == NULL: none. */
static struct span action_in(struct span line)
{
	struct reply_folded f;
	struct sieve sieve;

	reply_fold(&f, line);
	sieve = sieve_of(reply_folded_span(&f));
	for (size_t i = 0; i < COUNT(action_rows); i++)
		if (sieve_may_hold(&sieve, &action_rows[i].phrase) &&
		    span_find(reply_folded_span(&f), action_rows[i].phrase.words) != SIZE_MAX)
			return action_rows[i].action;
	return SPAN_NONE;
}

struct span bounce_notice_action(struct span subject, struct span notice)
{
	struct span rest = span_sub(notice, 0, BOUNCE_NOTICE_MAX), line;
	struct span action = action_in(subject);

	while (!action.p && span_line(&rest, &line))
		action = action_in(line);
	return action.p ? action : SPAN("failed");
}
