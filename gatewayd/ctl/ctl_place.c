/* sla due */
#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/sla_due.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_runs.h"

static const char *text_at(struct ctl *c, const json_t *object, const char *key)
{
	struct span s = json_span(object, key);

	return s.n ? arena_cstr(c->d->arena, s) : NULL;
}

static int64_t instant_at(const json_t *object, const char *key)
{
	int64_t at = INSTANT_NONE;

	time_parse_rfc3339(json_span(object, key), &at);
	return at;
}

static bool clock_at(const json_t *object, enum sla_kind *ret_clock)
{
	for (int i = 0; i < SLA_KIND_COUNT; i++) {
		if (span_is(json_span(object, "clock"), case_clock_name((enum sla_kind)i))) {
			*ret_clock = (enum sla_kind)i;
			return true;
		}
	}
	return false;
}

static void read_contracts(struct ctl *c, const json_t *list, struct sla_place *place)
{
	size_t n = json_array_size(list);
	struct sla_contract *v = arena_alloc_n(c->d->arena, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		struct sla_contract *k = &v[place->contract_count];

		*k = (struct sla_contract){ .kind = text_at(c, row, "kind"),
					    .severity = (int)json_int(row, "severity", 0),
					    .from_at = instant_at(row, "from"),
					    .until_at = instant_at(row, "until"),
					    .name = text_at(c, row, "source") };
		if (clock_at(row, &k->clock) &&
		    policy_duration_parse(json_span(row, "target"), &k->target))
			place->contract_count++;
	}
	place->contracts = v;
}

/* What was written to err becomes the error: sla_due_answer() tells it. */
static int refused(struct ctl *c, size_t before, struct err *e)
{
	struct span why = span_trim(span_sub(buf_span(c->err), before, SIZE_MAX));

	if (span_starts(why, SPAN("gatewayctl: ")))
		why = span_sub(why, strlen("gatewayctl: "), SIZE_MAX);
	err_set(e, ERR_PERM, SPAN_FMT, SPAN_ARG(why));
	c->err->n = before;
	return -1;
}

/* For struct sla_accounts: asked of core, or of the store when no daemon runs. */
static int find_place(void *ctx, const char *account, struct sla_place *ret_place, struct err *e)
{
	struct ctl *c = ctx;
	const char *words[] = { "--queue",    ctl_value(c, "--queue"),
				"--severity", ctl_value(c, "--severity"),
				"--opened",   ctl_value(c, "--opened"),
				"--account",  account,
				"--json" };
	struct buf out BUF_AUTO;
	json_t *j JSON_AUTO = NULL;
	size_t before = c->err->n;

	buf_init(&out, CTL_OUT_MAX);
	if (ctl_ask_half(c, sizeof(words) / sizeof(*words), words, SPAN(""), &out) != EX_OK)
		return refused(c, before, e);
	if (json_read(buf_span(&out), &j, e) < 0)
		return -1;
	ret_place->account = arena_cstr(c->d->arena, span_of(account));
	ret_place->package = text_at(c, j, "package");
	read_contracts(c, json_object_get(j, "contracts"), ret_place);
	return 0;
}

int ctl_sla_due_local(struct ctl *c)
{
	struct sla_accounts accounts = { find_place, c };
	struct sla_due question = { .queue = ctl_value(c, "--queue"),
				    .severity = ctl_value(c, "--severity"),
				    .opened = ctl_value(c, "--opened"),
				    .package = ctl_value(c, "--package"),
				    .account = ctl_value(c, "--account"),
				    .channel = ctl_value(c, "--channel"),
				    .json = c->json };
	struct err e = { 0 };

	if (sla_due_answer(c->d->conf, &accounts, &question, c->out, &e) < 0)
		return ctl_usage(c, "%s", e.text);
	return EX_OK;
}
