/* What customers write to the machine, in the languages of the templates (tests/customers). */
#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdio.h>

#include "gatewayd/mail/customer_read.h"
#include "parser/parser.h"
#include "tests/unit/shipped.h"

enum { LINE_MAX_BYTES = 2000, FORMS_MIN = 480, OTHERS_MIN = 230 };

static const char *languages[] = { "en", "de", "fr", "es", "ja" };
static struct conf conf = { .languages = { languages, 5 }, .shipped_templates = "conf/templates" };

static int set_up(void **state)
{
	(void)state;
	shipped_words(&conf);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&conf.arena);
	return 0;
}

static void put_list(const struct customer_command *c, struct buf *out)
{
	buf_addf(out, "list %s", c->open ? (c->closed ? "all" : "open") : "closed");
	if (c->company)
		buf_adds(out, " company");
	if (c->below)
		buf_addf(out, " below %" PRIi64, c->below);
}

/* As the head of tests/customers/README has it. */
static void put_command(const struct customer_command *c, struct buf *out)
{
	static const char *const names[] = {
		[CUSTOMER_NONE] = "-",	       [CUSTOMER_STATUS] = "status",
		[CUSTOMER_SHOW] = "show",      [CUSTOMER_CLOSE] = "close",
		[CUSTOMER_REOPEN] = "reopen",  [CUSTOMER_HELP] = "help",
		[CUSTOMER_SLIP] = "slip",      [CUSTOMER_THANKS] = "thanks",
		[CUSTOMER_SEARCH] = "search:", [CUSTOMER_GRATEFUL] = "grateful",
	};

	if (c->verb == CUSTOMER_LIST) {
		put_list(c, out);
		return;
	}
	buf_adds(out, names[c->verb]);
	if (c->verb == CUSTOMER_SEARCH)
		buf_addf(out, " " SPAN_FMT, SPAN_ARG(c->query));
	else if (c->verb != CUSTOMER_SLIP && c->verb != CUSTOMER_NONE)
		for (size_t i = 0; i < c->numbers.n; i++)
			buf_addf(out, " %" PRIi64, c->numbers.v[i]);
}

static void put_unescaped(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		bool end = text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == 'n';

		buf_addc(out, end ? '\n' : text.p[i]);
		i += end;
	}
}

/* Through the parser, which takes quotes and footers away. */
static void read_mail(struct parser *parser, struct span place, struct span subject,
		      struct span text, struct arena *a, struct buf *out)
{
	struct customer_command command;
	struct buf raw BUF_AUTO;
	struct facts facts;

	buf_init(&raw, LINE_MAX_BYTES * 2);
	buf_addf(&raw,
		 "From: Ann Example <ann@customer.test>\nContent-Type: text/plain; charset=utf-8\n"
		 "Subject: " SPAN_FMT "\n\n",
		 SPAN_ARG(subject));
	put_unescaped(text, &raw);
	buf_addc(&raw, '\n');
	parser_parse(parser, buf_span(&raw), &(struct parser_sink){ 0 }, a, &facts);
	customer_read(conf.phrases,
		      &(struct customer_mail){ facts.subject.p ? facts.subject : SPAN(""),
					       facts.reply, facts.from.v[0].name,
					       span_is(place, "case") },
		      a, &command);
	put_command(&command, out);
}

static bool try_line(struct parser *parser, struct span line)
{
	struct span rest = line, want = span_trim(span_cut(&rest, '|')),
		    place = span_trim(span_cut(&rest, '|')),
		    subject = span_trim(span_cut(&rest, '|'));
	struct buf got BUF_AUTO;
	struct arena a;
	bool right;

	buf_init(&got, LINE_MAX_BYTES);
	arena_init(&a);
	read_mail(parser, place, subject, span_trim(rest), &a, &got);
	right = span_eq(buf_span(&got), want);
	if (!right)
		print_message("# " SPAN_FMT "\n#   is " SPAN_FMT "\n", SPAN_ARG(line),
			      SPAN_ARG(buf_span(&got)));
	arena_release(&a);
	return right;
}

static void try_file(const char *name, int least)
{
	struct parser *parser = parser_new();
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(name, "r");
	int of = 0, right = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct span s = span_trim(span_of(line));

		if (!s.n || s.p[0] == '#')
			continue;
		right += try_line(parser, s);
		of++;
	}
	fclose(file);
	parser_free(&parser);
	print_message("# %s: %d of %d right\n", name, right, of);
	assert_int_equal(right, of);
	assert_true(of >= least);
}

static void natural_forms_are_understood(void **state)
{
	(void)state;
	try_file("tests/customers/forms.txt", FORMS_MIN);
}

static void what_people_say_with_such_words_is_no_command(void **state)
{
	(void)state;
	try_file("tests/customers/others.txt", OTHERS_MIN);
}

static void a_long_text_is_no_command(void **state)
{
	static const int sizes[] = { CUSTOMER_CORE_MAX - 1, CUSTOMER_CORE_MAX,
				     CUSTOMER_CORE_MAX + 1 };
	struct customer_command c;
	struct buf text BUF_AUTO;
	struct arena a;

	(void)state;
	arena_init(&a);
	buf_init(&text, CUSTOMER_TEXT_MAX);
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&text);
		buf_adds(&text, "status");
		while (text.n < (size_t)sizes[i])
			buf_adds(&text, "!");
		customer_read(conf.phrases,
			      &(struct customer_mail){ .subject = SPAN(""),
						       .text = buf_span(&text),
						       .from_name = SPAN("") },
			      &a, &c);
		assert_int_equal(c.verb, i < 2 ? CUSTOMER_STATUS : CUSTOMER_NONE);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(natural_forms_are_understood),
		cmocka_unit_test(what_people_say_with_such_words_is_no_command),
		cmocka_unit_test(a_long_text_is_no_command),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
