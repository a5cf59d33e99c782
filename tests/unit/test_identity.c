#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/identity/identity.h"

#define HOST   "mx.help.example"
#define OURS   "support@help.example"
#define SECRET "a secret of enough characters for a key"

enum { DAYS = 30 };
static const int64_t now = 1795305600;

static const char *aliases[] = { "help@help.example" };
static const char *ids[] = { HOST };
static const char *bob[] = { "bob@help.example", "bob@home.example" };
static const char *col[] = { "col@help.example" };
static const char *notify[] = { "team@help.example", "col@help.example" };

static struct conf_mailbox mailboxes[] = {
	{ .name = "support", .address = OURS, .aliases = { aliases, 1 } },
};
static struct conf_queue queues[] = {
	{ .name = "technical", .address = OURS, .notify = { notify, 2 } },
	{ .name = "emerging", .address = "emerging@help.example" },
};
static struct conf_staff staff[] = {
	{ .id = "bob", .name = "Bob", .addresses = { bob, 2 } },
	{ .id = "col", .name = "Col", .addresses = { col, 1 } },
};

static struct conf conf = {
	.hostname = HOST,
	.authserv_ids = { ids, 1 },
	.mailboxes = mailboxes,
	.mailbox_count = 1,
	.queues = queues,
	.queue_count = 2,
	.staff = staff,
	.staff_count = 2,
};

static struct token_keys keys;

static int set_up(void **state)
{
	struct err e;

	(void)state;
	crypto_init();
	return token_keys_set(&keys, SPAN(SECRET), SPAN(""), &e);
}

/* What stands in the mail: %T is a token, %I an id that we made with one. */
enum made {
	NO_TOKEN,
	FOR_ANN,
	FOR_BOB,
	FOR_EVE,
	FOR_ANN_STAFF,
	FOR_BOB_CUSTOMER,
	FOR_BOB_AT_HOME,
	FOR_COL,
	FOR_TEAM,
	EXPIRED,
	BOUNCE,
	UNSUBSCRIBE
};

#define AR_PASS "Authentication-Results: " HOST "; dmarc=pass header.from=example.com\n"
#define AR_FAIL "Authentication-Results: " HOST "; dmarc=fail header.from=example.com\n"
#define AR_BOB	"Authentication-Results: " HOST "; dmarc=pass header.from=help.example\n"
#define FROM	"From: Ann <ann@example.com>\n"
#define TO	"To: support+%T@help.example\n"
#define BOB	"From: bob@help.example\n"

struct row {
	const char *name;
	enum made made;
	const char *mail;
	enum trust level;
	int64_t token_case, mentioned;
	bool staff_trusted, is_own;
};

