#include "parser/kind.h"

#include "parser/bounce.h"
#include "parser/header.h"
#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	NOTICE_LINES_MAX = 200
}; /* lines of the text in which the wording of a report is looked for */

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- the tables ---- */

enum strength { NOBODY, ROBOT, OFFICE, MAILER };
enum where { LOCAL, ENDS, NAME };

static const struct sender {
	enum strength strength;
	enum where where;
	struct span words;
} senders[] = {
#define SENDER(strength, where, words) { strength, where, SPAN_LITERAL(words) },
#include "parser/tables/kind_senders.h"
#undef SENDER
};

static const struct bounce_subject {
	const char *systems, *lang;
	struct span words;
} bounce_subjects[] = {
#define BOUNCE_SUBJECT(systems, lang, words) { systems, lang, SPAN_LITERAL(words) },
#include "parser/tables/kind_bounce_subjects.h"
#undef BOUNCE_SUBJECT
};

enum wording_strength { UNSAID, PHRASE, LAYOUT };

static const struct wording {
	const char *systems;
	enum wording_strength strength;
	struct span words;
} wordings[] = {
#define WORDING(systems, strength, words) { systems, strength, SPAN_LITERAL(words) },
#include "parser/tables/kind_bounce_wordings.h"
#undef WORDING
};

struct words_row {
	const char *lang;
	struct span words;
};

static const struct words_row answer_prefixes[] = {
#define ANSWER_PREFIX(lang, words) { lang, SPAN_LITERAL(words) },
#include "parser/tables/kind_answer_prefixes.h"
#undef ANSWER_PREFIX
};

static const struct words_row receipt_subjects[] = {
#define RECEIPT_SUBJECT(lang, words) { lang, SPAN_LITERAL(words) },
#define RECEIPT_TEXT(lang, words)
#include "parser/tables/kind_receipts.h"
#undef RECEIPT_SUBJECT
#undef RECEIPT_TEXT
};

static const struct words_row receipt_texts[] = {
#define RECEIPT_SUBJECT(lang, words)
#define RECEIPT_TEXT(lang, words) { lang, SPAN_LITERAL(words) },
#include "parser/tables/kind_receipts.h"
#undef RECEIPT_SUBJECT
#undef RECEIPT_TEXT
};

enum how { STARTS, HOLDS, ANY, NOT, WORD };

static const struct auto_subject {
	const char *lang;
	enum how how;
	struct span words;
} auto_subjects[] = {
#define AUTO_SUBJECT(lang, how, words) { lang, how, SPAN_LITERAL(words) },
#include "parser/tables/kind_auto_subjects.h"
#undef AUTO_SUBJECT
};

enum header_kind { AUTO_REPLY, BULK };

static const struct header_rule {
	enum header_kind kind;
	const char *field;
	enum how how;
	struct span value;
} header_rules[] = {
#define HEADER_RULE(kind, field, how, value) { kind, field, how, SPAN_LITERAL(value) },
#include "parser/tables/kind_headers.h"
#undef HEADER_RULE
};

/* What is being decided about. */
struct mail {
	const struct kind_input *in;
	struct arena *arena;
	struct facts *facts;
	struct reply_folded subject;
};

static bool decide(struct mail *m, enum facts_kind kind, const char *how, const char *what)
{
	m->facts->kind = kind;
	m->facts->kind_reason = span_of(arena_printf(m->arena, "%s:%s", how, what));
	return true;
}

static bool has_part(const struct kind_input *in, const char *type)
{
	for (size_t i = 0; i < in->part_count; i++)
		if (span_is(in->parts[i].content_type, type))
			return true;
	return span_is(in->content_type, type);
}

static struct span header_of(const struct mail *m, const char *name)
{
	const struct header *h = header_find(m->in->headers, name);

	return h ? span_trim(h->value) : SPAN_NONE;
}

/* ---- bounces ---- */

/* A person answers or passes on: "Re:", "Fwd:", "AW:", "WG:" ... */
static bool is_answer(struct span subject)
{
	for (size_t i = 0; i < COUNT(answer_prefixes); i++)
		if (span_starts(subject, answer_prefixes[i].words))
			return true;
	return false;
}

static bool sender_fits(const struct sender *s, struct span address, struct span name)
{
	size_t at = span_find(address, SPAN("@"));
	struct span local = span_sub(address, 0, at);

	switch (s->where) {
	case ENDS: return span_ends_ci(local, s->words);
	case NAME: return span_starts(name, s->words);
	case LOCAL: break;
	}
	return span_starts(local, s->words) &&
	       (local.n == s->words.n || strchr(".-_+=", local.p[s->words.n]) != NULL);
}

