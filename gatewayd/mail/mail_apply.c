#include "gatewayd/mail/mail_apply.h"

#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/mail/apply_bounce.h"
#include "gatewayd/mail/apply_copy.h"
#include "gatewayd/mail/apply_people.h"
#include "gatewayd/mail/apply_staff.h"
#include "gatewayd/mail/apply_wish.h"
#include "gatewayd/mail/apply_work.h"
#include "gatewayd/mail/customer_command.h"
#include "gatewayd/mail/decide_customer.h"
#include "gatewayd/mail/language.h"
#include "gatewayd/mail/release.h"
#include "gatewayd/mail/subject_said.h"
#include "gatewayd/post/post.h"

/* --- one function a decision --- */

static int nothing(struct work *w, struct err *e)
{
	(void)w;
	(void)e;
	return 0;
}

/* One that is read, or imported, once more takes no more room. */
static int apply_duplicate(struct work *w, struct err *e)
{
	const struct twin *twin = &w->g->twin;

	return store_mail_share(w->d->store, w->job->mail.id,
				twin->same ? twin->same : twin->lesser.id, w->job->raw, e);
}

/* Its sender hears of it, whether it was a note or nothing. */
static int apply_too_large(struct work *w, struct err *e)
{
	struct post_large p = { .number = w->done->case_number,
				.queue = w->dec->queue,
				.to = work_answered(w, w->dec->authenticated),
				.thread = work_thread(w),
				.subject =
				    w->job->facts.subject.p ? w->job->facts.subject : SPAN("") };

	if (!w->g->answer.allowed || work_is_past(w))
		return 0;
	return post_too_large(w->d, &p, e);
}

static int apply_refer(struct work *w, struct err *e)
{
	struct mime_thread thread = work_thread(w);
	struct post_person to = work_answered(w, false);

	if (!w->g->answer.allowed || work_is_past(w))
		return 0;
	return post_referral(w->d, w->dec->queue, &to, &thread, e);
}

/* The requester is told by the rules for answers when it was their mail. */
static int tell_reopened(struct work *w, struct err *e)
{
	struct post_person to = { .address = SPAN("") };
	struct store_case c;

	if (!w->dec->reopens)
		return 0;
	if (store_case_get(w->d->store, w->done->case_number, w->d->arena, &c, e) < 0)
		return -1;
	if (addrspec_eq(c.requester_address, work_actor(w))) {
		if (!decide_answers_sender(&w->g->in))
			return 0;
		to = work_answered(w, w->dec->authenticated);
	}
	return post_reopened(w->d, w->done->case_number, &to, e);
}

/* What people are shown, below what stands in the subject alone. */
static int words_of(struct work *w, struct span *ret_words, struct err *e)
{
	struct span subject, text = w->dec->text;
	struct store_case c;

	if (store_case_get(w->d->store, w->done->case_number, w->d->arena, &c, e) < 0 ||
	    subject_said(w->d, &c, &w->job->mail, w->job->facts.subject, &subject, e) < 0)
		return -1;
	*ret_words = !subject.n
			 ? text
			 : span_trim(span_of(arena_printf(w->d->arena, SPAN_FMT "\n\n" SPAN_FMT,
							  SPAN_ARG(subject), SPAN_ARG(text))));
	return 0;
}

static int apply_customer_note(struct work *w, struct err *e)
{
	struct post_said said;
	struct store_note note;
	struct span words;

	w->done->case_number = w->dec->case_number;
	if (words_of(w, &words, e) < 0)
		return -1;
	note = work_note(w, NOTE_INBOUND, words);
	/* An imported one asks for nothing: it opens no case and starts no clock. */
	if (work_add_note(w, &note, work_is_past(w) || w->dec->keeps_state, e) < 0)
		return -1;
	if (work_is_past(w))
		return 0;
	if (work_raise_reach(w, e) < 0)
		return -1;
	said = work_said(w);
	said.text = words;
	if (tell_reopened(w, e) < 0 || apply_people(w, &said, e) < 0 ||
	    apply_pass_on(w, &said, e) < 0 ||
	    post_owner_update(w->d, note.case_number, w->done->note_id, work_author(w), &said, e) <
		0)
		return -1;
	if (apply_wish(w, e) < 0)
		return -1;
	return w->job->mail.truncated ? apply_too_large(w, e) : 0;
}

