/* What of an answer is ours: random notices and words of staff, through every habit of quoting. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/mail/ours.h"

enum { ROUNDS = 3000, LINES = 12, LINE_BYTES = 600, TEXT_BYTES = 64 * 1024 };

/* A generator of its own, so that each run is the same. */
static uint32_t state;

static uint32_t below(uint32_t n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

struct habit {
	const char *name, *prefix;
	size_t wrap; /* bytes; 0: none */
	bool joins;  /* lines become one paragraph */
};

static const struct habit habits[] = {
	{ "marks", "> ", 0, false },	  { "wrapped marks", "> ", 40, false },
	{ "bars", "| ", 0, false },	  { "tabs", "\t", 0, false },
	{ "nothing", "", 0, false },	  { "nothing, wrapped", "", 50, false },
	{ "initials", "AB> ", 0, false }, { "deep", "> > > ", 60, false },
	{ "joined", "", 72, true },	  { "joined marks", "> ", 60, true },
};

struct round {
	char internal[LINES][LINE_BYTES], said[LINES][LINE_BYTES], staff[LINES][LINE_BYTES];
	size_t internals, saids, staffs;
	struct buf shown, mail;
};

/* Words of the staff begin with other letters than those of notices, a few are everybody's. */
static void random_line(char *out, const char *letters, size_t words)
{
	static const char *const common[] = { "the", "and", "is", "in", "please" };
	size_t n = 0;

	for (size_t i = 0; i < words; i++) {
		n += (size_t)snprintf(out + n, LINE_BYTES - n, "%s", i ? " " : "");
		if (below(4) == 0) {
			n += (size_t)snprintf(out + n, LINE_BYTES - n, "%s", common[below(5)]);
			continue;
		}
		for (uint32_t k = 0, end = 3 + below(6); k < end; k++)
			out[n++] = letters[below((uint32_t)strlen(letters))];
		out[n] = '\0';
	}
}

static void make_notice(struct round *r)
{
	r->internals = 2 + below(LINES - 2);
	r->saids = 2 + below(LINES - 2);
	for (size_t i = 0; i < r->internals; i++) {
		random_line(r->internal[i], "abcdefg", 5 + below(8));
		buf_addf(&r->shown, "i%s\ns%s\n", r->internal[i], r->internal[i]);
	}
	for (size_t i = 0; i < r->saids; i++) {
		random_line(r->said[i], "hijklmn", 3 + below(9));
		buf_addf(&r->shown, "s%s\n", r->said[i]);
	}
}

static void quote_words(struct round *r, const struct habit *h, const char *line, size_t *column)
{
	char copy[LINE_BYTES], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (*column && h->wrap && *column + strlen(w) > h->wrap) {
			buf_addc(&r->mail, '\n');
			*column = 0;
		}
		buf_addf(&r->mail, "%s%s", *column ? " " : h->prefix, w);
		*column += strlen(w) + 1;
	}
	if (!h->joins) {
		buf_addc(&r->mail, '\n');
		*column = 0;
	}
}

static void add_staff(struct round *r)
{
	random_line(r->staff[r->staffs], "opqrstu", 2 + below(12));
	buf_addf(&r->mail, "\n\n%s\n\n", r->staff[r->staffs++]);
}

/* Answers above, below, and now and then between two lines or more of the quote. */
static void make_mail(struct round *r, const struct habit *h)
{
	size_t column = 0, since = 0;

	add_staff(r);
	for (size_t i = 0; i < r->internals + r->saids; i++) {
		quote_words(r, h, i < r->internals ? r->internal[i] : r->said[i - r->internals],
			    &column);
		if (++since < 3 || i + 3 > r->internals + r->saids || below(4) || h->joins ||
		    r->staffs + 1 >= LINES)
			continue;
		add_staff(r);
		since = 0;
	}
	add_staff(r);
}

/* The paragraphs of staff with a blank line between them, byte for byte. */
static void look(const struct round *r, const struct habit *h, const struct ours *o)
{
	struct buf want BUF_AUTO;

	buf_init(&want, TEXT_BYTES);
	for (size_t i = 0; i < r->staffs; i++)
		buf_addf(&want, "%s%s", i ? "\n\n" : "", r->staff[i]);
	if (!span_eq(o->rest, buf_span(&want)))
		fail_msg("%s: of\n" SPAN_FMT "\nstays\n" SPAN_FMT, h->name,
			 SPAN_ARG(buf_span(&r->mail)), SPAN_ARG(o->rest));
}

static void nothing_internal_goes_out_and_no_words_of_staff_are_lost(void **unused)
{
	static struct round r;

	(void)unused;
	state = 7;
	for (int i = 0; i < ROUNDS; i++) {
		const struct habit *h = &habits[(size_t)i % (sizeof(habits) / sizeof(*habits))];
		struct arena a ARENA_AUTO;
		struct span shown;
		struct ours_in in = { 0 };
		struct ours o;

		arena_init(&a);
		r.staffs = 0;
		buf_init(&r.shown, TEXT_BYTES);
		buf_init(&r.mail, TEXT_BYTES);
		make_notice(&r);
		make_mail(&r, h);
		shown = buf_span(&r.shown);
		in.text = buf_span(&r.mail);
		in.shown = &shown;
		in.shown_count = 1;
		ours_take(&in, &a, &o);
		look(&r, h, &o);
		assert_false(o.internal);
		buf_release(&r.shown);
		buf_release(&r.mail);
	}
}

