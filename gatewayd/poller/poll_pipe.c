#include "gatewayd/poller/poll_pipe.h"

#include "gatewayd/base/mem.h"

struct poll_step *poll_step_new(enum poll_step_kind kind, size_t n)
{
	struct poll_step *s = mem_alloc(sizeof(*s));

	s->kind = kind;
	s->n = n;
	if (poll_step_fetches(kind))
		s->mails = mem_alloc_n(n, sizeof(*s->mails));
	else
		s->uids = mem_alloc_n(n, sizeof(*s->uids));
	return s;
}

void poll_step_free(struct poll_step **s)
{
	mem_free(&(*s)->mails);
	mem_free(&(*s)->uids);
	mem_free(s);
}

void poll_pipe_add(struct poll_pipe *p, struct poll_step *s)
{
	if (p->last)
		p->last->next = s;
	else
		p->first = s;
	p->last = s;
	p->n++;
	p->of[s->kind]++;
}

struct poll_step *poll_pipe_take(struct poll_pipe *p)
{
	struct poll_step *s = p->first;

	if (!s)
		return NULL;
	p->first = s->next;
	if (!p->first)
		p->last = NULL;
	p->n--;
	p->of[s->kind]--;
	return s;
}

void poll_pipe_clear(struct poll_pipe *p)
{
	struct poll_step *s;

	while ((s = poll_pipe_take(p)) != NULL)
		poll_step_free(&s);
}

bool poll_pipe_describes(const struct poll_pipe *p, uint32_t uid)
{
	for (const struct poll_step *s = p->first; s; s = s->next)
		for (size_t k = 0; s->kind == POLL_STEP_DESCRIBE && k < s->n; k++)
			if (s->mails[k].uid == uid)
				return true;
	return false;
}

bool poll_pipe_is_shut(const struct poll_pipe *p)
{
	return p->first && p->first->alone;
}
