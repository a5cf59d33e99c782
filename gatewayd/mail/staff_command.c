#include "gatewayd/mail/staff_command.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/staff_run.h"

enum { LINE_MAX_BYTES = 200 }; /* of a line of the mail, in a transcript */

/* What is the sender's fault is an answer; trouble of the store is not. */
static int run_one(struct run *r, struct staff_failure *ret_failure, struct err *e)
{
	static int (*const verbs[])(struct run *, struct err *) = {
#define X(id, verb, runs, needs, told) staff_##runs,
		STAFF_VERBS(X)
#undef X
	};
	struct err why = { 0 };
	int done = staff_command_hides_another(r->c)
		       ? word_refuse(r->d, &why, WORD_ONE_A_LINE, NULL, 0)
		       : verbs[r->c->verb](r, &why);

	if (done == 0)
		return 0;
	if (why.class != ERR_PERM) {
		*e = why;
		return -1;
	}
	*ret_failure =
	    (struct staff_failure){ r->c->line, arena_dup(r->d->arena, span_of(why.text)) };
	return 0;
}

/* To whom the answer in the same mail goes. */
static bool is_address(enum staff_verb verb)
{
	return verb == STAFF_CC || verb == STAFF_FROM;
}

static int begin(struct desk *d, const struct staff_request *r, struct desk *ret_spoken,
		 struct err *e)
{
	const struct conf_queue *queue = r->queue;
	struct store_case c;

	if (r->number) {
		if (store_case_get(d->store, r->number, d->arena, &c, e) < 0)
			return -1;
		queue = desk_queue(d, c.queue);
	}
	*ret_spoken = *d;
	ret_spoken->words = post_staff_words(d, queue, r->staff, "command_transcript");
	return 0;
}

/* "owner is tess; to undo it: #assign sam" */
static struct span with_undo(struct run *r)
{
	struct word_value v[2] = { { "done", r->result }, { "command", r->undo } };

	return r->undo.n ? word_fill(r->d, r->words, WORD_UNDO, v, 2) : r->result;
}

/* Its argument is left out: what staff write may be a text. */
static int write_down(struct desk *d, const struct run *r, struct err *e)
{
	const char *action = arena_printf(d->arena, "#%s", staff_verb_name(r->c->verb));
	struct store_audit row = { .at = d->now,
				   .channel = AUDIT_MAIL,
				   .who = r->who,
				   .action = span_of(action),
				   .case_number = r->about,
				   .detail = SPAN("") };

	return store_audit_add(d->store, &row, e);
}

static int run_at(struct desk *spoken, const struct staff_request *r, size_t i,
		  struct staff_failure *ret_failure, struct err *e)
{
	const struct staff_command *c = &r->commands->v[i];
	struct run run = { .d = spoken,
			   .r = r,
			   .c = c,
			   .who = span_of(r->staff->id),
			   .words = spoken->words,
			   .found = SPAN(""),
			   .about = r->number };

	if (run_one(&run, ret_failure, e) < 0 ||
	    (!ret_failure->line.n && write_down(spoken, &run, e) < 0))
		return -1;
	r->done[i] = (struct staff_done){ .is_done = true,
					  .row = { c->line, with_undo(&run), run.found },
					  .sent = run.sent,
					  .file = run.file,
					  .about = run.about };
	return 0;
}

int staff_commands_address(struct desk *d, const struct staff_request *r,
			   struct staff_failure *ret_failure, struct err *e)
{
	struct desk spoken;

	*ret_failure = (struct staff_failure){ SPAN(""), SPAN("") };
	if (begin(d, r, &spoken, e) < 0)
		return -1;
	for (size_t i = 0; i < r->commands->n && !ret_failure->line.n; i++)
		if (is_address(r->commands->v[i].verb) && run_at(&spoken, r, i, ret_failure, e) < 0)
			return -1;
	return 0;
}

/* --- the transcripts: one, and one for each other case that was asked for --- */

static void add_rows(const struct staff_request *r, int64_t about, struct post_transcript *t,
		     struct post_command *rows, struct mime_attachment *files)
{
	for (size_t i = 0; i < r->commands->n; i++) {
		const struct staff_done *done = &r->done[i];

		if (!done->is_done || done->about != about)
			continue;
		rows[t->n++] = done->row;
		if (done->sent.command.n)
			rows[t->n++] = done->sent;
		if (done->file.content.p)
			files[t->attachment_count++] = done->file;
	}
}

