#include "parser/kind_mail.h"

#include "parser/sieve.h"

enum { SHORT_MAX = 1200 }; /* characters of a text that a machine wrote */

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum how { STARTS, HOLDS };

static const struct auto_subject {
	const char *lang;
	enum how how;
	bool notice;
	struct sieve_phrase phrase;
} auto_subjects[] = {
#define AUTO_SUBJECT(lang, how, words) { lang, how, false, SIEVE_PHRASE(words) },
#define AUTO_NOTICE(lang, how, words)  { lang, how, true, SIEVE_PHRASE(words) },
#include "parser/tables/kind_auto_subjects.h"
#undef AUTO_SUBJECT
#undef AUTO_NOTICE
};

enum sign { NOTICE = 1, AWAY = 2, UNTIL = 4, INSTEAD = 8, THANKS = 16, ARRIVED = 32 };

static const struct auto_text {
	const char *lang;
	enum sign sign;
	struct sieve_phrase phrase;
} auto_texts[] = {
#define AUTO_TEXT(lang, sign, words) { lang, sign, SIEVE_PHRASE(words) },
#include "parser/tables/kind_auto_texts.h"
#undef AUTO_TEXT
};

static const struct span receipt_subjects[] = {
#define RECEIPT_SUBJECT(lang, words) SPAN_LITERAL(words),
#define RECEIPT_TEXT(lang, words)
#include "parser/tables/kind_receipts.h"
#undef RECEIPT_SUBJECT
#undef RECEIPT_TEXT
};

static const struct span receipt_texts[] = {
#define RECEIPT_SUBJECT(lang, words)
#define RECEIPT_TEXT(lang, words) SPAN_LITERAL(words),
#include "parser/tables/kind_receipts.h"
#undef RECEIPT_SUBJECT
#undef RECEIPT_TEXT
};

/* --- the subject --- */

/* The words are the whole subject, or something that parts them from what follows does follow. */
static bool is_set_off(struct span rest)
{
	while (rest.n && *rest.p == ' ')
		rest = span_sub(rest, 1, rest.n);
	return rest.n == 0 || strchr(":-[(!|", *rest.p) != NULL || span_starts(rest, SPAN("re:")) ||
	       span_starts(rest, SPAN("\xe3\x80\x90")) || span_starts(rest, SPAN("\xef\xbc\x88"));
}

/* anywhere: words that begin others' subjects stand in the middle of this one. */
static const struct auto_subject *find_auto_subject(struct span subject, bool anywhere)
{
	struct sieve sieve = sieve_of(subject);

	for (size_t i = 0; i < COUNT(auto_subjects); i++) {
		const struct auto_subject *a = &auto_subjects[i];
		if (!sieve_may_hold(&sieve, &a->phrase))
			continue;
		bool fits = a->how == STARTS && !anywhere
				? span_starts(subject, a->phrase.words) &&
				      is_set_off(span_sub(subject, a->phrase.words.n, subject.n))
				: span_find(subject, a->phrase.words) != SIZE_MAX;
		if (fits)
			return a;
	}
	return NULL;
}

/* "Bob is out of the office": a sentence, which a person may write of somebody else. */
static bool is_sentence(const struct auto_subject *a)
{
	return a->how == HOLDS && ascii_is_alpha((unsigned char)*a->phrase.words.p);
}

/* --- the text --- */

/* Without what it quotes of the mail that it answers. */
static struct span own_lines(struct span text)
{
	struct span rest = text, line;

	while (span_line(&rest, &line))
		if (line.n && *line.p == '>')
			return span_sub(text, 0, (size_t)(line.p - text.p));
	return text;
}

static bool is_short(struct span text)
{
	size_t characters = 0;

	for (size_t i = 0; i < text.n && characters <= SHORT_MAX; i++)
		characters += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return characters <= SHORT_MAX;
}

static bool asks(struct span text)
{
	return span_find(text, SPAN("?")) != SIZE_MAX ||
	       span_find(text, SPAN("\xef\xbc\x9f")) != SIZE_MAX ||
	       span_find(text, SPAN("\xd8\x9f")) != SIZE_MAX;
}

static unsigned int signs_in(struct span text)
{
	struct reply_folded folded;
	struct sieve sieve;
	unsigned int signs = 0;

	reply_fold(&folded, text);
	sieve = sieve_of(reply_folded_span(&folded));
	for (size_t i = 0; i < COUNT(auto_texts); i++)
		if (sieve_may_hold(&sieve, &auto_texts[i].phrase) &&
		    span_find(reply_folded_span(&folded), auto_texts[i].phrase.words) != SIZE_MAX)
			signs |= auto_texts[i].sign;
	return signs;
}

static bool are_two(unsigned int signs)
{
	return (signs & (signs - 1)) != 0;
}

/* Short, and of the form that such answers have. */
static bool is_generated(struct span text, bool sentence)
{
	unsigned int signs;

	text = own_lines(text);
	if (!is_short(text))
		return false;
	if (span_trim(text).n == 0)
		return !sentence;
	signs = signs_in(text);
	if (signs & NOTICE)
		return true;
	if (asks(text))
		return false;
	return are_two(signs) || (signs == AWAY && !sentence);
}

