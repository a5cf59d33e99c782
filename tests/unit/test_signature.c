/* What is posted is signed so that a library of Standard Webhooks takes it. */
#include "tests/unit/unit.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/hooks/signature.h"

static struct buf key_of(const char *base64)
{
	struct buf key;

	buf_init(&key, 100);
	assert_true(base64_read(span_of(base64), &key));
	return key;
}

static void signed_with(const char *const *secrets, size_t n, const char *want)
{
	struct signature_of of = { SPAN("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
				   SPAN("{\"test\": 2432232314}") };
	struct buf keys[2], out;
	struct span spans[2];

	buf_init(&out, SIGNATURE_MAX);
	for (size_t i = 0; i < n; i++) {
		keys[i] = key_of(secrets[i]);
		spans[i] = buf_span(&keys[i]);
	}
	signature_add(&of, spans, n, &out);
	assert_string_equal(buf_cstr(&out), want);
	for (size_t i = 0; i < n; i++)
		buf_release(&keys[i]);
	buf_release(&out);
}

/* The example of the specification, and both keys of a change. */
static void each_key_signs(void **state)
{
	static const char *const both[] = {
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7"
		"PD0+Pw==",
	};

	(void)state;
	signed_with(both, 1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	signed_with(both, 2,
		    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
		    "v1,LZ5zuwHTqQH3VM8ERUusjzVQq1FXzemvpR8Mk7Ivp5c=");
}

static void what_is_no_base64_is_no_key(void **state)
{
	static const char *const bad[] = { "MfK", "Mf_-", "MfKQ=", "MfKQ MfKQ", "====", "MfKQ\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf key;

		buf_init(&key, 100);
		if (base64_read(span_of(bad[i]), &key))
			fail_msg("\"%s\" was taken", bad[i]);
		buf_release(&key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_signs),
		cmocka_unit_test(what_is_no_base64_is_no_key),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
