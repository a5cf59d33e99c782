/*
 * person export, where the store is: each request is one thing, so that the daemon does its work in
 * between, and bytes go over as a descriptor.
 */
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/person/person.h"

/* What comes behind says who was taken out of a case, which is not theirs any more. */
enum { TABLES = PERSON_EVENTS };

struct asked {
	struct person person;
	int64_t at;
	int phase;
};

/* --- where the person stands --- */

static json_t *found_view(struct ctl *c, enum person_table table, const struct store_stand *row,
			  struct err *e)
{
	int64_t *family, number = 0;
	size_t n;

	if (row->case_number &&
	    store_person_family(c->d->store, row->case_number, c->d->arena, &family, &n, e) < 0)
		return NULL;
	if (row->case_number)
		number = family[0];
	return json_pack("{s:i, s:I, s:I, s:o}", "table", (int)table, "id", (json_int_t)row->id,
			 "case", (json_int_t)number, "name", json_of_span(row->name));
}

static json_t *addresses_of(const struct person *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(all, json_of_span(p->v[i].address));
	return all;
}

static int tell_found(struct ctl *c, struct asked *a, struct err *e)
{
	struct person_rows rows = { .place = a->at };
	json_t *found JSON_AUTO = json_array();
	int64_t all;

	if (a->phase >= TABLES)
		return ctl_usage(c, "--phase: below %d", TABLES);
	if (person_rows(c->d, &a->person, (enum person_table)a->phase, &rows, e) < 0 ||
	    store_person_rows(c->d->store, &all, e) < 0)
		return ctl_fail(c, e);
	for (size_t i = 0; i < rows.n; i++) {
		json_t *row = found_view(c, (enum person_table)a->phase, &rows.v[i], e);

		if (!row)
			return ctl_fail(c, e);
		json_array_append_new(found, row);
	}
	if (!rows.more) {
		a->phase++;
		rows.place = 0;
	}
	return ctl_done(c, json_pack("{s:O, s:i, s:I, s:b, s:I, s:o}", "found", found, "phase",
				     a->phase, "at", (json_int_t)rows.place, "finished",
				     a->phase == TABLES, "rows", (json_int_t)all, "addresses",
				     addresses_of(&a->person)));
}

/* --- cases --- */

/* Why staff did it is for staff, as their notes are. */
static void leave_out_why(struct case_event *ev)
{
	static const enum case_event_type types[] = { CASE_SEVERITY, CASE_STATE, CASE_REMINDER };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (ev->type == types[i] && !memchr(ev->actor.p, '@', ev->actor.n))
			ev->reason = ev->phone = SPAN("");
}

static json_t *events_of(struct ctl *c, int64_t number, struct err *e)
{
	struct case_event *v;
	json_t *all;
	size_t n;

	if (case_log_read(c->d, number, &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		struct buf text BUF_AUTO;

		buf_init(&text, 64 * KIB);
		if (!ctl_flag(c, "--internal"))
			leave_out_why(&v[i]);
		case_event_text(&v[i], &text);
		json_array_append_new(all,
				      json_pack("{s:o, s:o, s:o}", "at", json_of_instant(v[i].at),
						"by", json_of_span(v[i].actor), "what",
						json_of_span(buf_span(&text))));
	}
	return all;
}

/* Notes for staff alone stay here, unless they are asked for. */
static void leave_out(json_t *view)
{
	json_t *notes = json_object_get(view, "notes"), *seen = json_array();
	json_int_t left = 0;
	size_t i;
	json_t *note;

	json_array_foreach(notes, i, note)
	{
		struct span kind = json_span(note, "kind");

		if (span_is(kind, "inbound") || span_is(kind, "outbound"))
			json_array_append(seen, note);
		else
			left++;
	}
	json_object_set_new(view, "notes", seen);
	json_object_set_new(view, "notes_left_out", json_integer(left));
}

static int tell_case(struct ctl *c, struct asked *a, struct err *e)
{
	struct store_case row;
	json_t *view, *events;

	if (store_case_get(c->d->store, a->at, c->d->arena, &row, e) < 0)
		return ctl_fail(c, e);
	view = case_view(c->d, &row, e);
	events = view ? events_of(c, a->at, e) : NULL;
	if (!events) {
		json_decref(view);
		return ctl_fail(c, e);
	}
	json_object_set_new(view, "events", events);
	if (!ctl_flag(c, "--internal"))
		leave_out(view);
	return ctl_done(c, view);
}

/* --- mails --- */

static int tell_mail(struct ctl *c, struct asked *a, struct err *e)
{
	struct store_mail m;

	if (store_mail_get(c->d->store, a->at, c->d->arena, &m, e) < 0)
		return ctl_fail(c, e);
	return ctl_done(c, json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:b}", "id",
				     (json_int_t)m.id, "mailbox", json_of_span(m.location.mailbox),
				     "message_id", json_of_span(m.message_id), "from",
				     json_of_span(m.from), "subject", json_of_span(m.subject),
				     "received_at", json_of_instant(m.received_at), "state",
				     mail_state_name(m.state), "case", (json_int_t)m.case_number,
				     "theirs", person_in_from(c->d, &a->person, m.from).n > 0));
}

