#include "gatewayd/core/intake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/arrival.h"
#include "gatewayd/core/elsewhere.h"
#include "gatewayd/core/moved.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/net/backoff.h"

enum {
	GROUP_BYTES = 8 * MIB, /* committed together */
	TRIES_MAX = 3,	       /* mails kept by themselves that fail, until all wait */
};

static const struct backoff store_wait = { .min = 1000, .max = 5000 };

struct intake {
	struct bench *bench;
	struct parse_pool *pool;
	struct arrivals waiting;
	struct buf room; /* the mail that is being kept */
	struct mailboxes mailboxes;
	unsigned int failures;	 /* since all was well */
	bool cannot_read;	 /* the last one was of a question to the store */
	int64_t longest;	 /* bytes of the longest mail among them */
	int64_t not_before_ms;	 /* nothing is fetched until then */
	struct loop_timer again; /* while it fails */
	struct moved moved;
};

void intake_free(struct intake **in)
{
	if (!*in)
		return;
	arrivals_release(&(*in)->waiting);
	buf_release(&(*in)->room);
	loop_timer_stop((*in)->bench->loop, &(*in)->again);
	mailboxes_release(&(*in)->mailboxes);
	moved_release(&(*in)->moved);
	free(*in);
	*in = NULL;
}

static struct store_mail listed_as(const struct talk_session *session,
				   const struct talk_listed *listed)
{
	return (
	    struct store_mail){ .location = { session->mailbox, session->uidvalidity, listed->uid },
				.received_at = listed->received_at,
				.size = listed->size };
}

/* A UID alone never says that a mail is known (I2). */
static int want_of(struct intake *in, const struct talk_session *session,
		   const struct talk_listed *listed, uint8_t *ret_want, struct err *e)
{
	struct store_mail m = listed_as(session, listed);
	struct store_mail_place at;

	*ret_want = TALK_WAIT;
	if (arrivals_has(&in->waiting, session, listed->uid))
		return 0;
	if (session->place != TALK_INBOX)
		return moved_want(&in->moved, session, listed, ret_want, e);
	if (store_mail_at(in->bench->store, &m, &at, e) < 0)
		return -1;
	*ret_want = (uint8_t)(!at.is_same		     ? TALK_FETCH
			      : at.state == MAIL_QUARANTINED ? TALK_MOVE_ASIDE
							     : TALK_MOVE);
	return 0;
}

static bool is_elsewhere(const struct intake *in, struct span mailbox)
{
	return !holding_has(&in->bench->holding, mailbox);
}

void intake_acquired(struct intake *in, struct span mailbox)
{
	elsewhere_no_more(&in->mailboxes, mailbox, clock_now(&in->bench->clock));
}

void intake_given(struct intake *in, struct span mailbox)
{
	elsewhere_soon(&in->mailboxes, mailbox);
}

int intake_compared(struct intake *in, struct peer *from, const struct talk_compared *c,
		    struct err *e)
{
	if (is_elsewhere(in, c->session.mailbox))
		return elsewhere_compared(&in->mailboxes, from, c, e);
	return moved_compared(&in->moved, from, c, e);
}

/* --- trouble: the store, memory or descriptors, which is no mail's doing --- */

/* Asked again from then on, also when no mail comes that would show that all is well. */
static void look_again(struct intake *in, int64_t ms)
{
	loop_timer_start(in->bench->loop, &in->again, ms);
}

/* All mails wait where they are, and are fetched when a try may help.  bytes: of the longest that
 * was tried; 0: it was a question. */
static void trouble(struct intake *in, const struct err *e, int64_t bytes)
{
	uint32_t random;
	int64_t ms;

	in->cannot_read = bytes == 0;
	in->longest = bytes > in->longest ? bytes : in->longest;
	crypto_random(&random, sizeof(random));
	ms = backoff_delay(&store_wait, ++in->failures, random);
	in->not_before_ms = bench_now_ms(in->bench) + ms;
	look_again(in, ms);
	health_bad(&in->bench->health, CONCERN_INTAKE, clock_now(&in->bench->clock), e->text);
}

static void all_well(struct intake *in)
{
	in->failures = 0;
	in->cannot_read = false;
	in->longest = 0;
	loop_timer_stop(in->bench->loop, &in->again);
	health_good(&in->bench->health, CONCERN_INTAKE, clock_now(&in->bench->clock));
}