/* --- the rest --- */

static bool is_no_reply(const struct facts *f)
{
	static const char *const locals[] = { "no-reply",   "noreply",	    "no_reply",
					      "donotreply", "do-not-reply", "do_not_reply",
					      "autoreply",  "auto-reply",   "autoresponder",
					      "vacation" };
	struct span from = f->from.n ? f->from.v[0].address : SPAN("");

	for (size_t i = 0; i < COUNT(locals); i++)
		if (span_starts_ci(from, span_of(locals[i])))
			return true;
	return false;
}

/* The header says what would not be enough alone, and agrees with the subject. */
static bool has_automatic_header(const struct kind_mail *m)
{
	static const uint64_t marks =
	    (uint64_t)1 << FACTS_MARK_AUTO_RESPONSE_SUPPRESS |
	    (uint64_t)1 << FACTS_MARK_NULL_SENDER | (uint64_t)1 << FACTS_MARK_MAILER_DAEMON |
	    (uint64_t)1 << FACTS_MARK_PRECEDENCE_BULK | (uint64_t)1 << FACTS_MARK_PRECEDENCE_JUNK;

	return (m->facts->marks & marks) || is_no_reply(m->facts);
}

/* "Automatic reply: Printer" in answer to a mail, in a few words that ask nothing. */
static bool is_answer_of_machine(const struct kind_mail *m)
{
	struct span text = own_lines(m->facts->text);

	return m->facts->in_reply_to.p && is_short(text) && !asks(text) &&
	       span_find(reply_folded_span(&m->subject), SPAN(":")) != SIZE_MAX;
}

static bool is_auto_subject(struct kind_mail *m)
{
	const struct auto_subject *a = find_auto_subject(reply_folded_span(&m->subject), false);
	bool sentence;

	if (!a)
		return false;
	sentence = is_sentence(a);
	if (!has_automatic_header(m) && !(is_answer_of_machine(m) && !sentence) &&
	    !is_generated(m->facts->text, sentence))
		return false;
	return kind_is(m, FACTS_AUTO_REPLY, "subject", a->phrase.words.p);
}

/* Without what a server put in front: "[EXTERNAL] ". */
static struct span untagged(struct span subject)
{
	struct span rest = subject;

	if (!span_starts(subject, SPAN("[")))
		return subject;
	span_cut(&rest, ']');
	rest = span_trim(rest);
	return rest.n ? rest : subject;
}

static bool answers_a_mail(const struct kind_mail *m)
{
	return m->facts->in_reply_to.p || kind_has_mark(m, FACTS_MARK_NULL_SENDER) ||
	       kind_has_mark(m, FACTS_MARK_AUTO_RESPONSE_SUPPRESS);
}

/* Exchange, Microsoft 365 and Notes ("AUTO: Ann Example is out of the office") say "auto-generated"
 * of the answers of who is away, as monitoring says it of what it tells. */
bool kind_is_announced(struct kind_mail *m)
{
	static const uint64_t says = (uint64_t)1 << FACTS_MARK_AUTO_GENERATED |
				     (uint64_t)1 << FACTS_MARK_AUTO_NOTIFIED |
				     (uint64_t)1 << FACTS_MARK_AUTO_SUBMITTED;
	static const uint64_t others =
	    (uint64_t)1 << FACTS_MARK_LOOP | (uint64_t)1 << FACTS_MARK_MONITORING;
	struct span subject = untagged(reply_folded_span(&m->subject));
	const struct auto_subject *a;
	bool away;

	if (m->is_answer || !(m->facts->marks & says) || (m->facts->marks & others))
		return false;
	a = find_auto_subject(subject, span_starts(subject, SPAN("auto:")));
	if (!a)
		return false;
	away = signs_in(own_lines(m->facts->text)) & AWAY;
	/* What a person typed into a form answers nothing, and may ask. */
	if (!away && (a->notice || (!answers_a_mail(m) && asks(own_lines(m->facts->text)))))
		return false;
	return kind_is(m, FACTS_AUTO_REPLY, "subject", a->phrase.words.p);
}

static bool is_receipt(struct kind_mail *m)
{
	struct span subject = reply_folded_span(&m->subject);
	struct reply_folded text;
	bool fits = false;

	for (size_t i = 0; i < COUNT(receipt_subjects) && !fits; i++)
		fits = span_starts(subject, receipt_subjects[i]);
	if (!fits)
		return false;
	fits = span_is(m->in->content_type, "application/ms-tnef");
	reply_fold(&text, m->facts->text);
	for (size_t i = 0; i < COUNT(receipt_texts) && !fits; i++)
		fits = span_find(reply_folded_span(&text), receipt_texts[i]) != SIZE_MAX;
	if (!fits)
		return false;
	m->facts->marks |= facts_mark_bit(FACTS_MARK_RECEIPT);
	return kind_is(m, FACTS_AUTO_REPLY, "subject", "read receipt");
}

bool kind_is_auto(struct kind_mail *m)
{
	return !m->is_answer && (is_auto_subject(m) || is_receipt(m));
}
