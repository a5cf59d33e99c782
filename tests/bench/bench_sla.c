/*
 * What it costs to compute the clocks of one case anew, and to add or measure open time.
 *
 * Prints a line each: microseconds, and how often.  usage: bench_sla [ROUNDS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gatewayd/case/sla.h"

struct bench {
	struct conf *conf;
	struct zones *zones;
	struct sla_place place[2];
	int64_t sum; /* of what was computed, so that nothing is left out */
};

static double now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void must(int result, const struct err *e)
{
	if (result) {
		fprintf(stderr, "bench_sla: %s\n", e->text);
		exit(1);
	}
}

/* A week of cases: opened, raised, answered, noted, waiting, open again. */
static void case_life(struct bench *b, int64_t i)
{
	int64_t at = INT64_C(1794000000) + i % 604800;
	const struct sla_place *place = &b->place[i & 1];
	struct sla_event events[] = {
		{ .type = SLA_OPENED, .at = at, .severity = 3, .place = place },
		{ .type = SLA_SEVERITY, .at = at + 1800, .severity = 2 },
		{ .type = SLA_RESPONSE, .at = at + 3000 },
		{ .type = SLA_CUSTOMER_NOTE, .at = at + 90000 },
		{ .type = SLA_STATE, .at = at + 91000, .state = SLA_WAITING },
		{ .type = SLA_STATE, .at = at + 190000, .state = SLA_OPEN },
	};
	struct sla_input in = { &b->conf->policy, b->zones, events,
				sizeof(events) / sizeof(*events) };
	struct sla sla;
	struct err e;

	must(sla_compute(&in, &sla, &e), &e);
	b->sum += sla.clocks[SLA_INITIAL].due_at;
}

static void business_days(struct bench *b, int64_t i)
{
	struct calendar c;
	struct err e;
	int64_t at;

	must(calendar_init(policy_calendar_find(&b->conf->policy, "business"), b->zones, &c, &e),
	     &e);
	must(calendar_add(&c, INT64_C(1794000000) + i % 31536000, 2 * c.longest_day, &at, &e), &e);
	b->sum += at;
}

static void open_year(struct bench *b, int64_t i)
{
	int64_t from = INT64_C(1794000000) + i % 31536000;
	struct calendar c;
	struct err e;

	must(calendar_init(policy_calendar_find(&b->conf->policy, "business"), b->zones, &c, &e),
	     &e);
	b->sum += calendar_between(&c, from, from + 365 * 86400);
}

static void measure(struct bench *b, const char *name, void (*what)(struct bench *, int64_t),
		    int64_t rounds)
{
	double from = now_us();

	for (int64_t i = 0; i < rounds; i++)
		what(b, i * 7919);
	printf("%-40s %8.2f us  (%" PRId64 " times)\n", name, (now_us() - from) / (double)rounds,
	       rounds);
}

int main(int argc, char **argv)
{
	int64_t rounds = argc > 1 ? strtoll(argv[1], NULL, 10) : 200000;
	struct conf_problems problems;
	struct bench b = { 0 };

	conf_problems_init(&problems);
	b.conf = conf_load("conf/gatewayd.conf.example", CONF_POLICY_ONLY, &problems);
	if (!b.conf || rounds < 1) {
		fprintf(stderr, "%s",
			b.conf ? "bench_sla: how many rounds?\n" : buf_cstr(&problems.text));
		return 1;
	}
	b.zones = zones_new(NULL);
	b.place[0] = (struct sla_place){ .queue = conf_queue_find(b.conf, "billing") };
	b.place[1] = (struct sla_place){ .queue = conf_queue_find(b.conf, "managed-security"),
					 .package = "premium" };
	measure(&b, "a case's clocks, six events", case_life, rounds);
	measure(&b, "two business days added", business_days, rounds);
	measure(&b, "open time of a year", open_year, rounds / 10 + 1);
	printf("%-40s %8" PRId64 "\n", "check sum", b.sum % 1000000);
	zones_free(&b.zones);
	conf_free(&b.conf);
	conf_problems_release(&problems);
	return 0;
}
