#include "gatewayd/ctl/account_plan.h"

#include <stdlib.h>

#include "gatewayd/case/case_ops.h"

/* --- lines --- */

struct lines {
	struct arena *arena;
	struct span *v;
	size_t n;
};

static void add_line(struct lines *l, const char *text)
{
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n++] = span_of(text);
}

static void add_value(struct lines *l, const char *key, struct span value)
{
	if (value.n)
		add_line(l, arena_printf(l->arena, "%s " SPAN_FMT, key, SPAN_ARG(value)));
}

static void add_account(struct lines *l, const struct store_account *a)
{
	add_value(l, "name", a->name);
	add_value(l, "package", a->package);
	add_value(l, "reseller", a->reseller);
	add_value(l, "parent", a->parent);
	add_value(l, "flags", a->flags);
	add_value(l, "origin", a->origin);
	add_value(l, "account team", a->contact_name);
	add_value(l, "account team's phone", a->team_phone);
	add_value(l, "account team's address", a->team_address);
	add_value(l, "language", a->language);
	add_line(l, a->entitled ? "entitled" : "not entitled");
}

static void add_contact(struct lines *l, const struct store_contact *c)
{
	add_line(l, arena_printf(l->arena,
				 "contact " SPAN_FMT " <" SPAN_FMT ">%s%s" SPAN_FMT "%s" SPAN_FMT,
				 SPAN_ARG(c->name), SPAN_ARG(c->address),
				 c->company ? ", sees the company's cases" : "",
				 c->language.n ? ", language " : "", SPAN_ARG(c->language),
				 c->person.n ? ", a person known as " : "", SPAN_ARG(c->person)));
}

static const char *day(struct lines *l, const char *before, int64_t at)
{
	char text[TIME_TEXT_MAX];

	return at == INSTANT_NONE ? ""
				  : arena_printf(l->arena, "%s%s", before, time_rfc3339(at, text));
}

static void add_contract(struct lines *l, const struct store_contract *c)
{
	const char *severity =
	    c->severity ? arena_printf(l->arena, "severity %d", c->severity) : "all severities";

	add_line(l,
		 arena_printf(l->arena, "contract " SPAN_FMT ", %s, " SPAN_FMT ": " SPAN_FMT "%s%s",
			      SPAN_ARG(c->kind), severity, SPAN_ARG(c->clock), SPAN_ARG(c->target),
			      day(l, " from ", c->from_at), day(l, " until ", c->until_at)));
}

static int by_bytes(const void *left, const void *right)
{
	const struct span *a = left, *b = right;
	int d = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

	return d ? d : (a->n > b->n) - (a->n < b->n);
}

static void finish_lines(struct lines *l, const struct span **ret_v, size_t *ret_n)
{
	qsort(l->v, l->n, sizeof(*l->v), by_bytes);
	*ret_v = l->v;
	*ret_n = l->n;
}

static void lines_of_entry(struct arena *arena, const struct account_entry *a,
			   struct account_step *step)
{
	struct lines l = { .arena = arena };

	add_account(&l, &a->row);
	for (const struct account_domain *d = a->domains; d; d = d->next)
		add_value(&l, "domain", d->name);
	for (const struct account_contact *c = a->contacts; c; c = c->next)
		add_contact(&l, &c->row);
	for (const struct account_contract *c = a->contracts; c; c = c->next)
		add_contract(&l, &c->row);
	finish_lines(&l, &step->after, &step->after_count);
}

int account_lines(struct desk *d, const struct store_account *row, const struct span **ret_v,
		  size_t *ret_n, struct err *e)
{
	struct lines l = { .arena = d->arena };
	struct store_contract *contracts;
	struct store_contact *contacts;
	struct span *domains;
	size_t n[3];

	if (store_domain_list(d->store, row->id, d->arena, &domains, &n[0], e) < 0 ||
	    store_contact_list(d->store, row->id, d->arena, &contacts, &n[1], e) < 0 ||
	    store_contract_list(d->store, row->id, d->arena, &contracts, &n[2], e) < 0)
		return -1;
	add_account(&l, row);
	for (size_t i = 0; i < n[0]; i++)
		add_value(&l, "domain", domains[i]);
	for (size_t i = 0; i < n[1]; i++)
		add_contact(&l, &contacts[i]);
	for (size_t i = 0; i < n[2]; i++)
		add_contract(&l, &contracts[i]);
	finish_lines(&l, ret_v, ret_n);
	return 0;
}

/* --- the plan --- */

static bool same_lines(const struct account_step *s)
{
	if (s->before_count != s->after_count)
		return false;
	for (size_t i = 0; i < s->after_count; i++)
		if (!span_eq(s->before[i], s->after[i]))
			return false;
	return true;
}

static int step_of(struct desk *d, const struct account_entry *a, struct account_step *s,
		   struct err *e)
{
	struct store_account row = { 0 };

