/* check: the store's integrity, and every deadline against its events */
#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_copy.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

#define REBUILD_HINT "gatewayctl check --rebuild computes the deadlines again\n"

enum { CASES_AT_ONCE = 50, FINDINGS_MAX = 16 * MIB };

/* Integrity of the file and of the references in it; progress: NULL where nobody looks. */
static int check_file(struct store *s, struct ctl_progress *progress, struct buf *findings,
		      struct err *e)
{
	for (int at = 0; at < STORE_CHECK_STEPS; at++) {
		if (progress)
			ctl_progress_say(progress, at, STORE_CHECK_STEPS);
		if (store_check_step(s, at, findings, e) < 0)
			return -1;
	}
	return 0;
}

/* What is done with each case; findings get a line for what is wrong. */
typedef int case_fn(struct desk *d, const struct store_case *it, struct buf *findings,
		    struct err *e);

/* One that is over keeps the deadlines that it had, whatever the policy says since. */
static int check_clocks(struct desk *d, const struct store_case *it, struct buf *findings,
			struct err *e)
{
	bool same = false;

	if (case_state_is_over(it->state))
		return 0;
	if (case_clock_check(d, it->number, &same, e) < 0)
		return -1;
	if (!same)
		buf_addf(findings, "case %" PRIi64 ": a deadline is not what its events say\n",
			 it->number);
	return 0;
}

static int rebuild_clocks(struct desk *d, const struct store_case *it, struct buf *findings,
			  struct err *e)
{
	(void)findings;
	return case_clock_update(d, it->number, e);
}

/* The cases that one request is about: below `before`, in core as many as its time allows. */
struct page {
	int64_t before; /* 0: from the newest on */
	int64_t limit;	/* 0: no end */
	int64_t end_ms; /* 0: no end */
	int64_t done;
	int64_t next; /* the last number that was done; 0: there are no more */
};

static int page_of(struct ctl *c, struct page *p)
{
	int status = ctl_option_number(c, "--limit", &p->limit);

	p->end_ms = c->daemon ? clock_wait_ms() + CTL_SLICE_MS : 0;
	return status == EX_OK ? ctl_option_number(c, "--before", &p->before) : status;
}

static int64_t left(const struct page *p)
{
	int64_t n = p->limit ? p->limit - p->done : CASES_AT_ONCE;

	return n < CASES_AT_ONCE ? n : CASES_AT_ONCE;
}

static bool is_over(const struct page *p)
{
	return !p->next || left(p) <= 0 || (p->end_ms && clock_wait_ms() >= p->end_ms);
}

