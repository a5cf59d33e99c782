/* The occasions on which staff are written to. */
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/post/post_mail.h"

#include <inttypes.h>

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/staff_verb.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/automatic.h"

enum { SIMILAR_MAX = 3 };

struct span *post_staff_of(struct desk *d, const struct store_case *c, size_t *ret_n)
{
	const struct conf_queue *queue = desk_queue(d, c->queue);
	const struct conf_staff *owner = post_owner(d, c);
	struct span *v;

	if (owner) {
		v = arena_alloc(d->arena, sizeof(*v));
		*v = span_of(owner->addresses.v[0]);
		*ret_n = 1;
		return v;
	}
	v = arena_alloc_n(d->arena, queue->notify.n, sizeof(*v));
	for (size_t i = 0; i < queue->notify.n; i++)
		v[i] = span_of(queue->notify.v[i]);
	*ret_n = queue->notify.n;
	return v;
}

void post_set_commands(const struct compose_mail *p)
{
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		struct template_data *row = template_row(p->data, "commands");
		enum staff_verb verb = (enum staff_verb)i;

		template_set(row, "usage", words_get(p->words, staff_verb_usage(verb)));
		template_set(row, "does", words_get(p->words, staff_verb_help(verb)));
	}
}

static int similar(struct desk *d, struct template_data *data, const struct store_case *c,
		   struct span words, struct err *e)
{
	struct store_hit *v;
	size_t n;

	if (store_case_similar(d->store, words, c->account, c->number, SIMILAR_MAX, d->arena, &v,
			       &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct template_data *row = template_row(data, "similar");

		template_set(row, "number", v[i].path);
		template_set(row, "subject", v[i].title);
	}
	template_set_flag(data, "similar_found", n > 0);
	return 0;
}

/* 999 bytes, 12 kB, 3 MB: rounded up, so that nothing has no size. */
static struct span size_text(struct desk *d, const struct words *w, size_t bytes)
{
	int64_t n = (int64_t)bytes;

	if (n < 1000)
		return word_count(d, w, WORD_BYTES, n);
	if (n < 1000000)
		return word_count(d, w, WORD_KILOBYTES, (n + 999) / 1000);
	return word_count(d, w, WORD_MEGABYTES, (n + 999999) / 1000000);
}

/* What the mail has besides the text; "": nothing. */
static struct span cut_text(struct desk *d, const struct words *w, const struct post_said *said)
{
	struct span quoted = SPAN(""), signature = SPAN("");

