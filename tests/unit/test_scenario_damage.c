/* DAMAGE in a script that is wrong: an error that says so, and the next line finds core up. */
#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/verbs.h"
#include "tests/unit/unit.h"

#define BEFORE                      \
	"CONF base\n"               \
	"AT 2026-03-02T08:00:00Z\n" \
	"MAIL from=ann@customer.test subject=\"Zebracrossing broken\"\n"

static int play(struct world *w, const char *text, int *ret_line, struct err *e)
{
	struct script s = { .rest = span_of(text), .arena = &w->arena };
	struct script_line line;
	int result;

	while ((result = script_next(&s, &line, e)) > 0) {
		*ret_line = line.line;
		if (verbs_run(w, &line, e) < 0)
			return -1;
	}
	return result;
}

static void what_is_not_there_is_an_error_and_core_goes_on(void **state)
{
	static const struct {
		const char *line, *error;
	} rows[] = {
		{ "DAMAGE note 99\n", "note 99: there is none to damage" },
		{ "DAMAGE 99\n", "mail 99: there is none to damage" },
		{ "DAMAGE shown 99\n", "shown 99: there is none to damage" },
		{ "DAMAGE roof 1\n", "nothing to damage is called roof" },
		{ "DAMAGE note 1 1\n", "DAMAGE wants what, and its number" },
	};
	struct world w = { 0 };
	struct err e = { 0 };
	int line = 0;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	assert_int_equal(play(&w, BEFORE, &line, &e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(play(&w, rows[i].line, &line, &e), -1);
		assert_int_equal(line, 1);
		assert_string_equal(e.text, rows[i].error);
		if (play(&w, "EXPECT case 1 state=new\n", &line, &e) < 0)
			fail_msg("after %s: %s", rows[i].line, e.text);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_there_is_an_error_and_core_goes_on),
	};

	crypto_init();
	fault_init();
	log_open("scenario", (enum log_level)0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
