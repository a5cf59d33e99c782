/*
 * What it costs to be seen from outside: each page of the board, and a report.
 *
 *	bench_seen [CASES [FOLDER]]	CASES: 10000; FOLDER: /tmp
 *
 * Fills a store, then makes each page as core and the web role do, and counts a report in slices; a
 * second computation, in plain SQL over all rows, must come to the same numbers (else it ends with
 * 1).  Times are printed, not asserted.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/queue_view.h"
#include "gatewayd/core/board_pages.h"
#include "gatewayd/stats/stats.h"
#include "gatewayd/web/page.h"

enum {
	NOW = 1795300000,
	FILL_COMMIT = 5000,
	INDEXED_MAX = 100000, /* cases whose words are indexed; more take long and change nothing */
	ROUNDS = 20,
	LONG_NOTES = 400, /* of the longest case */
	DAYS = 60,	  /* in which cases were opened */
	SPAN_DAYS = 14,	  /* of the report, in the middle of them */
};

#define MUST(call)                                              \
	do {                                                    \
		if ((call) < 0)                                 \
			errx(2, "%s: %s", #call, trouble.text); \
	} while (0)

static struct err trouble;
static struct arena arena;
static const char *const queue_names[] = { "technical", "billing", "emerging", "security" };
static struct conf_queue queues[4];
static struct conf_staff sam = { .id = "staff7", .name = "Sam" };
static struct conf conf = { .queues = queues, .queue_count = 4, .staff = &sam, .staff_count = 1 };
static struct desk desk = { .conf = &conf, .now = NOW, .arena = &arena };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- a store --- */

static uint32_t any(uint32_t below)
{
	static uint32_t seed = 1;

	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

static void change(int64_t number, int64_t *at, enum case_state state)
{
	const struct store_event ev = {
		.case_number = number,
		.at = *at,
		.type = SPAN_LITERAL("state"),
		.actor = SPAN_LITERAL("staff7"),
		.data =
		    span_of(arena_printf(&arena, "{\"state\": \"%s\"}", case_state_name(state))),
	};

	MUST(store_event_add(desk.store, &ev, &trouble));
	*at += any(2 * DAY_S) + 60;
}

static void notes(int64_t number, int64_t at, int n)
{
	for (int i = 0; i < n; i++) {
		struct store_note note = {
			.case_number = number,
			.kind = i % 2 ? NOTE_OUTBOUND : NOTE_INBOUND,
			.at = at + i,
			.author_name = SPAN("Ann Smith"),
			.author_address = SPAN("ann@customer.test"),
			.text = span_of(arena_printf(
			    &arena, "Note %d: the printer <b>word%u</b> stands still, word%u.", i,
			    any(5000), any(50))),
		};
		int64_t id;

		MUST(store_note_add(desk.store, &note, &id, &trouble));
	}
}

static void deadline(int64_t number, int64_t opened_at, bool over)
{
	struct store_deadline d = { .case_number = number,
				    .clock = SPAN("initial"),
				    .target = SPAN("4h"),
				    .rule = SPAN("kind technical"),
				    .state = DEADLINE_RUNNING,
				    .started_at = opened_at,
				    .due_at = opened_at + 3600 + any(2 * DAY_S),
				    .met_at = INSTANT_NONE,
				    .alarm_at = INSTANT_NONE };

	if (over || any(2)) {
		d.met_at = opened_at + 60 + any(DAY_S);
		d.state = DEADLINE_MET;
	}
	MUST(store_deadline_put(desk.store, &d, &trouble));
}

/* Three of four are over. */
static void one_case(int64_t i, bool indexed)
{
	int64_t opened_at = NOW - any(DAYS * DAY_S), at = opened_at, number;
	bool over = i % 4 != 0;
	struct store_case c = {
		.queue = span_of(queue_names[any(4)]),
		.kind = SPAN("technical"),
		.channel = SPAN("email"),
		.severity = 1 + (int)any(4),
		.state = over ? CASE_CLOSED : CASE_OPEN,
		.subject =
		    span_of(arena_printf(&arena, "The printer <%u> is offline", any(100000))),
		.requester_name = SPAN("Ann Smith"),
		.requester_address = span_of(arena_printf(&arena, "u%u@customer.test", any(1000))),
		.account = SPAN("acme"),
		.owner = span_of(arena_printf(&arena, "staff%u", any(20))),
		.rule = SPAN("default"),
		.opened_at = opened_at,
	};

	c.updated_at = NOW;
	MUST(store_case_open(desk.store, &c, &number, &trouble));
	if (over) {
		change(number, &at, CASE_RESOLVED);
		if (any(8) == 0) {
			change(number, &at, CASE_OPEN);
			change(number, &at, CASE_CLOSED);
		}
	}
	deadline(number, opened_at, over);
	if (!indexed)
		return;
	notes(number, opened_at, i == 0 ? LONG_NOTES : 3);
	MUST(store_case_index(
	    desk.store, number, c.subject,
	    span_of(arena_printf(&arena, "printer word%u word%u", any(5000), any(50))), &trouble));
}

static void fill(int64_t cases)
{
	double from = now_ms();

	for (int64_t i = 0; i < cases; i++) {
		if (i % FILL_COMMIT == 0)
			MUST(store_begin(desk.store, &trouble));
		one_case(i, cases <= INDEXED_MAX);
		if (i % FILL_COMMIT == FILL_COMMIT - 1 || i == cases - 1)
			MUST(store_commit(desk.store, &trouble));
		arena_reset(&arena);
	}
	printf("%lld cases, a quarter of them open: filled in %.1f s\n", (long long)cases,
	       (now_ms() - from) / 1e3);
}

/* --- pages --- */

static struct web_ask an_ask(const char *state)
{
	return (struct web_ask){ .session = SPAN(""),
				 .browser = SPAN(""),
				 .word = SPAN(""),
				 .queue = SPAN(""),
				 .owner = SPAN(""),
				 .state = span_of(state) };
}

static json_t *overview(void)
{
	json_t *wrong JSON_AUTO = json_array();

	return board_overview(&desk, &sam, wrong, &trouble);
}

static json_t *cases_open(void)
{
	struct web_ask ask = an_ask("");

	return board_cases(&desk, &ask, &trouble);
}

static json_t *cases_of_queue(void)
{
	struct web_ask ask = an_ask("closed");

	ask.queue = SPAN("billing");
	return board_cases(&desk, &ask, &trouble);
}

static json_t *cases_of_owner(void)
{
	struct web_ask ask = an_ask("all");

	ask.owner = SPAN("staff7");
	return board_cases(&desk, &ask, &trouble);
}

static json_t *cases_of_nobody(void)
{
	struct web_ask ask = an_ask("");

	ask.owner = SPAN("nobody-has-this-name");
	return board_cases(&desk, &ask, &trouble);
}

static json_t *long_case(void)
{
	struct web_ask ask = an_ask("");

	ask.number = 1;
	return board_case(&desk, &ask, &trouble);
}

static json_t *search_common(void)
{
	return board_search(&desk, SPAN("printer"), &trouble);
}

static json_t *search_rare(void)
{
	return board_search(&desk, SPAN("word4711 word17 printer"), &trouble);
}

static json_t *search_nothing(void)
{
	return board_search(&desk, SPAN("nonexistent"), &trouble);
}

static json_t *deadlines(void)
{
	return board_deadlines(&desk, &trouble);
}

static json_t *queues_of_metrics(void)
{
	return queue_view(&desk, &trouble);
}

static const struct {
	const char *name, *template;
	json_t *(*make)(void);
} pages[] = {
	{ "/", "board", overview },
	{ "/cases", "cases", cases_open },
	{ "/cases?queue=billing&state=closed", "cases", cases_of_queue },
	{ "/cases?owner=staff7&state=all", "cases", cases_of_owner },
	{ "/cases?owner=nobody-has-this-name", "cases", cases_of_nobody },
	{ "/case/1 (400 notes)", "case", long_case },
	{ "/search?q=printer (in each case)", "search", search_common },
	{ "/search?q=three words", "search", search_rare },
	{ "/search?q=nothing", "search", search_nothing },
	{ "/deadlines", "deadlines", deadlines },
	{ "queues of /metrics", NULL, queues_of_metrics },
};

static size_t render(const char *template, json_t *page)
{
	struct template_data *d = template_data_new(&arena);
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	page_fill(d, &arena, page);
	MUST(page_write(template, d, &out, &trouble));
	return out.n;
}

static void a_page(size_t i)
{
	double sum = 0, most = 0, whole = 0;
	size_t bytes = 0;

	for (int k = 0; k < ROUNDS; k++) {
		double from = now_ms(), made;
		json_t *page JSON_AUTO = pages[i].make();

		if (!page)
			errx(2, "%s: %s", pages[i].name, trouble.text);
		made = now_ms() - from;
		if (pages[i].template)
			bytes = render(pages[i].template, page);
		whole += now_ms() - from;
		sum += made;
		most = made > most ? made : most;
		arena_reset(&arena);
	}
	printf("%-40s core %6.2f ms (slowest %6.2f), with its page %6.2f ms, %zu bytes\n",
	       pages[i].name, sum / ROUNDS, most, whole / ROUNDS, bytes);
}

/* --- a report --- */

static struct stats_span the_span(struct zones *zones)
{
	struct stats_span s = { .to_at = NOW - (DAYS - SPAN_DAYS) / 2 * DAY_S,
				.queue = SPAN(""),
				.account = SPAN("") };

	s.from_at = s.to_at - SPAN_DAYS * DAY_S;
	MUST(zones_get(zones, "UTC", &s.zone, &trouble));
	return s;
}

static json_t *report(const struct stats_span *span)
{
	struct stats_cursor cursor = { 0 };
	struct stats_progress progress;
	json_t *sum = json_object();
	double from = now_ms(), most = 0;
	int slices = 0;

	for (bool done = false; !done; slices++) {
		double began = now_ms();

		MUST(stats_slice(&desk, span, &cursor, sum, &progress, &done, &trouble));
		began = now_ms() - began;
		most = began > most ? began : most;
		arena_reset(&arena);
	}
	printf("report: %.1f s in %d slices, the slowest %.2f ms\n", (now_ms() - from) / 1e3,
	       slices, most);
	return sum;
}

/* Row by row and without a cursor; ?1 and ?2 are the span, ?3 is now. */
#define CHANGES                                                                 \
	"WITH ch AS (SELECT c.queue q, c.number n, e.id id, e.at at,"           \
	" json_extract(e.data, '$.state') IN ('resolved', 'closed') o,"         \
	" lag(json_extract(e.data, '$.state') IN ('resolved', 'closed'), 1, 0)" \
	"  OVER (PARTITION BY c.number ORDER BY e.id) b"                        \
	" FROM event e JOIN cases c ON c.number = e.case_number WHERE e.type = 'state') "
#define OPENED(which)                                                \
	"SELECT c.queue, count(*) FROM cases c LEFT JOIN deadline d" \
	" ON d.case_number = c.number AND d.clock = 'initial'"       \
	" WHERE c.opened_at >= ?1 AND c.opened_at < ?2 AND ?3 = ?3 AND " which " GROUP BY 1"
#define OPEN_AT(opened, at)                                                                 \
	"SELECT c.queue, count(*) FROM cases c WHERE " opened                               \
	" AND ?1 = ?1 AND ?2 = ?2 AND ?3 = ?3"                                              \
	" AND NOT coalesce((SELECT json_extract(data, '$.state') IN ('resolved', 'closed')" \
	" FROM event WHERE case_number = c.number AND type = 'state' AND at < " at          \
	" ORDER BY id DESC LIMIT 1), 0) GROUP BY 1"

static const struct {
	enum stats_measure measure;
	const char *sql;
} dumb[] = {
	{ STATS_OPENED, OPENED("1") },
	{ STATS_MET, OPENED("d.due_at IS NOT NULL AND d.met_at < d.due_at") },
	{ STATS_BREACHED, OPENED("d.due_at IS NOT NULL AND coalesce(d.met_at, ?3) >= d.due_at") },
	{ STATS_RUNNING, OPENED("d.met_at IS NULL AND d.due_at > ?3") },
	{ STATS_UNTIMED, OPENED("d.due_at IS NULL") },
	{ STATS_CLOSED, CHANGES "SELECT q, count(*) FROM ch WHERE o AND NOT b AND at >= ?1"
				" AND at < ?2 AND ?3 = ?3 GROUP BY 1" },
	{ STATS_REOPENED, CHANGES "SELECT q, count(*) FROM ch WHERE b AND NOT o AND at >= ?1"
				  " AND at < ?2 AND ?3 = ?3 GROUP BY 1" },
	{ STATS_BEFORE, OPEN_AT("c.opened_at < ?1", "?1") },
	{ STATS_BACKLOG, OPEN_AT("c.opened_at < ?2", "?2") },
};

static int compare(sqlite3_stmt *q, const json_t *sum, enum stats_measure measure)
{
	int64_t all = 0;
	int wrong = 0;

	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *queue = (const char *)sqlite3_column_text(q, 0);
		int64_t n = sqlite3_column_int64(q, 1);

		all += n;
		wrong += stats_get(sum, STATS_QUEUE, queue, measure) != n;
	}
	wrong += stats_get(sum, STATS_TOTAL, "", measure) != all;
	printf("  %-10s %8lld%s\n", stats_measure_name(measure), (long long)all,
	       wrong ? "  DIFFERS" : "");
	return wrong;
}

static int check(const char *path, const struct stats_span *span, const json_t *sum)
{
	double from = now_ms();
	int wrong = 0;
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		errx(2, "%s", path);
	for (size_t i = 0; i < sizeof(dumb) / sizeof(*dumb); i++) {
		sqlite3_stmt *q;

		if (sqlite3_prepare_v2(db, dumb[i].sql, -1, &q, NULL) != SQLITE_OK)
			errx(2, "%s", sqlite3_errmsg(db));
		sqlite3_bind_int64(q, 1, span->from_at);
		sqlite3_bind_int64(q, 2, span->to_at);
		sqlite3_bind_int64(q, 3, NOW);
		wrong += compare(q, sum, dumb[i].measure);
		sqlite3_finalize(q);
	}
	sqlite3_close(db);
	printf("the dumb computation: %.1f s, %s\n", (now_ms() - from) / 1e3,
	       wrong ? "OTHER numbers" : "the same numbers");
	return wrong;
}

static void remove_store(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm", ".witness" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
		unlink(arena_printf(&arena, "%s%s", path, tails[i]));
}

int main(int argc, char **argv)
{
	int64_t cases = argc > 1 ? atoll(argv[1]) : 10000;
	const char *folder = argc > 2 ? argv[2] : "/tmp";
	char path[512];
	struct zones *zones = zones_new(NULL);
	struct stats_span span;
	json_t *sum;
	int wrong;

	crypto_init();
	arena_init(&arena);
	snprintf(path, sizeof(path), "%s/bench-seen-%d.db", folder, (int)getpid());
	desk.zones = zones;
	for (size_t i = 0; i < 4; i++)
		queues[i] = (struct conf_queue){ .name = queue_names[i], .zone = "UTC" };
	MUST(store_open(path, STORE_CREATE, &desk.store, &trouble));
	fill(cases);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		a_page(i);
	span = the_span(zones);
	sum = report(&span);
	store_close(&desk.store);
	wrong = check(path, &span, sum);
	json_decref(sum);
	remove_store(path);
	return wrong ? 1 : 0;
}
