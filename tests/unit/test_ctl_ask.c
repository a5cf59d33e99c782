/* Where no daemon runs, a verb that cannot be done now is tried again (gatewayd/ctl/ctl_ask.h). */
#include "tests/unit/unit.h"

#include <sysexits.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/ctl/ctl_ask.h"

enum { TRIES = 3 };

static int tries;

/* It has written half of its answer when it finds that it cannot be done. */
static int third_time_lucky(struct ctl *c)
{
	tries++;
	buf_addf(c->out, "out of %d\n", tries);
	buf_addf(c->err, "err of %d\n", tries);
	return tries < TRIES ? EX_TEMPFAIL : EX_OK;
}

static void what_a_try_before_wrote_is_not_said(void **state)
{
	static const struct ctl_verb verb = { "do it",		"",  "", CTL_NO_STORE | CTL_RAW,
					      third_time_lucky, NULL };
	static const char *const words[] = { "do", "it" };
	const struct ctl_request r = { .verb = &verb, .argv = words, .argc = 2, .columns = 80 };
	const struct conf conf = { .socket = "/nonexistent/control.sock",
				   .store = "none",
				   .token_key_file = "/nonexistent/key" };
	struct buf out BUF_AUTO, err BUF_AUTO;

	(void)state;
	buf_init(&out, 1000);
	buf_init(&err, 1000);
	buf_adds(&out, "before\n");
	buf_adds(&err, "before\n");
	assert_int_equal(ctl_ask(&conf, &r, &out, &err), EX_OK);
	assert_int_equal(tries, TRIES);
	assert_string_equal(buf_cstr(&out), "before\nout of 3\n");
	assert_string_equal(buf_cstr(&err), "before\nerr of 3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_try_before_wrote_is_not_said),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
