#include "gatewayd/mail/staff_command.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_merge.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/identity.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/held.h"
#include "gatewayd/mail/resend.h"

enum { FILE_BYTES_MAX = 48 * MIB };

struct run {
	struct desk *d;
	const struct staff_request *r;
	const struct staff_command *c;
	struct span who;	   /* the staff member's id */
	const struct words *words; /* of the staff member */
	struct span result;
	struct post_command sent;    /* by #send; command.n == 0: nothing */
	struct mime_attachment file; /* that was asked for; content.p == NULL: none */
};

static void says(struct run *r, enum word id, const char *name, struct span value)
{
	r->result = word_with(r->d, r->words, id, name, value);
}

static int refuse_usage(struct run *r, struct err *e)
{
	struct word_value v = { "usage", words_get(r->words, staff_verb_usage(r->c->verb)) };

	return word_refuse(r->d, e, WORD_WRITE, &v, 1);
}

/* The next address of "Ann <a@x>, b@y": a word with an "@" in it. */
static bool people_next(struct span *rest, struct span *ret_address)
{
	while (rest->n) {
		size_t n = 0;

		while (n < rest->n && !strchr(" \t,;<>", rest->p[n]))
			n++;
		*ret_address = span_sub(*rest, 0, n);
		*rest = span_sub(*rest, n + 1, SIZE_MAX);
		if (span_starts(*ret_address, SPAN("-")))
			*ret_address = span_sub(*ret_address, 1, SIZE_MAX);
		if (n && memchr(ret_address->p, '@', ret_address->n))
			return true;
	}
	return false;
}

/* Words behind #note are a note of their own; the text below is kept by who reads the mail. */
static int run_note(struct run *r, struct err *e)
{
	struct span words = r->c->argument;
	struct store_note note = { .case_number = r->r->number,
				   .kind = NOTE_INTERNAL,
				   .at = r->d->now,
				   .author_name = r->who,
				   .trust = NOTE_TRUST_STAFF,
				   .text = words,
				   .reply = words };
	int64_t id;

	says(r, words.n || r->r->commands->text.n ? WORD_DONE_NOTE : WORD_DONE_NO_NOTE, NULL,
	     SPAN_NONE);
	return words.n ? case_note(r->d, &note, false, &id, e) : 0;
}

static int assign(struct run *r, struct span owner, struct err *e)
{
	if (case_assign(r->d, r->r->number, owner, r->who, e) < 0)
		return -1;
	says(r, WORD_DONE_OWNER, "owner", owner);
	return r->r->answered ? 0 : post_owner_assigned(r->d, r->r->number, e);
}

static int run_take(struct run *r, struct err *e)
{
	return assign(r, r->who, e);
}

static int run_assign(struct run *r, struct err *e)
{
	return assign(r, r->c->argument, e);
}

static int set_state(struct run *r, enum case_state state, struct err *e)
{
	if (case_set_state(r->d, r->r->number, state, r->who, r->c->argument, e) < 0)
		return -1;
	says(r, WORD_DONE_STATE, "state", word_state(r->words, state));
	return r->r->answered ? 0 : post_case_state(r->d, r->r->number, e);
}

static int run_waiting(struct run *r, struct err *e)
{
	return set_state(r, CASE_WAITING, e);
}

static int run_resolve(struct run *r, struct err *e)
{
	return set_state(r, CASE_RESOLVED, e);
}

static int run_close(struct run *r, struct err *e)
{
	return set_state(r, CASE_CLOSED, e);
}

static int run_open(struct run *r, struct err *e)
{
	return set_state(r, CASE_OPEN, e);
}

bool staff_severity_read(struct span argument, int *ret_severity, struct span *ret_phone,
			 struct span *ret_reason)
{
	struct span rest = span_trim(argument), number = span_cut(&rest, ' ');
	uint64_t severity;

	if (!span_u64(number, &severity) || severity < 1 || severity > 9)
		return false;
	*ret_severity = (int)severity;
	*ret_phone = SPAN("");
	rest = span_trim(rest);
	if (span_starts_ci(rest, SPAN("phone \""))) {
		rest = span_sub(rest, strlen("phone \""), SIZE_MAX);
		*ret_phone = span_trim(span_cut(&rest, '"'));
	}
	*ret_reason = span_trim(rest);
	return true;
}