/* Words in a mail about no case that no command took. */
static bool is_left(const struct staff_request *r)
{
	for (size_t i = 0; i < r->commands->n; i++)
		if (r->commands->v[i].verb == STAFF_NEW)
			return false;
	return !r->number && r->commands->text.n;
}

static struct post_command words_left(const struct desk *d, const struct staff_request *r)
{
	struct span rest = r->commands->text, line = SPAN("");

	span_line(&rest, &line);
	return (struct post_command){ utf8_prefix(line, LINE_MAX_BYTES),
				      words_get(d->words, WORD_NOT_KEPT), SPAN("") };
}

static int tell(struct desk *d, const struct staff_request *r, int64_t about, struct err *e)
{
	size_t n = r->commands->n;
	struct post_command *rows = arena_alloc_n(d->arena, 2 * n + 2, sizeof(*rows));
	struct mime_attachment *files = arena_alloc_n(d->arena, n, sizeof(*files));
	struct post_transcript t = { .number = about,
				     .queue = r->queue,
				     .staff = r->staff,
				     .v = rows,
				     .thread = r->thread,
				     .attachments = files };

	if (r->sent.command.n && about == r->number)
		rows[t.n++] = r->sent;
	add_rows(r, about, &t, rows, files);
	if (about == r->number && is_left(r))
		rows[t.n++] = words_left(d, r);
	return t.n ? post_transcript(d, &t, e) : 0;
}

static bool was_told(const struct staff_request *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (r->done[k].about == r->done[i].about)
			return true;
	return r->done[i].about == r->number;
}

static int tell_all(struct desk *d, const struct staff_request *r, struct err *e)
{
	if (tell(d, r, r->number, e) < 0)
		return -1;
	for (size_t i = 0; i < r->commands->n; i++)
		if (!was_told(r, i) && tell(d, r, r->done[i].about, e) < 0)
			return -1;
	return 0;
}

int staff_commands_run(struct desk *d, const struct staff_request *r,
		       struct staff_failure *ret_failure, struct err *e)
{
	struct desk spoken;

	*ret_failure = (struct staff_failure){ SPAN(""), SPAN("") };
	if (begin(d, r, &spoken, e) < 0)
		return -1;
	for (size_t i = 0; i < r->commands->n; i++) {
		if (!r->done[i].is_done && run_at(&spoken, r, i, ret_failure, e) < 0)
			return -1;
		if (ret_failure->line.n)
			return 0;
	}
	return tell_all(&spoken, r, e);
}

/* --- about no case --- */

static void says_not_done(struct desk *spoken, const struct staff_request *r, size_t i,
			  struct span why)
{
	r->done[i] = (struct staff_done){
		.is_done = true,
		.row = { r->commands->v[i].line,
			 word_with(spoken, spoken->words, WORD_NOT_DONE, "why", why), SPAN("") },
	};
}

static struct span refusal(struct desk *spoken, const struct staff_command *c)
{
	if (c->verb == STAFF_UNKNOWN)
		return words_get(spoken->words, WORD_NO_COMMAND);
	return staff_verb_needs_case(c->verb) ? words_get(spoken->words, WORD_NEEDS_CASE)
					      : SPAN("");
}

static int ask_one(struct desk *spoken, const struct staff_request *r, size_t i, struct err *e)
{
	struct staff_failure failure = { SPAN(""), SPAN("") };
	struct span why = refusal(spoken, &r->commands->v[i]);

	if (why.n) {
		says_not_done(spoken, r, i, why);
		return 0;
	}
	if (store_mark(spoken->store, e) < 0 || run_at(spoken, r, i, &failure, e) < 0)
		return -1;
	if (!failure.line.n)
		return 0;
	says_not_done(spoken, r, i, failure.why);
	return store_back_to_mark(spoken->store, e);
}

/* What was not done beside #new is told with the case that it opened. */
static void join_new(const struct staff_request *r)
{
	int64_t opened = 0;

	for (size_t i = 0; i < r->commands->n && !opened; i++)
		if (r->commands->v[i].verb == STAFF_NEW)
			opened = r->done[i].about;
	for (size_t i = 0; i < r->commands->n; i++)
		if (!r->done[i].about)
			r->done[i].about = opened;
}

int staff_commands_ask(struct desk *d, const struct staff_request *r, struct err *e)
{
	struct desk spoken;

	if (begin(d, r, &spoken, e) < 0)
		return -1;
	for (size_t i = 0; i < r->commands->n; i++)
		if (ask_one(&spoken, r, i, e) < 0)
			return -1;
	join_new(r);
	return tell_all(&spoken, r, e);
}
