/* The shipped routing rules on natural mails (tests/routing): how many find their place. */
#include "tests/unit/unit.h"

#include <glob.h>
#include <stdio.h>

#include "gatewayd/mail/routing.h"
#include "tests/unit/shipped.h"

enum { LINE_MAX_BYTES = 2000, MAILS_MIN = 1000 };

enum group { ENGLISH, GERMAN, OUTAGES, GROUP_COUNT };

static const struct {
	const char *name;
	int goal; /* percent */
} groups[GROUP_COUNT] = {
	[ENGLISH] = { "English", 90 },
	[GERMAN] = { "German", 85 },
	[OUTAGES] = { "outages", 95 },
};

struct figure {
	int right, of;
};

struct mail {
	char place; /* as the head of the file says */
	bool german;
	struct span subject;
	char *text;
};

static const char *place_of(const struct policy_rule *r)
{
	if (!r)
		return "-";
	if (r->resource)
		return "c";
	return strcmp(r->queue, "billing") == 0	   ? "b"
	       : strcmp(r->queue, "business") == 0 ? "a"
						   : "to";
}

static bool read_mail(char *line, struct mail *m)
{
	struct span rest = span_of(line), place, language;
	size_t at;

	rest = span_trim(rest);
	if (!rest.n || line[0] == '#')
		return false;
	place = span_cut(&rest, '|');
	language = span_cut(&rest, '|');
	m->place = place.p[0];
	m->german = span_is(language, "de");
	m->subject = span_cut(&rest, '|');
	m->text = line + (rest.p - line);
	m->text[rest.n] = '\0';
	while ((at = span_find(span_of(m->text), SPAN(" / "))) != SIZE_MAX)
		m->text[at + 1] = '\n';
	return true;
}

static bool try_mail(const struct policy *policy, const struct mail *m)
{
	const struct routing_mail mail = { .subject = m->subject,
					   .text = span_of(m->text),
					   .account_flags = SPAN("self-service") };
	const struct policy_rule *r = routing_find(policy, &mail).rule;
	bool right = strchr(place_of(r), m->place) != NULL;

	if (!right)
		print_message("# %c \"%.*s\": rule %s\n", m->place, (int)m->subject.n, m->subject.p,
			      r ? r->name : "none");
	return right;
}

static void count(struct figure *f, bool right)
{
	f->right += right;
	f->of++;
}

static int report(const struct figure *f, enum group g)
{
	bool reached = f->right * 100 >= f->of * groups[g].goal;

	print_message("# %s: %d of %d right, goal %d%%\n", groups[g].name, f->right, f->of,
		      groups[g].goal);
	return !reached;
}

static size_t try_file(const struct policy *policy, const char *name, struct figure *figures)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(name, "r");
	struct mail m;
	size_t n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		bool right;

		if (!read_mail(line, &m))
			continue;
		right = try_mail(policy, &m);
		count(&figures[m.german ? GERMAN : ENGLISH], right);
		if (m.place == 'o')
			count(&figures[OUTAGES], right);
		n++;
	}
	fclose(file);
	return n;
}

static void natural_mails_find_their_place(void **state)
{
	const struct conf *c = *state;
	struct figure figures[GROUP_COUNT] = { 0 };
	glob_t files;
	size_t n = 0;
	int missed = 0;

	assert_int_equal(glob("tests/routing/*.txt", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		n += try_file(&c->policy, files.gl_pathv[i], figures);
	globfree(&files);
	for (enum group g = 0; g < GROUP_COUNT; g++)
		missed += report(&figures[g], g);
	assert_true(n >= MAILS_MIN);
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(natural_mails_find_their_place),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
