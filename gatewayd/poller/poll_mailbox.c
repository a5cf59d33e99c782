#include "gatewayd/poller/poll_mailbox.h"

#include <stdio.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/net/busy.h"
#include "gatewayd/poller/poll_compare.h"
#include "gatewayd/poller/poll_list.h"
#include "gatewayd/poller/poll_login.h"
#include "gatewayd/poller/poll_move.h"
#include "gatewayd/poller/poll_rest.h"
#include "gatewayd/poller/poll_trouble.h"
#include "gatewayd/poller/poll_window.h"
#include "gatewayd/poller/troubles.h"
#include "gatewayd/poller/uids.h"

enum { AGAIN_MS = 2000 }; /* look again when core said "wait" */

static const struct backoff reconnect = { .min = 1000, .max = 5 * 60 * 1000 };

struct poll_mailbox {
	struct poll_mailbox_options o;
	struct handoff orders;
	/* below: the thread's own */
	struct imap *imap;
	int64_t serial; /* of the access token that it logged in with last; 0: none */
	struct poll_sender sender;
	size_t answers_due;
	int64_t answer_by_ms;
	bool again; /* core said "wait" */
	bool solo;  /* a session died while fetching: one at a time */
	struct uids fetch;
	struct poll_moves moves;
	struct poll_window under_way; /* to core */
	struct troubles troubles;
	struct imap_mail bad[IMAP_RANGE_MAX]; /* of the fetch under way */
	size_t bad_count;
	unsigned failures; /* sessions that came to nothing, one after the other */
	bool progress;	   /* this one moved a mail, or waited for one to the end */
	struct poll_compare_answer compare;
	bool no_idle; /* it is not wanted, or the server refused it in this session */
};

static void post_status(struct poll_mailbox *m, bool good, const char *text)
{
	poll_post_status(&m->sender, good, text, &m->troubles);
}

/* With the end of a session, or another UIDVALIDITY. */
static void forget_work(struct poll_mailbox *m)
{
	m->fetch.n = 0;
	poll_moves_drop(&m->moves);
	poll_window_clear(&m->under_way);
	m->answers_due = 0;
	m->bad_count = 0;
}

/* --- mails that make trouble --- */

/* The session died while fetching these: next time one by one, to see which it is. */
static void strike(struct poll_mailbox *m, const struct imap_mail *mails, size_t n,
		   const struct err *e)
{
	if (busy_imap(span_of(e->text)))
		return;
	if (n == 1)
		poll_trouble(&m->sender, &m->troubles, mails[0].uid, e->text);
	m->solo = true;
}

/* --- orders --- */

static void apply(struct poll_mailbox *m, uint32_t uid, enum talk_want want, bool kept_before)
{
	switch (want) {
	case TALK_FETCH:
		if (!poll_window_has(&m->under_way, uid) &&
		    !troubles_wait(&m->troubles, uid, clock_wait_ms()))
			uids_add(&m->fetch, uid);
		break;
	case TALK_MOVE:
	case TALK_MOVE_ASIDE:
		if (m->sender.place == TALK_INBOX) /* else it is there */
			poll_moves_add(&m->moves, m->imap, uid, want == TALK_MOVE_ASIDE,
				       kept_before);
		break;
	case TALK_WAIT:
	case TALK_WANT_COUNT: m->again = true; break;
	}
}

static void follow_order(struct poll_mailbox *m, const struct poll_order *o)
{
	if (o->uidvalidity != m->sender.uidvalidity || o->session != m->sender.session)
		return; /* its UIDs may mean other mails now; core will be asked again */
	if (o->compare) {
		m->compare = (struct poll_compare_answer){ true, o->from, o->all };
		m->moves.claim.store = o->store;
	}
	if ((o->answer || o->compare) && m->answers_due > 0)
		m->answers_due--;
	for (size_t k = 0; k < o->n; k++) {
		if (!o->answer)
			poll_window_drop(&m->under_way, o->uids[k]);
		apply(m, o->uids[k], (enum talk_want)o->wants[k], o->answer);
	}
	m->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
}

