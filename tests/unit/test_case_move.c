/* A case that moves to another queue: a severity that its kind gives, and why
 * (conf/policy/README.md section 1).
 */
#include "tests/store/fixture.h"

#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_ops.h"
#include "tests/unit/shipped.h"

static struct conf *conf;

struct bench {
	struct fixture *f;
	struct zones *zones;
	struct desk d;
};

static const struct {
	const char *name, *from, *to;
	enum channel channel;
	int severity, after;
	const char *phone, *reason;
} rows[] = {
	{ "the same scale", "technical", "aura", CHANNEL_STAFF, 2, 2, "", NULL },
	{ "past the end of the scale", "emerging", "technical", CHANNEL_STAFF, 4, 3, "",
	  "the scale of technical ends at 3" },
	{ "a longer scale", "technical", "emerging", CHANNEL_STAFF, 3, 3, "", NULL },
	{ "1 without a call", "technical", "billing", CHANNEL_STAFF, 1, 2, "",
	  "severity 1 of billing needs the record of a phone call" },
	{ "1 with the record of a call", "technical", "billing", CHANNEL_STAFF, 1, 1, "Ann, 10:00",
	  NULL },
	{ "1 of a case opened by phone", "technical", "business", CHANNEL_PHONE, 1, 1, "", NULL },
	{ "1 where nobody asks for a call", "technical", "emerging", CHANNEL_STAFF, 1, 1, "",
	  NULL },
};

static int64_t new_case(struct bench *b, const char *queue, enum channel channel, int severity,
			const char *phone)
{
	struct case_opening o = { .queue = conf_queue_find(conf, queue),
				  .channel = channel,
				  .severity = { .severity = severity, .why = "test" },
				  .subject = SPAN("x"),
				  .requester_name = SPAN(""),
				  .requester_address = SPAN("a@b.example"),
				  .account = SPAN(""),
				  .behalf = SPAN(""),
				  .reseller = SPAN(""),
				  .opened_at = NOW,
				  .actor = SPAN("operator"),
				  .phone = span_of(phone),
				  .owner = SPAN("") };
	int64_t number;

	OK(b->f, case_open(&b->d, &o, &number, &b->f->e));
	return number;
}

/* The reason of the last change of severity; NULL: there was none. */
static const char *reason_of(struct bench *b, int64_t number)
{
	const char *reason = NULL;
	struct case_event *v;
	size_t n;

	OK(b->f, case_log_read(&b->d, number, &v, &n, &b->f->e));
	for (size_t i = 0; i < n; i++)
		if (v[i].type == CASE_SEVERITY)
			reason = arena_cstr(b->d.arena, v[i].reason);
	return reason;
}

static void moves_of_the_table(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_case c;
		const char *reason;
		int64_t number;

		begin(b->f);
		number =
		    new_case(b, rows[i].from, rows[i].channel, rows[i].severity, rows[i].phone);
		OK(b->f, case_move(&b->d, number, span_of(rows[i].to), SPAN("operator"), &b->f->e));
		commit(b->f);
		OK(b->f, store_case_get(b->d.store, number, b->d.arena, &c, &b->f->e));
		reason = reason_of(b, number);
		if (c.severity != rows[i].after)
			print_error("%s: %d\n", rows[i].name, c.severity);
		assert_int_equal(c.severity, rows[i].after);
		assert_string_equal(reason ? reason : "", rows[i].reason ? rows[i].reason : "");
	}
}

/* A row of the clock before the move would raise its alarms for ever. */
static void a_move_leaves_one_deadline_a_clock(void **state)
{
	struct bench *b = *state;
	struct store_deadline *v;
	int64_t number;
	bool same;
	size_t n;

	begin(b->f);
	number = new_case(b, "technical", CHANNEL_STAFF, 3, "");
	b->d.now += 60;
	OK(b->f, case_move(&b->d, number, SPAN("billing"), SPAN("operator"), &b->f->e));
	commit(b->f);
	OK(b->f, store_deadline_list(b->d.store, number, b->d.arena, &v, &n, &b->f->e));
	assert_int_equal(n, 1); /* the others count in neither queue */
	assert_true(span_is(v[0].clock, "initial"));
	OK(b->f, case_clock_check(&b->d, number, &same, &b->f->e));
	assert_true(same);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	void *store;

	fixture_set_up(&store);
	b->f = store;
	b->zones = zones_new(NULL);
	b->d = (struct desk){
		.conf = conf, .store = b->f->s, .zones = b->zones, .arena = &b->f->a, .now = NOW
	};
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *store = b->f;

	zones_free(&b->zones);
	free(b);
	return fixture_tear_down(&store);
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
		cmocka_unit_test_setup_teardown(moves_of_the_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_move_leaves_one_deadline_a_clock, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
