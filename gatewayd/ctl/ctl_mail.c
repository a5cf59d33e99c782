/* mail list|show|raw|retry, quarantine list|release|drop, trace, ingest, simulate */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/base/units.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/mail/mail_job.h"

static json_t *mail_view(const struct store_mail *m)
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
	{ "id", "mail", 9, CTL_RIGHT },	    { "mailbox", "mailbox", 10, CTL_TEXT },
	{ "state", "state", 11, CTL_TEXT }, { "case", "case", 7, CTL_RIGHT },
	{ "from", "from", 24, CTL_TEXT },   { "subject", "subject", 0, CTL_TEXT },
};

static int list(struct ctl *c, struct store_mail_filter *f)
{
	struct store_mail *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;

	if (store_mail_list(c->d->store, f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, mail_view(&v[i]));
	return ctl_rows(c, rows, list_columns, sizeof(list_columns) / sizeof(*list_columns));
}

/* --limit, --state, --case */
static int filter(struct ctl *c, struct store_mail_filter *f)
{
	const char *state = ctl_value(c, "--state");
	enum mail_state which;
	int status;

	*f = (struct store_mail_filter){ .message_id = SPAN(""), .state = -1 };
	if (state && !mail_state_find(span_of(state), &which))
		return ctl_usage(c, "--state %s: there is no such state", state);
	if (state)
		f->state = (int)which;
	status = ctl_limit(c, &f->limit);
	if (status == EX_OK)
		status = ctl_option_number(c, "--case", &f->case_number);
	return status == EX_OK ? ctl_words(c, 0, 0) : status;
}

static int mail_list(struct ctl *c)
{
	struct store_mail_filter f;
	int status = filter(c, &f);

	return status == EX_OK ? list(c, &f) : status;
}

static int quarantine_list(struct ctl *c)
{
	struct store_mail_filter f;
	int status = filter(c, &f);

	f.state = MAIL_QUARANTINED;
	return status == EX_OK ? list(c, &f) : status;
}

static int take_mail(struct ctl *c, struct store_mail *ret_mail)
{
	struct err e = { 0 };
	int64_t id;
	int status = ctl_words(c, 1, 1);

	if (status == EX_OK)
		status = ctl_word_number(c, 0, "mail", &id);
	if (status != EX_OK)
		return status;
	return store_mail_get(c->d->store, id, c->d->arena, ret_mail, &e) < 0 ? ctl_fail(c, &e)
									      : EX_OK;
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
	{ "state", "state", 0, CTL_TEXT },
	{ "reason", "reason", 0, CTL_TEXT },
	{ "case", "case", 0, CTL_TEXT },
	{ "note", "note", 0, CTL_TEXT },
};

static int mail_show(struct ctl *c)
{
	struct store_mail m;
	int status = take_mail(c, &m);

	if (status != EX_OK)
		return status;
	return ctl_object(c, mail_view(&m), show_lines, sizeof(show_lines) / sizeof(*show_lines));
}

static int mail_raw(struct ctl *c)
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
static int again(struct ctl *c)
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
	return store_mail_reset(c->d->store, m.id, &e) < 0 ? ctl_fail(c, &e) : EX_OK;
}

static int quarantine_drop(struct ctl *c)
{
	struct store_mail m;
	struct err e = { 0 };
	int status = take_mail(c, &m);

	if (status != EX_OK)
		return status;
	if (m.state != MAIL_QUARANTINED)
		return ctl_usage(c, "mail %" PRIi64 " is not quarantined but %s", m.id,
				 mail_state_name(m.state));
	return store_mail_finish(c->d->store, m.id, MAIL_DROPPED, SPAN("dropped by the operator"),
				 0, 0, &e) < 0
		   ? ctl_fail(c, &e)
		   : EX_OK;
}

/* --- trace: all that is known of a mail --- */