static void take_orders(struct poll_mailbox *m)
{
	struct handoff_item *item;
	size_t before = m->fetch.n;

	while ((item = handoff_take(&m->orders)) != NULL) {
		struct poll_order *o = (struct poll_order *)item;

		follow_order(m, o);
		poll_order_free(&o);
	}
	if (m->fetch.n != before)
		uids_tidy(&m->fetch);
}

static bool stopped(const struct poll_mailbox *m)
{
	return atomic_load(m->o.stop);
}

/* --- fetching --- */

static void on_mail(void *ctx, const struct imap_mail *mail)
{
	struct poll_mailbox *m = ctx;

	if (mail->fd < 0 || mail->size_differs) {
		m->bad[m->bad_count] = *mail;
		m->bad[m->bad_count++].length = mail->fd < 0 ? -1 : mail->length;
		if (mail->fd >= 0)
			close(mail->fd);
		return;
	}
	troubles_drop(&m->troubles, mail->uid);
	poll_window_add(&m->under_way, mail->uid, mail->length);
	m->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
	poll_post_mail(&m->sender, mail);
}

/* Asks about the next UIDs; those that are gone are dropped from the list. */
static int describe(struct poll_mailbox *m, struct imap_mail *mails, size_t *ret_n, struct err *e)
{
	size_t n = poll_window_range(&m->under_way), present = 0;

	n = troubles_together(&m->troubles, m->fetch.p, m->solo, n < m->fetch.n ? n : m->fetch.n);
	for (size_t k = 0; k < n; k++)
		mails[k].uid = m->fetch.p[k];
	if (imap_describe(m->imap, mails, n, e) < 0)
		return -1;
	uids_drop_front(&m->fetch, n);
	for (size_t k = 0; k < n; k++)
		if (mails[k].present)
			mails[present++] = mails[k];
	*ret_n = present;
	return 0;
}

/* It gives nothing now because it wants less of us: that is no mail's trouble. */
static int refuse_busy(struct poll_mailbox *m, struct err *e)
{
	struct buf words BUF_AUTO;

	buf_init(&words, TROUBLE_WORDS_MAX);
	imap_last_words(m->imap, &words);
	if (!busy_imap(buf_span(&words)))
		return 0;
	return err_set(e, ERR_TEMP, "the server wants us to wait: %s", buf_cstr(&words));
}

static int fetch_some(struct poll_mailbox *m, struct err *e)
{
	struct imap_mail mails[IMAP_RANGE_MAX];
	size_t n, fit;

	if (!m->sender.bad) /* it is good again when all is done */
		post_status(m, true, "fetching");
	if (describe(m, mails, &n, e) < 0)
		return -1;
	fit = poll_window_fit(&m->under_way, mails, n, m->o.mail_bytes);
	for (size_t k = fit; k < n; k++)
		uids_add(&m->fetch, mails[k].uid);
	if (fit < n)
		uids_tidy(&m->fetch);
	if (fit > 0 && imap_fetch(m->imap, mails, fit, m->o.mail_bytes, on_mail, m, e) < 0) {
		strike(m, mails, fit, e);
		return err_prefix(e, "mail UID %u to %u: ", mails[0].uid, mails[fit - 1].uid);
	}
	if (m->bad_count && refuse_busy(m, e) < 0)
		return -1;
	poll_trouble_bodies(&m->sender, &m->troubles, m->imap, m->bad, m->bad_count);
	m->bad_count = 0;
	if (m->fetch.n == 0)
		m->solo = false;
	return 0;
}

/* --- a turn of work --- */

static int move_some(struct poll_mailbox *m, struct err *e)
{
	enum poll_moved moved;

	if (poll_moves_some(&m->moves, m->imap, m->sender.uidvalidity, &moved, e) < 0)
		return -1;
	m->progress = m->progress || moved == POLL_MOVED;
	m->again = m->again || poll_claim_waits(&m->moves.claim);
	if (moved == POLL_MOVE_REFUSED)
		post_status(m, false, e->text);
	return 0;
}

static void await_core(struct poll_mailbox *m)
{
	int64_t left = m->answer_by_ms - clock_wait_ms();

	if (left > 0) {
		handoff_wait(&m->orders, (int)left);
		return;
	}
	post_status(m, false, "core does not answer");
	m->answers_due = 0;
	poll_window_clear(&m->under_way);
}

