/* Nothing of ours leaves in a person's words: tokens and links, in every form that clients make. */
#include "tests/unit/unit.h"

#include "gatewayd/identity/token.h"
#include "gatewayd/mail/answer_strip.h"

static struct conf_mailbox mailbox = { .address = "support@help.test" };
static struct conf_queue queue = { .address = "billing@help.test" };
static const struct conf conf = { .hostname = "mx.help.test",
				  .mailboxes = &mailbox,
				  .mailbox_count = 1,
				  .queues = &queue,
				  .queue_count = 1,
				  .recipient_delimiter = "=",
				  .plus_addresses = true };

/* {T}: a token. */
static const struct {
	const char *text, *left;
} rows[] = {
	{ "Please restart it.", "Please restart it." },
	/* links, as the text of a mail has them and as clients write them behind words */
	{ "Take: mailto:support+{T}@help.test?subject=Case%203%20take&body=%23take", "" },
	/* a word and a link are a line of ours: it goes whole */
	{ "yes\n> Take: mailto:support+{T}@help.test?body=%23take\n> it", "yes\n> it" },
	{ "> > Take: <mailto:support+{T}@help.test?body=%23take>\n> it", "> it" },
	{ "> \xc3\x9c"
	  "bernehmen: mailto:support+{T}@help.test?body=%23take\r\nso",
	  "so" },
	{ "Write to us: mailto:support@help.test\nso", "Write to us:\nso" },
	{ "Reasons:\nmailto:ann@customer.test\n", "Reasons:\nmailto:ann@customer.test\n" },
	{ "Take<mailto:support+{T}@help.test?subject=Case%203%20take&body=%23take>", "Take" },
	{ "[Take](mailto:support+{T}@help.test?subject=Case%203%20take&body=%23take)", "[Take]" },
	{ "Take [mailto:support+{T}@help.test?body=%23note%20] it", "Take it" },
	{ "Take (mailto:support+{T}@help.test?body=%23note%20), then", "Take, then" },
	{ "mailto:support+{T}@help.test?body=%23take and more", " and more" },
	{ "mailto:support%2B{T}@help.test?body=%23take", "" },
	{ "mailto:support%2b{T}%40help.test?body=%23take", "" },
	{ "<mailto:SUPPORT%2B{T}%40HELP.TEST?body=%23take>", "" },
	{ "mailto:support={T}@help.test?body=%23take", "" },
	{ "mailto:billing@help.test?subject=Case%203%20take%20{T}&body=%23take", "" },
	{ "<mailto:billing@help.test?subject=Case%203%20take%20{T}&body=%23take>", "" },
	/* a token by itself, where a link was taken apart */
	{ "subject=Case%203%20take%20{T}", "subject=Case%203%20take" },
	{ "support+{T}@help.test", "support@help.test" },
	{ "https://safe.test/?url=mailto%3Asupport%2B{T}%40help.test",
	  "https://safe.test/?url=mailto%3Asupport%40help.test" },
	{ "In-Reply-To: <staff_new_case.{T}@mx.help.test>", "In-Reply-To: <>" },
	/* other people's */
	{ "Write to <mailto:ann@customer.test?subject=x>",
	  "Write to <mailto:ann@customer.test?subject=x>" },
	{ "mailto:ann@customer.test?body=%23take", "mailto:ann@customer.test?body=%23take" },
	{ "50%20of 10%2B5%40", "50%20of 10%2B5%40" },
};

static struct span with_token(struct arena *a, const char *text, const char *token)
{
	struct span rest = span_of(text);
	struct buf out BUF_AUTO;

	buf_init(&out, 4096);
	while (rest.n) {
		size_t at = span_find(rest, SPAN("{T}"));

		buf_add(&out, span_sub(rest, 0, at));
		buf_adds(&out, at == SIZE_MAX ? "" : token);
		rest = at == SIZE_MAX ? SPAN("") : span_sub(rest, at + 3, SIZE_MAX);
	}
	return arena_dup(a, buf_span(&out));
}

static void no_token_and_no_link_of_ours_is_left(void **state)
{
	struct token_claim claim = { .purpose = TOKEN_REPLY,
				     .role = TOKEN_STAFF,
				     .case_number = 3,
				     .addressee = SPAN("sam@staff.test") };
	struct arena a ARENA_AUTO;
	struct token_keys keys;
	char token[TOKEN_TEXT_SIZE];
	struct err e;

	(void)state;
	arena_init(&a);
	assert_int_equal(
	    token_keys_set(&keys, SPAN("a secret of enough characters for a key"), SPAN(""), &e),
	    0);
	token_make(&keys, &claim, 1772438400, 30, token);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = with_token(&a, rows[i].text, token);
		struct span left = answer_strip(&conf, text, &a);

		if (!span_is(left, rows[i].left) || span_find(left, span_of(token)) != SIZE_MAX)
			fail_msg("%s: \"%s\"", rows[i].text, arena_cstr(&a, left));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_token_and_no_link_of_ours_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
