/* Commands about who is in the conversation, and what goes out to them. */
#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/identity.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/held.h"
#include "gatewayd/mail/resend.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"

/* "a@x<mailto:a@x>": Outlook's text of an address says it once more. */
static struct span without_link(struct span rest)
{
	struct span more = rest;

	while (more.n && strchr(" \t<", more.p[0]))
		more = span_sub(more, 1, SIZE_MAX);
	if (!span_starts_ci(more, SPAN("mailto:")))
		return rest;
	(void)span_cut(&more, '>');
	return more;
}

/* The next address of "Ann <a@x>, b@y": a word with an "@" in it; minus: behind a "-". */
static bool people_next(struct run *r, struct span *rest, struct span *ret_address, bool *ret_minus)
{
	while (rest->n) {
		size_t n = 0;

		while (n < rest->n && !strchr(" \t,;<>", rest->p[n]))
			n++;
		*ret_address = span_sub(*rest, 0, n);
		*rest = span_sub(*rest, n + 1, SIZE_MAX);
		*ret_minus = span_starts(*ret_address, SPAN("-"));
		if (*ret_minus)
			*ret_address = span_sub(*ret_address, 1, SIZE_MAX);
		if (span_starts_ci(*ret_address, SPAN("mailto:")))
			*ret_address = span_sub(*ret_address, strlen("mailto:"), SIZE_MAX);
		if (!n || !memchr(ret_address->p, '@', ret_address->n))
			continue;
		*rest = without_link(*rest);
		*ret_address = addrspec_ascii(*ret_address, r->d->arena);
		return true;
	}
	return false;
}

int staff_run_send(struct run *r, struct err *e)
{
	struct store_held held;

	if (held_find(r->d, r->r->number, r->r->staff, r->r->answers, r->r->answer_count, &held,
		      e) < 0)
		return -1;
	if (!held.id)
		return word_refuse(r->d, e, WORD_NONE_HELD, NULL, 0);
	if (held_send(r->d, &held, r->r->staff, &r->sent, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_SEND, NULL, SPAN_NONE);
	return 0;
}

/* "#cc a@x b@y" adds, "#cc -a@x" takes out, never both; commas and angle brackets do not matter. */
int staff_run_cc(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, address;
	bool out = rest.n && rest.p[0] == '-', minus;
	struct buf people BUF_AUTO;

	buf_init(&people, 2 * KIB);
	while (people_next(r, &rest, &address, &minus)) {
		struct store_person who = { address, SPAN(""), ORIGIN_STAFF };

		if (minus && !out)
			return staff_refuse_usage(r, e);
		if (out ? conversation_remove(r->d, r->r->number, address, r->who, e) < 0
			: conversation_add(r->d, r->r->number, &who, r->who, e) < 0)
			return -1;
		buf_addf(&people, "%s" SPAN_FMT, people.n ? ", " : "", SPAN_ARG(address));
	}
	if (!people.n)
		return staff_refuse_usage(r, e);
	staff_says(r, out ? WORD_DONE_UNCC : WORD_DONE_CC, "people",
		   arena_dup(r->d->arena, buf_span(&people)));
	return 0;
}

int staff_run_from(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, address, more;
	struct word_value v[2] = { { "address", SPAN("") }, { "before", SPAN("") } };
	bool minus;

	if (!people_next(r, &rest, &address, &minus) || people_next(r, &rest, &more, &minus))
		return staff_refuse_usage(r, e);
	v[0].text = address;
	if (conversation_ask_for(r->d, r->r->number, address, r->who, &v[1].text, e) < 0)
		return -1;
	if (!v[1].text.n)
		v[1].text = SPAN("-");
	r->result = word_fill(r->d, r->words, WORD_DONE_FROM, v, 2);
	if (v[1].text.p && v[1].text.n > 1)
		staff_undo(r, STAFF_FROM, v[1].text);
	return 0;
}

int staff_run_to(struct run *r, struct err *e)
{
	struct resend again = { .number = r->r->number,
				.to = addrspec_ascii(span_trim(r->c->argument), r->d->arena),
				.text = SPAN_NONE,
				.sender = r->r->staff };

	if (!addrspec_valid(again.to) || identity_address_is_own(r->d->conf, again.to))
		return word_refuse_name(r->d, e, WORD_NO_ADDRESS, r->c->argument);
	if (resend_find(r->d, again.number, r->r->answers, r->r->answer_count, &again.note, e) < 0)
		return -1;
	if (!again.note)
		return word_refuse(r->d, e, WORD_NONE_CAME_BACK, NULL, 0);
	if (resend(r->d, &again, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_TO, "address", again.to);
	return 0;
}

/* By its id, or by its name when no other has it; "": none. */
static int account_named(struct run *r, struct span said, struct span *ret_id, struct err *e)
{
	struct store_account row = { 0 }, *v;
	size_t n, found = 0;

	*ret_id = SPAN("");
	if (store_account_get(r->d->store, said, r->d->arena, &row, e) < 0 ||
	    (!row.id.p && store_account_list(r->d->store, r->d->arena, &v, &n, e) < 0))
		return -1;
	if (row.id.p) {
		*ret_id = row.id;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(v[i].id, said) || lexicon_same(v[i].name, said)) {
			*ret_id = v[i].id;
			found++;
		}
	if (found != 1)
		*ret_id = SPAN("");
	return 0;
}

/* "#account acme", "#account \"Acme Ltd\"", "#account -" */
int staff_run_account(struct run *r, struct err *e)
{
	struct span said = staff_said_name(r->c->argument), account = SPAN("");
	bool none = span_is(said, "-");
	struct store_case before;

	if (!said.n)
		return staff_refuse_usage(r, e);
	if (!none && account_named(r, said, &account, e) < 0)
		return -1;
	if (!none && !account.n)
		return word_refuse_name(r->d, e, WORD_NO_ACCOUNT, said);
	if (store_case_get(r->d->store, r->r->number, r->d->arena, &before, e) < 0 ||
	    case_set_account(r->d, r->r->number, account, r->who, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_ACCOUNT, "account", account.n ? account : SPAN("-"));
	if (!span_eq(before.account, account))
		staff_undo(r, STAFF_ACCOUNT, before.account.n ? before.account : SPAN("-"));
	return 0;
}