static int apply_outside_note(struct work *w, struct err *e)
{
	struct post_said said;
	struct store_note note;
	struct span words;

	w->done->case_number = w->dec->case_number;
	if (words_of(w, &words, e) < 0)
		return -1;
	note = work_note(w, NOTE_INTERNAL, words);
	note.trust = NOTE_TRUST_OUTSIDE;
	if (work_add_note(w, &note, true, e) < 0)
		return -1;
	said = work_said(w);
	said.text = words;
	said.outside = work_actor(w);
	if (apply_people(w, &said, e) < 0)
		return -1;
	return post_owner_update(w->d, note.case_number, w->done->note_id, work_author(w), &said,
				 e);
}

static int apply_machine_note(struct work *w, struct err *e)
{
	struct store_note note;

	w->done->case_number = w->dec->case_number;
	note = work_note(w, NOTE_SYSTEM, w->job->facts.reply);
	note.trust = NOTE_TRUST_AUTOMATIC;
	return work_add_note(w, &note, true, e);
}

static int apply_unsubscribe(struct work *w, struct err *e)
{
	struct mime_thread thread = work_thread(w);
	struct post_person to = work_answered(w, false);

	if (store_optout_add(w->d->store, w->g->identity.from, w->d->now, SPAN("by mail"), e) < 0)
		return -1;
	if (!w->g->answer.allowed || work_is_past(w))
		return 0;
	return post_unsubscribed(w->d, w->dec->queue, &to, &thread, e);
}

static int apply_customer_command(struct work *w, struct err *e)
{
	struct customer_request r = {
		.command = &w->dec->command,
		.queue = w->dec->queue,
		.from = { w->g->identity.from, work_name(w), w->dec->authenticated, w->language },
		.author = &w->g->author,
		.answered = decide_answers_sender(&w->g->in),
		.account = &w->g->in.account,
		.contact = w->g->contact.address.p != NULL,
		.company = w->g->contact.address.p && w->g->contact.company,
		.thread = work_thread(w),
	};

	w->done->case_number = w->dec->case_number;
	return customer_command_run(w->d, &r, e);
}

/* The last note of a sender who is not proven; 0: none. */
static int last_unproven(struct work *w, int64_t *ret_note, struct err *e)
{
	struct store_note *v;
	size_t n;

	*ret_note = 0;
	if (store_note_list(w->d->store, w->done->case_number, w->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].trust == NOTE_TRUST_UNVERIFIED)
			*ret_note = v[i].id;
	return 0;
}

/* One note a case, day and kind of senders who are not proven; what comes after it is filed under
 * that note, so that nobody can fill a case or bury what is in it, nor keep from being told what
 * takes a token to do. */
static int keep_unproven_as(struct work *w, const char *what, struct span text, bool *ret_kept,
			    struct err *e)
{
	const char *key = arena_printf(w->d->arena, "%s:%" PRIi64, what, w->dec->case_number);
	struct store_budget budget = { .key = span_of(key), .window_s = DAY_S, .max = 1 };
	struct store_note note;
	bool first;

	w->done->case_number = w->dec->case_number;
	if (store_budget_take(w->d->store, &budget, 1, w->d->now, &first, e) < 0)
		return -1;
	if (!first && last_unproven(w, &w->done->note_id, e) < 0)
		return -1;
	*ret_kept = !w->done->note_id;
	if (!*ret_kept)
		return 0;
	note = work_note(w, NOTE_INTERNAL, text);
	note.trust = NOTE_TRUST_UNVERIFIED;
	return work_add_note(w, &note, true, e);
}

static int keep_unproven(struct work *w, struct span text, bool *ret_kept, struct err *e)
{
	return keep_unproven_as(w, decide_name(w->dec->what), text, ret_kept, e);
}

/* "delayed", "relayed", "delivered": nobody is told, as of what is proven. */
static bool reports_failure(const struct facts *f)
{
	for (size_t i = 0; i < f->recipient_count; i++)
		if (!f->recipients[i].action.p || span_is(f->recipients[i].action, "failed"))
			return true;
	return !f->recipient_count;
}

/* One line a case and day to who works on it, and nothing of the report's own words.  A report of a
 * delay does not take the place of one that follows and says that it failed. */
