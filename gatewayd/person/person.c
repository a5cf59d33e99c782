#include "gatewayd/person/person.h"

#include "gatewayd/base/json.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/our_address.h"

enum { FROM_MAX = 20 /* addresses of one */, ROWS_A_SLICE = 1000 };

static void add(struct desk *d, struct person *p, struct span address)
{
	struct store_erasure_address row = { .address = arena_dup(d->arena, address) };

	if (person_has(p, address))
		return;
	store_person_address(p->key, address, row.hash);
	ARENA_GROW(d->arena, p->v, p->n);
	p->v[p->n++] = row;
}

/* Of who has several they name the same first one. */
static int add_contact(struct desk *d, struct person *p, struct span address, struct err *e)
{
	struct store_account account;
	struct store_contact contact, *v;
	size_t n;

	if (store_account_by_address(d->store, address, false, d->arena, &account, &contact, e) < 0)
		return -1;
	if (!account.id.n || !contact.address.p || !contact.person.n)
		return 0;
	if (store_contact_list(d->store, account.id, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(v[i].person, contact.person))
			add(d, p, v[i].address);
	return 0;
}

int person_find(struct desk *d, struct span address, struct person *ret_person, struct err *e)
{
	*ret_person = (struct person){ .n = 0 };
	address = addrspec_ascii(address, d->arena);
	if (!addrspec_valid(address))
		return err_set(e, ERR_PERM, "\"" SPAN_FMT "\" is no mail address",
			       SPAN_ARG(address));
	if (conf_staff_by_address(d->conf, address))
		return err_set(e, ERR_PERM,
			       SPAN_FMT " is staff: this is for customers, staff stand in the "
					"configuration",
			       SPAN_ARG(address));
	if (our_address_find(d->conf, address).queue)
		return err_set(e, ERR_PERM, SPAN_FMT " is an address of ours", SPAN_ARG(address));
	if (store_person_key(d->store, ret_person->key, e) < 0)
		return -1;
	add(d, ret_person, address);
	return add_contact(d, ret_person, address, e);
}

bool person_has(struct person *p, struct span address)
{
	uint8_t hash[MAC_SIZE];

	if (!address.n)
		return false;
	store_person_address(p->key, address, hash);
	for (size_t i = 0; i < p->n; i++) {
		if (memcmp(p->v[i].hash, hash, sizeof(hash)) != 0)
			continue;
		if (!p->v[i].address.n)
			p->v[i].address = address;
		return true;
	}
	return false;
}

struct span person_in_from(struct desk *d, struct person *p, struct span from)
{
	struct addrspec_list list;
	struct addrspec_found found;

	addrspec_list_read(from, FROM_MAX, d->arena, &list);
	for (size_t i = 0; i < list.n; i++)
		if (person_has(p, list.v[i]))
			return list.v[i];
	if (!list.n && addrspec_find(from, d->arena, &found) && person_has(p, found.address))
		return found.address;
	return SPAN("");
}

/* Addresses stand in it between other words ("added ADDRESS", "ADDRESS, before ADDRESS"); the first
 * of theirs, SPAN("") when there is none. */
static struct span in_event(struct desk *d, struct person *p, struct span data)
{
	json_t *event JSON_AUTO = NULL;
	struct span rest, word;
	struct err ignored;

	if (!data.n || json_read(data, &event, &ignored) < 0)
		return SPAN("");
	rest = arena_dup(d->arena, json_span(event, "reason"));
	while (rest.n) {
		word = span_cut(&rest, ' ');
		if (span_ends_ci(word, SPAN(",")))
			word.n--;
		if (person_has(p, word))
			return word;
	}
	return SPAN("");
}

static bool is_theirs(struct desk *d, struct person *p, enum person_table table,
		      struct store_stand *row)
{
	if (table == PERSON_MAILS)
		return person_in_from(d, p, row->address).n > 0;
	if (table == PERSON_EVENTS)
		row->address = in_event(d, p, row->address);
	return person_has(p, row->address);
}

int person_rows(struct desk *d, struct person *p, enum person_table table, struct person_rows *rows,
		struct err *e)
{
	struct store_stand *v;
	size_t n, kept = 0;

	if (store_person_stands(d->store, table, rows->place, ROWS_A_SLICE, d->arena, &v, &n, e) <
	    0)
		return -1;
	if (n)
		rows->place = v[n - 1].id;
	for (size_t i = 0; i < n; i++)
		if (is_theirs(d, p, table, &v[i]))
			v[kept++] = v[i];
	rows->v = v;
	rows->n = kept;
	rows->more = n == ROWS_A_SLICE;
	return 0;
}
