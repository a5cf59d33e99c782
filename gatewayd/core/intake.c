#include "gatewayd/core/intake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/core/moved.h"
#include "gatewayd/mail/mail_keep.h"

enum { GROUP_BYTES = 8 * MIB }; /* committed together */

struct arrival {
	struct peer *from; /* NULL: gone */
	char *mailbox;
	struct talk_mail mail; /* fd owned; at.session.mailbox is `mailbox` */
	int64_t instead_of;    /* the mail that had this UID before; 0: none */
	bool kept;
	struct arrival *next;
};

struct intake {
	struct bench *bench;
	struct parse_pool *pool;
	struct arrival *first, **last;
	size_t waiting;
	int64_t waiting_bytes;
	struct intake_mailbox *mailboxes;
	size_t mailbox_count;
	struct moved moved;
};

struct intake *intake_new(struct bench *b, struct parse_pool *pool)
{
	struct intake *in = mem_alloc(sizeof(*in));

	in->bench = b;
	in->pool = pool;
	in->last = &in->first;
	moved_init(&in->moved, b);
	return in;
}

static void arrival_free(struct arrival *a)
{
	close(a->mail.fd);
	free(a->mailbox);
	free(a);
}

void intake_free(struct intake **in)
{
	if (!*in)
		return;
	while ((*in)->first) {
		struct arrival *a = (*in)->first;

		(*in)->first = a->next;
		arrival_free(a);
	}
	for (size_t i = 0; i < (*in)->mailbox_count; i++) {
		free((*in)->mailboxes[i].name);
		free((*in)->mailboxes[i].text);
		free((*in)->mailboxes[i].aside_text);
	}
	free((*in)->mailboxes);
	free(*in);
	*in = NULL;
}

static bool is_waiting(const struct intake *in, const struct talk_session *s, uint32_t uid)
{
	for (const struct arrival *a = in->first; a; a = a->next) {
		const struct talk_session *t = &a->mail.at.session;

		if (a->mail.at.uid == uid && t->uidvalidity == s->uidvalidity &&
		    t->place == s->place && span_eq(t->mailbox, s->mailbox))
			return true;
	}
	return false;
}

