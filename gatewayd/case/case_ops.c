#include "gatewayd/case/case_ops.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_clock.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/case/word.h"

static struct span state_span(enum case_state state)
{
	return span_of(case_state_name(state));
}

static int logged(struct desk *d, const struct store_case *c, const struct case_event *ev,
		  struct err *e)
{
	if (case_log_add(d, c->number, ev, e) < 0 || store_case_update(d->store, c, e) < 0)
		return -1;
	return case_clock_update(d, c->number, e);
}

/* The last steps of every change: the row with its time, the event, the clocks. */
static int changed(struct desk *d, struct store_case *c, struct case_event *ev, struct err *e)
{
	ev->at = ev->at ? ev->at : d->now;
	if (ev->at > c->updated_at)
		c->updated_at = ev->at;
	return logged(d, c, ev, e);
}

static int package_of(struct desk *d, struct span account, struct span *ret_package, struct err *e)
{
	struct store_account row = { 0 };

	*ret_package = SPAN("");
	if (!account.n)
		return 0;
	if (store_account_get(d->store, account, d->arena, &row, e) < 0)
		return -1;
	if (row.id.p)
		*ret_package = row.package;
	return 0;
}

static struct store_case row_of(const struct case_opening *o)
{
	return (struct store_case){
		.queue = span_of(o->queue->name),
		.kind = span_of(o->queue->kind),
		.channel = span_of(channel_name(o->channel)),
		.severity = o->severity.severity,
		.severity_requested = o->severity.requested,
		.state = CASE_NEW,
		.subject = o->subject,
		.requester_name = o->requester_name,
		.requester_address = o->requester_address,
		.account = o->account,
		.behalf = o->behalf,
		.reseller = o->reseller,
		.top_visible = o->top_visible,
		.owner = o->owner,
		.language = o->language,
		.written_to = o->written_to,
		.rule = o->rule ? span_of(o->rule->name) : SPAN(""),
		.resource = o->rule && o->rule->resource ? span_of(o->rule->resource) : SPAN(""),
		.priority = o->rule ? o->rule->priority : 0,
		.opened_at = o->opened_at,
		.updated_at = o->opened_at,
		.reach = o->requester_address.n ? o->reach : REACH_UNKNOWN,
	};
}

/* What else is known at the opening, each an event of its own. */
static int log_circumstances(struct desk *d, const struct case_opening *o, int64_t number,
			     struct err *e)
{
	struct case_event wish = { .type = CASE_REQUESTED,
				   .at = d->now,
				   .actor = o->actor,
				   .severity = o->severity.requested,
				   .reason = span_of(o->severity.why) };
	struct case_event routed = { .type = CASE_ROUTED,
				     .at = d->now,
				     .actor = case_actor(CASE_BY_POLICY),
				     .queue = span_of(o->queue->name) };

	if (o->severity.requested && case_log_add(d, number, &wish, e) < 0)
		return -1;
	if (!o->rule)
		return 0;
	routed.rule = span_of(o->rule->name);
	routed.score = o->score;
	return case_log_add(d, number, &routed, e);
}

/* Why no automatic mail goes to the requester. */
static int log_unreached(struct desk *d, const struct case_opening *o, int64_t number,
			 struct err *e)
{
	struct case_event ev = { .type = CASE_UNREACHED,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_POLICY),
				 .reason = o->unreached };

	return o->unreached.n ? case_log_add(d, number, &ev, e) : 0;
}

int case_open(struct desk *d, const struct case_opening *o, int64_t *ret_number, struct err *e)
{
	struct store_case row = row_of(o);
	struct case_event ev = { .type = CASE_OPENED,
				 .at = o->opened_at,
				 .actor = o->actor,
				 .severity = o->severity.severity,
				 .by_sender = o->severity.by_sender,
				 .channel = row.channel,
				 .queue = row.queue,
				 .account = o->account,
				 .phone = o->phone,
				 .mail = o->mail,
				 .received = o->moved_from,
				 .reason = span_of(o->severity.why) };
	int64_t number;

	if (package_of(d, o->account, &ev.package, e) < 0 ||
	    store_case_open(d->store, &row, &number, e) < 0 ||
	    case_log_add(d, number, &ev, e) < 0 || log_circumstances(d, o, number, e) < 0 ||
	    log_unreached(d, o, number, e) < 0 || case_clock_begin(d, number, &ev, e) < 0)
		return -1;
	*ret_number = number;
	return 0;
}

