#include "gatewayd/ctl/ctl_place.h"

#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/ctl/ctl_local.h"

static const char *text_at(struct ctl_place_finder *f, const json_t *object, const char *key)
{
	struct span s = json_span(object, key);

	return s.n ? arena_cstr(&f->arena, s) : NULL;
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

static void read_contracts(struct ctl_place_finder *f, const json_t *list, struct sla_place *place)
{
	size_t n = json_array_size(list);
	struct sla_contract *v = arena_alloc_n(&f->arena, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		struct sla_contract *c = &v[place->contract_count];

		*c = (struct sla_contract){ .kind = text_at(f, row, "kind"),
					    .severity = (int)json_int(row, "severity", 0),
					    .from_at = instant_at(row, "from"),
					    .until_at = instant_at(row, "until"),
					    .name = text_at(f, row, "source") };
		if (clock_at(row, &c->clock) &&
		    policy_duration_parse(json_span(row, "target"), &c->target))
			place->contract_count++;
	}
	place->contracts = v;
}

int ctl_place_find(void *ctx, const char *account, struct sla_place *ret_place, struct err *e)
{
	struct ctl_place_finder *f = ctx;
	const char *words[] = { "account", "show", account, "--json" };
	struct buf out BUF_AUTO, err BUF_AUTO;
	json_t *j JSON_AUTO = NULL;
	struct span why;

	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, ERR_TEXT_MAX);
	if (ctl_local_dispatch(f->conf, 4, words, SPAN(""), &out, &err) != EX_OK) {
		why = span_trim(buf_span(&err));
		if (span_starts(why, SPAN("gatewayctl: ")))
			why = span_sub(why, strlen("gatewayctl: "), SIZE_MAX);
		return err_set(e, ERR_PERM, SPAN_FMT, SPAN_ARG(why));
	}
	if (json_read(buf_span(&out), &j, e) < 0)
		return -1;
	ret_place->account = arena_cstr(&f->arena, span_of(account));
	ret_place->package = text_at(f, j, "package");
	read_contracts(f, json_object_get(j, "contracts"), ret_place);
	return 0;
}
