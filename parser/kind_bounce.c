#include "parser/kind_mail.h"

#include "parser/bounce_words.h"
#include "parser/header.h"
#include "parser/sieve.h"

enum {
	NOTICE_LINES_MAX = 200
}; /* lines of the text in which the wording of a report is looked for */

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum where { LOCAL, ENDS, NAME };

static const struct sender {
	enum kind_sender strength;
	enum where where;
	struct span words;
} senders[] = {
#define SENDER(strength, where, words) { KIND_SENDER_##strength, where, SPAN_LITERAL(words) },
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
	struct sieve_phrase phrase;
} wordings[] = {
#define WORDING(systems, strength, words) { systems, strength, SIEVE_PHRASE(words) },
#include "parser/tables/kind_bounce_wordings.h"
#undef WORDING
};

static bool sender_fits(const struct sender *s, struct span local, struct span name)
{
	switch (s->where) {
	case ENDS: return span_ends_ci(local, s->words);
	case NAME: return span_starts(name, s->words);
	case LOCAL: break;
	}
	return span_starts(local, s->words) &&
	       (local.n == s->words.n || strchr(".-_+=", local.p[s->words.n]) != NULL);
}

enum kind_sender kind_sender_of(const struct facts *f)
{
	struct reply_folded address, name;
	enum kind_sender best = KIND_SENDER_NOBODY;
	struct span rest, local;

	reply_fold(&address, f->from.n ? f->from.v[0].address : SPAN(""));
	reply_fold(&name, f->from.n ? f->from.v[0].name : SPAN(""));
	if (address.n == 0) /* "MAILER-DAEMON" without a domain, or with "<>" */
		address = name;
	rest = reply_folded_span(&address);
	local = span_cut(&rest, '@');
	for (size_t i = 0; i < COUNT(senders); i++)
		if (senders[i].strength > best &&
		    sender_fits(&senders[i], local, reply_folded_span(&name)))
			best = senders[i].strength;
	return best;
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
		    sieve_may_hold(&sieve, &wordings[i].phrase) &&
		    span_find(folded, wordings[i].phrase.words) != SIZE_MAX)
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

static bool is_null_path(const struct kind_mail *m)
{
	return kind_has_mark(m, FACTS_MARK_NULL_SENDER);
}

static bool is_enough(enum kind_sender sender, bool null_path, bool subject,
		      enum wording_strength said)
{
	if (sender == KIND_SENDER_MAILER)
		return subject || said;
	if (sender == KIND_SENDER_OFFICE || null_path)
		return said == LAYOUT || (subject && said);
	return sender == KIND_SENDER_ROBOT && subject && said;
}

/*
 * "Re: your subject" is the subject of some systems' reports, too; people write as info@ and
 * admin@, and then their mail has an envelope sender.
 */
static bool is_from_person(const struct kind_mail *m)
{
	if (is_null_path(m))
		return false;
	if (m->sender == KIND_SENDER_ROBOT && header_find(m->in->headers, "Return-Path"))
		return true;
	return m->sender == KIND_SENDER_NOBODY || (m->is_answer && m->sender != KIND_SENDER_MAILER);
}

static bool is_own_form(struct kind_mail *m)
{
	if (is_from_person(m))
		return false;
	const struct bounce_subject *subject = find_bounce_subject(reply_folded_span(&m->subject));
	const struct wording *said = find_wording(m->facts->text);
	if (!is_enough(m->sender, is_null_path(m), subject != NULL, said ? said->strength : UNSAID))
		return false;
	return kind_is(m, FACTS_BOUNCE, said ? "dialect" : "subject",
		       said ? said->systems : subject->systems);
}

/* A person passes a report on: its parts are files beside the person's own words. */
static bool is_passed_on(const struct kind_mail *m)
{
	static const enum facts_mark of_machines[] = {
		FACTS_MARK_AUTO_GENERATED, FACTS_MARK_AUTO_REPLIED, FACTS_MARK_AUTO_NOTIFIED,
		FACTS_MARK_AUTO_SUBMITTED, FACTS_MARK_AUTOREPLY,
	};

	if (m->facts->from.n == 0 || m->sender != KIND_SENDER_NOBODY || is_null_path(m))
		return false;
	for (size_t i = 0; i < COUNT(of_machines); i++)
		if (kind_has_mark(m, of_machines[i]))
			return false;
	return m->is_answer || !find_bounce_subject(reply_folded_span(&m->subject)) ||
	       !find_wording(m->facts->text);
}

bool kind_is_bounce(struct kind_mail *m)
{
	static const char *const status_parts[] = { "message/delivery-status",
						    "message/global-delivery-status" };
	bool is_report = span_is(m->in->content_type, "multipart/report");

	if (is_report && span_is(m->in->report_type, "delivery-status"))
		return kind_is(m, FACTS_BOUNCE, "report-type", "delivery-status");
	for (size_t i = 0; i < COUNT(status_parts); i++)
		if (kind_has_part(m->in, status_parts[i]) && (is_report || !is_passed_on(m)))
			return kind_is(m, FACTS_BOUNCE, "part", status_parts[i]);
	if (header_find(m->in->headers, "X-Failed-Recipients"))
		return kind_is(m, FACTS_BOUNCE, "header", "X-Failed-Recipients");
	return is_own_form(m);
}

/* --- what nobody knows the words of --- */

/* An address that is neither the sender's nor the addressee's. */
static bool names_somebody(struct span line, const struct facts *f)
{
	struct span address;
	size_t at = 0;

	while (bounce_next_address(line, &at, &address)) {
		bool known = f->from.n && span_eq_ci(address, f->from.v[0].address);

		if (!known && !(f->to.n && span_eq_ci(address, f->to.v[0].address)))
			return true;
	}
	return false;
}

/* It names an SMTP answer, or, from a mail system, an address. */
static bool is_about_delivery(const struct kind_mail *m)
{
	struct span rest = m->facts->text, line;

	for (int n = 0; n < NOTICE_LINES_MAX && span_line(&rest, &line); n++)
		if (bounce_find_answer(line).p ||
		    (m->sender == KIND_SENDER_MAILER && names_somebody(line, m->facts)))
			return true;
	return false;
}

bool kind_is_of_mailer(struct kind_mail *m)
{
	bool is_mailer = m->sender == KIND_SENDER_MAILER;

	if (!is_mailer && !is_null_path(m))
		return false;
	if (m->sender >= KIND_SENDER_OFFICE && is_about_delivery(m))
		return kind_is(m, FACTS_BOUNCE, "sender", "mail system");
	return kind_is(m, FACTS_AUTO_REPLY, is_mailer ? "sender" : "header",
		       is_mailer ? "mail system" : "Return-Path");
}
