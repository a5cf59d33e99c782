/*
 * metrics: what Prometheus reads.
 *
 * The text format 0.0.4, or with --openmetrics OpenMetrics 1.0, in which a counter is named without
 * "_total" where it is described.  Each metric is a row of a table: a value in one of the JSON
 * objects below, or one for each row of a list there.
 */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/queue_view.h"
#include "gatewayd/ctl/ctl_counts.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

/* What stands in the store, or is counted there, each of several nodes tells alike. */
enum kind { GAUGE, COUNTER, GAUGE_OF_ALL, COUNTER_OF_ALL };

struct metric {
	const char *name; /* without "gatewayd_" */
	enum kind kind;
	const char *help;
	const char *from;  /* the list or object in the report */
	const char *label; /* NULL: a value; "row.key": of each row; else the keys are its values */
	const char *key;
};

static const struct metric metrics[] = {
	{ "mailbox_up", GAUGE, "The mailbox is reached and watched (1), or in trouble (0).",
	  "mailboxes", "mailbox", "good" },
	{ "mailbox_last_look_timestamp_seconds", GAUGE,
	  "When the folder was looked at for the last time.", "mailboxes", "mailbox", "looked_at" },
	{ "mailbox_waiting", GAUGE, "Mails in the folder that are not kept yet.", "mailboxes",
	  "mailbox", "waiting" },
	{ "mailbox_oldest_timestamp_seconds", GAUGE,
	  "When the mail came that waits the longest; absent: none waits.", "mailboxes", "mailbox",
	  "oldest" },
	{ "mailbox_set_aside", GAUGE, "Mails that the server does not hand out whole.", "mailboxes",
	  "mailbox", "set_aside" },
	{ "mails_kept_total", COUNTER_OF_ALL, "Mails taken from the mailbox.", "mailboxes",
	  "mailbox", "kept" },
	{ "token_good", GAUGE, "There is an access token (1), or there is trouble (0).", "oauth",
	  "oauth", "good" },
	{ "token_expiry_timestamp_seconds", GAUGE, "When the access token ends.", "oauth", "oauth",
	  "access_until" },
	{ "token_refresh_expiry_timestamp_seconds", GAUGE,
	  "When the refresh token ends, and a person has to log in; absent: not known.", "oauth",
	  "oauth", "refresh_until" },
	{ "token_failures_total", COUNTER, "Requests that brought no access token.", "oauth",
	  "oauth", "failures" },
	{ "role_running", GAUGE, "Processes of the role that run.", "roles", "role", "running" },
	{ "role_wanted", GAUGE, "Processes of the role that should run.", "roles", "role",
	  "wanted" },
	{ "role_resident_bytes", GAUGE, "Memory of the role's processes.", "roles", "role",
	  "rss_bytes" },
	{ "role_starts_total", COUNTER, "Processes of the role that were started.", "started",
	  "role", NULL },
	{ "mails_decided_total", COUNTER, "What became of mails.", "decided", "result", NULL },
	{ "mails_sent_total", COUNTER, "Answers of the mail server to what was sent.", "sent",
	  "result", NULL },
	{ "sender_connections", GAUGE, "Connections to the mail server that are used.", "sender",
	  NULL, "connections" },
	{ "sender_slow_domains", GAUGE,
	  "Domains of recipients whose replies take so long that they have lanes of their own.",
	  "sender", NULL, "slow" },
	{ "hook_up", GAUGE, "The webhook takes what is posted to it (1), or is in trouble (0).",
	  "hooks", "hook", "good" },
	{ "hook_waiting", GAUGE_OF_ALL, "Events that wait to be posted to it.", "hooks", "hook",
	  "waiting" },
	{ "hook_oldest_timestamp_seconds", GAUGE_OF_ALL,
	  "When the event was that waits the longest; absent: none waits.", "hooks", "hook",
	  "oldest" },
	{ "hook_failed", GAUGE_OF_ALL, "Events that were given up.", "hooks", "hook", "failed" },
	{ "hook_posts_total", COUNTER, "Answers of webhooks to what was posted.", "posted",
	  "result", NULL },
	{ "parse_deaths_total", COUNTER,
	  "Parse children that died at a mail: provably by its fault, or not.", "parse_deaths",
	  "cause", NULL },
	{ "automatic_suppressed_total", COUNTER_OF_ALL, "Automatic mails that a budget held back.",
	  "meters", NULL, "suppressed" },
	{ "deadlines_near_total", COUNTER_OF_ALL, "Warnings before a deadline.", "meters", NULL,
	  "near" },
	{ "deadlines_missed_total", COUNTER_OF_ALL, "Deadlines that were missed.", "meters", NULL,
	  "missed" },
	{ "store_commits_total", COUNTER, "Transactions written to the disk.", "meters", NULL,
	  "commits" },
	{ "store_commit_seconds_total", COUNTER, "Time that they took together.", "meters", NULL,
	  "commit_s" },
	{ "store_turns_total", COUNTER, "Turns on a database that nodes share.", "meters", NULL,
	  "turns" },
	{ "store_turn_wait_seconds_total", COUNTER, "Time waited for the turns of other nodes.",
	  "meters", NULL, "turn_s" },
	{ "store_last_commit_timestamp_seconds", GAUGE, "When the last one was written.", "report",
	  NULL, "committed_at" },
	{ "store_bytes", GAUGE_OF_ALL, "Size of the store.", "counts", NULL, "store_bytes" },
	{ "mails", GAUGE_OF_ALL, "Mails in the store.", "counts", NULL, "mails" },
	{ "mails_undecided", GAUGE_OF_ALL, "Mails that are kept and not decided yet.", "counts",
	  NULL, "mails_pending" },
	{ "mails_undecided_oldest_timestamp_seconds", GAUGE_OF_ALL,
	  "When the mail was kept that waits the longest to be decided; absent: none does.",
	  "undecided_oldest", "mailbox", NULL },
	{ "mails_quarantined", GAUGE_OF_ALL, "Mails that wait for a person.", "counts", NULL,
	  "quarantined" },
	{ "cases", GAUGE_OF_ALL, "Cases.", "counts", NULL, "cases" },
	{ "cases_open", GAUGE_OF_ALL, "Cases that are not resolved or closed.", "counts", NULL,
	  "cases_open" },
	{ "outbox", GAUGE_OF_ALL, "Mails that go out, by what they are at.", "outbox", "state",
	  NULL },
	{ "outbox_oldest_timestamp_seconds", GAUGE_OF_ALL,
	  "When the oldest of these mails was made; absent: there is none.", "outbox_oldest",
	  "state", NULL },
	{ "held", GAUGE_OF_ALL, "What waits since a restore.", "counts", NULL, "held" },
	{ "queue_open", GAUGE_OF_ALL, "Open cases of the queue (at most 5000 are counted).",
	  "queues", "queue", "open" },
	{ "queue_unowned", GAUGE_OF_ALL, "Open cases without an owner.", "queues", "queue",
	  "unowned" },
	{ "queue_oldest_timestamp_seconds", GAUGE_OF_ALL, "When its oldest open case was opened.",
	  "queues", "queue", "oldest_at" },
	{ "deadlines_breached", GAUGE_OF_ALL, "Deadlines of open cases that have passed.", "queues",
	  "queue", "passed" },
	{ "deadlines_at_risk", GAUGE_OF_ALL, "Deadlines of open cases that pass within four hours.",
	  "queues", "queue", "near" },
	{ "wrong", GAUGE, "Things that are wrong, as gatewayctl status lists them.", "report", NULL,
	  "wrong" },
};