static const struct row rows[] = {
	{ "nothing known", NO_TOKEN, FROM "To: " OURS "\n\n", TRUST_L0, 0, 0, 0, 0 },
	{ "token in To", FOR_ANN, FROM TO "\n", TRUST_L1, 7, 7, 0, 0 },
	{ "token in Delivered-To", FOR_ANN,
	  FROM "Delivered-To: support+%T@help.example\nTo: x@y.z\n\n", TRUST_L1, 7, 7, 0, 0 },
	{ "token in an alias", FOR_ANN, FROM "To: HELP+%T@help.example\n\n", TRUST_L1, 7, 7, 0, 0 },
	{ "token in a queue's address", FOR_ANN, FROM "To: emerging+%T@help.example\n\n", TRUST_L1,
	  7, 7, 0, 0 },
	{ "token in In-Reply-To", FOR_ANN, FROM "In-Reply-To: <%I>\n\n", TRUST_L1, 7, 7, 0, 0 },
	{ "token in References", FOR_ANN, FROM "References: <a@b> <%I> <c@d>\n\n", TRUST_L1, 7, 7,
	  0, 0 },
	{ "vouched", NO_TOKEN, AR_PASS FROM "\n", TRUST_L2, 0, 0, 0, 0 },
	{ "both", FOR_ANN, AR_PASS FROM TO "\n", TRUST_L3, 7, 7, 0, 0 },
	/* I6: what grants nothing */
	{ "token for somebody else", FOR_EVE, FROM TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "id for somebody else", FOR_EVE, FROM "In-Reply-To: <%I>\n\n", TRUST_L0, 0, 7, 0, 0 },
	{ "expired", EXPIRED, FROM TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "subject tag", NO_TOKEN, FROM "Subject: Re: [Case #7] x\n\n", TRUST_L0, 0, 0, 0, 0 },
	{ "token in the subject", FOR_ANN, FROM "Subject: %T\n\n", TRUST_L0, 0, 0, 0, 0 },
	{ "token in Reply-To", FOR_ANN, FROM "Reply-To: support+%T@help.example\n\n", TRUST_L0, 0,
	  0, 0, 0 },
	{ "token at another domain", FOR_ANN, FROM "To: support+%T@evil.example\n\n", TRUST_L0, 0,
	  0, 0, 0 },
	{ "reply token in an id", FOR_ANN, FROM "In-Reply-To: <a.7.b.%T@" HOST ">\n\n", TRUST_L0, 0,
	  7, 0, 0 },
	{ "two From", FOR_ANN, AR_PASS FROM "From: eve@example.com\n" TO "\n", TRUST_L0, 0, 7, 0,
	  0 },
	{ "two mailboxes", FOR_ANN, AR_PASS "From: ann@example.com, eve@x.y\n" TO "\n", TRUST_L0, 0,
	  7, 0, 0 },
	{ "forged field below", NO_TOKEN,
	  "Authentication-Results: " HOST "; dmarc=fail header.from=example.com\n" AR_PASS FROM
	  "\n",
	  TRUST_L0, 0, 0, 0, 0 },
	{ "another server's word", NO_TOKEN,
	  "Authentication-Results: evil; dmarc=pass header.from=example.com\n" FROM "\n", TRUST_L0,
	  0, 0, 0, 0 },
	{ "vouched for another domain", NO_TOKEN, AR_BOB FROM "\n", TRUST_L0, 0, 0, 0, 0 },
	{ "results in the body", NO_TOKEN, FROM "\n" AR_PASS, TRUST_L0, 0, 0, 0, 0 },
	{ "name that is our staff's", NO_TOKEN, "From: \"bob@help.example\" <eve@x.y>\n\n",
	  TRUST_L0, 0, 0, 0, 0 },
	/* a From that is not written as it should be: proven only where it can be but one address
	 */
	{ "a comma in the name", FOR_ANN, AR_PASS "From: Example, Ann <ann@example.com>\n" TO "\n",
	  TRUST_L3, 7, 7, 0, 0 },
	{ "a colon in the name", NO_TOKEN, AR_PASS "From: Support: Ann <ann@example.com>\n\n",
	  TRUST_L2, 0, 0, 0, 0 },
	{ "no brackets", FOR_ANN, "From: Ann Example ann@example.com\n" TO "\n", TRUST_L1, 7, 7, 0,
	  0 },
	{ "dots", NO_TOKEN, AR_PASS "From: ann..x@example.com\n\n", TRUST_L2, 0, 0, 0, 0 },
	{ "a second \"@\"", FOR_ANN, AR_PASS "From: Ann @ Home <ann@example.com>\n" TO "\n",
	  TRUST_L0, 0, 7, 0, 0 },
	{ "a domain with a dot too many", FOR_ANN, AR_PASS "From: ann@example.com.\n" TO "\n",
	  TRUST_L0, 0, 7, 0, 0 },
	{ "another address as the name", FOR_ANN,
	  AR_PASS "From: ann@example.com <eve@evil.example>\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "another address as a quoted name", FOR_ANN,
	  AR_PASS "From: \"ann@example.com\" <eve@evil.example>\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "another address as a quoted name with a comma", FOR_ANN,
	  AR_PASS "From: \"ann@example.com\", Eve <eve@evil.example>\n" TO "\n", TRUST_L0, 0, 7, 0,
	  0 },
	{ "another address first", FOR_ANN,
	  AR_PASS "From: eve@evil.example, ann@example.com\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "another address in a comment", FOR_ANN,
	  AR_PASS "From: Eve, (ann@example.com) eve@evil.example\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "the same address twice", FOR_ANN,
	  AR_PASS "From: ann@example.com, Ann <ann@example.com>\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "staff behind a second \"@\"", FOR_BOB,
	  AR_BOB "From: Bob @ Help <bob@help.example>\n" TO "\n", TRUST_L0, 0, 7, 0, 0 },
	{ "staff with a comma in the name", FOR_BOB,
	  AR_BOB "From: Help, Bob <bob@help.example>\n" TO "\n", TRUST_L3, 7, 7, true, 0 },
	/* staff: L3 */
	{ "staff, nothing", NO_TOKEN, BOB "\n", TRUST_L0, 0, 0, 0, 0 },
	{ "staff, token", FOR_BOB, BOB TO "\n", TRUST_L1, 7, 7, 0, 0 },
	{ "staff, vouched", NO_TOKEN, AR_BOB BOB "\n", TRUST_L2, 0, 0, 0, 0 },
	{ "staff, both", FOR_BOB, AR_BOB BOB TO "\n", TRUST_L3, 7, 7, true, 0 },
	{ "staff, customer role", FOR_BOB_CUSTOMER, AR_BOB BOB TO "\n", TRUST_L3, 7, 7, 0, 0 },
	{ "staff, of another address of theirs", FOR_BOB_AT_HOME, AR_BOB BOB TO "\n", TRUST_L3, 7,
	  7, true, 0 },
	{ "staff, of a notify list", FOR_TEAM, AR_BOB BOB TO "\n", TRUST_L3, 7, 7, true, 0 },
	/* the colleague's address stands in a notify list, too: it is still the colleague's */
	{ "staff, of a colleague", FOR_COL, AR_BOB BOB TO "\n", TRUST_L2, 0, 7, 0, 0 },
	{ "staff, the colleague's own", FOR_COL, AR_BOB "From: col@help.example\n" TO "\n",
	  TRUST_L3, 7, 7, true, 0 },
	{ "customer, of a notify list", FOR_TEAM, AR_PASS FROM TO "\n", TRUST_L2, 0, 7, 0, 0 },
	/* who was staff when it was made, and is not now */
	{ "customer, staff role", FOR_ANN_STAFF, AR_PASS FROM TO "\n", TRUST_L2, 0, 7, 0, 0 },
	/* our server says that it is somebody else */
	{ "token, dmarc=fail", FOR_ANN, AR_FAIL FROM TO "\n", TRUST_L0, 7, 7, 0, 0 },
	{ "staff, token, dmarc=fail", FOR_BOB,
	  "Authentication-Results: " HOST "; dmarc=fail header.from=help.example\n" BOB TO "\n",
	  TRUST_L0, 7, 7, 0, 0 },
	/* logged in to our server */
	{ "staff, token, logged in", FOR_BOB,
	  "Authentication-Results: " HOST "; auth=pass smtp.auth=bob@help.example\n" BOB TO "\n",
	  TRUST_L3, 7, 7, true, 0 },
	{ "staff, token, logged in as another", FOR_BOB,
	  "Authentication-Results: " HOST "; auth=pass smtp.auth=col@help.example\n" BOB TO "\n",
	  TRUST_L1, 7, 7, false, 0 },
	{ "staff, token, logged in at another server", FOR_BOB,
	  "Authentication-Results: evil; auth=pass smtp.auth=bob@help.example\n" BOB TO "\n",
	  TRUST_L1, 7, 7, false, 0 },
};

