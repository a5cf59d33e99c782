#include "gatewayd/ctl/ctl_names.h"

#include <sysexits.h>

#include "conf/problems.h"
#include "gatewayd/identity/addrspec.h"

enum { KNOWN_MAX = 16 }; /* names that are told in a line */

static const char *queue_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->queues[i].name;
}

static const char *staff_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->staff[i].id;
}

/* With the name that is near, or all of them, or, of many, the verb that lists them. */
int ctl_unknown(struct ctl *c, const struct ctl_known *known, const char *name)
{
	const char *near = conf_nearest(name, known->n, known->at, known->ctx);
	struct buf more BUF_AUTO;

	buf_init(&more, KIB);
	if (near)
		buf_addf(&more, "; did you mean \"%s\"?", near);
	else if (known->n > KNOWN_MAX)
		buf_addf(&more, "; gatewayctl %s lists them", known->verb);
	for (size_t i = 0; !near && known->n <= KNOWN_MAX && i < known->n; i++)
		buf_addf(&more, "%s%s", i ? ", " : "; known: ", known->at(known->ctx, i));
	return ctl_usage(c, "there is no %s \"%s\"%s", known->what, name,
			 more.n ? buf_cstr(&more) : "");
}

int ctl_queue(struct ctl *c, const char *name, const struct conf_queue **ret_queue)
{
	const struct conf *conf = c->d->conf;

	*ret_queue = conf_queue_find(conf, name);
	if (*ret_queue)
		return EX_OK;
	return ctl_unknown(c,
			   &(struct ctl_known){ .what = "queue",
						.verb = "status",
						.n = conf->queue_count,
						.at = queue_at,
						.ctx = conf },
			   name);
}

int ctl_staff(struct ctl *c, const char *id, const struct conf_staff **ret_staff)
{
	const struct conf *conf = c->d->conf;
	const struct conf_staff *staff = conf_staff_find(conf, id);

	if (!staff)
		return ctl_unknown(c,
				   &(struct ctl_known){ .what = "staff member",
							.verb = "staff list",
							.n = conf->staff_count,
							.at = staff_at,
							.ctx = conf },
				   id);
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
	return ctl_unknown(
	    c,
	    &(struct ctl_known){
		.what = "account", .verb = "account list", .n = n, .at = account_at, .ctx = &all },
	    id);
}

int ctl_address(struct ctl *c, const char *address)
{
	if (addrspec_valid(span_of(address)))
		return EX_OK;
	return ctl_usage(c, "\"%s\" is no mail address", address);
}
