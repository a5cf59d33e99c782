/* What the accounts of a file say of each other, and what the store says of them. */
#include <stdlib.h>

#include "conf/problems.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/account_file.h"

/* A name that only one may have: whose it is and where that was said; line 0: in the store. */
struct claim {
	struct span name, account;
	int line;
};

struct claims {
	struct claim *v;
	size_t n;
};

static int compare_ci(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int d = ascii_lower((unsigned char)a.p[i]) - ascii_lower((unsigned char)b.p[i]);

		if (d)
			return d;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* By name, those of the store first, then in the order of the file. */
static int by_name(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;
	int d = compare_ci(a->name, b->name);

	return d ? d : (a->line > b->line) - (a->line < b->line);
}

static void sort(struct claims *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_name);
}

static const struct claim *find(const struct claims *c, struct span name)
{
	size_t from = 0, to = c->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int d = compare_ci(c->v[middle].name, name);

		if (d == 0)
			return &c->v[middle];
		if (d < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

static void claim(struct claims *c, struct span name, struct span account, int line)
{
	c->v[c->n++] = (struct claim){ name, account, line };
}

static void tell_twice(struct account_file *f, const char *what, const struct claim *first,
		       const struct claim *again)
{
	const char *id = arena_cstr(f->arena, first->account);

	if (first->line)
		account_problem(f, again->line, "%s \"" SPAN_FMT "\" is that of \"%s\" on line %d",
				what, SPAN_ARG(again->name), id, first->line);
	else
		account_problem(f, again->line,
				"%s \"" SPAN_FMT "\" belongs to account \"%s\", which is not in "
				"this file",
				what, SPAN_ARG(again->name), id);
}

static void check_once(struct account_file *f, const char *what, struct claims *c)
{
	sort(c);
	for (size_t i = 1; i < c->n; i++)
		if (c->v[i].line && compare_ci(c->v[i - 1].name, c->v[i].name) == 0)
			tell_twice(f, what, &c->v[i - 1], &c->v[i]);
}

static struct claims room(struct account_file *f, size_t n)
{
	return (struct claims){ .v = arena_alloc_n(f->arena, n ? n : 1, sizeof(struct claim)) };
}

static struct claims ids_of(struct account_file *f)
{
	struct claims ids = room(f, f->n);

	for (struct account_entry *a = f->entries; a; a = a->next)
		if (a->row.id.n)
			claim(&ids, a->row.id, a->row.id, a->line);
	check_once(f, "the id", &ids);
	return ids;
}

/* Domains of accounts that stay in the store and are not in the file, then those of the file. */
static int check_domains(struct account_file *f, const struct claims *stay, struct store *s,
			 struct err *e)
{
	size_t n = 0, k;
	struct span **v = arena_alloc_n(f->arena, stay->n ? stay->n : 1, sizeof(*v));
	size_t *counts = arena_alloc_n(f->arena, stay->n ? stay->n : 1, sizeof(*counts));
	struct claims all;

	for (size_t i = 0; i < stay->n; i++) {
		if (store_domain_list(s, stay->v[i].name, f->arena, &v[i], &counts[i], e) < 0)
			return -1;
		n += counts[i];
	}
	for (struct account_entry *a = f->entries; a; a = a->next)
		for (struct account_domain *d = a->domains; d; d = d->next)
			n++;
	all = room(f, n);
	for (size_t i = 0; i < stay->n; i++)
		for (k = 0; k < counts[i]; k++)
			claim(&all, v[i][k], stay->v[i].name, 0);
	for (struct account_entry *a = f->entries; a; a = a->next)
		for (struct account_domain *d = a->domains; d; d = d->next)
			claim(&all, d->name, a->row.id, d->line);
	check_once(f, "the domain", &all);
	return 0;
}

static int check_contacts(struct account_file *f, const struct claims *stay, struct store *s,
			  struct err *e)
{
	struct store_contact *v;
	struct claims all;
	size_t n, more = 0;

	if (store_contact_list(s, SPAN(""), f->arena, &v, &n, e) < 0)
		return -1;
	for (struct account_entry *a = f->entries; a; a = a->next)
		for (struct account_contact *c = a->contacts; c; c = c->next)
			more++;
	all = room(f, n + more);
	for (size_t i = 0; i < n; i++)
		if (find(stay, v[i].account))
			claim(&all, v[i].address, v[i].account, 0);
	for (struct account_entry *a = f->entries; a; a = a->next)
		for (struct account_contact *c = a->contacts; c; c = c->next)
			if (c->row.address.n)
				claim(&all, c->row.address, a->row.id, c->line);
	check_once(f, "the address", &all);
	return 0;
}

/* --- resellers and parents --- */

struct known {
	struct account_file *f;
	const struct claims *ids, *stay;
};

static const char *known_at(const void *ctx, size_t i)
{
	const struct known *k = ctx;
	const struct claim *c = i < k->ids->n ? &k->ids->v[i] : &k->stay->v[i - k->ids->n];

	return arena_cstr(k->f->arena, c->name);
}

static void check_named(struct known *k, const struct account_entry *a, const char *what,
			struct span name, int line)
{
	struct account_file *f = k->f;
	const char *near;

	if (!name.n)
		return;
	if (span_eq(name, a->row.id)) {
		account_problem(f, line, "an account cannot be its own %s", what);
		return;
	}
	if (find(k->ids, name) || find(k->stay, name))
		return;
	near = conf_nearest(arena_cstr(f->arena, name), k->ids->n + k->stay->n, known_at, k);
	account_problem(f, line, "there is no account \"" SPAN_FMT "\" that could be the %s%s%s%s",
			SPAN_ARG(utf8_prefix(name, ACCOUNT_ID_MAX)), what, near ? "; \"" : "",
			near ? near : "", near ? "\"?" : "");
}

/* --- circles of them --- */

/* Who stands above an account; line 0: as the store has it. */
struct tie {
	struct span id, above;
	int line;
	size_t walk; /* that came here first; 0: none */
};

struct ties {
	struct tie *v; /* by id */
	size_t n;
};

static int by_id(const void *left, const void *right)
{
	const struct tie *a = left, *b = right;

	return compare_ci(a->id, b->id);
}

/* SIZE_MAX: nobody stands above it. */
static size_t above(const struct ties *t, size_t i)
{
	struct tie key = { .id = t->v[i].above };
	const struct tie *found = key.id.n ? bsearch(&key, t->v, t->n, sizeof(*t->v), by_id) : NULL;

	return found && found != &t->v[i] ? (size_t)(found - t->v) : SIZE_MAX;
}

enum { CIRCLE_TOLD_MAX = 8 }; /* accounts of a circle that are named */

/* At the first line of the file that has a part in it. */
static void tell_circle(struct account_file *f, const char *what, const struct ties *t, size_t in)
{
	size_t first = in, at, n = 0;
	struct buf names BUF_AUTO = { 0 };

	for (at = above(t, in); at != in; at = above(t, at))
		if (t->v[at].line && (!t->v[first].line || t->v[at].line < t->v[first].line))
			first = at;
	if (!t->v[first].line)
		return; /* the store has had it; this file does not say it */
	buf_init(&names, (size_t)(CIRCLE_TOLD_MAX + 2) * (ACCOUNT_ID_MAX + 2));
	at = first;
	do {
		if (n++ < CIRCLE_TOLD_MAX)
			buf_addf(&names, SPAN_FMT ", ", SPAN_ARG(t->v[at].id));
		at = above(t, at);
	} while (at != first);
	account_problem(f, t->v[first].line,
			"the %ss of \"" SPAN_FMT "\" come back to it: " SPAN_FMT "%s" SPAN_FMT,
			what, SPAN_ARG(t->v[first].id), SPAN_ARG(buf_span(&names)),
			n > CIRCLE_TOLD_MAX ? "..., " : "", SPAN_ARG(t->v[first].id));
}

/* Each account is walked over once. */
static void check_circles(struct account_file *f, const char *what, struct ties *t)
{
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_id);
	for (size_t i = 0; i < t->n; i++) {
		size_t at = i;

		for (; at != SIZE_MAX && !t->v[at].walk; at = above(t, at))
			t->v[at].walk = i + 1;
		if (at != SIZE_MAX && t->v[at].walk == i + 1)
			tell_circle(f, what, t, at);
	}
}

/* The accounts as they will be after the import: of the file, and of the store what stays. */
struct after {
	struct account_file *f;
	const struct store_account *rows; /* of the store */
	size_t row_count;
	const struct claims *stay;
};

static void check_ties(const struct after *after, const char *what, bool parent)
{
	struct account_file *f = after->f;
	struct ties t = { .v = arena_alloc_n(f->arena, f->n + after->row_count + 1, sizeof(*t.v)) };

	for (const struct account_entry *a = f->entries; a; a = a->next)
		t.v[t.n++] = (struct tie){ a->row.id, parent ? a->row.parent : a->row.reseller,
					   parent ? a->parent_line : a->reseller_line, 0 };
	for (size_t i = 0; i < after->row_count; i++) {
		const struct store_account *row = &after->rows[i];

		if (find(after->stay, row->id))
			t.v[t.n++] =
			    (struct tie){ row->id, parent ? row->parent : row->reseller, 0, 0 };
	}
	check_circles(f, what, &t);
}

/* The accounts of the store that this file does not speak of and that will be there after it. */
static struct claims staying(const struct after *after, bool replace, const struct claims *ids)
{
	struct claims stay = room(after->f, after->row_count);

	for (size_t i = 0; i < after->row_count && !replace; i++)
		if (!find(ids, after->rows[i].id))
			claim(&stay, after->rows[i].id, after->rows[i].id, 0);
	sort(&stay);
	return stay;
}

int account_file_check(struct account_file *f, struct store *s, bool replace, struct err *e)
{
	struct claims ids = ids_of(f), stay;
	struct known known = { .f = f, .ids = &ids, .stay = &stay };
	struct after after = { .f = f, .stay = &stay };
	struct store_account *rows;

	if (store_account_list(s, f->arena, &rows, &after.row_count, e) < 0)
		return -1;
	after.rows = rows;
	stay = staying(&after, replace, &ids);
	if (check_domains(f, &stay, s, e) < 0 || check_contacts(f, &stay, s, e) < 0)
		return -1;
	for (struct account_entry *a = f->entries; a; a = a->next) {
		check_named(&known, a, "reseller", a->row.reseller, a->reseller_line);
		check_named(&known, a, "parent", a->row.parent, a->parent_line);
	}
	check_ties(&after, "reseller", false);
	check_ties(&after, "parent", true);
	return 0;
}