static void make_token(const struct row *row, char token[TOKEN_TEXT_SIZE], char id[TOKEN_ID_MAX])
{
	static const struct token_claim claims[] = {
		[NO_TOKEN] = { 0 },
		[FOR_ANN] = { TOKEN_REPLY, TOKEN_CUSTOMER, 7, SPAN_LITERAL("ann@example.com") },
		[FOR_BOB] = { TOKEN_REPLY, TOKEN_STAFF, 7, SPAN_LITERAL("bob@help.example") },
		[FOR_EVE] = { TOKEN_REPLY, TOKEN_CUSTOMER, 7, SPAN_LITERAL("eve@example.com") },
		[FOR_ANN_STAFF] = { TOKEN_REPLY, TOKEN_STAFF, 7, SPAN_LITERAL("ann@example.com") },
		[FOR_BOB_CUSTOMER] = { TOKEN_REPLY, TOKEN_CUSTOMER, 7,
				       SPAN_LITERAL("bob@help.example") },
		[FOR_BOB_AT_HOME] = { TOKEN_REPLY, TOKEN_STAFF, 7,
				      SPAN_LITERAL("bob@home.example") },
		[FOR_COL] = { TOKEN_REPLY, TOKEN_STAFF, 7, SPAN_LITERAL("col@help.example") },
		[FOR_TEAM] = { TOKEN_REPLY, TOKEN_STAFF, 7, SPAN_LITERAL("team@help.example") },
		[EXPIRED] = { TOKEN_REPLY, TOKEN_CUSTOMER, 7, SPAN_LITERAL("ann@example.com") },
		[BOUNCE] = { TOKEN_BOUNCE, TOKEN_CUSTOMER, 7, { NULL, 0 } },
		[UNSUBSCRIBE] = { TOKEN_UNSUBSCRIBE, TOKEN_CUSTOMER, 0,
				  SPAN_LITERAL("ann@example.com") },
	};
	struct token_claim claim = claims[row->made];
	int64_t at = row->made == EXPIRED ? now - (DAYS + 1) * (int64_t)DAY_S : now;

	token_make(&keys, &claim, at, DAYS, token);
	claim.purpose = TOKEN_MESSAGE_ID;
	token_message_id(&keys, "x", &claim, at, DAYS, SPAN(HOST), id);
}

