#include "gatewayd/base/mem.h"
#include "tests/store/fixture.h"

static void every_field_of_a_case_comes_back(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case(), got;

	c.severity_requested = 1;
	c.account = SPAN("acme");
	c.behalf = SPAN("shop");
	c.reseller = SPAN("big");
	c.top_visible = true;
	c.owner = SPAN("bob");
	c.rule = SPAN("how-to");
	c.resource = SPAN("community");
	c.language = SPAN("es");
	c.priority = -2;
	begin(f);
	c.number = open_case(f, &c);
	assert_int_equal(c.number, 1);
	c.state = CASE_WAITING;
	c.subject = SPAN("");
	c.severity = 2;
	c.language = SPAN("de");
	c.updated_at = NOW + 5;
	c.opened_at = 0; /* is not written again */
	OK(f, store_case_update(f->s, &c, &f->e));
	commit(f);
	OK(f, store_case_get(f->s, c.number, &f->a, &got, &f->e));
	assert_true(span_is(got.queue, "technical") && span_is(got.kind, "technical"));
	assert_true(span_is(got.channel, "email") && got.severity == 2);
	assert_true(got.severity_requested == 1 && got.state == CASE_WAITING);
	assert_true(span_is(got.subject, "") && span_is(got.requester_name, "Ann"));
	assert_true(span_is(got.requester_address, "ann@example.com"));
	assert_true(span_is(got.account, "acme") && span_is(got.behalf, "shop"));
	assert_true(span_is(got.reseller, "big") && got.top_visible && span_is(got.owner, "bob"));
	assert_true(span_is(got.rule, "how-to") && span_is(got.resource, "community"));
	assert_true(got.priority == -2 && got.opened_at == NOW && got.updated_at == NOW + 5);
	assert_int_equal(got.merged_into, 0);
	assert_true(span_is(got.language, "de"));
}

static bool are_same(const struct store_case *a, const struct store_case *b)
{
	return a->number == b->number && a->severity == b->severity &&
	       a->severity_requested == b->severity_requested && a->state == b->state &&
	       a->top_visible == b->top_visible && a->priority == b->priority &&
	       a->opened_at == b->opened_at && a->updated_at == b->updated_at &&
	       a->merged_into == b->merged_into && span_eq(a->queue, b->queue) &&
	       span_eq(a->kind, b->kind) && span_eq(a->channel, b->channel) &&
	       span_eq(a->subject, b->subject) && span_eq(a->requester_name, b->requester_name) &&
	       span_eq(a->requester_address, b->requester_address) &&
	       span_eq(a->account, b->account) && span_eq(a->behalf, b->behalf) &&
	       span_eq(a->reseller, b->reseller) && span_eq(a->owner, b->owner) &&
	       span_eq(a->rule, b->rule) && span_eq(a->resource, b->resource) &&
	       span_eq(a->language, b->language) && span_eq(a->written_to, b->written_to);
}

/* The fields of a case, one after another; false: it has no more. */
static bool change_field(struct store_case *c, size_t i)
{
	struct span *const texts[] = { &c->queue,    &c->kind,		 &c->channel,
				       &c->subject,  &c->requester_name, &c->requester_address,
				       &c->account,  &c->behalf,	 &c->reseller,
				       &c->owner,    &c->rule,		 &c->resource,
				       &c->language, &c->written_to };
	int *const numbers[] = { &c->severity, &c->severity_requested, &c->priority };
	enum {
		TEXTS = sizeof(texts) / sizeof(*texts),
		NUMBERS = sizeof(numbers) / sizeof(*numbers)
	};

	if (i < TEXTS)
		*texts[i] = SPAN("another");
	else if (i < TEXTS + NUMBERS)
		++*numbers[i - TEXTS];
	else if (i == TEXTS + NUMBERS)
		c->state = CASE_RESOLVED;
	else if (i == TEXTS + NUMBERS + 1)
		c->top_visible = true;
	else if (i == TEXTS + NUMBERS + 2)
		c->merged_into = 1;
	return i <= TEXTS + NUMBERS + 3; /* the last is the time alone */
}

/* A transaction knows what it read or wrote last, and writes where that differs. */
static void each_field_of_a_case_is_written_where_it_was_read_before(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case(), got;

	begin(f);
	open_case(f, &c);
	c.number = open_case(f, &c);
	for (size_t i = 0; change_field(&c, i); i++) {
		c.updated_at = NOW + 1 + (int64_t)i;
		OK(f, store_case_update(f->s, &c, &f->e));
		commit(f);
		begin(f);
		OK(f, store_case_get(f->s, c.number, &f->a, &got, &f->e));
		assert_true(are_same(&got, &c));
	}
	OK(f, store_case_get(f->s, 1, &f->a, &got, &f->e));
	assert_true(span_is(got.queue, "technical") && got.updated_at == NOW);
	commit(f);
}

