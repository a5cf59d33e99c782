#include "gatewayd/case/sla_due.h"

#include "conf/problems.h"
#include "gatewayd/case/sla_explain.h"

struct options {
	const char *queue, *package, *account, *severity, *opened, *channel;
	bool json;
};

struct option {
	const char *name;
	size_t offset;
	bool required;
};

static const struct option options[] = {
	{ "--queue", offsetof(struct options, queue), true },
	{ "--package", offsetof(struct options, package), false },
	{ "--account", offsetof(struct options, account), false },
	{ "--severity", offsetof(struct options, severity), true },
	{ "--opened", offsetof(struct options, opened), true },
	{ "--channel", offsetof(struct options, channel), false },
};

enum { OPTION_COUNT = sizeof(options) / sizeof(*options) };

static const char *option_at(const void *ctx, size_t i)
{
	(void)ctx;
	return options[i].name;
}

static const char *queue_at(const void *ctx, size_t i)
{
	return ((const struct conf *)ctx)->queues[i].name;
}

static const char *package_at(const void *ctx, size_t i)
{
	return ((const struct policy *)ctx)->packages[i].name;
}

/* "unknown queue "x"; did you mean "y"?" */
static int unknown(const char *what, const char *name, const char *nearest, struct err *e)
{
	if (nearest)
		return err_set(e, ERR_PERM, "unknown %s \"%.100s\"; did you mean \"%s\"?", what,
			       name, nearest);
	return err_set(e, ERR_PERM, "unknown %s \"%.100s\"", what, name);
}

static const char **value_of(struct options *o, const struct option *option)
{
	return (const char **)(void *)((char *)o + option->offset);
}

/* Takes "--name value" or "--name=value"; *i moves on over what was taken. */
static int take(struct options *o, int argc, char **argv, int *i, struct err *e)
{
	struct span rest = span_of(argv[*i]), name = span_cut(&rest, '=');
	bool has_value = name.n < strlen(argv[*i]);

	if (strcmp(argv[*i], "--json") == 0) {
		o->json = true;
		return 0;
	}
	for (int k = 0; k < OPTION_COUNT; k++) {
		if (!span_is(name, options[k].name))
			continue;
		if (!has_value && *i + 1 >= argc)
			return err_set(e, ERR_PERM, "%s needs a value", options[k].name);
		if (*value_of(o, &options[k]))
			return err_set(e, ERR_PERM, "%s is given twice", options[k].name);
		*value_of(o, &options[k]) = has_value ? rest.p : argv[++*i];
		return 0;
	}
	return unknown("option", argv[*i], conf_nearest(argv[*i], OPTION_COUNT, option_at, NULL),
		       e);
}

static int parse(int argc, char **argv, struct options *ret_options, struct err *e)
{
	for (int i = 0; i < argc; i++)
		if (take(ret_options, argc, argv, &i, e))
			return -1;
	for (int k = 0; k < OPTION_COUNT; k++)
		if (options[k].required && !*value_of(ret_options, &options[k]))
			return err_set(e, ERR_PERM, "%s is missing", options[k].name);
	if (ret_options->package && ret_options->account)
		return err_set(e, ERR_PERM, "give --package or --account, not both");
	return 0;
}

static int find_place(const struct conf *conf, const struct sla_accounts *accounts,
		      const struct options *o, struct sla_place *ret_place, struct err *e)
{
	const struct policy *policy = &conf->policy;

	*ret_place = (struct sla_place){ .package = o->package };
	if (o->package && !policy_package_find(policy, o->package))
		return unknown("package", o->package,
			       conf_nearest(o->package, policy->package_count, package_at, policy),
			       e);
	if (o->account && !accounts)
		return err_set(e, ERR_PERM,
			       "--account needs the store, which there is none of here; give "
			       "--package");
	if (o->account && accounts->find(accounts->ctx, o->account, ret_place, e))
		return -1;
	ret_place->queue = conf_queue_find(conf, o->queue);
	if (!ret_place->queue)
		return unknown("queue", o->queue,
			       conf_nearest(o->queue, conf->queue_count, queue_at, conf), e);
	return 0;
}

static int opening(const struct conf *conf, const struct options *o, const struct sla_place *place,
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

int sla_due_command(const struct conf *conf, const struct sla_accounts *accounts, int argc,
		    char **argv, struct buf *out, struct err *e)
{
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct options o = { 0 };
	struct sla_place place;
	struct sla_event event;
	struct sla_input in = { &conf->policy, zones, &event, 1 };
	struct sla sla;

	if (parse(argc, argv, &o, e) || find_place(conf, accounts, &o, &place, e) ||
	    opening(conf, &o, &place, &event, e) || sla_compute(&in, &sla, e))
		return -1;
	return o.json ? sla_explain_json(&in, &sla.clocks[SLA_INITIAL], out, e)
		      : sla_explain_text(&in, &sla.clocks[SLA_INITIAL], out, e);
}
