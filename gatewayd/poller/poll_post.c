#include "gatewayd/poller/poll_post.h"

#include <stdio.h>
#include <string.h>

#include "gatewayd/base/mem.h"

void poll_order_free(struct poll_order **o)
{
	mem_free(&(*o)->uids);
	mem_free(&(*o)->wants);
	mem_free(o);
}

void poll_post_free(struct poll_post **p)
{
	if ((*p)->kind == POLL_MAIL)
		imap_mail_release(&(*p)->mail);
	mem_free(&(*p)->listed);
	mem_free(&(*p)->ids);
	mem_free(p);
}

static struct poll_post *post_new(const struct poll_sender *s, enum poll_kind kind)
{
	struct poll_post *p = mem_alloc(sizeof(*p));

	p->kind = kind;
	p->from = s->from;
	p->uidvalidity = s->uidvalidity;
	p->session = s->session;
	p->place = s->place;
	p->mail.fd = -1;
	return p;
}

void poll_post_status(struct poll_sender *s, bool good, const char *text,
		      const struct troubles *troubles)
{
	const struct trouble *first = NULL;
	size_t aside = troubles_aside(troubles, &first);
	struct poll_post *p;

	if (strcmp(s->status, text) == 0 && s->status_aside == aside)
		return;
	snprintf(s->status, sizeof(s->status), "%s", text);
	s->status_aside = aside;
	s->bad = !good;
	p = post_new(s, POLL_STATUS);
	p->good = good;
	p->n = aside;
	if (first)
		snprintf(p->aside, sizeof(p->aside), "UID %u: %s", first->uid, first->words);
	snprintf(p->text, sizeof(p->text), "%s", text);
	handoff_give(s->posts, &p->link);
}

static struct poll_post *folder_post(const struct poll_sender *s, const struct imap_mail *mails,
				     size_t n, const char *ids, size_t size)
{
	struct poll_post *p = post_new(s, POLL_FOLDER);

	p->listed = mem_alloc_n(n, sizeof(*p->listed));
	p->ids = mem_alloc_n(n + 1, size + 1);
	for (size_t k = 0; k < n; k++) {
		char *id = p->ids + k * size;

		if (!mails[k].present)
			continue;
		memcpy(id, ids + k * size, size);
		p->listed[p->n++] = (struct talk_listed){ mails[k].uid, mails[k].received_at,
							  mails[k].size, span_of(id) };
	}
	return p;
}

void poll_post_moved(const struct poll_sender *s, const struct imap_mail *mails, size_t n,
		     const char *ids, size_t size)
{
	struct poll_post *p = folder_post(s, mails, n, ids, size);

	handoff_give(s->posts, &p->link);
}

void poll_post_folder(const struct poll_sender *s, const struct imap_mail *mails, size_t n,
		      bool first, bool last)
{
	struct poll_post *p = folder_post(s, mails, n, "", 0);

	p->first = first;
	p->last = last;
	handoff_give(s->posts, &p->link);
}

void poll_post_compared(const struct poll_sender *s, const struct talk_compared *c)
{
	struct poll_post *p = post_new(s, POLL_COMPARED);

	p->compared = *c;
	handoff_give(s->posts, &p->link);
}

struct poll_post *poll_post_mail(const struct poll_sender *s, const struct imap_mail *mail)
{
	struct poll_post *p = post_new(s, POLL_MAIL);

	p->mail = *mail;
	return p;
}

void poll_post_aside(const struct poll_sender *s, uint32_t uid, const char *words)
{
	struct poll_post *p = post_new(s, POLL_ASIDE);

	p->mail.uid = uid;
	snprintf(p->text, sizeof(p->text), "%s", words);
	handoff_give(s->posts, &p->link);
}

void poll_post_refused(const struct poll_sender *s, int64_t serial)
{
	struct poll_post *p = post_new(s, POLL_REFUSED);

	p->serial = serial;
	handoff_give(s->posts, &p->link);
}
