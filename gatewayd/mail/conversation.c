#include "gatewayd/mail/conversation.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/automatic.h"

static struct span name_of(const struct facts *f, struct span address)
{
	const struct facts_addresses *lists[] = { &f->to, &f->cc };

	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (addrspec_eq(lists[k]->v[i].address, address))
				return lists[k]->v[i].name;
	return SPAN("");
}

static bool is_person(const struct conf *conf, struct span address)
{
	return addrspec_valid(address) && utf8_valid(address) && !automatic_is_machine(address) &&
	       !identity_address_is_own(conf, address) && !conf_staff_by_address(conf, address) &&
	       !conf_is_told(conf, address);
}

static int account_of(struct desk *d, struct span address, struct span *ret_account, struct err *e)
{
	struct store_account account = { 0 };
	struct store_contact contact;

	if (store_account_by_address(
		d->store, address, !policy_is_freemail(&d->conf->policy, addrspec_domain(address)),
		d->arena, &account, &contact, e) < 0)
		return -1;
	*ret_account = account.id.p ? account.id : SPAN("");
	return 0;
}

static bool is_listed(const struct copied_list *list, struct span address)
{
	for (size_t i = 0; i < list->n; i++)
		if (addrspec_eq(list->v[i].address, address))
			return true;
	return false;
}

static int add_field(struct desk *d, const struct header_scan *scan, const struct facts *facts,
		     struct span value, struct copied_list *list, struct err *e)
{
	struct addrspec_list read;

	addrspec_list_read(value, HEADER_SCAN_RECIPIENTS_MAX, d->arena, &read);
	for (size_t i = 0; i < read.n && list->n < CONVERSATION_COPIED_MAX; i++) {
		struct copied *c = &list->v[list->n];

		*c = (struct copied){ read.v[i], name_of(facts, read.v[i]), SPAN("") };
		if (!is_person(d->conf, c->address) || is_listed(list, c->address) ||
		    (scan->from.p && addrspec_eq(scan->from, c->address)))
			continue;
		if (account_of(d, c->address, &c->account, e) < 0)
			return -1;
		list->n++;
	}
	return 0;
}

int conversation_copied(struct desk *d, const struct header_scan *scan, const struct facts *facts,
			struct copied_list *ret_list, struct err *e)
{
	struct header_walk walk = { .rest = scan->header };
	struct span name, value;

	ret_list->n = 0;
	while (header_walk_next(&walk, &name, &value))
		if ((span_is_ci(name, "To") || span_is_ci(name, "Cc")) &&
		    add_field(d, scan, facts, value, ret_list, e) < 0)
			return -1;
	return 0;
}

bool conversation_takes(const struct conf_queue *queue, struct span account,
			const struct copied *who)
{
	switch (queue->cc) {
	case CONF_CC_ALL: return true;
	case CONF_CC_ACCOUNT: return account.n && span_eq(who->account, account);
	case CONF_CC_ASK: break;
	}
	return false;
}

static int log_change(struct desk *d, int64_t number, struct span actor, const char *what,
		      struct span address, struct err *e)
{
	struct case_event ev = { .type = CASE_PARTICIPANT, .at = d->now, .actor = actor };

	ev.reason = span_of(arena_printf(d->arena, "%s " SPAN_FMT, what, SPAN_ARG(address)));
	return case_log_add(d, number, &ev, e);
}

/* Who is in it by a merge or by another's mail stays when that is undone: staff say so. */
static int add_again(struct desk *d, int64_t number, struct span address, struct span actor,
		     struct err *e)
{
	struct case_event *log;
	size_t n;

	if (case_log_read(d, number, &log, &n, e) < 0)
		return -1;
	return case_log_added(log, n, address) ? 0
					       : log_change(d, number, actor, "added", address, e);
}

int conversation_add(struct desk *d, int64_t number, const struct store_person *who,
		     struct span actor, struct err *e)
{
	enum participant_role role;
	struct store_person *v;
	size_t n;

	if (!is_person(d->conf, who->address))
		return word_refuse_name(d, e, WORD_NO_PERSON, who->address);
	if (store_participant_role(d->store, number, who->address, &role, e) < 0 ||
	    store_participant_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	if (role == ROLE_PARTICIPANT && who->origin == ORIGIN_STAFF)
		return add_again(d, number, who->address, actor, e);
	if (role != ROLE_NONE)
		return 0;
	if (n >= CONVERSATION_PARTICIPANTS_MAX)
		return word_refuse_name(d, e, WORD_TOO_MANY_PEOPLE, who->address);
	if (store_participant_add(d->store, number, who, e) < 0)
		return -1;
	return log_change(d, number, actor, "added", who->address, e);
}

int conversation_remove(struct desk *d, int64_t number, struct span address, struct span actor,
			struct err *e)
{
	enum participant_role role;

	if (store_participant_role(d->store, number, address, &role, e) < 0)
		return -1;
	if (role != ROLE_PARTICIPANT)
		return word_refuse_name(d, e, WORD_NO_PARTICIPANT, address);
	if (store_participant_remove(d->store, number, address, e) < 0)
		return -1;
	return log_change(d, number, actor, "removed", address, e);
}

int conversation_ask_for(struct desk *d, int64_t number, struct span address, struct span actor,
			 struct span *ret_before, struct err *e)
{
	struct store_case c;
	struct span account;

	if (!is_person(d->conf, address))
		return word_refuse_name(d, e, WORD_NO_PERSON, address);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    account_of(d, address, &account, e) < 0)
		return -1;
	*ret_before = c.requester_address;
	if (case_set_requester(d, number, address, actor, e) < 0)
		return -1;
	return c.account.n || !account.n ? 0 : case_set_account(d, number, account, actor, e);
}

int conversation_reachable(struct desk *d, int64_t number, bool *ret_reachable, struct err *e)
{
	struct store_person *v;
	struct store_case c;
	size_t n;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_participant_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	*ret_reachable = n > 0 || automatic_reaches(c.requester_address);
	return 0;
}
