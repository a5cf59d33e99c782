#include "gatewayd/mail/resend.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/mail/conversation.h"

static bool is_answer(const struct store_outbox *row, int64_t number)
{
	return row->case_number == number && row->note_id && !row->automatic &&
	       (row->state == OUTBOX_BOUNCED || row->state == OUTBOX_FAILED ||
		row->state == OUTBOX_UNKNOWN);
}

static int last_undelivered(struct desk *d, int64_t number, int64_t *ret_note, struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = number };
	struct store_outbox *v;
	size_t n;

	if (store_outbox_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	*ret_note = 0;
	for (size_t i = 0; i < n && !*ret_note; i++)
		if (is_answer(&v[i], number))
			*ret_note = v[i].note_id;
	return 0;
}

int resend_find(struct desk *d, int64_t number, const struct span *answers, size_t n,
		int64_t *ret_note, struct err *e)
{
	*ret_note = 0;
	for (size_t i = 0; i < n && !*ret_note; i++) {
		struct store_outbox row = { 0 };

		if (!utf8_valid(answers[i]))
			continue;
		if (store_outbox_by_message_id(d->store, answers[i], d->arena, &row, e) < 0)
			return -1;
		if (row.case_number == number && span_is(row.kind, "not_delivered"))
			*ret_note = row.note_id;
	}
	return *ret_note ? 0 : last_undelivered(d, number, ret_note, e);
}

/* In other words it is a note of its own, and a response when it is written. */
static int change_text(struct desk *d, const struct resend *r, struct answer *a, int64_t *note,
		       struct err *e)
{
	if (!r->text.p)
		return answer_has_words(a, e);
	a->note.text = a->note.reply = r->text;
	a->note.at = d->now;
	a->note.message_id = SPAN("");
	a->note.mail_id = 0;
	return case_note(d, &a->note, false, note, e);
}

/* Who gets it takes part: the requester does already. */
static int join(struct desk *d, const struct resend *r, struct err *e)
{
	struct store_person who = { r->to, SPAN(""), ORIGIN_STAFF };
	struct store_case c;

	if (store_case_get(d->store, r->number, d->arena, &c, e) < 0)
		return -1;
	if (addrspec_eq(c.requester_address, r->to))
		return 0;
	return conversation_add(d, r->number, &who,
				r->sender ? span_of(r->sender->id) : case_actor(CASE_BY_OPERATOR),
				e);
}

int resend(struct desk *d, const struct resend *r, struct err *e)
{
	struct answer a = { .author = r->sender };
	struct post_reply p = { .number = r->number, .note = r->note, .only_to = r->to };

	if (answer_read(d, r->number, r->note, &a, e) < 0 ||
	    change_text(d, r, &a, &p.note, e) < 0 || join(d, r, e) < 0)
		return -1;
	p.author = a.author;
	p.text = a.note.reply;
	p.attachments = a.files;
	p.attachment_count = a.file_count;
	return post_customer_reply(d, &p, e);
}
