/* Account files: what is taken, and every mistake with its line (issue 4, "Bad input"). */
#include "tests/store/fixture.h"

#include "gatewayd/ctl/account_plan.h"
#include "gatewayd/ctl/account_read.h"
#include "tests/unit/shipped.h"

static struct conf *conf;

/* The store has account "old" with domain old.example and contact o@old.example, and "under",
 * whose parent it is. */
static const struct {
	const char *name, *text, *problems; /* "" : taken */
} files[] = {
	{ "nothing but an id", "[{\"id\": \"a\"}]", "" },
	{ "a package that there is not", "[{\"id\": \"a\",\n\"package\": \"premum\"}]",
	  "f:2: there is no package \"premum\"; \"premium\"?\n" },
	{ "no id", "[\n{\"name\": \"a\"}]", "f:2: an account without an id\n" },
	{ "an id of two words", "[{\"id\": \"a b\"}]",
	  "f:1: the id \"a b\": only letters, digits, \"-\", \"_\" and \".\"\n"
	  "f:1: an account without an id\n" },
	{ "the same id twice", "[{\"id\": \"a\"},\n{\"id\": \"a\"}]",
	  "f:2: the id \"a\" is that of \"a\" on line 1\n" },
	{ "an unknown key", "[{\"id\": \"a\", \"pakage\": {\"x\": [1]},\n\"package\": \"x\"}]",
	  "f:1: there is no key of an account \"pakage\"; \"package\"?\n"
	  "f:2: there is no package \"x\"\n" },
	{ "a number for a name", "[{\"id\": \"a\", \"name\": 1.5}]",
	  "f:1: name: not a value of that kind\n" },
	{ "null is left out", "[{\"id\": \"a\", \"package\": null}]", "" },
	{ "entitled is neither", "[{\"id\": \"a\", \"entitled\": \"maybe\"}]",
	  "f:1: \"maybe\" is neither true nor false\n" },
	{ "a free-mail domain", "[{\"id\": \"a\", \"domains\": [\n\"GMail.com\"]}]",
	  "f:2: \"GMail.com\" is a free-mail domain: anybody may write from there; name the "
	  "contacts' addresses instead\n" },
	{ "no domain", "[{\"id\": \"a\", \"domains\": [\"a_b\", \"localhost\", \"@ok.example\"]}]",
	  "f:1: \"a_b\" is no domain\nf:1: \"localhost\" is no domain\n" },
	{ "a domain twice",
	  "[{\"id\": \"a\", \"domains\": [\"x.example\"]},\n"
	  "{\"id\": \"b\", \"domains\": [\"X.example\"]}]",
	  "f:2: the domain \"x.example\" is that of \"a\" on line 1\n" },
	{ "a domain of the store", "[{\"id\": \"a\", \"domains\": [\"old.example\"]}]",
	  "f:1: the domain \"old.example\" belongs to account \"old\", which is not in this "
	  "file\n" },
	{ "a domain that moves in the file",
	  "[{\"id\": \"a\", \"domains\": [\"old.example\"]}, {\"id\": \"old\"}]", "" },
	{ "an address that is none",
	  "[{\"id\": \"a\", \"contacts\": [{\n\"address\": \"ann at a\"}]}]",
	  "f:2: \"ann at a\" is no mail address\nf:1: a contact without an address\n" },
	{ "an address of the store",
	  "[{\"id\": \"a\", \"contacts\": [{\"address\": \"O@old.example\"}]}]",
	  "f:1: the address \"O@old.example\" belongs to account \"old\", which is not in this "
	  "file\n" },
	{ "a further address of a contact that is none",
	  "[{\"id\": \"a\", \"contacts\": [{\"address\": \"x@a.example\", \"also\": [\n\"y at "
	  "a\"]}]}]",
	  "f:2: \"y at a\" is no mail address\n" },
	{ "a further address that is somebody else's",
	  "[{\"id\": \"a\", \"contacts\": [{\"address\": \"x@a.example\", \"also\": "
	  "[\"O@old.example\"]}]}]",
	  "f:1: the address \"O@old.example\" belongs to account \"old\", which is not in this "
	  "file\n" },
	{ "contacts that are no list", "[{\"id\": \"a\", \"contacts\": {\"x\": 1}}]",
	  "f:1: contacts is not an array\n" },
	{ "an unknown reseller",
	  "[{\"id\": \"a\",\n\"reseller\": \"vender\"}, {\"id\": \"vendor\"}]",
	  "f:2: there is no account \"vender\" that could be the reseller; \"vendor\"?\n" },
	{ "a parent of the file", "[{\"id\": \"a\", \"parent\": \"b\"}, {\"id\": \"b\"}]", "" },
	{ "its own parent", "[{\"id\": \"a\", \"parent\": \"a\"}]",
	  "f:1: an account cannot be its own parent\n" },
	{ "parents in a circle",
	  "[{\"id\": \"a\",\n\"parent\": \"b\"},\n{\"id\": \"b\",\n\"parent\": \"a\"}]",
	  "f:2: the parents of \"a\" come back to it: a, b, a\n" },
	{ "a longer circle, and one that leads into it",
	  "[{\"id\": \"d\", \"parent\": \"b\"},\n{\"id\": \"c\", \"parent\": \"a\"},\n"
	  "{\"id\": \"b\", \"parent\": \"c\"},\n{\"id\": \"a\", \"parent\": \"b\"}]",
	  "f:2: the parents of \"c\" come back to it: c, a, b, c\n" },
	{ "resellers in a circle", "id,reseller\na,b\nb,a\n",
	  "f:2: the resellers of \"a\" come back to it: a, b, a\n" },
	{ "two circles", "id,parent\na,b\nb,a\nc,d\nd,c\n",
	  "f:2: the parents of \"a\" come back to it: a, b, a\n"
	  "f:4: the parents of \"c\" come back to it: c, d, c\n" },
	{ "a circle through the store",
	  "[{\"id\": \"a\", \"parent\": \"under\"}, {\"id\": \"old\", \"parent\": \"a\"}]",
	  "f:1: the parents of \"a\" come back to it: a, under, old, a\n" },
	{ "a parent in another case is another account",
	  "[{\"id\": \"a\", \"parent\": \"b\"}, {\"id\": \"b\", \"parent\": \"c\"}, {\"id\": "
	  "\"c\"}]",
	  "" },
	{ "a domain of ours", "[{\"id\": \"a\", \"domains\": [\n\"EXAMPLE.com\"]}]",
	  "f:2: \"EXAMPLE.com\" is a domain of ours: what comes from there is no customer's; name "
	  "the contacts' addresses instead\n" },
	{ "a domain of ours in a list", "id,domains\na,x.example @example.com\n",
	  "f:2: \"example.com\" is a domain of ours: what comes from there is no customer's; "
	  "name "
	  "the contacts' addresses instead\n" },
	{ "a domain below ours", "id,domains\na,eu.example.com\n", "" },
	{ "a kind that there is not",
	  "[{\"id\": \"a\", \"contracts\": [\n{\"kind\": \"tecnical\", \"target\": \"1h\"}]}]",
	  "f:2: there is no kind of case \"tecnical\"; \"technical\"?\n" },
	{ "a duration without a unit",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"technical\", \"target\": \"5\"}]}]",
	  "f:1: target \"5\": like 30min, 4h, 1h 30min, 2 business days, none\n" },
	{ "no kind, no target", "[{\"id\": \"a\", \"contracts\": [{}]}]",
	  "f:1: a contract without a kind\nf:1: a contract without a target\n" },
	{ "severity 4 of three",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"technical\", \"severity\": 4, "
	  "\"target\": \"1h\"}]}]",
	  "f:1: severity 4 is not on the scale of technical (1 to 3)\n" },
	{ "severity 4 of four",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"emerging\", \"severity\": 4, "
	  "\"target\": \"1h\"}]}]",
	  "" },
	{ "severity 5",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"emerging\", \"severity\": 5, "
	  "\"target\": \"1h\"}]}]",
	  "f:1: severity \"5\": 1 to 4, or all\n" },
	{ "a clock that there is not",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"technical\", \"clock\": \"last\", "
	  "\"target\": \"1h\"}]}]",
	  "f:1: clock \"last\": initial, next or resolution\n" },
	{ "no date",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"technical\", \"target\": \"1h\",\n"
	  "\"from\": \"2026-02-30\"}]}]",
	  "f:2: \"2026-02-30\" is no date like 2027-01-31, nor an RFC 3339 time\n" },
	{ "ends as it begins",
	  "[{\"id\": \"a\", \"contracts\": [{\"kind\": \"technical\", \"target\": \"1h\", "
	  "\"from\": \"2026-01-01\", \"until\": \"2026-01-01T00:00:00Z\"}]}]",
	  "f:1: the contract ends before it begins; until is the first instant at which it does "
	  "not hold any more\n" },
	{ "no JSON", "[{\"id\": \"a\",\n]", "f:2: string or '}' expected near ']'\n" },
	{ "an origin", "[{\"id\": \"a\", \"origin\": \"pre-sales\"}]", "" },
	{ "no origin", "[{\"id\": \"a\",\n\"origin\": \"sales\"}]",
	  "f:2: origin \"sales\" is not self-selected, pre-sales or account-team\n" },
	{ "an object", "{\"id\": \"a\"}", "f:1: what the file holds is not an array\n" },
	/* CSV */
	{ "a table", "id,package\na,premium\n", "" },
	{ "no id column", "name\na\n", "f:1: the first row names no column \"id\"\n" },
	{ "an unknown column", "id,contact_adress\n",
	  "f:1: there is no key of a contact \"adress\"; \"address\"?\n" },
	{ "other scripts", "id,domains,contact_address\na,münchen.test,jörg@münchen.test\n", "" },
	{ "a short row", "id,name\na\n", "f:2: 1 fields, the first row names 2\n" },
	{ "a second row adds",
	  "id,name,domains,contact_address\na,A,x.example,a@x.example\n"
	  "a,,y.example z.example,b@x.example\n",
	  "" },
	{ "a second row changes", "id,name\na,A\nb,B\na,C\n",
	  "f:4: account \"a\" stands further up already; its name belongs there\n" },
	{ "a mistake in a list", "id,domains\na,x.example;nothing\n",
	  "f:2: \"nothing\" is no domain\n" },
	{ "an open quote", "id\n\"a\n", "f:2: a quote is opened and not closed\n" },
	{ "an empty file", "", "f:1: the file is empty\n" },
};

