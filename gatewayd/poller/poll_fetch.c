#include "gatewayd/poller/poll_fetch.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/busy.h"
#include "gatewayd/poller/poll_trouble.h"

enum { HELD_MAX = 32 }; /* mails that the poller is woken for together */

void poll_fetch_init(struct poll_fetch *f, struct poll_sender *sender,
		     const struct poll_fetch_limits *l)
{
	*f = (struct poll_fetch){ .sender = sender, .mail_bytes = l->mail_bytes };
	poll_window_init(&f->under_way, l->near, l->most, l->under_way_bytes);
}

void poll_fetch_rest(struct poll_fetch *f)
{
	mem_free(&f->wanted.p);
	mem_free(&f->described);
	poll_known_release(&f->known);
	f->wanted = (struct uids){ 0 };
	f->n = f->cap = 0;
}

void poll_fetch_release(struct poll_fetch *f)
{
	poll_fetch_rest(f);
	poll_window_release(&f->under_way);
	troubles_release(&f->troubles);
}

void poll_fetch_forget(struct poll_fetch *f)
{
	f->wanted.n = f->n = 0;
	f->look_on = false;
	poll_known_clear(&f->known);
	poll_window_clear(&f->under_way);
}

static bool is_described(const struct poll_fetch *f, uint32_t uid)
{
	for (size_t k = 0; k < f->n; k++)
		if (f->described[k].uid == uid)
			return true;
	return false;
}

void poll_fetch_know(struct poll_fetch *f, const struct imap_mail *mails, size_t n)
{
	poll_known_add(&f->known, mails, n);
}

static void add_described(struct poll_fetch *f, const struct imap_mail *mail)
{
	MEM_GROW(f->described, f->n, &f->cap);
	f->described[f->n++] = *mail;
}

void poll_fetch_want(struct poll_fetch *f, const struct poll_pipe *pipe, uint32_t uid)
{
	if (!poll_window_has(&f->under_way, uid) && !is_described(f, uid) &&
	    !poll_pipe_describes(pipe, uid) && !troubles_wait(&f->troubles, uid, clock_wait_ms()))
		uids_add(&f->wanted, uid);
}

void poll_fetch_tidy(struct poll_fetch *f)
{
	uids_tidy(&f->wanted);
}

bool poll_fetch_ready(const struct poll_fetch *f)
{
	return poll_fetch_backlog(f) > 0 && poll_window_room(&f->under_way) > 0;
}

size_t poll_fetch_backlog(const struct poll_fetch *f)
{
	return f->wanted.n + f->n;
}

bool poll_fetch_is_lone(const struct poll_fetch *f)
{
	return (f->solo && poll_fetch_backlog(f) > 0) ||
	       (f->n > 0 && troubles_has(&f->troubles, f->described[0].uid));
}

/* --- what to send --- */

/* As many as the window takes, and only the first ones: they go in the order of their UIDs. */
static void take_known(struct poll_fetch *f)
{
	struct imap_mail mail;
	size_t n = 0;

	while (n < f->wanted.n && f->n < f->under_way.size &&
	       poll_known_take(&f->known, f->wanted.p[n], &mail)) {
		add_described(f, &mail);
		n++;
	}
	if (n)
		uids_drop_front(&f->wanted, n);
}

/* As many as the window takes are described before they are fetched. */
static struct poll_step *next_description(struct poll_fetch *f, const struct poll_pipe *pipe)
{
	struct poll_step *s;
	size_t n = 0;

	take_known(f);
	while (n < f->wanted.n && n < IMAP_RANGE_MAX &&
	       !poll_known_any_to(&f->known, f->wanted.p[n]))
		n++;
	if (n == 0 || f->n >= f->under_way.size || pipe->of[POLL_STEP_DESCRIBE] > 1)
		return NULL;
	s = poll_step_new(POLL_STEP_DESCRIBE, n);
	for (size_t k = 0; k < n; k++)
		s->mails[k].uid = f->wanted.p[k];
	uids_drop_front(&f->wanted, n);
	return s;
}

/* One over the limit has a command of its own: a step of many would be too many commands. */
static size_t whole(const struct poll_fetch *f, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (f->described[k].size > f->mail_bytes)
			return k ? k : 1;
	return n;
}

/* How many of the first may go in one command; *ret_alone: this one with nothing beside it. */
static size_t together(const struct poll_fetch *f, bool *ret_alone)
{
	size_t room = poll_window_room(&f->under_way), n = 0;
	uint32_t uids[IMAP_RANGE_MAX];

	while (n < room && n < f->n && (n == 0 || f->described[n].uid > uids[n - 1])) {
		uids[n] = f->described[n].uid;
		n++;
	}
	n = troubles_together(&f->troubles, uids, f->solo, n);
	*ret_alone = n == 1 && (f->solo || troubles_has(&f->troubles, uids[0]));
	return poll_window_fit(&f->under_way, f->described, whole(f, n), f->mail_bytes);
}

