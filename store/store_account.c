#include "store/query.h"

static void read_account(struct query *q, struct arena *a, void *ret_row)
{
	struct store_account *acc = ret_row;

	acc->id = query_get_text(q, a);
	acc->name = query_get_text(q, a);
	acc->package = query_get_text(q, a);
	acc->reseller = query_get_text(q, a);
	acc->parent = query_get_text(q, a);
	acc->flags = query_get_text(q, a);
	acc->entitled = query_get_int(q);
	acc->contact_name = query_get_text(q, a);
	acc->language = query_get_text(q, a);
	acc->team_phone = query_get_text(q, a);
	acc->team_address = query_get_text(q, a);
	acc->origin = query_get_text(q, a);
}

static void read_contact(struct query *q, struct arena *a, void *ret_row)
{
	struct store_contact *c = ret_row;

	c->address = query_get_text(q, a);
	c->name = query_get_text(q, a);
	c->account = query_get_text(q, a);
	c->company = query_get_int(q);
	c->language = query_get_text(q, a);
	c->person = query_get_text(q, a);
}

static void read_contract(struct query *q, struct arena *a, void *ret_row)
{
	struct store_contract *c = ret_row;

	c->id = query_get_int(q);
	c->account = query_get_text(q, a);
	c->kind = query_get_text(q, a);
	c->severity = (int)query_get_int(q);
	c->clock = query_get_text(q, a);
	c->target = query_get_text(q, a);
	c->from_at = query_get_at(q);
	c->until_at = query_get_at(q);
	c->source = query_get_text(q, a);
}

static void read_domain(struct query *q, struct arena *a, void *ret_row)
{
	struct span *domain = ret_row;

	*domain = query_get_text(q, a);
}

int store_account_put(struct store *s, const struct store_account *a, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ACCOUNT_PUT, e);
	query_text(&q, a->id);
	query_text(&q, a->name);
	query_text(&q, a->package);
	query_text(&q, a->reseller);
	query_text(&q, a->parent);
	query_text(&q, a->flags);
	query_int(&q, a->entitled);
	query_text(&q, a->contact_name);
	query_text(&q, a->language);
	query_text(&q, a->team_phone);
	query_text(&q, a->team_address);
	query_text(&q, a->origin);
	return query_run(&q);
}

int store_account_get(struct store *s, struct span id, struct arena *a,
		      struct store_account *ret_account, struct err *e)
{
	struct store_account account = { 0 };
	struct query q QUERY_AUTO = { 0 };

	query_open(&q, s, SQL_ACCOUNT_GET, e);
	query_text(&q, id);
	if (query_one(&q, read_account, a, &account) < 0)
		return -1;
	*ret_account = account;
	return 0;
}

int store_account_list(struct store *s, struct arena *a, struct store_account **ret_v,
		       size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ACCOUNT_LIST, e);
	return QUERY_LIST(&q, read_account, a, ret_v, ret_n);
}

int store_account_remove(struct store *s, struct span id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ACCOUNT_REMOVE, e);
	query_text(&q, id);
	return query_run(&q);
}

static int strip(struct store *s, enum sql_id statement, struct span id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, statement, e);
	query_text(&q, id);
	return query_run(&q);
}

int store_account_strip(struct store *s, struct span id, struct err *e)
{
	if (strip(s, SQL_ACCOUNT_STRIP_DOMAINS, id, e) < 0 ||
	    strip(s, SQL_ACCOUNT_STRIP_CONTACTS, id, e) < 0)
		return -1;
	return strip(s, SQL_ACCOUNT_STRIP_CONTRACTS, id, e);
}

int store_domain_put(struct store *s, struct span domain, struct span account, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DOMAIN_PUT, e);
	query_text(&q, domain);
	query_text(&q, account);
	return query_run(&q);
}

int store_domain_list(struct store *s, struct span account, struct arena *a, struct span **ret_v,
		      size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_DOMAIN_LIST, e);
	query_text(&q, account);
	return QUERY_LIST(&q, read_domain, a, ret_v, ret_n);
}