/* The attribution names us: what stands above it and a blank line is a person's, our address in it
 * or not. */
static void a_line_above_a_whole_attribution_stays(void **unused)
{
	struct span shown = SPAN("sthe printer on the third floor\nssays that its paper is wet\n");
	struct span us = SPAN("support@example.com"), rest = SPAN("Write to support@example.com.");
	struct ours_in in = { .text = SPAN("Write to support@example.com.\n\n"
					   "On 12.11.2026 support@example.com wrote:\n\n"
					   "> the printer on the third floor\n"
					   "> says that its paper is wet\n"),
			      .shown = &shown,
			      .shown_count = 1,
			      .addresses = &us,
			      .address_count = 1 };
	struct arena a ARENA_AUTO;
	struct ours o;

	(void)unused;
	arena_init(&a);
	ours_take(&in, &a, &o);
	assert_true(span_eq(o.rest, rest));
}

static const char *const notice = "sWrite above this line of the notice\n"
				  "iAccount: Acme Networks\nsAccount: Acme Networks\n"
				  "slisten 80 on all interfaces\nsretry 3 times in a row\n"
				  "stimeout 20 seconds each\nslog to syslog facility local0\n"
				  "sWhat Tess wrote is that he has not paid\n"
				  "sand that he will not\n"
				  "nWhat Tess wrote is that he has not paid\n"
				  "iWhat Tess wrote is that he has not paid\n"
				  "klisten 80 on all interfaces\nkretry 3 times in a row\n"
				  "ktimeout 20 seconds each\nklog to syslog facility local0\n";

#define QUOTE                                                               \
	"> Write above this line of the notice\n> Account: Acme Networks\n" \
	"> listen 80 on all interfaces\n> retry 3 times in a row\n"         \
	"> timeout 20 seconds each\n> log to syslog facility local0\n"      \
	"> What Tess wrote is that he has not paid\n"
#define CONFIG                                                                            \
	"listen 80 on all interfaces\nretry 3 times in a row\ntimeout 200 seconds each\n" \
	"log to syslog facility local0"

/* What the author writes again of the customer's words is no quote where that stands beside it. */
static void words_of_the_customer_that_stand_in_the_quote_too_are_the_authors(void **unused)
{
	static const struct {
		const char *text, *rest;
		bool internal;
	} rows[] = {
		{ "Use this:\n\n" CONFIG "\n\n" QUOTE, "Use this:\n\n" CONFIG, false },
		{ QUOTE "\nUse this:\n\n" CONFIG, "Use this:\n\n" CONFIG, false },
		{ "Type:\n> listen 80 on all interfaces\n> retry 3 times in a row\n\n"
		  "Is it so?\n\nOn 12.11.2026 support@example.com wrote:\n\n" QUOTE,
		  "Type:\n> listen 80 on all interfaces\n> retry 3 times in a row\n\nIs it so?",
		  false },
		/* The quote begins where it is said to, whatever stands in it. */
		{ "Use this:\n" CONFIG "\n\nOn 12.11.2026 support@example.com wrote:\n\n"
		  "> retry 3 times in a row\n> timeout 20 seconds each\n",
		  "Use this:\n" CONFIG, false },
		/* Answers between the lines: each stands once. */
		{ "> listen 80 on all interfaces\n> retry 3 times in a row\n\nWhy?\n\n"
		  "> timeout 20 seconds each\n> log to syslog facility local0\n\nNo.\n\n"
		  "> Account: Acme Networks\n> Write above this line of the notice\n",
		  "Why?\n\nNo.", false },
		/* Facts go, wherever they are. */
		{ "Write above this line of the notice\nAccount: Acme Networks\n\nYes.\n\n" QUOTE,
		  "Yes.", false },
		/* A note holds it. */
		{ "What Tess wrote is that he has not paid\nand so on.\n\n" QUOTE,
		  "What Tess wrote is that he has not paid\nand so on.", true },
		{ "retry 3 times in a row\nWhat Tess wrote is that he has not paid\n\n" QUOTE,
		  "retry 3 times in a row\nWhat Tess wrote is that he has not paid", true },
	};
	struct span shown = span_of(notice), us = SPAN("support@example.com");

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ours_in in = { .text = span_of(rows[i].text),
				      .shown = &shown,
				      .shown_count = 1,
				      .addresses = &us,
				      .address_count = 1 };
		struct arena a ARENA_AUTO;
		struct ours o;

		arena_init(&a);
		ours_take(&in, &a, &o);
		if (!span_is(o.rest, rows[i].rest) || o.internal != rows[i].internal)
			fail_msg("of\n%s\nstays\n" SPAN_FMT, rows[i].text, SPAN_ARG(o.rest));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_internal_goes_out_and_no_words_of_staff_are_lost),
		cmocka_unit_test(a_line_above_a_whole_attribution_stays),
		cmocka_unit_test(words_of_the_customer_that_stand_in_the_quote_too_are_the_authors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
