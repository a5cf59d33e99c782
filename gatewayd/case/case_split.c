#include "gatewayd/case/case_split.h"

#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"

static bool is_customers(const struct store_note *n)
{
	return n->author_address.n && (n->kind == NOTE_INBOUND || n->trust == NOTE_TRUST_OUTSIDE);
}

static int find_note(struct desk *d, int64_t number, int64_t note, struct store_note *ret_note,
		     struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (v[i].id != note || v[i].case_number != number || !is_customers(&v[i]))
			continue;
		*ret_note = v[i];
		return 0;
	}
	return word_refuse_case(d, e, WORD_NO_SPLIT, number);
}

/* Mails go to its author as far as they did. */
static int set_people(struct desk *d, const struct store_case *c, const struct store_note *note,
		      struct case_opening *o, struct err *e)
{
	o->requester_address = note->author_address;
	o->requester_name = addrspec_eq(note->author_address, c->requester_address)
				? c->requester_name
				: note->author_name;
	o->unreached = SPAN("");
	return store_reach_get(d->store, c->number, note->author_address, &o->reach, e);
}

static int log_split(struct desk *d, int64_t number, int64_t other, int64_t note, struct span actor,
		     struct err *e)
{
	struct case_event ev = {
		.type = CASE_SPLIT, .at = d->now, .actor = actor, .note = note, .other = other
	};

	return case_log_add(d, number, &ev, e);
}

int case_split(struct desk *d, int64_t number, int64_t note, struct span subject, struct span actor,
	       int64_t *ret_number, struct err *e)
{
	struct store_case c;
	struct store_note n = { 0 };
	struct case_opening o = { .channel = CHANNEL_EMAIL,
				  .severity = { .why = "split from another case" },
				  .actor = actor,
				  .phone = SPAN("") };

	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    find_note(d, number, note, &n, e) < 0 || set_people(d, &c, &n, &o, e) < 0)
		return -1;
	o.queue = desk_queue(d, c.queue);
	o.severity.severity = c.severity;
	o.subject = subject.n ? subject : c.subject;
	o.account = c.account;
	o.behalf = c.behalf;
	o.reseller = c.reseller;
	o.top_visible = c.top_visible;
	o.owner = c.owner;
	o.language = c.language;
	o.written_to = c.written_to;
	o.opened_at = n.at;
	o.mail = n.mail_id;
	if (case_open(d, &o, ret_number, e) < 0 ||
	    store_note_move(d->store, note, *ret_number, e) < 0 ||
	    case_link(d, *ret_number, number, LINK_RELATED, actor, e) < 0 ||
	    log_split(d, number, *ret_number, note, actor, e) < 0)
		return -1;
	return log_split(d, *ret_number, number, note, actor, e);
}