	if (said->lines_quoted)
		quoted =
		    word_count(d, w, said->lines_quoted == 1 ? WORD_LINE_QUOTED : WORD_LINES_QUOTED,
			       (int64_t)said->lines_quoted);
	if (said->lines_signed)
		signature = word_count(d, w, WORD_LINES_SIGNED, (int64_t)said->lines_signed);
	return span_of(arena_printf(d->arena, SPAN_FMT "%s" SPAN_FMT, SPAN_ARG(quoted),
				    quoted.n && signature.n ? "; " : "", SPAN_ARG(signature)));
}

void post_set_said(struct desk *d, const struct compose_mail *p, const struct post_said *said)
{
	template_set(p->data, "text", said->text);
	template_set(p->data, "cut", cut_text(d, p->words, said));
	if (said->alike)
		template_set(p->data, "alike", word_count(d, p->words, WORD_ALIKE, said->alike));
	template_set(p->data, "reply_to", said->reply_to.p ? said->reply_to : SPAN(""));
	template_set_flag(
	    p->data, "unreachable",
	    p->c && (!p->c->requester_address.n || automatic_is_machine(p->c->requester_address)));
	for (size_t i = 0; i < said->file_count; i++) {
		const struct mime_attachment *file = &said->files[i];
		struct template_data *row = template_row(p->data, "files");

		template_set(row, "file",
			     file->filename.n ? file->filename
					      : words_get(p->words, WORD_NO_FILE_NAME));
		template_set(row, "file_type", file->content_type);
		template_set(row, "file_size", size_text(d, p->words, file->content.n));
	}
}

static int tell_new_case(struct desk *d, const struct store_case *c, struct span to,
			 const struct post_said *said, struct err *e)
{
	struct compose_mail mail = post_about(d, "staff_new_case", c);
	struct span words =
	    span_of(arena_printf(d->arena, SPAN_FMT " " SPAN_FMT, SPAN_ARG(c->subject),
				 SPAN_ARG(utf8_prefix(said->text, 4096))));

	post_to_staff(d, &mail, to);
	post_set_said(d, &mail, said);
	post_set_commands(&mail);
	if (similar(d, mail.data, c, words, e) < 0)
		return -1;
	return post_mail(d, &mail, e);
}

int post_staff_new_case(struct desk *d, int64_t number, const struct post_said *said, struct err *e)
{
	struct store_case c;
	struct span *to;
	size_t n;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	to = post_staff_of(d, &c, &n);
	for (size_t i = 0; i < n; i++)
		if (tell_new_case(d, &c, to[i], said, e) < 0)
			return -1;
	return 0;
}

static bool is_among(const struct span *v, size_t n, struct span address)
{
	for (size_t i = 0; i < n; i++)
		if (addrspec_eq(v[i], address))
			return true;
	return false;
}

int post_staff_also(struct desk *d, int64_t number, const struct conf_queue *const *queues,
		    size_t queue_count, const struct post_said *said, struct err *e)
{
	struct store_case c;
	struct span *first, *told;
	size_t n, room = 0;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	first = post_staff_of(d, &c, &n);
	for (size_t q = 0; q < queue_count; q++)
		room += queues[q]->notify.n;
	told = arena_alloc_n(d->arena, n + room, sizeof(*told));
	memcpy(told, first, n * sizeof(*told));
	for (size_t q = 0; q < queue_count; q++) {
		for (size_t i = 0; i < queues[q]->notify.n; i++) {
			struct span to = span_of(queues[q]->notify.v[i]);

			if (is_among(told, n, to))
				continue;
			if (tell_new_case(d, &c, to, said, e) < 0)
				return -1;
			told[n++] = to;
		}
	}
	return 0;
}

int post_owner_update(struct desk *d, int64_t number, int64_t note, struct span author,
		      const struct post_said *said, struct err *e)
{
	struct store_case c;
	struct span *to;
	size_t n;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	to = post_staff_of(d, &c, &n);
	for (size_t i = 0; i < n; i++) {
		struct compose_mail mail = post_about(d, "owner_update", &c);

		mail.note = note;
		post_to_staff(d, &mail, to[i]);
		template_set(mail.data, "customer", author);
		post_set_said(d, &mail, said);
		post_set_commands(&mail);
		if (post_mail(d, &mail, e) < 0)
			return -1;
	}
	return 0;
}

int post_not_delivered(struct desk *d, int64_t number, struct span recipient, struct span error,
		       struct err *e)
{
	struct store_case c;
	struct span *to;
	size_t n;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	to = post_staff_of(d, &c, &n);
	for (size_t i = 0; i < n; i++) {
		struct compose_mail mail = post_about(d, "not_delivered", &c);

		post_to_staff(d, &mail, to[i]);
		template_set(mail.data, "recipient", recipient);
		template_set(mail.data, "error", error);
		if (post_mail(d, &mail, e) < 0)
			return -1;
	}
	return 0;
}

int post_staff_unverified(struct desk *d, int64_t number, const struct conf_staff *staff,
			  struct err *e)
{
	struct compose_mail mail;
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	mail = post_about(d, "staff_unverified", &c);
	post_to_staff(d, &mail, span_of(staff->addresses.v[0]));
	return post_mail(d, &mail, e);
}

/* Still one whom we write to as staff: their own address, or one of a queue's list. */
static bool is_listed(const struct desk *d, struct span address)
{
	if (conf_staff_by_address(d->conf, address))
		return true;
	for (size_t q = 0; q < d->conf->queue_count; q++)
		for (size_t i = 0; i < d->conf->queues[q].notify.n; i++)
			if (addrspec_eq(span_of(d->conf->queues[q].notify.v[i]), address))
				return true;
	return false;
}

static int tell_elsewhere(struct desk *d, const struct store_case *c, struct span to,
			  struct span holder, struct span from, struct err *e)
{
	struct compose_mail mail = post_about(d, "staff_elsewhere", c);

	post_to_staff(d, &mail, to);
	template_set(mail.data, "holder", holder);
	template_set(mail.data, "sender", from);
	return post_mail(d, &mail, e);
}

int post_staff_elsewhere(struct desk *d, int64_t number, struct span holder, struct span from,
			 struct err *e)
{
	struct store_case c;
	struct span *to;
	size_t n;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	to = post_staff_of(d, &c, &n);
	for (size_t i = 0; i < n; i++)
		if (!addrspec_eq(to[i], holder) &&
		    tell_elsewhere(d, &c, to[i], holder, from, e) < 0)
			return -1;
	return is_listed(d, holder) ? tell_elsewhere(d, &c, holder, holder, from, e) : 0;
}

static void set_transcript(const struct compose_mail *p, const struct post_transcript *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct template_data *row = template_row(p->data, "transcript");

		template_set(row, "command", t->v[i].command);
		template_set(row, "result", t->v[i].result);
	}
	template_set(p->data, "held", t->held);
	template_setf(p->data, "lines", "%zu", t->lines);
	template_setf(p->data, "file_count", "%zu", t->files);
}

int post_transcript(struct desk *d, const struct post_transcript *t, struct err *e)
{
	struct compose_mail mail;
	struct store_case c;

	if (store_case_get(d->store, t->number, d->arena, &c, e) < 0)
		return -1;
	mail = post_about(d, "command_transcript", &c);
	mail.cause = COMPOSE_ANSWER;
	mail.thread = t->thread;
	mail.note = t->note;
	mail.urgent = t->held.n > 0;
	post_to_staff(d, &mail, span_of(t->staff->addresses.v[0]));
	set_transcript(&mail, t);
	return post_mail(d, &mail, e);
}

