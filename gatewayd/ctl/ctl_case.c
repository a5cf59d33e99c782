/* case list|show, attachment get */
#include "gatewayd/ctl/ctl_case.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/author.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_pages.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

int ctl_case_take(struct ctl *c, struct store_case *ret_case)
{
	struct err e = { 0 };
	int64_t number;
	int status = ctl_word_number(c, 0, "case", &number);

	if (status != EX_OK)
		return status;
	return ctl_result(c, store_case_get(c->d->store, number, c->d->arena, ret_case, &e), &e);
}

int ctl_case_of_filter(struct ctl *c, const struct ctl_filter *filter)
{
	struct store_case row;
	struct err e = { 0 };

	if (!filter->case_number)
		return EX_OK;
	return ctl_result(
	    c, store_case_get(c->d->store, filter->case_number, c->d->arena, &row, &e), &e);
}

int ctl_case_done(struct ctl *c, int64_t number, int64_t note_id)
{
	struct store_case row;
	struct err e = { 0 };
	json_t *j;

	if (!c->json)
		return EX_OK;
	if (store_case_get(c->d->store, number, c->d->arena, &row, &e) < 0)
		return ctl_fail(c, &e);
	j = case_view(c->d, &row, &e);
	if (!j)
		return ctl_fail(c, &e);
	if (note_id)
		json_object_set_new(j, "note", json_integer(note_id));
	return ctl_done(c, j);
}

/* --- list --- */

static int list_filter(struct ctl *c, struct store_case_filter *f)
{
	int status;

	*f = (struct store_case_filter){ .queue = ctl_value_or_empty(c, "--queue"),
					 .owner = ctl_value_or_empty(c, "--owner"),
					 .requester = ctl_value_or_empty(c, "--requester"),
					 .account = ctl_value_or_empty(c, "--account"),
					 .open_only = ctl_flag(c, "--open"),
					 .closed_only = ctl_flag(c, "--closed") };
	status = ctl_limit(c, &f->limit);
	if (status == EX_OK)
		status = ctl_option_number(c, "--before", &f->before);
	if (status == EX_OK)
		status = ctl_since(c, &f->since_at);
	if (status == EX_OK && f->requester.n)
		status = ctl_address(c, ctl_value(c, "--requester"));
	return status;
}

const struct ctl_column ctl_case_columns[CTL_CASE_COLUMNS] = {
	{ "number", "case", 9, CTL_RIGHT },    { "queue", "queue", 12, CTL_TEXT },
	{ "severity", "sev", 3, CTL_RIGHT },   { "state", "state", 8, CTL_TEXT },
	{ "owner", "owner", 8, CTL_TEXT },     { "sla.state", "sla", 8, CTL_STATE },
	{ "subject", "subject", 0, CTL_TEXT },
};

static json_t *case_row(struct ctl *c, const void *row, struct err *e)
{
	return case_view_row(c->d, row, e);
}

/* A name that has no cases may be a mistake; one that is gone from the configuration may have some.
 */
static int check_names(struct ctl *c, const struct store_case_filter *f)
{
	const struct conf_queue *queue;
	struct store_account account;
	int status = EX_OK;

	if (f->queue.n)
		status = ctl_queue(c, ctl_value(c, "--queue"), &queue);
	if (status == EX_OK && f->owner.n)
		status = ctl_staff(c, ctl_value(c, "--owner"), NULL);
	if (status == EX_OK && f->account.n)
		status = ctl_account(c, ctl_value(c, "--account"), &account);
	return status;
}

int ctl_case_list(struct ctl *c)
{
	struct store_case_filter f;
	struct store_case *v;
	struct err e = { 0 };
	size_t n;
	int status = list_filter(c, &f);

	if (status != EX_OK)
		return status;
	if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	status = n ? EX_OK : check_names(c, &f);
	return status == EX_OK ? CTL_LIST(c, v, n, case_row, ctl_case_columns) : status;
}

int ctl_case_list_local(struct ctl *c)
{
	return CTL_PAGED(c, &ctl_pages_by_number, ctl_case_columns);
}

/* --- show --- */

