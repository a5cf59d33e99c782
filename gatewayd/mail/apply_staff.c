#include "gatewayd/mail/apply_staff.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/word.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/held.h"
#include "gatewayd/mail/mail_said.h"
#include "gatewayd/mail/staff_command.h"
#include "gatewayd/mail/staff_texts.h"

enum {
	LINE_MAX_BYTES = 200, /* of a line of the mail, in a transcript */
	ASKS_PER_HOUR = 100,  /* mails about no case that are answered to a member of staff */
};

/* "": it is that of a case, a command, or none. */
static struct span subject_of(const struct work *w)
{
	struct span subject = span_trim(w->job->facts.subject);

	return w->done->case_number || !subject.n || subject.p[0] == '#' ? SPAN("") : subject;
}

static struct staff_request request_of(struct work *w)
{
	const struct header_scan *scan = &w->g->scan;
	size_t n = scan->in_reply_to_count + scan->reference_count;
	struct span *answers = arena_alloc_n(w->d->arena, n, sizeof(*answers));

	for (size_t i = 0; i < n; i++)
		answers[i] = i < scan->in_reply_to_count ? scan->in_reply_to[i]
							 : scan->references[n - 1 - i];
	return (struct staff_request){
		.number = w->done->case_number,
		.queue = w->dec->queue,
		.mail = w->job->mail.id,
		.subject = subject_of(w),
		.staff = w->g->identity.staff,
		.commands = &w->dec->staff,
		.answers = answers,
		.answer_count = n,
		.done = arena_alloc_n(w->d->arena, COMMANDS_MAX, sizeof(struct staff_done)),
		.thread = work_thread(w),
		.sent = { SPAN(""), SPAN(""), SPAN("") },
	};
}

/* --- held --- */

static const struct words *words_of(struct work *w, struct err *e)
{
	struct store_case c;

	if (store_case_get(w->d->store, w->dec->case_number, w->d->arena, &c, e) < 0)
		return NULL;
	return post_staff_words(w->d, desk_queue(w->d, c.queue), w->g->identity.staff,
				"command_transcript");
}

static struct span say_reason(struct work *w, const struct words *words, enum word why,
			      const struct staff_failure *failure)
{
	struct span line = failure->line.n ? failure->line : w->dec->held_line;
	const struct other_answer *other = &w->g->in.other;
	const char *zone = post_staff_zone(w->dec->queue, w->g->identity.staff);
	struct word_value v[] = {
		{ "line", utf8_prefix(line, LINE_MAX_BYTES) },	    { "why", failure->why },
		{ "n", word_number(w->d, COMMANDS_MAX) },	    { "who", other->who },
		{ "at", word_since(w->d, words, zone, other->at) }, { "text", other->text }
	};

	return word_fill(w->d, words, why, v, sizeof(v) / sizeof(*v));
}

/* Who answered in the meantime is told in any case: #send is said by who has read it. */
static struct span say_why(struct work *w, const struct words *words, enum word reason,
			   const struct staff_failure *failure)
{
	struct span why = say_reason(w, words, reason, failure), other;

	if (reason == WORD_HELD_OTHER || !w->g->in.other.at)
		return why;
	other = say_reason(w, words, WORD_HELD_OTHER, failure);
	return span_of(
	    arena_printf(w->d->arena, SPAN_FMT "; " SPAN_FMT, SPAN_ARG(why), SPAN_ARG(other)));
}

/* A responder that answers transcripts must not go round for ever: of what may be a machine's, one
 * a case and day is told.  A person's mail with a mark of a mail system is always told. */
static int is_told(struct work *w, bool *ret_told, struct err *e)
{
	const char *key = arena_printf(w->d->arena, "held-machine:%" PRIi64, w->dec->case_number);

	*ret_told = true;
	if (w->job->facts.kind == FACTS_HUMAN)
		return 0;
	return store_budget_take(
	    w->d->store, &(struct store_budget){ .key = span_of(key), .window_s = DAY_S, .max = 1 },
	    1, w->d->now, ret_told, e);
}

/* With what its commands put below it, as it would be sent. */
static int held_text(struct work *w, struct span *ret_text, struct err *e)
{
	struct staff_failure failure;
	struct staff_request r;

	*ret_text = w->dec->staff.text;
	if (!staff_commands_add_text(&w->dec->staff))
		return 0;
	r = request_of(w);
	r.number = w->dec->case_number;
	return staff_texts(w->d, &r, ret_text, &failure, e);
}

static struct post_transcript transcript_of(const struct work *w)
{
	return (struct post_transcript){ .number = w->dec->case_number,
					 .staff = w->g->identity.staff,
					 .thread = work_thread(w) };
}

