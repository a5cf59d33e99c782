/* Where the person stands: a table after the other, some rows at a time. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/person/job.h"

bool job_has(struct job *j, struct span address)
{
	if (j->whole)
		return address.n && !conf_staff_by_address(j->d->conf, address);
	return person_has(&j->person, address);
}

int job_found(struct job *j, const char *kind, int64_t id, struct err *e)
{
	struct store_erasure_item item = { span_of(kind), id };

	return store_erasure_item(j->d->store, j->row.id, &item, e);
}

static int found_case(struct job *j, int64_t number, struct err *e)
{
	int64_t *family;
	size_t n;

	if (store_person_family(j->d->store, number, j->d->arena, &family, &n, e) < 0)
		return -1;
	return job_found(j, "case", family[0], e);
}

/* The store compares by ASCII alone; what differs from that is kept as it is written. */
static int keep_spelling(struct job *j, struct span address, struct err *e)
{
	return utf8_is_ascii(address) ? 0 : store_erasure_name(j->d->store, j->row.id, address, e);
}

static int found(struct job *j, enum person_table table, const struct store_stand *row,
		 struct err *e)
{
	if ((row->name.n && store_erasure_name(j->d->store, j->row.id, row->name, e) < 0) ||
	    (table != PERSON_MAILS && keep_spelling(j, row->address, e) < 0))
		return -1;
	if (row->case_number)
		return found_case(j, row->case_number, e);
	if (table == PERSON_MAILS)
		return job_found(j, "mail", row->id, e);
	return table == PERSON_OUTBOX ? job_found(j, "outbox", row->id, e) : 0;
}

/* Those that are known in clear now. */
static int keep_addresses(struct job *j, struct err *e)
{
	for (size_t i = 0; i < j->person.n; i++)
		if (store_erasure_address(j->d->store, j->row.id, &j->person.v[i], e) < 0)
			return -1;
	return 0;
}

int job_find(struct job *j, enum person_table table, bool *ret_more, struct err *e)
{
	struct person_rows rows = { .place = j->row.place };

	if (person_rows(j->d, &j->person, table, &rows, e) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++)
		if (found(j, table, &rows.v[i], e) < 0)
			return -1;
	j->row.place = rows.place;
	*ret_more = rows.more;
	return keep_addresses(j, e);
}
