/* audit */
#include <sysexits.h>

#include "gatewayd/ctl/ctl_pages.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static json_t *audit_row(struct ctl *c, const void *row, struct err *e)
{
	const struct store_audit *a = row;

	(void)c;
	(void)e;
	return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:o}", "id", (json_int_t)a->id, "at",
			 json_of_instant(a->at), "channel", audit_channel_name(a->channel), "who",
			 json_of_span(a->who), "action", json_of_span(a->action), "case",
			 a->case_number ? json_integer(a->case_number) : json_null(), "detail",
			 json_of_span(a->detail));
}

/* An address of staff is the member of staff; any other stands there as its hash. */
static int take_who(struct ctl *c, struct span *ret_who, struct err *e)
{
	struct span who = ctl_value_or_empty(c, "--who");
	const struct conf_staff *staff;
	char hex[STORE_PSEUDONYM_SIZE];

	*ret_who = who;
	if (span_find(who, SPAN("@")) >= who.n)
		return 0;
	staff = conf_staff_by_address(c->d->conf, who);
	if (staff) {
		*ret_who = span_of(staff->id);
		return 0;
	}
	if (store_person_pseudonym(c->d->store, who, hex, e) < 0)
		return -1;
	*ret_who = span_of(arena_printf(c->d->arena, "address:%s", hex));
	return 0;
}

static const struct ctl_column columns[] = {
	{ "at", "when", 0, CTL_TIME },		 { "channel", "by", 8, CTL_TEXT },
	{ "who", "who", 20, CTL_TEXT },		 { "action", "action", 0, CTL_STATE },
	{ "case", "case", 7, CTL_RIGHT_NUMBER }, { "detail", "detail", 0, CTL_TEXT },
};

int ctl_audit(struct ctl *c)
{
	struct store_audit_filter f = { .action = ctl_value_or_empty(c, "--action") };
	struct store_audit *v;
	struct err e = { 0 };
	size_t n;
	int status = ctl_limit(c, &f.limit);

	if (status == EX_OK)
		status = ctl_option_number(c, "--case", &f.case_number);
	if (status == EX_OK)
		status = ctl_since(c, &f.since_at);
	if (status == EX_OK)
		status = ctl_when(c, "--until", &f.until_at);
	if (status == EX_OK)
		status = ctl_option_number(c, "--before", &f.before);
	if (status != EX_OK)
		return status;
	if (take_who(c, &f.who, &e) < 0 ||
	    store_audit_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, audit_row, columns);
}

int ctl_audit_local(struct ctl *c)
{
	return CTL_PAGED(c, &ctl_pages_by_id, columns);
}