/* Commands alone, one of which could not be done: none was, and there is nothing to keep. */
static int tell_not_done(struct work *w, const struct words *words,
			 const struct staff_failure *failure, struct err *e)
{
	const struct staff_commands *c = &w->dec->staff;
	struct post_command *rows = arena_alloc_n(w->d->arena, c->n, sizeof(*rows));
	struct post_transcript t = transcript_of(w);
	bool told;

	for (size_t i = 0; i < c->n; i++) {
		struct span line = c->v[i].line;
		struct span why = line.p == failure->line.p ? failure->why : failure->line;

		rows[i] =
		    (struct post_command){ line, word_with(w->d, words, WORD_NOT_DONE, "why", why),
					   SPAN("") };
	}
	t.v = rows;
	t.n = c->n;
	if (is_told(w, &told, e) < 0)
		return -1;
	return told ? post_transcript(w->d, &t, e) : 0;
}

/* An answer waits, its author was told, and says to that nothing that could be sent in its place:
 * "send it", "#yes". */
static int find_waiting(struct work *w, enum staff_held held, bool empty,
			struct store_held *ret_waits, struct err *e)
{
	struct staff_request r = request_of(w);

	*ret_waits = (struct store_held){ 0 };
	if (held != HELD_NOTICE && !empty)
		return 0;
	return held_told(w->d, w->dec->case_number, r.answers, r.answer_count, ret_waits, e);
}

/* It waits on. */
static int tell_waiting(struct work *w, const struct words *words, const struct store_held *waits,
			enum staff_held held, struct err *e)
{
	const struct staff_failure none = { SPAN(""), SPAN("") };
	struct answer a = { .author = w->g->identity.staff };
	struct post_transcript t = transcript_of(w);
	enum word why = w->dec->held_line.n ? WORD_HELD_WAITS : staff_held_word(held);
	bool told;

	if (answer_read(w->d, t.number, waits->note_id, &a, e) < 0 || is_told(w, &told, e) < 0)
		return -1;
	t.note = waits->note_id;
	t.lines = answer_lines(a.note.reply);
	t.files = a.file_count;
	t.held = say_why(w, words, why, &none);
	*w->done = (struct mail_applied){ t.number, t.note, held };
	return told ? post_transcript(w->d, &t, e) : 0;
}

static int hold(struct work *w, enum staff_held held, const struct staff_failure *failure,
		struct err *e)
{
	const struct words *words = words_of(w, e);
	struct store_note note;
	struct post_transcript t = transcript_of(w);
	struct store_held waits;
	struct span text;
	bool told;

	if (!words || held_text(w, &text, e) < 0)
		return -1;
	w->done->case_number = w->dec->case_number;
	t.lines = answer_lines(text);
	t.files = w->job->facts.attachment_count;
	if (held == HELD_FAILED && !text.n && !t.files)
		return tell_not_done(w, words, failure, e);
	if (find_waiting(w, held, !text.n && !t.files, &waits, e) < 0)
		return -1;
	if (waits.id)
		return tell_waiting(w, words, &waits, held, e);
	note = work_note(w, NOTE_INTERNAL, text);
	note.trust = NOTE_TRUST_STAFF;
	/* Automatic: it starts and stops no clock. */
	if (work_add_note(w, &note, true, e) < 0)
		return -1;
	t.note = w->done->note_id;
	t.held = say_why(w, words, staff_held_word(held), failure);
	/* What has nothing to send does not wait for it, nor does what came in part. */
	if ((held != HELD_LARGE && (note.reply.n || t.files) &&
	     held_add(w->d, t.number, t.note, t.staff, held, e) < 0) ||
	    is_told(w, &told, e) < 0)
		return -1;
	return told ? post_transcript(w->d, &t, e) : 0;
}

int apply_staff_held(struct work *w, struct err *e)
{
	struct staff_failure none = { SPAN(""), SPAN("") };

	return hold(w, w->dec->held, &none, e);
}

/* --- held once more --- */

/* What the commands would send; id 0: nothing. */
static int find_sent(struct work *w, struct store_held *ret_held, struct err *e)
{
	struct staff_request r = request_of(w);

	*ret_held = (struct store_held){ 0 };
	r.number = w->dec->case_number;
	for (size_t i = 0; i < r.commands->n && !ret_held->id; i++) {
		enum staff_verb verb = r.commands->v[i].verb;

		if (verb == STAFF_SEND)
			return held_find(w->d, r.number, r.staff, r.answers, r.answer_count,
					 ret_held, e);
		if ((verb == STAFF_OPEN || verb == STAFF_REOPEN) &&
		    held_told(w->d, r.number, r.answers, r.answer_count, ret_held, e) < 0)
			return -1;
		if (!span_is(ret_held->why, staff_held_why(HELD_CLOSED)))
			*ret_held = (struct store_held){ 0 };
	}
	return 0;
}

/* What happened on the case since its author was told that it is held. */
static int look_again(struct work *w, const struct store_held *held, enum staff_held *ret_why,
		      struct err *e)
{
	struct store_case c;

	*ret_why = HELD_NO;
	if (!held->id)
		return 0;
	if (store_case_get(w->d->store, held->case_number, w->d->arena, &c, e) < 0)
		return -1;
	if (w->g->in.other.at)
		*ret_why = HELD_OTHER;
	else if (c.state == CASE_CLOSED && !span_is(held->why, staff_held_why(HELD_CLOSED)))
		*ret_why = HELD_CLOSED;
	return 0;
}