struct bench {
	struct fixture *store;
	struct arena arena;
	struct desk d;
	struct buf problems;
	struct account_file f;
};

static void read_file(struct bench *b, const char *text, bool replace)
{
	struct err e = { 0 };

	buf_clear(&b->problems);
	b->f = (struct account_file){ .name = "f",
				      .conf = conf,
				      .policy = &conf->policy,
				      .arena = &b->arena,
				      .problems = &b->problems };
	account_file_read(&b->f, span_of(text));
	assert_int_equal(account_file_check(&b->f, b->d.store, replace, &e), 0);
}

static void apply(struct bench *b, const char *text, bool replace, struct account_plan *ret_plan)
{
	struct err e = { 0 };
	size_t cases;

	read_file(b, text, replace);
	assert_string_equal(buf_cstr(&b->problems), "");
	assert_int_equal(store_begin(b->d.store, &e), 0);
	assert_int_equal(account_plan_make(&b->d, &b->f, replace, ret_plan, &e), 0);
	assert_int_equal(account_plan_apply(&b->d, ret_plan, &cases, &e), 0);
	assert_int_equal(store_commit(b->d.store, &e), 0);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct account_plan plan;
	void *store;

	fixture_set_up(&store);
	b->store = store;
	arena_init(&b->arena);
	buf_init(&b->problems, ACCOUNT_PROBLEMS_MAX);
	b->d = (struct desk){ .conf = conf, .arena = &b->arena, .store = b->store->s };
	*state = b;
	apply(b,
	      "[{\"id\": \"old\", \"domains\": [\"old.example\"], "
	      "\"contacts\": [{\"address\": \"o@old.example\"}]}, "
	      "{\"id\": \"under\", \"parent\": \"old\"}]",
	      false, &plan);
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *store = b->store;

	buf_release(&b->problems);
	arena_release(&b->arena);
	free(b);
	return fixture_tear_down(&store);
}

