/* status, metrics, check, backup, staff list, package list */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/ctl/ctl.h"

enum { CASES_A_PAGE = 500 };

static json_t *counts_view(const struct store_counts *n)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "mails",
			 (json_int_t)n->mails, "mails_pending", (json_int_t)n->mails_pending,
			 "quarantined", (json_int_t)n->quarantined, "cases", (json_int_t)n->cases,
			 "cases_open", (json_int_t)n->cases_open, "outbox_queued",
			 (json_int_t)n->outbox_queued, "outbox_failed",
			 (json_int_t)n->outbox_failed, "accounts", (json_int_t)n->accounts,
			 "articles", (json_int_t)n->articles, "store_bytes", (json_int_t)n->bytes);
}

static const struct ctl_column status_lines[] = {
	{ "daemon", "daemon", 0, CTL_TEXT },
	{ "started_at", "since", 0, CTL_TIME },
	{ "mails", "mails", 0, CTL_TEXT },
	{ "mails_pending", "not decided yet", 0, CTL_TEXT },
	{ "quarantined", "quarantined", 0, CTL_TEXT },
	{ "cases", "cases", 0, CTL_TEXT },
	{ "cases_open", "open", 0, CTL_TEXT },
	{ "outbox_queued", "mails to send", 0, CTL_TEXT },
	{ "outbox_failed", "mails that failed", 0, CTL_TEXT },
	{ "accounts", "accounts", 0, CTL_TEXT },
	{ "articles", "articles", 0, CTL_TEXT },
	{ "store", "store", 0, CTL_TEXT },
	{ "store_bytes", "bytes", 0, CTL_TEXT },
};

static const struct ctl_column mailbox_columns[] = {
	{ "name", "mailbox", 16, CTL_TEXT },
	{ "good", "good", 4, CTL_TEXT },
	{ "at", "since", 26, CTL_TIME },
	{ "text", "what it does", 0, CTL_TEXT },
};

static int status_verb(struct ctl *c)
{
	json_t *j JSON_AUTO = NULL, *mailboxes = NULL;
	struct store_counts counts;
	struct err e = { 0 };
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	j = counts_view(&counts);
	json_object_set_new(j, "daemon", json_string(c->daemon ? "running" : "not running"));
	json_object_set_new(j, "store", json_string(c->d->conf->store));
	json_object_set_new(j, "started_at",
			    c->daemon ? json_of_instant(c->daemon->started_at) : json_null());
	mailboxes = c->daemon ? c->daemon->mailboxes(c->daemon->ctx) : json_array();
	json_object_set_new(j, "mailboxes", mailboxes);
	ctl_object(c, json_incref(j), status_lines, sizeof(status_lines) / sizeof(*status_lines));
	if (c->json || !c->daemon)
		return EX_OK;
	buf_addc(c->out, '\n');
	return ctl_rows(c, json_incref(mailboxes), mailbox_columns,
			sizeof(mailbox_columns) / sizeof(*mailbox_columns));
}

/* The Prometheus text format, version 0.0.4. */
static int metrics(struct ctl *c)
{
	struct store_counts counts;
	struct err e = { 0 };
	json_t *j JSON_AUTO = NULL;
	const char *key;
	json_t *value;
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	j = counts_view(&counts);
	json_object_foreach(j, key, value)
	    buf_addf(c->out, "# TYPE gatewayd_%s gauge\ngatewayd_%s %" JSON_INTEGER_FORMAT "\n",
		     key, key, json_integer_value(value));
	return EX_OK;
}

/* Every deadline in the store against what its case's events say. */
static int check_clocks(struct ctl *c, size_t *ret_wrong, struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .limit = CASES_A_PAGE };
	struct store_case *v;
	size_t n;

	do {
		if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			bool same = false;

			if (case_clock_check(c->d, v[i].number, &same, e) < 0)
				return -1;
			if (!same) {
				++*ret_wrong;
				buf_addf(c->out,
					 "case %" PRIi64
					 ": a deadline is not what its events say\n",
					 v[i].number);
			}
			f.before = v[i].number;
		}
	} while (n == CASES_A_PAGE);
	return 0;
}