/* Until nothing is left to do but to wait for new mail. */
static int work(struct poll_mailbox *m, struct err *e)
{
	m->answer_by_ms = clock_wait_ms() + POLL_ANSWER_MS;
	for (;;) {
		bool fetch;

		take_orders(m);
		if (stopped(m))
			return 0;
		if (!poll_moves_may(&m->moves))
			poll_moves_drop(&m->moves); /* core will say it again */
		fetch = m->fetch.n > 0 && poll_window_room(&m->under_way) > 0;
		if (poll_moves_any(&m->moves) && (!fetch || poll_moves_full(&m->moves))) {
			if (move_some(m, e) < 0)
				return -1;
		} else if (fetch) {
			if (fetch_some(m, e) < 0)
				return -1;
		} else if (m->answers_due > 0 || m->under_way.n > 0) {
			await_core(m);
		} else {
			return 0;
		}
	}
}

/* Tells core what is in the folder now. */
static int look(struct poll_mailbox *m, struct err *e)
{
	struct poll_list list = { m->imap, &m->sender, &m->troubles };
	struct imap_folder folder;
	uint32_t *uids;
	size_t n;
	int r;

	if (imap_select(m->imap, m->o.conf.folder, &folder, e) < 0)
		return err_prefix(e, "folder %s: ", m->o.conf.folder);
	if (folder.read_only)
		return err_set(e, ERR_TEMP, "folder %s is read-only", m->o.conf.folder);
	if (folder.uidvalidity != m->sender.uidvalidity) {
		forget_work(m);
		troubles_release(&m->troubles);
		m->moves.claim.uid = 0;
		m->sender.uidvalidity = folder.uidvalidity;
	}
	m->moves.marks = folder.keeps_mark;
	m->again = false;
	if (imap_list(m->imap, &uids, &n, e) < 0)
		return -1;
	poll_claim_listed(&m->moves.claim, uids, n, clock_wait_ms());
	troubles_look_begin(&m->troubles);
	r = poll_list_post(&list, uids, n, &m->answers_due, e);
	mem_free(&uids);
	if (r == 0)
		troubles_look_end(&m->troubles);
	return r;
}

/* Waits for new mail; orders that come late are carried out meanwhile. */
static int watch(struct poll_mailbox *m, struct err *e)
{
	int64_t poll_ms = m->again ? AGAIN_MS : (int64_t)m->o.conf.poll_s * 1000;
	int64_t until_ms = clock_wait_ms() + poll_ms, due_ms = troubles_due(&m->troubles), left;
	enum imap_event event = IMAP_QUIET;

	until_ms = due_ms < until_ms ? due_ms : until_ms;
	if (poll_claim_rival(&m->moves.claim, clock_wait_ms()))
		post_status(m, false, POLL_RIVAL_TEXT);
	else if (poll_moves_may(&m->moves))
		post_status(m, true, "idle");
	while ((left = until_ms - clock_wait_ms()) > 0 && event != IMAP_CHANGED && !stopped(m))
		if (poll_rest(m->imap, &m->orders, &m->no_idle, (int)left, &event, e) < 0 ||
		    work(m, e) < 0)
			return -1;
	return 0;
}

/* --- the folders that mails were moved to (poll_compare.h) --- */

/* Another folder: what was said of the one before is over. */
static void enter(void *ctx, enum talk_place place, uint32_t uidvalidity)
{
	struct poll_mailbox *m = ctx;

	forget_work(m);
	troubles_release(&m->troubles);
	m->sender.session++;
	m->sender.place = place;
	m->sender.uidvalidity = uidvalidity;
	m->again = false;
}

static int work_on(void *ctx, struct err *e)
{
	struct poll_mailbox *m = ctx;

	m->answers_due = 1;
	return work(m, e);
}

static bool is_whole(void *ctx)
{
	const struct poll_mailbox *m = ctx;

	return !stopped(m) && !m->again && m->troubles.n == 0;
}