static struct identity decide(const struct row *row, struct arena *a)
{
	char token[TOKEN_TEXT_SIZE], id[TOKEN_ID_MAX];
	struct header_scan scan;
	struct identity got;
	struct buf mail BUF_AUTO;
	struct span rest = span_of(row->mail);

	make_token(row, token, id);
	buf_init(&mail, 64 * 1024);
	while (rest.n) {
		buf_add(&mail, span_cut(&rest, '%'));
		if (rest.n)
			buf_adds(&mail, rest.p[0] == 'T' ? token : id);
		rest = span_sub(rest, 1, SIZE_MAX);
	}
	header_scan(arena_dup(a, buf_span(&mail)), a, &scan);
	identity_decide(&scan, &(struct identity_world){ &conf, &mailboxes[0], &keys, now, a },
			&got);
	return got;
}

static void levels_come_from_tokens_and_our_server_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct arena a ARENA_AUTO;
		struct identity got;

		arena_init(&a);
		got = decide(row, &a);
		if (got.level != row->level || got.token_case != row->token_case ||
		    got.mentioned_case != row->mentioned ||
		    got.staff_trusted != row->staff_trusted || got.is_own != row->is_own)
			fail_msg("%s: %s (case %lld, mentioned %lld, staff %d, own %d)", row->name,
				 got.why, (long long)got.token_case, (long long)got.mentioned_case,
				 got.staff_trusted, got.is_own);
		assert_memory_equal(got.why, trust_name(got.level), 2);
	}
}

/* A backup from before case 4 was put back: what Ann has of her case 4 is nothing in that of Paul,
 * who has the number now; her case 3 is hers as before. */
static void a_token_of_a_case_that_was_lost_names_no_case(void **state)
{
	static const int64_t numbers[] = { 3, 4 };
	struct token_keys then = keys, after = keys;

	(void)state;
	then.epochs = after.epochs = 1;
	then.epoch[0] = (struct token_epoch){ .has_id = true, .id = "one", .mark = INT64_MAX };
	after.epoch[0] = (struct token_epoch){ .has_id = true, .id = "two", .mark = INT64_MAX };
	after.epoch[after.epochs++] = then.epoch[0];
	after.epoch[1].mark = 3;
	for (size_t i = 0; i < 2; i++) {
		struct token_claim claim = { TOKEN_REPLY, TOKEN_CUSTOMER, numbers[i],
					     SPAN("ann@example.com") };
		char token[TOKEN_TEXT_SIZE], raw[512];
		struct identity_world world = { .conf = &conf, .keys = &after, .now = now };
		struct arena a ARENA_AUTO = { 0 };
		struct header_scan scan;
		struct identity got;

		token_make(&then, &claim, now, DAYS, token);
		snprintf(raw, sizeof(raw),
			 "From: ann@example.com\r\nTo: support+%s@help.example\r\n\r\n", token);
		world.arena = &a;
		header_scan(span_of(raw), &a, &scan);
		identity_decide(&scan, &world, &got);
		assert_int_equal(got.token_valid, numbers[i] == 3);
		assert_int_equal(got.mentioned_case, numbers[i] == 3 ? 3 : 0);
		assert_true(numbers[i] == 3 || strstr(got.why, "before a restore"));
	}
}

