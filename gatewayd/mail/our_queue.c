#include "gatewayd/mail/our_queue.h"

#include "gatewayd/identity/our_address.h"

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
		add(q, our_address_find(conf, list->v[i].address).queue);
}

/* Behind a group or as a blind copy: of which queue the address is that it was delivered to.  With
 * a mailbox only its own aliases tell, as each mailbox on the way would tell another queue. */
static const struct conf_queue *delivered_to(const struct conf *conf,
					     const struct conf_mailbox *mailbox, struct span to)
{
	struct our_address at = our_address_find(conf, to);

	if (!mailbox || !at.queue || strcmp(at.queue->name, mailbox->queue) == 0)
		return mailbox ? NULL : at.queue;
	for (size_t i = 0; i < mailbox->aliases.n; i++)
		if (addrspec_eq(at.address, span_of(mailbox->aliases.v[i])))
			return at.queue;
	return NULL;
}

void our_queues_find(const struct desk *d, const struct conf_mailbox *mailbox,
		     const struct facts *facts, const struct header_scan *scan,
		     struct our_queues *ret_queues)
{
	struct our_queues *q = ret_queues;

	q->n = 0;
	add_written(d->conf, &facts->to, q);
	add_written(d->conf, &facts->cc, q);
	for (size_t i = 0; q->n == 0 && i < scan->recipient_count; i++)
		add(q, delivered_to(d->conf, mailbox, scan->recipients[i]));
	if (q->n == 0)
		add(q, mailbox ? desk_queue(d, span_of(mailbox->queue)) : &d->conf->queues[0]);
}

struct span our_address_written(const struct conf *conf, const struct facts *facts,
				const struct conf_queue *queue)
{
	const struct facts_addresses *lists[] = { &facts->to, &facts->cc };

	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++) {
		for (size_t i = 0; i < lists[k]->n; i++) {
			struct our_address at = our_address_find(conf, lists[k]->v[i].address);

			if (at.queue == queue)
				return at.address;
		}
	}
	return SPAN("");
}