static enum case_event_type note_event(const struct store_note *note, bool automatic)
{
	if (!automatic && note->kind == NOTE_INBOUND)
		return CASE_CUSTOMER_NOTE;
	if (!automatic && note->kind == NOTE_OUTBOUND)
		return CASE_RESPONSE;
	return CASE_NOTE;
}

/* An answer opens a new case; a customer's word opens one that waited or was over. */
static int note_state(struct desk *d, const struct store_case *c, enum case_event_type type,
		      struct span actor, struct err *e)
{
	bool wakes = c->state == CASE_WAITING || case_state_is_over(c->state);

	if (type == CASE_CUSTOMER_NOTE && wakes)
		return case_set_state(d, c->number, CASE_OPEN, actor, SPAN("the customer wrote"),
				      e);
	if (type == CASE_RESPONSE && c->state == CASE_NEW)
		return case_set_state(d, c->number, CASE_OPEN, actor, SPAN("answered"), e);
	return 0;
}

int case_note(struct desk *d, const struct store_note *note, bool automatic, int64_t *ret_id,
	      struct err *e)
{
	struct store_case c;
	struct case_event ev = { .type = note_event(note, automatic),
				 .at = note->at,
				 .actor = note->author_address,
				 .mail = note->mail_id };

	if (store_case_get(d->store, note->case_number, d->arena, &c, e) < 0 ||
	    store_note_add(d->store, note, ret_id, e) < 0 ||
	    note_state(d, &c, ev.type, note->author_address, e) < 0 ||
	    store_case_get(d->store, note->case_number, d->arena, &c, e) < 0)
		return -1;
	ev.note = *ret_id;
	/* Anybody may have written it: it makes no case look worked on. */
	if (note->trust == NOTE_TRUST_UNVERIFIED)
		return logged(d, &c, &ev, e);
	return changed(d, &c, &ev, e);
}

int case_call(struct desk *d, int64_t number, struct span actor, struct span said, struct err *e)
{
	struct store_note note = { .case_number = number,
				   .kind = NOTE_OUTBOUND,
				   .at = d->now,
				   .author_name = actor,
				   .trust = NOTE_TRUST_STAFF,
				   .text = said,
				   .reply = said };
	struct case_event ev = { .type = CASE_RESPONSE, .actor = actor, .phone = said };
	struct store_case c;

	if (!said.n)
		return word_refuse(d, e, WORD_SAY_CALL, NULL, 0);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_note_add(d->store, &note, &ev.note, e) < 0 ||
	    note_state(d, &c, CASE_RESPONSE, actor, e) < 0 ||
	    store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	return changed(d, &c, &ev, e);
}

static int refuse_merged(struct desk *d, const struct store_case *c, struct err *e)
{
	struct word_value v[] = { { "case", word_number(d, c->number) },
				  { "into", word_number(d, c->merged_into) } };

	return word_refuse(d, e, WORD_WAS_MERGED, v, 2);
}

int case_set_state(struct desk *d, int64_t number, enum case_state state, struct span actor,
		   struct span reason, struct err *e)
{
	struct store_case c;
	struct case_event ev = {
		.type = CASE_STATE, .actor = actor, .reason = reason, .state = state_span(state)
	};

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (c.merged_into)
		return refuse_merged(d, &c, e);
	if (c.state == state)
		return 0;
	if (state == CASE_NEW)
		return word_refuse_case(d, e, WORD_NOT_NEW, number);
	ev.state_before = state_span(c.state);
	c.state = state;
	return case_wait_follow(d, &c, e) < 0 ? -1 : changed(d, &c, &ev, e);
}

static int refuse_owner(struct desk *d, const struct store_case *c, struct span owner,
			struct err *e)
{
	const struct conf_staff *staff = conf_staff_find(d->conf, arena_cstr(d->arena, owner));
	struct word_value v[2] = { { "name", SPAN("") }, { "queue", c->queue } };

