/*
 * Mailboxes that bring their process down: counted in the configuration that holds, by which
 * setup_poller.h gives one that did it twice a process of its own.
 */
#ifndef GATEWAYD_PARENT_DOWNS_H
#define GATEWAYD_PARENT_DOWNS_H

#include "conf/conf.h"

/* The poller of that number ended with that status of waitpid(2), and that note of what crashed;
 * true: its mailboxes are to be given out once more. */
bool downs_note(struct conf *conf, uint32_t instance, int status, int note);
/* What is known of the mailboxes that are in the next configuration, too. */
void downs_keep(const struct conf *conf, struct conf *next);

#endif