static int rebuild(struct ctl *c, struct err *e)
{
	struct store_case_filter f = { .queue = SPAN(""),
				       .owner = SPAN(""),
				       .requester = SPAN(""),
				       .account = SPAN(""),
				       .limit = CASES_A_PAGE };
	struct store_case *v;
	size_t n;

	do {
		if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (case_clock_update(c->d, v[i].number, e) < 0)
				return -1;
			f.before = v[i].number;
		}
	} while (n == CASES_A_PAGE);
	return 0;
}

static int check(struct ctl *c)
{
	bool mend = ctl_flag(c, "--rebuild");
	size_t wrong = 0, before = c->out->n;
	struct err e = { 0 };
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (mend && rebuild(c, &e) < 0)
		return ctl_fail(c, &e);
	if (store_check(c->d->store, c->out, &e) < 0 || check_clocks(c, &wrong, &e) < 0)
		return ctl_fail(c, &e);
	if (c->out->n == before) {
		buf_adds(c->out, "all is well\n");
		return EX_OK;
	}
	if (wrong)
		buf_adds(c->out, "gatewayctl check --rebuild computes the deadlines anew\n");
	return EX_DATAERR;
}

static int backup(struct ctl *c)
{
	struct err e = { 0 };
	int status = ctl_words(c, 1, 1);

	if (status != EX_OK)
		return status;
	if (c->words[0][0] != '/')
		return ctl_usage(c, "backup: an absolute path, as the daemon may write it");
	return store_backup(c->d->store, c->words[0], &e) < 0 ? ctl_fail(c, &e) : EX_OK;
}

static json_t *words_view(const struct policy_words *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(all, json_string(w->v[i]));
	return all;
}

static int staff_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "id", "id", 12, CTL_TEXT },
		{ "name", "name", 24, CTL_TEXT },
		{ "addresses", "addresses", 0, CTL_TEXT },
	};
	json_t *rows = json_array();
	int status = ctl_words(c, 0, 0);

	for (size_t i = 0; i < c->d->conf->staff_count; i++) {
		const struct conf_staff *s = &c->d->conf->staff[i];

		json_array_append_new(rows,
				      json_pack("{s:s, s:s, s:o, s:o}", "id", s->id, "name",
						s->name, "addresses", words_view(&s->addresses),
						"queues", words_view(&s->queues)));
	}
	if (status == EX_OK)
		return ctl_rows(c, rows, columns, sizeof(columns) / sizeof(*columns));
	json_decref(rows);
	return status;
}

static json_t *target_view(struct policy_duration target)
{
	struct buf text BUF_AUTO;

	buf_init(&text, 100);
	policy_duration_print(target, &text);
	return json_of_span(buf_span(&text));
}

static int package_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "name", "package", 24, CTL_TEXT },
		{ "severity_1", "severity 1", 12, CTL_TEXT },
		{ "severity_2", "severity 2", 12, CTL_TEXT },
		{ "severity_3", "severity 3", 0, CTL_TEXT },
	};
	json_t *rows = json_array();
	int status = ctl_words(c, 0, 0);

	for (size_t i = 0; i < c->d->conf->policy.package_count; i++) {
		const struct policy_package *p = &c->d->conf->policy.packages[i];

		json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:o, s:s?}", "name", p->name,
						      "severity_1", target_view(p->targets[0]),
						      "severity_2", target_view(p->targets[1]),
						      "severity_3", target_view(p->targets[2]),
						      "where", p->where));
	}
	if (status == EX_OK)
		return ctl_rows(c, rows, columns, sizeof(columns) / sizeof(*columns));
	json_decref(rows);
	return status;
}

const struct ctl_verb ctl_status_verbs[] = {
	{ "status", "", "the daemon, its mailboxes, and how much there is of everything", 0,
	  status_verb },
	{ "metrics", "", "the same as Prometheus reads it", 0, metrics },
	{ "check", "[--rebuild]", "the store's integrity, and every deadline against its events",
	  CTL_WRITES, check },
	{ "backup", "PATH", "a consistent copy of the store", 0, backup },
	{ "staff list", "", "the staff of the configuration", 0, staff_list },
	{ "package list", "", "the support packages and their targets", 0, package_list },
	{ 0 },
};
