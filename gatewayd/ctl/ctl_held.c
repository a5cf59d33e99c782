/* held list|release */
#include <sysexits.h>

#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static const struct ctl_column list_columns[] = {
	{ "what", "what", 6, CTL_TEXT },
	{ "id", "id", 9, CTL_RIGHT },
	{ "case", "case", 7, CTL_RIGHT_NUMBER },
	{ "person", "from or to", 32, CTL_TEXT },
	{ "reason", "what it would do", 0, CTL_TEXT },
};

static json_t *mail_view(const struct store_mail *m)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:o}", "what", "mail", "id", (json_int_t)m->id,
			 "case", (json_int_t)m->case_number, "person", json_of_span(m->from),
			 "reason", json_of_span(m->reason));
}

static json_t *row_view(struct ctl *c, const struct store_outbox *o)
{
	const char *reason = arena_printf(c->d->arena, "send " SPAN_FMT ": " SPAN_FMT,
					  SPAN_ARG(o->kind), SPAN_ARG(o->subject));

	return json_pack("{s:s, s:I, s:I, s:o, s:s}", "what", "row", "id", (json_int_t)o->id,
			 "case", (json_int_t)o->case_number, "person", json_of_span(o->recipient),
			 "reason", reason);
}

int ctl_held_list(struct ctl *c)
{
	struct store_mail *mails;
	struct store_outbox *rows;
	json_t *all;
	struct err e = { 0 };
	size_t n, m;

	if (store_again_mails(c->d->store, c->d->arena, &mails, &n, &e) < 0 ||
	    store_again_rows(c->d->store, c->d->arena, &rows, &m, &e) < 0)
		return ctl_fail(c, &e);
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, mail_view(&mails[i]));
	for (size_t i = 0; i < m; i++)
		json_array_append_new(all, row_view(c, &rows[i]));
	return CTL_ROWS_OF(c, all, list_columns);
}

int ctl_held_release(struct ctl *c)
{
	struct store_released r;
	struct err e = { 0 };

	if (store_again_release(c->d->store, ctl_flag(c, "--quiet"), c->d->now, &r, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(
	    c, json_pack("{s:I, s:I}", "mails", (json_int_t)r.mails, "rows", (json_int_t)r.rows));
}
