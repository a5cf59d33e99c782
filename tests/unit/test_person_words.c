/* What of a text is a person's: names, addresses, quotes. */
#include "tests/unit/unit.h"

#include "gatewayd/person/words.h"

static const char said[] = "Hello,\nthe flamingo gateway in building seven refuses tunnels.\n"
			   "Serial 5550199\nok\n";

static const struct {
	const char *text, *left; /* left NULL: as it was */
} rows[] = {
	{ "", NULL },
	{ "Nothing of hers in here.", NULL },
	/* Addresses, whatever the case of letters, but not inside of another one. */
	{ "write to ann@x.test.", "write to (erased)." },
	{ "<ANN@X.TEST>", "<(erased)>" },
	{ "joann@x.test", NULL },
	{ "ann@x.testing", NULL },
	/* Names, with the case of their letters. */
	{ "Will Zebra said", "(erased) said" },
	{ "Dear Will, it works", "Dear (erased), it works" },
	{ "I will look", NULL },
	{ "Willow", NULL },
	{ "Will ZEBRA, or WILL", "(erased), or (erased)" },
	{ "will zebra said", "(erased) said" },
	{ "will a zebra do", NULL },
	{ "Zebra, W.", "(erased), W." },
	/* Quotes: four words in a row, broken anew and with marks between them. */
	{ "> flamingo gateway in building\n> seven refuses", "> (erased)" },
	{ "The FLAMINGO gateway, in building?", "(erased)?" },
	{ "a flamingo gateway in a building", NULL },
	{ "before: gateway in building seven. After it.", "before: (erased). After it." },
	/* A short line is found as a whole only. */
	{ "her serial 5550199 again", "her (erased) again" },
	{ "Serial 555", NULL },
	{ "ok", NULL },
	/* Two quotes with words between them. */
	{ "the flamingo gateway in x building seven refuses tunnels", "(erased) x (erased)" },
	/* In a script without blanks a name stands by itself. */
	{ "\xe7\x94\xb0\xe4\xb8\xad\xe3\x81\x95\xe3\x82\x93", "(erased)\xe3\x81\x95\xe3\x82\x93" },
};

static void marks_what_is_theirs(void **state)
{
	struct arena a ARENA_AUTO = { 0 };
	struct person_words w;

	(void)state;
	person_words_init(&w, &a);
	person_words_address(&w, SPAN("ann@x.test"));
	person_words_name(&w, SPAN("Will Zebra"));
	person_words_name(&w, SPAN("\xe7\x94\xb0\xe4\xb8\xad"));
	person_words_name(&w, SPAN(""));
	person_words_said(&w, span_of(said));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = span_of(rows[i].text), left = person_words_scrub(&w, text);

		if (!span_is(left, rows[i].left ? rows[i].left : rows[i].text))
			fail_msg("%s: %.*s", rows[i].text, SPAN_ARG(left));
		if (!rows[i].left)
			assert_ptr_equal(left.p, text.p);
	}
}

/* Everything that a person said is found in itself, however it is cut into lines. */
static void finds_all_of_a_text_in_itself(void **state)
{
	struct arena a ARENA_AUTO = { 0 };
	struct person_words w;
	char text[sizeof(said)];

	(void)state;
	person_words_init(&w, &a);
	person_words_said(&w, span_of(said));
	for (size_t cut = 1; cut < sizeof(said) - 1; cut++) {
		memcpy(text, said, sizeof(said));
		if (text[cut] == ' ')
			text[cut] = '\n';
		assert_true(span_find(person_words_scrub(&w, span_of(text)), SPAN("gateway")) ==
			    SIZE_MAX);
	}
}

static void of_a_name_leaves_what_others_share(void **state)
{
	static const struct {
		const char *name, *left; /* left NULL: as it was */
	} names[] = {
		{ "", NULL },
		{ "Bo Zebra", NULL },
		{ "Will", NULL },
		{ "Bo (for Will Zebra)", "Bo (for (erased))" },
		{ "Bo for ann@x.test", "Bo for (erased)" },
		{ "Bo <joann@x.test>", NULL },
	};
	struct arena a ARENA_AUTO = { 0 };
	struct person_words w;

	(void)state;
	person_words_init(&w, &a);
	person_words_address(&w, SPAN("ann@x.test"));
	person_words_name(&w, SPAN("Will Zebra"));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct span left = person_words_scrub_name(&w, span_of(names[i].name));

		if (!span_is(left, names[i].left ? names[i].left : names[i].name))
			fail_msg("%s: " SPAN_FMT, names[i].name, SPAN_ARG(left));
	}
}

static void a_long_text_is_marked_once_through(void **state)
{
	struct arena a ARENA_AUTO = { 0 };
	struct person_words w;
	struct buf text BUF_AUTO;
	struct span left;

	(void)state;
	buf_init(&text, SIZE_MAX);
	for (int i = 0; i < 100000; i++)
		buf_addf(&text, "word%d ", i);
	person_words_init(&w, &a);
	person_words_said(&w, buf_span(&text));
	left = person_words_scrub(&w, buf_span(&text));
	assert_true(span_is(left, WORDS_ERASED " "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_what_is_theirs),
		cmocka_unit_test(finds_all_of_a_text_in_itself),
		cmocka_unit_test(of_a_name_leaves_what_others_share),
		cmocka_unit_test(a_long_text_is_marked_once_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
