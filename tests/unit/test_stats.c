/* Reports count what a dumb count finds in random stores; what each slice costs is bounded. */
#include "tests/store/fixture.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/stats/stats_page.h"

enum {
	CASES = 1300, /* several slices */
	CHANGES_MAX = 5,
	MAILS = 60,
	ROWS = 60,
	DAYS = 60,
};

/* --- random stores --- */

static const char *const queues[] = { "technical", "billing", "business" };
static const char *const accounts[] = { "", "acme", "globex" };
static const char *const packages[] = { "-", "premium", "standard" }; /* of those accounts */
static const char *const owners[] = { "", "sam", "tess" };
static const char *const mail_states[] = { "case", "note", "auto-filed", "quarantined" };
static const char *const reasons[] = { "auto-reply", "a list; L0", "a list; L2" };
static const char *const filed[] = { "auto-reply", "a list", "a list" };
static const char *const templates[] = { "confirmation", "customer_reply" };

struct change {
	int64_t at;
	bool is_over;
};
struct a_past {
	int queue, account, owner, sender;
	int64_t opened_at, started_at, due_at, met_at;
	struct change changes[CHANGES_MAX];
	int n;
};
struct a_letter {
	int64_t at;
	int state, what, number;
};

struct bench {
	struct fixture *f;
	struct conf conf;
	struct desk d;
	struct zones *zones;
	const struct zone *zone;
	uint32_t seed;
	struct a_past cases[CASES + 1]; /* by number */
	struct a_letter mails[MAILS], rows[ROWS];
};

static uint32_t any(struct bench *b, uint32_t below)
{
	b->seed = b->seed * 1664525U + 1013904223U;
	return (b->seed >> 8) % below;
}

static int64_t some_time(struct bench *b, int64_t from)
{
	return from + any(b, (uint32_t)(NOW - from + 1));
}

static void make_past(struct bench *b, struct a_past *p)
{
	*p = (struct a_past){ .queue = (int)any(b, 3),
			      .account = (int)any(b, 3),
			      .owner = (int)any(b, 3),
			      .sender = (int)any(b, 9),
			      .opened_at = some_time(b, NOW - DAYS * DAY_S),
			      .due_at = INSTANT_NONE,
			      .met_at = INSTANT_NONE };
	p->started_at = p->opened_at;
	if (any(b, 5))
		p->due_at = p->opened_at + any(b, 3 * DAY_S);
	if (any(b, 3))
		p->met_at = any(b, 20) ? some_time(b, p->opened_at) : p->due_at;
	for (int64_t at = p->opened_at; p->n < CHANGES_MAX && any(b, 3);) {
		at = some_time(b, at);
		p->changes[p->n++] = (struct change){ at, any(b, 2) };
	}
}

static void put_case(struct bench *b, const struct a_past *p)
{
	struct fixture *f = b->f;
	struct store_case c = a_case();
	struct store_deadline d = { .clock = SPAN("initial"),
				    .target = SPAN(""),
				    .rule = SPAN(""),
				    .state = DEADLINE_RUNNING,
				    .started_at = p->started_at,
				    .due_at = p->due_at,
				    .met_at = p->met_at,
				    .alarm_at = INSTANT_NONE };

	c.queue = span_of(queues[p->queue]);
	c.account = span_of(accounts[p->account]);
	c.owner = span_of(owners[p->owner]);
	c.requester_address = span_of(arena_printf(&f->a, "S%d@x.test", p->sender));
	c.opened_at = c.updated_at = p->opened_at;
	if (p->n) {
		c.updated_at = p->changes[p->n - 1].at;
		c.state = p->changes[p->n - 1].is_over ? CASE_CLOSED : CASE_OPEN;
	}
	d.case_number = open_case(f, &c);
	OK(f, store_deadline_put(f->s, &d, &f->e));
	for (int i = 0; i < p->n; i++) {
		const struct store_event ev = { .case_number = d.case_number,
						.at = p->changes[i].at,
						.type = SPAN_LITERAL("state"),
						.actor = SPAN_LITERAL("sam"),
						.data = p->changes[i].is_over
							    ? SPAN("{\"state\": \"resolved\"}")
							    : SPAN("{\"state\": \"open\"}") };

		OK(f, store_event_add(f->s, &ev, &f->e));
	}
}

