/* outbox list|show|retry|cancel|edit */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/delivered.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_pages.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/mail/resend.h"
#include "store/store_node.h"

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
	{ "id", "row", 9, CTL_RIGHT },	     { "case", "case", 7, CTL_RIGHT_NUMBER },
	{ "state", "state", 10, CTL_STATE }, { "attempts", "tries", 5, CTL_RIGHT },
	{ "kind", "kind", 16, CTL_TEXT },    { "recipient", "recipient", 0, CTL_TEXT },
};

static json_t *outbox_row(struct ctl *c, const void *row, struct err *e)
{
	(void)c;
	(void)e;
	return row_view(row);
}

static const char *state_at(int state)
{
	return outbox_state_name((enum outbox_state)state);
}

int ctl_outbox_list(struct ctl *c)
{
	struct ctl_filter wanted;
	struct store_outbox *v;
	struct err e = { 0 };
	size_t n;
	int status = ctl_filter(c, state_at, OUTBOX_STATE_COUNT, &wanted);

	if (status != EX_OK)
		return status;
	struct store_outbox_filter f = { .state = wanted.state,
					 .case_number = wanted.case_number,
					 .since_at = wanted.since_at,
					 .before = wanted.before,
					 .limit = wanted.limit };
	if (store_outbox_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	status = n ? EX_OK : ctl_case_of_filter(c, &wanted);
	return status == EX_OK ? CTL_LIST(c, v, n, outbox_row, list_columns) : status;
}

int ctl_outbox_list_local(struct ctl *c)
{
	return CTL_PAGED(c, &ctl_pages_by_id, list_columns);
}

static int take_row(struct ctl *c, struct store_outbox *ret_row)
{
	struct err e = { 0 };
	int64_t id;
	int status = ctl_word_number(c, 0, "row", &id);

	if (status != EX_OK)
		return status;
	return ctl_result(c, store_outbox_get(c->d->store, id, c->d->arena, ret_row, &e), &e);
}

static const struct ctl_column show_lines[] = {
	{ "id", "row", 0, CTL_TEXT },
	{ "case", "case", 0, CTL_NUMBER },
	{ "kind", "kind", 0, CTL_TEXT },
	{ "sender", "sender", 0, CTL_TEXT },
	{ "recipient", "recipient", 0, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
	{ "message_id", "message-id", 0, CTL_TEXT },
	{ "state", "state", 0, CTL_STATE },
	{ "attempts", "attempts", 0, CTL_TEXT },
	{ "created_at", "created", 0, CTL_TIME },
	{ "next_at", "next attempt", 0, CTL_TIME },
	{ "sent_at", "sent", 0, CTL_TIME },
	{ "last_code", "reply", 0, CTL_NUMBER },
	{ "last_text", "which said", 0, CTL_TEXT },
};

int ctl_outbox_show(struct ctl *c)
{
	struct store_outbox row;
	struct err e = { 0 };
	int status = take_row(c, &row);

	if (status != EX_OK)
		return status;
	c->raw = ctl_flag(c, "--raw");
	if (c->raw)
		return ctl_result(c, store_outbox_message(c->d->store, row.id, c->out, &e), &e);
	return CTL_OBJECT(c, row_view(&row), show_lines);
}

/* What a node is sending has a result soon, which no other node knows: queued again it could be
 * sent by two, and what is cancelled goes out all the same. */
static int refuse_under_way(struct ctl *c, const struct store_outbox *row)
{
	struct err e = { 0 };
	struct span node;

	if (store_node_of_row(c->d->store, row->id, c->d->arena, &node, &e) < 0)
		return ctl_fail(c, &e);
	if (node.n == 0)
		return EX_OK;
	err_set(&e, ERR_TEMP,
		"node " SPAN_FMT " is sending row %" PRIi64 ": try again when it has a result",
		SPAN_ARG(node), row->id);
	return ctl_fail(c, &e);
}

/* What was erased or has expired would go out empty. */
static int refuse_empty(struct ctl *c, const struct store_outbox *row)
{
	struct buf message BUF_AUTO;
	struct err e = { 0 };

	buf_init(&message, CTL_OUT_MAX);
	if (store_outbox_message(c->d->store, row->id, &message, &e) < 0)
		return ctl_fail(c, &e);
	return message.n ? EX_OK
			 : ctl_usage(c, "the text of row %" PRIi64 " is no longer kept", row->id);
}

/* Only a daemon has a sender: without one what it was sending is not under way. */
static bool is_sending(const struct ctl *c, const struct store_outbox *row)
{
	return c->daemon && row->state == OUTBOX_SENDING;
}

/* What the sender has cannot be taken back. */
static void say_too_late(struct ctl *c, const struct store_outbox *row)
{
	buf_addf(c->err,
		 "gatewayctl: row %" PRIi64 " is being sent, and may go out all the same: it will "
		 "be \"sent\" then, and not tried again otherwise\n",
		 row->id);
}

static int set_state(struct ctl *c, enum outbox_state state, const char *text)
{
	struct store_outbox row;
	struct err e = { 0 };
	bool sending;
	int status = take_row(c, &row);

	if (status == EX_OK)
		status = refuse_under_way(c, &row);
	if (status == EX_OK && state == OUTBOX_QUEUED)
		status = refuse_empty(c, &row);
	if (status != EX_OK)
		return status;
	if (row.state == OUTBOX_SENT)
		return ctl_usage(c, "row %" PRIi64 " was sent", row.id);
	sending = is_sending(c, &row);
	if (sending && state == OUTBOX_CANCELLED)
		text = "cancelled by the operator while it was being sent: it may have gone out";
	if (store_outbox_result(c->d->store, row.id, state, c->d->now, c->d->now, 0, span_of(text),
				&e) < 0 ||
	    (state == OUTBOX_CANCELLED && case_not_delivered(c->d, &row, span_of(text), &e) < 0) ||
	    store_outbox_get(c->d->store, row.id, c->d->arena, &row, &e) < 0)
		return ctl_fail(c, &e);
	if (sending && state == OUTBOX_CANCELLED)
		say_too_late(c, &row);
	return ctl_done(c, row_view(&row));
}

/* --- edit --- */

/* Only an answer of staff has words of its own; the rest is made from templates. */
static const char *refuse_edit(const struct store_outbox *row)
{
	if (row->automatic || !row->note_id)
		return "is no answer of staff";
	if (row->state == OUTBOX_SENT)
		return "was sent";
	return NULL;
}

/* What the sender has cannot be taken back: both texts would go out. */
static int refuse_sending(struct ctl *c, const struct store_outbox *row)
{
	struct err e;

	if (!is_sending(c, row))
		return EX_OK;
	err_set(&e, ERR_TEMP, "row %" PRIi64 " is being sent: try again when it has a result",
		row->id);
	return ctl_fail(c, &e);
}

/* What waits is taken back first, so that it does not go out beside the new one. */
static int take_back(struct ctl *c, const struct store_outbox *row, struct err *e)
{
	if (row->state != OUTBOX_QUEUED && row->state != OUTBOX_SENDING)
		return 0;
	return store_outbox_result(c->d->store, row->id, OUTBOX_CANCELLED, c->d->now, c->d->now, 0,
				   SPAN("edited by the operator"), e);
}

static int read_edit(struct ctl *c, const struct store_outbox *row, struct resend *ret_again)
{
	const char *to = ctl_value(c, "--to");

	*ret_again = (struct resend){ .number = row->case_number,
				      .note = row->note_id,
				      .to = to ? span_of(to) : row->recipient,
				      .text = SPAN_NONE };
	if (to && !addrspec_valid(ret_again->to))
		return ctl_usage(c, "--to: \"%s\" is no mail address", to);
	if (!to && c->n < 2)
		return ctl_usage(c, "say what to change: --to ADDRESS, or a text");
	return c->n > 1 ? ctl_text_word(c, 1, &ret_again->text) : EX_OK;
}

int ctl_outbox_edit(struct ctl *c)
{
	struct store_outbox row;
	struct resend again;
	struct err e = { 0 };
	const char *refused;
	int status = take_row(c, &row);

	if (status == EX_OK)
		status = refuse_under_way(c, &row);
	if (status == EX_OK)
		status = refuse_sending(c, &row);
	if (status != EX_OK)
		return status;
	refused = refuse_edit(&row);
	if (refused)
		return ctl_usage(c, "row %" PRIi64 " %s", row.id, refused);
	status = read_edit(c, &row, &again);
	if (status != EX_OK)
		return status;
	if (take_back(c, &row, &e) < 0 || resend(c->d, &again, &e) < 0 ||
	    store_outbox_get(c->d->store, row.id, c->d->arena, &row, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, row_view(&row));
}

/* --- retry, cancel --- */

int ctl_outbox_retry(struct ctl *c)
{
	return set_state(c, OUTBOX_QUEUED, "asked for by the operator");
}

int ctl_outbox_cancel(struct ctl *c)
{
	return set_state(c, OUTBOX_CANCELLED, "cancelled by the operator");
}