static int tell_row(struct ctl *c, struct asked *a, struct err *e)
{
	struct store_outbox o;

	if (store_outbox_get(c->d->store, a->at, c->d->arena, &o, e) < 0)
		return ctl_fail(c, e);
	return ctl_done(
	    c, json_pack("{s:I, s:o, s:o, s:o, s:o, s:s, s:I, s:o, s:o}", "id", (json_int_t)o.id,
			 "recipient", json_of_span(o.recipient), "subject", json_of_span(o.subject),
			 "kind", json_of_span(o.kind), "message_id", json_of_span(o.message_id),
			 "state", outbox_state_name(o.state), "case", (json_int_t)o.case_number,
			 "created_at", json_of_instant(o.created_at), "sent_at",
			 json_of_instant(o.sent_at)));
}

/* --- bytes --- */

static int write_piece(void *ctx, struct span piece, struct err *e)
{
	const int *fd = ctx;

	return memfd_write(*fd, piece, e);
}

/* What cannot be read is named, and the rest goes on. */
static int no_bytes(struct ctl *c, const struct err *e)
{
	return e->class == ERR_PERM ? ctl_done(c, json_pack("{s:s}", "damaged", e->text))
				    : ctl_fail(c, e);
}

static int give(struct ctl *c, int fd, int done, struct err *e)
{
	if (done < 0) {
		close(fd);
		return no_bytes(c, e);
	}
	c->has_file = true;
	c->file = fd;
	return ctl_done(c, json_object());
}

static int tell_raw(struct ctl *c, struct asked *a, struct err *e)
{
	int fd;

	if (memfd_new(&fd, e) < 0)
		return ctl_fail(c, e);
	return give(c, fd, store_mail_raw_read(c->d->store, a->at, write_piece, &fd, e), e);
}

static int tell_message(struct ctl *c, struct asked *a, struct err *e)
{
	struct buf bytes BUF_AUTO;
	int fd;

	buf_init(&bytes, CTL_OUT_MAX);
	if (store_outbox_message(c->d->store, a->at, &bytes, e) < 0)
		return no_bytes(c, e);
	if (memfd_new(&fd, e) < 0)
		return ctl_fail(c, e);
	return give(c, fd, memfd_write(fd, buf_span(&bytes), e), e);
}

static int tell_file(struct ctl *c, struct asked *a, struct err *e)
{
	struct store_attachment row;
	struct buf bytes BUF_AUTO;
	int fd;

	buf_init(&bytes, CTL_OUT_MAX);
	if (store_attachment_get(c->d->store, a->at, c->d->arena, &row, &bytes, e) < 0)
		return no_bytes(c, e);
	if (memfd_new(&fd, e) < 0)
		return ctl_fail(c, e);
	return give(c, fd, memfd_write(fd, buf_span(&bytes), e), e);
}

/* --- one request --- */

static const struct {
	const char *name;
	int (*tell)(struct ctl *c, struct asked *a, struct err *e);
} kinds[] = {
	{ "found", tell_found }, { "case", tell_case }, { "mail", tell_mail },
	{ "raw", tell_raw },	 { "row", tell_row },	{ "message", tell_message },
	{ "file", tell_file },
};

static int take_asked(struct ctl *c, struct asked *a)
{
	int64_t phase;
	int status = ctl_option_number(c, "--at", &a->at);

	if (status == EX_OK)
		status = ctl_option_number(c, "--phase", &phase);
	if (status == EX_OK)
		a->phase = (int)(phase < TABLES ? phase : TABLES);
	return status;
}

int ctl_person_export(struct ctl *c)
{
	const char *kind = ctl_value(c, "--kind");
	struct asked a;
	struct err e = { 0 };
	int status = take_asked(c, &a);

	if (status != EX_OK)
		return status;
	if (person_find(c->d, span_of(c->words[0]), &a.person, &e) < 0)
		return ctl_fail(c, &e);
	kind = kind ? kind : "found";
	c->json = true;
	c->is_more = strcmp(kind, "found") != 0 || a.at || a.phase;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kind, kinds[i].name) == 0)
			return kinds[i].tell(c, &a, &e);
	return ctl_usage(c, "--kind %s: there is none", kind);
}
