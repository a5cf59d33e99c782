/* The language of a mail by its words, of natural ones (tests/languages) and of our own. */
#include "tests/unit/unit.h"

#include "gatewayd/base/zone.h"
#include "gatewayd/mail/language.h"
#include "gatewayd/post/post.h"
#include "gatewayd/post/template_name.h"
#include "tests/unit/shipped.h"

static const char *languages[] = { "en", "de", "fr", "es", "ja" };
/* Mails to staff are in the first two. */
enum { LANGUAGES = sizeof(languages) / sizeof(*languages), STAFF_LANGUAGES = 2 };

static struct conf_queue queue = {
	.name = "technical",
	.kind = "technical",
	.address = "support@help.example",
	.from_name = "Help",
	.language = "en",
	.zone = "Europe/Berlin",
	.phone = "+49 30 1234",
	.portal = "https://portal.help.example/",
	.community = "https://community.help.example/",
};
static struct policy_kind kind = { .name = "technical",
				   .scale = "standard",
				   .scale_shipped = true,
				   .levels = { { "1", "1" }, { "2", "2" }, { "3", "3" } } };
static struct conf conf = {
	.company = "Help",
	.queues = &queue,
	.queue_count = 1,
	.languages = { languages, LANGUAGES },
	.shipped_templates = "conf/templates",
	.policy = { .kinds = &kind, .kind_count = 1 },
};

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

/* The next mail of the file: "== LANGUAGE", the subject, the text. */
static bool next_mail(struct span *rest, struct span *language, struct span *subject,
		      struct span *text)
{
	const struct span mark = SPAN("== ");
	size_t end;

	if (!span_starts(*rest, mark))
		return false;
	*rest = span_sub(*rest, mark.n, SIZE_MAX);
	span_line(rest, language);
	span_line(rest, subject);
	end = span_starts(*rest, mark) ? 0 : span_find(*rest, SPAN("\n== "));
	if (end != SIZE_MAX && !span_starts(*rest, mark))
		end++;
	*text = span_sub(*rest, 0, end);
	*rest = span_sub(*rest, end, SIZE_MAX);
	return true;
}

static void natural_mails_are_known_by_their_words(void **state)
{
	struct arena a ARENA_AUTO;
	struct span rest, language, subject, text;
	const char *complaint;
	size_t n = 0, wrong = 0;

	(void)state;
	arena_init(&a);
	assert_true(
	    files_read(files_new(&a), "tests/languages/mails.txt", 1 << 20, &rest, &complaint));
	for (; next_mail(&rest, &language, &subject, &text); n++) {
		struct span guess = language_guess(&conf, subject, text);

		if (span_eq(guess.n ? guess : SPAN("?"), language))
			continue;
		wrong++;
		print_error("\"" SPAN_FMT "\" is " SPAN_FMT ", guessed \"" SPAN_FMT "\"\n",
			    SPAN_ARG(subject), SPAN_ARG(language), SPAN_ARG(guess));
	}
	assert_true(n > 30);
	assert_int_equal(wrong, 0);
}

/* The mail of a template in a language, with the samples, as a person reads it. */
static struct compose_texts preview(struct arena *a, struct zones *zones, const char *template,
				    const char *language)
{
	struct desk d = { .conf = &conf, .zones = zones, .arena = a, .now = 1795305600 };
	struct post_preview p = { .template = template, .language = language };
	struct compose_texts texts;
	struct err e = { .text = "" };

	if (post_preview(&d, &p, &texts, &e) < 0)
		fail_msg("%s", e.text);
	return texts;
}

static struct span set_to(struct arena *a, struct zones *zones, const char *template,
			  struct span name, struct span value)
{
	struct desk d = { .conf = &conf, .zones = zones, .arena = a, .now = 1795305600 };
	struct word_value set = { arena_cstr(a, name), value };
	struct post_preview p = {
		.template = template, .language = "en", .set = &set, .set_count = 1
	};
	struct compose_texts t;
	struct err e = { .text = "" };

	if (post_preview(&d, &p, &t, &e) < 0)
		fail_msg("%s", e.text);
	return span_of(
	    arena_printf(a, SPAN_FMT "\n" SPAN_FMT, SPAN_ARG(t.subject), SPAN_ARG(t.text)));
}

/* Another value shows, and none is the sample: there is none. */
static bool lacks_sample(struct zones *zones, const char *template, struct span name)
{
	static const char other[] = "ANOTHERVALUE";
	struct arena a ARENA_AUTO;
	struct compose_texts t;
	struct span as_it_is;

	arena_init(&a);
	t = preview(&a, zones, template, "en");
	as_it_is = span_of(
	    arena_printf(&a, SPAN_FMT "\n" SPAN_FMT, SPAN_ARG(t.subject), SPAN_ARG(t.text)));
	return span_find(set_to(&a, zones, template, name, span_of(other)), span_of(other)) !=
		   SIZE_MAX &&
	       span_eq(set_to(&a, zones, template, name, SPAN("")), as_it_is);
}

