#include "tests/unit/unit.h"

#include <ctype.h>

#include "gatewayd/base/units.h"
#include "gatewayd/identity/token.h"

enum { DAYS = 30 };
static const int64_t now = 1795305600; /* 2026-11-22T00:00:00Z, the start of a day */

#define OLD "the old secret, which has 32 bytes and more"
#define NEW "the new secret, which has 32 bytes and more"

static struct token_keys keys_of(const char *secret, const char *old)
{
	struct token_keys keys;
	struct err e;

	crypto_init();
	assert_int_equal(token_keys_set(&keys, span_of(secret), span_of(old), &e), 0);
	return keys;
}

static void make(const char *secret, enum token_purpose purpose, enum token_role role,
		 int64_t number, const char *addressee, char out[TOKEN_TEXT_SIZE])
{
	struct token_keys keys = keys_of(secret, "");
	struct token_claim claim = { purpose, role, number, span_of(addressee) };

	token_make(&keys, &claim, now, DAYS, out);
}

static enum token_verdict check(const struct token_keys *keys, const char *text,
				const char *addressee, int64_t at)
{
	enum token_role role;
	int64_t number;

	return token_check(keys, TOKEN_REPLY, span_of(text), span_of(addressee), at, &role,
			   &number);
}

static void a_token_gives_back_case_and_role(void **state)
{
	static const int64_t numbers[] = { 0, 1, 255, 256, 1234567, TOKEN_CASE_MAX };
	struct token_keys keys = keys_of(NEW, "");

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		for (int r = 0; r < TOKEN_ROLE_COUNT; r++) {
			char text[TOKEN_TEXT_SIZE];
			enum token_role role = TOKEN_ROLE_COUNT;
			int64_t number = -1, said = -1;

			make(NEW, TOKEN_REPLY, (enum token_role)r, numbers[i], "a@b.c", text);
			assert_int_equal(strlen(text), 39);
			assert_int_equal(token_check(&keys, TOKEN_REPLY, span_of(text),
						     SPAN("a@b.c"), now, &role, &number),
					 TOKEN_VALID);
			assert_int_equal(role, r);
			assert_int_equal(number, numbers[i]);
			assert_true(token_case_said(span_of(text), &said));
			assert_int_equal(said, numbers[i]);
		}
	}
}

