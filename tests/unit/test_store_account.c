#include "tests/store/fixture.h"

static void put(struct fixture *f, const char *id)
{
	struct store_account a = { .id = span_of(id),
				   .name = SPAN("An account"),
				   .entitled = true };

	OK(f, store_account_put(f->s, &a, &f->e));
}

static void put_contact(struct fixture *f, const char *address, const char *account)
{
	struct store_contact c = { .address = span_of(address),
				   .name = SPAN("Ann"),
				   .account = span_of(account),
				   .language = SPAN("fr"),
				   .company = true };

	OK(f, store_contact_put(f->s, &c, &f->e));
}

static void an_account_put_again_keeps_what_hangs_on_it(void **state)
{
	struct fixture *f = *state;
	struct store_account a = { .id = SPAN("acme"),
				   .name = SPAN("Acme's"),
				   .package = SPAN("standard"),
				   .reseller = SPAN("big"),
				   .parent = SPAN("top"),
				   .flags = SPAN("self-service vip"),
				   .origin = SPAN("pre-sales"),
				   .contact_name = SPAN("Ann"),
				   .language = SPAN("ja") },
			     got, *v;
	struct store_contact *contacts;
	size_t n;

	begin(f);
	put(f, "acme");
	put_contact(f, "ann@acme.example", "acme");
	OK(f, store_account_put(f->s, &a, &f->e));
	put(f, "aaa");
	commit(f);
	OK(f, store_account_get(f->s, SPAN("acme"), &f->a, &got, &f->e));
	assert_true(span_is(got.name, "Acme's") && span_is(got.package, "standard"));
	assert_true(span_is(got.reseller, "big") && span_is(got.parent, "top"));
	assert_true(span_is(got.flags, "self-service vip") && !got.entitled);
	assert_true(span_is(got.contact_name, "Ann") && span_is(got.id, "acme"));
	assert_true(span_is(got.language, "ja") && span_is(got.origin, "pre-sales"));
	OK(f, store_account_get(f->s, SPAN("none"), &f->a, &got, &f->e));
	assert_null(got.id.p);
	OK(f, store_account_list(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && span_is(v[0].id, "aaa") && v[0].entitled);
	OK(f, store_contact_list(f->s, SPAN("acme"), &f->a, &contacts, &n, &f->e));
	assert_true(n == 1 && span_is(contacts[0].address, "ann@acme.example"));
	assert_true(span_is(contacts[0].language, "fr"));
}

static void an_address_finds_by_contact_then_by_domain(void **state)
{
	static const struct {
		const char *address;
		bool domain_too;
		const char *account; /* NULL: none */
		bool contact;
	} rows[] = {
		{ "ann@acme.example", true, "shop", true },
		{ "ANN@Acme.Example", false, "shop", true },
		{ "joe@acme.example", true, "acme", false },
		{ "joe@ACME.example", true, "acme", false },
		{ "joe@acme.example", false, NULL, false },
		{ "joe@sub.acme.example", true, NULL, false },
		{ "\"x@acme.example\"@other.example", true, NULL, false },
		{ "acme.example", true, NULL, false },
		{ "@", true, NULL, false },
		{ "", true, NULL, false },
	};
	struct fixture *f = *state;

	begin(f);
	put(f, "acme");
	put(f, "shop");
	OK(f, store_domain_put(f->s, SPAN("Acme.example"), SPAN("acme"), &f->e));
	put_contact(f, "Ann@acme.example", "acme");
	put_contact(f, "ann@acme.example", "shop"); /* moved */
	commit(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_account account;
		struct store_contact contact;

		OK(f, store_account_by_address(f->s, span_of(rows[i].address), rows[i].domain_too,
					       &f->a, &account, &contact, &f->e));
		if (rows[i].account)
			assert_true(span_is(account.id, rows[i].account));
		else
			assert_null(account.id.p);
		assert_int_equal(contact.address.p != NULL, rows[i].contact);
		if (rows[i].contact)
			assert_true(span_is(contact.account, "shop") && contact.company);
	}
}

static void removing_an_account_takes_all_but_the_optouts(void **state)
{
	struct fixture *f = *state;
	struct store_contract contract = { .account = SPAN("acme"),
					   .kind = SPAN("technical"),
					   .clock = SPAN("initial"),
					   .target = SPAN("5s"),
					   .from_at = INSTANT_NONE,
					   .until_at = INSTANT_NONE },
			      *contracts;
	struct store_property property = { .account = SPAN("acme"),
					   .name = SPAN("www"),
					   .live_at = NOW,
					   .told_at = INSTANT_NONE },
			      *properties;
	struct store_contact *contacts;
	struct span *domains;
	bool has = false;
	size_t n;

	begin(f);
	put(f, "acme");
	put_contact(f, "ann@acme.example", "acme");
	OK(f, store_domain_put(f->s, SPAN("acme.example"), SPAN("acme"), &f->e));
	OK(f, store_contract_put(f->s, &contract, &f->e));
	OK(f, store_property_put(f->s, &property, &f->e));
	OK(f, store_optout_add(f->s, SPAN("Ann@acme.example"), NOW, SPAN("mail"), &f->e));
	OK(f, store_account_remove(f->s, SPAN("acme"), &f->e));
	OK(f, store_account_remove(f->s, SPAN("acme"), &f->e));
	commit(f);
	OK(f, store_contact_list(f->s, SPAN(""), &f->a, &contacts, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_domain_list(f->s, SPAN("acme"), &f->a, &domains, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_contract_list(f->s, SPAN("acme"), &f->a, &contracts, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_property_list(f->s, &f->a, &properties, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_optout_has(f->s, SPAN("ann@ACME.example"), &has, &f->e));
	assert_true(has);
	OK(f, store_optout_has(f->s, SPAN("joe@acme.example"), &has, &f->e));
	assert_false(has);
}

static void what_hangs_on_no_account_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_contact c = { .address = SPAN("x@y"), .account = SPAN("none") };

	begin(f);
	REFUSED(f, ERR_PERM, store_contact_put(f->s, &c, &f->e));
	store_rollback(f->s);
	begin(f);
	REFUSED(f, ERR_PERM, store_domain_put(f->s, SPAN("y"), SPAN("none"), &f->e));
}

static void contracts_keep_every_field(void **state)
{
	struct fixture *f = *state;
	struct store_contract c = { .account = SPAN("acme"),
				    .kind = SPAN("technical"),
				    .severity = 2,
				    .clock = SPAN("initial"),
				    .target = SPAN("1 business day"),
				    .from_at = NOW,
				    .until_at = INSTANT_NONE,
				    .source = SPAN("accounts.csv:7") },
			      *v;
	size_t n;

	begin(f);
	put(f, "acme");
	OK(f, store_contract_put(f->s, &c, &f->e));
	OK(f, store_contract_put(f->s, &c, &f->e));
	OK(f, store_contract_list(f->s, c.account, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	c.id = v[1].id;
	c.severity = 0;
	OK(f, store_contract_put(f->s, &c, &f->e));
	commit(f);
	OK(f, store_contract_list(f->s, c.account, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && v[0].severity == 2 && v[1].severity == 0);
	assert_true(span_is(v[0].kind, "technical") && span_is(v[0].clock, "initial"));
	assert_true(span_is(v[0].target, "1 business day") && v[0].from_at == NOW);
	assert_true(v[0].until_at == INSTANT_NONE && span_is(v[0].source, "accounts.csv:7"));
}

static void put_property(struct fixture *f, const char *name, int64_t live_at)
{
	const struct store_property p = { .account = SPAN("acme"),
					  .name = span_of(name),
					  .live_at = live_at,
					  .told_at = INSTANT_NONE };

	OK(f, store_property_put(f->s, &p, &f->e));
}

static size_t due_accounts(struct fixture *f, int64_t live_before, int64_t last_before)
{
	struct span *accounts;
	size_t n;

	OK(f, store_recommend_due(f->s, live_before, last_before, 9, &f->a, &accounts, &n, &f->e));
	return n;
}

static int64_t next_due(struct fixture *f)
{
	int64_t at = 0;

	OK(f, store_recommend_next(f->s, 10, 100, &at, &f->e));
	return at;
}

static void an_account_is_due_once_a_property_was_live_long_enough(void **state)
{
	struct fixture *f = *state;
	struct store_property got;

	assert_true(next_due(f) == INSTANT_NONE);
	begin(f);
	put(f, "acme");
	put_property(f, "late", NOW + 1);
	put_property(f, "just", NOW);
	put_property(f, "not live", INSTANT_NONE);
	commit(f);
	assert_int_equal(next_due(f), NOW + 10);
	assert_int_equal(due_accounts(f, NOW - 1, NOW), 0);
	assert_int_equal(due_accounts(f, NOW, NOW), 1);
	begin(f);
	OK(f, store_recommend_told(f->s, SPAN("acme"), NOW, true, NOW, &f->e));
	commit(f);
	/* "late" waits for the pause behind that mail. */
	assert_int_equal(next_due(f), NOW + 100);
	assert_int_equal(due_accounts(f, NOW + 1, NOW - 1), 0);
	assert_int_equal(due_accounts(f, NOW + 1, NOW), 1);
	OK(f, store_property_get(f->s, SPAN("acme"), SPAN("just"), &f->a, &got, &f->e));
	assert_true(got.told_at == NOW && got.live_at == NOW);
	OK(f, store_property_get(f->s, SPAN("acme"), SPAN("none"), &f->a, &got, &f->e));
	assert_null(got.name.p);
}

static void what_is_imported_later_makes_its_property_due_again(void **state)
{
	struct fixture *f = *state;
	struct store_recommendation r = { .account = SPAN("acme"),
					  .property = SPAN("www"),
					  .title = SPAN("one"),
					  .link = SPAN("https://a.test/"),
					  .state = SPAN("open"),
					  .at = NOW },
				    *v;
	size_t n;

	begin(f);
	put(f, "acme");
	put_property(f, "www", NOW);
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	OK(f, store_recommend_told(f->s, SPAN("acme"), NOW, true, NOW, &f->e));
	OK(f, store_recommendation_add(f->s, &r, &f->e)); /* sent already */
	OK(f, store_recommend_again(f->s, SPAN("acme"), SPAN("www"), &f->e));
	assert_int_equal(due_accounts(f, NOW, NOW), 0);
	r.title = SPAN("two");
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	OK(f, store_recommend_again(f->s, SPAN("acme"), SPAN("www"), &f->e));
	commit(f);
	assert_int_equal(due_accounts(f, NOW, NOW), 1);
	OK(f, store_recommend_list(f->s, SPAN("acme"), NOW, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].title, "two"));
}

static void recommendations_are_not_sent_again_by_an_import(void **state)
{
	struct fixture *f = *state;
	struct store_recommendation r = { .account = SPAN("acme"),
					  .property = SPAN("www"),
					  .title = SPAN("Cache more"),
					  .link = SPAN("https://x/"),
					  .state = SPAN("open"),
					  .at = NOW },
				    *v;
	size_t n;

	begin(f);
	put(f, "acme");
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	r.property = SPAN("api");
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	OK(f, store_recommendation_state(f->s, r.account, SPAN("api"), SPAN("open"), SPAN("sent"),
					 NOW + 1, &f->e));
	OK(f, store_recommendation_state(f->s, r.account, SPAN("www"), SPAN("open"),
					 SPAN("dropped"), NOW + 1, &f->e));
	r.at = NOW + 2;
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	r.property = SPAN("www");
	OK(f, store_recommendation_add(f->s, &r, &f->e));
	commit(f);
	OK(f, store_recommendation_list(f->s, SPAN(""), SPAN(""), &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_is(v[0].property, "api") && span_is(v[0].state, "sent"));
	assert_int_equal(v[0].at, NOW + 1);
	assert_true(span_is(v[1].property, "www") && span_is(v[1].state, "open"));
	assert_true(v[1].at == NOW + 2 && span_is(v[1].link, "https://x/"));
	begin(f); /* only from the state named */
	OK(f, store_recommendation_state(f->s, r.account, SPAN("www"), SPAN("sent"),
					 SPAN("dropped"), NOW + 3, &f->e));
	commit(f);
	OK(f, store_recommendation_list(f->s, SPAN("acme"), SPAN("www"), &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].title, "Cache more") && span_is(v[0].state, "open"));
	OK(f, store_recommendation_list(f->s, SPAN(""), SPAN("api"), &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
}

static void domains_are_found_by_their_size(void **state)
{
	struct fixture *f = *state;
	struct span *domains;
	bool has = false;
	size_t n;

	begin(f);
	put(f, "acme");
	OK(f, store_domain_put(f->s, SPAN("acme.example"), SPAN("acme"), &f->e));
	OK(f, store_domain_put(f->s, SPAN("acme-networks.example"), SPAN("acme"), &f->e));
	commit(f);
	OK(f, store_domain_sized(f->s, 12, 13, &f->a, &domains, &n, &f->e));
	assert_true(n == 1 && span_is(domains[0], "acme.example"));
	OK(f, store_domain_sized(f->s, 13, 20, &f->a, &domains, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_domain_has(f->s, SPAN("ACME.example"), &has, &f->e));
	assert_true(has);
	OK(f, store_domain_has(f->s, SPAN("cme.example"), &has, &f->e));
	assert_false(has);
}

/* Which of them are found: the contact, the domain, the domain of that size, the dead address. */
static void found_are(struct fixture *f, const char *wanted)
{
	struct store_account by_contact, by_domain;
	struct store_contact ignored;
	struct store_dead dead;
	struct span *domains;
	char found[5] = "----";
	size_t n;

	OK(f, store_account_by_address(f->s, SPAN("ann@other.example"), true, &f->a, &by_contact,
				       &ignored, &f->e));
	OK(f, store_account_by_address(f->s, SPAN("bob@acme.example"), true, &f->a, &by_domain,
				       &ignored, &f->e));
	OK(f, store_domain_sized(f->s, 12, 12, &f->a, &domains, &n, &f->e));
	OK(f, store_dead_get(f->s, SPAN("ann@other.example"), NOW, &f->a, &dead, &f->e));
	found[0] = by_contact.id.n ? 'c' : '-';
	found[1] = by_domain.id.n ? 'd' : '-';
	found[2] = n ? 's' : '-';
	found[3] = dead.address.n ? 'x' : '-';
	assert_string_equal(found, wanted);
}

static void put_all(struct fixture *f)
{
	struct store_dead dead = { SPAN("ann@other.example"), NOW, NOW + 9, SPAN("gone") };

	put(f, "acme");
	put_contact(f, "ann@other.example", "acme");
	OK(f, store_domain_put(f->s, SPAN("acme.example"), SPAN("acme"), &f->e));
	OK(f, store_dead_put(f->s, &dead, &f->e));
}

static void remove_all(struct fixture *f)
{
	bool there;

	OK(f, store_account_remove(f->s, SPAN("acme"), &f->e));
	OK(f, store_dead_forget(f->s, SPAN("ann@other.example"), &there, &f->e));
	assert_true(there);
}

/* That there is nothing is known, until something is written or what was taken away comes back. */
static void what_comes_where_nothing_was_is_found(void **state)
{
	struct fixture *f = *state;

	found_are(f, "----");
	begin(f);
	found_are(f, "----");
	put_all(f);
	found_are(f, "cdsx");
	store_rollback(f->s);
	found_are(f, "----");
	begin(f);
	put_all(f);
	commit(f);
	found_are(f, "cdsx");
	begin(f);
	remove_all(f);
	found_are(f, "----");
	store_rollback(f->s);
	found_are(f, "cdsx");
	begin(f);
	OK(f, store_mark(f->s, &f->e));
	remove_all(f);
	found_are(f, "----");
	OK(f, store_back_to_mark(f->s, &f->e));
	found_are(f, "cdsx");
	remove_all(f);
	commit(f);
	found_are(f, "----");
	put(f, "acme");
	put_contact(f, "ann@other.example", "acme");
	found_are(f, "c---");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(an_account_put_again_keeps_what_hangs_on_it),
		STORE_TEST(domains_are_found_by_their_size),
		STORE_TEST(an_address_finds_by_contact_then_by_domain),
		STORE_TEST(removing_an_account_takes_all_but_the_optouts),
		STORE_TEST(what_hangs_on_no_account_is_refused),
		STORE_TEST(contracts_keep_every_field),
		STORE_TEST(an_account_is_due_once_a_property_was_live_long_enough),
		STORE_TEST(what_is_imported_later_makes_its_property_due_again),
		STORE_TEST(recommendations_are_not_sent_again_by_an_import),
		STORE_TEST(what_comes_where_nothing_was_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