	if (!staff)
		return word_refuse_name(d, e, WORD_NO_STAFF, owner);
	v[0].text = span_of(staff->name);
	return staff_name_works_on(staff, desk_queue(d, c->queue)->name)
		   ? 0
		   : word_refuse(d, e, WORD_NOT_OF_QUEUE, v, 2);
}

int case_assign(struct desk *d, int64_t number, struct span owner, struct span actor, struct err *e)
{
	struct case_event ev = { .type = CASE_OWNER, .actor = actor, .owner = owner };
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (owner.n && refuse_owner(d, &c, owner, e) < 0)
		return -1;
	if (span_eq(c.owner, owner))
		return 0;
	ev.owner_before = c.owner;
	c.owner = owner;
	return changed(d, &c, &ev, e);
}

/* In the order of the enum; SEVERITY_MAY refuses nothing. */
static int refuse_severity(struct desk *d, const struct policy_kind *kind, int severity,
			   enum severity_change why, struct err *e)
{
	static const enum word words[] = {
		[SEVERITY_OFF_SCALE] = WORD_OFF_SCALE,
		[SEVERITY_SAME] = WORD_SAME_SEVERITY,
		[SEVERITY_NEEDS_CALL] = WORD_NEEDS_CALL,
		[SEVERITY_NEEDS_REASON] = WORD_NEEDS_REASON,
	};
	struct word_value v[] = { { "severity", word_number(d, severity) },
				  { "kind", span_of(kind->name) },
				  { "levels", word_number(d, policy_kind_levels(kind)) } };

	return word_refuse(d, e, words[why], v, 3);
}

int case_set_severity(struct desk *d, int64_t number, int severity, struct span actor,
		      struct span reason, struct span phone, struct err *e)
{
	const struct policy_kind *kind;
	enum severity_change why;
	struct store_case c;
	struct case_event ev = { .type = CASE_SEVERITY,
				 .actor = actor,
				 .severity = severity,
				 .reason = reason,
				 .phone = phone };

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	kind = desk_kind(d, desk_queue(d, c.queue));
	why = severity_change_check(kind, c.severity, severity, reason, phone,
				    span_is(c.channel, channel_name(CHANNEL_PHONE)));
	if (why != SEVERITY_MAY)
		return refuse_severity(d, kind, severity, why, e);
	ev.severity_before = c.severity;
	c.severity = severity;
	return changed(d, &c, &ev, e);
}

int case_wish(struct desk *d, int64_t number, int severity, struct span actor, struct err *e)
{
	struct case_event ev = { .type = CASE_REQUESTED, .actor = actor, .severity = severity };
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (c.severity_requested == severity)
		return 0;
	c.severity_requested = severity;
	return changed(d, &c, &ev, e);
}

static int place(struct desk *d, struct store_case *c, struct span actor, struct err *e)
{
	struct case_event ev = {
		.type = CASE_PLACED, .actor = actor, .queue = c->queue, .account = c->account
	};

	if (package_of(d, c->account, &ev.package, e) < 0)
		return -1;
	return changed(d, c, &ev, e);
}

