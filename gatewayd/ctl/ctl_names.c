#include "gatewayd/ctl/ctl_names.h"

#include <sysexits.h>

#include "conf/problems.h"
#include "gatewayd/identity/addrspec.h"

static const char *queue_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->queues[i].name;
}

static const char *staff_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->staff[i].id;
}

static int unknown(struct ctl *c, const char *what, const char *name, const char *near)
{
	return ctl_usage(c, "there is no %s \"%s\"%s%s%s", what, name,
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

int ctl_queue(struct ctl *c, const char *name, const struct conf_queue **ret_queue)
{
	const struct conf *conf = c->d->conf;

	*ret_queue = conf_queue_find(conf, name);
	if (*ret_queue)
		return EX_OK;
	return unknown(c, "queue", name, conf_nearest(name, conf->queue_count, queue_at, conf));
}

int ctl_staff(struct ctl *c, const char *id, const struct conf_staff **ret_staff)
{
	const struct conf *conf = c->d->conf;
	const struct conf_staff *staff = conf_staff_find(conf, id);

	if (!staff)
		return unknown(c, "staff member", id,
			       conf_nearest(id, conf->staff_count, staff_at, conf));
	if (ret_staff)
		*ret_staff = staff;
	return EX_OK;
}

struct accounts {
	struct ctl *c;
	struct store_account *v;
};

static const char *account_at(const void *ctx, size_t i)
{
	const struct accounts *a = ctx;

	return arena_cstr(a->c->d->arena, a->v[i].id);
}

int ctl_account(struct ctl *c, const char *id, struct store_account *ret_account)
{
	struct accounts all = { .c = c };
	struct err e = { 0 };
	size_t n;

	*ret_account = (struct store_account){ 0 };
	if (store_account_get(c->d->store, span_of(id), c->d->arena, ret_account, &e) < 0)
		return ctl_fail(c, &e);
	if (ret_account->id.p)
		return EX_OK;
	if (store_account_list(c->d->store, c->d->arena, &all.v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return unknown(c, "account", id, conf_nearest(id, n, account_at, &all));
}

int ctl_address(struct ctl *c, const char *address)
{
	if (addrspec_valid(span_of(address)))
		return EX_OK;
	return ctl_usage(c, "\"%s\" is no mail address", address);
}
