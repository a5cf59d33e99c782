#include "gatewayd/poller/poll_mailbox.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/backoff.h"
#include "gatewayd/net/busy.h"
#include "gatewayd/poller/poll_begin.h"
#include "gatewayd/poller/poll_compare.h"
#include "gatewayd/poller/poll_login.h"
#include "gatewayd/poller/poll_rest.h"
#include "gatewayd/poller/poll_work.h"

static const struct backoff reconnect = { .min = 1000, .max = 5 * 60 * 1000 };

struct poll_mailbox {
	struct poll_mailbox_options o;
	struct handoff orders;
	/* below: the thread's own */
	int64_t serial; /* of the access token that it logged in with last; 0: none */
	struct poll_sender sender;
	struct poll_work work;
	unsigned failures; /* sessions that came to nothing, one after the other */
	struct poll_begin begin;
	bool entered;	       /* the folder is selected, and IDLE says that there is news */
	bool no_idle;	       /* it is not wanted, or the server refused it in this session */
	unsigned to_compare;   /* places that are (poll_compare.h) */
	int64_t compare_at_ms; /* not before that */
};

static void post_status(struct poll_mailbox *m, bool good, const char *text)
{
	poll_post_status(&m->sender, good, text, &m->work.fetch.troubles);
}

static int enter_folder(struct poll_mailbox *m, const struct imap_folder *folder, struct err *e)
{
	if (folder->read_only)
		return err_set(e, ERR_TEMP, "folder %s is read-only", m->o.conf.folder);
	if (folder->uidvalidity != m->sender.uidvalidity) {
		poll_work_forget(&m->work);
		troubles_release(&m->work.fetch.troubles);
		m->work.moves.claim.uid = 0;
		m->sender.uidvalidity = folder->uidvalidity;
	}
	m->work.moves.marks = folder->keeps_mark;
	return 0;
}

static int list(struct poll_mailbox *m, struct err *e)
{
	struct poll_begin *b = &m->begin;

	if (m->entered)
		return imap_list(m->work.imap, &b->uids, &b->n, e);
	if (!b->listed && poll_begin_list(m->work.imap, &m->o.conf, b, e) < 0)
		return -1;
	return enter_folder(m, &b->folder[TALK_INBOX], e);
}

/* Core is told what is in the folder now, and what it wants is done. */
static int look(struct poll_mailbox *m, struct err *e)
{
	struct poll_begin *b = &m->begin;

	if (list(m, e) < 0)
		return -1;
	m->entered = false;
	poll_claim_listed(&m->work.moves.claim, b->uids, b->n, clock_wait_ms());
	poll_work_look(&m->work, b->uids, b->n);
	b->uids = NULL;
	poll_begin_unlist(b);
	return poll_work_run(&m->work, e);
}

/* What another node has is not listened to: all that this one does there would wake it. */
static int rest(struct poll_mailbox *m, int64_t left_ms, enum imap_event *ret_event, struct err *e)
{
	bool deaf = true;

	return poll_rest(m->work.imap, &m->orders, m->work.elsewhere ? &deaf : &m->no_idle,
			 (int)left_ms, ret_event, e);
}

/* Waits for new mail; orders that come late are carried out meanwhile. */
static int watch(struct poll_mailbox *m, struct err *e)
{
	int64_t poll_ms = m->work.again ? POLL_AGAIN_MS : (int64_t)m->o.conf.poll_s * 1000;
	int64_t until_ms = poll_rest_until(clock_wait_ms(), poll_ms,
					   troubles_due(&m->work.fetch.troubles)),
		left;
	enum imap_event event = IMAP_QUIET;

	if (poll_claim_rival(&m->work.moves.claim, clock_wait_ms()))
		post_status(m, false, POLL_RIVAL_TEXT);
	else if (poll_moves_may(&m->work.moves))
		post_status(m, true,
			    poll_claim_gone(&m->work.moves.claim) ? POLL_GONE_TEXT : "idle");
	while ((left = until_ms - clock_wait_ms()) > 0 &&
	       (event != IMAP_CHANGED || m->work.elsewhere) && !poll_work_stopped(&m->work))
		if (rest(m, left, &event, e) < 0 || poll_work_run(&m->work, e) < 0)
			return -1;
	m->entered = event == IMAP_CHANGED;
	return 0;
}

/* --- the folders that mails were moved to (poll_compare.h) --- */

