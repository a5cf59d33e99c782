/* A new case, and who is told of it. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/mail/apply_people.h"
#include "gatewayd/mail/apply_work.h"
#include "gatewayd/mail/digest.h"
#include "gatewayd/mail/rule_owner.h"

/* What staff wrote beside the mail that they pass on; "": nothing. */
static struct span words_beside(const struct work *w)
{
	struct span above = w->dec->words_above, below = w->dec->words_below;

	return ARENA_JOIN(w->d->arena, above, above.n && below.n ? SPAN("\n\n") : SPAN(""), below);
}

/* Somebody of the staff may be told of it; else it need not be counted how often. */
static bool has_readers(const struct work *w)
{
	const struct policy_rule *rule = w->dec->rule;

	if (w->dec->queue->notify.n || w->dec->follows || (rule && (rule->owner || rule->turns.n)))
		return true;
	for (size_t i = 0; i < w->g->queues.n; i++)
		if (w->g->queues.v[i]->notify.n)
			return true;
	return false;
}

static int tell_of_case(struct work *w, struct err *e)
{
	struct post_said said = work_said(w);
	struct digest_sender sender = { w->g->identity.from, w->g->identity.vouched };
	bool together = false;
	struct post_opened p = { .number = w->done->case_number,
				 .note = w->done->note_id,
				 .said = &said,
				 .queues = w->g->queues.v,
				 .queue_count = w->g->queues.n,
				 .proven = w->dec->authenticated,
				 .remark = w->dec->authenticated ? w->dec->remark : REMARK_NONE,
				 .asked = w->g->in.queue->name,
				 .words = w->dec->text };

	if (apply_people(w, &said, e) < 0)
		return -1;
	said.beside = words_beside(w);
	if (w->g->requester.by == REQUESTER_FROM)
		p.thread = work_thread(w); /* else they have not seen it */
	if (w->dec->rule && !w->dec->rule->confirm)
		p.to.address = SPAN("");
	else if (work_is_confirmed(w))
		p.to = work_answered(w, w->dec->authenticated);
	else if (w->g->requester.by == REQUESTER_FORWARDED && w->dec->queue->confirm_forwarded)
		p.to = (struct post_person){ w->g->requester.address, w->g->requester.name, false,
					     w->language };
	if (has_readers(w) &&
	    digest_case(w->d, w->dec->queue, &sender, w->job->mail.id, &together, e) < 0)
		return -1;
	p.together = together;
	p.follows = w->dec->follows;
	return post_opened(w->d, &p, e);
}

/* Nobody waits for an answer to it any more: no alarms; who writes again opens it again. */
static int close_history(struct work *w, struct err *e)
{
	return case_set_state(w->d, w->done->case_number, CASE_CLOSED, case_actor(CASE_BY_OPERATOR),
			      SPAN("imported from the past"), e);
}

/* As long as a case may have it, or the words for none. */
static struct span subject_of(const struct work *w)
{
	struct span subject = w->job->facts.subject;

	if (subject.n)
		return utf8_prefix(subject, (size_t)w->d->conf->limits.subject_bytes);
	return words_get(words_find(w->d->conf, w->dec->queue, w->dec->queue->language),
			 WORD_NO_SUBJECT);
}

/* They stay inside. */
static int add_words_beside(struct work *w, struct err *e)
{
	struct span words = words_beside(w);
	struct store_note note;
	int64_t id;

	if (!words.n)
		return 0;
	note = work_note(w, NOTE_INTERNAL, words);
	note.text = note.reply;
	note.author = SPAN("");
	note.trust = NOTE_TRUST_STAFF;
	return store_note_add(w->d->store, &note, &id, e);
}

static int count_storm(struct work *w, int64_t told_at, struct err *e)
{
	const struct store_storm *before = &w->g->in.storm;
	struct store_storm storm = {
		.case_number = before->case_number ? before->case_number : w->done->case_number,
		.count = before->count + 1,
		.last_at = w->d->now,
		.told_at = told_at,
	};

	if (!w->g->storm_key)
		return 0;
	return store_storm_put(w->d->store, w->g->storm_key, &storm, e);
}

/* Whom proven staff name is theirs to answer for. */
static void set_reach(const struct work *w, struct case_opening *o)
{
	const char *why = w->g->answer.reason;

	if (w->g->requester.by == REQUESTER_FORWARDED) {
		o->reach = REACH_PROVEN;
	} else if (work_is_confirmed(w)) {
		o->reach = work_reach(w);
	} else {
		o->reach = REACH_NOBODY;
		o->unreached = span_of(why ? why : "whoever asks is not who sent the mail");
	}
}

/* Whose mail staff passed on did not write to us. */
static struct span written_to(const struct work *w)
{
	if (w->g->requester.by == REQUESTER_FORWARDED)
		return SPAN("");
	return our_address_written(w->d->conf, &w->job->facts, w->dec->queue);
}