static void put_mail(struct bench *b, uint32_t i, const struct a_letter *l)
{
	struct fixture *f = b->f;
	struct store_mail m = a_mail(i + 1, arena_printf(&f->a, "m%u@x", i));
	enum mail_state state;
	int64_t id;

	m.kept_at = l->at;
	id = keep(f, &m, SPAN("raw"));
	assert_true(mail_state_find(span_of(mail_states[l->state]), &state));
	OK(f, store_mail_finish(f->s, id, state, span_of(reasons[l->what]), l->number, 0, &f->e));
}

static void put_row(struct bench *b, uint32_t i, const struct a_letter *l)
{
	struct fixture *f = b->f;
	const struct store_outbox o = { .case_number = l->number,
					.kind = span_of(templates[l->what]),
					.sender = SPAN(""),
					.recipient = SPAN("a@x.test"),
					.message_id = span_of(arena_printf(&f->a, "o%u@x", i)),
					.subject = SPAN(""),
					.state = OUTBOX_QUEUED,
					.created_at = l->at,
					.next_at = l->at,
					.sent_at = INSTANT_NONE,
					.last_text = SPAN(""),
					.late_at = INSTANT_NONE };
	int64_t id;

	OK(f, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
	if (l->state)
		OK(f, store_outbox_result(f->s, id, OUTBOX_FAILED, l->at, INSTANT_NONE, 550,
					  SPAN("no"), &f->e));
}

static void put_accounts(struct bench *b)
{
	for (int i = 1; i < 3; i++) {
		const struct store_account a = { .id = span_of(accounts[i]),
						 .name = SPAN(""),
						 .package = span_of(packages[i]),
						 .reseller = SPAN(""),
						 .parent = SPAN(""),
						 .flags = SPAN(""),
						 .origin = SPAN(""),
						 .contact_name = SPAN(""),
						 .team_phone = SPAN(""),
						 .team_address = SPAN(""),
						 .language = SPAN("") };

		OK(b->f, store_account_put(b->f->s, &a, &b->f->e));
	}
}

static void fill(struct bench *b, uint32_t seed)
{
	b->seed = seed;
	begin(b->f);
	put_accounts(b);
	for (int i = 1; i <= CASES; i++) {
		make_past(b, &b->cases[i]);
		put_case(b, &b->cases[i]);
	}
	for (uint32_t i = 0; i < MAILS; i++) {
		b->mails[i] = (struct a_letter){ some_time(b, NOW - DAYS * DAY_S), (int)any(b, 4),
						 (int)any(b, 3), 1 + (int)any(b, CASES) };
		put_mail(b, i, &b->mails[i]);
	}
	for (uint32_t i = 0; i < ROWS; i++) {
		b->rows[i] = (struct a_letter){ some_time(b, NOW - DAYS * DAY_S), (int)any(b, 2),
						(int)any(b, 2), 1 + (int)any(b, CASES) };
		put_row(b, i, &b->rows[i]);
	}
	commit(b->f);
}

/* --- the dumb count: each question asked of each case --- */

static const char *text(struct bench *b, int64_t n)
{
	return arena_printf(&b->f->a, "%" PRIi64, n);
}

static bool is_open(const struct a_past *p, int64_t at)
{
	bool open = p->opened_at < at;

	for (int i = 0; i < p->n; i++)
		if (p->changes[i].at < at)
			open = !p->changes[i].is_over;
	return open;
}

static const char *dash(const char *s)
{
	return *s ? s : "-";
}

static void dumb_case(json_t *sum, const struct a_past *p, enum stats_measure m)
{
	stats_count(sum, STATS_TOTAL, "", m, 1);
	stats_count(sum, STATS_QUEUE, queues[p->queue], m, 1);
	stats_count(sum, STATS_PACKAGE, packages[p->account], m, 1);
	stats_count(sum, STATS_OWNER, dash(owners[p->owner]), m, 1);
}

static enum stats_measure dumb_response(const struct a_past *p)
{
	if (p->due_at == INSTANT_NONE)
		return STATS_UNTIMED;
	if (p->met_at == INSTANT_NONE)
		return NOW < p->due_at ? STATS_RUNNING : STATS_BREACHED;
	return p->met_at >= p->due_at ? STATS_BREACHED : STATS_MET;
}

static const char *dumb_day(struct bench *b, int64_t at)
{
	struct civil c;

	zone_to_local(b->zone, at, &c);
	return arena_printf(&b->f->a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void dumb_opened(struct bench *b, json_t *sum, const struct a_past *p)
{
	const enum stats_measure both[] = { STATS_OPENED, dumb_response(p) };
	struct civil c;
	int weekday;

	zone_to_local(b->zone, p->opened_at, &c);
	/* 1 January 1970 was a Thursday. */
	weekday = (int)((civil_days(c.year, c.month, c.day) + 3) % 7) + 1;
	for (int i = 0; i < 2; i++) {
		dumb_case(sum, p, both[i]);
		stats_count(sum, STATS_WEEKDAY, text(b, weekday), both[i], 1);
		stats_count(sum, STATS_HOUR, arena_printf(&b->f->a, "%02d", c.hour), both[i], 1);
	}
	stats_count(sum, STATS_DAY, dumb_day(b, p->opened_at), STATS_OPENED, 1);
	stats_count(sum, STATS_SENDER, arena_printf(&b->f->a, "s%d@x.test", p->sender),
		    STATS_OPENED, 1);
	if (p->met_at != INSTANT_NONE)
		stats_count(sum, STATS_MINUTES, text(b, (p->met_at - p->started_at) / 60),
			    STATS_COUNT, 1);
}

static void dumb_changes(struct bench *b, json_t *sum, const struct a_past *p,
			 const struct stats_span *span)
{
	for (int i = 0; i < p->n; i++) {
		bool before = i && p->changes[i - 1].is_over, now = p->changes[i].is_over;
		int64_t at = p->changes[i].at;

		if (before == now || at < span->from_at || at >= span->to_at)
			continue;
		dumb_case(sum, p, now ? STATS_CLOSED : STATS_REOPENED);
		stats_count(sum, STATS_DAY, dumb_day(b, at), now ? STATS_CLOSED : STATS_REOPENED,
			    1);
	}
}

static bool is_asked(const struct stats_span *span, const struct a_past *p)
{
	return (!span->queue.n || span_is(span->queue, queues[p->queue])) &&
	       (!span->account.n || span_is(span->account, accounts[p->account]));
}

static bool is_in(const struct stats_span *span, int64_t at)
{
	return span->from_at <= at && at < span->to_at;
}

static void dumb_letters(struct bench *b, json_t *sum, const struct stats_span *span)
{
	bool all = !span->queue.n && !span->account.n;

	for (int i = 0; i < MAILS; i++) {
		const struct a_letter *l = &b->mails[i];

		if (!all || !is_in(span, l->at))
			continue;
		stats_count(sum, STATS_MAIL, mail_states[l->state], STATS_COUNT, 1);
		if (l->state == 2)
			stats_count(sum, STATS_FILED, filed[l->what], STATS_COUNT, 1);
	}
	for (int i = 0; i < ROWS; i++) {
		const struct a_letter *l = &b->rows[i];

		if (!is_in(span, l->at) || !is_asked(span, &b->cases[l->number]))
			continue;
		stats_count(sum, STATS_SENT, l->state ? "failed" : "queued", STATS_COUNT, 1);
		if (l->state)
			stats_count(sum, STATS_UNDELIVERED, templates[l->what], STATS_COUNT, 1);
	}
}

static json_t *dumb_sum(struct bench *b, const struct stats_span *span)
{
	json_t *sum = json_object();

	for (int i = 1; i <= CASES; i++) {
		const struct a_past *p = &b->cases[i];

		if (!is_asked(span, p))
			continue;
		if (is_in(span, p->opened_at))
			dumb_opened(b, sum, p);
		dumb_changes(b, sum, p, span);
		if (is_open(p, span->from_at))
			dumb_case(sum, p, STATS_BEFORE);
		if (!is_open(p, span->to_at))
			continue;
		dumb_case(sum, p, STATS_BACKLOG);
		stats_count(sum, STATS_AGE, text(b, (span->to_at - 1 - p->opened_at) / DAY_S),
			    STATS_BACKLOG, 1);
	}
	dumb_letters(b, sum, span);
	return sum;
}

/* --- tests --- */

/* Sums of slices, each of its own, added up. */
static json_t *sliced_sum(struct bench *b, const struct stats_span *span, int *ret_slices)
{
	struct stats_cursor cursor = { 0 };
	struct stats_progress progress;
	json_t *sum = json_object();
	bool done = false;

	for (*ret_slices = 0; !done; ++*ret_slices) {
		json_t *part JSON_AUTO = json_object();

		OK(b->f, stats_slice(&b->d, span, &cursor, part, &progress, &done, &b->f->e));
		assert_true(progress.done <= progress.whole);
		stats_add(sum, part);
	}
	assert_true(progress.done == progress.whole);
	return sum;
}

static void compare(struct bench *b, const struct stats_span *span)
{
	int slices;
	json_t *got JSON_AUTO = sliced_sum(b, span, &slices);
	json_t *wanted JSON_AUTO = dumb_sum(b, span);
	struct buf x BUF_AUTO, y BUF_AUTO;

	buf_init(&x, MIB);
	buf_init(&y, MIB);
	assert_int_equal(slices, (CASES + STATS_CASES_A_SLICE - 1) / STATS_CASES_A_SLICE + 1 + 1);
	if (json_equal(got, wanted))
		return;
	json_write(got, false, &x);
	json_write(wanted, false, &y);
	print_error("got %s\nwanted %s\n", buf_cstr(&x), buf_cstr(&y));
	assert_true(false);
}

static void reports_count_what_a_dumb_count_finds(void **state)
{
	struct bench *b = *state;

	fill(b, 1);
	for (int i = 0; i < 12; i++) {
		int64_t from = some_time(b, NOW - (DAYS + 5) * DAY_S);
		struct stats_span span = { .from_at = from,
					   .to_at = some_time(b, from),
					   .queue = span_of(i % 3 ? "" : queues[any(b, 3)]),
					   .account = span_of(i % 4 ? "" : accounts[any(b, 3)]),
					   .zone = b->zone };

		compare(b, &span);
	}
}

static void a_report_over_all_counts_each_case(void **state)
{
	struct bench *b = *state;
	const struct stats_span span = { .from_at = 0,
					 .to_at = NOW + 1,
					 .queue = SPAN_LITERAL(""),
					 .account = SPAN_LITERAL(""),
					 .zone = b->zone };
	int slices;
	json_t *sum;

	fill(b, 2);
	sum = sliced_sum(b, &span, &slices);
	assert_int_equal(stats_get(sum, STATS_TOTAL, "", STATS_OPENED), CASES);
	assert_int_equal(stats_get(sum, STATS_TOTAL, "", STATS_MET) +
			     stats_get(sum, STATS_TOTAL, "", STATS_BREACHED) +
			     stats_get(sum, STATS_TOTAL, "", STATS_RUNNING) +
			     stats_get(sum, STATS_TOTAL, "", STATS_UNTIMED),
			 CASES);
	assert_int_equal(stats_get(sum, STATS_TOTAL, "", STATS_OPENED) +
			     stats_get(sum, STATS_TOTAL, "", STATS_REOPENED) -
			     stats_get(sum, STATS_TOTAL, "", STATS_CLOSED),
			 stats_get(sum, STATS_TOTAL, "", STATS_BACKLOG));
	json_decref(sum);
}

static void percentiles_are_of_whole_minutes(void **state)
{
	static const struct {
		int percent;
		int64_t minutes;
	} rows[] = { { 1, 0 },	{ 25, 0 },    { 26, 5 },    { 50, 5 },
		     { 75, 5 }, { 76, 1000 }, { 100, 1000 } };
	json_t *sum JSON_AUTO = json_object();

	(void)state;
	assert_int_equal(stats_minutes_percentile(sum, 50), -1);
	stats_count(sum, STATS_MINUTES, "0", STATS_COUNT, 1);
	stats_count(sum, STATS_MINUTES, "5", STATS_COUNT, 2);
	stats_count(sum, STATS_MINUTES, "1000", STATS_COUNT, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(stats_minutes_percentile(sum, rows[i].percent), rows[i].minutes);
}

static const char *page_of(struct bench *b, json_t *sum, int64_t from, int64_t to)
{
	const struct stats_head head = { .span = { .from_at = from,
						   .to_at = to,
						   .queue = SPAN_LITERAL(""),
						   .account = SPAN_LITERAL(""),
						   .zone = b->zone },
					 .company = SPAN_LITERAL("Example & Sons"),
					 .made_at = NOW };
	struct buf page BUF_AUTO;

	buf_init(&page, STATS_PAGE_MAX);
	OK(b->f, stats_page(&b->f->a, &head, sum, &page, &b->f->e));
	return arena_cstr(&b->f->a, buf_span(&page));
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void the_page_stands_alone_and_escapes_what_others_chose(void **state)
{
	static const char *const never[] = { "<script", "src=",	 "href=",  "url(",
					     "@import", "http:", "https:", "<b>x" };
	struct bench *b = *state;
	json_t *sum JSON_AUTO = json_object();
	const char *page;

	stats_count(sum, STATS_SENDER, "\"'><script>alert(1)</script>@x", STATS_OPENED, 3);
	stats_count(sum, STATS_FILED, "<b>x</b>", STATS_COUNT, 2);
	stats_count(sum, STATS_OWNER, "-", STATS_MET, 2);
	stats_count(sum, STATS_OWNER, "-", STATS_BREACHED, 1);
	page = page_of(b, sum, NOW - 7 * DAY_S, NOW);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (strstr(page, never[i]))
			fail_msg("the page has %s", never[i]);
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)"));
	assert_non_null(strstr(page, "Example &amp; Sons"));
	assert_non_null(strstr(page, ">66 %<"));
	/* A definition below each figure and table. */
	assert_int_equal(count_of(page, "<figure>"), count_of(page, "<figcaption>"));
	assert_int_equal(count_of(page, "<h2>"), count_of(page, "<section>"));
}

static void a_page_of_any_length_of_time_has_columns_that_can_be_seen(void **state)
{
	static const int64_t days[] = { 0, 1, 7, 28, 62, 63, 365, 3650 };
	struct bench *b = *state;
	json_t *sum JSON_AUTO = json_object();

	for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++) {
		const char *page = page_of(b, sum, NOW - days[i] * DAY_S, NOW);
		size_t bars = count_of(page, "<rect class=\"a\" x=");

		/* Beside the days twice: responses, ages, weekdays, hours. */
		assert_true(bars >= 8 + 7 + 7 + 24);
		assert_true(bars <= 2 * 63 + 8 + 7 + 7 + 24);
	}
}

static void minutes_and_shares_are_told_as_people_say_them(void **state)
{
	struct bench *b = *state;
	struct arena *a = &b->f->a;

	assert_string_equal(stats_minutes_text(a, 0), "0 min");
	assert_string_equal(stats_minutes_text(a, 59), "59 min");
	assert_string_equal(stats_minutes_text(a, 200), "3 h 20 min");
	assert_string_equal(stats_minutes_text(a, 1440), "1 d 0 h");
	assert_string_equal(stats_minutes_text(a, 3000), "2 d 2 h");
	assert_string_equal(stats_percent(a, 0, 0), "");
	assert_string_equal(stats_percent(a, 3, 0), "100 %");
	assert_string_equal(stats_percent(a, 999, 1), "99 %");
	assert_string_equal(stats_percent(a, 0, 2), "0 %");
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct err e;

	if (!b || fixture_set_up((void **)&b->f) != 0)
		return -1;
	b->zones = zones_new(NULL);
	if (zones_get(b->zones, "Europe/Berlin", &b->zone, &e) < 0)
		return -1;
	b->d = (struct desk){ .conf = &b->conf, .store = b->f->s, .now = NOW, .arena = &b->f->a };
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	int result = fixture_tear_down((void **)&b->f);

	zones_free(&b->zones);
	free(b);
	return result;
}

#define STATS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATS_TEST(reports_count_what_a_dumb_count_finds),
		STATS_TEST(a_report_over_all_counts_each_case),
		STATS_TEST(the_page_stands_alone_and_escapes_what_others_chose),
		STATS_TEST(a_page_of_any_length_of_time_has_columns_that_can_be_seen),
		STATS_TEST(minutes_and_shares_are_told_as_people_say_them),
		cmocka_unit_test(percentiles_are_of_whole_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
