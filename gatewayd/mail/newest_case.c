#include "gatewayd/mail/newest_case.h"

int newest_case_is_proven(struct desk *d, int64_t number, struct span address, bool *ret_proven,
			  struct err *e)
{
	enum reach reach;

	if (store_reach_get(d->store, number, address, &reach, e) < 0)
		return -1;
	*ret_proven = reach == REACH_PROVEN;
	/* A machine is written to by nobody, however sure we are of it. */
	return *ret_proven ? 0 : store_note_proven(d->store, number, address, ret_proven, e);
}

int newest_case_find(struct desk *d, struct span address, int64_t since_at, int64_t *ret_number,
		     struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = address,
				       .account = SPAN(""),
				       .limit = NEWEST_CASES_MAX };
	struct store_case *v;
	bool proven = false;
	size_t n;

	*ret_number = 0;
	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (v[i].updated_at < since_at)
			continue;
		if (newest_case_is_proven(d, v[i].number, address, &proven, e) < 0)
			return -1;
		if (i && !proven)
			continue;
		*ret_number = v[i].number;
		if (proven)
			return 0;
	}
	return 0;
}