static void a_staff_token_of_somebody_else_is_known_as_that(void **state)
{
	static const struct {
		const char *name;
		enum made made;
		const char *mail;
		int64_t number;
		const char *holder;
	} cases[] = {
		{ "home", FOR_BOB, "From: bob@private.example\n" TO "\n", 7, "bob@help.example" },
		{ "list", FOR_TEAM, FROM TO "\n", 7, "team@help.example" },
		{ "list's own address", FOR_TEAM, "From: team@help.example\n" TO "\n", 7,
		  "team@help.example" },
		{ "was staff", FOR_ANN_STAFF, FROM TO "\n", 7, "ann@example.com" },
		{ "id", FOR_BOB, FROM "In-Reply-To: <%I>\n\n", 7, "bob@help.example" },
		{ "in the thread only", FOR_BOB, FROM "References: <%I>\n\n", 0, NULL },
		{ "a customer's", FOR_EVE, FROM TO "\n", 0, NULL },
		{ "their own", FOR_BOB, BOB TO "\n", 0, NULL },
		{ "a colleague's", FOR_COL, BOB TO "\n", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct row row = { .made = cases[i].made, .mail = cases[i].mail };
		struct arena a ARENA_AUTO;
		struct identity got;

		arena_init(&a);
		got = decide(&row, &a);
		if (got.staff_token_case != cases[i].number ||
		    (cases[i].holder && !span_is(got.staff_token_holder, cases[i].holder)))
			fail_msg("%s: case %lld", cases[i].name, (long long)got.staff_token_case);
		if (cases[i].number)
			assert_false(got.token_valid);
	}
}

static void the_mark_of_a_mailbox_proves_mail_from_inside(void **state)
{
	static const char internal[] = "X-Org-AuthAs: Internal\n" FROM "\n";
	struct row row = { "", NO_TOKEN, internal, TRUST_L2, 0, 0, 0, 0 };
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_int_equal(decide(&row, &a).level, TRUST_L0);
	mailboxes[0].internal_mark = "X-Org-AuthAs: Internal";
	assert_int_equal(decide(&row, &a).level, TRUST_L2);
	row.mail = "X-Org-AuthAs: Anonymous\n" FROM "\n";
	assert_int_equal(decide(&row, &a).level, TRUST_L0);
	row.mail = FROM "\nX-Org-AuthAs: Internal\n";
	assert_int_equal(decide(&row, &a).level, TRUST_L0);
	row.mail = "X-Org-AuthAs: Internal\n" AR_FAIL FROM "\n";
	assert_int_equal(decide(&row, &a).level, TRUST_L0);
	mailboxes[0].internal_mark = NULL;
}

static void a_token_is_enough_for_staff_where_the_operator_says_so(void **state)
{
	static const struct row cases[] = {
		{ "token", FOR_BOB, BOB TO "\n", TRUST_L1, 7, 7, true, 0 },
		{ "vouched only", NO_TOKEN, AR_BOB BOB "\n", TRUST_L2, 0, 0, false, 0 },
		{ "a customer's token", FOR_EVE, "From: eve@example.com\n" TO "\n", TRUST_L1, 7, 7,
		  false, 0 },
		{ "nothing", NO_TOKEN, BOB "\n", TRUST_L0, 0, 0, false, 0 },
	};

	(void)state;
	conf.staff_trust = CONF_TRUST_TOKEN;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a ARENA_AUTO;
		struct identity got;

		arena_init(&a);
		got = decide(&cases[i], &a);
		if (got.level != cases[i].level || got.staff_trusted != cases[i].staff_trusted)
			fail_msg("%s: %s", cases[i].name, got.why);
	}
	conf.staff_trust = CONF_TRUST_DMARC;
}

static void a_bounce_finds_its_case_by_the_envelope_sender(void **state)
{
	struct row row = { "",	     BOUNCE, "From: <>\nDelivered-To: support+%T@help.example\n\n",
			   TRUST_L0, 0,	     0,
			   0,	     0 };
	struct arena a ARENA_AUTO;
	struct identity got;

	(void)state;
	arena_init(&a);
	got = decide(&row, &a);
	assert_true(got.bounce_valid);
	assert_int_equal(got.bounce_case, 7);
	assert_int_equal(got.level, TRUST_L0);
	row.made = FOR_ANN;
	assert_false(decide(&row, &a).bounce_valid);
}

