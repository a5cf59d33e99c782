#include "gatewayd/mail/mail_job.h"

#include <inttypes.h>

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/calendar.h"
#include "gatewayd/mail/digest.h"
#include "gatewayd/mail/mail_apply.h"
#include "gatewayd/mail/mail_gather.h"

/* A clock that starts then would end never, or has ended before the mail was written. */
static bool is_strange(int64_t received_at, int64_t kept_at)
{
	return received_at < CALENDAR_BEGIN || received_at > kept_at + DAY_S;
}

/* "" where the mail came when its server says it. */
static const char *date_remark(struct desk *d, const struct store_mail *mail)
{
	char text[TIME_TEXT_MAX];

	if (!is_strange(mail->received_at, mail->kept_at))
		return "";
	if (mail->received_at == INSTANT_NONE)
		return "; without a date of its server: as of when it was kept";
	return arena_printf(d->arena, "; its server dates it %s: as of when it was kept",
			    time_rfc3339(mail->received_at, text));
}

/* Why the mail ended as it did, for `trace`: no text of the sender's. */
static struct span reason_of(struct desk *d, const struct mail_gathered *g,
			     const struct store_mail *mail, const struct decision *dec)
{
	const struct facts *f = g->in.facts;

	return ARENA_JOIN(d->arena, span_of(decide_name(dec->what)), SPAN(": "), span_of(dec->why),
			  SPAN("; "), span_of(g->identity.why), SPAN("; "),
			  span_of(facts_kind_name(f->kind)), SPAN(" by "),
			  utf8_prefix(f->kind_reason, 80), dec->rule ? SPAN("; rule ") : SPAN(""),
			  span_of(dec->rule ? dec->rule->name : ""), span_of(date_remark(d, mail)));
}

/* A person's word may be among those that became no case; our own mails have none. */
static bool is_listed(const struct store_mail *mail, const struct decision *dec)
{
	enum mail_state state = decide_final_state(dec->what);

	return !mail->history && dec->what != DECIDE_OWN &&
	       (state == MAIL_AUTO_FILED || state == MAIL_QUARANTINED);
}

/* It is what somebody asks for, and not only what they say. */
static bool commands(enum decide_what what)
{
	return what == DECIDE_CUSTOMER_COMMAND || what == DECIDE_UNSUBSCRIBE ||
	       what == DECIDE_STAFF_REPLY || what == DECIDE_STAFF_COMMANDS ||
	       what == DECIDE_PROVEN_COPY || what == DECIDE_RELEASE;
}

/* It was read once more, and may have done before what it asks for: a person lets it go. */
static int hold(struct desk *d, const struct store_mail *mail, const struct mail_gathered *g,
		const struct decision *decision, struct err *e)
{
	struct span reason = reason_of(d, g, mail, decision);

	reason = span_of(
	    arena_printf(d->arena, "held, as it was read again: " SPAN_FMT, SPAN_ARG(reason)));
	return store_mail_finish(d->store, mail->id, MAIL_QUARANTINED, reason, 0, 0, e);
}

/* Who writes, and our border says that it is they, can be written to. */
static int take_for_alive(struct desk *d, const struct mail_job *job, const struct mail_gathered *g,
			  struct err *e)
{
	struct store_dead dead;
	bool was_dead;

	if (!g->identity.vouched || job->mail.history)
		return 0;
	if (store_dead_get(d->store, g->identity.from, d->now, d->arena, &dead, e) < 0)
		return -1;
	return dead.address.n ? store_dead_forget(d->store, g->identity.from, &was_dead, e) : 0;
}

/* mail: as it was kept, of which the job has another date where that is strange. */
static int run(struct desk *d, const struct mail_job *job, const struct store_mail *mail,
	       struct err *e)
{
	struct mail_gathered g;
	struct decision decision;
	struct mail_applied applied = { 0 };

	if (mail_gather(d, job, &g, e) < 0 || take_for_alive(d, job, &g, e) < 0)
		return -1;
	decide_mail(&g.in, &decision);
	if (job->mail.again == AGAIN_HOLD && commands(decision.what))
		return hold(d, mail, &g, &decision, e);
	if (mail_apply(d, job, &g, &decision, &applied, e) < 0)
		return err_prefix(e, "mail %" PRIi64 ": ", job->mail.id);
	if (applied.held) {
		/* Commands alone leave no note. */
		decision.what = applied.note_id ? DECIDE_STAFF_HELD : DECIDE_STAFF_COMMANDS;
		decision.why = staff_held_why(applied.held);
	}
	if (store_mail_end(d->store, job->mail.id,
			   &(struct store_mail_end){ .state = decide_final_state(decision.what),
						     .reason = reason_of(d, &g, mail, &decision),
						     .case_number = applied.case_number,
						     .note_id = applied.note_id,
						     .proof = g.twin.proof,
						     .said = g.twin.said },
			   e) < 0)
		return -1;
	if (is_listed(&job->mail, &decision) &&
	    digest_filed(d, decision.queue, job->mail.id, e) < 0)
		return -1;
	return decision.what == DECIDE_RELEASE;
}

int mail_job_run(struct desk *d, const struct mail_job *job, struct err *e)
{
	struct mail_job dated;

	if (!is_strange(job->mail.received_at, job->mail.kept_at))
		return run(d, job, &job->mail, e);
	dated = *job;
	dated.mail.received_at = job->mail.kept_at;
	return run(d, &dated, &job->mail, e);
}

int mail_job_quarantine(struct desk *d, const struct store_mail *mail, const char *why,
			struct err *e)
{
	const struct conf_mailbox *mailbox =
	    conf_mailbox_find(d->conf, arena_cstr(d->arena, mail->location.mailbox));
	struct buf text BUF_AUTO;

	buf_init(&text, ERR_TEXT_MAX);
	utf8_scrub(span_of(why), &text);
	if (store_mail_finish(d->store, mail->id, MAIL_QUARANTINED, buf_span(&text), 0, 0, e) < 0)
		return -1;
	return digest_filed(d, desk_queue(d, span_of(mailbox ? mailbox->queue : "")), mail->id, e);
}