static json_t *events_view(struct ctl *c, int64_t number, struct err *e)
{
	struct case_event *v;
	json_t *all;
	size_t n;

	if (case_log_read(c->d, number, &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		struct buf text BUF_AUTO;

		buf_init(&text, 4096);
		case_event_text(&v[i], &text);
		json_array_append_new(all,
				      json_pack("{s:o, s:o, s:o}", "at", json_of_instant(v[i].at),
						"actor", json_of_span(v[i].actor), "event",
						json_of_span(buf_span(&text))));
	}
	return all;
}

static json_t *outbox_view(struct ctl *c, int64_t number, struct err *e)
{
	struct store_outbox_filter f = { .state = -1,
					 .case_number = number,
					 .limit = CTL_LIST_MAX };
	struct store_outbox *v;
	json_t *all;
	size_t n;

	if (store_outbox_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:I, s:o, s:o, s:s, s:o}", "id",
						     (json_int_t)v[i].id, "kind",
						     json_of_span(v[i].kind), "recipient",
						     json_of_span(v[i].recipient), "state",
						     outbox_state_name(v[i].state), "message_id",
						     json_of_span(v[i].message_id)));
	return all;
}

static void trace_text(struct ctl *c, const json_t *j)
{
	const json_t *events = json_object_get(j, "events"), *outbox = json_object_get(j, "outbox");

	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *ev = json_array_get(events, i);
		int64_t at = INSTANT_NONE;

		time_parse_rfc3339(json_span(ev, "at"), &at);
		buf_addf(c->out, "event  %s  %.*s  (%.*s)\n", ctl_time(c, at),
			 SPAN_ARG(json_span(ev, "event")), SPAN_ARG(json_span(ev, "actor")));
	}
	for (size_t i = 0; i < json_array_size(outbox); i++) {
		const json_t *row = json_array_get(outbox, i);

		buf_addf(c->out, "sent   outbox %" PRIi64 " %.*s to %.*s: %.*s\n",
			 json_int(row, "id", 0), SPAN_ARG(json_span(row, "kind")),
			 SPAN_ARG(json_span(row, "recipient")), SPAN_ARG(json_span(row, "state")));
	}
}

static int trace_one(struct ctl *c, const struct store_mail *m, json_t *all)
{
	json_t *j = json_pack("{s:o, s:o, s:o}", "mail", mail_view(m), "events", json_array(),
			      "outbox", json_array());
	struct err e = { 0 };

	json_array_append_new(all, j);
	if (m->case_number) {
		json_t *events = events_view(c, m->case_number, &e), *outbox;

		if (!events)
			return ctl_fail(c, &e);
		json_object_set_new(j, "events", events);
		outbox = outbox_view(c, m->case_number, &e);
		if (!outbox)
			return ctl_fail(c, &e);
		json_object_set_new(j, "outbox", outbox);
	}
	if (!c->json) {
		ctl_object(c, json_incref(json_object_get(j, "mail")), show_lines,
			   sizeof(show_lines) / sizeof(*show_lines));
		trace_text(c, j);
	}
	return EX_OK;
}

static int trace(struct ctl *c)
{
	struct store_mail_filter f = { .state = -1, .limit = CTL_LIST_DEFAULT };
	json_t *all JSON_AUTO = json_array();
	struct store_mail *v;
	struct err e = { 0 };
	int64_t id;
	size_t n = 1;
	int status = ctl_words(c, 1, 1);

	if (status != EX_OK)
		return status;
	if (ctl_number(c->words[0], &id)) {
		v = arena_alloc(c->d->arena, sizeof(*v));
		if (store_mail_get(c->d->store, id, c->d->arena, v, &e) < 0)
			return ctl_fail(c, &e);
	} else {
		f.message_id = span_of(c->words[0]);
		if (f.message_id.n > 2 && f.message_id.p[0] == '<')
			f.message_id = span_sub(f.message_id, 1, f.message_id.n - 2);
		if (store_mail_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
			return ctl_fail(c, &e);
	}
	if (n == 0)
		return ctl_usage(c, "no mail with the Message-ID %s", c->words[0]);
	for (size_t i = 0; i < n && status == EX_OK; i++)
		status = trace_one(c, &v[i], all);
	if (c->json && status == EX_OK)
		json_write(all, false, c->out);
	return status;
}

/* --- mail that comes from elsewhere --- */

/* The digest as a UID keeps the same mail, piped in twice, one mail. */
void ctl_mail_place(struct store_mail *m, const char *source, struct span raw)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(raw, digest);
	m->location.mailbox = span_of(source);
	memcpy(&m->location.uidvalidity, digest, sizeof(uint32_t));
	memcpy(&m->location.uid, digest + sizeof(uint32_t), sizeof(uint32_t));
}

