#include "gatewayd/mail/customer_read.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/subject.h"
#include "gatewayd/mail/customer_cover.h"
#include "gatewayd/mail/customer_strip.h"

enum { SUBJECT_MAX = 200, QUERY_WORDS_MAX = 8, NAMES_MAX = 20 /* words */ };

#define WHICH                                                                            \
	(PHRASE_BIT(OPEN) | PHRASE_BIT(CLOSED) | PHRASE_BIT(ALL) | PHRASE_BIT(COMPANY) | \
	 PHRASE_BIT(CASES))
#define VERBS_BUT(verbs) (COVER_VERBS & ~(verbs))
#define QUESTION	 (PHRASE_BIT(TALK) | PHRASE_BIT(MAY)) /* not where something changes */

/* The first that fits what the classes are: all of `needs`, one of `any` (0: whatever), none of
 * `never`. */
static const struct {
	enum customer_verb verb;
	unsigned needs, any, never;
} rules[] = {
	{ CUSTOMER_REOPEN, PHRASE_BIT(REOPEN), 0,
	  VERBS_BUT(PHRASE_BIT(REOPEN)) | PHRASE_BIT(CASES) | QUESTION },
	{ CUSTOMER_REOPEN, PHRASE_BIT(OPEN) | PHRASE_BIT(AGAIN), 0,
	  COVER_VERBS | PHRASE_BIT(CASES) | QUESTION },
	{ CUSTOMER_HELP, PHRASE_BIT(HELP), 0,
	  VERBS_BUT(PHRASE_BIT(HELP) | PHRASE_BIT(LIST) | PHRASE_BIT(SHOW)) | WHICH },
	{ CUSTOMER_CLOSE, PHRASE_BIT(CLOSE), 0,
	  VERBS_BUT(PHRASE_BIT(CLOSE)) | PHRASE_BIT(CASES) | PHRASE_BIT(ALL) | QUESTION },
	{ CUSTOMER_LIST, PHRASE_BIT(LIST), 0,
	  VERBS_BUT(PHRASE_BIT(LIST) | PHRASE_BIT(STATUS) | PHRASE_BIT(SHOW)) },
	{ CUSTOMER_LIST, PHRASE_BIT(STATUS) | PHRASE_BIT(CASES), 0,
	  VERBS_BUT(PHRASE_BIT(STATUS) | PHRASE_BIT(SHOW)) },
	{ CUSTOMER_STATUS, PHRASE_BIT(STATUS), 0,
	  VERBS_BUT(PHRASE_BIT(STATUS) | PHRASE_BIT(SHOW)) | WHICH },
	{ CUSTOMER_LIST, PHRASE_BIT(SHOW), WHICH, VERBS_BUT(PHRASE_BIT(SHOW)) },
	{ CUSTOMER_SHOW, PHRASE_BIT(SHOW), 0, VERBS_BUT(PHRASE_BIT(SHOW)) },
	{ CUSTOMER_LIST, PHRASE_BIT(CASES), PHRASE_BIT(OPEN) | PHRASE_BIT(CLOSED) | PHRASE_BIT(ALL),
	  COVER_VERBS },
};

static enum customer_verb verb_of(unsigned classes)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if ((classes & rules[i].needs) == rules[i].needs &&
		    (!rules[i].any || classes & rules[i].any) && !(classes & rules[i].never))
			return rules[i].verb;
	/* "How do I close a ticket?" is a question to people. */
	return classes & COVER_VERBS && !(classes & QUESTION) ? CUSTOMER_SLIP : CUSTOMER_NONE;
}

static void read_which(const struct cover *c, struct customer_command *ret)
{
	bool open = c->classes & PHRASE_BIT(OPEN), closed = c->classes & PHRASE_BIT(CLOSED),
	     all = c->classes & PHRASE_BIT(ALL);

	ret->open = open || !closed;
	ret->closed = closed || (all && !open);
	ret->company = c->classes & PHRASE_BIT(COMPANY);
	ret->below = c->below;
	/* "Status 200 for all requests" is no question to us. */
	if (c->numbers.n)
		ret->verb = c->classes & PHRASE_BIT(STATUS) ? CUSTOMER_NONE : CUSTOMER_SLIP;
}

static bool names_case(enum customer_verb verb)
{
	return verb == CUSTOMER_STATUS || verb == CUSTOMER_SHOW || verb == CUSTOMER_CLOSE ||
	       verb == CUSTOMER_REOPEN;
}

/* It says more than can be done. */
static bool is_too_much(const struct cover *c, enum customer_verb verb)
{
	return c->numbers.more || c->belows || (c->numbers.n > 1 && !names_case(verb)) ||
	       (c->below && verb != CUSTOMER_LIST);
}

static struct customer_command command_of(const struct cover *c)
{
	/* "The cases 12 and 13" are those; "status 200 for all requests" is no case. */
	bool those = c->numbers.n && !(c->classes & PHRASE_BIT(ALL));
	unsigned cases = those ? PHRASE_BIT(CASES) : 0;
	struct customer_command command = { .verb = verb_of(c->classes & ~cases),
					    .numbers = c->numbers };

