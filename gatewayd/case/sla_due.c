#include "gatewayd/case/sla_due.h"

#include "conf/problems.h"
#include "gatewayd/case/sla_explain.h"

static const char *queue_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->queues[i].name;
}

static const char *package_at(const void *ctx, size_t i)
{
	return ((const struct policy *)ctx)->packages[i].name;
}

struct known {
	const char *what;
	size_t n;
	const char *(*at)(const void *ctx, size_t i);
	const void *ctx;
};

/* "unknown queue "x"; did you mean "y"?", or all that there are. */
static int unknown(const struct known *k, const char *name, struct err *e)
{
	const char *near = conf_nearest(name, k->n, k->at, k->ctx);
	struct buf all BUF_AUTO = { 0 };

	if (near)
		return err_set(e, ERR_PERM, "unknown %s \"%.100s\"; did you mean \"%s\"?", k->what,
			       name, near);
	buf_init(&all, ERR_TEXT_MAX);
	for (size_t i = 0; i < k->n; i++)
		buf_addf(&all, "%s%s", i ? ", " : "; known: ", k->at(k->ctx, i));
	return err_set(e, ERR_PERM, "unknown %s \"%.100s\"%s", k->what, name,
		       all.n ? buf_cstr(&all) : "");
}

static int find_place(const struct conf *conf, const struct sla_accounts *accounts,
		      const struct sla_due *o, struct sla_place *ret_place, struct err *e)
{
	const struct policy *policy = &conf->policy;

	*ret_place = (struct sla_place){ .package = o->package };
	if (o->package && o->account)
		return err_set(e, ERR_PERM, "give --package or --account, not both");
	if (o->package && !policy_package_find(policy, o->package))
		return unknown(
		    &(struct known){ "package", policy->package_count, package_at, policy },
		    o->package, e);
	if (o->account && !accounts)
		return err_set(e, ERR_PERM,
			       "--account needs the store, which there is none of here; give "
			       "--package");
	if (o->account && accounts->find(accounts->ctx, o->account, ret_place, e))
		return -1;
	ret_place->queue = conf_queue_find(conf, o->queue);
	if (!ret_place->queue)
		return unknown(&(struct known){ "queue", conf->queue_count, queue_at, conf },
			       o->queue, e);
	return 0;
}

static int opening(const struct conf *conf, const struct sla_due *o, const struct sla_place *place,
		   struct sla_event *ret_event, struct err *e)
{
	const struct policy_kind *kind = policy_kind_find(&conf->policy, place->queue->kind);
	int levels = kind ? policy_kind_levels(kind) : 0;
	enum channel channel = CHANNEL_EMAIL;
	uint64_t severity;
	int64_t at;

	if (!span_u64(span_of(o->severity), &severity) || severity < 1 ||
	    severity > (uint64_t)levels)
		return err_set(e, ERR_PERM,
			       "severity \"%.20s\" is not on the scale of kind %s: 1 to %d",
			       o->severity, place->queue->kind, levels);
	if (!time_parse_rfc3339(span_of(o->opened), &at))
		return err_set(e, ERR_PERM,
			       "--opened \"%.60s\" is not an instant of RFC 3339, such as "
			       "2026-11-21T22:39:00Z or 2026-11-21T23:39:00+01:00",
			       o->opened);
	if (o->channel && !channel_parse(span_of(o->channel), &channel))
		return err_set(e, ERR_PERM, "unknown channel \"%.60s\": email or phone",
			       o->channel);
	*ret_event = (struct sla_event){
		.type = SLA_OPENED,
		.at = at,
		.channel = channel,
		.severity = (int)severity,
		.by_sender = channel == CHANNEL_EMAIL && place->queue->declared_severity,
		.place = place,
	};
	return 0;
}

int sla_due_answer(const struct conf *conf, const struct sla_accounts *accounts,
		   const struct sla_due *o, struct buf *out, struct err *e)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct sla_place place;
	struct sla_event event;
	struct sla_input in = { &conf->policy, zones, &event, 1 };
	struct sla sla;

	if (find_place(conf, accounts, o, &place, e) || opening(conf, o, &place, &event, e) ||
	    sla_compute(&in, &sla, e))
		return -1;
	return o->json ? sla_explain_json(&in, &sla.clocks[SLA_INITIAL], out, e)
		       : sla_explain_text(&in, &sla.clocks[SLA_INITIAL], out, e);
}