static enum strength sender_strength(const struct mail *m)
{
	struct reply_folded address, name;
	enum strength best = NOBODY;

	reply_fold(&address, m->facts->from.n ? m->facts->from.v[0].address : SPAN(""));
	reply_fold(&name, m->facts->from.n ? m->facts->from.v[0].name : SPAN(""));
	if (address.n == 0) /* "MAILER-DAEMON" without a domain, or with "<>" */
		address = name;
	for (size_t i = 0; i < COUNT(senders); i++)
		if (senders[i].strength > best &&
		    sender_fits(&senders[i], reply_folded_span(&address), reply_folded_span(&name)))
			best = senders[i].strength;
	return best;
}

static bool is_null_path(struct span path)
{
	return span_is(path, "<>") || span_starts_ci(path, SPAN("<mailer-daemon")) ||
	       span_starts_ci(path, SPAN("mailer-daemon"));
}

static const struct bounce_subject *find_bounce_subject(struct span subject)
{
	for (size_t i = 0; i < COUNT(bounce_subjects); i++)
		if (span_starts(subject, bounce_subjects[i].words))
			return &bounce_subjects[i];
	return NULL;
}

static const struct wording *wording_in(struct span folded, const struct wording *best)
{
	struct sieve sieve = sieve_of(folded);

	for (size_t i = 0; i < COUNT(wordings); i++)
		if ((!best || wordings[i].strength > best->strength) &&
		    sieve_may_hold(&sieve, wordings[i].words) &&
		    span_find(folded, wordings[i].words) != SIZE_MAX)
			best = &wordings[i];
	return best;
}

/* The best wording in the first lines of the text; each line is looked at with the one below, for
 * wrapped words. */
static const struct wording *find_wording(struct span text)
{
	const struct wording *best = NULL;
	struct span line, last = SPAN("");

	for (int n = 0; n < NOTICE_LINES_MAX && span_line(&text, &line); n++) {
		struct reply_folded f;
		if (span_starts(line, SPAN("> ")))
			continue; /* a person quotes a report */
		reply_fold(&f, span_sub(last, 0, REPLY_FOLD_MAX / 2));
		reply_fold_add(&f, line);
		best = wording_in(reply_folded_span(&f), best);
		if (best && best->strength == LAYOUT)
			break;
		last = line;
	}
	return best;
}

static bool is_enough(enum strength sender, bool null_path, bool subject,
		      enum wording_strength said)
{
	if (sender == MAILER)
		return subject || said;
	if (sender == OFFICE || null_path)
		return said == LAYOUT || (subject && said);
	return sender == ROBOT && subject && said;
}

static bool is_own_form(struct mail *m)
{
	enum strength sender = sender_strength(m);
	bool null_path = is_null_path(header_of(m, "Return-Path"));

	if ((sender == NOBODY && !null_path) || is_answer(reply_folded_span(&m->subject)))
		return false;
	const struct bounce_subject *subject = find_bounce_subject(reply_folded_span(&m->subject));
	const struct wording *said = find_wording(m->facts->text);
	if (!is_enough(sender, null_path, subject != NULL, said ? said->strength : UNSAID))
		return false;
	return decide(m, FACTS_BOUNCE, said ? "dialect" : "subject",
		      said ? said->systems : subject->systems);
}

/* A person forwards a report, and the program made its parts files. */
static bool is_passed_on(const struct mail *m)
{
	return is_answer(reply_folded_span(&m->subject)) && sender_strength(m) == NOBODY &&
	       !is_null_path(header_of(m, "Return-Path"));
}

static bool is_bounce(struct mail *m)
{
	static const char *const status_parts[] = { "message/delivery-status",
						    "message/global-delivery-status" };

	if (span_is(m->in->content_type, "multipart/report") &&
	    span_is(m->in->report_type, "delivery-status"))
		return decide(m, FACTS_BOUNCE, "report-type", "delivery-status");
	for (size_t i = 0; i < COUNT(status_parts) && !is_passed_on(m); i++)
		if (has_part(m->in, status_parts[i]))
			return decide(m, FACTS_BOUNCE, "part", status_parts[i]);
	if (header_of(m, "X-Failed-Recipients").n)
		return decide(m, FACTS_BOUNCE, "header", "X-Failed-Recipients");
	return is_own_form(m);
}

/* ---- automatic answers and bulk ---- */

static struct span first_word(struct span value)
{
	size_t n = 0;