	if (command.verb == CUSTOMER_HELP && c->verb_words == 1 &&
	    c->classes & (PHRASE_BIT(ASK) | PHRASE_BIT(MAY) | PHRASE_BIT(FILL)))
		command.verb = CUSTOMER_NONE;
	else if (c->nearly || (command.verb != CUSTOMER_NONE && is_too_much(c, command.verb)))
		command.verb = CUSTOMER_SLIP;
	if (command.verb == CUSTOMER_LIST)
		read_which(c, &command);
	return command;
}

/* --- search --- */

static bool is_sentence(const struct phrasebook *book, struct span query)
{
	size_t words = 0;

	for (struct span rest = query; rest.n; words++) {
		struct span before = rest;

		if (cover_leads(book, rest, PHRASE_BIT(STOP)))
			return true;
		(void)span_cut(&rest, ' ');
		rest = span_trim(rest);
		if (rest.n == before.n)
			break;
	}
	return words > QUERY_WORDS_MAX;
}

static struct span without_signs(struct span s)
{
	s = span_trim(s);
	while (s.n && strchr(" :.,", s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	while (s.n && strchr(" .!?", s.p[s.n - 1]))
		s.n--;
	return s;
}

/* "please search WORDS", on one line. */
static bool read_search(const struct phrasebook *book, struct span s, struct span *ret_query)
{
	size_t n;

	while ((n = cover_leads(book, s, PHRASE_BIT(ASK) | PHRASE_BIT(MAY))))
		s = without_signs(span_sub(s, n, SIZE_MAX));
	n = cover_leads(book, s, PHRASE_BIT(SEARCH));
	if (!n || s.n == n || memchr(s.p, '\n', s.n) || !strchr(" :", s.p[n]))
		return false;
	*ret_query = without_signs(span_sub(s, n, SIZE_MAX));
	return ret_query->n && ret_query->n <= CUSTOMER_QUERY_MAX && !is_sentence(book, *ret_query);
}

/* --- signs alone --- */

static bool is_joiner(uint32_t code)
{
	return code == 0xfe0f || code == 0x200d || (code >= 0x1f3fb && code <= 0x1f3ff) ||
	       (code && code < 0x80 && strchr(" \n!.", (int)code));
}

/* Emoji of people who are content: others, like a thumb down, are for people to read. */
static bool is_glad(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} glad[] = {
		{ 0x263a, 0x263a },   { 0x2705, 0x2705 },   { 0x270c, 0x270c },
		{ 0x2714, 0x2714 },   { 0x2728, 0x2728 },   { 0x2763, 0x2764 },
		{ 0x2b50, 0x2b50 },   { 0x1f31e, 0x1f31f }, { 0x1f337, 0x1f33c },
		{ 0x1f37a, 0x1f37b }, { 0x1f386, 0x1f38a }, { 0x1f3c6, 0x1f3c6 },
		{ 0x1f44b, 0x1f44d }, { 0x1f44f, 0x1f44f }, { 0x1f490, 0x1f493 },
		{ 0x1f495, 0x1f49f }, { 0x1f4aa, 0x1f4aa }, { 0x1f4af, 0x1f4af },
		{ 0x1f600, 0x1f60e }, { 0x1f617, 0x1f61d }, { 0x1f638, 0x1f63b },
		{ 0x1f642, 0x1f642 }, { 0x1f646, 0x1f647 }, { 0x1f64c, 0x1f64c },
		{ 0x1f64f, 0x1f64f }, { 0x1f680, 0x1f680 }, { 0x1f90d, 0x1f90e },
		{ 0x1f917, 0x1f919 }, { 0x1f91d, 0x1f91d }, { 0x1f929, 0x1f929 },
		{ 0x1f942, 0x1f942 }, { 0x1f970, 0x1f970 }, { 0x1f973, 0x1f973 },
		{ 0x1fa77, 0x1fa77 }, { 0x1faf6, 0x1faf6 },
	};

	for (size_t i = 0; i < sizeof(glad) / sizeof(*glad); i++)
		if (code >= glad[i].first && code <= glad[i].last)
			return true;
	return false;
}

static bool are_glad_signs(struct span s)
{
	bool glad = false;

	for (size_t n; s.n; s = span_sub(s, n, SIZE_MAX)) {
		n = utf8_len(s);
		if (!n || !(is_joiner(utf8_code(s)) || is_glad(utf8_code(s))))
			return false;
		glad |= is_glad(utf8_code(s));
	}
	return glad;
}

/* --- a text --- */

/* "This e-mail is confidential ..." and what follows is the company's. */
static struct span above_footer(const struct phrasebook *book, struct span text)
{
	struct span rest = text, line;

