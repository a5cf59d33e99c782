#include "gatewayd/ctl/account_read.h"

#include "gatewayd/ctl/account_shapes.h"
#include "gatewayd/ctl/json_lines.h"

/* What a contract must have. */
static void finish_contracts(struct account_file *f, struct account_entry *a)
{
	for (struct account_contract *c = a->contracts; c; c = c->next) {
		const struct policy_kind *kind =
		    policy_kind_find(f->policy, arena_cstr(f->arena, c->row.kind));

		c->row.account = a->row.id;
		if (!c->row.kind.n)
			account_problem(f, c->line, "a contract without a kind");
		if (!c->row.target.n)
			account_problem(f, c->line, "a contract without a target");
		if (kind && c->row.severity > policy_kind_levels(kind))
			account_problem(f, c->line,
					"severity %d is not on the scale of %s (1 to %d)",
					c->row.severity, kind->name, policy_kind_levels(kind));
		if (c->row.from_at != INSTANT_NONE && c->row.until_at != INSTANT_NONE &&
		    c->row.from_at >= c->row.until_at)
			account_problem(f, c->line,
					"the contract ends before it begins; until is the first "
					"instant at which it does not hold any more");
	}
}

/* A row for each further address of a person, behind the one with the first. */
static void spread(struct account_file *f, struct account_contact *c)
{
	for (struct account_domain *d = c->also; d; d = d->next) {
		struct account_contact *more = arena_alloc(f->arena, sizeof(*more));

		c->row.person = c->row.address;
		*more = (struct account_contact){ .next = c->next, .row = c->row, .line = d->line };
		more->row.address = d->name;
		c->next = more;
	}
	c->also = NULL;
}

static void finish(struct account_file *f, struct account_entry *a)
{
	if (!a->row.id.n)
		account_problem(f, a->line, "an account without an id");
	for (struct account_contact *c = a->contacts; c; c = c->next) {
		c->row.account = a->row.id;
		if (!c->row.address.n)
			account_problem(f, c->line, "a contact without an address");
		spread(f, c);
	}
	finish_contracts(f, a);
	if (!a->entitled_set)
		a->row.entitled = a->row.package.n || a->row.reseller.n || a->contracts;
}

void account_file_read(struct account_file *f, struct span text)
{
	struct span start = span_trim(json_without_comments(text, f->arena));

	f->entries = NULL;
	f->entries_end = &f->entries;
	f->n = 0;
	f->problem_count = 0;
	if (start.n && (start.p[0] == '[' || start.p[0] == '{'))
		account_json_read(f, json_without_comments(text, f->arena));
	else
		account_csv_read(f, text);
	for (struct account_entry *a = f->entries; a; a = a->next)
		finish(f, a);
}