static int hold_again(struct work *w, const struct store_held *held, enum staff_held why,
		      struct err *e)
{
	const struct staff_failure none = { SPAN(""), SPAN("") };
	const struct words *words = words_of(w, e);
	struct answer a = { .author = w->g->identity.staff };
	struct post_transcript t = transcript_of(w);

	if (!words || answer_read(w->d, t.number, held->note_id, &a, e) < 0 ||
	    held_again(w->d, held, why, e) < 0)
		return -1;
	t.note = held->note_id;
	t.lines = answer_lines(a.note.reply);
	t.files = a.file_count;
	t.held = say_why(w, words, staff_held_word(why), &none);
	*w->done = (struct mail_applied){ t.number, t.note, why };
	return post_transcript(w->d, &t, e);
}

/* --- done --- */

/* Those that go on to the customer. */
static int find_files(struct work *w, const struct store_note *note, struct answer *a,
		      struct err *e)
{
	struct mime_attachment *v = mail_files(w->job, w->d->arena);

	for (size_t i = 0; i < w->job->facts.attachment_count; i++) {
		struct staff_answer_file file = { v[i].content_type, v[i].content_id,
						  v[i].is_inline, v[i].content };
		bool logo = false;

		if (!staff_answer_mails(&file, w->job->facts.text))
			continue;
		if (v[i].is_inline && answer_is_logo(w->d, note, v[i].content, &logo, e) < 0)
			return -1;
		if (!logo)
			v[a->file_count++] = v[i];
	}
	a->files = v;
	return 0;
}

static int reply(struct work *w, struct staff_failure *ret_failure, struct err *e)
{
	struct answer a = { .author = w->g->identity.staff };
	struct staff_request r = request_of(w);
	struct span text;
	bool reachable;

	r.answered = true;
	if (staff_texts(w->d, &r, &text, ret_failure, e) < 0)
		return -1;
	if (ret_failure->line.n)
		return 0;
	a.note = work_note(w, NOTE_OUTBOUND, text);
	a.note.author_name = span_of(a.author->name);
	a.note.trust = NOTE_TRUST_STAFF;
	if (find_files(w, &a.note, &a, e) < 0 || work_add_note(w, &a.note, false, e) < 0)
		return -1;
	if (work_is_past(w))
		return 0;
	if (staff_commands_address(w->d, &r, ret_failure, e) < 0)
		return -1;
	if (ret_failure->line.n)
		return 0;
	if (conversation_reachable(w->d, a.note.case_number, &reachable, e) < 0)
		return -1;
	if (!reachable) {
		w->done->held = HELD_NOBODY;
		return 0;
	}
	if (answer_send(w->d, &a, w->done->note_id, &r.sent, e) < 0)
		return -1;
	return r.commands->n ? staff_commands_run(w->d, &r, ret_failure, e) : 0;
}

static int command(struct work *w, struct staff_failure *ret_failure, struct err *e)
{
	const struct staff_commands *c = &w->dec->staff;
	struct staff_request r = request_of(w);
	struct store_note note;

	/* Whatever is not a command is kept, if only for its files. */
	if (c->text.n || w->job->facts.attachment_count || !c->n) {
		note = work_note(w, NOTE_INTERNAL, c->text);
		note.trust = NOTE_TRUST_STAFF;
		if (work_add_note(w, &note, false, e) < 0)
			return -1;
	}
	return c->n ? staff_commands_run(w->d, &r, ret_failure, e) : 0;
}

/* All of it, or nothing and the mail is held. */
static int all_or_held(struct work *w,
		       int (*act)(struct work *, struct staff_failure *, struct err *),
		       struct err *e)
{
	struct staff_failure failure = { SPAN(""), SPAN("") };
	enum staff_held held;

	w->done->case_number = w->dec->case_number;
	if (store_mark(w->d->store, e) < 0 || act(w, &failure, e) < 0)
		return -1;
	if (failure.line.n)
		w->done->held = HELD_FAILED;
	held = w->done->held;
	if (!held)
		return 0;
	if (store_back_to_mark(w->d->store, e) < 0)
		return -1;
	*w->done = (struct mail_applied){ .held = held };
	return hold(w, held, &failure, e);
}

int apply_staff_reply(struct work *w, struct err *e)
{
	return all_or_held(w, reply, e);
}

int apply_staff_commands(struct work *w, struct err *e)
{
	struct store_held held;
	enum staff_held why;

	if (find_sent(w, &held, e) < 0 || look_again(w, &held, &why, e) < 0)
		return -1;
	return why ? hold_again(w, &held, why, e) : all_or_held(w, command, e);
}

/* An answering machine of theirs must not go round for ever. */
int apply_staff_asks(struct work *w, struct err *e)
{
	struct staff_request r = request_of(w);
	const char *key = arena_printf(w->d->arena, "asks:%s", r.staff->id);
	struct store_budget budget = { .key = span_of(key),
				       .window_s = HOUR_S,
				       .max = ASKS_PER_HOUR };
	bool within;

	if (store_budget_take(w->d->store, &budget, 1, w->d->now, &within, e) < 0)
		return -1;
	return within ? staff_commands_ask(w->d, &r, e) : 0;
}
