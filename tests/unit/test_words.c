/* The words of the languages: whole, overlaid in the right order, times as people write them. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/files.h"
#include "conf/loader.h"
#include "gatewayd/case/staff_verb.h"
#include "gatewayd/case/word.h"
#include "tests/unit/roff.h"

static const char *languages[] = { "en", "de", "fr", "es", "ja" };
enum { LANGUAGES = sizeof(languages) / sizeof(*languages) };

/* A configuration of one queue, which may have a folder of its own; another of the operator's. */
struct place {
	struct arena arena;
	char *dir, *own;
	struct conf conf;
	struct conf_queue queue;
	struct conf_problems problems;
};

static int make_place(void **state)
{
	static struct place place;
	struct place *p = &place;

	*p = (struct place){ .queue = { .name = "q", .language = "de" } };
	arena_init(&p->arena);
	arena_init(&p->conf.arena);
	conf_problems_init(&p->problems);
	p->dir = arena_printf(&p->arena, "/tmp/test_words_XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->own = arena_printf(&p->arena, "%s/own", p->dir);
	for (int i = 0; i < LANGUAGES; i++)
		mkdir(arena_printf(&p->arena, "%s/%s", p->dir, languages[i]), 0700);
	mkdir(p->own, 0700);
	mkdir(arena_printf(&p->arena, "%s/de", p->own), 0700);
	p->conf.queues = &p->queue;
	p->conf.queue_count = 1;
	p->conf.languages = (struct policy_words){ languages, LANGUAGES };
	p->conf.shipped_templates = "conf/templates";
	p->conf.templates = p->dir;
	*state = p;
	return 0;
}

static int remove_place(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < LANGUAGES; i++) {
		unlink(arena_printf(&p->arena, "%s/%s/words.conf", p->dir, languages[i]));
		rmdir(arena_printf(&p->arena, "%s/%s", p->dir, languages[i]));
	}
	unlink(arena_printf(&p->arena, "%s/de/words.conf", p->own));
	rmdir(arena_printf(&p->arena, "%s/de", p->own));
	rmdir(p->own);
	rmdir(p->dir);
	arena_release(&p->arena);
	arena_release(&p->conf.arena);
	conf_problems_release(&p->problems);
	return 0;
}