int store_domain_has(struct store *s, struct span domain, bool *ret_has, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t has;

	query_open(&q, s, SQL_DOMAIN_HAS, e);
	query_text(&q, domain);
	if (query_one_int(&q, &has) < 0)
		return -1;
	*ret_has = has != 0;
	return 0;
}

int store_domain_sized(struct store *s, size_t least, size_t most, struct arena *a,
		       struct span **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int bare = bare_is(s, BARE_ACCOUNTS, e);

	if (bare)
		return bare < 0 ? -1 : QUERY_NO_ROWS(a, ret_v, ret_n);
	query_open(&q, s, SQL_DOMAIN_SIZED, e);
	query_int(&q, (int64_t)least);
	query_int(&q, (int64_t)most);
	return QUERY_LIST(&q, read_domain, a, ret_v, ret_n);
}

int store_contact_put(struct store *s, const struct store_contact *c, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTACT_PUT, e);
	query_text(&q, c->address);
	query_text(&q, c->name);
	query_text(&q, c->account);
	query_int(&q, c->company);
	query_text(&q, c->language);
	query_text(&q, c->person);
	return query_run(&q);
}

int store_contact_list(struct store *s, struct span account, struct arena *a,
		       struct store_contact **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, account.n ? SQL_CONTACT_LIST_ACCOUNT : SQL_CONTACT_LIST, e);
	if (account.n)
		query_text(&q, account);
	return QUERY_LIST(&q, read_contact, a, ret_v, ret_n);
}

int store_contract_put(struct store *s, const struct store_contract *c, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTRACT_PUT, e);
	query_id(&q, c->id);
	query_text(&q, c->account);
	query_text(&q, c->kind);
	query_int(&q, c->severity);
	query_text(&q, c->clock);
	query_text(&q, c->target);
	query_at(&q, c->from_at);
	query_at(&q, c->until_at);
	query_text(&q, c->source);
	return query_run(&q);
}

int store_contract_list(struct store *s, struct span account, struct arena *a,
			struct store_contract **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CONTRACT_LIST, e);
	query_text(&q, account);
	return QUERY_LIST(&q, read_contract, a, ret_v, ret_n);
}

/* 1 found, 0 not, -1. */
static int by_contact(struct store *s, struct span address, struct arena *a,
		      struct store_account *ret_account, struct store_contact *ret_contact,
		      struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_ACCOUNT_BY_CONTACT, e);
	query_text(&q, address);
	got = query_step(&q);
	if (got > 0) {
		read_account(&q, a, ret_account);
		read_contact(&q, a, ret_contact);
		got = query_end_row(&q) < 0 ? -1 : got;
	}
	return got;
}

static int by_domain(struct store *s, struct span address, struct arena *a,
		     struct store_account *ret_account, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	size_t at = address.n;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		return 0;
	query_open(&q, s, SQL_ACCOUNT_BY_DOMAIN, e);
	query_text(&q, span_sub(address, at, SIZE_MAX));
	return query_one(&q, read_account, a, ret_account);
}

static int find(struct store *s, struct span address, bool domain_too, struct arena *a,
		struct store_account *ret_account, struct store_contact *ret_contact, struct err *e)
{
	int got = bare_is(s, BARE_ACCOUNTS, e);

	if (got)
		return got < 0 ? -1 : 0;
	got = by_contact(s, address, a, ret_account, ret_contact, e);
	if (got == 0 && domain_too)
		got = by_domain(s, address, a, ret_account, e);
	return got;
}

int store_account_by_address(struct store *s, struct span address, bool domain_too, struct arena *a,
			     struct store_account *ret_account, struct store_contact *ret_contact,
			     struct err *e)
{
	struct store_account account = { 0 };
	struct store_contact contact = { 0 };

	if (store_recalls(s) &&
	    recall_account(&s->recall, address, domain_too, a, ret_account, ret_contact))
		return 0;
	if (find(s, address, domain_too, a, &account, &contact, e) < 0)
		return -1;
	if (store_learns(s))
		recall_keep_account(&s->recall, address, domain_too, &account, &contact);
	*ret_account = account;
	*ret_contact = contact;
	return 0;
}