static void a_case_that_is_not_there_is_said_so(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case(), got;

	REFUSED(f, ERR_PERM, store_case_get(f->s, 1, &f->a, &got, &f->e));
	c.number = 1;
	begin(f);
	REFUSED(f, ERR_PERM, store_case_update(f->s, &c, &f->e));
	commit(f);
}

static void a_merged_case_leads_to_where_all_ended(void **state)
{
	enum { MERGES = 40 };
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t root;

	begin(f);
	for (int i = 0; i <= MERGES; i++)
		open_case(f, &c);
	for (c.number = 1; c.number <= MERGES; c.number++) {
		c.merged_into = c.number + 1;
		OK(f, store_case_update(f->s, &c, &f->e));
	}
	commit(f);
	OK(f, store_case_root(f->s, 1, &root, &f->e));
	assert_int_equal(root, MERGES + 1);
	OK(f, store_case_root(f->s, MERGES + 1, &root, &f->e));
	assert_int_equal(root, MERGES + 1);
	REFUSED(f, ERR_PERM, store_case_root(f->s, MERGES + 2, &root, &f->e));
}

/* Numbers of the cases a filter finds, as a text: "5 3 1". */
static const char *found(struct fixture *f, struct store_case_filter filter)
{
	struct store_case *v;
	struct buf out;
	const char *text;
	size_t n;

	OK(f, store_case_list(f->s, &filter, &f->a, &v, &n, &f->e));
	buf_init(&out, 1000);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%d", i ? " " : "", (int)v[i].number);
	text = arena_cstr(&f->a, buf_span(&out));
	buf_release(&out);
	return text;
}

static void fill(struct fixture *f)
{
	static const struct {
		const char *queue, *owner, *requester, *account, *behalf;
		bool top;
		enum case_state state;
	} rows[] = {
		{ "technical", "", "ann@example.com", "acme", "", false, CASE_NEW },
		{ "technical", "bob", "Ann@Example.COM", "acme", "shop", false, CASE_OPEN },
		{ "billing", "bob", "joe@example.com", "acme", "shop", true, CASE_WAITING },
		{ "billing", "bob", "ann@example.com", "shop", "", false, CASE_RESOLVED },
		{ "technical", "eve", "ann@example.com", "", "", false, CASE_CLOSED },
	};

	begin(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_case c = a_case();

		c.queue = span_of(rows[i].queue);
		c.owner = span_of(rows[i].owner);
		c.requester_address = span_of(rows[i].requester);
		c.account = span_of(rows[i].account);
		c.behalf = span_of(rows[i].behalf);
		c.top_visible = rows[i].top;
		c.state = rows[i].state;
		open_case(f, &c);
	}
	commit(f);
}

