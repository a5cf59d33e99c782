/* The mail whose commands go out with the end of the one before it on its lane. */
#include "gatewayd/sender/pool_inside.h"

enum {
	AHEAD_MS =
	    100 /* replies that take longer are not waited for: another lane may come sooner */
};

/* Until commands may go ahead again, to a server that may not bear it. */
static const struct backoff ahead_wait = { .min = 60 * 1000, .max = 24 * 3600 * 1000 };

static void note_ahead(struct pool *p, bool bad, int64_t now_ms)
{
	pool_note(&ahead_wait, bad, &p->ahead_failures, &p->ahead_from_ms, now_ms);
}

void pool_go_ahead(struct lane *l, int64_t now_ms)
{
	struct pool *p = l->pool;
	struct lanes_mail *m;
	struct job *j;

	if (atomic_load(&p->draining) || now_ms < p->not_before_ms || now_ms < p->ahead_from_ms ||
	    p->lanes.ms >= AHEAD_MS || (m = lanes_next(&p->lanes, &l->job->mail)) == NULL)
		return;
	j = pool_job_of(m);
	if (!smtp_lane_ahead(l->smtp, j->from, j->to, j->message.bytes))
		return;
	lanes_next_keep(&p->lanes, m);
	l->next = j;
}

void pool_next_back(struct lane *l)
{
	lanes_next_back(&l->pool->lanes, &l->next->mail);
	pool_give_word(l->pool, l->next, POOL_BACK);
	l->next = NULL;
}

bool pool_follow(struct lane *l, enum smtp_class before, int64_t now_ms)
{
	struct pool *p = l->pool;

	if (before == SMTP_UNKNOWN)
		note_ahead(p, true, now_ms);
	if (atomic_load(&p->draining) || now_ms < p->not_before_ms) {
		smtp_lane_close(l->smtp);
		pool_next_back(l);
		return false;
	}
	l->job = l->next;
	l->next = NULL;
	l->is_ahead = before == SMTP_SENT;
	lanes_next_begin(&p->lanes, &l->job->mail);
	lanes_asked(&l->job->mail, now_ms);
	return true;
}

void pool_hear_ahead(struct lane *l, enum smtp_wants wants, int64_t now_ms)
{
	if (!l->is_ahead || (wants != SMTP_WANTS_LEAVE && wants != SMTP_WANTS_OPEN))
		return;
	note_ahead(l->pool, wants == SMTP_WANTS_OPEN, now_ms);
	l->is_ahead = false;
}