static void case_of_letters_does_not_matter(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	char text[TOKEN_TEXT_SIZE];

	(void)state;
	make(NEW, TOKEN_REPLY, TOKEN_CUSTOMER, 7, "Ann@Example.com", text);
	assert_int_equal(check(&keys, text, "ann@example.com", now), TOKEN_VALID);
	for (size_t i = 0; text[i]; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	assert_int_equal(check(&keys, text, "ANN@example.com", now), TOKEN_VALID);
}

static void a_token_is_for_its_addressee_and_purpose_only(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	char text[TOKEN_TEXT_SIZE];

	(void)state;
	make(NEW, TOKEN_REPLY, TOKEN_CUSTOMER, 7, "ann@example.com", text);
	assert_int_equal(check(&keys, text, "bob@example.com", now), TOKEN_FORGED);
	assert_int_equal(check(&keys, text, "", now), TOKEN_FORGED);
	assert_int_equal(check(&keys, text, "ann@example.com ", now), TOKEN_FORGED);
	for (int p = 0; p < TOKEN_PURPOSE_COUNT; p++) {
		enum token_role role;
		int64_t number;

		make(NEW, (enum token_purpose)p, TOKEN_CUSTOMER, 7, "ann@example.com", text);
		for (int q = 0; q < TOKEN_PURPOSE_COUNT; q++)
			assert_int_equal(token_check(&keys, (enum token_purpose)q, span_of(text),
						     SPAN("ann@example.com"), now, &role, &number),
					 p == q ? TOKEN_VALID : TOKEN_FORGED);
	}
}

static void every_changed_character_is_noticed(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	char text[TOKEN_TEXT_SIZE];

	(void)state;
	make(NEW, TOKEN_REPLY, TOKEN_STAFF, 7, "a@b.c", text);
	for (size_t i = 0; text[i]; i++) {
		char kept = text[i];

		text[i] = kept == 'a' ? 'b' : 'a';
		assert_int_not_equal(check(&keys, text, "a@b.c", now), TOKEN_VALID);
		text[i] = '1'; /* not in the alphabet */
		assert_int_equal(check(&keys, text, "a@b.c", now), TOKEN_MALFORMED);
		text[i] = '\0';
		assert_int_equal(check(&keys, text, "a@b.c", now), TOKEN_MALFORMED);
		text[i] = kept;
	}
	assert_int_equal(check(&keys, text, "a@b.c", now), TOKEN_VALID);
}

static void a_token_ends_with_its_last_day(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	char text[TOKEN_TEXT_SIZE];

	(void)state;
	make(NEW, TOKEN_REPLY, TOKEN_CUSTOMER, 7, "a@b.c", text);
	assert_int_equal(check(&keys, text, "a@b.c", now + (int64_t)DAYS * DAY_S), TOKEN_VALID);
	assert_int_equal(check(&keys, text, "a@b.c", now + (int64_t)(DAYS + 1) * DAY_S - 1),
			 TOKEN_VALID);
	assert_int_equal(check(&keys, text, "a@b.c", now + (int64_t)(DAYS + 1) * DAY_S),
			 TOKEN_EXPIRED);
}

static void the_old_key_checks_beside_the_new_one_until_it_is_gone(void **state)
{
	struct token_keys both = keys_of(NEW, OLD), gone = keys_of(NEW, "");
	char old[TOKEN_TEXT_SIZE], new[TOKEN_TEXT_SIZE];

	(void)state;
	make(OLD, TOKEN_REPLY, TOKEN_CUSTOMER, 7, "a@b.c", old);
	make(NEW, TOKEN_REPLY, TOKEN_CUSTOMER, 7, "a@b.c", new);
	assert_int_equal(check(&both, old, "a@b.c", now), TOKEN_VALID);
	assert_int_equal(check(&both, new, "a@b.c", now), TOKEN_VALID);
	assert_int_equal(check(&gone, old, "a@b.c", now), TOKEN_UNKNOWN_KEY);
	token_make(&both, &(struct token_claim){ TOKEN_REPLY, TOKEN_CUSTOMER, 7, SPAN("a@b.c") },
		   now, DAYS, old);
	assert_string_equal(old, new);
}

/* Epochs as the store lists them, the newest first; the last one has no id, its mark is 2. */
static void set_epochs(struct token_keys *keys, char store, const char *tags, int64_t mark)
{
	size_t n = strlen(tags);

	for (size_t i = 0; i < n; i++) {
		keys->epoch[i] = (struct token_epoch){ .has_id = true, .mark = mark };
		memset(keys->epoch[i].id, store, TOKEN_EPOCH_SIZE);
		keys->epoch[i].id[TOKEN_EPOCH_SIZE - 1] = (uint8_t)tags[i];
	}
	keys->epoch[0].mark = INT64_MAX;
	keys->epoch[n] = (struct token_epoch){ .mark = 2 };
	keys->epochs = n + 1;
}

struct epoch_case {
	const char *name;
	char store;
	const char *made_in; /* tags, the newest first; "": before there were epochs */
	int64_t number;
	enum token_verdict verdict;
};

/* The store S lives in epoch c; b ended at case 5, what was before at case 2. */
static void a_token_of_an_epoch_that_is_over_counts_up_to_its_mark(void **state)
{
	static const struct epoch_case cases[] = {
		{ "of now", 'S', "cb", 9, TOKEN_VALID },
		{ "at the mark", 'S', "b", 5, TOKEN_VALID },
		{ "above it", 'S', "b", 6, TOKEN_LOST },
		{ "far below it", 'S', "b", 0, TOKEN_VALID },
		{ "of before, at its mark", 'S', "", 2, TOKEN_VALID },
		{ "of before, above it", 'S', "", 3, TOKEN_LOST },
		{ "of another store", 'T', "cb", 1, TOKEN_FORGED },
		{ "of an epoch that nobody knows", 'S', "x", 1, TOKEN_FORGED },
	};
	struct token_keys keys = keys_of(NEW, OLD);

	(void)state;
	set_epochs(&keys, 'S', "cb", 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct token_claim claim = { TOKEN_REPLY, TOKEN_STAFF, cases[i].number,
					     SPAN("a@b.c") };
		struct token_keys then = keys_of(i % 2 ? NEW : OLD, "");
		enum token_role role = TOKEN_ROLE_COUNT;
		char text[TOKEN_TEXT_SIZE];
		int64_t number = -1;

		if (*cases[i].made_in)
			set_epochs(&then, cases[i].store, cases[i].made_in, 5);
		token_make(&then, &claim, now, DAYS, text);
		assert_int_equal(strlen(text), TOKEN_TEXT_SIZE - 1);
		if (token_check(&keys, TOKEN_REPLY, span_of(text), SPAN("a@b.c"), now, &role,
				&number) != cases[i].verdict)
			fail_msg("%s", cases[i].name);
		assert_int_equal(number, cases[i].verdict == TOKEN_VALID ? cases[i].number : -1);
	}
}

static void weak_and_equal_secrets_are_refused(void **state)
{
	struct token_keys keys;
	struct err e;

	(void)state;
	assert_int_equal(
	    token_keys_set(&keys, SPAN("0123456789012345678901234567890"), SPAN(""), &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(
	    token_keys_set(&keys, SPAN("01234567890123456789012345678901"), SPAN(""), &e), 0);
	assert_int_equal(token_keys_set(&keys, SPAN(NEW), SPAN("short"), &e), -1);
	assert_int_equal(token_keys_set(&keys, SPAN(NEW), SPAN(NEW), &e), -1);
}

#define T39 "abcdefghijklmnopqrstuvwxyz234567abcdefg"

struct find_case {
	const char *text, *own;
	bool found;
	char delimiter;
};

static void a_token_is_found_in_our_addresses_only(void **state)
{
	static const struct find_case cases[] = {
		{ "support+" T39 "@help.example", "support@help.example", true, '+' },
		{ "SUPPORT+" T39 "@Help.Example", "support@help.example", true, '+' },
		{ "support+x+" T39 "@help.example", "support@help.example", true, '+' },
		{ "support+" T39 "@help.example", "support+x@help.example", true, '+' },
		{ "support@help.example", "support@help.example", false, '+' },
		{ "support+short@help.example", "support@help.example", false, '+' },
		{ "support+x" T39 "@help.example", "support@help.example", false, '+' },
		{ "support+" T39 "@evil.example", "support@help.example", false, '+' },
		{ "other+" T39 "@help.example", "support@help.example", false, '+' },
		{ "support" T39 "@help.example", "support@help.example", false, '+' },
		{ "", "support@help.example", false, '+' },
		{ "support-" T39 "@help.example", "support@help.example", false, '+' },
		{ "support-" T39 "@help.example", "support@help.example", true, '-' },
		{ "support=" T39 "@help.example", "support@help.example", true, '=' },
		{ "support+" T39 "@help.example", "support@help.example", true, '-' },
		{ "help-desk-" T39 "@help.example", "help-desk@help.example", true, '-' },
		{ "help-" T39 "@help.example", "help-desk@help.example", false, '-' },
		{ "support-de-" T39 "@help.example", "support@help.example", false, '-' },
		{ "support-" T39 "@evil.example", "support@help.example", false, '-' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span got = token_in_address(span_of(cases[i].text), span_of(cases[i].own),
						   cases[i].delimiter);

		if (cases[i].found ? !span_is(got, T39) : got.p != NULL)
			fail_msg("%s", cases[i].text);
	}
}

static void the_address_with_a_token_fits_or_is_not_made(void **state)
{
	char out[255], own[128];

	(void)state;
	assert_true(token_address(SPAN("support@help.example"), '+', T39, out, sizeof(out)));
	assert_string_equal(out, "support+" T39 "@help.example");
	assert_true(token_address(SPAN("support@help.example"), '-', T39, out, sizeof(out)));
	assert_string_equal(out, "support-" T39 "@help.example");
	memset(own, 'a', 24);
	memcpy(own + 24, "@b.c", 5);
	assert_true(token_address(span_of(own), '+', T39, out, sizeof(out)));
	memset(own, 'a', 25);
	memcpy(own + 25, "@b.c", 5);
	assert_false(token_address(span_of(own), '+', T39, out, sizeof(out)));
	assert_false(token_address(SPAN("a@b.c"), '+', T39, out, 44));
}

static void our_message_ids_carry_a_token_and_are_never_the_same(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	struct token_claim claim = { TOKEN_MESSAGE_ID, TOKEN_CUSTOMER, 7, SPAN("a@b.c") };
	char one[TOKEN_ID_MAX], two[TOKEN_ID_MAX];
	enum token_role role;
	struct span token;
	int64_t number;

	(void)state;
	token_message_id(&keys, "customer_reply", &claim, now, DAYS, SPAN("mx.example"), one);
	token_message_id(&keys, "A.b<>\r\n", &claim, now, DAYS, SPAN("mx.example"), two);
	assert_string_not_equal(strchr(one, '.'), strchr(two, '.'));
	assert_memory_equal(two, "ab.7.", 5);
	token = token_in_message_id(span_of(one), SPAN("MX.example"));
	assert_int_equal(
	    token_check(&keys, TOKEN_MESSAGE_ID, token, SPAN("a@b.c"), now, &role, &number),
	    TOKEN_VALID);
	assert_null(token_in_message_id(span_of(one), SPAN("other.example")).p);
	assert_null(token_in_message_id(SPAN("x.y.z@mx.example"), SPAN("mx.example")).p);
	assert_null(token_in_message_id(SPAN(""), SPAN("mx.example")).p);
}

static void the_longest_of_our_message_ids_is_whole(void **state)
{
	struct token_keys keys = keys_of(NEW, "");
	struct token_claim claim = { TOKEN_MESSAGE_ID, TOKEN_CUSTOMER, INT64_MAX, SPAN("a@b.c") };
	char kind[41], host[301], id[TOKEN_ID_MAX];

	(void)state;
	memset(kind, 'k', sizeof(kind) - 1);
	memset(host, 'h', sizeof(host) - 1);
	kind[sizeof(kind) - 1] = host[sizeof(host) - 1] = '\0';
	token_message_id(&keys, kind, &claim, now, DAYS, span_of(host), id);
	assert_memory_equal(id, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk.9223372036854775807.", 53);
	assert_int_equal(strlen(id), 53 + 16 + 1 + 39 + 1 + 253);
	assert_memory_equal(strchr(id, '@'), "@hhhh", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_gives_back_case_and_role),
		cmocka_unit_test(case_of_letters_does_not_matter),
		cmocka_unit_test(a_token_is_for_its_addressee_and_purpose_only),
		cmocka_unit_test(every_changed_character_is_noticed),
		cmocka_unit_test(a_token_ends_with_its_last_day),
		cmocka_unit_test(the_old_key_checks_beside_the_new_one_until_it_is_gone),
		cmocka_unit_test(a_token_of_an_epoch_that_is_over_counts_up_to_its_mark),
		cmocka_unit_test(weak_and_equal_secrets_are_refused),
		cmocka_unit_test(a_token_is_found_in_our_addresses_only),
		cmocka_unit_test(the_address_with_a_token_fits_or_is_not_made),
		cmocka_unit_test(our_message_ids_carry_a_token_and_are_never_the_same),
		cmocka_unit_test(the_longest_of_our_message_ids_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