static void put(struct place *p, const char *dir, const char *language, const char *text)
{
	FILE *f = fopen(arena_printf(&p->arena, "%s/%s/words.conf", dir, language), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Reads all words again; how many problems there were. */
static size_t read_words(struct place *p)
{
	struct loader l;

	p->conf.words_count = 0;
	p->conf.files = files_new(&p->conf.arena);
	loader_init(&l, &p->conf, CONF_FULL, &p->problems);
	words_read(&l);
	loader_release(&l);
	return p->problems.count;
}

static const struct words *find(struct place *p, const char *language)
{
	return words_find(&p->conf, &p->queue, language);
}

/* The group or text of a name in a group; NULL: none. */
static const struct node *kid(const struct node *n, struct span name)
{
	for (size_t i = 0; n && i < n->kid_count; i++)
		if (n->kids[i].name && span_is(name, n->kids[i].name))
			return &n->kids[i];
	return NULL;
}

/* Mails to staff are in the first two languages. */
enum { STAFF_LANGUAGES = 2 };

static bool is_for_staff(struct span group)
{
	static const char *const groups[] = { "usage",	  "commands", "answers",
					      "refusals", "happened", "history" };

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (span_is(group, groups[i]))
			return true;
	return false;
}

static void every_shipped_language_has_every_word(void **state)
{
	struct place *p = *state;
	struct buf findings BUF_AUTO;

	buf_init(&findings, 1 << 16);
	for (int i = 0; i < LANGUAGES; i++) {
		struct node root;

		assert_true(
		    tree_read(files_new(&p->arena),
			      arena_printf(&p->arena, "conf/templates/%s/words.conf", languages[i]),
			      &p->arena, &p->problems, &root));
		for (int id = 0; id < WORD_COUNT; id++) {
			struct span path = span_of(words_key((enum word)id));
			struct span group = span_cut(&path, '.');

			if (is_for_staff(group) && i >= STAFF_LANGUAGES)
				continue;
			if (!kid(kid(&root, group), path))
				fail_msg("%s has no %s", languages[i], words_key((enum word)id));
		}
	}
	assert_int_equal(read_words(p), 0);
	word_check(&p->conf, &findings);
	assert_string_equal(buf_cstr(&findings), "");
}

static void own_words_win_and_what_is_missing_is_english(void **state)
{
	struct place *p = *state;

	languages[1] = "xx"; /* a language of the operator's own */
	mkdir(arena_printf(&p->arena, "%s/xx", p->dir), 0700);
	put(p, p->dir, "en", "states: { open = \"in hand\"; closed = \"done\"; };");
	put(p, p->dir, "xx", "states: { closed = \"finita\"; };");
	assert_int_equal(read_words(p), 0);
	assert_true(span_is(word_state(find(p, "xx"), CASE_CLOSED), "finita"));
	assert_true(span_is(word_state(find(p, "xx"), CASE_OPEN), "in hand"));
	assert_true(span_is(word_state(find(p, "xx"), CASE_NEW), "new"));
	assert_true(span_is(word_state(find(p, "en"), CASE_CLOSED), "done"));
	assert_true(span_is(word_state(find(p, "yy"), CASE_CLOSED), "done"));
	unlink(arena_printf(&p->arena, "%s/xx/words.conf", p->dir));
	rmdir(arena_printf(&p->arena, "%s/xx", p->dir));
	languages[1] = "de";
}

static void a_queue_has_words_of_its_own(void **state)
{
	struct place *p = *state;
	const struct words *w;

	put(p, p->dir, "de", "states: { open = \"alle\"; new = \"alle\"; };");
	put(p, p->own, "de", "states: { open = \"eigene\"; };");
	p->queue.templates = p->own;
	assert_int_equal(read_words(p), 0);
	w = find(p, "de");
	assert_true(span_is(word_state(w, CASE_OPEN), "eigene"));
	assert_true(span_is(word_state(w, CASE_NEW), "alle"));
	w = words_find(&p->conf, NULL, "de");
	assert_true(span_is(word_state(w, CASE_OPEN), "alle"));
}

#define OWN_SCALE                                                                 \
	"severities = ( { scale = \"standard\"; labels = [ \"eins\", \"zwei\" ];" \
	" meanings = [ \"a\", \"b\" ]; } );"

static void severities_are_called_as_the_operator_does_then_as_the_language_does(void **state)
{
	struct place *p = *state;
	struct policy_kind kind = { .scale = "standard",
				    .scale_shipped = true,
				    .levels = { { "major", "m" }, { "moderate", "n" } } };

	assert_int_equal(read_words(p), 0);
	assert_string_equal(words_label(find(p, "de"), &kind, 1), "hoch");
	assert_string_equal(words_label(find(p, "en"), &kind, 1), "major");
	kind.scale_shipped = false; /* changed in gatewayd.conf */
	assert_string_equal(words_label(find(p, "de"), &kind, 1), "major");
	assert_string_equal(words_meaning(find(p, "de"), &kind, 2), "n");
	put(p, p->dir, "de", OWN_SCALE);
	assert_int_equal(read_words(p), 0);
	assert_string_equal(words_label(find(p, "de"), &kind, 1), "eins");
	assert_string_equal(words_meaning(find(p, "de"), &kind, 2), "b");
	assert_null(words_label(find(p, "de"), &kind, 3));
	assert_string_equal(words_label(find(p, "en"), &kind, 1), "major");
	kind.scale = "another";
	assert_string_equal(words_label(find(p, "de"), &kind, 1), "major");
}

static void faults_are_named(void **state)
{
	static const char *const rows[][2] = {
		{ "states: { opn = \"x\"; };", "words.de.states.opn" },
		{ "states: { open = 5; };", "words.de.states.open" },
		{ "states: { open = \"\"; };", "words.de.states.open" },
		{ "states: { open = \"a\\nb\"; };", "words.de.states.open" },
		{ "units: { hours = \"{{m}} h\"; };",
		  "de/words.conf: units.hours:1: {{m}}: unknown placeholder" },
		{ "units: { hours = \"{{n h\"; };",
		  "de/words.conf: units.hours:1: {{n h}}: no closing braces" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(p, p->dir, "de", rows[i][0]);
		conf_problems_release(&p->problems);
		conf_problems_init(&p->problems);
		read_words(p);
		word_check(&p->conf, &p->problems.text);
		if (!strstr(buf_cstr(&p->problems.text), rows[i][1]))
			fail_msg("%s: %s", rows[i][0], buf_cstr(&p->problems.text));
	}
}

/* One table makes the list of gatewayd-mail.7, too: a verb is there with its words. */
static void the_man_page_has_every_command_of_staff(void **state)
{
	struct place *p = *state;
	const struct words *w;
	const char *complaint;
	struct span page;

	p->conf.templates = NULL;
	assert_int_equal(read_words(p), 0);
	w = find(p, "en");
	assert_true(
	    files_read(p->conf.files, "gatewayd/gatewayd-mail.7", 1 << 20, &page, &complaint));
	page = roff_unwrapped(&p->arena, page);
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		enum staff_verb verb = (enum staff_verb)i;
		struct span usage = words_get(w, staff_verb_usage(verb));
		struct span command = span_cut(&usage, ' ');
		const char *row =
		    arena_printf(&p->arena, ".It Li " SPAN_FMT "%s" SPAN_FMT "\n" SPAN_FMT ".",
				 SPAN_ARG(command), usage.n ? " Ar " : "", SPAN_ARG(usage),
				 SPAN_ARG(words_get(w, staff_verb_help(verb))));

		assert_string_equal(arena_cstr(&p->arena, command),
				    arena_printf(&p->arena, "#%s", staff_verb_name(verb)));
		if (span_find(page, span_of(row)) == SIZE_MAX)
			fail_msg("gatewayd-mail.7 has not: %s", row);
	}
}

struct time_row {
	const char *language, *zone;
	int64_t at;
	const char *time, *zone_text;
};

/* Monday 2026-11-30 15:04 UTC; an hour before and after the clocks go back on 2026-10-25. */
static const struct time_row times[] = {
	{ "en", "Europe/Berlin", 1796051040, "Monday, 30 November 2026, 16:04", "Berlin time" },
	{ "de", "Europe/Berlin", 1796051040, "Montag, 30. November 2026, 16:04 Uhr",
	  "deutsche Zeit" },
	{ "en", "Asia/Tokyo", 1796051040, "Tuesday, 1 December 2026, 00:04", "Tokyo time" },
	{ "de", "Pacific/Apia", 1796051040, "Dienstag, 1. Dezember 2026, 04:04 Uhr",
	  "Pacific/Apia" },
	{ "fr", "Europe/Paris", 1796051040,
	  "lundi 30 novembre 2026 \xc3\xa0 16\xc2\xa0h\xc2\xa0"
	  "04",
	  "heure de Paris" },
	{ "fr", "Europe/Paris", 1796112000,
	  "mardi 1er d\xc3\xa9"
	  "cembre 2026 \xc3\xa0 9\xc2\xa0h\xc2\xa0"
	  "00",
	  "heure de Paris" },
	{ "es", "Europe/Madrid", 1796051040, "lunes, 30 de noviembre de 2026, 16:04",
	  "hora de Madrid" },
	{ "ja", "Asia/Tokyo", 1796051040,
	  "2026\xe5\xb9\xb4"
	  "12\xe6\x9c\x88"
	  "1\xe6\x97\xa5\xef\xbc\x88\xe7\x81\xab\xef\xbc\x89"
	  "00:04",
	  "\xe6\x97\xa5\xe6\x9c\xac\xe6\x99\x82\xe9\x96\x93" },
	{ "en", "Europe/Berlin", 1792888200, "Sunday, 25 October 2026, 02:30", "Berlin time" },
	{ "en", "Europe/Berlin", 1792891800, "Sunday, 25 October 2026, 02:30", "Berlin time" },
	{ "en", "UTC", 951782400, "Tuesday, 29 February 2000, 00:00", "UTC" },
};

/* It is under all other languages, and read for them once. */
static void what_is_wrong_in_english_words_is_told_once(void **state)
{
	struct place *p = *state;

	put(p, p->dir, "en", "states: { open = 1; };");
	assert_int_equal(read_words(p), 1);
}

static void times_are_as_people_write_them(void **state)
{
	struct place *p = *state;
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct desk d = { .conf = &p->conf, .zones = zones, .arena = &p->arena };

	assert_int_equal(read_words(p), 0);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		const struct time_row *r = &times[i];
		const struct words *w = find(p, r->language);

		assert_string_equal(arena_cstr(&p->arena, word_time(&d, w, r->zone, r->at)),
				    r->time);
		assert_string_equal(arena_cstr(&p->arena, words_zone(w, r->zone)), r->zone_text);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_shipped_language_has_every_word),
		TEST(own_words_win_and_what_is_missing_is_english),
		TEST(a_queue_has_words_of_its_own),
		TEST(severities_are_called_as_the_operator_does_then_as_the_language_does),
		TEST(faults_are_named),
		TEST(the_man_page_has_every_command_of_staff),
		TEST(what_is_wrong_in_english_words_is_told_once),
		TEST(times_are_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
