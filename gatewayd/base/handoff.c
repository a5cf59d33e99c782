#include "gatewayd/base/handoff.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int handoff_init(struct handoff *h, struct err *e)
{
	*h = (struct handoff){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	if (h->fd < 0)
		return err_set(e, ERR_TEMP, "eventfd: %s", strerror(errno));
	if (pthread_mutex_init(&h->lock, NULL) != 0)
		abort();
	return 0;
}

void handoff_release(struct handoff *h)
{
	close(h->fd);
	pthread_mutex_destroy(&h->lock);
}

void handoff_give_all(struct handoff *h, struct handoff_item *first, struct handoff_item *last)
{
	const uint64_t one = 1;

	last->next = NULL;
	pthread_mutex_lock(&h->lock);
	if (h->tail)
		h->tail->next = first;
	else
		h->head = first;
	if (!h->tail && write(h->fd, &one, sizeof(one)) != sizeof(one))
		abort();
	h->tail = last;
	pthread_mutex_unlock(&h->lock);
}

void handoff_give(struct handoff *h, struct handoff_item *item)
{
	handoff_give_all(h, item, item);
}

struct handoff_item *handoff_take(struct handoff *h)
{
	struct handoff_item *item;
	uint64_t one;

	pthread_mutex_lock(&h->lock);
	item = h->head;
	if (item) {
		h->head = item->next;
		if (!h->head)
			h->tail = NULL;
		if (!h->head && read(h->fd, &one, sizeof(one)) != sizeof(one))
			abort();
	}
	pthread_mutex_unlock(&h->lock);
	return item;
}

void handoff_wait(struct handoff *h, int timeout_ms)
{
	struct pollfd fd = { .fd = h->fd, .events = POLLIN };

	(void)poll(&fd, 1, timeout_ms); /* EINTR is as good as a wake-up */
}