static int has_call(struct desk *d, const struct store_case *c, bool *ret_has, struct err *e)
{
	struct case_event *log;
	size_t n;

	*ret_has = span_is(c->channel, channel_name(CHANNEL_PHONE));
	if (case_log_read(d, c->number, &log, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (log[i].type != CASE_RESPONSE && log[i].phone.n)
			*ret_has = true;
	return 0;
}

/* After a move: a severity that the new kind gives. */
static int fit_severity(struct desk *d, struct store_case *c, const struct policy_kind *kind,
			struct span actor, struct err *e)
{
	struct case_event ev = { .type = CASE_SEVERITY,
				 .actor = actor,
				 .severity_before = c->severity };
	int levels = policy_kind_levels(kind);
	bool call = true;

	if (c->severity == 1 && kind->severity1_phone_only && has_call(d, c, &call, e) < 0)
		return -1;
	if (!call && levels > 1) {
		ev.severity = 2;
		ev.reason = span_of(arena_printf(
		    d->arena, "severity 1 of %s needs the record of a phone call", kind->name));
	} else if (c->severity > levels) {
		ev.severity = levels;
		ev.reason = span_of(
		    arena_printf(d->arena, "the scale of %s ends at %d", kind->name, levels));
	} else {
		return 0;
	}
	c->severity = (int)ev.severity;
	return changed(d, c, &ev, e);
}

int case_move(struct desk *d, int64_t number, struct span queue, struct span actor, struct err *e)
{
	const struct conf_queue *q = conf_queue_find(d->conf, arena_cstr(d->arena, queue));
	struct store_case c;

	if (!q)
		return word_refuse_name(d, e, WORD_NO_QUEUE, queue);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (span_is(c.queue, q->name))
		return 0;
	c.queue = span_of(q->name);
	c.kind = span_of(q->kind);
	if (place(d, &c, actor, e) < 0)
		return -1;
	return fit_severity(d, &c, desk_kind(d, q), actor, e);
}

int case_set_account(struct desk *d, int64_t number, struct span account, struct span actor,
		     struct err *e)
{
	struct store_account row = { 0 };
	struct store_case c;

	if (account.n && store_account_get(d->store, account, d->arena, &row, e) < 0)
		return -1;
	if (account.n && !row.id.p)
		return word_refuse_name(d, e, WORD_NO_ACCOUNT, account);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (span_eq(c.account, account))
		return 0;
	c.account = account;
	return place(d, &c, actor, e);
}

int case_set_requester(struct desk *d, int64_t number, struct span address, struct span actor,
		       struct err *e)
{
	struct case_event ev = { .type = CASE_REQUESTER, .actor = actor };
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	ev.reason = span_of(arena_printf(d->arena, SPAN_FMT ", before " SPAN_FMT, SPAN_ARG(address),
					 SPAN_ARG(c.requester_address)));
	c.requester_address = address;
	c.requester_name = SPAN("");
	return changed(d, &c, &ev, e);
}

int case_link(struct desk *d, int64_t number, int64_t other, enum link_kind kind, struct span actor,
	      struct err *e)
{
	struct store_link link = { .number = number, .other = other, .kind = kind, .at = d->now };
	struct case_event ev = { .type = CASE_LINKED,
				 .at = d->now,
				 .actor = actor,
				 .other = other,
				 .reason = span_of(link_kind_name(kind)) };
	struct store_case c;

	if (number == other)
		return word_refuse_case(d, e, WORD_LINK_ITSELF, number);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_case_get(d->store, other, d->arena, &c, e) < 0 ||
	    store_link_add(d->store, &link, e) < 0)
		return -1;
	return case_log_add(d, number, &ev, e);
}

/* Most are what they were merged into, or one step before it. */
int case_follow(struct desk *d, int64_t number, struct store_case *ret_case, struct err *e)
{
	int64_t root;

	if (store_case_get(d->store, number, d->arena, ret_case, e) < 0)
		return e->class == ERR_PERM ? word_refuse_case(d, e, WORD_NO_CASE, number) : -1;
	if (!ret_case->merged_into)
		return 0;
	if (store_case_get(d->store, ret_case->merged_into, d->arena, ret_case, e) < 0)
		return -1;
	if (!ret_case->merged_into)
		return 0;
	return store_case_root(d->store, number, &root, e) < 0
		   ? -1
		   : store_case_get(d->store, root, d->arena, ret_case, e);
}

static int recompute_one(struct desk *d, const struct store_case *c, size_t *changed_count,
			 struct err *e)
{
	struct store_case row = *c;
	struct span package;
	struct case_event *log;
	size_t n;
	struct span last = SPAN("");

	if (package_of(d, c->account, &package, e) < 0 ||
	    case_log_read(d, c->number, &log, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (log[i].type == CASE_OPENED || log[i].type == CASE_PLACED)
			last = log[i].package;
	if (!span_eq(last, package)) {
		++*changed_count;
		return place(d, &row, case_actor(CASE_BY_POLICY), e);
	}
	return case_clock_update(d, c->number, e);
}

int case_recompute(struct desk *d, struct span account, size_t *ret_changed, struct err *e)
{
	struct store_case_filter f = { .open_only = true, .account = account, .limit = 1000 };
	struct store_case *v;
	size_t n;

	*ret_changed = 0;
	do {
		if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (recompute_one(d, &v[i], ret_changed, e) < 0)
				return -1;
			f.before = v[i].number;
		}
	} while (n == (size_t)f.limit);
	return 0;
}