static int apply_bounce_unproven(struct work *w, struct err *e)
{
	struct store_case c;
	const struct words *words;
	bool kept, failed = reports_failure(&w->job->facts);

	if (keep_unproven_as(w, failed ? decide_name(w->dec->what) : "report-unproven",
			     w->job->facts.reply, &kept, e) < 0)
		return -1;
	if (!kept || !failed || work_is_past(w))
		return 0;
	if (store_case_get(w->d->store, w->done->case_number, w->d->arena, &c, e) < 0)
		return -1;
	words = post_staff_words(w->d, desk_queue(w->d, c.queue), NULL, "not_delivered");
	return post_not_delivered(
	    w->d,
	    &(struct post_undelivered){ .number = c.number,
					.recipient = w->g->bounced.recipient,
					.error = words_get(words, WORD_REPORT_UNPROVEN) },
	    e);
}

static int apply_staff_unverified(struct work *w, struct err *e)
{
	const struct conf_staff *staff = w->g->identity.staff;
	const char *key = arena_printf(w->d->arena, "ask:%s", staff->id);
	struct store_budget budget = { .key = span_of(key), .window_s = DAY_S, .max = 1 };
	bool kept, first;

	if (keep_unproven(w, w->job->facts.reply, &kept, e) < 0 ||
	    store_budget_take(w->d->store, &budget, 1, w->d->now, &first, e) < 0)
		return -1;
	if (!first || work_is_past(w))
		return 0; /* asked within a day */
	return post_staff_unverified(w->d, w->done->case_number, staff, e);
}

static int apply_suspect_note(struct work *w, struct err *e)
{
	struct post_said said;
	bool kept;

	if (keep_unproven(w, w->dec->text, &kept, e) < 0)
		return -1;
	if (!kept || work_is_past(w))
		return 0;
	said = work_said(w);
	return post_owner_update(w->d, w->done->case_number, w->done->note_id, work_author(w),
				 &said, e);
}

static int apply_staff_elsewhere(struct work *w, struct err *e)
{
	bool kept;

	if (keep_unproven(w, w->job->facts.reply, &kept, e) < 0)
		return -1;
	return !kept ? 0
		     : post_staff_elsewhere(w->d, w->done->case_number,
					    w->g->identity.staff_token_holder, work_actor(w), e);
}

int mail_apply(struct desk *d, const struct mail_job *job, const struct mail_gathered *g,
	       const struct decision *decision, struct mail_applied *ret_applied, struct err *e)
{
	static int (*const apply[DECIDE_COUNT])(struct work *, struct err *) = {
		[DECIDE_DUPLICATE] = apply_duplicate,
		[DECIDE_PROVEN_COPY] = apply_proven_copy,
		[DECIDE_OWN] = nothing,
		[DECIDE_TOO_LARGE] = apply_too_large,
		[DECIDE_QUARANTINE] = nothing,
		[DECIDE_BOUNCE] = apply_bounce,
		[DECIDE_BOUNCE_UNPROVEN] = apply_bounce_unproven,
		[DECIDE_AUTO_FILE] = nothing,
		[DECIDE_MACHINE_NOTE] = apply_machine_note,
		[DECIDE_UNSUBSCRIBE] = apply_unsubscribe,
		[DECIDE_RELEASE] = apply_release,
		[DECIDE_CASE] = mail_open,
		[DECIDE_STORM_NOTE] = mail_fold,
		[DECIDE_REFER] = apply_refer,
		[DECIDE_CUSTOMER_NOTE] = apply_customer_note,
		[DECIDE_CUSTOMER_COMMAND] = apply_customer_command,
		[DECIDE_STAFF_REPLY] = apply_staff_reply,
		[DECIDE_STAFF_COMMANDS] = apply_staff_commands,
		[DECIDE_STAFF_HELD] = apply_staff_held,
		[DECIDE_STAFF_ASKS] = apply_staff_asks,
		[DECIDE_STAFF_UNVERIFIED] = apply_staff_unverified,
		[DECIDE_SUSPECT_NOTE] = apply_suspect_note,
		[DECIDE_OUTSIDE_NOTE] = apply_outside_note,
		[DECIDE_STAFF_ELSEWHERE] = apply_staff_elsewhere,
	};
	struct desk then = *d;
	struct work w = {
		&then,	  job,	       g,
		decision, ret_applied, language_guess(d->conf, job->facts.subject, decision->text)
	};

	if (job->mail.history) /* what an imported mail did, it did when it came */
		then.now = job->mail.received_at;
	then.sends = job->mail.again == AGAIN_HOLD    ? DESK_HOLDS
		     : job->mail.again == AGAIN_QUIET ? DESK_SILENT
						      : DESK_SENDS;
	*ret_applied = (struct mail_applied){ 0 };
	return apply[decision->what](&w, e);
}
