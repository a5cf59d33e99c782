/* check: the store's integrity, and every deadline against its events */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

#define REBUILD_HINT "gatewayctl check --rebuild computes the deadlines again\n"
#define PAGE_WORD    "500" /* cases a request */

enum { CASES_A_PAGE = 500, FINDINGS_MAX = 16 * MIB };

/* What is done with each case; findings get a line for what is wrong. */
typedef int case_fn(struct ctl *c, int64_t number, struct buf *findings, struct err *e);

static int check_clocks(struct ctl *c, int64_t number, struct buf *findings, struct err *e)
{
	bool same = false;

	if (case_clock_check(c->d, number, &same, e) < 0)
		return -1;
	if (!same)
		buf_addf(findings, "case %" PRIi64 ": a deadline is not what its events say\n",
			 number);
	return 0;
}

static int rebuild_clocks(struct ctl *c, int64_t number, struct buf *findings, struct err *e)
{
	(void)findings;
	return case_clock_update(c->d, number, e);
}

/* The cases that one call is about: all below `before`, or `limit` of them. */
struct page {
	int64_t before;
	int limit; /* 0: no end */
	int64_t done;
	int64_t next; /* the last number that was done; 0: there are no more */
};

static int page_of(struct ctl *c, struct page *p)
{
	int64_t limit;
	int status = ctl_option_number(c, "--limit", &limit);

	*p = (struct page){ .limit = limit < CTL_LIST_MAX ? (int)limit : CTL_LIST_MAX };
	return status == EX_OK ? ctl_option_number(c, "--before", &p->before) : status;
}

static int each_case(struct ctl *c, struct page *p, case_fn *fn, struct buf *findings,
		     struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .before = p->before };
	struct store_case *v;
	size_t n;

	p->done = 0;
	do {
		f.limit = p->limit ? p->limit : CASES_A_PAGE;
		if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (fn(c, v[i].number, findings, e) < 0)
				return -1;
			f.before = v[i].number;
		}
		p->done += (int64_t)n;
	} while (!p->limit && n == CASES_A_PAGE);
	p->next = n == (size_t)f.limit ? f.before : 0;
	return 0;
}

/* --- where the store is --- */

static json_t *lines_view(struct span text)
{
	json_t *all = json_array();
	struct span line;

	while (span_line(&text, &line))
		json_array_append_new(all, json_of_span(line));
	return all;
}

static int say_findings(struct ctl *c, const struct page *p, struct span findings, bool clocks)
{
	struct store_counts counts;
	struct err e = { 0 };

	if (store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	if (!c->json) {
		buf_add(c->out, findings);
		buf_adds(c->out, findings.n ? "" : "all is well\n");
		buf_adds(c->out, clocks ? REBUILD_HINT : "");
	}
	ctl_done(c, json_pack("{s:b, s:o, s:b, s:I, s:I, s:I}", "good", !findings.n, "findings",
			      lines_view(findings), "deadlines", (int)clocks, "checked",
			      (json_int_t)p->done, "before", (json_int_t)p->next, "cases",
			      (json_int_t)counts.cases));
	return findings.n ? EX_DATAERR : EX_OK;
}

/* The store itself is checked with the first page. */
int ctl_check(struct ctl *c)
{
	struct buf findings BUF_AUTO;
	struct err e = { 0 };
	struct page p;
	size_t before;
	int status = page_of(c, &p);

	buf_init(&findings, FINDINGS_MAX);
	if (status != EX_OK)
		return status;
	if (ctl_flag(c, "--rebuild") && each_case(c, &p, rebuild_clocks, &findings, &e) < 0)
		return ctl_fail(c, &e);
	if (!p.before && store_check(c->d->store, &findings, &e) < 0)
		return ctl_fail(c, &e);
	before = findings.n;
	if (each_case(c, &p, check_clocks, &findings, &e) < 0)
		return ctl_fail(c, &e);
	return say_findings(c, &p, buf_span(&findings), findings.n > before);
}

/* --- in gatewayctl: a page a request, so that the daemon does its work in between --- */

static void add_findings(struct ctl *c, const json_t *answer, json_t *all)
{
	const json_t *lines = json_object_get(answer, "findings");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		if (!c->json)
			ctl_line(c, "%s", json_string_value(json_array_get(lines, i)));
		json_array_append(all, json_array_get(lines, i));
	}
}

static int check_page(struct ctl *c, int64_t before, json_t **ret_answer)
{
	const char *words[6] = { "--json", "--limit", PAGE_WORD };
	int n = 3;
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	if (before) {
		words[n++] = "--before";
		words[n++] = arena_printf(c->d->arena, "%" PRIi64, before);
	}
	if (ctl_flag(c, "--rebuild"))
		words[n++] = "--rebuild";
	status = ctl_ask_half(c, n, words, SPAN(""), &out);
	if (status != EX_OK && status != EX_DATAERR)
		return status;
	return out.n ? ctl_result(c, json_read(buf_span(&out), ret_answer, &e), &e) : status;
}

static int check_all(struct ctl *c, json_t *findings, bool *ret_deadlines)
{
	struct ctl_progress progress = ctl_progress_begin("cases");
	int64_t before = 0, done = 0;
	int status = EX_OK;

	do {
		json_t *answer JSON_AUTO = NULL;

		status = check_page(c, before, &answer);
		if (status != EX_OK)
			break;
		add_findings(c, answer, findings);
		*ret_deadlines |= json_is_true(json_object_get(answer, "deadlines"));
		done += json_int(answer, "checked", 0);
		before = json_int(answer, "before", 0);
		ctl_progress_say(&progress, done, json_int(answer, "cases", 0));
	} while (before);
	ctl_progress_end(&progress);
	return status;
}

/* With --limit or --before it is one request, whose answer is shown as it is. */
int ctl_check_local(struct ctl *c)
{
	json_t *findings;
	bool deadlines = false;
	size_t n;
	int status;

	if (ctl_value(c, "--limit") || ctl_value(c, "--before"))
		return ctl_ask_same(c, SPAN(""));
	findings = json_array();
	status = check_all(c, findings, &deadlines);
	n = json_array_size(findings);
	if (!c->json && status == EX_OK)
		buf_adds(c->out, deadlines ? REBUILD_HINT : n ? "" : "all is well\n");
	if (status == EX_OK)
		ctl_done(c, json_pack("{s:b, s:O}", "good", !n, "findings", findings));
	json_decref(findings);
	return status == EX_OK && n ? EX_DATAERR : status;
}
