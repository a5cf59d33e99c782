/*
 * Lists of UIDs, in place: zeroed is empty, free `p` with mem_free().
 */
#ifndef GATEWAYD_POLLER_UIDS_H
#define GATEWAYD_POLLER_UIDS_H

#include <stddef.h>
#include <stdint.h>

struct uids {
	uint32_t *p;
	size_t n, cap;
};

void uids_add(struct uids *u, uint32_t uid);
void uids_drop_front(struct uids *u, size_t n);
/* Rising, each once: what the IMAP layer wants. */
void uids_tidy(struct uids *u);

#endif