static void mistakes_are_told_with_their_lines(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		read_file(b, files[i].text, false);
		if (strcmp(buf_cstr(&b->problems), files[i].problems) != 0)
			print_error("%s:\n", files[i].name);
		assert_string_equal(buf_cstr(&b->problems), files[i].problems);
		assert_int_equal(b->f.problem_count == 0, *files[i].problems == 0);
	}
}

static void a_file_that_stands_alone_may_take_what_it_replaces(void **state)
{
	read_file(*state, "[{\"id\": \"a\", \"domains\": [\"old.example\"]}]", true);
	assert_string_equal(buf_cstr(&((struct bench *)*state)->problems), "");
	read_file(*state, "[{\"id\": \"a\", \"reseller\": \"old\"}]", true);
	assert_int_equal(((struct bench *)*state)->f.problem_count, 1);
}

static bool find(struct bench *b, const char *address, struct store_account *ret_account)
{
	struct store_contact contact;
	struct err e;

	assert_int_equal(store_account_by_address(b->d.store, span_of(address), true, &b->arena,
						  ret_account, &contact, &e),
			 0);
	return ret_account->id.p != NULL;
}

static void what_a_file_changes(void **state)
{
	struct bench *b = *state;
	struct account_plan plan;
	struct store_account a;

	apply(b,
	      "[{\"id\": \"new\", \"package\": \"plus\", \"domains\": [\"old.example\"]},"
	      "{\"id\": \"old\", \"domains\": [\"older.example\"]}]",
	      false, &plan);
	assert_int_equal(plan.counts[ACCOUNT_ADDED], 1);
	assert_int_equal(plan.counts[ACCOUNT_CHANGED], 1);
	assert_true(find(b, "x@OLD.example", &a));
	assert_true(span_is(a.id, "new") && a.entitled);
	assert_true(find(b, "x@older.example", &a));
	assert_true(span_is(a.id, "old") && !a.entitled);
	apply(b, "[{\"id\": \"old\", \"domains\": [\"older.example\"]}]", true, &plan);
	assert_int_equal(plan.counts[ACCOUNT_UNCHANGED], 1);
	assert_int_equal(plan.counts[ACCOUNT_REMOVED], 2); /* new, under */
	assert_false(find(b, "x@old.example", &a));
}

static void examples_are_good_and_say_the_same(void **state)
{
	static const char *const names[] = { "conf/accounts.json.example",
					     "conf/accounts.csv.example" };
	struct bench *b = *state;
	struct account_plan plan;

	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(names[i], "r");
		char text[8192];
		size_t n;

		assert_non_null(f);
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = 0;
		fclose(f);
		apply(b, text, false, &plan);
		assert_int_equal(plan.counts[i ? ACCOUNT_UNCHANGED : ACCOUNT_ADDED], 4);
	}
}

static int load(void **state)
{
	(void)state;
	conf = shipped_conf();
	return 0;
}

static int unload(void **state)
{
	(void)state;
	conf_free(&conf);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mistakes_are_told_with_their_lines, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_stands_alone_may_take_what_it_replaces,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_file_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(examples_are_good_and_say_the_same, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