/* Another folder: what was said of the one before is over. */
static void enter(void *ctx, enum talk_place place, uint32_t uidvalidity)
{
	struct poll_mailbox *m = ctx;

	poll_work_forget(&m->work);
	troubles_release(&m->work.fetch.troubles);
	m->sender.session++;
	m->sender.place = place;
	m->sender.uidvalidity = uidvalidity;
	m->work.again = m->work.elsewhere = false;
}

static int work_on(void *ctx, struct err *e)
{
	struct poll_mailbox *m = ctx;

	m->work.answers_due = 1;
	return poll_work_run(&m->work, e);
}

static bool is_whole(void *ctx)
{
	const struct poll_mailbox *m = ctx;

	return !poll_work_stopped(&m->work) && !m->work.again && !m->work.elsewhere &&
	       m->work.fetch.troubles.n == 0;
}

static bool waits(void *ctx)
{
	const struct poll_mailbox *m = ctx;

	return m->work.again;
}

static int compare_all(struct poll_mailbox *m, struct err *e)
{
	struct poll_compare c = { .imap = m->work.imap,
				  .conf = &m->o.conf,
				  .begin = &m->begin,
				  .sender = &m->sender,
				  .answer = &m->work.compare,
				  .enter = enter,
				  .work = work_on,
				  .is_whole = is_whole,
				  .waits = waits,
				  .ctx = m };
	struct troubles kept = m->work.fetch.troubles; /* of the mailbox */
	uint32_t uidvalidity = m->sender.uidvalidity;
	int r;

	m->work.fetch.troubles = (struct troubles){ 0 };
	m->work.again = false;
	r = poll_compare_all(&c, &m->to_compare, e);
	enter(m, TALK_INBOX, uidvalidity);
	m->work.fetch.troubles = kept;
	m->entered = false;
	m->compare_at_ms = clock_wait_ms() + (int64_t)m->o.conf.poll_s * 1000;
	return r;
}

static int compare_rest(struct poll_mailbox *m, struct err *e)
{
	return m->to_compare && clock_wait_ms() >= m->compare_at_ms ? compare_all(m, e) : 0;
}

/* One session, from log-in to its end. */
static int session(struct poll_mailbox *m, struct err *e)
{
	m->work.progress = false;
	m->work.moves.not_until_ms = 0; /* a refusal counts for its session alone */
	m->entered = false;
	m->no_idle = !m->o.conf.idle;
	m->sender.place = TALK_INBOX;
	if (poll_login(&m->o, &m->sender, &m->serial, &m->work.imap, e) < 0)
		return -1;
	poll_window_reach(&m->work.fetch.under_way, imap_round_trip_ms(m->work.imap));
	if (poll_begin(m->work.imap, &m->o.conf, &m->begin, e) < 0)
		return -1;
	m->to_compare = POLL_COMPARE_ALL;
	m->compare_at_ms = 0;
	while (!poll_work_stopped(&m->work)) {
		if (compare_rest(m, e) < 0 || look(m, e) < 0 || watch(m, e) < 0)
			return -1;
		m->work.progress = true;
	}
	return 0;
}

/* As long as the server says, where it says it. */
static void back_off(struct poll_mailbox *m, const struct err *e)
{
	int64_t until_ms, left, asked_ms = busy_wait_ms(span_of(e->text));
	uint32_t random;

	m->failures = m->work.progress ? 1 : m->failures + 1;
	crypto_random(&random, sizeof(random));
	left = backoff_delay(&reconnect, m->failures, random);
	until_ms = clock_wait_ms() + (left > asked_ms ? left : asked_ms);
	while ((left = until_ms - clock_wait_ms()) > 0 && !poll_work_stopped(&m->work) &&
	       !poll_login_fresh(&m->o, m->serial)) {
		handoff_wait(&m->orders, (int)left);
		poll_work_take_orders(&m->work);
	}
}

void *poll_mailbox_run(void *mailbox)
{
	struct poll_mailbox *m = mailbox;

	while (!poll_work_stopped(&m->work)) {
		struct err e = { 0 };
		int r = session(m, &e);

		imap_close(&m->work.imap);
		poll_begin_release(&m->begin);
		m->sender.session++; /* orders that come now are of one that is over */
		poll_work_forget(&m->work);
		if (r < 0 && !poll_work_stopped(&m->work)) {
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
	if (handoff_init(&m->orders, e) < 0) {
		mem_free(&m);
		return NULL;
	}
	m->work.orders = &m->orders;
	m->work.sender = &m->sender;
	m->work.stop = o->stop;
	m->work.moves.conf = &m->o.conf;
	poll_fetch_init(&m->work.fetch, &m->sender, &o->fetch);
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
	poll_begin_release(&m->begin);
	poll_work_release(&m->work);
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
