/* #new: a case for a customer who did not write. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/slip.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"

enum { LINE_MAX_BYTES = 200 }; /* of a line of the mail, in a transcript */

/* What stands behind the address, else the mail's subject, else the first line of its text. */
static struct span subject_of(struct run *r, struct span said)
{
	size_t most = (size_t)r->d->conf->limits.subject_bytes;
	struct span rest = r->r->commands->text, line = SPAN("");

	if (!said.n)
		said = r->r->subject;
	while (!said.n && span_line(&rest, &line))
		said = span_trim(line);
	return utf8_prefix(said, most);
}

/* The mailbox's, or the first of those that its author works on. */
static const struct conf_queue *queue_of(const struct run *r)
{
	const struct store_case here = { .queue = span_of(r->r->queue->name), .owner = SPAN("") };

	if (staff_name_sees(r->r->staff, &here))
		return r->r->queue;
	return desk_queue(r->d, span_of(r->r->staff->queues.v[0]));
}

static int open_case(struct run *r, const struct conf_queue *queue, struct span subject,
		     int64_t *ret_number, struct err *e)
{
	struct severity_intake intake = { .kind =
					      policy_kind_find(&r->d->conf->policy, queue->kind),
					  .channel = CHANNEL_STAFF };
	struct case_opening o = { .queue = queue,
				  .channel = CHANNEL_STAFF,
				  .severity = severity_at_intake(&intake),
				  .subject = subject,
				  .requester_name = SPAN(""),
				  .requester_address = SPAN(""),
				  .account = SPAN(""),
				  .behalf = SPAN(""),
				  .reseller = SPAN(""),
				  .top_visible = true,
				  .reach = REACH_PROVEN,
				  .opened_at = r->d->now,
				  .mail = r->r->mail,
				  .actor = r->who,
				  .owner = r->who };

	return case_open(r->d, &o, ret_number, e);
}

/* Their words are for staff; the customer is written to by an answer. */
static int add_words(struct run *r, int64_t number, struct err *e)
{
	struct span text = r->r->commands->text;
	struct store_note note = { .case_number = number,
				   .kind = NOTE_INTERNAL,
				   .at = r->d->now,
				   .author_name = span_of(r->r->staff->name),
				   .author_address = span_of(r->r->staff->addresses.v[0]),
				   .trust = NOTE_TRUST_STAFF,
				   .text = text,
				   .reply = text,
				   .message_id = r->r->thread.message_id,
				   .mail_id = r->r->mail };
	int64_t id;

	return text.n ? case_note(r->d, &note, false, &id, e) : 0;
}

static int tell(struct run *r, int64_t number, struct err *e)
{
	struct post_person nobody = { .address = SPAN("") };
	struct post_said said = { .text = r->r->commands->text };

	return post_phoned(r->d, number, &nobody, &said, e);
}

int staff_run_new(struct run *r, struct err *e)
{
	const struct conf_queue *queue = queue_of(r);
	struct span rest = r->c->argument, address, before, slip;
	struct word_value v[2] = { { "case", SPAN("") }, { "customer", SPAN("") } };
	int64_t number;

	do
		if (!staff_said_word(&rest, &address))
			return staff_refuse_usage(r, e);
	while (!memchr(address.p, '@', address.n));
	slip = slip_find(r->r->commands->text, 0, NULL);
	if (slip.p)
		return word_refuse(
		    r->d, e, WORD_BELOW_NEW,
		    &(struct word_value){ "line", utf8_prefix(slip, LINE_MAX_BYTES) }, 1);
	while (rest.n && strchr(" >,;:", rest.p[0]))
		rest = span_sub(rest, 1, SIZE_MAX);
	if (open_case(r, queue, subject_of(r, span_trim(rest)), &number, e) < 0 ||
	    conversation_ask_for(r->d, number, address, r->who, &before, e) < 0 ||
	    add_words(r, number, e) < 0 || tell(r, number, e) < 0)
		return -1;
	v[0].text = word_number(r->d, number);
	v[1].text = address;
	r->about = number;
	r->result = word_fill(r->d, r->words, WORD_DONE_NEW, v, 2);
	if (queue != r->r->queue)
		r->found =
		    word_with(r->d, r->words, WORD_DONE_QUEUE, "queue", span_of(queue->name));
	staff_undo(r, STAFF_CLOSE, SPAN(""));
	return 0;
}