static int ingest(struct ctl *c)
{
	const char *mailbox = ctl_value(c, "--mailbox"), *at = ctl_value(c, "--received");
	bool history = ctl_flag(c, "--history");
	struct store_mail m = { .received_at = c->d->now,
				.size = (int64_t)c->input.n,
				.history = history };
	struct span raw = c->input;
	struct err e = { 0 };
	int64_t id;
	bool is_new;
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (at && !time_parse_rfc3339(span_of(at), &m.received_at))
		return ctl_usage(c, "--received %s is no RFC 3339 time", at);
	if (mailbox && !conf_mailbox_find(c->d->conf, mailbox))
		return ctl_usage(c, "--mailbox %s: there is no such mailbox", mailbox);
	ctl_mail_place(&m, mailbox ? mailbox : history ? "import" : "ingest", raw);
	if ((int64_t)raw.n > c->d->conf->limits.mail_bytes) {
		raw = span_sub(raw, 0, 256 * KIB);
		m.truncated = true;
	}
	if (mail_keep(c->d, &m, raw, &id, &is_new, &e) < 0)
		return ctl_fail(c, &e);
	if (c->json)
		buf_addf(c->out, "{\"id\": %" PRIi64 ", \"new\": %s}\n", id,
			 is_new ? "true" : "false");
	else
		buf_addf(c->out, "mail %" PRIi64 "%s\n", id, is_new ? "" : " (known)");
	return EX_OK;
}

/*
 * Input: eight bytes with the length of the raw mail, the raw mail, then the encoded facts: the
 * parser ran in gatewayctl (ctl_local.c), and its word is checked here like a child's.
 */
static int simulate(struct ctl *c)
{
	const char *mailbox = ctl_value(c, "--mailbox");
	struct mail_job job = { .mail = { .received_at = c->d->now, .reason = SPAN("") },
				.body = SPAN("") };
	struct span in = c->input;
	struct err e = { 0 };
	uint64_t n;

	if (in.n < sizeof(n))
		return ctl_usage(c, "simulate: no mail");
	memcpy(&n, in.p, sizeof(n));
	in = span_sub(in, sizeof(n), SIZE_MAX);
	if (n > in.n)
		return ctl_usage(c, "simulate: the mail is cut");
	job.raw = span_sub(in, 0, (size_t)n);
	job.mail.location.mailbox = span_of(mailbox ? mailbox : "simulate");
	job.mail.size = (int64_t)n;
	job.mail.truncated = (int64_t)n > c->d->conf->limits.mail_bytes;
	if (facts_decode(span_sub(in, (size_t)n, SIZE_MAX), UINT64_MAX, c->d->arena, &job.facts,
			 &e) < 0 ||
	    mail_job_simulate(c->d, &job, c->out, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

const struct ctl_verb ctl_mail_verbs[] = {
	{ "mail list", "[--state S] [--case N] [--limit N]", "mails, newest first", 0, mail_list },
	{ "mail show", "ID", "one mail and how it ended", 0, mail_show },
	{ "mail raw", "ID", "the mail as it came, to standard output", CTL_RAW, mail_raw },
	{ "mail retry", "ID", "decides a mail that had no effect again", CTL_WRITES, again },
	{ "quarantine list", "[--case N] [--limit N]", "mails that wait for a person", 0,
	  quarantine_list },
	{ "quarantine release", "ID", "decides it again", CTL_WRITES, again },
	{ "quarantine drop", "ID", "puts it aside for good; the raw mail stays", CTL_WRITES,
	  quarantine_drop },
	{ "trace", "MESSAGE-ID|ID", "all that is known of a mail: why it ended as it did", 0,
	  trace },
	{ "ingest", "[--mailbox NAME] [--received TIME] [--history]",
	  "keeps the mail on standard input, for an MTA's pipe", CTL_WRITES | CTL_INPUT_ALWAYS,
	  ingest },
	{ "decide", "[--mailbox NAME]", "what simulate asks with a parsed mail",
	  CTL_INPUT_ALWAYS | CTL_HIDDEN, simulate },
	{ 0 },
};
