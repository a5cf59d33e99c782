/* case list|show|open|reply|note|assign|severity|queue|state|account|merge|link, attachment get */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/post/post.h"

static struct span value_or_empty(const char *s)
{
	return s ? span_of(s) : SPAN("");
}

static struct span operator_actor(void)
{
	return case_actor(CASE_BY_OPERATOR);
}

/* The words, of which the first is a case's number. */
static int take_case(struct ctl *c, int least, int most, struct store_case *ret_case)
{
	struct err e = { 0 };
	int64_t number;
	int status = ctl_words(c, least, most);

	if (status == EX_OK)
		status = ctl_word_number(c, 0, "case", &number);
	if (status != EX_OK)
		return status;
	if (store_case_get(c->d->store, number, c->d->arena, ret_case, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

/* --- list, show --- */

static int list_filter(struct ctl *c, struct store_case_filter *f)
{
	int status;

	*f = (struct store_case_filter){ .queue = value_or_empty(ctl_value(c, "--queue")),
					 .owner = value_or_empty(ctl_value(c, "--owner")),
					 .requester = value_or_empty(ctl_value(c, "--requester")),
					 .account = value_or_empty(ctl_value(c, "--account")),
					 .open_only = ctl_flag(c, "--open"),
					 .closed_only = ctl_flag(c, "--closed") };
	status = ctl_limit(c, &f->limit);
	return status == EX_OK ? ctl_option_number(c, "--before", &f->before) : status;
}

static const struct ctl_column list_columns[] = {
	{ "number", "case", 9, CTL_RIGHT },    { "queue", "queue", 12, CTL_TEXT },
	{ "severity", "sev", 3, CTL_RIGHT },   { "state", "state", 8, CTL_TEXT },
	{ "owner", "owner", 8, CTL_TEXT },     { "sla.state", "sla", 8, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
};

static int case_list(struct ctl *c)
{
	struct store_case_filter f;
	struct store_case *v;
	struct err e = { 0 };
	json_t *rows;
	size_t n;
	int status = list_filter(c, &f);

	if (status == EX_OK)
		status = ctl_words(c, 0, 0);
	if (status != EX_OK)
		return status;
	if (store_case_list(c->d->store, &f, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *row = case_view(c->d, &v[i], &e);

		if (!row) {
			json_decref(rows);
			return ctl_fail(c, &e);
		}
		json_array_append_new(rows, row);
	}
	return ctl_rows(c, rows, list_columns, sizeof(list_columns) / sizeof(*list_columns));
}

static const struct ctl_column show_lines[] = {
	{ "number", "case", 0, CTL_TEXT },
	{ "subject", "subject", 0, CTL_TEXT },
	{ "queue", "queue", 0, CTL_TEXT },
	{ "severity", "severity", 0, CTL_TEXT },
	{ "severity_label", "level", 0, CTL_TEXT },
	{ "severity_requested", "requested", 0, CTL_TEXT },
	{ "state", "state", 0, CTL_TEXT },
	{ "requester.name", "requester", 0, CTL_TEXT },
	{ "requester.address", "address", 0, CTL_TEXT },
	{ "account", "account", 0, CTL_TEXT },
	{ "on_behalf_of", "on behalf of", 0, CTL_TEXT },
	{ "owner", "owner", 0, CTL_TEXT },
	{ "channel", "channel", 0, CTL_TEXT },
	{ "rule", "routed by", 0, CTL_TEXT },
	{ "opened_at", "opened", 0, CTL_TIME },
	{ "updated_at", "updated", 0, CTL_TIME },
	{ "sla.target", "answer within", 0, CTL_TEXT },
	{ "sla.due_at", "due", 0, CTL_TIME },
	{ "sla.state", "deadline", 0, CTL_TEXT },
	{ "sla.responded_at", "answered", 0, CTL_TIME },
	{ "merged_into", "merged into", 0, CTL_TEXT },
};

static void indent(struct ctl *c, const char *text)
{
	struct span rest = span_of(text), line;

	while (span_line(&rest, &line)) {
		buf_adds(c->out, "    ");
		for (size_t i = 0; i < line.n; i++) {
			unsigned char b = (unsigned char)line.p[i];

			buf_addc(c->out, (b < 0x20 && b != '\t') || b == 0x7f ? ' ' : line.p[i]);
		}
		buf_addc(c->out, '\n');
	}
}

static void show_attachments(struct ctl *c, const json_t *attachments)
{
	for (size_t i = 0; i < json_array_size(attachments); i++) {
		const json_t *a = json_array_get(attachments, i);

		buf_addf(c->out, "    [%" PRIi64 "] ", json_int(a, "id", 0));
		buf_add(c->out, json_span(a, "filename"));
		buf_addf(c->out, "  %.*s, %" PRIi64 " bytes\n",
			 SPAN_ARG(json_span(a, "content_type")), json_int(a, "size", 0));
	}
}

static void show_notes(struct ctl *c, const json_t *notes)
{
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const json_t *n = json_array_get(notes, i), *author = json_object_get(n, "author");
		struct span at = json_span(n, "at");
		int64_t when = INSTANT_NONE;

		time_parse_rfc3339(at, &when);
		buf_addf(c->out, "\n%.*s note %" PRIi64 ", %s, %.*s <%.*s>, %.*s\n",
			 SPAN_ARG(json_span(n, "kind")), json_int(n, "id", 0), ctl_time(c, when),
			 SPAN_ARG(json_span(author, "name")),
			 SPAN_ARG(json_span(author, "address")), SPAN_ARG(json_span(n, "trust")));
		indent(c, json_string_value(json_object_get(n, "reply")));
		show_attachments(c, json_object_get(n, "attachments"));
	}
}

static int show_events(struct ctl *c, int64_t number)
{
	struct case_event *v;
	struct err e = { 0 };
	size_t n;

	if (case_log_read(c->d, number, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	buf_adds(c->out, "\nevents\n");
	for (size_t i = 0; i < n; i++) {
		buf_addf(c->out, "    %s  ", ctl_time(c, v[i].at));
		case_event_text(&v[i], c->out);
		buf_addf(c->out, "  (" SPAN_FMT ")\n", SPAN_ARG(v[i].actor));
	}
	return EX_OK;
}

static int case_show(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	json_t *j JSON_AUTO = NULL;
	int status = take_case(c, 1, 1, &row);

	if (status != EX_OK)
		return status;
	j = case_view(c->d, &row, &e);
	if (!j)
		return ctl_fail(c, &e);
	ctl_object(c, json_incref(j), show_lines, sizeof(show_lines) / sizeof(*show_lines));
	if (c->json)
		return EX_OK;
	for (size_t i = 0; i < json_array_size(json_object_get(j, "links")); i++) {
		const json_t *l = json_array_get(json_object_get(j, "links"), i);

		buf_addf(c->out, "link: %.*s case %" PRIi64 "\n", SPAN_ARG(json_span(l, "kind")),
			 json_int(l, "number", 0));
	}
	show_notes(c, json_object_get(j, "notes"));
	return show_events(c, row.number);
}

/* --- open --- */

struct open_words {
	const char *queue, *channel, *severity, *from, *name, *subject, *account, *phone, *owner,
	    *at;
};

static int read_opening(struct ctl *c, const struct open_words *w, struct case_opening *o)
{
	int64_t severity = 0;

	o->queue = w->queue ? conf_queue_find(c->d->conf, w->queue) : NULL;
	if (!o->queue)
		return ctl_usage(c, "case open: --queue %s: there is no such queue",
				 w->queue ? w->queue : "is missing;");
	if (!w->channel || !channel_parse(span_of(w->channel), &o->channel))
		return ctl_usage(c, "case open: --channel phone, staff or email");
	if (!w->subject)
		return ctl_usage(c, "case open: --subject is missing");
	if (w->severity && !ctl_number(w->severity, &severity))
		return ctl_usage(c, "case open: --severity %s is no severity", w->severity);
	if (severity > policy_kind_levels(desk_kind(c->d, o->queue)))
		return ctl_usage(c, "case open: severity %s is not on the scale of %s", w->severity,
				 o->queue->kind);
	if (w->at && !time_parse_rfc3339(span_of(w->at), &o->opened_at))
		return ctl_usage(c, "case open: --opened %s is no RFC 3339 time", w->at);
	o->severity = severity_at_intake(&(struct severity_intake){
	    .kind = desk_kind(c->d, o->queue), .channel = o->channel, .declared = (int)severity });
	return EX_OK;
}

static int open_account(struct ctl *c, struct case_opening *o, const char *account)
{
	struct store_account row = { 0 };
	struct store_contact contact;
	struct err e = { 0 };

	if (account) {
		if (store_account_get(c->d->store, span_of(account), c->d->arena, &row, &e) < 0)
			return ctl_fail(c, &e);
		if (!row.id.p)
			return ctl_usage(c, "case open: there is no account \"%s\"", account);
	} else if (o->requester_address.n &&
		   store_account_by_address(c->d->store, o->requester_address, true, c->d->arena,
					    &row, &contact, &e) < 0) {
		return ctl_fail(c, &e);
	}
	if (row.id.p)
		o->account = row.id;
	return EX_OK;
}

static int case_open_verb(struct ctl *c)
{
	struct open_words w = { ctl_value(c, "--queue"),    ctl_value(c, "--channel"),
				ctl_value(c, "--severity"), ctl_value(c, "--from"),
				ctl_value(c, "--name"),	    ctl_value(c, "--subject"),
				ctl_value(c, "--account"),  ctl_value(c, "--phone"),
				ctl_value(c, "--owner"),    ctl_value(c, "--opened") };
	struct case_opening o = { .subject = value_or_empty(w.subject),
				  .requester_name = value_or_empty(w.name),
				  .requester_address = value_or_empty(w.from),
				  .account = SPAN(""),
				  .behalf = SPAN(""),
				  .reseller = SPAN(""),
				  .top_visible = true,
				  .opened_at = c->d->now,
				  .actor = operator_actor(),
				  .phone = value_or_empty(w.phone),
				  .owner = value_or_empty(w.owner) };
	struct store_note note = { .kind = NOTE_INBOUND,
				   .at = c->d->now,
				   .author_name = o.requester_name,
				   .author_address = o.requester_address,
				   .trust = NOTE_TRUST_OPERATOR,
				   .message_id = SPAN("") };
	struct err e = { 0 };
	int64_t note_id;
	int status = ctl_words(c, 0, 1);

	if (status == EX_OK)
		status = read_opening(c, &w, &o);
	if (status == EX_OK)
		status = open_account(c, &o, w.account);
	if (status != EX_OK)
		return status;
	if (case_open(c->d, &o, &note.case_number, &e) < 0)
		return ctl_fail(c, &e);
	note.text = note.reply = c->n ? span_of(c->words[0]) : o.subject;
	if (store_note_add(c->d->store, &note, &note_id, &e) < 0 ||
	    post_staff_new_case(c->d, note.case_number, &(struct post_said){ .text = note.text },
				&e) < 0)
		return ctl_fail(c, &e);
	if (c->json)
		buf_addf(c->out, "{\"number\": %" PRIi64 "}\n", note.case_number);
	else
		buf_addf(c->out, "case %" PRIi64 "\n", note.case_number);
	return EX_OK;
}

/* --- notes --- */

/* The text is the second word, or "-" for standard input. */
static struct span text_word(const struct ctl *c)
{
	return strcmp(c->words[1], "-") == 0 ? span_trim(c->input) : span_of(c->words[1]);
}

static int add_note(struct ctl *c, enum note_kind kind, const struct conf_staff *author,
		    struct store_note *note)
{
	struct store_case row;
	struct err e = { 0 };
	int status = take_case(c, 2, 2, &row);

	if (status != EX_OK)
		return status;
	*note =
	    (struct store_note){ .case_number = row.number,
				 .kind = kind,
				 .at = c->d->now,
				 .author_name = author ? span_of(author->name) : operator_actor(),
				 .author_address =
				     author ? span_of(author->addresses.v[0]) : operator_actor(),
				 .trust = NOTE_TRUST_OPERATOR,
				 .text = text_word(c),
				 .reply = text_word(c),
				 .message_id = SPAN("") };
	if (!note->text.n || !utf8_valid(note->text))
		return ctl_usage(c, "the text is empty or not UTF-8");
	return case_note(c->d, note, false, &note->id, &e) < 0 ? ctl_fail(c, &e) : EX_OK;
}

static int case_note_verb(struct ctl *c)
{
	struct store_note note;

	return add_note(c, NOTE_INTERNAL, NULL, &note);
}

static int case_reply_verb(struct ctl *c)
{
	const char *as = ctl_value(c, "--as");
	const struct conf_staff *author = as ? conf_staff_find(c->d->conf, as) : NULL;
	struct store_note note;
	struct err e = { 0 };
	int status;

	if (!author)
		return ctl_usage(c, "case reply: --as %s: there is no such staff member",
				 as ? as : "ID is missing;");
	status = add_note(c, NOTE_OUTBOUND, author, &note);
	if (status != EX_OK)
		return status;
	struct post_reply reply = {
		.number = note.case_number, .note = note.id, .author = author, .text = note.text
	};
	return post_customer_reply(c->d, &reply, &e) < 0 ? ctl_fail(c, &e) : EX_OK;
}

static int case_call_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int status = take_case(c, 2, 2, &row);

	if (status != EX_OK)
		return status;
	return case_call(c->d, row.number, operator_actor(), text_word(c), &e) < 0 ? ctl_fail(c, &e)
										   : EX_OK;
}

/* --- changes --- */

static int case_assign_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int status = take_case(c, 2, 2, &row);
	bool nobody;

	if (status != EX_OK)
		return status;
	nobody = strcmp(c->words[1], "-") == 0;
	if (case_assign(c->d, row.number, nobody ? SPAN("") : span_of(c->words[1]),
			operator_actor(), &e) < 0)
		return ctl_fail(c, &e);
	if (!nobody && post_owner_assigned(c->d, row.number, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

static int case_severity_verb(struct ctl *c)
{
	struct span phone = value_or_empty(ctl_value(c, "--phone"));
	struct store_case row;
	struct err e = { 0 };
	int64_t severity;
	int status = take_case(c, 2, 3, &row);

	if (status != EX_OK)
		return status;
	if (!ctl_number(c->words[1], &severity) || severity > POLICY_SEVERITY_MAX)
		return ctl_usage(c, "\"%s\" is no severity", c->words[1]);
	if (case_set_severity(c->d, row.number, (int)severity, operator_actor(),
			      c->n > 2 ? span_of(c->words[2]) : phone, phone, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

static int case_queue_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int status = take_case(c, 2, 2, &row);

	if (status != EX_OK)
		return status;
	return case_move(c->d, row.number, span_of(c->words[1]), operator_actor(), &e) < 0
		   ? ctl_fail(c, &e)
		   : EX_OK;
}

static int case_state_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	enum case_state state;
	int status = take_case(c, 2, 3, &row);

	if (status != EX_OK)
		return status;
	if (!case_state_find(span_of(c->words[1]), &state))
		return ctl_usage(c, "\"%s\" is no state: open, waiting, resolved or closed",
				 c->words[1]);
	if (case_set_state(c->d, row.number, state, operator_actor(),
			   c->n > 2 ? span_of(c->words[2]) : SPAN(""), &e) < 0 ||
	    (row.state != state && post_case_state(c->d, row.number, &e) < 0))
		return ctl_fail(c, &e);
	return EX_OK;
}

static int case_account_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int status = take_case(c, 2, 2, &row);
	bool none;

	if (status != EX_OK)
		return status;
	none = strcmp(c->words[1], "-") == 0;
	return case_set_account(c->d, row.number, none ? SPAN("") : span_of(c->words[1]),
				operator_actor(), &e) < 0
		   ? ctl_fail(c, &e)
		   : EX_OK;
}

static int other_case(struct ctl *c, struct store_case *row, int64_t *ret_other)
{
	int status = take_case(c, 2, 2, row);

	return status == EX_OK ? ctl_word_number(c, 1, "case", ret_other) : status;
}

static int case_merge_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int64_t into;
	int status = other_case(c, &row, &into);

	if (status != EX_OK)
		return status;
	return case_merge(c->d, row.number, into, operator_actor(), &e) < 0 ? ctl_fail(c, &e)
									    : EX_OK;
}

static int case_link_verb(struct ctl *c)
{
	struct store_case row;
	struct err e = { 0 };
	int64_t other;
	int status = other_case(c, &row, &other);

	if (status != EX_OK)
		return status;
	return case_link(c->d, row.number, other, LINK_RELATED, operator_actor(), &e) < 0
		   ? ctl_fail(c, &e)
		   : EX_OK;
}

static int attachment_get(struct ctl *c)
{
	struct store_attachment row;
	struct err e = { 0 };
	int64_t id;
	int status = ctl_words(c, 1, 1);

	if (status == EX_OK)
		status = ctl_word_number(c, 0, "attachment", &id);
	if (status != EX_OK)
		return status;
	if (store_attachment_get(c->d->store, id, c->d->arena, &row, c->out, &e) < 0)
		return ctl_fail(c, &e);
	return EX_OK;
}

const struct ctl_verb ctl_case_verbs[] = {
	{ "case list",
	  "[--open|--closed] [--queue Q] [--owner ID] [--requester ADDRESS] [--account A] [--limit "
	  "N] "
	  "[--before N]",
	  "cases, newest first", 0, case_list },
	{ "case show", "N", "one case with its notes and events", 0, case_show },
	{ "case open",
	  "--queue Q --channel phone|staff|email --subject S [--severity N] [--from ADDRESS] "
	  "[--name N] "
	  "[--account A] [--phone RECORD] [--owner ID] [--opened TIME] [TEXT]",
	  "records a case, for instance of a phone call", CTL_WRITES, case_open_verb },
	{ "case reply", "N --as ID TEXT|-", "writes to the customer as that staff member",
	  CTL_WRITES | CTL_INPUT, case_reply_verb },
	{ "case note", "N TEXT|-", "a note for staff", CTL_WRITES | CTL_INPUT, case_note_verb },
	{ "case assign", "N ID|-", "gives the case to a staff member, or to nobody", CTL_WRITES,
	  case_assign_verb },
	{ "case severity", "N SEVERITY [REASON] [--phone \"caller, time\"]", "sets the severity",
	  CTL_WRITES, case_severity_verb },
	{ "case queue", "N QUEUE", "moves the case to another queue", CTL_WRITES, case_queue_verb },
	{ "case state", "N open|waiting|resolved|closed [REASON]", "sets the state", CTL_WRITES,
	  case_state_verb },
	{ "case account", "N ACCOUNT|-", "puts the case to an account, or to none", CTL_WRITES,
	  case_account_verb },
	{ "case merge", "N INTO", "closes N and sends what comes to it to INTO", CTL_WRITES,
	  case_merge_verb },
	{ "case link", "N OTHER", "links two cases as related", CTL_WRITES, case_link_verb },
	{ "case call", "N TEXT|-", "logs a phone call: a response to the customer",
	  CTL_WRITES | CTL_INPUT, case_call_verb },
	{ "attachment get", "ID", "writes an attachment's bytes to standard output", CTL_RAW,
	  attachment_get },
	{ 0 },
};