static void lists_take_every_mixture_of_filters(void **state)
{
	static const struct {
		struct store_case_filter filter;
		const char *numbers;
	} rows[] = {
		{ { 0 }, "5 4 3 2 1" },
		{ { .limit = 2 }, "5 4" },
		{ { .limit = 2, .before = 4 }, "3 2" },
		{ { .open_only = true }, "3 2 1" },
		{ { .closed_only = true }, "5 4" },
		{ { .open_only = true, .limit = 1 }, "3" },
		{ { .queue = SPAN_LITERAL("technical") }, "5 2 1" },
		{ { .queue = SPAN_LITERAL("technical"), .open_only = true }, "2 1" },
		{ { .queue = SPAN_LITERAL("technical"), .closed_only = true }, "5" },
		{ { .owner = SPAN_LITERAL("bob") }, "4 3 2" },
		{ { .owner = SPAN_LITERAL("bob"), .open_only = true }, "3 2" },
		{ { .owner = SPAN_LITERAL("bob"), .queue = SPAN_LITERAL("billing") }, "4 3" },
		{ { .requester = SPAN_LITERAL("ANN@example.com") }, "5 4 2 1" },
		{ { .requester = SPAN_LITERAL("ann@example.com"), .open_only = true }, "2 1" },
		{ { .requester = SPAN_LITERAL("ann@example.com"), .owner = SPAN_LITERAL("bob") },
		  "4 2" },
		{ { .account = SPAN_LITERAL("acme") }, "3 2 1" },
		{ { .account = SPAN_LITERAL("shop") }, "4 2" },
		{ { .account = SPAN_LITERAL("shop"), .open_only = true }, "2" },
		{ { .account = SPAN_LITERAL("shop"), .before = 4 }, "2" },
		{ { .queue = SPAN_LITERAL("' OR 1=1 --") }, "" },
	};
	struct fixture *f = *state;

	fill(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(found(f, rows[i].filter), rows[i].numbers);
}

static void add_person(struct fixture *f, int64_t number, const char *address, const char *name)
{
	struct store_person p = { span_of(address), span_of(name), ORIGIN_STAFF };

	OK(f, store_participant_add(f->s, number, &p, &f->e));
}

static size_t people_of(struct fixture *f, int64_t number)
{
	struct store_person *v;
	size_t n;

	OK(f, store_participant_list(f->s, number, &f->a, &v, &n, &f->e));
	return n;
}

static size_t links_of(struct fixture *f, int64_t number)
{
	struct store_link *v;
	size_t n;

	OK(f, store_link_list(f->s, number, &f->a, &v, &n, &f->e));
	return n;
}

static enum participant_role role_of(struct fixture *f, int64_t number, const char *address)
{
	enum participant_role role;

	OK(f, store_participant_role(f->s, number, span_of(address), &role, &f->e));
	return role;
}

/* What the transaction that makes a case knows of it without asking. */
static void a_case_that_is_made_has_nobody_until_somebody_is_put_in(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case(), other = a_case();
	struct store_person joe = { SPAN("joe@example.com"), SPAN(""), ORIGIN_NAMED };
	struct store_link l = { .kind = LINK_FOLLOWS, .at = NOW };

	begin(f);
	other.requester_address = SPAN("bob@example.com");
	l.number = open_case(f, &other);
	other.requester_address = SPAN("Ann@Example.com");
	OK(f, store_participant_add(f->s, l.number, &joe, &f->e));
	OK(f, store_mark(f->s, &f->e));
	l.other = c.number = open_case(f, &c);
	OK(f, store_back_to_mark(f->s, &f->e));
	l.other = c.number = open_case(f, &other);
	assert_int_equal(people_of(f, c.number), 0);
	assert_int_equal(links_of(f, c.number), 0);
	assert_int_equal(people_of(f, l.number), 1);
	assert_int_equal(role_of(f, c.number, "ann@EXAMPLE.com"), ROLE_REQUESTER);
	assert_int_equal(role_of(f, l.number, "ann@example.com"), ROLE_NONE);
	assert_int_equal(role_of(f, c.number, "joe@example.com"), ROLE_NONE);
	assert_int_equal(role_of(f, c.number, ""), ROLE_NONE);
	OK(f, store_participant_copy(f->s, l.number, c.number, &f->e));
	OK(f, store_link_add(f->s, &l, &f->e));
	assert_int_equal(people_of(f, c.number), 1);
	assert_int_equal(links_of(f, c.number), 1);
	assert_int_equal(role_of(f, c.number, "joe@example.com"), ROLE_PARTICIPANT);
	other.number = c.number;
	other.requester_address = SPAN("eve@example.com");
	OK(f, store_case_update(f->s, &other, &f->e));
	assert_int_equal(role_of(f, c.number, "ann@example.com"), ROLE_NONE);
	commit(f);
}

static void participants_are_found_in_any_case(void **state)
{
	static const struct {
		const char *address;
		enum participant_role role;
	} rows[] = {
		{ "ann@example.com", ROLE_REQUESTER },	 { "ANN@EXAMPLE.com", ROLE_REQUESTER },
		{ "joe@example.com", ROLE_PARTICIPANT }, { "Joe@Example.COM", ROLE_PARTICIPANT },
		{ "joe@example.co", ROLE_NONE },	 { "", ROLE_NONE },
		{ "%@example.com", ROLE_NONE },		 { "' OR '1'='1", ROLE_NONE },
	};
	struct fixture *f = *state;
	struct store_case c = a_case();
	enum participant_role role;
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	add_person(f, number, "joe@Example.com", "Joe");
	add_person(f, number, "JOE@example.com", "");
	c.requester_address = SPAN("");
	open_case(f, &c);
	commit(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		OK(f, store_participant_role(f->s, number, span_of(rows[i].address), &role, &f->e));
		assert_int_equal(role, rows[i].role);
		OK(f, store_participant_role(f->s, number + 1, span_of(rows[i].address), &role,
					     &f->e));
		assert_int_equal(role, ROLE_NONE);
	}
}

static void put_account(struct fixture *f)
{
	struct store_account acme = { .id = SPAN("acme"),
				      .name = SPAN(""),
				      .package = SPAN(""),
				      .reseller = SPAN(""),
				      .parent = SPAN(""),
				      .flags = SPAN(""),
				      .contact_name = SPAN(""),
				      .language = SPAN("") };

	OK(f, store_account_put(f->s, &acme, &f->e));
}

static void put_contact(struct fixture *f, const char *address, const char *person)
{
	struct store_contact c = { .address = span_of(address),
				   .name = SPAN(""),
				   .account = SPAN("acme"),
				   .language = SPAN(""),
				   .person = span_of(person) };

	OK(f, store_contact_put(f->s, &c, &f->e));
}

static void a_contact_is_one_person_at_all_their_addresses(void **state)
{
	static const struct {
		const char *address;
		enum participant_role role;
	} rows[] = {
		{ "ann@home.example", ROLE_REQUESTER },
		{ "joe@home.example", ROLE_PARTICIPANT },
		{ "lone@example.com", ROLE_NONE },
		{ "other@home.example", ROLE_NONE },
	};
	struct fixture *f = *state;
	struct store_case c = a_case();
	enum participant_role role;
	int64_t number;

	begin(f);
	put_account(f);
	put_contact(f, "ann@example.com", "ann@example.com");
	put_contact(f, "ann@home.example", "ann@example.com");
	put_contact(f, "joe@example.com", "joe@example.com");
	put_contact(f, "joe@home.example", "joe@example.com");
	put_contact(f, "lone@example.com", "");
	number = open_case(f, &c);
	add_person(f, number, "Joe@example.com", "");
	add_person(f, number, "alone@example.com", "");
	commit(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		OK(f, store_participant_role(f->s, number, span_of(rows[i].address), &role, &f->e));
		assert_int_equal(role, rows[i].role);
	}
}

/* In the transaction that opens the case and has asked of the one address or of the other. */
static void a_contact_is_one_person_in_a_new_case(void **state)
{
	static const struct {
		const char *person, *asked;
		enum participant_role role;
	} rows[] = {
		{ "ann", "ann@example.com", ROLE_REQUESTER },
		{ "ann", "ann@home.example", ROLE_REQUESTER },
		{ "", "ann@example.com", ROLE_NONE },
		{ "", "ann@home.example", ROLE_NONE },
	};
	struct fixture *f = *state;
	struct store_case c = a_case();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_account account;
		struct store_contact contact;
		enum participant_role role;
		int64_t number;

		begin(f);
		put_account(f);
		put_contact(f, "ann@example.com", rows[i].person);
		put_contact(f, "ann@home.example", rows[i].person);
		number = open_case(f, &c);
		OK(f, store_account_by_address(f->s, span_of(rows[i].asked), false, &f->a, &account,
					       &contact, &f->e));
		OK(f, store_participant_role(f->s, number, SPAN("ANN@home.example"), &role, &f->e));
		assert_int_equal(role, rows[i].role);
		add_person(f, number, "ann@Home.example", "Ann");
		OK(f, store_participant_role(f->s, number, SPAN("ANN@home.example"), &role, &f->e));
		assert_int_not_equal(role, ROLE_NONE);
		store_rollback(f->s);
	}
}

