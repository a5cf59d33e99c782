#include "gatewayd/core/arrival.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"

static int take_memory(struct arrival *a, struct err *e)
{
	if (a->mail.fd >= 0) {
		if (memory_take(&a->raw, a->mail.fd, (size_t)a->mail.kept, e) < 0)
			return -1;
		a->mail.fd = -1;
	}
	if (a->raw.bytes.n == (uint64_t)a->mail.kept)
		return 0;
	return err_set(e, ERR_PERM, "%zu bytes came instead of %" PRIi64, a->raw.bytes.n,
		       a->mail.kept);
}

/* What the machine has no room for now is tried again. */
static int check(struct arrival *a, const struct conf_limits *limits, struct err *e)
{
	int64_t most = limits->mail_bytes;

	if (most < TALK_CUT_MAX)
		most = TALK_CUT_MAX;
	if (a->mail.kept > most)
		return err_set(e, ERR_PERM, "a mail of %" PRIi64 " bytes, over %" PRIi64,
			       a->mail.kept, most);
	return take_memory(a, e) == 0 || e->class == ERR_TEMP ? 0 : -1;
}

struct arrival *arrival_new(struct peer *from, const struct talk_mail *mail,
			    const struct conf_limits *limits, struct err *e)
{
	struct arrival *a = mem_alloc(sizeof(*a));

	a->from = from;
	a->mail = *mail;
	if (mail->fd < 0)
		memory_copy(&a->raw, mail->here);
	a->mailbox = mem_dup_span(mail->at.session.mailbox);
	a->mail.at.session.mailbox = span_of(a->mailbox);
	if (check(a, limits, e) == 0)
		return a;
	arrival_free(a);
	return NULL;
}

void arrival_free(struct arrival *a)
{
	if (a->mail.fd >= 0)
		close(a->mail.fd);
	memory_release(&a->raw);
	free(a->mailbox);
	free(a);
}

int arrival_open(struct arrival *a, struct buf *room, struct span *ret_raw, struct err *e)
{
	return take_memory(a, e) < 0 ? -1 : memory_open(&a->raw, room, ret_raw, e);
}

struct store_mail arrival_mail(const struct arrival *a)
{
	const struct talk_mail *t = &a->mail;
	const struct talk_session *session = &t->at.session;
	bool again = session->place != TALK_INBOX; /* its place was another one */

	return (struct store_mail){
		.location = { session->mailbox, again ? 0 : session->uidvalidity,
			      again ? 0 : t->at.uid },
		.again = again ? AGAIN_HOLD : AGAIN_NO,
		.received_at = t->received_at,
		.size = t->size,
		.truncated = t->kept < t->size,
		.moved = a->moved,
	};
}

void arrivals_init(struct arrivals *v)
{
	*v = (struct arrivals){ .last = &v->first };
}

void arrivals_release(struct arrivals *v)
{
	while (v->first)
		arrival_free(arrivals_take(v));
}

void arrivals_add(struct arrivals *v, struct arrival *a)
{
	*v->last = a;
	v->last = &a->next;
	v->n++;
	v->bytes += a->mail.kept;
}

struct arrival *arrivals_take(struct arrivals *v)
{
	struct arrival *a = v->first;

	v->first = a->next;
	if (!v->first)
		v->last = &v->first;
	v->n--;
	v->bytes -= a->mail.kept;
	return a;
}

bool arrivals_has(const struct arrivals *v, const struct talk_session *s, uint32_t uid)
{
	for (const struct arrival *a = v->first; a; a = a->next) {
		const struct talk_session *t = &a->mail.at.session;

		if (a->mail.at.uid == uid && t->uidvalidity == s->uidvalidity &&
		    t->place == s->place && span_eq(t->mailbox, s->mailbox))
			return true;
	}
	return false;
}

const struct arrival *arrivals_behind(const struct arrivals *v, size_t most, int64_t most_bytes)
{
	const struct arrival *a = v->first;
	int64_t bytes = 0;

	for (size_t n = 0; a && n < most && bytes < most_bytes; n++) {
		bytes += a->mail.kept;
		a = a->next;
	}
	return a;
}

void arrivals_forget(struct arrivals *v, const struct peer *p)
{
	for (struct arrival *a = v->first; a; a = a->next)
		if (a->from == p)
			a->from = NULL;
}

void arrivals_say(struct store *s, const struct arrival *from, const struct arrival *end)
{
	if (!store_ahead_begin(s))
		return;
	for (const struct arrival *a = from; a != end; a = a->next) {
		struct store_mail m = arrival_mail(a);
		struct store_mail_place at;
		struct err ignored;

		(void)store_mail_at(s, &m, &at, &ignored);
	}
	store_ahead_said(s);
}

int arrivals_count(struct store *s, const struct arrival *from, const struct arrival *end,
		   struct err *e)
{
	for (const struct arrival *a = from, *next; a != end; a = next) {
		struct store_seen more = { 0 };

		for (next = a; next != end && strcmp(next->mailbox, a->mailbox) == 0;
		     next = next->next)
			more.seen += next->is_new;
		if (more.seen && store_seen_add(s, span_of(a->mailbox), &more, e) < 0)
			return -1;
	}
	return 0;
}

int64_t arrivals_longest(const struct arrival *from, const struct arrival *end)
{
	int64_t bytes = 0;

	for (const struct arrival *a = from; a != end; a = a->next)
		bytes = a->mail.kept > bytes ? a->mail.kept : bytes;
	return bytes;
}

void arrival_refuse(struct arrival *a, const struct err *e)
{
	a->is_refused = true;
	log_event(LOG_ERROR, "mail.not-kept", log_text("mailbox", a->mailbox),
		  log_uint("uid", a->mail.at.uid), log_reason(e));
}

void arrival_warn(const struct arrival *a)
{
	log_event(LOG_WARNING, "mail.uid-again", log_text("mailbox", a->mailbox),
		  log_uint("uid", a->mail.at.uid),
		  log_uint("uidvalidity", a->mail.at.session.uidvalidity),
		  log_int("known", a->instead_of));
}

void arrival_tell(struct arrival *a)
{
	bool cut = a->mail.kept < a->mail.size;
	struct talk_kept kept = { a->mail.at, a->is_refused ? TALK_REFUSED : TALK_WAIT };
	struct err e;

	if (!a->from)
		return;
	if (a->kept) /* what was cut will be quarantined */
		kept.want = cut ? TALK_MOVE_ASIDE : TALK_MOVE;
	if (talk_kept_put(&a->from->wire, &kept, &e) == 0)
		peer_update(a->from);
}
