#include "gatewayd/mail/our_queue.h"

#include "gatewayd/identity/token.h"

static bool is_at(struct span to, const char *address)
{
	return address && (addrspec_eq(to, span_of(address)) ||
			   token_in_address(to, span_of(address)).p != NULL);
}

static bool is_alias(struct span to, const struct conf_mailbox *m)
{
	for (size_t i = 0; i < m->aliases.n; i++)
		if (is_at(to, m->aliases.v[i]))
			return true;
	return false;
}

/* NULL: no address of ours. */
static const struct conf_queue *queue_at(const struct conf *conf, struct span to)
{
	for (size_t i = 0; i < conf->mailbox_count; i++)
		if (is_at(to, conf->mailboxes[i].address))
			return conf_queue_find(conf, conf->mailboxes[i].queue);
	for (size_t i = 0; i < conf->queue_count; i++)
		if (is_at(to, conf->queues[i].address))
			return &conf->queues[i];
	for (size_t i = 0; i < conf->mailbox_count; i++)
		if (is_alias(to, &conf->mailboxes[i]))
			return conf_queue_find(conf, conf->mailboxes[i].queue);
	return NULL;
}

static void add(struct our_queues *q, const struct conf_queue *queue)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->v[i] == queue)
			return;
	if (queue && q->n < OUR_QUEUES_MAX)
		q->v[q->n++] = queue;
}

static void add_written(const struct conf *conf, const struct facts_addresses *list,
			struct our_queues *q)
{
	for (size_t i = 0; i < list->n; i++)
		add(q, queue_at(conf, list->v[i].address));
}

void our_queues_find(const struct desk *d, const struct conf_mailbox *mailbox,
		     const struct facts *facts, const struct header_scan *scan,
		     struct our_queues *ret_queues)
{
	struct our_queues *q = ret_queues;

	q->n = 0;
	add_written(d->conf, &facts->to, q);
	add_written(d->conf, &facts->cc, q);
	/* Behind a group or as a blind copy; each mailbox on the way would tell another queue. */
	for (size_t i = 0; q->n == 0 && !mailbox && i < scan->recipient_count; i++)
		add(q, queue_at(d->conf, scan->recipients[i]));
	if (q->n == 0)
		add(q, mailbox ? desk_queue(d, span_of(mailbox->queue)) : &d->conf->queues[0]);
}