/* Whose the case was that this one follows, if they are still one of the staff. */
static int find_owner(struct work *w, struct span *ret_owner, struct err *e)
{
	struct store_case c;

	if (store_case_get(w->d->store, w->dec->follows, w->d->arena, &c, e) < 0)
		return -1;
	*ret_owner =
	    conf_staff_find(w->d->conf, arena_cstr(w->d->arena, c.owner)) ? c.owner : SPAN("");
	return 0;
}

/* As the rule that routed it says. */
static int give_owner(struct work *w, struct err *e)
{
	const struct conf_staff *owner = NULL;

	if (!work_is_past(w) && rule_owner(w->d, w->dec->rule, w->dec->queue, &owner, e) < 0)
		return -1;
	return owner ? case_assign(w->d, w->done->case_number, span_of(owner->id),
				   case_actor(CASE_BY_POLICY), e)
		     : 0;
}

int mail_open(struct work *w, struct err *e)
{
	struct case_opening o = {
		.queue = w->dec->queue,
		.channel = CHANNEL_EMAIL,
		.severity = w->dec->severity,
		.subject = subject_of(w),
		.requester_name = w->g->requester.name,
		.requester_address = w->g->requester.address.p ? w->g->requester.address : SPAN(""),
		.account = w->dec->account,
		.behalf = w->dec->behalf,
		.reseller = w->dec->reseller,
		.top_visible = w->dec->top_visible,
		.rule = w->dec->rule,
		.score = w->dec->score,
		.opened_at = work_began_at(w),
		.moved_from = w->job->mail.moved ? w->job->mail.received_at : 0,
		.mail = w->job->mail.id,
		.actor = work_actor(w),
		.phone = SPAN(""),
		.owner = SPAN(""),
		.language = w->language,
		.written_to = written_to(w),
	};
	struct store_note note;

	set_reach(w, &o);
	if (w->dec->follows && find_owner(w, &o.owner, e) < 0)
		return -1;
	if (case_open(w->d, &o, &w->done->case_number, e) < 0 ||
	    (!o.owner.n && give_owner(w, e) < 0))
		return -1;
	note = work_note(w, NOTE_INBOUND, w->dec->text);
	if (w->g->requester.by != REQUESTER_FROM) {
		note.author_name = w->g->requester.name;
		note.author_address = o.requester_address;
	}
	if (store_note_add(w->d->store, &note, &w->done->note_id, e) < 0 || work_attach(w, e) < 0 ||
	    add_words_beside(w, e) < 0)
		return -1;
	if (w->dec->link_to && case_link(w->d, w->done->case_number, w->dec->link_to,
					 w->dec->follows ? LINK_FOLLOWS : LINK_POSSIBLY_ABOUT,
					 case_actor(CASE_BY_POLICY), e) < 0)
		return -1;
	if (count_storm(w, w->d->now, e) < 0)
		return -1;
	return work_is_past(w) ? close_history(w, e) : tell_of_case(w, e);
}

/* The one that the mail is counted under. */
static int last_note(struct work *w, int64_t *ret_note, struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(w->d->store, w->done->case_number, w->d->arena, &v, &n, e) < 0)
		return -1;
	*ret_note = n ? v[n - 1].id : 0;
	return 0;
}

/* Once in the history: what comes from here on leaves no note. */
static int log_brake(struct work *w, struct err *e)
{
	struct case_event ev = { .type = CASE_NOTE,
				 .at = work_began_at(w),
				 .actor = case_actor(CASE_BY_POLICY),
				 .mail = w->job->mail.id };

	if (w->g->in.storm.count != STORM_NOTES)
		return 0;
	ev.reason = span_of(arena_printf(
	    w->d->arena, "like %d mails before it: from here on they are counted, and are no notes",
	    STORM_NOTES));
	return case_log_add(w->d, w->done->case_number, &ev, e);
}

/* One notice a window tells how many there are; what the first ones say is kept. */
int mail_fold(struct work *w, struct err *e)
{
	const struct store_storm *storm = &w->g->in.storm;
	bool tells = w->d->now - storm->told_at >= STORM_WINDOW_S ||
		     (w->dec->tells && storm->count < STORM_NOTES);
	struct post_said said;
	struct store_note note;

	w->done->case_number = w->dec->case_number;
	note = work_note(w, NOTE_INBOUND, w->dec->text);
	if (tells || storm->count < STORM_NOTES ? work_add_note(w, &note, true, e) < 0
						: last_note(w, &w->done->note_id, e) < 0)
		return -1;
	if (log_brake(w, e) < 0 || count_storm(w, tells ? w->d->now : storm->told_at, e) < 0)
		return -1;
	if (!tells)
		return 0;
	said = work_said(w);
	said.alike = storm->count ? storm->count + 1 : 0;
	return post_owner_update(w->d, note.case_number, w->done->note_id, work_actor(w), &said, e);
}