/* --- one value --- */

static void add_label(struct buf *out, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\\' || value.p[i] == '"')
			buf_addc(out, '\\');
		if (value.p[i] == '\n')
			buf_adds(out, "\\n");
		else
			buf_addc(out, value.p[i]);
	}
}

/* A number, a truth, the length of a list, an instant in seconds; false: there is nothing to say.
 */
static bool add_number(struct buf *out, const json_t *v)
{
	int64_t at;

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_INTEGER: buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v)); break;
	case JSON_REAL: buf_addf(out, "%.6f", json_real_value(v)); break;
	case JSON_TRUE: buf_addc(out, '1'); break;
	case JSON_FALSE: buf_addc(out, '0'); break;
	case JSON_ARRAY: buf_addf(out, "%zu", json_array_size(v)); break;
	case JSON_STRING:
		if (!time_parse_rfc3339(span_of(json_string_value(v)), &at))
			return false;
		buf_addf(out, "%" PRId64, at);
		break;
	case JSON_OBJECT:
	case JSON_NULL: return false;
	}
	return true;
}

static void add_sample(struct buf *out, const struct metric *m, struct span label, const json_t *v)
{
	size_t start = out->n;

	buf_addf(out, "gatewayd_%s", m->name);
	if (m->label) {
		buf_addf(out, "{%s=\"", m->label);
		add_label(out, label);
		buf_adds(out, "\"}");
	}
	buf_addc(out, ' ');
	if (add_number(out, v))
		buf_addc(out, '\n');
	else
		out->n = start;
}

static void add_samples(struct buf *out, const struct metric *m, json_t *from)
{
	const char *key;
	json_t *v;
	size_t i;

	if (!m->label) {
		add_sample(out, m, SPAN(""), json_object_get(from, m->key));
		return;
	}
	if (m->key) {
		json_array_foreach(from, i, v)
		{
			struct span name = json_span(v, m->label);

			add_sample(out, m, name.n ? name : json_span(v, "name"),
				   json_object_get(v, m->key));
		}
		return;
	}
	json_object_foreach(from, key, v) add_sample(out, m, span_of(key), v);
}

#define OF_ALL " Of several nodes each tells all of it: take the greatest, not the sum."