	*s = (struct account_step){ .id = a->row.id, .entry = a };
	lines_of_entry(d->arena, a, s);
	if (store_account_get(d->store, a->row.id, d->arena, &row, e) < 0)
		return -1;
	if (!row.id.p)
		return 0;
	if (account_lines(d, &row, &s->before, &s->before_count, e) < 0)
		return -1;
	s->fate = same_lines(s) ? ACCOUNT_UNCHANGED : ACCOUNT_CHANGED;
	return 0;
}

static int by_id(const void *left, const void *right)
{
	const struct account_step *a = left, *b = right;

	return by_bytes(&a->id, &b->id);
}

/* The steps so far are sorted; those for the rest of the store are added behind them. */
static int add_removals(struct desk *d, const struct store_account *rows, size_t n,
			struct account_plan *p, struct err *e)
{
	size_t sorted = p->n;

	for (size_t i = 0; i < n; i++) {
		struct account_step *s = &p->v[p->n];

		*s = (struct account_step){ .id = rows[i].id, .fate = ACCOUNT_REMOVED };
		if (sorted && bsearch(s, p->v, sorted, sizeof(*p->v), by_id))
			continue;
		if (account_lines(d, &rows[i], &s->before, &s->before_count, e) < 0)
			return -1;
		p->n++;
	}
	return 0;
}

int account_plan_make(struct desk *d, const struct account_file *f, bool replace,
		      struct account_plan *ret_plan, struct err *e)
{
	struct account_plan p = { 0 };
	struct store_account *rows = NULL;
	size_t n = 0;

	if (replace && store_account_list(d->store, d->arena, &rows, &n, e) < 0)
		return -1;
	p.v = arena_alloc_n(d->arena, f->n + n + 1, sizeof(*p.v));
	for (const struct account_entry *a = f->entries; a; a = a->next)
		if (step_of(d, a, &p.v[p.n++], e) < 0)
			return -1;
	qsort(p.v, p.n, sizeof(*p.v), by_id);
	if (add_removals(d, rows, n, &p, e) < 0)
		return -1;
	for (size_t i = 0; i < p.n; i++)
		p.counts[p.v[i].fate]++;
	*ret_plan = p;
	return 0;
}

/* --- doing it --- */

static int put(struct desk *d, const struct account_entry *a, struct err *e)
{
	if (store_account_put(d->store, &a->row, e) < 0)
		return -1;
	for (const struct account_domain *m = a->domains; m; m = m->next)
		if (store_domain_put(d->store, m->name, a->row.id, e) < 0)
			return -1;
	for (const struct account_contact *c = a->contacts; c; c = c->next)
		if (store_contact_put(d->store, &c->row, e) < 0)
			return -1;
	for (const struct account_contract *c = a->contracts; c; c = c->next)
		if (store_contract_put(d->store, &c->row, e) < 0)
			return -1;
	return 0;
}

/* First all that goes, then all that comes, so that a domain may move from one to another. */
int account_plan_apply(struct desk *d, const struct account_plan *p, size_t *ret_cases,
		       struct err *e)
{
	*ret_cases = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct account_step *s = &p->v[i];

		if (s->fate == ACCOUNT_REMOVED && store_account_remove(d->store, s->id, e) < 0)
			return -1;
		if (s->fate == ACCOUNT_CHANGED && store_account_strip(d->store, s->id, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < p->n; i++)
		if ((p->v[i].fate == ACCOUNT_ADDED || p->v[i].fate == ACCOUNT_CHANGED) &&
		    put(d, p->v[i].entry, e) < 0)
			return -1;
	for (size_t i = 0; i < p->n; i++) {
		size_t n;

		if (p->v[i].fate == ACCOUNT_UNCHANGED)
			continue;
		if (case_recompute(d, p->v[i].id, &n, e) < 0)
			return -1;
		*ret_cases += n;
	}
	return 0;
}

/* --- for people --- */

static void print_line(struct buf *out, const char *sign, struct span line)
{
	buf_addf(out, "    %s ", sign);
	buf_add(out, line);
	buf_addc(out, '\n');
}

/* Both are sorted: what only one has is a difference. */
static void print_difference(const struct account_step *s, struct buf *out)
{
	size_t i = 0, k = 0;

	while (i < s->before_count || k < s->after_count) {
		int d = i == s->before_count  ? 1
			: k == s->after_count ? -1
					      : by_bytes(&s->before[i], &s->after[k]);

		if (d < 0)
			print_line(out, "-", s->before[i]);
		else if (d > 0)
			print_line(out, "+", s->after[k]);
		i += d <= 0;
		k += d >= 0;
	}
}

void account_plan_print(const struct account_plan *p, struct buf *out)
{
	static const char *const names[] = { "added", "changed", "unchanged", "removed" };

	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].fate == ACCOUNT_UNCHANGED)
			continue;
		buf_addf(out, "%s ", names[p->v[i].fate]);
		buf_add(out, p->v[i].id);
		buf_addc(out, '\n');
		print_difference(&p->v[i], out);
	}
}
