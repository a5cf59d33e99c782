#include "gatewayd/customer_command.h"

#include "gatewayd/case_ops.h"

/* Company-wide only for contacts who may; all others see their own cases. */
static int run_list(struct desk *d, const struct customer_request *r, bool open, bool closed,
		    struct err *e)
{
	struct store_case_filter f = { .open_only = open && !closed,
				       .closed_only = closed && !open,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = r->from.address,
				       .account = SPAN(""),
				       .limit = CUSTOMER_LIST_MAX };
	struct store_case *v;
	size_t n;

	if (r->command->company && r->company && r->account->id.p) {
		f.requester = SPAN("");
		f.account = r->account->id;
	}
	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	return post_listing(d, r->queue, v, n, &r->from, &r->thread, e);
}

static int run_close(struct desk *d, const struct customer_request *r, struct err *e)
{
	struct store_note note = { .case_number = r->number,
				   .kind = NOTE_SYSTEM,
				   .at = d->now,
				   .author_name = r->from.name,
				   .author_address = r->from.address,
				   .trust = SPAN("system"),
				   .text = SPAN("The customer closed the case by mail."),
				   .reply = SPAN("The customer closed the case by mail."),
				   .message_id = SPAN("") };
	int64_t id;

	if (case_set_state(d, r->number, CASE_CLOSED, r->from.address,
			   SPAN("closed by the customer"), e) < 0 ||
	    case_note(d, &note, true, &id, e) < 0 || post_case_state(d, r->number, e) < 0)
		return -1;
	return post_owner_update(d, r->number, id, r->from.address, note.text, e);
}

int customer_command_run(struct desk *d, const struct customer_request *r, struct err *e)
{
	switch (r->command->verb) {
	case CUSTOMER_STATUS:
		return r->number ? post_status(d, r->number, &r->from, &r->thread, e)
				 : run_list(d, r, true, false, e);
	case CUSTOMER_LIST: return run_list(d, r, r->command->open, r->command->closed, e);
	case CUSTOMER_CLOSE: return run_close(d, r, e);
	case CUSTOMER_NONE: break;
	}
	return err_set(e, ERR_BUG, "no such command");
}
