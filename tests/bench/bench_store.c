/*
 * What the store costs, beside what the disk costs in the same run.
 *
 *	bench_store [CASES [FOLDER]]	CASES: of the large store, 1000000; FOLDER: /tmp
 *
 * Prints figures, asserts no time.  What should not grow with the number of cases is measured in a
 * store of a thousandth of them, too, and the ratio is printed.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

enum {
	NOW = 1795300000,
	DAY = 86400,
	FILL_COMMIT = 5000, /* cases a transaction while filling */
	MAIL_SIZE = 28 << 10,
	REPEAT = 200,
};

#define MUST(call)                                              \
	do {                                                    \
		if ((call) < 0)                                 \
			errx(1, "%s: %s", #call, trouble.text); \
	} while (0)

static struct err trouble;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct store *new_store(const char *folder, const char *name, char path[static 512])
{
	struct store *s;

	snprintf(path, 512, "%s/%s", folder, name);
	MUST(store_open(path, STORE_CREATE, &s, &trouble));
	return s;
}

/* --- what the disk can do: a mail appended and synced --- */

static double disk_floor(const char *folder)
{
	static char mail[MAIL_SIZE];
	char path[512];
	double from;
	int fd, n = 500;

	snprintf(path, sizeof(path), "%s/floor", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		err(1, "%s", path);
	from = seconds();
	for (int i = 0; i < n; i++)
		if (write(fd, mail, sizeof(mail)) != (ssize_t)sizeof(mail) || fdatasync(fd) < 0)
			err(1, "%s", path);
	close(fd);
	return n / (seconds() - from);
}

/* --- mails --- */

static void keep(struct store *s, uint32_t uid)
{
	static char raw[MAIL_SIZE];
	struct store_mail m = { .location = { SPAN("support"), 1, uid },
				.received_at = NOW,
				.kept_at = NOW,
				.message_id = SPAN("x@example.com"),
				.size = MAIL_SIZE,
				.from = SPAN("ann@example.com"),
				.subject = SPAN("printer") };
	int64_t id;
	bool is_new;

	memcpy(raw, &uid, sizeof(uid));
	memcpy(m.identity, &uid, sizeof(uid));
	MUST(store_mail_keep(s, &m, (struct span){ raw, sizeof(raw) }, &id, &is_new, &trouble));
}

static double keep_rate(const char *folder, uint32_t group)
{
	char name[32], path[512];
	uint32_t n = group == 1 ? 500 : 2000;
	struct store *s;
	double from, took;

	snprintf(name, sizeof(name), "keep%u.db", group);
	s = new_store(folder, name, path);
	from = seconds();
	for (uint32_t i = 0; i < n; i++) {
		if (i % group == 0)
			MUST(store_begin(s, &trouble));
		keep(s, i + 1);
		if (i % group == group - 1 || i == n - 1)
			MUST(store_commit(s, &trouble));
	}
	took = seconds() - from;
	store_close(&s);
	unlink(path);
	return n / took;
}

static void large_mail(const char *folder)
{
	size_t n = (size_t)30 << 20;
	struct store_mail m = { .location = { SPAN("support"), 1, 1 }, .size = (int64_t)n };
	char path[512];
	struct store *s = new_store(folder, "large.db", path);
	struct buf raw BUF_AUTO, back BUF_AUTO;
	double from, kept;
	int64_t id;
	bool is_new;

	buf_init(&raw, n);
	buf_init(&back, n);
	memset(buf_room(&raw, n), 'x', n);
	raw.n = n;
	from = seconds();
	MUST(store_begin(s, &trouble));
	MUST(store_mail_keep(s, &m, buf_span(&raw), &id, &is_new, &trouble));
	MUST(store_commit(s, &trouble));
	kept = seconds() - from;
	from = seconds();
	MUST(store_mail_raw(s, id, &back, &trouble));
	printf("a mail of 30 MB: kept in %.0f ms, read in %.0f ms\n", kept * 1e3,
	       (seconds() - from) * 1e3);
	store_close(&s);
	unlink(path);
}

/* --- many cases --- */

static void one_case(struct store *s, int64_t i)
{
	char requester[64], owner[16];
	struct store_case c = { .queue = i % 7 ? SPAN("technical") : SPAN("billing"),
				.kind = SPAN("technical"),
				.channel = SPAN("email"),
				.severity = 3,
				.state = CASE_OPEN,
				.subject = SPAN("The printer on the third floor is offline"),
				.requester_name = SPAN("Ann"),
				.account = SPAN("acme"),
				.rule = SPAN("default"),
				.opened_at = NOW - i,
				.updated_at = NOW - i };
	struct store_deadline d = { .clock = SPAN("initial"),
				    .target = SPAN("2 business days"),
				    .rule = SPAN("kind technical"),
				    .state = DEADLINE_RUNNING,
				    .started_at = NOW - i,
				    .met_at = INSTANT_NONE };

	c.requester_address =
	    (struct span){ requester,
			   (size_t)snprintf(requester, sizeof(requester), "u%lld@example.com",
					    (long long)(i * 7919 % 1000003)) };
	c.owner = (struct span){ owner,
				 (size_t)snprintf(owner, sizeof(owner), "staff%d", (int)(i % 50)) };
	MUST(store_case_open(s, &c, &d.case_number, &trouble));
	d.due_at = NOW + DAY + i * 31 % (20 * DAY);
	d.alarm_at = d.due_at - DAY / 2;
	MUST(store_deadline_put(s, &d, &trouble));
}

static void fill(struct store *s, int64_t cases)
{
	double from = seconds();

	for (int64_t i = 0; i < cases; i++) {
		if (i % FILL_COMMIT == 0)
			MUST(store_begin(s, &trouble));
		one_case(s, i);
		if (i % FILL_COMMIT == FILL_COMMIT - 1 || i == cases - 1)
			MUST(store_commit(s, &trouble));
	}
	printf("%lld open cases with deadlines: filled in %.1f s", (long long)cases,
	       seconds() - from);
}

struct costs {
	double open_ms, nothing_us, ten_us, thousand_us, next_us, open_list_us, mine_us, page_us,
	    claim_us, count_ms;
};

/* The instant by which n alarms have come. */
static int64_t instant_of(struct store *s, int n)
{
	struct arena a ARENA_AUTO;
	struct store_deadline *v;
	size_t got;

	arena_init(&a);
	MUST(store_deadline_due(s, INT64_MAX, n, &a, &v, &got, &trouble));
	return got ? v[got - 1].alarm_at : NOW;
}

static double due_us(struct store *s, int64_t now, size_t *ret_found)
{
	struct arena a ARENA_AUTO;
	struct store_deadline *v;
	double from = cpu_seconds();

	arena_init(&a);
	for (int i = 0; i < REPEAT; i++) {
		arena_reset(&a);
		MUST(store_deadline_due(s, now, 0, &a, &v, ret_found, &trouble));
	}
	return (cpu_seconds() - from) / REPEAT * 1e6;
}

static double case_list_us(struct store *s, const struct store_case_filter *f)
{
	struct arena a ARENA_AUTO;
	struct store_case *v;
	double from = cpu_seconds();
	size_t n;

	arena_init(&a);
	for (int i = 0; i < REPEAT; i++) {
		arena_reset(&a);
		MUST(store_case_list(s, f, &a, &v, &n, &trouble));
	}
	return (cpu_seconds() - from) / REPEAT * 1e6;
}

static double open_list_us(struct store *s)
{
	struct arena a ARENA_AUTO;
	struct store_deadline *v;
	double from = cpu_seconds();
	size_t n;

	arena_init(&a);
	for (int i = 0; i < REPEAT; i++) {
		arena_reset(&a);
		MUST(store_deadline_open(s, 0, 20, &a, &v, &n, &trouble));
	}
	return (cpu_seconds() - from) / REPEAT * 1e6;
}

static double next_us(struct store *s)
{
	double from = cpu_seconds();
	int64_t at;

	for (int i = 0; i < REPEAT; i++)
		MUST(store_deadline_next(s, &at, &trouble));
	return (cpu_seconds() - from) / REPEAT * 1e6;
}

/* Claims of 16 out of what is queued; a commit each. */
static double claim_us(struct store *s, int64_t cases)
{
	struct store_outbox o = { .kind = SPAN("confirmation"),
				  .recipient = SPAN("ann@example.com"),
				  .state = OUTBOX_QUEUED,
				  .created_at = NOW,
				  .next_at = NOW };
	struct arena a ARENA_AUTO;
	struct store_outbox *v;
	double from;
	int64_t id;
	size_t n;

	arena_init(&a);
	MUST(store_begin(s, &trouble));
	for (int64_t i = 0; i < cases / 10 + 16 * 20; i++) {
		o.next_at = i % 3 ? NOW : NOW + DAY;
		MUST(store_outbox_add(s, &o, SPAN("Subject: x\r\n\r\n"), &id, &trouble));
	}
	MUST(store_commit(s, &trouble));
	from = cpu_seconds();
	for (int i = 0; i < 10; i++) {
		arena_reset(&a);
		MUST(store_begin(s, &trouble));
		MUST(store_outbox_claim(s, SPAN(""), NOW, 16, &a, &v, &n, &trouble));
		MUST(store_commit(s, &trouble));
	}
	return (cpu_seconds() - from) / 10 * 1e6;
}

static struct costs measure(const char *folder, int64_t cases)
{
	struct store_case_filter mine = { .open_only = true, .owner = SPAN("staff7"), .limit = 20 };
	struct store_case_filter page = { .before = cases / 2, .limit = 20 };
	struct store_counts counts;
	char path[512];
	struct store *s = new_store(folder, "cases.db", path);
	struct costs c;
	int64_t ten, thousand;
	double from;
	size_t n;

	fill(s, cases);
	MUST(store_count(s, &counts, &trouble));
	printf(", %.0f MB\n", (double)counts.bytes / 1e6);
	store_close(&s);
	from = seconds();
	MUST(store_open(path, STORE_WRITE, &s, &trouble));
	c.next_us = next_us(s); /* what a start needs, with a cold cache */
	c.open_ms = (seconds() - from) * 1e3;
	ten = instant_of(s, 10);
	thousand = instant_of(s, 1000);
	c.nothing_us = due_us(s, NOW, &n);
	if (n)
		errx(1, "%zu deadlines are due too early", n);
	c.ten_us = due_us(s, ten, &n);
	c.thousand_us = due_us(s, thousand, &n);
	c.next_us = next_us(s);
	c.open_list_us = open_list_us(s);
	c.mine_us = case_list_us(s, &mine);
	c.page_us = case_list_us(s, &page);
	c.claim_us = claim_us(s, cases);
	from = cpu_seconds();
	MUST(store_count(s, &counts, &trouble));
	c.count_ms = (cpu_seconds() - from) * 1e3;
	store_close(&s);
	unlink(path);
	return c;
}

static void row(const char *what, double small, double large, const char *unit)
{
	printf("%-44s %10.1f %10.1f %-3s x %.1f\n", what, small, large, unit, large / small);
}

static void many_cases(const char *folder, int64_t cases)
{
	struct costs small = measure(folder, cases / 1000 < 1000 ? 1000 : cases / 1000);
	struct costs large = measure(folder, cases);

	printf("%-44s %10s %10s\n", "", "few", "many");
	row("open the store, find the next alarm", small.open_ms, large.open_ms, "ms");
	row("timer's turn, nothing due", small.nothing_us, large.nothing_us, "us");
	row("timer's turn, 10 due", small.ten_us, large.ten_us, "us");
	row("timer's turn, 1000 due", small.thousand_us, large.thousand_us, "us");
	row("next alarm", small.next_us, large.next_us, "us");
	row("sla list, 20 rows", small.open_list_us, large.open_list_us, "us");
	row("case list of one owner, open, 20 rows", small.mine_us, large.mine_us, "us");
	row("case list, a page in the middle, 20 rows", small.page_us, large.page_us, "us");
	row("outbox claim of 16 (CPU, with its commit)", small.claim_us, large.claim_us, "us");
	row("counts for status", small.count_ms, large.count_ms, "ms");
}

/* --- similar cases --- */

/* Sixty words, some of them common and most of them rare, as in a language. */
static struct span words(uint64_t seed, char out[static 1024])
{
	size_t n = 0;

	for (int i = 0; i < 60; i++) {
		double x =
		    (double)((seed = seed * 6364136223846793005u + 1442695040888963407u) >> 40) /
		    (double)(1 << 24);

		n += (size_t)snprintf(out + n, 16, "w%x ", (unsigned)(x * x * x * x * 40000));
	}
	return (struct span){ out, n };
}

static double similar_ms(const char *folder, int64_t cases)
{
	static const struct store_case_find similar = { .account = SPAN_LITERAL("acme"),
							.is_over = true,
							.limit = 20 };
	struct store_case c = { .state = CASE_CLOSED, .account = SPAN("acme") };
	char path[512], text[1024];
	struct store *s = new_store(folder, "similar.db", path);
	struct arena a ARENA_AUTO;
	struct store_hit *v;
	double from;
	size_t n;

	arena_init(&a);
	MUST(store_begin(s, &trouble));
	for (int64_t i = 0; i < cases; i++) {
		MUST(store_case_open(s, &c, &c.number, &trouble));
		MUST(store_case_index(s, c.number, SPAN("printer"), words((uint64_t)i, text),
				      &trouble));
	}
	MUST(store_commit(s, &trouble));
	from = cpu_seconds();
	for (uint64_t i = 0; i < 20; i++)
		MUST(store_case_find(s, words(i + UINT32_MAX, text), &similar, &a, &v, &n,
				     &trouble));
	from = (cpu_seconds() - from) / 20 * 1e3;
	store_close(&s);
	unlink(path);
	return from;
}

static void remove_folder(const char *folder)
{
	DIR *d = opendir(folder);

	for (struct dirent *entry; d && (entry = readdir(d));)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	rmdir(folder);
}

int main(int argc, char **argv)
{
	int64_t cases = 1000000;
	char folder[256];
	double floor;

	if (argc > 1 && (!span_i64(span_of(argv[1]), &cases) || cases < 1000))
		errx(64, "usage: bench_store [CASES [FOLDER]]");
	snprintf(folder, sizeof(folder), "%s/gatewayd-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
	if (!mkdtemp(folder))
		err(1, "%s", folder);
	crypto_init();
	setvbuf(stdout, NULL, _IOLBF, 0);
	floor = disk_floor(folder);
	printf("floor: 28 KB appended and synced: %.0f/s\n", floor);
	for (uint32_t group = 1; group <= 64; group *= 4) {
		double rate = keep_rate(folder, group);

		printf("mails of 28 KB kept, %2u a commit: %6.0f/s, %.2f of the floor\n", group,
		       rate, rate / floor);
	}
	large_mail(folder);
	many_cases(folder, cases);
	row("similar cases, of a tenth of them", similar_ms(folder, cases / 1000),
	    similar_ms(folder, cases / 10), "ms");
	remove_folder(folder);
	return 0;
}
