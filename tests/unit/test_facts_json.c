#include "tests/unit/parser_unit.h"

#include "gatewayd/base/crypto.h"
#include "parser/facts_json.h"

static void strings_are_json_whatever_they_hold(void **state)
{
	static const struct {
		struct span in;
		const char *want;
	} rows[] = {
		{ SPAN_LITERAL(""), "\"\"" },
		{ SPAN_LITERAL("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"" },
		{ SPAN_LITERAL("\b\t\n\f\r\x01\x1f\x7f"),
		  "\"\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\"" },
		{ SPAN_LITERAL("\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81"),
		  "\"\\u009b\\u202e\\udb40\\udc41\"" },
		{ SPAN_LITERAL("a\0b"), "\"ab\"" },
		{ SPAN_LITERAL("\xc3\xb6\xff\xed\xa0\x80"),
		  "\"\xc3\xb6\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ SPAN_LITERAL("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out BUF_AUTO;

		buf_init(&out, 1000);
		facts_json_string(&out, rows[i].in);
		assert_string_equal(buf_cstr(&out), rows[i].want);
	}
}

static void every_key_is_there_in_its_order(void **state)
{
	static const char want[] =
	    "{\"file\":\"x\",\"message_id\":null,\"in_reply_to\":null,\"references\":[],\"date\":"
	    "null,"
	    "\"from\":[],\"reply_to\":[],\"to\":[],\"cc\":[],\"subject\":null,\"kind\":\"human\","
	    "\"kind_reason\":\"default\",\"marks\":[],\"bounce\":null,\"text\":\"a\",\"text_"
	    "source\":\"plain\","
	    "\"reply\":\"a\",\"reply_cut\":[],\"forwarded\":[],\"attachments\":[],\"defects\":[]}"
	    "\n";
	struct parser *p = parser_new();
	struct buf out BUF_AUTO;

	(void)state;
	crypto_init();
	buf_init(&out, 10000);
	facts_json(p, SPAN("X: y\n\na"), "x", true, &out);
	assert_string_equal(buf_cstr(&out), want);
	parser_free(&p);
}

static void attachments_have_their_digest(void **state)
{
	struct parser *p = parser_new();
	struct buf out BUF_AUTO;

	(void)state;
	crypto_init();
	buf_init(&out, 10000);
	facts_json(p, SPAN("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nYWJj"), NULL,
		   true, &out);
	assert_non_null(strstr(buf_cstr(&out),
			       "\"size\":3,\"sha256\":\"ba7816bf8f01cfea414140de5dae2223"
			       "b00361a396177a9cb410ff61f20015ad\""));
	parser_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_json_whatever_they_hold),
		cmocka_unit_test(every_key_is_there_in_its_order),
		cmocka_unit_test(attachments_have_their_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