	while (n < value.n && !strchr(" \t\r\n;(,", value.p[n]))
		n++;
	return span_sub(value, 0, n);
}

static bool rule_fits(const struct header_rule *r, struct span value)
{
	if (value.n == 0)
		return false;
	switch (r->how) {
	case ANY: return true;
	case NOT: return !span_eq_ci(first_word(value), r->value);
	case WORD: return span_eq_ci(first_word(value), r->value);
	case STARTS: return span_starts_ci(value, r->value);
	case HOLDS: return span_find_ci(value, r->value) != SIZE_MAX;
	}
	return false;
}

static bool has_header_of(struct mail *m, enum header_kind wanted, enum facts_kind kind)
{
	for (size_t i = 0; i < COUNT(header_rules); i++) {
		const struct header_rule *r = &header_rules[i];
		if (r->kind == wanted && rule_fits(r, header_of(m, r->field)))
			return decide(m, kind, "header", r->field);
	}
	return false;
}

/* The words are the whole subject, or something that parts them from what follows does follow. */
static bool is_set_off(struct span rest)
{
	while (rest.n && *rest.p == ' ')
		rest = span_sub(rest, 1, rest.n);
	return rest.n == 0 || strchr(":-[(!|", *rest.p) != NULL || span_starts(rest, SPAN("re:")) ||
	       span_starts(rest, SPAN("\xe3\x80\x90")) || span_starts(rest, SPAN("\xef\xbc\x88"));
}

static bool is_auto_subject(struct mail *m)
{
	struct span subject = reply_folded_span(&m->subject);
	struct sieve sieve = sieve_of(subject);

	for (size_t i = 0; i < COUNT(auto_subjects); i++) {
		const struct auto_subject *a = &auto_subjects[i];
		if (!sieve_may_hold(&sieve, a->words))
			continue;
		bool fits = a->how == STARTS
				? span_starts(subject, a->words) &&
				      is_set_off(span_sub(subject, a->words.n, subject.n))
				: span_find(subject, a->words) != SIZE_MAX;
		if (fits)
			return decide(m, FACTS_AUTO_REPLY, "subject", a->words.p);
	}
	return false;
}

static bool is_in(const struct words_row *rows, size_t n, struct span folded, bool at_start)
{
	for (size_t i = 0; i < n; i++)
		if (at_start ? span_starts(folded, rows[i].words)
			     : span_find(folded, rows[i].words) != SIZE_MAX)
			return true;
	return false;
}

static bool is_receipt(struct mail *m)
{
	struct reply_folded text;

	if (!is_in(receipt_subjects, COUNT(receipt_subjects), reply_folded_span(&m->subject), true))
		return false;
	reply_fold(&text, m->facts->text);
	if (!span_is(m->in->content_type, "application/ms-tnef") &&
	    !is_in(receipt_texts, COUNT(receipt_texts), reply_folded_span(&text), false))
		return false;
	return decide(m, FACTS_AUTO_REPLY, "subject", "read receipt");
}

static bool is_auto_reply(struct mail *m)
{
	if (has_header_of(m, AUTO_REPLY, FACTS_AUTO_REPLY))
		return true;
	if (has_part(m->in, "message/disposition-notification"))
		return decide(m, FACTS_AUTO_REPLY, "part", "message/disposition-notification");
	if (span_is(m->in->report_type, "disposition-notification"))
		return decide(m, FACTS_AUTO_REPLY, "report-type", "disposition-notification");
	if (is_answer(reply_folded_span(&m->subject)))
		return false;
	return is_auto_subject(m) || is_receipt(m);
}

static bool is_feedback(struct mail *m)
{
	if (span_is(m->in->content_type, "multipart/report") &&
	    span_is(m->in->report_type, "feedback-report"))
		return decide(m, FACTS_BULK, "report-type", "feedback-report");
	return has_part(m->in, "message/feedback-report") &&
	       decide(m, FACTS_BULK, "part", "message/feedback-report");
}

void kind_decide(const struct kind_input *in, struct arena *arena, struct facts *facts)
{
	struct mail m = { .in = in, .arena = arena, .facts = facts };

	reply_fold(&m.subject, facts->subject.p ? facts->subject : SPAN(""));
	facts->kind = FACTS_HUMAN;
	facts->kind_reason = SPAN("default");
	if (is_feedback(&m))
		return;
	if (is_bounce(&m)) {
		bounce_read(in, arena, facts);
		return;
	}
	if (!is_auto_reply(&m))
		has_header_of(&m, BULK, FACTS_BULK);
}