/* OpenMetrics describes the family, which is the name of a counter without its end. */
static void add_head(struct buf *out, const char *name, const char *type, const char *help,
		     const char *of, bool open)
{
	struct span family = span_of(name), end = SPAN("_total");

	if (open && family.n > end.n && span_eq(span_sub(family, family.n - end.n, end.n), end))
		family.n -= end.n;
	buf_addf(out, "# HELP gatewayd_" SPAN_FMT " %s%s\n# TYPE gatewayd_" SPAN_FMT " %s\n",
		 SPAN_ARG(family), help, of, SPAN_ARG(family), type);
}

static void add_metric(struct buf *out, const struct metric *m, json_t *all, bool open)
{
	bool is_counter = m->kind == COUNTER || m->kind == COUNTER_OF_ALL;
	json_t *from = json_object_get(all, m->from);

	if (!from)
		return;
	add_head(out, m->name, is_counter ? "counter" : "gauge", m->help,
		 m->kind == GAUGE_OF_ALL || m->kind == COUNTER_OF_ALL ? OF_ALL : "", open);
	add_samples(out, m, from);
}

static void add_histogram(struct buf *out, const json_t *h, bool open)
{
	static const char name[] = "first_response_seconds";
	json_t *buckets = json_object_get(h, "buckets"), *v;
	size_t i;

	if (!h)
		return;
	add_head(out, name, "histogram",
		 "Time to the first answer of staff, by the clock of the wall.", OF_ALL, open);
	json_array_foreach(buckets, i, v) buf_addf(
	    out, "gatewayd_%s_bucket{le=\"%" JSON_INTEGER_FORMAT ".0\"} %" JSON_INTEGER_FORMAT "\n",
	    name, json_integer_value(json_array_get(v, 0)),
	    json_integer_value(json_array_get(v, 1)));
	buf_addf(out, "gatewayd_%s_bucket{le=\"+Inf\"} %" PRId64 "\n", name,
		 json_int(h, "count", 0));
	buf_addf(out, "gatewayd_%s_sum %.0f\n", name, json_real_value(json_object_get(h, "sum")));
	buf_addf(out, "gatewayd_%s_count %" PRId64 "\n", name, json_int(h, "count", 0));
}

/* --- where the values come from --- */

static void take(json_t *all, const char *name, const json_t *from, const char *key)
{
	json_t *v = json_object_get(from, key);

	if (v && !json_is_null(v))
		json_object_set(all, name, v);
}

static void add_outbox(json_t *all, const struct store_counts *n)
{
	json_object_set_new(all, "outbox",
			    json_pack("{s:I, s:I, s:I}", "queued", (json_int_t)n->outbox_queued,
				      "sending", (json_int_t)n->outbox_sending, "failed",
				      (json_int_t)n->outbox_failed));
}

static int add_oldest(struct ctl *c, json_t *all, struct err *e)
{
	json_t *outbox = json_object(), *mails = json_object();
	struct store_oldest *v;
	size_t n;

	json_object_set_new(all, "outbox_oldest", outbox);
	json_object_set_new(all, "undecided_oldest", mails);
	if (store_oldest(c->d->store, c->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		json_object_set_new(span_is(v[i].kind, "mail") ? mails : outbox,
				    arena_cstr(c->d->arena, v[i].name), json_of_instant(v[i].at));
	return 0;
}

static void add_report(struct ctl *c, json_t *all)
{
	json_t *report = c->daemon->report(c->daemon->ctx),
	       *meters = json_object_get(report, "meters");

	json_object_set(all, "report", report);
	take(all, "mailboxes", report, "mailboxes");
	take(all, "hooks", report, "hooks");
	take(all, "sender", report, "sender");
	take(all, "oauth", report, "oauth");
	take(all, "roles", report, "roles");
	take(all, "meters", report, "meters");
	take(all, "decided", meters, "decided");
	take(all, "sent", meters, "sent");
	take(all, "posted", meters, "posted");
	take(all, "started", meters, "started");
	take(all, "first_response", meters, "first_response");
	if (json_is_object(meters))
		json_object_set_new(all, "parse_deaths",
				    json_pack("{s:O, s:O}", "mail",
					      json_object_get(meters, "parse_proven"), "other",
					      json_object_get(meters, "parse_lost")));
	json_decref(report);
}

int ctl_metrics(struct ctl *c)
{
	json_t *all JSON_AUTO = json_object(), *queues;
	bool open = ctl_flag(c, "--openmetrics");
	struct store_counts counts;
	struct err e = { 0 };

	queues =
	    c->daemon && c->daemon->queues ? json_incref(c->daemon->queues) : queue_view(c->d, &e);
	json_object_set_new(all, "queues", queues); /* it is theirs, whatever fails from here on */
	if (!queues || store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	json_object_set_new(all, "counts", ctl_counts_view(&counts));
	add_outbox(all, &counts);
	if (add_oldest(c, all, &e) < 0)
		return ctl_fail(c, &e);
	if (c->daemon)
		add_report(c, all);
	if (c->json)
		return ctl_done(c, json_incref(all));
	for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
		add_metric(c->out, &metrics[i], all, open);
	add_histogram(c->out, json_object_get(all, "first_response"), open);
	if (open)
		buf_adds(c->out, "# EOF\n");
	return EX_OK;
}
