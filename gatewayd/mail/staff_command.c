#include "gatewayd/mail/staff_command.h"

#include "gatewayd/mail/staff_run.h"

/* What is the sender's fault is an answer; trouble of the store is not. */
static int run_one(struct run *r, struct staff_failure *ret_failure, struct err *e)
{
	static int (*const verbs[])(struct run *, struct err *) = {
#define X(id, verb, runs) staff_##runs,
		STAFF_VERBS(X)
#undef X
	};
	struct err why = { 0 };

	if (verbs[r->c->verb](r, &why) == 0)
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
	struct store_case c;

	if (store_case_get(d->store, r->number, d->arena, &c, e) < 0)
		return -1;
	*ret_spoken = *d;
	ret_spoken->words =
	    post_staff_words(d, desk_queue(d, c.queue), r->staff, "command_transcript");
	return 0;
}

/* "owner is tess; to undo it: #assign sam" */
static struct span with_undo(struct run *r)
{
	struct word_value v[2] = { { "done", r->result }, { "command", r->undo } };

	return r->undo.n ? word_fill(r->d, r->words, WORD_UNDO, v, 2) : r->result;
}

static int run_at(struct desk *spoken, const struct staff_request *r, size_t i, struct run *ret_run,
		  struct staff_failure *ret_failure, struct err *e)
{
	struct run run = { .d = spoken,
			   .r = r,
			   .c = &r->commands->v[i],
			   .who = span_of(r->staff->id),
			   .words = spoken->words };

	if (run_one(&run, ret_failure, e) < 0)
		return -1;
	r->results[i] = with_undo(&run);
	*ret_run = run;
	return 0;
}

int staff_commands_address(struct desk *d, const struct staff_request *r,
			   struct staff_failure *ret_failure, struct err *e)
{
	struct desk spoken;
	struct run done;

	*ret_failure = (struct staff_failure){ SPAN(""), SPAN("") };
	if (begin(d, r, &spoken, e) < 0)
		return -1;
	for (size_t i = 0; i < r->commands->n && !ret_failure->line.n; i++)
		if (is_address(r->commands->v[i].verb) &&
		    run_at(&spoken, r, i, &done, ret_failure, e) < 0)
			return -1;
	return 0;
}

int staff_commands_run(struct desk *d, const struct staff_request *r,
		       struct staff_failure *ret_failure, struct err *e)
{
	size_t n = r->commands->n;
	struct post_command *transcript = arena_alloc_n(d->arena, n + 2, sizeof(*transcript));
	struct mime_attachment *files = arena_alloc_n(d->arena, n, sizeof(*files));
	struct post_transcript t = { .number = r->number,
				     .staff = r->staff,
				     .v = transcript,
				     .thread = r->thread,
				     .attachments = files };
	struct desk spoken;

	*ret_failure = (struct staff_failure){ SPAN(""), SPAN("") };
	if (begin(d, r, &spoken, e) < 0)
		return -1;
	if (r->sent.command.n)
		transcript[t.n++] = r->sent;
	for (size_t i = 0; i < n; i++) {
		struct run done = { .sent = { SPAN(""), SPAN("") } };

		if (!r->results[i].p && run_at(&spoken, r, i, &done, ret_failure, e) < 0)
			return -1;
		if (ret_failure->line.n)
			return 0;
		transcript[t.n++] = (struct post_command){ r->commands->v[i].line, r->results[i] };
		if (done.sent.command.n)
			transcript[t.n++] = done.sent;
		if (done.file.content.p)
			files[t.attachment_count++] = done.file;
	}
	return post_transcript(d, &t, e);
}