static int run_severity(struct run *r, struct err *e)
{
	struct span phone, reason;
	int severity;

	if (!staff_severity_read(r->c->argument, &severity, &phone, &reason))
		return refuse_usage(r, e);
	if (case_set_severity(r->d, r->r->number, severity, r->who, reason, phone, e) < 0)
		return -1;
	says(r, WORD_DONE_SEVERITY, "severity", word_number(r->d, severity));
	return 0;
}

static int run_queue(struct run *r, struct err *e)
{
	if (case_move(r->d, r->r->number, r->c->argument, r->who, e) < 0)
		return -1;
	says(r, WORD_DONE_QUEUE, "queue", r->c->argument);
	return 0;
}

/* "41", "#41", "41 other account" */
static int run_merge(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, number = span_cut(&rest, ' ');
	bool other = span_is_ci(span_trim(rest), "other account");
	uint64_t into;

	if (number.n && number.p[0] == '#')
		number = span_sub(number, 1, SIZE_MAX);
	if (!span_u64(number, &into) || into > INT64_MAX || (!other && span_trim(rest).n))
		return refuse_usage(r, e);
	if (case_merge(r->d, r->r->number, (int64_t)into, other, r->who, e) < 0)
		return -1;
	says(r, WORD_DONE_MERGE, "case", word_number(r->d, (int64_t)into));
	return 0;
}

static int run_call(struct run *r, struct err *e)
{
	if (case_call(r->d, r->r->number, r->who, r->c->argument, e) < 0)
		return -1;
	says(r, WORD_DONE_CALL, NULL, SPAN_NONE);
	return 0;
}

static int run_send(struct run *r, struct err *e)
{
	struct store_held held;

	if (held_find(r->d, r->r->number, r->r->answers, r->r->answer_count, &held, e) < 0)
		return -1;
	if (!held.id)
		return word_refuse(r->d, e, WORD_NONE_HELD, NULL, 0);
	if (held_send(r->d, &held, r->r->staff, &r->sent, e) < 0)
		return -1;
	says(r, WORD_DONE_SEND, NULL, SPAN_NONE);
	return 0;
}

/* "#cc a@x b@y" adds, "#cc -a@x" takes out, never both; commas and angle brackets do not matter. */
static int run_cc(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, address;
	bool out = rest.n && rest.p[0] == '-';
	int count = 0;

	while (people_next(&rest, &address)) {
		struct store_person who = { address, SPAN(""), ORIGIN_STAFF };
		bool minus = address.p > r->c->argument.p && address.p[-1] == '-';

		if (minus && !out)
			return refuse_usage(r, e);
		if (out ? conversation_remove(r->d, r->r->number, address, r->who, e) < 0
			: conversation_add(r->d, r->r->number, &who, r->who, e) < 0)
			return -1;
		count++;
	}
	if (!count)
		return refuse_usage(r, e);
	says(r, out ? WORD_DONE_UNCC : WORD_DONE_CC, "people", r->c->argument);
	return 0;
}

static int run_from(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, address, more;
	struct word_value v[2] = { { "address", SPAN("") }, { "before", SPAN("") } };

	if (!people_next(&rest, &address) || people_next(&rest, &more))
		return refuse_usage(r, e);
	v[0].text = address;
	if (conversation_ask_for(r->d, r->r->number, address, r->who, &v[1].text, e) < 0)
		return -1;
	if (!v[1].text.n)
		v[1].text = SPAN("-");
	r->result = word_fill(r->d, r->words, WORD_DONE_FROM, v, 2);
	return 0;
}