	for (size_t at = 0; at <= CUSTOMER_TEXT_MAX && span_line(&rest, &line);
	     at = text.n - rest.n)
		if (cover_leads(book, line, PHRASE_BIT(FOOTER)))
			return span_sub(text, 0, at);
	return text;
}

struct read {
	struct customer_command command;
	struct cover cover;
	size_t unknown; /* words in no phrase, which may be names */
	bool thanks;	/* and nothing else */
	bool empty;
};

/* At most a greeting, thanks, a name. */
static bool says_nothing(const struct read *r)
{
	return (r->empty || r->cover.whole) && r->command.verb == CUSTOMER_NONE &&
	       !r->cover.numbers.n && !r->cover.beside;
}

static struct read read_text(const struct phrasebook *book, struct span text, struct span own,
			     struct arena *a)
{
	struct read r = { .command.verb = CUSTOMER_NONE };
	struct stripped s;
	struct span query;

	text = above_footer(book, text);
	/* The names of people and companies are all that may be unknown: most mails end here. */
	if (text.n > CUSTOMER_TEXT_MAX)
		return r;
	r.unknown = cover_unknown(book, text, a);
	if (r.unknown > NAMES_MAX)
		return r;
	customer_strip(book, text, own, a, &s);
	r.empty = !s.core.n;
	cover_read(book, s.core, true, a, &r.cover);
	if (read_search(book, s.core, &query))
		r.command = (struct customer_command){ .verb = CUSTOMER_SEARCH, .query = query };
	else if (r.cover.whole || r.cover.nearly)
		r.command = command_of(&r.cover);
	if (r.command.verb == CUSTOMER_SEARCH)
		r.cover.whole = true;
	r.thanks = are_glad_signs(s.core) ||
		   (says_nothing(&r) && (s.thanks || r.cover.classes & PHRASE_BIT(THANKS)));
	return r;
}

/* A verb and what belongs to it: that is meant for the machine whatever the subject says. */
static bool is_bare(const struct read *r)
{
	unsigned talk = PHRASE_BIT(ASK) | PHRASE_BIT(MAY) | PHRASE_BIT(FILL) |
			PHRASE_BIT(GREETING) | PHRASE_BIT(CLOSING) | PHRASE_BIT(THANKS);

	return r->command.verb == CUSTOMER_SEARCH ||
	       (r->cover.verb_words == 1 && !(r->cover.classes & (talk | PHRASE_BIT(HELP))));
}

/* "Any news?" below "Site down, error 500" asks a person; so does a lone "Help!" there, and "please
 * help" everywhere. */
static bool is_meant(const struct customer_mail *m, const struct read *text,
		     const struct read *subject)
{
	int64_t tagged;

	return m->answers || subject_tag_find(m->subject, &tagged) || subject->empty ||
	       subject->cover.whole || subject->cover.nearly || text->command.numbers.n ||
	       is_bare(text);
}

/* The tag of the subject, or what the subject says: "case 12". */
static struct customer_numbers numbers_of(const struct customer_mail *m,
					  const struct cover *subject)
{
	struct customer_numbers tagged = { .n = 1 };

	if (subject_tag_find(m->subject, &tagged.v[0]))
		return tagged;
	return subject->whole && !subject->numbers.more ? subject->numbers
							: (struct customer_numbers){ .n = 0 };
}

/* In the text, below the subject of another mail, or small talk; or in the subject alone. */
static bool is_grateful(const struct read *text, const struct read *subject, bool is_reply)
{
	bool small = subject->empty || subject->thanks || says_nothing(subject);

	return text->thanks
		   ? is_reply || small
		   : says_nothing(text) && subject->thanks && !subject->unknown && !is_reply;
}

void customer_read(const struct phrasebook *book, const struct customer_mail *m, struct arena *a,
		   struct customer_command *ret_command)
{
	struct buf bare BUF_AUTO;
	struct read text, subject;
	bool is_reply; /* its words are those of the mail that is answered */

	*ret_command = (struct customer_command){ .verb = CUSTOMER_NONE };
	buf_init(&bare, SUBJECT_MAX);
	if (!book)
		return;
	text = read_text(book, m->text, m->from_name, a);
	if (text.command.verb == CUSTOMER_NONE && !text.thanks && !says_nothing(&text))
		return; /* it is for people, whatever the subject says */
	is_reply = subject_is_reply(m->subject);
	subject_bare(m->subject, &bare);
	subject = read_text(book, arena_dup(a, buf_span(&bare)), SPAN(""), a);
	if (text.command.verb != CUSTOMER_NONE) {
		if (is_meant(m, &text, &subject))
			*ret_command = text.command;
	} else if (text.thanks && (m->answers || (is_reply && subject.command.verb))) {
		ret_command->verb = CUSTOMER_THANKS;
	} else if (says_nothing(&text) && !is_reply && !bare.full) {
		*ret_command = subject.command;
	}
	if (ret_command->verb == CUSTOMER_NONE && is_grateful(&text, &subject, is_reply))
		ret_command->verb = CUSTOMER_GRATEFUL;
	if (names_case(ret_command->verb) && !ret_command->numbers.n && !m->answers)
		ret_command->numbers = numbers_of(m, &subject.cover);
}