static int some_cases(struct ctl *c, struct page *p, case_fn *fn, struct buf *findings,
		      struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .before = p->next ? p->next : p->before,
				       .limit = (int)left(p) };
	struct arena a ARENA_AUTO = { 0 };
	struct desk d = *c->d;
	struct store_case *v;
	size_t n;

	d.arena = &a; /* what these cases take goes with them */
	if (store_case_list(d.store, &f, &a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (fn(&d, &v[i], findings, e) < 0)
			return -1;
	p->done += (int64_t)n;
	p->next = n == (size_t)f.limit ? v[n - 1].number : 0;
	return 0;
}

static int each_case(struct ctl *c, struct page *p, case_fn *fn, struct buf *findings,
		     struct err *e)
{
	do {
		if (some_cases(c, p, fn, findings, e) < 0)
			return -1;
	} while (!is_over(p));
	return 0;
}

/* --- where the store is --- */

static int rebuild(struct ctl *c, struct page *p, struct buf *findings, struct err *e)
{
	struct store *txn STORE_TXN = c->d->store;

	if (store_begin(txn, e) < 0 || each_case(c, p, rebuild_clocks, findings, e) < 0)
		return -1;
	return store_commit(txn, e);
}

static json_t *lines_view(struct span text)
{
	json_t *all = json_array();
	struct span line;

	while (span_line(&text, &line))
		json_array_append_new(all, json_of_span(line));
	return all;
}

static int say_findings(struct ctl *c, const struct page *p, struct span findings, bool clocks,
			int64_t cases)
{
	if (!c->json) {
		buf_add(c->out, findings);
		buf_adds(c->out, findings.n ? "" : "all is well\n");
		buf_adds(c->out, clocks ? REBUILD_HINT : "");
	}
	ctl_done(c, json_pack("{s:b, s:o, s:b, s:I, s:I, s:I}", "good", !findings.n, "findings",
			      lines_view(findings), "deadlines", (int)clocks, "checked",
			      (json_int_t)p->done, "before", (json_int_t)p->next, "cases",
			      (json_int_t)cases));
	return findings.n ? EX_DATAERR : EX_OK;
}

/* What is looked at before the first case; *ret_cases is how many there are. */
static int check_first(struct ctl *c, const struct page *p, struct buf *findings,
		       int64_t *ret_cases, struct err *e)
{
	struct store_counts counts;

	if (p->before)
		return 0;
	if (!c->daemon && !p->limit && check_file(c->d->store, NULL, findings, e) < 0)
		return -1;
	if (store_check_standing(c->d->store, findings, e) < 0 ||
	    store_count(c->d->store, &counts, e) < 0)
		return -1;
	*ret_cases = counts.cases;
	return 0;
}

static int check_page(struct ctl *c)
{
	struct buf findings BUF_AUTO;
	struct err e = { 0 };
	struct page p = { 0 };
	int64_t cases = 0;
	size_t before;
	int status = page_of(c, &p);

	buf_init(&findings, FINDINGS_MAX);
	if (status != EX_OK)
		return status;
	if (check_first(c, &p, &findings, &cases, &e) < 0)
		return ctl_fail(c, &e);
	before = findings.n;
	if ((ctl_flag(c, "--rebuild") ? rebuild(c, &p, &findings, &e)
				      : each_case(c, &p, check_clocks, &findings, &e)) < 0)
		return ctl_fail(c, &e);
	c->is_more = p.before > 0;
	return say_findings(c, &p, buf_span(&findings), findings.n > before, cases);
}

/* Of a store that nobody works on no copy is needed: the file is looked at as it is. */
static int check_here(struct ctl *c)
{
	struct buf findings BUF_AUTO;
	struct err e = { 0 };

	buf_init(&findings, FINDINGS_MAX);
	if (check_file(c->d->store, NULL, &findings, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, json_pack("{s:o}", "findings", lines_view(buf_span(&findings))));
}

int ctl_check(struct ctl *c)
{
	if (!ctl_flag(c, "--copy"))
		return check_page(c);
	return c->daemon ? ctl_copy_slice(c) : check_here(c);
}

/* --- in gatewayctl: the file from a copy, the cases a page a request --- */

static void add_findings(struct ctl *c, const json_t *answer, json_t *all)
{
	const json_t *lines = json_object_get(answer, "findings");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		if (!c->json)
			ctl_line(c, "%s", json_string_value(json_array_get(lines, i)));
		json_array_append(all, json_array_get(lines, i));
	}
}

static int check_opened(struct ctl *c, struct store *s, json_t *all)
{
	struct ctl_progress progress = ctl_progress_begin("checks of the store");
	json_t *answer JSON_AUTO = NULL;
	struct buf findings BUF_AUTO;
	struct err e = { 0 };
	int done;

	buf_init(&findings, FINDINGS_MAX);
	done = check_file(s, &progress, &findings, &e);
	ctl_progress_end(&progress);
	if (done < 0)
		return ctl_fail(c, &e);
	answer = json_pack("{s:o}", "findings", lines_view(buf_span(&findings)));
	add_findings(c, answer, all);
	return EX_OK;
}

static int check_copy(struct ctl *c, json_t *all)
{
	struct store *copy STORE_AUTO = NULL;
	struct err e = { 0 };
	int done = store_open_copy(c->file, &copy, &e);

	close(c->file);
	return done < 0 ? ctl_fail(c, &e) : check_opened(c, copy, all);
}

/* A database lets in who reads beside the daemon. */
static int check_database(struct ctl *c, json_t *all)
{
	struct store *s STORE_AUTO = NULL;
	struct err e = { 0 };

	if (store_open(c->d->conf->store, STORE_READ, &s, &e) < 0)
		return ctl_fail(c, &e);
	return check_opened(c, s, all);
}

static int check_store(struct ctl *c, json_t *all)
{
	json_t *answer JSON_AUTO = NULL;
	int status;

	if (conf_is_database(c->d->conf->store))
		return check_database(c, all);
	status = ctl_copy_get(c, "--copy", &answer);
	if (status != EX_OK)
		return status;
	add_findings(c, answer, all);
	return c->has_file ? check_copy(c, all) : EX_OK;
}

static int ask_page(struct ctl *c, int64_t before, json_t **ret_answer)
{
	const char *words[4] = { "--json", "--before",
				 arena_printf(c->d->arena, "%" PRIi64, before) };
	int n = before ? 3 : 1;
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	if (ctl_flag(c, "--rebuild"))
		words[n++] = "--rebuild";
	status = ctl_ask_half(c, n, words, SPAN(""), &out);
	if (status != EX_OK && status != EX_DATAERR)
		return status;
	return out.n ? ctl_result(c, json_read(buf_span(&out), ret_answer, &e), &e) : status;
}

static int check_cases(struct ctl *c, json_t *findings, bool *ret_deadlines)
{
	struct ctl_progress progress = ctl_progress_begin("cases");
	int64_t before = 0, done = 0, cases = 0;
	int status = EX_OK;

	do {
		json_t *answer JSON_AUTO = NULL;

		status = ask_page(c, before, &answer);
		if (status != EX_OK)
			break;
		add_findings(c, answer, findings);
		*ret_deadlines |= json_is_true(json_object_get(answer, "deadlines"));
		cases = before ? cases : json_int(answer, "cases", 0);
		done += json_int(answer, "checked", 0);
		before = json_int(answer, "before", 0);
		ctl_progress_say(&progress, done, cases);
	} while (before);
	ctl_progress_end(&progress);
	return status;
}

/* With --limit or --before it is one request, whose answer is shown as it is. */
int ctl_check_local(struct ctl *c)
{
	json_t *findings JSON_AUTO = NULL;
	bool deadlines = false;
	size_t n;
	int status;

	if (ctl_value(c, "--limit") || ctl_value(c, "--before"))
		return ctl_ask_same(c, SPAN(""));
	findings = json_array();
	status = check_store(c, findings);
	if (status == EX_OK)
		status = check_cases(c, findings, &deadlines);
	n = json_array_size(findings);
	if (!c->json && status == EX_OK)
		buf_adds(c->out, deadlines ? REBUILD_HINT : n ? "" : "all is well\n");
	if (status == EX_OK)
		ctl_done(c, json_pack("{s:b, s:O}", "good", !n, "findings", findings));
	return status == EX_OK && n ? EX_DATAERR : status;
}
