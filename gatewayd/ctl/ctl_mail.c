/* mail list|show|raw|retry, quarantine list|release|drop */
#include "gatewayd/ctl/ctl_mail.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_pages.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/mail/release.h"

json_t *ctl_mail_view(const struct store_mail *m)
{
	return json_pack(
	    "{s:I, s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:b, s:i, s:s, s:o, s:I, s:I, s:o, s:o}",
	    "id", (json_int_t)m->id, "mailbox", json_of_span(m->location.mailbox), "uidvalidity",
	    (json_int_t)m->location.uidvalidity, "uid", (json_int_t)m->location.uid, "received_at",
	    json_of_instant(m->received_at), "kept_at", json_of_instant(m->kept_at), "message_id",
	    json_of_span_or_null(m->message_id), "size", (json_int_t)m->size, "truncated",
	    (int)m->truncated, "attempts", m->attempts, "state", mail_state_name(m->state),
	    "reason", json_of_span(m->reason), "case", (json_int_t)m->case_number, "note",
	    (json_int_t)m->note_id, "from", json_of_span(m->from), "subject",
	    json_of_span(m->subject));
}

static const struct ctl_column list_columns[] = {
	{ "id", "mail", 9, CTL_RIGHT },	     { "mailbox", "mailbox", 10, CTL_TEXT },
	{ "state", "state", 11, CTL_STATE }, { "case", "case", 7, CTL_RIGHT_NUMBER },
	{ "from", "from", 24, CTL_TEXT },    { "subject", "subject", 0, CTL_TEXT },
};

int ctl_mail_pages(struct ctl *c, json_t **ret_rows)
{
	return ctl_pages(c, &ctl_pages_by_id, list_columns,
			 sizeof(list_columns) / sizeof(*list_columns), ret_rows);
}

int ctl_mail_rows(struct ctl *c, json_t *rows)
{
	return CTL_ROWS_OF(c, rows, list_columns);
}

static json_t *mail_row(struct ctl *c, const void *row, struct err *e)
{
	(void)c;
	(void)e;
	return ctl_mail_view(row);
}

static const char *state_at(int state)
{
	return mail_state_name((enum mail_state)state);
}