static int run_to(struct run *r, struct err *e)
{
	struct resend again = { .number = r->r->number,
				.to = span_trim(r->c->argument),
				.text = SPAN_NONE,
				.sender = r->r->staff };

	if (!addrspec_valid(again.to) || identity_address_is_own(r->d->conf, again.to))
		return word_refuse_name(r->d, e, WORD_NO_ADDRESS, r->c->argument);
	if (resend_find(r->d, again.number, r->r->answers, r->r->answer_count, &again.note, e) < 0)
		return -1;
	if (!again.note)
		return word_refuse(r->d, e, WORD_NONE_CAME_BACK, NULL, 0);
	if (resend(r->d, &again, e) < 0)
		return -1;
	says(r, WORD_DONE_TO, "address", again.to);
	return 0;
}

/* The note that the answered notice tells of; 0: of no note. */
static int find_told(struct run *r, int64_t *ret_note, struct err *e)
{
	*ret_note = 0;
	for (size_t i = 0; i < r->r->answer_count && !*ret_note; i++) {
		struct store_outbox row = { 0 };

		if (!utf8_valid(r->r->answers[i]))
			continue;
		if (store_outbox_by_message_id(r->d->store, r->r->answers[i], r->d->arena, &row,
					       e) < 0)
			return -1;
		if (row.case_number == r->r->number)
			*ret_note = row.note_id;
	}
	return 0;
}

/* The mail of that note, else the last that is no member of staff's; 0: there is none. */
static int find_mail(struct run *r, int64_t *ret_mail, struct err *e)
{
	struct store_note *v;
	int64_t told;
	size_t n;

	*ret_mail = 0;
	if (find_told(r, &told, e) < 0 ||
	    store_note_list(r->d->store, r->r->number, r->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool outside = v[i].trust != NOTE_TRUST_STAFF && v[i].mail_id;

		if (told && v[i].id == told && v[i].mail_id) {
			*ret_mail = v[i].mail_id;
			return 0;
		}
		if (outside)
			*ret_mail = v[i].mail_id;
	}
	return 0;
}

static int run_original(struct run *r, struct err *e)
{
	struct buf raw BUF_AUTO;
	int64_t mail;

	buf_init(&raw, FILE_BYTES_MAX);
	if (find_mail(r, &mail, e) < 0)
		return -1;
	if (mail && store_mail_raw(r->d->store, mail, &raw, e) < 0)
		return -1;
	if (!raw.n)
		return word_refuse(r->d, e, WORD_NO_ORIGINAL, NULL, 0);
	r->file = (struct mime_attachment){
		.filename = span_of(arena_printf(r->d->arena, "mail-%" PRIi64 ".eml", mail)),
		.content_type = SPAN("message/rfc822"),
		.content_id = SPAN(""),
		.content = arena_dup(r->d->arena, buf_span(&raw)),
	};
	says(r, WORD_DONE_ORIGINAL, NULL, SPAN_NONE);
	return 0;
}

static int run_file(struct run *r, struct err *e)
{
	struct span number = r->c->argument;
	struct store_attachment *v, row;
	struct buf content BUF_AUTO;
	uint64_t which;
	size_t n;

	buf_init(&content, FILE_BYTES_MAX);
	if (number.n && number.p[0] == '#')
		number = span_sub(number, 1, SIZE_MAX);
	if (!span_u64(number, &which))
		return refuse_usage(r, e);
	if (store_attachment_list_case(r->d->store, r->r->number, r->d->arena, &v, &n, e) < 0)
		return -1;
	if (!which || which > n)
		return word_refuse_name(r->d, e, WORD_NO_FILE, number);
	if (store_attachment_get(r->d->store, v[which - 1].id, r->d->arena, &row, &content, e) < 0)
		return -1;
	r->file = (struct mime_attachment){
		.filename = row.filename,
		.content_type = row.content_type,
		.content_id = SPAN(""),
		.content = arena_dup(r->d->arena, buf_span(&content)),
	};
	says(r, WORD_DONE_FILE, "file",
	     row.filename.n ? row.filename : words_get(r->words, WORD_NO_FILE_NAME));
	return 0;
}

/* What is the sender's fault is an answer; trouble of the store is not. */
static int run_one(struct run *r, struct staff_failure *ret_failure, struct err *e)
{
	static int (*const verbs[])(struct run *, struct err *) = {
#define X(id, verb, run) run,
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
	r->results[i] = run.result;
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