/* A UID alone never says that a mail is known (I2). */
static int want_of(struct intake *in, const struct talk_session *session,
		   const struct talk_listed *listed, uint8_t *ret_want, struct err *e)
{
	struct store_mail m = { .location = { session->mailbox, session->uidvalidity, listed->uid },
				.received_at = listed->received_at,
				.size = listed->size };
	struct store_mail_place at;

	*ret_want = TALK_WAIT;
	if (is_waiting(in, session, listed->uid))
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

int intake_compared(struct intake *in, struct peer *from, const struct talk_compared *c,
		    struct err *e)
{
	return moved_compared(&in->moved, from, c, e);
}

/* What the store cannot say now is asked again, in a later cycle of the poller. */
int intake_folder(struct intake *in, struct peer *from, const struct talk_folder *folder,
		  struct err *e)
{
	struct arena *a = &in->bench->arena;
	struct talk_wants wants = { .session = folder->session,
				    .uids = arena_alloc_n(a, folder->n, sizeof(*wants.uids)),
				    .wants = arena_alloc(a, folder->n),
				    .n = folder->n };
	size_t unknown = 0;
	struct err why;

	for (size_t i = 0; i < folder->n; i++) {
		wants.uids[i] = folder->mails[i].uid;
		unknown +=
		    want_of(in, &folder->session, &folder->mails[i], &wants.wants[i], &why) < 0;
	}
	if (unknown)
		log_event(LOG_ERROR, "intake.trouble", log_span("mailbox", folder->session.mailbox),
			  log_uint("mails", unknown), log_reason(&why));
	if (talk_wants_put(&from->wire, &wants, e) < 0)
		return -1;
	peer_update(from);
	return 0;
}

void intake_mail(struct intake *in, struct peer *from, const struct talk_mail *mail)
{
	struct arrival *a = mem_alloc(sizeof(*a));

	a->from = from;
	a->mail = *mail;
	a->mailbox = mem_dup_span(mail->at.session.mailbox);
	a->mail.at.session.mailbox = span_of(a->mailbox);
	*in->last = a;
	in->last = &a->next;
	in->waiting_bytes += mail->kept;
	if (++in->waiting >= (size_t)in->bench->conf->limits.commit_group ||
	    in->waiting_bytes >= GROUP_BYTES)
		intake_turn(in);
	bench_later(in->bench);
}

static struct intake_mailbox *mailbox_slot(struct intake *in, struct span name)
{
	for (size_t i = 0; i < in->mailbox_count; i++)
		if (span_is(name, in->mailboxes[i].name))
			return &in->mailboxes[i];
	in->mailboxes = mem_resize_n(in->mailboxes, in->mailbox_count + 1, sizeof(*in->mailboxes));
	in->mailboxes[in->mailbox_count] = (struct intake_mailbox){ .name = mem_dup_span(name) };
	return &in->mailboxes[in->mailbox_count++];
}

void intake_status(struct intake *in, const struct talk_status *status)
{
	struct intake_mailbox *m = mailbox_slot(in, status->mailbox);

	if (!status->good)
		log_event(LOG_WARNING, "mailbox.trouble", log_text("mailbox", m->name),
			  log_span("reason", status->text));
	else if (!m->good)
		log_event(LOG_NOTICE, "mailbox.good", log_text("mailbox", m->name));
	free(m->text);
	m->text = mem_dup_span(status->text);
	m->good = status->good;
	free(m->aside_text);
	m->aside_text = mem_dup_span(status->aside_text);
	m->aside = status->aside;
	m->at = clock_now(&in->bench->clock);
}

const struct intake_mailbox *intake_mailboxes(const struct intake *in, size_t *ret_n)
{
	*ret_n = in->mailbox_count;
	return in->mailboxes;
}

void intake_peer_gone(struct intake *in, const struct peer *p)
{
	for (struct arrival *a = in->first; a; a = a->next)
		if (a->from == p)
			a->from = NULL;
}

static int keep_one(struct desk *d, struct arrival *a, struct err *e)
{
	const struct talk_mail *t = &a->mail;
	const struct talk_session *session = &t->at.session;
	bool again = session->place != TALK_INBOX; /* its place was another one */
	struct store_mail m = {
		.location = { session->mailbox, again ? 0 : session->uidvalidity,
			      again ? 0 : t->at.uid },
		.again = again ? AGAIN_HOLD : AGAIN_NO,
		.received_at = t->received_at,
		.size = t->size,
		.truncated = t->kept < t->size,
		.moved = t->moved,
	};
	struct store_mail_place before;
	struct span raw;
	int64_t id;
	bool is_new;
	int result;

	if (store_mail_at(d->store, &m, &before, e) < 0 || memfd_map(t->fd, SIZE_MAX, &raw, e) < 0)
		return -1;
	a->instead_of = before.is_same ? 0 : before.id;
	if (raw.n == (uint64_t)t->kept)
		result = mail_keep(d, &m, raw, &id, &is_new, e);
	else
		result = err_set(e, ERR_PERM, "%zu bytes came instead of %" PRIi64, raw.n, t->kept);
	memfd_unmap(raw);
	if (result == 0)
		log_event(LOG_INFO, is_new ? "mail.kept" : "mail.known", log_int("mail", id),
			  log_text("mailbox", a->mailbox), log_uint("uid", t->at.uid),
			  log_int("bytes", t->size));
	return result;
}

static int keep_range(struct intake *in, struct arrival *from, const struct arrival *end,
		      struct err *e)
{
	struct desk d = bench_desk(in->bench);
	struct store *txn STORE_TXN = d.store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (struct arrival *a = from; a != end; a = a->next)
		if (keep_one(&d, a, e) < 0)
			return -1;
	if (store_commit(txn, e) < 0)
		return -1;
	for (struct arrival *a = from; a != end; a = a->next)
		a->kept = true;
	return 0;
}

/* Together; when that fails each by itself, so that one mail cannot keep the others out (I4). */
static void keep_all(struct intake *in)
{
	struct err e = { 0 };

	if (keep_range(in, in->first, NULL, &e) == 0)
		return;
	for (struct arrival *a = in->first; a; a = a->next)
		if (keep_range(in, a, a->next, &e) < 0)
			log_event(LOG_ERROR, "mail.not-kept", log_text("mailbox", a->mailbox),
				  log_uint("uid", a->mail.at.uid), log_reason(&e));
}

static void tell(struct arrival *a)
{
	bool cut = a->mail.kept < a->mail.size;
	struct talk_kept kept = { a->mail.at, TALK_WAIT };
	struct err e;

	if (!a->from)
		return;
	if (a->kept) /* what was cut will be quarantined */
		kept.want = cut ? TALK_MOVE_ASIDE : TALK_MOVE;
	if (talk_kept_put(&a->from->wire, &kept, &e) == 0)
		peer_update(a->from);
}

/* The server was restored, or the mailbox moved to another one: people should know. */
static void warn_of_uid(const struct arrival *a)
{
	log_event(LOG_WARNING, "mail.uid-again", log_text("mailbox", a->mailbox),
		  log_uint("uid", a->mail.at.uid),
		  log_uint("uidvalidity", a->mail.at.session.uidvalidity),
		  log_int("known", a->instead_of));
}

/*
 * What was not kept stays on the server, and is fetched again in a later cycle of its poller.  The
 * pool looks in any case: a commit that failed may have happened.
 */
void intake_turn(struct intake *in)
{
	if (!in->first)
		return;
	keep_all(in);
	while (in->first) {
		struct arrival *a = in->first;

		in->first = a->next;
		if (a->kept && a->instead_of)
			warn_of_uid(a);
		tell(a);
		arrival_free(a);
	}
	in->last = &in->first;
	in->waiting = 0;
	in->waiting_bytes = 0;
	parse_pool_wake(in->pool);
}
