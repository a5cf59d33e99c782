/* case open */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/post/post.h"

static int read_severity(struct ctl *c, struct case_opening *o)
{
	const struct policy_kind *kind = desk_kind(c->d, o->queue);
	int64_t severity;
	int status = ctl_option_number(c, "--severity", &severity);

	if (status != EX_OK)
		return status;
	if (severity > policy_kind_levels(kind))
		return ctl_usage(c, "--severity %s is not on the scale of %s: 1 to %d",
				 ctl_value(c, "--severity"), o->queue->kind,
				 policy_kind_levels(kind));
	o->severity = severity_at_intake(&(struct severity_intake){
	    .kind = kind, .channel = o->channel, .declared = (int)severity });
	return EX_OK;
}

static int read_opening(struct ctl *c, struct case_opening *o)
{
	const char *channel = ctl_value(c, "--channel");
	int status = ctl_queue(c, ctl_value(c, "--queue"), &o->queue);

	if (status == EX_OK && !channel_parse(span_of(channel), &o->channel))
		status = ctl_usage(c, "--channel %s: phone, staff or email", channel);
	if (status == EX_OK)
		status = ctl_option_time(c, "--opened", &o->opened_at);
	if (status == EX_OK)
		status = read_severity(c, o);
	if (status == EX_OK && o->owner.n)
		status = ctl_staff(c, ctl_value(c, "--owner"), NULL);
	if (status == EX_OK && o->requester_address.n)
		status = ctl_address(c, ctl_value(c, "--from"));
	return status;
}

static int open_account(struct ctl *c, struct case_opening *o, const char *account)
{
	struct store_account row = { 0 };
	struct store_contact contact;
	struct err e = { 0 };
	int status = EX_OK;

	if (account)
		status = ctl_account(c, account, &row);
	else if (o->requester_address.n)
		status = ctl_result(c,
				    store_account_by_address(c->d->store, o->requester_address,
							     true, c->d->arena, &row, &contact, &e),
				    &e);
	if (status == EX_OK && row.id.p)
		o->account = row.id;
	return status;
}

/* Who called, at an address that is known; address "": nobody. */
static struct post_person confirmed(const struct case_opening *o)
{
	bool known = o->channel == CHANNEL_PHONE && o->account.n && o->requester_address.n;

	return (struct post_person){ known ? o->requester_address : SPAN(""), o->requester_name,
				     true, SPAN("") };
}

/* The case, its first note and the notices about it. */
static int open_with_note(struct ctl *c, const struct case_opening *o, struct span text)
{
	struct store_note note = { .kind = NOTE_INBOUND,
				   .at = c->d->now,
				   .author_name = o->requester_name,
				   .author_address = o->requester_address,
				   .trust = NOTE_TRUST_OPERATOR,
				   .text = text,
				   .reply = text,
				   .message_id = SPAN("") };
	struct author author;
	struct post_said said = { .text = text, .author = &author };
	struct post_person to = confirmed(o);
	struct err e = { 0 };
	int64_t note_id;

	author_of_note(&note, c->d->arena, &author);
	if (case_open(c->d, o, &note.case_number, &e) < 0 ||
	    store_note_add(c->d->store, &note, &note_id, &e) < 0 ||
	    post_phoned(c->d, note.case_number, &to, &said, &e) < 0)
		return ctl_fail(c, &e);
	if (!c->json)
		buf_addf(c->out, "case %" PRIi64 "\n", note.case_number);
	return ctl_case_done(c, note.case_number, note_id);
}

int ctl_case_open(struct ctl *c)
{
	struct case_opening o = { .subject = ctl_value_or_empty(c, "--subject"),
				  .requester_name = ctl_value_or_empty(c, "--name"),
				  .requester_address = ctl_value_or_empty(c, "--from"),
				  .account = SPAN(""),
				  .behalf = SPAN(""),
				  .reseller = SPAN(""),
				  .top_visible = true,
				  .reach = REACH_PROVEN,
				  .opened_at = c->d->now,
				  .actor = case_actor(CASE_BY_OPERATOR),
				  .phone = ctl_value_or_empty(c, "--phone"),
				  .owner = ctl_value_or_empty(c, "--owner") };
	struct span text = o.subject;
	int status = read_opening(c, &o);

	if (status == EX_OK && (!span_trim(o.subject).n || !utf8_valid(o.subject)))
		status = ctl_usage(c, "--subject is empty or not UTF-8");
	if (status == EX_OK && c->n)
		status = ctl_text_word(c, 0, &text);
	if (status == EX_OK)
		status = open_account(c, &o, ctl_value(c, "--account"));
	return status == EX_OK ? open_with_note(c, &o, text) : status;
}
