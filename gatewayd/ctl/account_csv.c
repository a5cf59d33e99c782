/*
 * Accounts as CSV: the first row names the columns.
 *
 * A row with an id that an earlier row has adds a contact, a contract or domains to that account;
 * what belongs to the account itself stands in its first row only.
 */
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/account_shapes.h"
#include "gatewayd/ctl/csv.h"

struct column {
	const struct account_field *field;
	enum account_thing thing;
};

struct table {
	struct account_file *f;
	struct column columns[CSV_FIELDS_MAX];
	size_t n;
	size_t id; /* which column */
	/* Entries by id: open addressing, never more than half full. */
	struct account_entry **slots;
	size_t mask;
};

static void make_slots(struct table *t, size_t rows)
{
	size_t n = 64;

	while (n < rows * 2)
		n *= 2;
	t->slots = arena_alloc_n(t->f->arena, n, sizeof(struct account_entry *));
	t->mask = n - 1;
}

/* The slot of that id, or the free one where it belongs; FNV-1a. */
static struct account_entry **slot_of(struct table *t, struct span id)
{
	uint64_t hash = 14695981039346656037U;
	size_t i;

	for (size_t k = 0; k < id.n; k++)
		hash = (hash ^ (unsigned char)id.p[k]) * 1099511628211U;
	for (i = hash & t->mask; t->slots[i]; i = (i + 1) & t->mask)
		if (span_eq(t->slots[i]->row.id, id))
			break;
	return &t->slots[i];
}

static bool take_prefix(struct span *name, const char *prefix)
{
	if (!span_starts(*name, span_of(prefix)))
		return false;
	*name = span_sub(*name, strlen(prefix), SIZE_MAX);
	return true;
}

/* "contact_address" is a contact's address; "contact_name" is a contact's name, too. */
static bool read_header(struct table *t, const struct csv_row *row)
{
	bool has_id = false, good = true;

	t->n = row->n;
	for (size_t i = 0; i < row->n; i++) {
		struct column *c = &t->columns[i];
		struct span name = row->v[i];

		if (take_prefix(&name, "contact_"))
			c->thing = ACCOUNT_CONTACT;
		else if (take_prefix(&name, "contract_"))
			c->thing = ACCOUNT_CONTRACT;
		else
			c->thing = ACCOUNT_ITSELF;
		c->field = account_field_find(t->f, c->thing, name, row->line);
		good = good && c->field;
		if (span_is(row->v[i], "id")) {
			has_id = true;
			t->id = i;
		}
	}
	if (!has_id)
		account_problem(t->f, row->line, "the first row names no column \"id\"");
	return has_id && good;
}

static bool has(const struct table *t, const struct csv_row *row, enum account_thing thing)
{
	for (size_t i = 0; i < row->n; i++)
		if (t->columns[i].thing == thing && row->v[i].n)
			return true;
	return false;
}

/* Lists are separated by blanks or semicolons. */
static void set_list(struct account_file *f, const struct account_field *field, void *thing,
		     struct span list, int line)
{
	size_t n = 0;

	for (size_t i = 0; i <= list.n; i++) {
		if (i < list.n && !memchr(" ;,\t\r\n", list.p[i], 6)) {
			n++;
		} else {
			if (n)
				field->set(f, thing, span_sub(list, i - n, n), line);
			n = 0;
		}
	}
}

static void set_columns(struct table *t, const struct csv_row *row, enum account_thing what,
			void *thing, bool again)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct account_field *field = t->columns[i].field;

		if (t->columns[i].thing != what || !row->v[i].n || (again && i == t->id))
			continue;
		if (field->many)
			set_list(t->f, field, thing, row->v[i], row->line);
		else if (again && what == ACCOUNT_ITSELF)
			account_problem(
			    t->f, row->line,
			    "account \"" SPAN_FMT "\" stands further up already; its %s "
			    "belongs there",
			    SPAN_ARG(utf8_prefix(row->v[t->id], ACCOUNT_ID_MAX)), field->name);
		else
			field->set(t->f, thing, row->v[i], row->line);
	}
}

static void read_row(struct table *t, const struct csv_row *row)
{
	struct account_entry *a, **slot;
	bool again;

	if (row->n != t->n) {
		account_problem(t->f, row->line, "%zu fields, the first row names %zu", row->n,
				t->n);
		return;
	}
	slot = slot_of(t, row->v[t->id]);
	again = *slot != NULL;
	a = again ? *slot : account_entry_new(t->f, row->line);
	set_columns(t, row, ACCOUNT_ITSELF, a, again);
	if (has(t, row, ACCOUNT_CONTACT))
		set_columns(t, row, ACCOUNT_CONTACT, account_contact_new(t->f, a, row->line),
			    false);
	if (has(t, row, ACCOUNT_CONTRACT))
		set_columns(t, row, ACCOUNT_CONTRACT, account_contract_new(t->f, a, row->line),
			    false);
	/* One whose id is no good is not found again. */
	if (a->row.id.n)
		*slot_of(t, a->row.id) = a;
}

void account_csv_read(struct account_file *f, struct span text)
{
	struct table t = { .f = f };
	struct csv_row row;
	struct err e = { 0 };
	struct csv csv;
	int got;

	csv_init(&csv, text);
	make_slots(&t, csv_rows_most(text));
	got = csv_next(&csv, f->arena, &row, &e);
	if (got == 0)
		account_problem(f, 1, "the file is empty");
	if (got <= 0 || !read_header(&t, &row))
		goto out;
	while ((got = csv_next(&csv, f->arena, &row, &e)) > 0)
		read_row(&t, &row);
out:
	if (got < 0)
		account_problem(f, csv.wrong, "%s", e.text);
}