static const struct ctl_column show_lines[] = {
	{ "number", "case", 0, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
	{ "queue", "queue", 0, CTL_TEXT },
	{ "severity", "severity", 0, CTL_TEXT },
	{ "severity_label", "level", 0, CTL_TEXT },
	{ "severity_requested", "requested", 0, CTL_TEXT },
	{ "state", "state", 0, CTL_TEXT },
	{ "requester", "requester", 0, CTL_TEXT },
	{ "account", "account", 0, CTL_TEXT },
	{ "on_behalf_of", "on behalf of", 0, CTL_TEXT },
	{ "owner", "owner", 0, CTL_TEXT },
	{ "channel", "channel", 0, CTL_TEXT },
	{ "rule", "routed by", 0, CTL_TEXT },
	{ "mails", "mails", 0, CTL_TEXT },
	{ "opened_at", "opened", 0, CTL_TIME },
	{ "updated_at", "updated", 0, CTL_TIME },
	{ "sla.target", "answer within", 0, CTL_TEXT },
	{ "sla.due_at", "due", 0, CTL_TIME },
	{ "sla.state", "deadline", 0, CTL_STATE },
	{ "sla.responded_at", "answered", 0, CTL_TIME },
	{ "merged_into", "merged into", 0, CTL_TEXT },
};

static void show_attachments(struct ctl *c, const json_t *attachments)
{
	for (size_t i = 0; i < json_array_size(attachments); i++) {
		const json_t *a = json_array_get(attachments, i);

		ctl_line(c, "    [%" PRIi64 "] %.*s  %.*s, %" PRIi64 " bytes", json_int(a, "id", 0),
			 SPAN_ARG(json_span(a, "filename")), SPAN_ARG(json_span(a, "content_type")),
			 json_int(a, "size", 0));
	}
}

static struct span person_of(struct ctl *c, const json_t *row, const char *key)
{
	const json_t *person = json_object_get(row, key);

	return author_text(json_span(person, "name"), json_span(person, "address"), c->d->arena);
}

/* What stands beside the author in the head of the mail, and what could mislead. */
static void show_sender(struct ctl *c, const json_t *sender)
{
	static const struct {
		const char *key, *title;
	} lines[] = { { "reply_to", "Reply-To" },
		      { "cc", "Cc" },
		      { "envelope", "envelope sender" } };
	const json_t *doubts = json_object_get(sender, "doubts");

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct span value = json_span(sender, lines[i].key);

		if (value.n)
			ctl_line(c, "    %s: %.*s", lines[i].title, SPAN_ARG(value));
	}
	for (size_t i = 0; i < json_array_size(doubts); i++)
		ctl_line(c, "    ! %s", json_string_value(json_array_get(doubts, i)));
}

static void show_notes(struct ctl *c, const json_t *notes)
{
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const json_t *n = json_array_get(notes, i), *sender = json_object_get(n, "sender");
		int64_t when = INSTANT_NONE;

		time_parse_rfc3339(json_span(n, "at"), &when);
		buf_addc(c->out, '\n');
		ctl_line(c, "%.*s note %" PRIi64 ", %s, %.*s, %.*s", SPAN_ARG(json_span(n, "kind")),
			 json_int(n, "id", 0), ctl_time(c, when),
			 SPAN_ARG(person_of(c, n, "author")), SPAN_ARG(json_span(sender, "sure")));
		show_sender(c, sender);
		ctl_text(c, "    ", json_span(n, ctl_flag(c, "--full") ? "text" : "reply"));
		show_attachments(c, json_object_get(n, "attachments"));
	}
}

static int show_events(struct ctl *c, int64_t number)
{
	struct buf text BUF_AUTO;
	struct case_event *v;
	struct err e = { 0 };
	size_t n;

	buf_init(&text, 64 * KIB);
	if (case_log_read(c->d, number, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	buf_adds(c->out, "\nevents\n");
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		case_event_text(&v[i], &text);
		ctl_line(c, "    %s  %s  (" SPAN_FMT ")", ctl_time(c, v[i].at), buf_cstr(&text),
			 SPAN_ARG(v[i].actor));
	}
	return EX_OK;
}

static void show_links(struct ctl *c, const json_t *links)
{
	for (size_t i = 0; i < json_array_size(links); i++) {
		const json_t *l = json_array_get(links, i);

		ctl_line(c, "link: %.*s case %" PRIi64, SPAN_ARG(json_span(l, "kind")),
			 json_int(l, "number", 0));
	}
}

int ctl_case_show(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	json_t *j JSON_AUTO = NULL;
	int status = ctl_case_take(c, &row);

	if (status != EX_OK)
		return status;
	j = case_view(c->d, &row, &e);
	if (!j)
		return ctl_fail(c, &e);
	if (c->json)
		return ctl_done(c, json_incref(j));
	json_object_set_new(j, "requester", json_of_span(person_of(c, j, "requester")));
	CTL_OBJECT(c, json_incref(j), show_lines);
	show_links(c, json_object_get(j, "links"));
	show_notes(c, json_object_get(j, "notes"));
	return show_events(c, row.number);
}

int ctl_attachment_get(struct ctl *c)
{
	struct store_attachment row;
	struct err e = { 0 };
	int64_t id;
	int status = ctl_word_number(c, 0, "attachment", &id);

	if (status != EX_OK)
		return status;
	return ctl_result(c, store_attachment_get(c->d->store, id, c->d->arena, &row, c->out, &e),
			  &e);
}