static bool waits(const struct intake *in)
{
	return bench_now_ms(in->bench) < in->not_before_ms;
}

static bool can_read(struct intake *in)
{
	struct store_mail nobodys = { .location = { SPAN(""), 0, 1 } };
	struct store_mail_place at;
	struct err ignored;

	return mailboxes_can_look(&in->mailboxes, in->bench) &&
	       store_mail_at(in->bench->store, &nobodys, &at, &ignored) == 0;
}

static void on_again(void *ctx)
{
	struct intake *in = ctx;

	if (in->cannot_read ? can_read(in) : !mailboxes_wait(&in->mailboxes, &in->bench->holding))
		all_well(in);
	else
		look_again(in, store_wait.max);
}

struct intake *intake_new(struct bench *b, struct parse_pool *pool)
{
	struct intake *in = mem_alloc(sizeof(*in));

	in->bench = b;
	in->pool = pool;
	arrivals_init(&in->waiting);
	buf_init(&in->room, MEMORY_READ_MAX);
	in->again = (struct loop_timer){ .fn = on_again, .ctx = in };
	moved_init(&in->moved, b);
	return in;
}

/* NULL: of a folder that mails were moved to; what is taken from there was seen before. */
static struct mailbox *inbox_of(struct intake *in, const struct talk_session *s)
{
	return s->place == TALK_INBOX ? mailboxes_of(&in->mailboxes, s->mailbox) : NULL;
}

/* Without them nobody knows which mails were moved: all wait until the store can say. */
static void know_looks(struct intake *in, struct mailbox *m)
{
	struct err e;

	m->looks_read = m->looks_read || looks_read(&m->looks, in->bench->store, span_of(m->name),
						    &in->bench->arena, &e) == 0;
	if (m->looks_read || waits(in))
		return;
	trouble(in, &e, 0);
}

/* Or goes on with another core than it began with. */
static void look_begins(struct intake *in, struct mailbox *m, const struct talk_folder *folder)
{
	uint32_t uidvalidity = folder->session.uidvalidity;

	if (!folder->first && m->looks_read && m->tally.uidvalidity == uidvalidity)
		return;
	know_looks(in, m);
	m->look_whole = folder->first;
	looks_begin(&m->looks, uidvalidity, clock_now(&in->bench->clock));
	mail_tally_look_begin(&m->tally, uidvalidity);
}

/* What waits may have been moved, which only a look before it says: that one stays then. */
static void end_look(struct intake *in, struct mailbox *m, struct span name)
{
	struct err e;

	mail_tally_look_end(&m->tally);
	looks_end(&m->looks);
	if (m->looks_read && m->tally.waiting == 0 &&
	    looks_keep(&m->looks, in->bench->store, name, &in->bench->arena, &e) < 0)
		log_event(LOG_WARNING, "look.not-kept", log_span("mailbox", name), log_reason(&e));
}

/* What was asked for reading can be read again, or nothing is left that could be kept.  A look
 * whose first part another core heard says nothing of what is not in it. */
static void look_done(struct intake *in, struct mailbox *m, const struct talk_folder *folder)
{
	if (m->look_whole)
		end_look(in, m, folder->session.mailbox);
	mailbox_looked(m, clock_now(&in->bench->clock));
	if (in->failures && !waits(in) &&
	    (in->cannot_read || !mailboxes_wait(&in->mailboxes, &in->bench->holding)))
		all_well(in);
}

/* --- folders --- */

/* Of an inbox, as want_of() asks. */
static void say_listed(struct intake *in, const struct talk_folder *folder)
{
	struct store *s = in->bench->store;

	if (folder->session.place != TALK_INBOX || !store_ahead_begin(s))
		return;
	for (size_t i = 0; i < folder->n; i++) {
		struct store_mail m = listed_as(&folder->session, &folder->mails[i]);
		struct store_mail_place at;
		struct err ignored;

		if (!arrivals_has(&in->waiting, &folder->session, folder->mails[i].uid))
			(void)store_mail_at(s, &m, &at, &ignored);
	}
	store_ahead_said(s);
}