/* What stands in a section of its own may be missing, and nothing is seen of it. */
static bool is_optional(struct arena *a, struct span whole, struct span name)
{
	return span_find(whole, span_of(arena_printf(a, "{{#" SPAN_FMT "}}", SPAN_ARG(name)))) !=
	       SIZE_MAX;
}

static void every_placeholder_of_a_shipped_mail_has_a_sample(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	size_t lacking = 0, looked_at = 0;

	(void)state;
	for (size_t i = 0; i < template_file_count; i++) {
		const char *name = template_files[i].name, *complaint;
		struct arena a ARENA_AUTO;
		struct span whole, text, tag;
		size_t at;

		arena_init(&a);
		assert_true(files_read(files_new(&a),
				       arena_printf(&a, "conf/templates/en/%s.txt", name), 1 << 18,
				       &whole, &complaint));
		text = whole;
		while ((at = span_find(text, SPAN("{{"))) != SIZE_MAX) {
			text = span_sub(text, at + 2, SIZE_MAX);
			tag = span_sub(text, 0, span_find(text, SPAN("}}")));
			if (!tag.n || memchr("#^/!", tag.p[0], 4) || is_optional(&a, whole, tag))
				continue;
			looked_at++;
			if (!lacks_sample(zones, name, tag))
				continue;
			print_error("%s: {{" SPAN_FMT "}} has no sample\n", name, SPAN_ARG(tag));
			lacking++;
		}
	}
	assert_true(looked_at > 100);
	assert_int_equal(lacking, 0);
}

/* A command ("#from") is the same in all of them. */
static bool has_word(struct span text, const char *word)
{
	size_t n = strlen(word), at;

	for (; (at = span_find_ci(text, span_of(word))) != SIZE_MAX;
	     text = span_sub(text, at + n, SIZE_MAX)) {
		unsigned char before = at ? (unsigned char)text.p[at - 1] : ' ';
		unsigned char after = at + n < text.n ? (unsigned char)text.p[at + n] : ' ';

		if (!ascii_is_alpha(before) && before < 0x80 && before != '#' &&
		    !ascii_is_alpha(after) && after < 0x80)
			return true;
	}
	return false;
}

static bool is_common(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->common.n; i++)
		if (strcmp(w->common.v[i], word) == 0)
			return true;
	return false;
}

/* A word that is common in another language and not in this one; NULL: none is in the text. */
static const char *foreign_word(const char *language, struct span text)
{
	/* Spanish "me", "no" and the like are words of others' abbreviations and names, too. */
	enum { SHORTEST = 3 };

	for (int i = 0; i < LANGUAGES; i++) {
		const struct words *w = words_find(&conf, NULL, languages[i]);

		for (size_t k = 0; strcmp(languages[i], language) != 0 && k < w->common.n; k++)
			if (strlen(w->common.v[k]) >= SHORTEST &&
			    !is_common(words_find(&conf, NULL, language), w->common.v[k]) &&
			    has_word(text, w->common.v[k]))
				return w->common.v[k];
	}
	return NULL;
}

/* asked: the recipient's language; that of the mail may be another, when it has none in that. */
static void check_mail(struct zones *zones, const struct template_file *f, const char *asked,
		       const char *language)
{
	struct arena a ARENA_AUTO;
	struct compose_texts t;
	const char *word;

	arena_init(&a);
	t = preview(&a, zones, f->name, asked);
	if (!span_is(language_guess(&conf, t.subject, t.text), language))
		fail_msg("%s in %s reads like \"" SPAN_FMT "\"", f->name, language,
			 SPAN_ARG(language_guess(&conf, t.subject, t.text)));
	word = foreign_word(language, t.text);
	if (!word)
		word = foreign_word(language, t.subject);
	if (word)
		fail_msg("%s in %s has the word \"%s\"", f->name, language, word);
}

static void no_shipped_mail_has_a_word_of_another_language(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	(void)state;
	for (size_t i = 0; i < template_file_count; i++)
		for (int l = 0; l < LANGUAGES; l++)
			check_mail(zones, &template_files[i], languages[l],
				   l < STAFF_LANGUAGES || !template_files[i].for_staff
				       ? languages[l]
				       : "en");
}

/* What our own mail tells people to write is understood. */
static void what_recommendations_ask_for_is_understood(void **state)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);

	(void)state;
	for (int l = 0; l < LANGUAGES; l++) {
		struct arena a ARENA_AUTO;
		struct compose_texts t;

		arena_init(&a);
		t = preview(&a, zones, "recommendation", languages[l]);
		assert_true(language_unsubscribes(&conf, t.text));
	}
	assert_true(language_unsubscribes(&conf, SPAN("Please UNSUBSCRIBE me")));
	assert_true(language_unsubscribes(&conf, SPAN("Bitte abmelden.")));
	assert_false(language_unsubscribes(&conf, SPAN("What does it cost?")));
	assert_false(language_unsubscribes(&conf, SPAN("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(natural_mails_are_known_by_their_words),
		cmocka_unit_test(every_placeholder_of_a_shipped_mail_has_a_sample),
		cmocka_unit_test(no_shipped_mail_has_a_word_of_another_language),
		cmocka_unit_test(what_recommendations_ask_for_is_understood),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
