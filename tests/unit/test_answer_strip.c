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
	/* where a client broke the lines of a notice: {1} and {2} are the halves of a token */
	{ "yes\n> Take: mailto:support+{1}\n> "
	  "{2}@help.test?subject=Case%203%20take&body=%23take\n> it",
	  "yes\n> it" },
	{ "Take: mailto:support+{1}\n{2}@help.test?subje\nct=Case%203%20take&body=%23take\nso",
	  "so" },
	{ "> Resolve: mailto:support+\n> {T}@help.test?subject=Case%203%20resolve&body=%23re\r\n"
	  "> solve%\n> 20\n> so",
	  "> so" },
	{ "Note: mailto:supp\nort+{1}\n{2}@help.te\nst?subject=Case%203%20note&body=%23note%20\nso",
	  "so" },
	{ "Note: mailto:support+{T}@help.test\n?subject=Case%203%20note&body=%23note%20\nso",
	  "so" },
	{ "Take<mailto:support+{1}\n{2}@help.test?subject=Case%203%20take&body=%23ta\nke>\nso",
	  "Take\nso" },
	{ "mailto:billing@help.test?subject=Case%203%20take%2\n0{1}\n{2}&body=%23take\nso",
	  "\nso" },
	{ "On Monday Example <support+{1}\n{2}@help.test> wrote:",
	  "On Monday Example <support@help.test> wrote:" },
	{ "On Monday Example <supp\n> ort+{1}\n> {2}@help.test> wrote:",
	  "On Monday Example <supp\n> ort@help.test> wrote:" },
	{ "Message-ID: <staff_new_case.{1}\n {2}@mx.help.test>", "Message-ID: <>" },
	{ "X-Gatewayd: {T}\nso", "X-Gatewayd\nso" },
	{ "x-gatewayd:\n {1}\n {2}", "x-gatewayd" },
	/* a link that is whole has nothing of the next line */
	{ "Take: mailto:support@help.test?subject=x&body=%23take\nyes", "yes" },
	{ "Here: mailto:support@help.test?subject=x\nyes", "yes" },
	{ "Here: mailto:support@help.test\nyes, please", "yes, please" },
	{ "mailto:support@help.test?subject=x\nbody of it", "\nbody of it" },
	{ "Ask support+sales\nabc@help.test", "Ask support+sales\nabc@help.test" },
	{ "X-Other: {T}", "X-Other: {T}" },
	/* other people's */
	{ "Write to <mailto:ann@customer.test?subject=x>",
	  "Write to <mailto:ann@customer.test?subject=x>" },
	{ "mailto:ann@customer.test?body=%23take", "mailto:ann@customer.test?body=%23take" },
	{ "50%20of 10%2B5%40", "50%20of 10%2B5%40" },
};

static struct span with_token(struct arena *a, const char *text, const char *token)
{
	enum { HALF = 20 };
	struct span rest = span_of(text), whole = span_of(token);
	struct buf out BUF_AUTO;

	buf_init(&out, 4096);
	while (rest.n) {
		bool is_part = rest.n >= 3 && rest.p[0] == '{' && rest.p[2] == '}';

		if (!is_part)
			buf_addc(&out, rest.p[0]);
		else
			buf_add(&out, rest.p[1] == '1'	 ? span_sub(whole, 0, HALF)
				      : rest.p[1] == '2' ? span_sub(whole, HALF, SIZE_MAX)
							 : whole);
		rest = span_sub(rest, is_part ? 3 : 1, SIZE_MAX);
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
	int wrong = 0;

	(void)state;
	arena_init(&a);
	assert_int_equal(
	    token_keys_set(&keys, SPAN("a secret of enough characters for a key"), SPAN(""), &e),
	    0);
	token_make(&keys, &claim, 1772438400, 30, token);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = with_token(&a, rows[i].text, token);
		struct span wanted = with_token(&a, rows[i].left, token);
		struct span left = answer_strip(&conf, text, &a);

		if (span_eq(left, wanted))
			continue;
		print_message("# %s: \"%s\"\n", rows[i].text, arena_cstr(&a, left));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_token_and_no_link_of_ours_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
