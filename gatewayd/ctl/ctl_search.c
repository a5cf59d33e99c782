/* case search */
#include <sysexits.h>

#include "gatewayd/case/author.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/case/search.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_runs.h"

static json_t *hit_row(struct ctl *c, const void *row, struct err *e)
{
	const struct search_hit *hit = row;
	struct store_case found;
	json_t *view;

	if (store_case_get(c->d->store, hit->number, c->d->arena, &found, e) < 0)
		return NULL;
	view = case_view_row(c->d, &found, e);
	if (!view)
		return NULL;
	json_object_set_new(view, "score",
			    json_string(arena_printf(c->d->arena, "%.2f", hit->score)));
	if (!c->json)
		json_object_set_new(
		    view, "requester",
		    json_of_span(
			author_text(found.requester_name, found.requester_address, c->d->arena)));
	return view;
}

static int take_find(struct ctl *c, struct store_case_find *ret_find)
{
	int64_t limit;
	int status = ctl_option_number(c, "--limit", &limit);

	*ret_find = (struct store_case_find){ .limit = limit ? (int)limit : SEARCH_DEFAULT };
	if (ctl_value(c, "--account"))
		ret_find->account = span_of(ctl_value(c, "--account"));
	if (status == EX_OK && limit > SEARCH_MAX)
		return ctl_usage(c, "--limit: at most %d", SEARCH_MAX);
	return status == EX_OK ? ctl_option_number(c, "--before", &ret_find->before) : status;
}

int ctl_case_search(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "score", "score", 6, CTL_TEXT },	    { "number", "case", 8, CTL_TEXT },
		{ "state", "state", 9, CTL_TEXT },	    { "queue", "queue", 12, CTL_TEXT },
		{ "requester", "requester", 28, CTL_TEXT }, { "subject", "subject", 0, CTL_TEXT },
	};
	struct store_case_find find;
	struct search_hit *v;
	struct err e = { 0 };
	bool more;
	size_t n;
	int status = take_find(c, &find);

	if (status != EX_OK)
		return status;
	if (search_cases_now(c->d, ctl_all_words(c), &find, &v, &n, &more, &e) < 0)
		return ctl_fail(c, &e);
	if (more)
		buf_adds(c->err, "gatewayctl: some cases are not indexed yet, and were not "
				 "looked at\n");
	return CTL_LIST(c, v, n, hit_row, columns);
}