static void participants_are_listed_without_the_requester(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_person *v, nobody = { SPAN("x@y"), SPAN(""), ORIGIN_NAMED };
	int64_t number, other;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	other = open_case(f, &c);
	add_person(f, number, "zoe@example.com", "Zoe");
	add_person(f, number, "ANN@example.com", "Ann");
	add_person(f, number, "joe@example.com", "");
	add_person(f, number, "Zoe@example.com", "");
	add_person(f, other, "zoe@example.com", "Z.");
	OK(f, store_participant_copy(f->s, number, other, &f->e));
	OK(f, store_participant_remove(f->s, other, SPAN("JOE@example.com"), &f->e));
	commit(f);
	OK(f, store_participant_list(f->s, number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(span_is(v[0].address, "zoe@example.com") && span_is(v[0].name, "Zoe"));
	assert_true(span_is(v[1].address, "joe@example.com") && span_is(v[1].name, ""));
	assert_int_equal(v[0].origin, ORIGIN_STAFF);
	OK(f, store_participant_list(f->s, other, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	assert_true(span_is(v[0].name, "Z."));
	begin(f);
	REFUSED(f, ERR_PERM, store_participant_add(f->s, 99, &nobody, &f->e));
}

static enum reach reach_of(struct fixture *f, int64_t number, const char *address)
{
	enum reach level;

	OK(f, store_reach_get(f->s, number, span_of(address), &level, &f->e));
	return level;
}

static void what_is_known_of_an_address_is_never_taken_back(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	c.reach = REACH_UNPROVEN;
	begin(f);
	number = open_case(f, &c);
	assert_int_equal(reach_of(f, number, "ANN@example.com"), REACH_UNPROVEN);
	assert_int_equal(reach_of(f, number, "bob@example.com"), REACH_UNKNOWN);
	assert_int_equal(reach_of(f, number, ""), REACH_UNKNOWN);
	assert_int_equal(reach_of(f, open_case(f, &c) + 1, "ann@example.com"), REACH_UNKNOWN);
	for (enum reach level = REACH_NOBODY; level <= REACH_PROVEN; level++) {
		OK(f, store_reach_raise(f->s, number, SPAN("Ann@example.com"), level, &f->e));
		OK(f, store_reach_raise(f->s, number, SPAN("Bob@example.com"), level, &f->e));
		assert_int_equal(reach_of(f, number, "ann@example.com"),
				 level < REACH_UNPROVEN ? REACH_UNPROVEN : level);
		assert_int_equal(reach_of(f, number, "bob@example.com"), level);
	}
	OK(f, store_reach_raise(f->s, number, SPAN("ann@example.com"), REACH_NOBODY, &f->e));
	OK(f, store_reach_raise(f->s, number, SPAN("bob@example.com"), REACH_NOBODY, &f->e));
	assert_int_equal(reach_of(f, number, "ann@example.com"), REACH_PROVEN);
	assert_int_equal(reach_of(f, number, "bob@example.com"), REACH_PROVEN);
	commit(f);
}

/* In the transaction that opened it, and in a later one. */
static void what_is_known_of_a_requester_stays_theirs(void **state)
{
	struct fixture *f = *state;

	for (int later = 0; later < 2; later++) {
		struct store_case c = a_case();

		c.reach = REACH_PROVEN;
		begin(f);
		c.number = open_case(f, &c);
		if (later) {
			commit(f);
			begin(f);
		}
		c.subject = SPAN("another");
		OK(f, store_case_update(f->s, &c, &f->e));
		assert_int_equal(reach_of(f, c.number, "ann@example.com"), REACH_PROVEN);
		c.requester_address = SPAN("bob@example.com");
		OK(f, store_case_update(f->s, &c, &f->e));
		assert_int_equal(reach_of(f, c.number, "ann@example.com"), REACH_PROVEN);
		assert_int_equal(reach_of(f, c.number, "bob@example.com"), REACH_UNKNOWN);
		c.requester_address = SPAN("");
		OK(f, store_case_update(f->s, &c, &f->e));
		assert_int_equal(reach_of(f, c.number, ""), REACH_UNKNOWN);
		commit(f);
		assert_int_equal(reach_of(f, c.number, "Ann@example.com"), REACH_PROVEN);
	}
}

static void what_is_known_of_a_requester_goes_with_them(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();

	c.reach = REACH_PROVEN;
	begin(f);
	c.number = open_case(f, &c);
	OK(f, store_person_case(f->s, c.number, SPAN("s"), SPAN("n"), SPAN(""), SPAN(""), &f->e));
	assert_int_equal(reach_of(f, c.number, ""), REACH_UNKNOWN);
	assert_int_equal(reach_of(f, c.number, "ann@example.com"), REACH_UNKNOWN);
	commit(f);
}

static void counts_cases(struct fixture *f, int64_t cases, int64_t open)
{
	struct store_counts counts;

	OK(f, store_count(f->s, &counts, &f->e));
	assert_int_equal(counts.cases, cases);
	assert_int_equal(counts.cases_open, open);
}

static void cases_are_counted_with_the_transaction_that_opens_them(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case(), closed = a_case();
	struct buf findings BUF_AUTO;

	buf_init(&findings, 4096);
	closed.state = CASE_CLOSED;
	begin(f);
	c.number = open_case(f, &c);
	open_case(f, &closed);
	commit(f);
	counts_cases(f, 2, 1);
	begin(f);
	open_case(f, &c);
	counts_cases(f, 3, 2);
	open_case(f, &c);
	store_rollback(f->s);
	counts_cases(f, 2, 1);
	begin(f);
	open_case(f, &c);
	OK(f, store_mark(f->s, &f->e));
	open_case(f, &c);
	OK(f, store_back_to_mark(f->s, &f->e));
	c.state = CASE_CLOSED;
	OK(f, store_case_update(f->s, &c, &f->e));
	commit(f);
	counts_cases(f, 3, 1);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "tally"));
}

static void a_thread_leads_to_its_oldest_case(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number, found;

	begin(f);
	number = open_case(f, &c);
	OK(f, store_thread_add(f->s, SPAN("id:x@y"), open_case(f, &c), &f->e));
	OK(f, store_thread_add(f->s, SPAN("id:x@y"), number, &f->e));
	OK(f, store_thread_add(f->s, SPAN("id:x@y"), number, &f->e));
	commit(f);
	OK(f, store_thread_case(f->s, SPAN("id:x@y"), &found, &f->e));
	assert_int_equal(found, number);
	OK(f, store_thread_case(f->s, SPAN("id:X@y"), &found, &f->e));
	assert_int_equal(found, 0);
}

static void links_are_seen_from_both_ends_once(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_link link = { .kind = LINK_POSSIBLY_ABOUT, .at = NOW }, *v;
	size_t n;

	begin(f);
	link.number = open_case(f, &c);
	link.other = open_case(f, &c);
	OK(f, store_link_add(f->s, &link, &f->e));
	link.at++;
	OK(f, store_link_add(f->s, &link, &f->e));
	link.kind = LINK_RELATED;
	OK(f, store_link_add(f->s, &link, &f->e));
	commit(f);
	for (int64_t number = 1; number <= 2; number++) {
		OK(f, store_link_list(f->s, number, &f->a, &v, &n, &f->e));
		assert_int_equal(n, 2);
		assert_true(v[0].number == 1 && v[0].other == 2 && v[0].at == NOW);
		assert_true(v[0].kind == LINK_POSSIBLY_ABOUT && v[1].kind == LINK_RELATED);
	}
	begin(f);
	link.other = link.number;
	OK(f, store_link_add(f->s, &link, &f->e));
	OK(f, store_link_list(f->s, link.number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 3); /* one to itself has one end */
	link.other = 99;
	REFUSED(f, ERR_PERM, store_link_add(f->s, &link, &f->e));
}

static void notes_come_in_order_with_all_fields(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_mail m = a_mail(1, "one@example.com");
	struct store_note note = { .kind = NOTE_SYSTEM, .at = NOW, .trust = NOTE_TRUST_SYSTEM }, *v;
	int64_t id = 0;
	size_t n;

	begin(f);
	note.case_number = open_case(f, &c);
	for (int kind = 0; kind < NOTE_KIND_COUNT; kind++)
		add_note(f, note.case_number, (enum note_kind)kind, "");
	note.author_name = SPAN("\xc3\x85sa");
	note.author_address = SPAN("asa@example.com");
	note.text = SPAN("line\n\nline \xf0\x9f\x98\x80");
	note.reply = SPAN("line");
	note.message_id = SPAN("x@example.com");
	note.mail_id = keep(f, &m, SPAN("raw"));
	OK(f, store_note_add(f->s, &note, &id, &f->e));
	commit(f);
	OK(f, store_note_list(f->s, note.case_number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 5);
	for (int kind = 0; kind < NOTE_KIND_COUNT; kind++)
		assert_int_equal(v[kind].kind, kind);
	assert_true(v[4].id == id && v[4].case_number == note.case_number && v[4].at == NOW);
	assert_true(span_eq(v[4].author_name, note.author_name));
	assert_true(span_eq(v[4].author_address, note.author_address));
	assert_true(v[4].trust == NOTE_TRUST_SYSTEM && span_eq(v[4].text, note.text));
	assert_true(span_is(v[4].reply, "line") && span_is(v[4].message_id, "x@example.com"));
	assert_int_equal(v[4].mail_id, note.mail_id);
	OK(f, store_note_list(f->s, 99, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	begin(f);
	note.case_number = 99;
	REFUSED(f, ERR_PERM, store_note_add(f->s, &note, &id, &f->e));
}

/* What stands in stores and in the JSON of case show. */
static void trusts_and_links_keep_their_names(void **state)
{
	static const char *const trusts[] = { "L0",	    "L1",	"L2",	  "L3",
					      "staff",	    "operator", "system", "automatic",
					      "unverified", "outside" };
	static const char *const links[] = { "possibly-about", "merged", "related", "follows" };

	(void)state;
	assert_int_equal(NOTE_TRUST_COUNT, sizeof(trusts) / sizeof(*trusts));
	for (int i = 0; i < NOTE_TRUST_COUNT; i++)
		assert_string_equal(note_trust_name((enum note_trust)i), trusts[i]);
	assert_int_equal(LINK_KIND_COUNT, sizeof(links) / sizeof(*links));
	for (int i = 0; i < LINK_KIND_COUNT; i++)
		assert_string_equal(link_kind_name((enum link_kind)i), links[i]);
}

static void file_mail(struct fixture *f, uint32_t uid, const char *message_id, int64_t number,
		      int64_t note)
{
	struct store_mail m = a_mail(uid, message_id);
	struct store_mail_end end = {
		.state = MAIL_NOTE, .reason = SPAN("test"), .case_number = number, .note_id = note
	};

	OK(f, store_mail_end(f->s, keep(f, &m, SPAN("raw")), &end, &f->e));
}

static void come(struct fixture *f, uint32_t uid, const char *message_id, int64_t number,
		 enum note_kind kind)
{
	file_mail(f, uid, message_id, number, add_note(f, number, kind, message_id));
}

static void a_message_id_finds_the_first_case_that_used_it(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t first, second, got = -1;

	begin(f);
	first = open_case(f, &c);
	second = open_case(f, &c);
	come(f, 1, "one@example.com", second, NOTE_INTERNAL);
	come(f, 2, "one@example.com", first, NOTE_OUTBOUND);
	come(f, 3, "one@example.com", second, NOTE_INBOUND);
	come(f, 4, "", second, NOTE_INBOUND);
	file_mail(f, 5, "two@example.com", second,
		  add_note(f, second, NOTE_INBOUND, "three@example.com"));
	commit(f);
	OK(f, store_case_by_message_id(f->s, SPAN("one@example.com"), &got, &f->e));
	assert_int_equal(got, first);
	OK(f, store_case_by_message_id(f->s, SPAN("ONE@example.com"), &got, &f->e));
	assert_int_equal(got, 0);
	OK(f, store_case_by_message_id(f->s, SPAN(""), &got, &f->e));
	assert_int_equal(got, 0);
	OK(f, store_case_by_message_id(f->s, SPAN("two@example.com"), &got, &f->e));
	assert_int_equal(got, 0);
}

static void a_note_that_moved_is_found_where_it_is(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t first, second, note, got = -1;

	begin(f);
	first = open_case(f, &c);
	second = open_case(f, &c);
	note = add_note(f, first, NOTE_INBOUND, "one@example.com");
	file_mail(f, 1, "one@example.com", first, note);
	OK(f, store_note_move(f->s, note, second, &f->e));
	OK(f, store_case_by_message_id(f->s, SPAN("one@example.com"), &got, &f->e));
	assert_int_equal(got, second);
	commit(f);
}

/* Packed or not, alike or not, one of them or none. */
static void what_a_note_says_comes_back(void **state)
{
	static char words[20000];
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_note *v;
	struct span texts[5] = { SPAN(""), SPAN("a"), SPAN("\xc3\xa9t\xc3\xa9 is a word") };
	struct buf said BUF_AUTO;
	int64_t number;
	size_t n;

	for (size_t i = 0; i < sizeof(words); i++)
		words[i] = "some words "[i * i % 11];
	texts[3] = (struct span){ words, 200 };
	texts[4] = (struct span){ words, sizeof(words) };
	begin(f);
	number = open_case(f, &c);
	for (size_t i = 0; i < 25; i++) {
		struct store_note note = { .case_number = number,
					   .kind = NOTE_INTERNAL,
					   .trust = NOTE_TRUST_STAFF };
		int64_t id;

		note.author_name = note.author_address = note.message_id = SPAN("");
		note.text = texts[i / 5];
		note.reply = texts[i % 5];
		OK(f, store_note_add(f->s, &note, &id, &f->e));
	}
	commit(f);
	OK(f, store_note_list(f->s, number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 25);
	for (size_t i = 0; i < n; i++)
		assert_true(span_eq(v[i].text, texts[i / 5]) && span_eq(v[i].reply, texts[i % 5]));
	buf_init(&said, 200);
	OK(f, store_note_words(f->s, number, 3, &said, &f->e));
	assert_true(span_starts(buf_span(&said), SPAN("\nso \nso \n\xc3\xa9t\xc3\xa9\na\nso \n")));
}

/* limits.note_size may be 100 MB, and text and reply are kept together. */
static void what_a_long_note_says_comes_back(void **state)
{
	enum { LONG = 34000000 };
	struct fixture *f = *state;
	char *words MEM_AUTO = mem_alloc(LONG);
	struct store_case c = a_case();
	struct store_note note = { .kind = NOTE_INBOUND, .text = { words, LONG } }, *v;
	int64_t id;
	size_t n;

	memset(words, 'a', LONG);
	note.author_name = note.author_address = note.message_id = SPAN("");
	note.reply = span_sub(note.text, 1, SIZE_MAX);
	begin(f);
	note.case_number = open_case(f, &c);
	OK(f, store_note_add(f->s, &note, &id, &f->e));
	commit(f);
	OK(f, store_note_list(f->s, note.case_number, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_eq(v[0].text, note.text) && span_eq(v[0].reply, note.reply));
}

static void attachments_come_back_byte_for_byte(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_attachment in = { .filename = SPAN("../../etc/\xe6\x97\xa5.pdf"),
				       .content_type = SPAN("application/pdf"),
				       .content_id = SPAN("cid@x"),
				       .is_inline = true,
				       .from_tnef = true },
				got, *v;
	struct span bytes = SPAN("%PDF\0\xff");
	struct buf content BUF_AUTO;
	uint8_t digest[SHA256_SIZE];
	int64_t first = 0, second = 0;
	size_t n;

	buf_init(&content, 100);
	sha256_of(bytes, digest);
	begin(f);
	in.case_number = open_case(f, &c);
	in.note_id = add_note(f, in.case_number, NOTE_INBOUND, "");
	OK(f, store_attachment_add(f->s, &in, bytes, &first, &f->e));
	OK(f, store_attachment_add(f->s, &in, SPAN(""), &second, &f->e));
	commit(f);
	OK(f, store_attachment_list(f->s, in.note_id, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && v[0].id == first && v[1].id == second);
	assert_true(v[0].size == 6 && v[1].size == 0);
	OK(f, store_attachment_get(f->s, first, &f->a, &got, &content, &f->e));
	assert_true(span_eq(buf_span(&content), bytes));
	assert_memory_equal(got.sha256, digest, SHA256_SIZE);
	assert_true(span_eq(got.filename, in.filename) && span_is(got.content_id, "cid@x"));
	assert_true(span_eq(got.content_type, in.content_type) && got.is_inline && got.from_tnef);
	assert_true(got.note_id == in.note_id && got.case_number == in.case_number);
	REFUSED(f, ERR_PERM, store_attachment_get(f->s, 99, &f->a, &got, &content, &f->e));
	begin(f);
	in.note_id = 99;
	REFUSED(f, ERR_PERM, store_attachment_add(f->s, &in, bytes, &first, &f->e));
}

static void events_are_a_log_in_order(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_event ev = { .at = NOW,
				  .type = SPAN("opened"),
				  .actor = SPAN("policy"),
				  .data = SPAN("{}") },
			   *v;
	size_t n;

	begin(f);
	ev.case_number = open_case(f, &c);
	OK(f, store_event_add(f->s, &ev, &f->e));
	ev.at = NOW - 100; /* the order is that of the log */
	ev.type = SPAN("severity");
	ev.data = SPAN("{\"to\":2}");
	OK(f, store_event_add(f->s, &ev, &f->e));
	commit(f);
	OK(f, store_event_list(f->s, ev.case_number, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	assert_true(v[0].id < v[1].id && span_is(v[0].type, "opened") && v[0].at == NOW);
	assert_true(span_is(v[1].data, "{\"to\":2}") && span_is(v[1].actor, "policy"));
	assert_true(v[1].at == NOW - 100 && v[1].case_number == ev.case_number);
}

/* So that who looks for somebody in all of them does so many at a time, however few name anybody.
 */
static void events_that_name_nobody_are_rows_as_well(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_event ev = { .at = NOW,
				  .type = SPAN("note"),
				  .actor = SPAN("policy"),
				  .data = SPAN("{\"note\":1}") };
	struct store_stand *v;
	size_t n;

	begin(f);
	ev.case_number = open_case(f, &c);
	for (int i = 0; i < 3; i++)
		OK(f, store_event_add(f->s, &ev, &f->e));
	ev.type = SPAN("participant");
	ev.data = SPAN("{\"reason\":\"added a@b.test\"}");
	OK(f, store_event_add(f->s, &ev, &f->e));
	commit(f);
	OK(f, store_person_stands(f->s, PERSON_EVENTS, 0, 3, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 3);
	assert_true(v[2].address.n == 0 && v[2].case_number == ev.case_number);
	OK(f, store_person_stands(f->s, PERSON_EVENTS, v[2].id, 3, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	assert_true(span_eq(v[0].address, ev.data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(every_field_of_a_case_comes_back),
		STORE_TEST(each_field_of_a_case_is_written_where_it_was_read_before),
		STORE_TEST(a_case_that_is_not_there_is_said_so),
		STORE_TEST(a_merged_case_leads_to_where_all_ended),
		STORE_TEST(lists_take_every_mixture_of_filters),
		STORE_TEST(a_case_that_is_made_has_nobody_until_somebody_is_put_in),
		STORE_TEST(participants_are_found_in_any_case),
		STORE_TEST(a_contact_is_one_person_at_all_their_addresses),
		STORE_TEST(a_contact_is_one_person_in_a_new_case),
		STORE_TEST(participants_are_listed_without_the_requester),
		STORE_TEST(what_is_known_of_an_address_is_never_taken_back),
		STORE_TEST(what_is_known_of_a_requester_stays_theirs),
		STORE_TEST(what_is_known_of_a_requester_goes_with_them),
		STORE_TEST(cases_are_counted_with_the_transaction_that_opens_them),
		STORE_TEST(a_thread_leads_to_its_oldest_case),
		STORE_TEST(links_are_seen_from_both_ends_once),
		STORE_TEST(notes_come_in_order_with_all_fields),
		cmocka_unit_test(trusts_and_links_keep_their_names),
		STORE_TEST(a_message_id_finds_the_first_case_that_used_it),
		STORE_TEST(a_note_that_moved_is_found_where_it_is),
		STORE_TEST(what_a_note_says_comes_back),
		STORE_TEST(what_a_long_note_says_comes_back),
		STORE_TEST(attachments_come_back_byte_for_byte),
		STORE_TEST(events_are_a_log_in_order),
		STORE_TEST(events_that_name_nobody_are_rows_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