static void only_the_person_asked_for_can_unsubscribe(void **state)
{
	struct row row = { "", UNSUBSCRIBE, FROM TO "\n", TRUST_L0, 0, 0, 0, 0 };
	struct arena a ARENA_AUTO;

	(void)state;
	arena_init(&a);
	assert_true(decide(&row, &a).unsubscribe_valid);
	assert_int_equal(decide(&row, &a).level, TRUST_L0);
	row.mail = "From: eve@example.com\n" TO "\n";
	assert_false(decide(&row, &a).unsubscribe_valid);
	row = (struct row){ "", FOR_ANN, FROM TO "\n", TRUST_L1, 7, 7, 0, 0 };
	assert_false(decide(&row, &a).unsubscribe_valid);
}

static bool is_own(const char *fmt, const char *mark, const char *id)
{
	struct arena a ARENA_AUTO;
	struct header_scan scan;
	struct identity got;
	char *mail;

	arena_init(&a);
	mail = arena_printf(&a, "From: %s\nX-Gatewayd: %s\nMessage-ID: <%s>\n\n", fmt, mark, id);
	header_scan(span_of(mail), &a, &scan);
	identity_decide(&scan, &(struct identity_world){ &conf, &mailboxes[0], &keys, now, &a },
			&got);
	return got.is_own;
}

static void our_own_mail_is_known(void **state)
{
	struct token_claim claim = { TOKEN_MESSAGE_ID, TOKEN_CUSTOMER, 7, SPAN("ann@example.com") };
	char mark[TOKEN_TEXT_SIZE], id[TOKEN_ID_MAX];

	(void)state;
	token_message_id(&keys, "x", &claim, now, DAYS, SPAN(HOST), id);
	claim = (struct token_claim){ TOKEN_LOOP, TOKEN_CUSTOMER, 7, span_of(id) };
	token_make(&keys, &claim, now, DAYS, mark);
	assert_true(is_own(OURS, mark, id));
	assert_true(is_own("list@rewritten.example", mark, id)); /* the mark proves it */
	assert_true(is_own(OURS, "", id));			 /* the mark was taken away */
	assert_false(is_own("ann@example.com", "", id));
	assert_false(is_own(OURS, mark, "another@example.com"));
	assert_false(is_own("ann@example.com", mark, "another@example.com"));
}

static void our_addresses_are_those_of_mailboxes_aliases_and_queues(void **state)
{
	(void)state;
	assert_true(identity_address_is_own(&conf, SPAN(OURS)));
	assert_true(identity_address_is_own(&conf, SPAN("Support+x@HELP.example")));
	assert_true(identity_address_is_own(&conf, SPAN("help@help.example")));
	assert_true(identity_address_is_own(&conf, SPAN("emerging@help.example")));
	assert_false(identity_address_is_own(&conf, SPAN("bob@help.example")));
	assert_false(identity_address_is_own(&conf, SPAN("support@other.example")));
	assert_true(identity_domain_is_own(&conf, SPAN("HELP.example")));
	assert_true(identity_domain_is_own(&conf, SPAN("HOME.example"))); /* of a member of staff */
	assert_false(identity_domain_is_own(&conf, SPAN("eu.help.example")));
	assert_false(identity_domain_is_own(&conf, SPAN("other.example")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_come_from_tokens_and_our_server_alone),
		cmocka_unit_test(a_token_of_a_case_that_was_lost_names_no_case),
		cmocka_unit_test(a_staff_token_of_somebody_else_is_known_as_that),
		cmocka_unit_test(the_mark_of_a_mailbox_proves_mail_from_inside),
		cmocka_unit_test(a_token_is_enough_for_staff_where_the_operator_says_so),
		cmocka_unit_test(a_bounce_finds_its_case_by_the_envelope_sender),
		cmocka_unit_test(only_the_person_asked_for_can_unsubscribe),
		cmocka_unit_test(our_own_mail_is_known),
		cmocka_unit_test(our_addresses_are_those_of_mailboxes_aliases_and_queues),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