/* What the store cannot say now is asked again, in a later cycle of the poller. */
static int fill_wants(struct intake *in, const struct talk_folder *folder, uint8_t *wants,
		      struct err *e)
{
	struct mailbox *inbox = inbox_of(in, &folder->session);
	bool hold = waits(in);
	struct err why;
	int result = 0;

	store_ahead_end(in->bench->store);
	say_listed(in, folder);
	for (size_t i = 0; result == 0 && i < folder->n; i++) {
		const struct talk_listed *m = &folder->mails[i];
		bool moved = inbox && looks_see(&inbox->looks, m->uid, m->received_at);

		if (want_of(in, &folder->session, m, &wants[i], &why) < 0) {
			in->cannot_read = true;
			if (!hold)
				trouble(in, &why, 0);
			hold = true;
		} else if (wants[i] == TALK_MOVE || wants[i] == TALK_MOVE_ASIDE) {
			continue;
		} else if (hold) {
			wants[i] = TALK_WAIT;
		}
		if (inbox)
			result = mail_tally_listed(&inbox->tally, m->uid, m->received_at, moved, e);
	}
	store_ahead_end(in->bench->store);
	return result;
}

int intake_folder(struct intake *in, struct peer *from, const struct talk_folder *folder,
		  struct err *e)
{
	struct mailbox *inbox = inbox_of(in, &folder->session);
	struct arena *a = &in->bench->arena;
	struct talk_wants wants = { .session = folder->session,
				    .uids = arena_alloc_n(a, folder->n, sizeof(*wants.uids)),
				    .wants = arena_alloc(a, folder->n),
				    .n = folder->n };

	for (size_t i = 0; i < folder->n; i++)
		wants.uids[i] = folder->mails[i].uid;
	if (is_elsewhere(in, folder->session.mailbox))
		return elsewhere_folder(&in->mailboxes, from, &wants, e);
	if (inbox)
		look_begins(in, inbox, folder);
	if (fill_wants(in, folder, wants.wants, e) < 0)
		return -1;
	if (folder->last && inbox)
		look_done(in, inbox, folder);
	if (folder->n == 0)
		return 0; /* nothing is waited for */
	if (talk_wants_put(&from->wire, &wants, e) < 0)
		return -1;
	peer_update(from);
	return 0;
}

void intake_status(struct intake *in, struct peer *from, const struct talk_status *status)
{
	mailboxes_status(&in->mailboxes, from, status, clock_now(&in->bench->clock));
}

const struct mailboxes *intake_mailboxes(const struct intake *in)
{
	return &in->mailboxes;
}

void intake_peer_gone(struct intake *in, const struct peer *p)
{
	arrivals_forget(&in->waiting, p);
	mailboxes_gone(&in->mailboxes, p, clock_now(&in->bench->clock));
}

/* --- keeping --- */

static int keep_one(struct desk *d, struct arrival *a, struct buf *room, struct err *e)
{
	struct store_mail m = arrival_mail(a);
	struct store_mail_place before;
	struct span raw;

	if (store_mail_at(d->store, &m, &before, e) < 0 || arrival_open(a, room, &raw, e) < 0)
		return -1;
	a->instead_of = before.is_same ? 0 : before.id;
	return mail_keep(d, &m, raw, &a->id, &a->is_new, e);
}

/* Its bytes are on the disk. */
static void kept(struct intake *in, struct arrival *a)
{
	const struct talk_at *at = &a->mail.at;
	struct mailbox *inbox = inbox_of(in, &at->session);

	a->kept = true;
	if (inbox)
		mail_tally_kept(&inbox->tally, at->session.uidvalidity, at->uid);
	log_event(LOG_INFO, a->is_new ? "mail.kept" : "mail.known", log_int("mail", a->id),
		  log_text("mailbox", a->mailbox), log_uint("uid", at->uid),
		  log_int("bytes", a->mail.size));
}

static int keep_range(struct intake *in, struct arrival *from, const struct arrival *end,
		      struct err *e)
{
	struct desk d = bench_desk(in->bench);
	struct store *txn STORE_TXN = d.store;

