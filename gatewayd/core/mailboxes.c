#include "gatewayd/core/mailboxes.h"

#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"

void mailboxes_release(struct mailboxes *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].name);
		free(m->v[i].text);
		free(m->v[i].aside_text);
		mail_tally_release(&m->v[i].tally);
	}
	mem_free(&m->v);
	m->n = 0;
}

const struct mailbox *mailboxes_find(const struct mailboxes *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].name, name) == 0)
			return &m->v[i];
	return NULL;
}

struct mailbox *mailboxes_of(struct mailboxes *m, struct span name)
{
	for (size_t i = 0; i < m->n; i++)
		if (span_is(name, m->v[i].name))
			return &m->v[i];
	m->v = mem_resize_n(m->v, m->n + 1, sizeof(*m->v));
	m->v[m->n] = (struct mailbox){ .name = mem_dup_span(name),
				       .text = mem_strdup("not heard of yet"),
				       .aside_text = mem_strdup(""),
				       .at = INSTANT_NONE,
				       .looked_at = INSTANT_NONE };
	return &m->v[m->n++];
}

static void set_text(char **text, struct span to)
{
	free(*text);
	*text = mem_dup_span(to);
}

/* Once per change: what is wrong again in the same words was said. */
static void say(struct mailbox *m, const struct talk_status *s)
{
	if (m->said && m->said_good == s->good && (s->good || span_is(s->text, m->text)))
		return;
	if (s->good)
		log_event(LOG_NOTICE, "mailbox.good", log_text("mailbox", m->name));
	else
		log_event(LOG_WARNING, "mailbox.trouble", log_text("mailbox", m->name),
			  log_span("reason", s->text));
	m->said = true;
	m->said_good = s->good;
}

void mailboxes_status(struct mailboxes *m, struct peer *from, const struct talk_status *s,
		      int64_t now)
{
	struct mailbox *box = mailboxes_of(m, s->mailbox);

	say(box, s);
	box->bad_at = s->good ? 0 : box->bad_at ? box->bad_at : now;
	box->from = from;
	box->renewed_at = 0;
	box->good = s->good;
	box->unread = box->unread || !s->good;
	box->at = now;
	set_text(&box->text, s->text);
	box->aside = s->aside;
	set_text(&box->aside_text, s->aside_text);
}

void mailbox_looked(struct mailbox *m, int64_t now)
{
	m->looked_at = now;
	m->unread = false;
}

bool mailbox_is_good(const struct mailbox *m, const struct bench *b)
{
	return m->good || (m->renewed_at && bench_waits_s(b, m->renewed_at) < BENCH_RELOAD_GRACE_S);
}

void mailboxes_gone(struct mailboxes *m, const struct peer *from, int64_t now)
{
	for (size_t i = 0; i < m->n; i++) {
		struct mailbox *box = &m->v[i];

		if (box->put_off == from)
			box->put_off = NULL;
		if (box->from != from)
			continue;
		box->from = NULL;
		box->renewed_at = box->good && from->renewed ? now : 0;
		box->good = false;
		box->unread = true;
		box->bad_at = box->bad_at ? box->bad_at : now;
		box->at = now;
		set_text(&box->text, box->renewed_at ? SPAN("its poller ended with a reload, and "
							    "the next has not reported yet")
						     : SPAN("its poller ended, and no other has "
							    "reported yet"));
	}
}

bool mailboxes_wait(const struct mailboxes *m, const struct holding *ours)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct mailbox *box = &m->v[i];

		if (box->tally.waiting && !box->bad_at && holding_has(ours, span_of(box->name)))
			return true;
	}
	return false;
}

static bool is_unread(const struct mailboxes *m, const struct bench *b,
		      const struct conf_mailbox *conf)
{
	const struct mailbox *box = mailboxes_find(m, conf->name);

	return box && box->unread && holding_has(&b->holding, span_of(box->name));
}

/* One without a mailbox of its own has its mail by another's. */
static bool has_unread(const struct mailboxes *m, const struct bench *b,
		       const struct conf_queue *queue)
{
	bool own = false, any = false;

	for (size_t i = 0; i < b->conf->mailbox_count; i++) {
		const struct conf_mailbox *box = &b->conf->mailboxes[i];
		bool is_own = span_is(span_of(box->queue), queue->name);
		bool unread = is_unread(m, b, box);

		if (is_own && unread)
			return true;
		own = own || is_own;
		any = any || unread;
	}
	return any && !own;
}

void mailboxes_unread(const struct mailboxes *m, struct bench *b, struct desk_unread *ret_unread)
{
	*ret_unread = (struct desk_unread){ .n = 0 };
	for (size_t i = 0; i < b->conf->queue_count; i++) {
		const struct conf_queue *queue = &b->conf->queues[i];

		if (!has_unread(m, b, queue))
			continue;
		ARENA_GROW(&b->arena, ret_unread->v, ret_unread->n);
		ret_unread->v[ret_unread->n++] = span_of(queue->name);
	}
}

bool mailboxes_can_look(const struct mailboxes *m, struct bench *b)
{
	struct looks unused; /* one may be under way */
	struct err ignored;

	for (size_t i = 0; i < m->n; i++)
		if (!m->v[i].looks_read &&
		    looks_read(&unused, b->store, span_of(m->v[i].name), &b->arena, &ignored) < 0)
			return false;
	return true;
}
