/* Mails that came in and mails that go out. */
#include "gatewayd/base/log.h"
#include "gatewayd/identity/mail_alike.h"
#include "gatewayd/mail/mail_identify.h"
#include "gatewayd/person/job.h"

#define REASON "erased"

static int identity_of(struct job *j, const struct store_mail *m, uint8_t out[SHA256_SIZE],
		       struct err *e)
{
	struct span all = { (const char *)m->identity, sizeof(m->identity) };

	memset(out, 0, SHA256_SIZE);
	return store_person_hash(j->d->store, "identity", all, out, e);
}

/* The header is in the first pieces. */
static int take_head(void *ctx, struct span piece, struct err *e)
{
	struct buf *head = ctx;

	(void)e;
	buf_add(head, span_sub(piece, 0, HEADER_SCAN_BYTES_MAX - head->n));
	return 0;
}

/* Of what retention, or a damage, left of it. */
static int mark_alike(struct job *j, const struct store_mail *m, int64_t at, struct err *e)
{
	struct span alike[MAIL_ALIKE_MAX];
	struct header_scan scan;
	struct buf head BUF_AUTO;
	size_t n;

	buf_init(&head, HEADER_SCAN_BYTES_MAX);
	if (store_mail_raw_read(j->d->store, m->id, take_head, &head, e) < 0 &&
	    e->class != ERR_PERM)
		return -1;
	header_scan(buf_span(&head), j->d->arena, &scan);
	n = mail_alike(buf_span(&head), &scan, false, j->d->arena, alike);
	for (size_t i = 0; i < n; i++)
		if (store_erased_mark_text(j->d->store, alike[i], at, e) < 0)
			return -1;
	return 0;
}

static int mark(struct job *j, const struct store_mail *m, struct err *e)
{
	int64_t at = j->whole ? j->d->now : j->row.at;
	int done;

	if (j->row.is_dry)
		return 0;
	done = j->whole ? store_erased_mark_here(j->d->store, m, at, e)
			: store_erased_mark(j->d->store, m, at, e);
	/* Retention takes a mail for its age: another of that author and date may be a new one. */
	return done < 0 || j->whole ? done : mark_alike(j, m, at, e);
}

void job_log_left(int64_t mail_id, const struct store_left *left)
{
	log_event(LOG_WARNING, "person.damaged", log_int("mail", mail_id), log_reason(&left->why));
}

static int put_mail(struct job *j, const struct store_person_mail *row, struct err *e)
{
	struct store_left left;

	if (store_person_mail(j->d->store, row, &left, e) < 0)
		return -1;
	if (!left.content)
		return 0;
	job_add_damaged(j, JOB_DAMAGED_MAILS, row->id, left.content);
	job_log_left(row->id, &left);
	return 0;
}

/* Of this person, or of a case of theirs alone: nothing of it stays. */
static int erase(struct job *j, const struct store_mail *m, bool theirs, struct err *e)
{
	struct store_person_mail row = { .id = m->id,
					 .from = theirs ? SPAN("") : m->from,
					 .subject = SPAN(WORDS_ERASED),
					 .message_id = SPAN(""),
					 .reason = SPAN(REASON) };

	if (identity_of(j, m, row.identity, e) < 0 || mark(j, m, e) < 0 || put_mail(j, &row, e) < 0)
		return -1;
	j->counts[JOB_MAILS]++;
	return store_person_forget_mail(j->d->store, m->id, e);
}

/* Of somebody else: what stands in its note is seen to there, its bytes may quote anything. */
static int drop_raw(struct job *j, const struct store_mail *m, struct err *e)
{
	struct store_person_mail row = { .id = m->id,
					 .from = person_words_scrub_name(&j->words, m->from),
					 .subject = person_words_scrub(&j->words, m->subject),
					 .message_id = m->message_id,
					 .reason = person_words_scrub(&j->words, m->reason) };

	memcpy(row.identity, m->identity, sizeof(row.identity));
	j->counts[JOB_RAW]++;
	return put_mail(j, &row, e);
}

int job_mail(struct job *j, const struct store_mail *m, bool all, struct err *e)
{
	bool theirs = j->whole || person_in_from(j->d, &j->person, m->from).n > 0;
	struct store_mail known = *m;

	if (m->state == MAIL_KEPT) {
		j->counts[JOB_UNDECIDED]++;
		return 0;
	}
	if (mail_identified(j->d->store, &known, e) < 0)
		return -1;
	if (!all && !theirs)
		return drop_raw(j, &known, e);
	if (erase(j, &known, theirs, e) < 0)
		return -1;
	return m->state != MAIL_QUARANTINED
		   ? 0
		   : store_mail_finish(j->d->store, m->id, MAIL_DROPPED, SPAN(REASON),
				       m->case_number, m->note_id, e);
}

/* --- going out --- */

static bool waits(const struct store_outbox *o)
{
	return o->state == OUTBOX_QUEUED || o->state == OUTBOX_SENDING ||
	       o->state == OUTBOX_UNKNOWN;
}

static int cancel(struct job *j, const struct store_outbox *o, struct err *e)
{
	j->counts[JOB_CANCELLED]++;
	return store_outbox_result(j->d->store, o->id, OUTBOX_CANCELLED, j->d->now, j->d->now, 0,
				   SPAN(REASON), e);
}

int job_outbox(struct job *j, const struct store_outbox *o, bool all, struct err *e)
{
	bool theirs = job_has(j, o->recipient);
	struct span subject =
	    all || theirs ? SPAN(WORDS_ERASED) : person_words_scrub(&j->words, o->subject);

	if (waits(o) && !all && !theirs) {
		j->counts[JOB_LEFT]++;
		return 0;
	}
	if (waits(o) && cancel(j, o, e) < 0)
		return -1;
	j->counts[JOB_OUTGOING]++;
	return store_person_outbox(j->d->store, o->id, theirs ? SPAN("") : o->recipient, subject,
				   e);
}

/* --- about no case --- */

enum { ROWS_A_SLICE = 1000, SUMMARIES_A_SLICE = 50 };

static int summary(struct job *j, int64_t id, struct err *e)
{
	struct store_outbox o;
	bool dropped;

	if (store_outbox_get(j->d->store, id, j->d->arena, &o, e) < 0)
		return -1;
	if (waits(&o)) {
		j->counts[JOB_LEFT]++;
		return 0;
	}
	if (store_person_drop_message(j->d->store, id, &dropped, e) < 0)
		return -1;
	if (!dropped)
		return 0;
	j->counts[JOB_OUTGOING]++;
	return store_person_outbox(j->d->store, id, o.recipient,
				   person_words_scrub(&j->words, o.subject), e);
}

int job_summaries(struct job *j, bool *ret_more, struct err *e)
{
	struct store_stand *v;
	size_t n, done = 0, i;

	if (store_person_stands(j->d->store, PERSON_OUTBOX, j->row.place, ROWS_A_SLICE, j->d->arena,
				&v, &n, e) < 0)
		return -1;
	for (i = 0; i < n && done < SUMMARIES_A_SLICE; i++) {
		if (v[i].case_number)
			continue;
		if (summary(j, v[i].id, e) < 0)
			return -1;
		done++;
	}
	if (i)
		j->row.place = v[i - 1].id;
	*ret_more = i < n || n == ROWS_A_SLICE;
	return 0;
}
