/* status */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_counts.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

json_t *ctl_counts_view(const struct store_counts *n)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "mails",
			 (json_int_t)n->mails, "mails_pending", (json_int_t)n->mails_pending,
			 "quarantined", (json_int_t)n->quarantined, "cases", (json_int_t)n->cases,
			 "cases_open", (json_int_t)n->cases_open, "outbox_queued",
			 (json_int_t)n->outbox_queued, "outbox_sending",
			 (json_int_t)n->outbox_sending, "outbox_failed",
			 (json_int_t)n->outbox_failed, "held", (json_int_t)n->held, "accounts",
			 (json_int_t)n->accounts, "articles", (json_int_t)n->articles,
			 "store_bytes", (json_int_t)n->bytes);
}

static const struct ctl_column status_lines[] = {
	{ "daemon", "daemon", 0, CTL_STATE },
	{ "started_at", "since", 0, CTL_TIME },
	{ "mails", "mails", 0, CTL_TEXT },
	{ "mails_pending", "not decided yet", 0, CTL_TEXT },
	{ "quarantined", "quarantined", 0, CTL_TEXT },
	{ "cases", "cases", 0, CTL_TEXT },
	{ "cases_open", "open", 0, CTL_TEXT },
	{ "outbox_queued", "mails to send", 0, CTL_TEXT },
	{ "outbox_sending", "mails being sent", 0, CTL_TEXT },
	{ "outbox_failed", "mails that failed", 0, CTL_TEXT },
	{ "held", "held after a restore", 0, CTL_TEXT },
	{ "outbox_suppressed_day", "held back by budgets in a day", 0, CTL_TEXT },
	{ "accounts", "accounts", 0, CTL_TEXT },
	{ "articles", "articles", 0, CTL_TEXT },
	{ "store", "store", 0, CTL_TEXT },
	{ "store_bytes", "bytes", 0, CTL_TEXT },
	{ "committed_at", "last commit", 0, CTL_TIME },
	{ "sender.connections", "connections to the mail server", 0, CTL_TEXT },
	{ "sender.reply_ms", "its reply to a mail takes ms", 0, CTL_TEXT },
	{ "clock.stepped_at", "clock set at", 0, CTL_TIME },
	{ "clock.seconds", "by seconds", 0, CTL_TEXT },
	{ "clock.held_seconds", "deadlines wait for seconds", 0, CTL_TEXT },
};

static const struct ctl_column mailbox_columns[] = {
	{ "name", "mailbox", 16, CTL_TEXT },	    { "good", "good", 4, CTL_TEXT },
	{ "looked_at", "last look", 26, CTL_TIME }, { "kept", "kept", 8, CTL_RIGHT },
	{ "waiting", "waiting", 8, CTL_RIGHT },	    { "oldest", "oldest", 26, CTL_TIME },
	{ "set_aside", "aside", 6, CTL_RIGHT },	    { "text", "what it does", 0, CTL_TEXT },
};

static const struct ctl_column oauth_columns[] = {
	{ "name", "oauth", 16, CTL_TEXT },
	{ "good", "good", 4, CTL_TEXT },
	{ "access_until", "access token until", 26, CTL_TIME },
	{ "refresh_until", "refresh token until", 26, CTL_TIME },
	{ "text", "what it does", 0, CTL_TEXT },
};

static const struct ctl_column hook_columns[] = {
	{ "name", "webhook", 16, CTL_TEXT },	{ "good", "good", 4, CTL_TEXT },
	{ "waiting", "waiting", 8, CTL_RIGHT }, { "oldest", "oldest", 26, CTL_TIME },
	{ "failed", "failed", 8, CTL_RIGHT },	{ "text", "what it does", 0, CTL_TEXT },
};

static const struct ctl_column slow_columns[] = {
	{ "domain", "slow domain", 30, CTL_TEXT },
	{ "reply_ms", "reply, ms", 10, CTL_RIGHT },
};

static const struct ctl_column role_columns[] = {
	{ "role", "role", 16, CTL_TEXT },
	{ "good", "good", 4, CTL_TEXT },
	{ "wanted", "wanted", 8, CTL_RIGHT },
	{ "running", "running", 8, CTL_RIGHT },
};

static const struct ctl_column wrong_columns[] = {
	{ "what", "wrong", 24, CTL_TEXT },
	{ "since", "since", 26, CTL_TIME },
	{ "text", "what it is", 0, CTL_TEXT },
};

/* Automatic mails of the last day that a budget held back. */
static int suppressed(struct ctl *c, json_t *j, struct err *e)
{
	struct store_outbox_filter f = { .state = OUTBOX_SUPPRESSED,
					 .since_at = c->d->now - DAY_S };
	struct store_outbox *v;
	size_t n;

	if (store_outbox_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
		return -1;
	json_object_set_new(j, "outbox_suppressed_day", json_integer((json_int_t)n));
	return 0;
}

/* What core says of itself; without one that is what is wrong. */
static void add_daemon(struct ctl *c, json_t *j)
{
	json_t *report = c->daemon ? c->daemon->report(c->daemon->ctx)
				   : json_pack("{s:[{s:s, s:n, s:s}]}", "wrong", "what", "daemon",
					       "since", "text", "it does not run");

	json_object_set_new(j, "daemon", json_string(c->daemon ? "running" : "not running"));
	json_object_set_new(j, "started_at",
			    c->daemon ? json_of_instant(c->daemon->started_at) : json_null());
	json_object_update(j, report);
	json_decref(report);
}

static int show_status(struct ctl *c, json_t *j)
{
	json_t *wrong = json_object_get(j, "wrong");
	bool well = json_array_size(wrong) == 0;

	CTL_OBJECT(c, json_incref(j), status_lines);
	if (!c->json && c->daemon) {
		buf_addc(c->out, '\n');
		CTL_ROWS_OF(c, json_incref(json_object_get(j, "mailboxes")), mailbox_columns);
		buf_addc(c->out, '\n');
		if (json_array_size(json_object_get(j, "oauth"))) {
			CTL_ROWS_OF(c, json_incref(json_object_get(j, "oauth")), oauth_columns);
			buf_addc(c->out, '\n');
		}
		if (json_array_size(json_object_get(j, "hooks"))) {
			CTL_ROWS_OF(c, json_incref(json_object_get(j, "hooks")), hook_columns);
			buf_addc(c->out, '\n');
		}
		if (json_array_size(json_object_get(json_object_get(j, "sender"), "slow"))) {
			CTL_ROWS_OF(
			    c, json_incref(json_object_get(json_object_get(j, "sender"), "slow")),
			    slow_columns);
			buf_addc(c->out, '\n');
		}
		CTL_ROWS_OF(c, json_incref(json_object_get(j, "roles")), role_columns);
	}
	if (!c->json) {
		buf_adds(c->out, well ? "\nall is well\n" : "\n");
		if (!well)
			CTL_ROWS_OF(c, json_incref(wrong), wrong_columns);
	}
	return well ? EX_OK : EX_UNAVAILABLE;
}

int ctl_status(struct ctl *c)
{
	json_t *j JSON_AUTO = NULL;
	struct store_counts counts;
	struct err e = { 0 };

	if (store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	j = ctl_counts_view(&counts);
	json_object_set_new(j, "store", json_string(c->d->conf->store));
	if (suppressed(c, j, &e) < 0)
		return ctl_fail(c, &e);
	add_daemon(c, j);
	return show_status(c, j);
}
