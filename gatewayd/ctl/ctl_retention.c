/* retention: counted a slice at a time, as it would be done, and taken back */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/person/expire.h"

typedef int slice_fn(struct desk *d, int64_t after, bool dry, struct expired *sum,
		     int64_t *ret_last, struct err *e);

static slice_fn *const phases[] = { expire_slice, expire_mails };

enum { PHASES = sizeof(phases) / sizeof(*phases) };

/* Where the next slice is. */
struct place {
	int64_t phase, at;
};

static json_t *sum_view(const struct expired *sum, const struct place *next)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "cases", (json_int_t)sum->cases, "raw_mails",
			 (json_int_t)sum->raw_mails, "sent_texts", (json_int_t)sum->sent_texts,
			 "phase", (json_int_t)next->phase, "at", (json_int_t)next->at);
}

int ctl_retention(struct ctl *c)
{
	struct store *txn STORE_TXN = c->d->store;
	struct expired sum = { 0 };
	struct place p;
	struct err e = { 0 };
	int status = ctl_option_number(c, "--phase", &p.phase);

	if (status == EX_OK)
		status = ctl_option_number(c, "--at", &p.at);
	if (status != EX_OK)
		return status;
	if (p.phase >= PHASES)
		return ctl_usage(c, "--phase: below %d", PHASES);
	if (store_begin(txn, &e) < 0 || phases[p.phase](c->d, p.at, true, &sum, &p.at, &e) < 0)
		return ctl_fail(c, &e);
	p.phase += p.at == 0;
	c->json = true;
	return ctl_done(c, sum_view(&sum, &p));
}

static void add_number(struct ctl *c, const char *option, int64_t number, const char **words,
		       int *n)
{
	if (!number)
		return;
	words[(*n)++] = option;
	words[(*n)++] = arena_printf(c->d->arena, "%" PRIi64, number);
}

static int ask(struct ctl *c, struct place *p, struct expired *sum)
{
	const char *words[5] = { "--json" };
	json_t *answer JSON_AUTO = NULL;
	int n = 1, status;

	add_number(c, "--phase", p->phase, words, &n);
	add_number(c, "--at", p->at, words, &n);
	status = ctl_ask_value(c, n, words, &answer);

	sum->cases += json_int(answer, "cases", 0);
	sum->raw_mails += json_int(answer, "raw_mails", 0);
	sum->sent_texts += json_int(answer, "sent_texts", 0);
	*p = (struct place){ json_int(answer, "phase", PHASES), json_int(answer, "at", 0) };
	return status;
}

int ctl_retention_local(struct ctl *c)
{
	struct expired sum = { 0 };
	struct place p = { 0 };
	int status;

	do
		status = ask(c, &p, &sum);
	while (status == EX_OK && p.phase < PHASES);
	if (status != EX_OK)
		return status;
	if (!c->json) {
		ctl_line(c, "%8" PRIi64 "  cases that are over: their texts, people and files",
			 sum.cases);
		ctl_line(c, "%8" PRIi64 "  mails as they came", sum.raw_mails);
		ctl_line(c, "%8" PRIi64 "  texts of mails that went out", sum.sent_texts);
	}
	return ctl_done(c, sum_view(&sum, &(struct place){ 0 }));
}