static int compare_all(struct poll_mailbox *m, struct err *e)
{
	struct poll_compare c = { .imap = m->imap,
				  .conf = &m->o.conf,
				  .sender = &m->sender,
				  .answer = &m->compare,
				  .enter = enter,
				  .work = work_on,
				  .is_whole = is_whole,
				  .ctx = m };
	struct troubles kept = m->troubles; /* of the mailbox */
	uint32_t uidvalidity = m->sender.uidvalidity;
	int r;

	m->troubles = (struct troubles){ 0 };
	r = poll_compare_all(&c, e);
	enter(m, TALK_INBOX, uidvalidity);
	m->troubles = kept;
	return r;
}

/* One session, from log-in to its end. */
static int session(struct poll_mailbox *m, struct err *e)
{
	m->progress = false;
	m->moves.not_until_ms = 0; /* a refusal counts for its session alone */
	m->no_idle = !m->o.conf.idle;
	m->sender.place = TALK_INBOX;
	if (poll_login(&m->o, &m->sender, &m->serial, &m->imap, e) < 0)
		return -1;
	if (imap_folder_ensure(m->imap, m->o.conf.processed, e) < 0)
		return err_prefix(e, "folder %s: ", m->o.conf.processed);
	if (m->o.conf.quarantine && imap_folder_ensure(m->imap, m->o.conf.quarantine, e) < 0)
		return err_prefix(e, "folder %s: ", m->o.conf.quarantine);
	if (compare_all(m, e) < 0)
		return -1;
	while (!stopped(m)) {
		if (look(m, e) < 0 || work(m, e) < 0)
			return -1;
		if (watch(m, e) < 0)
			return -1;
		m->progress = true;
	}
	return 0;
}

/* As long as the server says, where it says it. */
static void back_off(struct poll_mailbox *m, const struct err *e)
{
	int64_t until_ms, left, asked_ms = busy_wait_ms(span_of(e->text));
	uint32_t random;

	m->failures = m->progress ? 1 : m->failures + 1;
	crypto_random(&random, sizeof(random));
	left = backoff_delay(&reconnect, m->failures, random);
	until_ms = clock_wait_ms() + (left > asked_ms ? left : asked_ms);
	while ((left = until_ms - clock_wait_ms()) > 0 && !stopped(m) &&
	       !poll_login_fresh(&m->o, m->serial)) {
		handoff_wait(&m->orders, (int)left);
		take_orders(m);
	}
}

void *poll_mailbox_run(void *mailbox)
{
	struct poll_mailbox *m = mailbox;

	while (!stopped(m)) {
		struct err e = { 0 };
		int r = session(m, &e);

		imap_close(&m->imap);
		m->sender.session++; /* orders that come now are of one that is over */
		forget_work(m);
		if (r < 0 && !stopped(m)) {
			post_status(m, false, e.text);
			back_off(m, &e);
		}
	}
	return NULL;
}

/* --- life --- */

struct poll_mailbox *poll_mailbox_new(const struct poll_mailbox_options *o, struct err *e)
{
	struct poll_mailbox *m = mem_alloc(sizeof(*m));

	m->o = *o;
	m->sender = (struct poll_sender){ .posts = o->posts, .from = m };
	m->moves.conf = &m->o.conf;
	poll_window_init(&m->under_way, (size_t)o->fetch_window, o->under_way_bytes);
	if (handoff_init(&m->orders, e) < 0) {
		poll_window_release(&m->under_way);
		mem_free(&m);
		return NULL;
	}
	return m;
}

void poll_mailbox_free(struct poll_mailbox **mm)
{
	struct poll_mailbox *m = *mm;
	struct handoff_item *item;

	while ((item = handoff_take(&m->orders)) != NULL) {
		struct poll_order *o = (struct poll_order *)item;

		poll_order_free(&o);
	}
	handoff_release(&m->orders);
	mem_free(&m->fetch.p);
	poll_moves_release(&m->moves);
	poll_window_release(&m->under_way);
	troubles_release(&m->troubles);
	mem_free(mm);
}

const char *poll_mailbox_name(const struct poll_mailbox *m)
{
	return m->o.conf.name;
}

const char *poll_mailbox_ca_file(const struct poll_mailbox *m)
{
	return m->o.conf.server.ca_file;
}

const char *poll_mailbox_oauth(const struct poll_mailbox *m)
{
	return m->o.conf.server.oauth;
}

void poll_mailbox_order(struct poll_mailbox *m, struct poll_order *o)
{
	handoff_give(&m->orders, &o->link);
}
