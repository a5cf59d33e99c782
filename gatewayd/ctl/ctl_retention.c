/* retention: counted a slice at a time, as it would be done, and taken back */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/person/expire.h"

static json_t *sum_view(const struct expired *sum, int64_t at)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "cases", (json_int_t)sum->cases, "raw_mails",
			 (json_int_t)sum->raw_mails, "sent_texts", (json_int_t)sum->sent_texts,
			 "at", (json_int_t)at);
}

int ctl_retention(struct ctl *c)
{
	struct store *txn STORE_TXN = c->d->store;
	struct expired sum = { 0 };
	struct err e = { 0 };
	int64_t after, last;
	int status = ctl_option_number(c, "--at", &after);

	if (status != EX_OK)
		return status;
	if (store_begin(txn, &e) < 0 || expire_slice(c->d, after, true, &sum, &last, &e) < 0)
		return ctl_fail(c, &e);
	c->json = true;
	return ctl_done(c, sum_view(&sum, last));
}

static int ask(struct ctl *c, int64_t at, struct expired *sum, int64_t *ret_at)
{
	const char *words[] = { "--json", "--at", arena_printf(c->d->arena, "%" PRIi64, at) };
	json_t *answer JSON_AUTO = NULL;
	int status = ctl_ask_value(c, at ? 3 : 1, words, &answer);

	sum->cases += json_int(answer, "cases", 0);
	sum->raw_mails += json_int(answer, "raw_mails", 0);
	sum->sent_texts += json_int(answer, "sent_texts", 0);
	*ret_at = json_int(answer, "at", 0);
	return status;
}

int ctl_retention_local(struct ctl *c)
{
	struct expired sum = { 0 };
	int64_t at = 0;
	int status;

	do
		status = ask(c, at, &sum, &at);
	while (status == EX_OK && at);
	if (status != EX_OK)
		return status;
	if (!c->json) {
		ctl_line(c, "%8" PRIi64 "  cases that are over: their texts, people and files",
			 sum.cases);
		ctl_line(c, "%8" PRIi64 "  mails as they came", sum.raw_mails);
		ctl_line(c, "%8" PRIi64 "  texts of mails that went out", sum.sent_texts);
	}
	return ctl_done(c, sum_view(&sum, 0));
}
