#include "tests/unit/unit.h"

#include "gatewayd/net/smtp_features.h"

static void each_line_of_ehlo_is_read(void **state)
{
	static const struct {
		const char *line;
		struct smtp_features want;
	} rows[] = {
		{ "mx.example.com", { 0 } },
		{ "SIZE 104857600", { .size_said = true, .size_bytes = 104857600 } },
		{ "size 1", { .size_said = true, .size_bytes = 1 } },
		{ "SIZE", { .size_said = true } },
		{ "SIZE 0", { .size_said = true } },
		{ "SIZE many", { .size_said = true } },
		{ "SIZE 99999999999999999999", { .size_said = true } },
		{ "SIZES 12", { 0 } },
		{ "SMTPUTF8", { .smtputf8 = true } },
		{ "smtputf8 ", { .smtputf8 = true } },
		{ "PIPELINING", { .pipelining = true } },
		{ "XPIPELINING", { 0 } },
		{ "AUTH PLAIN LOGIN", { .auth = true } },
		{ "AUTH=PLAIN", { 0 } },
		{ "", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct smtp_features f = { 0 };

		smtp_features_line(span_of(rows[i].line), &f);
		if (f.auth != rows[i].want.auth || f.size_said != rows[i].want.size_said ||
		    f.size_bytes != rows[i].want.size_bytes ||
		    f.smtputf8 != rows[i].want.smtputf8 || f.pipelining != rows[i].want.pipelining)
			fail_msg("%s", rows[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_of_ehlo_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
