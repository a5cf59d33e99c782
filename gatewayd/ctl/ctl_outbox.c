/* outbox list|show|retry|cancel */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl.h"

static json_t *row_view(const struct store_outbox *o)
{
	return json_pack(
	    "{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:i, s:o, s:o, s:o, s:i, s:o, s:b}",
	    "id", (json_int_t)o->id, "case", (json_int_t)o->case_number, "note",
	    (json_int_t)o->note_id, "kind", json_of_span(o->kind), "sender",
	    json_of_span(o->sender), "recipient", json_of_span(o->recipient), "message_id",
	    json_of_span(o->message_id), "subject", json_of_span(o->subject), "state",
	    outbox_state_name(o->state), "attempts", o->attempts, "created_at",
	    json_of_instant(o->created_at), "next_at", json_of_instant(o->next_at), "sent_at",
	    json_of_instant(o->sent_at), "last_code", o->last_code, "last_text",
	    json_of_span(o->last_text), "automatic", (int)o->automatic);
}

static const struct ctl_column list_columns[] = {
	{ "id", "row", 9, CTL_RIGHT },	    { "case", "case", 7, CTL_RIGHT },
	{ "state", "state", 10, CTL_TEXT }, { "attempts", "tries", 5, CTL_RIGHT },
	{ "kind", "kind", 16, CTL_TEXT },   { "recipient", "recipient", 0, CTL_TEXT },
};

static int filter(struct ctl *c, struct store_outbox_filter *f)
{
	const char *state = ctl_value(c, "--state");
	enum outbox_state which;
	int status;

	*f = (struct store_outbox_filter){ .state = -1 };
	if (state && !outbox_state_find(span_of(state), &which))
		return ctl_usage(c, "--state %s: there is no such state", state);
	if (state)
		f->state = (int)which;
	status = ctl_limit(c, &f->limit);
	if (status == EX_OK)
		status = ctl_option_number(c, "--case", &f->case_number);
	return status == EX_OK ? ctl_words(c, 0, 0) : status;
}

static int outbox_list(struct ctl *c)
{
	struct store_outbox_filter f;
	struct store_outbox *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;
	int status = filter(c, &f);

	if (status != EX_OK)
		return status;
	if (store_outbox_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, row_view(&v[i]));
	return ctl_rows(c, rows, list_columns, sizeof(list_columns) / sizeof(*list_columns));
}

static int take_row(struct ctl *c, struct store_outbox *ret_row)
{
	struct err e = { 0 };
	int64_t id;
	int status = ctl_words(c, 1, 1);

	if (status == EX_OK)
		status = ctl_word_number(c, 0, "row", &id);
	if (status != EX_OK)
		return status;
	return store_outbox_get(c->d->store, id, c->d->arena, ret_row, &e) < 0 ? ctl_fail(c, &e)
									       : EX_OK;
}

static const struct ctl_column show_lines[] = {
	{ "id", "row", 0, CTL_TEXT },
	{ "case", "case", 0, CTL_TEXT },
	{ "kind", "kind", 0, CTL_TEXT },
	{ "sender", "sender", 0, CTL_TEXT },
	{ "recipient", "recipient", 0, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
	{ "message_id", "message-id", 0, CTL_TEXT },
	{ "state", "state", 0, CTL_TEXT },
	{ "attempts", "attempts", 0, CTL_TEXT },
	{ "created_at", "created", 0, CTL_TIME },
	{ "next_at", "next attempt", 0, CTL_TIME },
	{ "sent_at", "sent", 0, CTL_TIME },
	{ "last_code", "reply", 0, CTL_TEXT },
	{ "last_text", "which said", 0, CTL_TEXT },
};

static int outbox_show(struct ctl *c)
{
	bool raw = ctl_flag(c, "--raw");
	struct store_outbox row;
	struct err e = { 0 };
	int status = take_row(c, &row);

	if (status != EX_OK)
		return status;
	if (raw)
		return store_outbox_message(c->d->store, row.id, c->out, &e) < 0 ? ctl_fail(c, &e)
										 : EX_OK;
	return ctl_object(c, row_view(&row), show_lines, sizeof(show_lines) / sizeof(*show_lines));
}

static int set_state(struct ctl *c, enum outbox_state state, const char *text)
{
	struct store_outbox row;
	struct err e = { 0 };
	int status = take_row(c, &row);

	if (status != EX_OK)
		return status;
	if (row.state == OUTBOX_SENT)
		return ctl_usage(c, "row %" PRIi64 " was sent", row.id);
	if (row.state == OUTBOX_SENDING)
		return ctl_usage(c, "row %" PRIi64 " is being sent: wait for its result", row.id);
	return store_outbox_result(c->d->store, row.id, state, c->d->now, c->d->now, 0,
				   span_of(text), &e) < 0
		   ? ctl_fail(c, &e)
		   : EX_OK;
}

static int outbox_retry(struct ctl *c)
{
	return set_state(c, OUTBOX_QUEUED, "asked for by the operator");
}

static int outbox_cancel(struct ctl *c)
{
	return set_state(c, OUTBOX_CANCELLED, "cancelled by the operator");
}

const struct ctl_verb ctl_outbox_verbs[] = {
	{ "outbox list", "[--state S] [--case N] [--limit N]", "mails that go out, newest first", 0,
	  outbox_list },
	{ "outbox show", "ID [--raw]", "one row and its last reply; --raw: the message", CTL_RAW,
	  outbox_show },
	{ "outbox retry", "ID", "sends it now, also when it failed", CTL_WRITES, outbox_retry },
	{ "outbox cancel", "ID", "does not send it", CTL_WRITES, outbox_cancel },
	{ 0 },
};
