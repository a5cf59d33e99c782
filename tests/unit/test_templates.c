/* The shipped templates of all languages: one set of names. */
#include "tests/unit/unit.h"

#include "conf/files.h"
#include "gatewayd/base/template.h"
#include "gatewayd/post/template_name.h"

static const struct {
	const char *language;
	bool staff; /* its mails to staff, too */
} languages[] = {
	{ "en", true }, { "de", true }, { "fr", false }, { "es", false }, { "ja", false },
};
enum { LANGUAGES = sizeof(languages) / sizeof(*languages) };

static bool read_template(struct arena *a, const char *language, const char *name,
			  struct span *ret_text)
{
	const char *complaint;

	return files_read(files_new(a), arena_printf(a, "conf/templates/%s/%s.txt", language, name),
			  1 << 18, ret_text, &complaint);
}

/* The tags of a line, sorted: a language may have them in another order within a sentence. */
static void add_tags(struct span line, struct buf *out)
{
	struct span tags[32];
	size_t n = 0, at;

	while ((at = span_find(line, SPAN("{{"))) != SIZE_MAX && n < 32) {
		size_t end;

		line = span_sub(line, at, SIZE_MAX);
		end = span_find(line, SPAN("}}"));
		tags[n++] = span_sub(line, 0, end + 2);
		line = span_sub(line, end + 2, SIZE_MAX);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (strncmp(tags[j].p, tags[i].p,
				    tags[j].n < tags[i].n ? tags[j].n : tags[i].n) < 0) {
				struct span swap = tags[i];

				tags[i] = tags[j];
				tags[j] = swap;
			}
	for (size_t i = 0; i < n; i++)
		buf_add(out, tags[i]);
	buf_addc(out, '\n');
}

static const char *tags_of(struct arena *a, struct span text)
{
	struct buf out BUF_AUTO;
	struct span line;

	buf_init(&out, 1 << 18);
	while (span_line(&text, &line))
		add_tags(line, &out);
	return arena_cstr(a, buf_span(&out));
}

static void every_language_has_the_same_names_at_the_same_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < template_file_count; i++) {
		const struct template_file *f = &template_files[i];
		struct arena a ARENA_AUTO;
		struct span english, text;

		arena_init(&a);
		assert_true(read_template(&a, "en", f->name, &english));
		for (int l = 0; l < LANGUAGES; l++) {
			bool there = read_template(&a, languages[l].language, f->name, &text);

			if (there != (languages[l].staff || !f->for_staff))
				fail_msg("%s/%s.txt", languages[l].language, f->name);
			if (there && strcmp(tags_of(&a, text), tags_of(&a, english)) != 0)
				fail_msg("%s/%s.txt has other names than the English one",
					 languages[l].language, f->name);
		}
	}
}

static void nobody_is_told_of_a_case_that_the_mail_is_not_about(void **state)
{
	(void)state;
	for (size_t i = 0; i < template_file_count; i++) {
		struct arena a ARENA_AUTO;
		struct span text, line;

		arena_init(&a);
		assert_true(read_template(&a, "en", template_files[i].name, &text));
		span_line(&text, &line);
		if ((span_find(line, SPAN("[Case #{{case}}]")) != SIZE_MAX) !=
		    template_files[i].of_case)
			fail_msg("%s", template_files[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_has_the_same_names_at_the_same_lines),
		cmocka_unit_test(nobody_is_told_of_a_case_that_the_mail_is_not_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
