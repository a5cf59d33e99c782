/* trace: all that is known of a mail */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/ctl/ctl_mail.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/post/mime_text.h"

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

/* A message that is not there any more has no text. */
static json_t *row_view(struct ctl *c, const struct store_outbox *row, struct err *e)
{
	struct buf message BUF_AUTO;
	struct span text = SPAN("");

	buf_init(&message, SIZE_MAX);
	if (store_outbox_message(c->d->store, row->id, &message, e) == 0)
		text = mime_text(buf_span(&message), c->d->arena);
	else if (e->class != ERR_PERM)
		return NULL;
	return json_pack("{s:I, s:o, s:o, s:s, s:o, s:o, s:o}", "id", (json_int_t)row->id, "kind",
			 json_of_span(row->kind), "recipient", json_of_span(row->recipient),
			 "state", outbox_state_name(row->state), "message_id",
			 json_of_span(row->message_id), "subject", json_of_span(row->subject),
			 "text", json_of_span(text));
}

static json_t *outbox_view(struct ctl *c, int64_t number, struct err *e)
{
	struct store_outbox_filter f = { .state = -1,
					 .case_number = number,
					 .limit = CTL_LIST_MAX };
	struct store_outbox *v;
	json_t *all, *row;
	size_t n;

	if (store_outbox_list(c->d->store, &f, c->d->arena, &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		row = row_view(c, &v[i], e);
		if (!row) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(all, row);
	}
	return all;
}

static int add_case(struct ctl *c, int64_t number, json_t *j, struct err *e)
{
	struct store_case row;
	json_t *view;

	if (store_case_get(c->d->store, number, c->d->arena, &row, e) < 0)
		return -1;
	view = case_view(c->d, &row, e);
	if (!view)
		return -1;
	json_object_del(view, "notes"); /* case show has them */
	json_object_set_new(j, "case", view);
	return 0;
}

/* Where the case is now. */
static void case_text(struct ctl *c, const json_t *j)
{
	int64_t due = INSTANT_NONE;
	const json_t *sla = json_object_get(j, "sla");

	if (!j)
		return;
	time_parse_rfc3339(json_span(sla, "due_at"), &due);
	ctl_line(c, "case   %" PRIi64 " in %.*s, severity %" PRIi64 ", %.*s%s%.*s%s%s",
		 json_int(j, "number", 0), SPAN_ARG(json_span(j, "queue")),
		 json_int(j, "severity", 0), SPAN_ARG(json_span(j, "state")),
		 json_span(j, "rule").n ? ", by rule " : "", SPAN_ARG(json_span(j, "rule")),
		 due == INSTANT_NONE ? "" : ", due ", due == INSTANT_NONE ? "" : ctl_time(c, due));
}

static void trace_text(struct ctl *c, const json_t *j)
{
	const json_t *events = json_object_get(j, "events"), *outbox = json_object_get(j, "outbox");

	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *ev = json_array_get(events, i);
		int64_t at = INSTANT_NONE;

		time_parse_rfc3339(json_span(ev, "at"), &at);
		ctl_line(c, "event  %s  %.*s  (%.*s)", ctl_time(c, at),
			 SPAN_ARG(json_span(ev, "event")), SPAN_ARG(json_span(ev, "actor")));
	}
	for (size_t i = 0; i < json_array_size(outbox); i++) {
		const json_t *row = json_array_get(outbox, i);

		struct span text = json_span(row, "text"), line;

		ctl_line(c, "sent   outbox %" PRIi64 " %.*s to %.*s: %.*s", json_int(row, "id", 0),
			 SPAN_ARG(json_span(row, "kind")), SPAN_ARG(json_span(row, "recipient")),
			 SPAN_ARG(json_span(row, "state")));
		ctl_line(c, "       | %.*s", SPAN_ARG(json_span(row, "subject")));
		while (span_line(&text, &line))
			ctl_line(c, "       | %.*s", SPAN_ARG(line));
	}
}

void ctl_trace_print(struct ctl *c, const json_t *traces)
{
	for (size_t i = 0; i < json_array_size(traces); i++) {
		const json_t *j = json_array_get(traces, i);

		ctl_mail_print(c, json_incref(json_object_get(j, "mail")));
		case_text(c, json_object_get(j, "case"));
		trace_text(c, j);
	}
}

static int trace_one(struct ctl *c, const struct store_mail *m, json_t *all)
{
	json_t *j = json_pack("{s:o, s:o, s:o}", "mail", ctl_mail_view(m), "events", json_array(),
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
		if (add_case(c, m->case_number, j, &e) < 0)
			return ctl_fail(c, &e);
	}
	return EX_OK;
}

/* By its id, or all with that Message-ID. */
static int find_mails(struct ctl *c, struct store_mail **ret_v, size_t *ret_n)
{
	struct store_mail_filter f = { .state = -1, .limit = CTL_LIST_DEFAULT };
	struct err e = { 0 };
	int64_t id;

	if (ctl_number(c->words[0], &id)) {
		*ret_v = arena_alloc(c->d->arena, sizeof(**ret_v));
		*ret_n = 1;
		return ctl_result(c, store_mail_get(c->d->store, id, c->d->arena, *ret_v, &e), &e);
	}
	f.message_id = span_of(c->words[0]);
	if (f.message_id.n > 2 && f.message_id.p[0] == '<')
		f.message_id = span_sub(f.message_id, 1, f.message_id.n - 2);
	if (store_mail_list(c->d->store, &f, c->d->arena, ret_v, ret_n, &e) < 0)
		return ctl_fail(c, &e);
	return *ret_n ? EX_OK : ctl_usage(c, "no mail with the Message-ID %s", c->words[0]);
}

int ctl_trace(struct ctl *c)
{
	json_t *all JSON_AUTO = json_array();
	struct store_mail *v;
	size_t n;
	int status = find_mails(c, &v, &n);

	for (size_t i = 0; status == EX_OK && i < n; i++)
		status = trace_one(c, &v[i], all);
	if (status == EX_OK && !c->json)
		ctl_trace_print(c, all);
	return status == EX_OK ? ctl_done(c, json_incref(all)) : status;
}