/* fixed: a state that is not asked for; -1: none. */
static int list(struct ctl *c, int fixed)
{
	struct store_mail_filter f = { .message_id = SPAN("") };
	struct ctl_filter wanted;
	struct store_mail *v;
	struct err e = { 0 };
	size_t n;
	int status = ctl_filter(c, state_at, MAIL_STATE_COUNT, &wanted);

	if (status != EX_OK)
		return status;
	f.state = fixed >= 0 ? fixed : wanted.state;
	f.case_number = wanted.case_number;
	f.since_at = wanted.since_at;
	f.before = wanted.before;
	f.limit = wanted.limit;
	if (store_mail_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	status = n ? EX_OK : ctl_case_of_filter(c, &wanted);
	return status == EX_OK ? CTL_LIST(c, v, n, mail_row, list_columns) : status;
}

int ctl_mail_list(struct ctl *c)
{
	return list(c, -1);
}

int ctl_quarantine_list(struct ctl *c)
{
	return list(c, MAIL_QUARANTINED);
}

static const struct ctl_column count_columns[] = {
	{ "mailbox", "mailbox", 16, CTL_TEXT },
	{ "kept", "kept", 9, CTL_RIGHT },
	{ "undecided", "undecided", 9, CTL_RIGHT },
	{ "case", "case", 9, CTL_RIGHT },
	{ "note", "note", 9, CTL_RIGHT },
	{ "command", "command", 9, CTL_RIGHT },
	{ "auto-filed", "filed", 9, CTL_RIGHT },
	{ "duplicate", "duplicate", 9, CTL_RIGHT },
	{ "quarantined", "quarantined", 11, CTL_RIGHT },
	{ "dropped", "dropped", 9, CTL_RIGHT },
};

static json_t *count_row(struct ctl *c, const void *row, struct err *e)
{
	const struct store_mail_count *n = row;
	json_t *j = json_pack("{s:o, s:I, s:I}", "mailbox", json_of_span(n->mailbox), "kept",
			      (json_int_t)n->kept, "undecided", (json_int_t)n->states[MAIL_KEPT]);

	(void)c;
	(void)e;
	for (int i = MAIL_KEPT + 1; i < MAIL_STATE_COUNT; i++)
		json_object_set_new(j, mail_state_name((enum mail_state)i),
				    json_integer(n->states[i]));
	return j;
}

int ctl_mail_count(struct ctl *c)
{
	struct store_mail_count *v;
	struct err e = { 0 };
	size_t n;

	if (store_mail_count(c->d->store, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, count_row, count_columns);
}

static int take_mail(struct ctl *c, struct store_mail *ret_mail)
{
	struct err e = { 0 };
	int64_t id;
	int status = ctl_word_number(c, 0, "mail", &id);

	if (status != EX_OK)
		return status;
	return ctl_result(c, store_mail_get(c->d->store, id, c->d->arena, ret_mail, &e), &e);
}

static const struct ctl_column show_lines[] = {
	{ "id", "mail", 0, CTL_TEXT },
	{ "mailbox", "mailbox", 0, CTL_TEXT },
	{ "uidvalidity", "uidvalidity", 0, CTL_TEXT },
	{ "uid", "uid", 0, CTL_TEXT },
	{ "received_at", "received", 0, CTL_TIME },
	{ "kept_at", "kept", 0, CTL_TIME },
	{ "message_id", "message-id", 0, CTL_TEXT },
	{ "from", "from", 0, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
	{ "size", "bytes", 0, CTL_TEXT },
	{ "truncated", "cut", 0, CTL_TEXT },
	{ "attempts", "attempts", 0, CTL_TEXT },
	{ "state", "state", 0, CTL_STATE },
	{ "reason", "reason", 0, CTL_TEXT },
	{ "case", "case", 0, CTL_NUMBER },
	{ "note", "note", 0, CTL_NUMBER },
};

int ctl_mail_print(struct ctl *c, json_t *mail)
{
	return CTL_OBJECT(c, mail, show_lines);
}

int ctl_mail_show(struct ctl *c)
{
	struct store_mail m;
	int status = take_mail(c, &m);

	return status == EX_OK ? ctl_mail_print(c, ctl_mail_view(&m)) : status;
}

/* What a change made of it, with --json. */
static int show_changed(struct ctl *c, int64_t id)
{
	struct store_mail m;
	struct err e = { 0 };

	if (store_mail_get(c->d->store, id, c->d->arena, &m, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, ctl_mail_view(&m));
}

int ctl_mail_raw(struct ctl *c)
{
	struct store_mail m;
	struct err e = { 0 };
	int status = take_mail(c, &m);

	if (status != EX_OK)
		return status;
	if (store_mail_raw(c->d->store, m.id, c->out, &e) < 0)
		return ctl_fail(c, &e);
	if (c->out->n == 0 && m.size > 0)
		return ctl_usage(
		    c, "the raw bytes of mail %" PRIi64 " are no longer kept (limits.raw_keep)",
		    m.id);
	return EX_OK;
}

/* Only what had no effect may be decided again: a second decision of the others would double it. */
int ctl_mail_again(struct ctl *c)
{
	struct store_mail m;
	struct err e = { 0 };
	int status = take_mail(c, &m);

	if (status != EX_OK)
		return status;
	if (m.state != MAIL_QUARANTINED && m.state != MAIL_KEPT && m.state != MAIL_DROPPED)
		return ctl_usage(c, "mail %" PRIi64 " had its effect (%s): it is not done again",
				 m.id, mail_state_name(m.state));
	if (m.truncated)
		return ctl_usage(c, "mail %" PRIi64 " was cut: only its beginning is here", m.id);
	if (store_mail_reset(c->d->store, m.id, &e) < 0)
		return ctl_fail(c, &e);
	return show_changed(c, m.id);
}

/* --- out of quarantine --- */

/* Why it cannot become a case; NULL: it can. */
static const char *refuse_release(struct ctl *c, const struct store_mail *m)
{
	if (!release_may(m->state))
		return arena_printf(c->d->arena, "was not set aside (%s)",
				    mail_state_name(m->state));
	return NULL;
}

static int release(struct ctl *c, const struct store_mail *m)
{
	struct buf raw BUF_AUTO;
	struct err e = { 0 };

	buf_init(&raw, SIZE_MAX);
	if (store_mail_raw(c->d->store, m->id, &raw, &e) < 0)
		return ctl_fail(c, &e);
	if (raw.n == 0 && m->size > 0)
		return ctl_usage(
		    c, "the raw bytes of mail %" PRIi64 " are no longer kept (limits.raw_keep)",
		    m->id);
	return ctl_result(c, store_mail_release(c->d->store, m->id, &e), &e);
}

/* Those in quarantine whose reason has the words of --cause. */
static int release_all(struct ctl *c)
{
	struct store_mail_filter f = { .message_id = SPAN(""),
				       .state = MAIL_QUARANTINED,
				       .limit = CTL_LIST_MAX };
	struct span cause = ctl_value_or_empty(c, "--cause");
	json_int_t released = 0;
	struct err e = { 0 };
	struct store_mail *v;
	size_t n;

	if (store_mail_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	for (size_t i = 0; i < n; i++) {
		int status = EX_OK;

		if (cause.n && span_find_ci(v[i].reason, cause) == SIZE_MAX)
			continue;
		status = release(c, &v[i]);
		if (status != EX_OK)
			return status;
		released++;
	}
	if (!released && cause.n)
		return ctl_usage(c, "no mail is set aside for a reason with \"%s\" in it",
				 ctl_value(c, "--cause"));
	return ctl_done(c, json_pack("{s:I}", "released", released));
}

int ctl_quarantine_release(struct ctl *c)
{
	bool all = ctl_flag(c, "--all") || ctl_value(c, "--cause");
	struct store_mail m;
	const char *refused;
	int status;

	if (all != (c->n == 0))
		return ctl_usage(c, "say which: a mail's number, or --all");
	if (ctl_value(c, "--cause") && !ctl_value_or_empty(c, "--cause").n)
		return ctl_usage(c, "--cause needs words of the reason");
	if (all)
		return release_all(c);
	status = take_mail(c, &m);
	if (status != EX_OK)
		return status;
	refused = refuse_release(c, &m);
	if (refused)
		return ctl_usage(c, "mail %" PRIi64 " %s", m.id, refused);
	status = release(c, &m);
	return status == EX_OK ? show_changed(c, m.id) : status;
}

int ctl_quarantine_drop(struct ctl *c)
{
	struct store_mail m;
	struct err e = { 0 };
	int status = take_mail(c, &m);

	if (status != EX_OK)
		return status;
	if (m.state != MAIL_QUARANTINED)
		return ctl_usage(c, "mail %" PRIi64 " is not quarantined but %s", m.id,
				 mail_state_name(m.state));
	if (store_mail_finish(c->d->store, m.id, MAIL_DROPPED, SPAN("dropped by the operator"), 0,
			      0, &e) < 0)
		return ctl_fail(c, &e);
	return show_changed(c, m.id);
}