static int tell_waits(struct desk *d, const struct store_case *c, const struct store_held *held,
		      struct span to, struct err *e)
{
	struct compose_mail mail = post_about(d, "answer_waits", c);
	const struct conf_staff *author =
	    conf_staff_find(d->conf, arena_cstr(d->arena, held->staff));

	mail.note = held->note_id;
	mail.urgent = true;
	post_to_staff(d, &mail, to);
	template_set(mail.data, "sender", author ? span_of(author->name) : held->staff);
	template_set(mail.data, "hours",
		     word_count(d, mail.words, WORD_HOURS, (d->now - held->held_at) / HOUR_S));
	return post_mail(d, &mail, e);
}

int post_answer_waits(struct desk *d, const struct store_held *held, struct err *e)
{
	const struct conf_queue *queue;
	struct store_case c;

	if (store_case_get(d->store, held->case_number, d->arena, &c, e) < 0)
		return -1;
	queue = desk_queue(d, c.queue);
	for (size_t i = 0; i < queue->notify.n; i++)
		if (tell_waits(d, &c, held, span_of(queue->notify.v[i]), e) < 0)
			return -1;
	return 0;
}

void post_set_row_due(struct desk *d, const struct compose_mail *p, struct template_data *row,
		      int64_t due_at)
{
	template_set(row, "due", word_time(d, p->words, p->queue->zone, due_at));
}

struct template_data *post_case_row(struct desk *d, const struct compose_mail *p,
				    const struct store_case *c)
{
	struct template_data *row = template_row(p->data, "cases");
	const struct conf_staff *owner = post_owner(d, c);
	struct store_deadline *v;
	struct err e;
	size_t n;

	template_setf(row, "number", "%" PRIi64, c->number);
	template_set(row, "subject", c->subject);
	template_set(row, "queue", c->queue);
	template_setf(row, "severity", "%d", c->severity);
	template_set(row, "owner",
		     owner ? span_of(owner->name) : words_get(p->words, WORD_NO_OWNER));
	template_set(row, "state", word_state(p->words, c->state));
	template_set(row, "age",
		     word_count(d, p->words, WORD_HOURS, (d->now - c->opened_at) / HOUR_S));
	if (!d->store || store_deadline_list(d->store, c->number, d->arena, &v, &n, &e) < 0)
		return row;
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].clock, "initial") && v[i].due_at != INSTANT_NONE)
			post_set_row_due(d, p, row, v[i].due_at);
	return row;
}

int post_alarms(struct desk *d, struct span to, bool breached, const struct post_alarm *v, size_t n,
		struct err *e)
{
	struct mime_thread none = { .message_id = SPAN("") };
	struct compose_mail mail = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct template_data *row;
		struct store_case c;

		if (store_case_get(d->store, v[i].number, d->arena, &c, e) < 0)
			return -1;
		if (!mail.data) {
			mail = post_answer(d, breached ? "sla_breach" : "sla_warning",
					   desk_queue(d, c.queue), &none);
			mail.cause = COMPOSE_NOTICE;
			post_to_staff(d, &mail, to);
			template_set(mail.data, "due_zone",
				     words_zone(mail.words, mail.queue->zone));
			template_set_flag(mail.data, "cases_found", true);
		}
		row = post_case_row(d, &mail, &c);
		post_set_row_due(d, &mail, row, v[i].due_at);
		template_set_flag(row, "late", v[i].late);
	}
	return n ? post_mail(d, &mail, e) : 0;
}

int post_settled(struct desk *d, const struct store_outbox *row, enum outbox_state state, int code,
		 struct span text, struct err *e)
{
	struct case_event ev = { .type = CASE_MAIL,
				 .at = d->now,
				 .actor = case_actor(CASE_BY_GATEWAYD),
				 .row = row->id };
	bool to_staff = conf_staff_by_address(d->conf, row->recipient) != NULL;

	if (!row->case_number || state == OUTBOX_QUEUED)
		return 0;
	ev.reason = span_of(arena_printf(d->arena, SPAN_FMT " %s%s%d " SPAN_FMT,
					 SPAN_ARG(row->kind), outbox_state_name(state),
					 code ? " " : "", code, SPAN_ARG(utf8_prefix(text, 200))));
	if (case_log_add(d, row->case_number, &ev, e) < 0)
		return -1;
	if ((state != OUTBOX_FAILED && state != OUTBOX_UNKNOWN) || to_staff)
		return 0;
	if (state == OUTBOX_UNKNOWN)
		text = span_of(arena_printf(d->arena,
					    "it may have been delivered all the same: the reply of "
					    "the server was lost (" SPAN_FMT ")",
					    SPAN_ARG(text)));
	return post_not_delivered(d, row->case_number, row->recipient, text, e);
}
