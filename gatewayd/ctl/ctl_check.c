/* check: the store's integrity, and every deadline against its events */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

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

static int each_case(struct ctl *c, case_fn *fn, struct buf *findings, struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .limit = CASES_A_PAGE };
	struct store_case *v;
	size_t n;

	do {
		if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (fn(c, v[i].number, findings, e) < 0)
				return -1;
			f.before = v[i].number;
		}
	} while (n == CASES_A_PAGE);
	return 0;
}

static json_t *lines_view(struct span text)
{
	json_t *all = json_array();
	struct span line;

	while (span_line(&text, &line))
		json_array_append_new(all, json_of_span(line));
	return all;
}

static int say_findings(struct ctl *c, struct span findings, bool clocks)
{
	if (!c->json) {
		buf_add(c->out, findings);
		buf_adds(c->out, findings.n ? "" : "all is well\n");
		buf_adds(c->out,
			 clocks ? "gatewayctl check --rebuild computes the deadlines again\n" : "");
	}
	ctl_done(c, json_pack("{s:b, s:o}", "good", !findings.n, "findings", lines_view(findings)));
	return findings.n ? EX_DATAERR : EX_OK;
}

int ctl_check(struct ctl *c)
{
	struct buf findings BUF_AUTO;
	struct err e = { 0 };
	size_t before;

	buf_init(&findings, FINDINGS_MAX);
	if (ctl_flag(c, "--rebuild") && each_case(c, rebuild_clocks, &findings, &e) < 0)
		return ctl_fail(c, &e);
	if (store_check(c->d->store, &findings, &e) < 0)
		return ctl_fail(c, &e);
	before = findings.n;
	if (each_case(c, check_clocks, &findings, &e) < 0)
		return ctl_fail(c, &e);
	return say_findings(c, buf_span(&findings), findings.n > before);
}
