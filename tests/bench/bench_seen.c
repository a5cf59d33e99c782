/*
 * What it costs to be seen from outside: each page of the board, and a report.
 *
 *	bench_seen [CASES [FOLDER]]	CASES: 10000; FOLDER: /tmp
 *
 * Fills a store, then makes each page as core and the web role do, and counts a report in slices; a
 * second computation, in plain SQL over all rows, must come to the same numbers.  It ends with 1
 *when these differ, or up to MEASURED_CASES when a slice took longer than 5 ms or a page than 100
 *ms.
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
#include "gatewayd/core/board.h"
#include "gatewayd/core/board_pages.h"
#include "gatewayd/stats/stats.h"
#include "gatewayd/web/page.h"

enum {
	NOW = 1795300000,
	FILL_COMMIT = 5000,
	INDEXED_MAX = 100000, /* cases whose words are indexed; more take long and change nothing */
	ROUNDS = 20,
	MEASURED_CASES = 10000, /* for so many the two below are asserted */
	SLICE_MOST_MS = 5,
	PAGE_MS = 100,
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

/* Of this process: what others on the machine take has no part in it. */
static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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

static const struct page {
	const char *name, *template;
	enum web_page page;
	const char *word, *queue, *owner, *state; /* NULL: not given */
	int64_t number;
} pages[] = {
	{ .name = "/", "board", WEB_BOARD },
	{ .name = "/cases", "cases", WEB_CASES },
	{ .name = "/cases?queue=billing&state=closed",
	  "cases",
	  WEB_CASES,
	  .queue = "billing",
	  .state = "closed" },
	{ .name = "/cases?owner=staff7&state=all",
	  "cases",
	  WEB_CASES,
	  .owner = "staff7",
	  .state = "all" },
	{ .name = "/cases?owner=nobody-has-this-name",
	  "cases",
	  WEB_CASES,
	  .owner = "nobody-has-this-name" },
	{ .name = "/case/1 (400 notes)", "case", WEB_CASE, .number = 1 },
	{ .name = "/search?q=printer (in each case)", "search", WEB_SEARCH, "printer" },
	{ .name = "/search?q=three words", "search", WEB_SEARCH, "word4711 word17 printer" },
	{ .name = "/search?q=16 words",
	  "search",
	  WEB_SEARCH,
	  "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12 word13 "
	  "word14 word15 word16" },
	{ .name = "/search?q=nothing", "search", WEB_SEARCH, "nonexistent" },
	{ .name = "/deadlines", "deadlines", WEB_DEADLINES },
	{ .name = "queues of /metrics", NULL, WEB_METRICS },
};

static struct span given(const char *s)
{
	return span_of(s ? s : "");
}

static struct web_ask ask_of(const struct page *p)
{
	return (struct web_ask){ .page = p->page,
				 .session = SPAN(""),
				 .browser = SPAN(""),
				 .word = given(p->word),
				 .queue = given(p->queue),
				 .owner = given(p->owner),
				 .state = given(p->state),
				 .number = p->number };
}

/* What the slices of a kind took. */
struct slices {
	int n;
	double most;
};

static struct slices all_slices;

static void count_slice(struct slices *s, double ms)
{
	s->n++;
	s->most = ms > s->most ? ms : s->most;
	all_slices.most = ms > all_slices.most ? ms : all_slices.most;
}

struct making {
	struct board_page page;
	struct queue_view queues;
	struct buf out;
};

static int piece(struct making *m)
{
	json_t *rows JSON_AUTO = NULL;

	if (m->page.ask->page != WEB_METRICS)
		return board_page_step(&m->page, &desk, &m->out, &trouble);
	return queue_view_step(&m->queues, &desk, &rows, &trouble) < 0 ? -1 : rows != NULL;
}

/* As core does it, a slice a turn (core/board.c). */
static int slice(struct making *m, struct slices *s)
{
	double began = cpu_ms();
	int64_t end_ms = clock_wait_ms() + BOARD_SLICE_MS;
	int made;

	do
		made = piece(m);
	while (!made && clock_wait_ms() < end_ms);
	count_slice(s, cpu_ms() - began);
	return made;
}

static void make(const struct page *page, struct buf *out, struct slices *s)
{
	json_t *wrong JSON_AUTO = json_array();
	struct web_ask ask = ask_of(page);
	struct making m = { .page = { .ask = &ask, .staff = &sam, .wrong = wrong } };
	int made = 0;

	buf_init(&m.out, SIZE_MAX);
	while (!made)
		made = slice(&m, s);
	if (made < 0)
		errx(2, "%s: %s", page->name, trouble.text);
	board_page_release(&m.page);
	queue_view_release(&m.queues);
	buf_add(out, buf_span(&m.out));
	buf_release(&m.out);
}

/* In the web role. */
static size_t render(const char *template, struct span text)
{
	struct template_data *d = template_data_new(&arena);
	json_t *page JSON_AUTO = NULL;
	struct buf out BUF_AUTO = { 0 };

	MUST(json_read(text, &page, &trouble));
	buf_init(&out, SIZE_MAX);
	page_fill(d, &arena, page);
	MUST(page_write(template, d, &out, &trouble));
	return out.n;
}

static int a_page(const struct page *page)
{
	double whole = 0, most = 0;
	struct slices s = { 0 };
	size_t bytes = 0;

	for (int k = 0; k < ROUNDS; k++) {
		struct buf text BUF_AUTO;
		double from = cpu_ms();

		buf_init(&text, SIZE_MAX);
		make(page, &text, &s);
		if (page->template)
			bytes = render(page->template, buf_span(&text));
		from = cpu_ms() - from;
		whole += from;
		most = from > most ? from : most;
		arena_reset(&arena);
	}
	printf("%-40s %6.2f ms with its page (slowest %6.2f), %zu bytes; %d slices, the longest "
	       "%.2f ms\n",
	       page->name, whole / ROUNDS, most, bytes, s.n / ROUNDS, s.most);
	return most > PAGE_MS;
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
	double from = now_ms();
	struct slices s = { 0 };

	for (bool done = false; !done;) {
		double began = cpu_ms();

		MUST(stats_slice(&desk, span, &cursor, sum, &progress, &done, &trouble));
		count_slice(&s, cpu_ms() - began);
		arena_reset(&arena);
	}
	printf("report: %.1f s in %d slices, the longest %.2f ms\n", (now_ms() - from) / 1e3, s.n,
	       s.most);
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
	int wrong, slow = 0;

	crypto_init();
	arena_init(&arena);
	snprintf(path, sizeof(path), "%s/bench-seen-%d.db", folder, (int)getpid());
	desk.zones = zones;
	for (size_t i = 0; i < 4; i++)
		queues[i] = (struct conf_queue){ .name = queue_names[i], .zone = "UTC" };
	MUST(store_open(path, STORE_CREATE, &desk.store, &trouble));
	fill(cases);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		slow += a_page(&pages[i]);
	span = the_span(zones);
	sum = report(&span);
	store_close(&desk.store);
	wrong = check(path, &span, sum);
	json_decref(sum);
	remove_store(path);
	printf("the longest slice: %.2f ms (at most %d); pages slower than %d ms: %d\n",
	       all_slices.most, SLICE_MOST_MS, PAGE_MS, slow);
	return wrong || (cases <= MEASURED_CASES && (slow || all_slices.most > SLICE_MOST_MS));
}