/* A set is worth a command of its own: it is large, or core will not make more room. */
static bool is_worth(const struct poll_fetch *f, const struct poll_pipe *pipe, size_t n)
{
	const struct poll_window *w = &f->under_way;
	bool last =
	    n == f->n && f->wanted.n == 0 && pipe->of[POLL_STEP_DESCRIBE] == 0 && !f->look_on;
	int64_t bytes = 0;

	for (size_t k = 0; k < n; k++)
		bytes += f->described[k].size;
	return last || w->n == 0 || n >= (w->size + 3) / 4 || bytes >= w->most_bytes / 16;
}

static struct poll_step *next_fetch(struct poll_fetch *f, const struct poll_pipe *pipe)
{
	bool alone;
	size_t n = together(f, &alone);
	struct poll_step *s;

	if (n == 0 || (alone ? pipe->n > 0 : !is_worth(f, pipe, n)))
		return NULL;
	s = poll_step_new(POLL_STEP_FETCH, n);
	s->alone = alone;
	for (size_t k = 0; k < n; k++) {
		int64_t size = f->described[k].size;

		s->mails[k] = f->described[k];
		poll_window_add(&f->under_way, f->described[k].uid,
				size > f->mail_bytes ? IMAP_HEAD_BYTES : size);
	}
	f->n -= n;
	memmove(f->described, f->described + n, f->n * sizeof(*f->described));
	return s;
}

struct poll_step *poll_fetch_next(struct poll_fetch *f, const struct poll_pipe *pipe)
{
	struct poll_step *s = next_description(f, pipe);

	return s ? s : next_fetch(f, pipe);
}

/* --- sending and answers --- */

void poll_fetch_give(struct poll_fetch *f)
{
	if (f->held_count)
		handoff_give_all(f->sender->posts, f->held_first, f->held_last);
	f->held_count = 0;
}

static void hold(struct poll_fetch *f, struct poll_post *p)
{
	if (f->held_count)
		f->held_last->next = &p->link;
	else
		f->held_first = &p->link;
	f->held_last = &p->link;
	if (++f->held_count == HELD_MAX)
		poll_fetch_give(f);
}

static void on_mail(void *ctx, const struct imap_mail *mail)
{
	struct poll_fetch *f = ctx;

	if (mail->size_differs) {
		struct imap_mail bad = *mail;

		imap_mail_release(&bad);
		return;
	}
	hold(f, poll_post_mail(f->sender, mail));
}

int poll_fetch_run(struct poll_fetch *f, struct imap *imap, const struct poll_step *s,
		   struct err *e)
{
	if (s->kind != POLL_STEP_FETCH)
		return imap_describe(imap, s->mails, s->n, e);
	return imap_fetch(imap, s->mails, s->n, f->mail_bytes, on_mail, f, e);
}

/* It gives nothing now because it wants less of us: that is no mail's trouble. */
static int refuse_busy(const struct imap *imap, struct err *e)
{
	struct buf words BUF_AUTO;

	buf_init(&words, TROUBLE_WORDS_MAX);
	imap_last_words(imap, &words);
	if (!busy_imap(buf_span(&words)))
		return 0;
	return err_set(e, ERR_TEMP, "the server wants us to wait: %s", buf_cstr(&words));
}

/* Those that did not come, or not as they were described, to the front; how many. */
static size_t bad_first(struct poll_fetch *f, const struct poll_step *s)
{
	size_t n = 0;

	for (size_t k = 0; k < s->n; k++) {
		const struct imap_mail *mail = &s->mails[k];

		if (mail->came && !mail->size_differs)
			continue;
		poll_window_drop(&f->under_way, mail->uid);
		s->mails[n] = *mail;
		s->mails[n++].length = mail->came ? mail->length : -1;
	}
	return n;
}

int poll_fetch_answered(struct poll_fetch *f, const struct imap *imap, const struct poll_step *s,
			struct err *e)
{
	size_t bad;

	if (s->kind == POLL_STEP_DESCRIBE) {
		for (size_t k = 0; k < s->n; k++) /* those that are gone by now are dropped */
			if (s->mails[k].present)
				add_described(f, &s->mails[k]);
		return 0;
	}
	bad = bad_first(f, s);
	if (bad && refuse_busy(imap, e) < 0)
		return -1;
	if (bad)
		poll_trouble_bodies(f->sender, &f->troubles, imap, s->mails, bad);
	if (poll_fetch_backlog(f) == 0 && !f->look_on)
		f->solo = false;
	return 0;
}

void poll_fetch_died(struct poll_fetch *f, const struct poll_step *s, const struct poll_pipe *with,
		     struct err *e)
{
	bool fetching = s->kind == POLL_STEP_FETCH, busy = busy_imap(span_of(e->text));

	if (fetching && s->n == 1 && with->n == 0 && !busy)
		poll_trouble(f->sender, &f->troubles, s->mails[0].uid, e->text);
	if ((fetching || with->of[POLL_STEP_FETCH]) && !busy)
		f->solo = true;
	if (fetching)
		err_prefix(e, "mail UID %u to %u: ", s->mails[0].uid, s->mails[s->n - 1].uid);
}