	if (store_begin(txn, e) < 0)
		return -1;
	if (end != from->next) /* keep_each() is behind it */
		store_unheard(txn);
	arrivals_say(txn, from, end);
	for (struct arrival *a = from; a != end; a = a->next)
		if (keep_one(&d, a, &in->room, e) < 0)
			return -1;
	if (arrivals_count(txn, from, end, e) < 0 || store_commit(txn, e) < 0)
		return -1;
	for (struct arrival *a = from; a != end; a = a->next)
		kept(in, a);
	return 0;
}

/* Where a disk is nearly full short ones find room, and a long one goes on waiting. */
static void went_well(struct intake *in, const struct arrival *end)
{
	if (arrivals_longest(in->waiting.first, end) >= in->longest)
		all_well(in);
}

/* Each by itself, so that one mail cannot keep the others out (I4). */
static bool keep_each(struct intake *in, const struct arrival *end)
{
	int failed = 0;
	int64_t bytes = 0;
	struct err e, why = { 0 };

	for (struct arrival *a = in->waiting.first; a != end && failed < TRIES_MAX; a = a->next) {
		if (keep_range(in, a, a->next, &e) == 0)
			continue;
		if (e.class == ERR_PERM) {
			arrival_refuse(a, &e);
			continue;
		}
		failed++;
		why = e;
		bytes = a->mail.kept > bytes ? a->mail.kept : bytes;
	}
	if (failed)
		trouble(in, &why, bytes);
	else
		went_well(in, end);
	return !failed;
}

/* false: the store could not keep one. */
static bool keep_group(struct intake *in, const struct arrival *end)
{
	struct err e = { 0 };

	if (keep_range(in, in->waiting.first, end, &e) == 0) {
		went_well(in, end);
		return true;
	}
	if (in->waiting.first->next != end || e.class == ERR_PERM)
		return keep_each(in, end);
	trouble(in, &e, in->waiting.first->mail.kept);
	return false;
}

/* What is read next is read from the memory that it came in. */
static void hand_over(struct intake *in, struct arrival *a)
{
	if (!a->kept || !a->is_new)
		return;
	parse_pool_fresh(in->pool, a->id, &a->raw);
	a->raw = (struct memory){ 0 };
}

/* What was not kept stays on the server, and is fetched again in a later cycle of its poller. */
static void answer_group(struct intake *in, const struct arrival *end)
{
	while (in->waiting.first != end) {
		struct arrival *a = arrivals_take(&in->waiting);

		if (a->kept && a->instead_of)
			arrival_warn(a);
		arrival_tell(a);
		hand_over(in, a);
		arrival_free(a);
	}
}

static size_t group_max(const struct intake *in)
{
	return (size_t)in->bench->conf->limits.commit_group;
}

/* While it waits, so does its poller, when its window is full (poll_window.h). */
static bool is_early(const struct intake *in)
{
	return in->waiting.bytes < GROUP_BYTES && parse_pool_full(in->pool);
}

/* Behind one that the store could not keep no more are tried.  The pool looks in any case: a commit
 * that failed may have happened. */
static void keep_waiting(struct intake *in)
{
	bool well = true;

	if (!in->waiting.first || is_early(in))
		return;
	while (in->waiting.first && !(well && is_early(in))) {
		const struct arrival *end =
		    arrivals_behind(&in->waiting, group_max(in), GROUP_BYTES);

		well = well && keep_group(in, end);
		answer_group(in, end);
	}
	peers_flush(in->bench);
	parse_pool_wake(in->pool);
}

int intake_mail(struct intake *in, struct peer *from, const struct talk_mail *mail, struct err *e)
{
	const struct talk_at *at = &mail->at;
	const struct mailbox *inbox;
	struct arrival *a;

	if (is_elsewhere(in, at->session.mailbox)) {
		elsewhere_mail(&in->mailboxes, from, mail);
		return 0;
	}
	a = arrival_new(from, mail, &in->bench->conf->limits, e);
	if (!a)
		return -1;
	inbox = inbox_of(in, &at->session);
	a->moved = inbox && mail_tally_is_moved(&inbox->tally, at->session.uidvalidity, at->uid);
	arrivals_add(&in->waiting, a);
	if (in->waiting.n >= group_max(in) || in->waiting.bytes >= GROUP_BYTES)
		keep_waiting(in); /* before the turn that is to come */
	bench_later(in->bench);
	return 0;
}

void intake_turn(struct intake *in)
{
	moved_turn(&in->moved);
	keep_waiting(in);
}
