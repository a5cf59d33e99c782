/*
 * The rooms of core, from a mail that comes to one that goes.
 *
 * All work is done in a turn, after the messages that are there were read: keep what came in
 * (intake.h), decide what was parsed (parse_pool.h), do what is due (timer.h), hand out what is to
 * be sent (delivery.h).  Each room wakes only the next one on that way; control.h stands at the
 * side and wakes any.
 */
#ifndef GATEWAYD_CORE_ROOMS_H
#define GATEWAYD_CORE_ROOMS_H

#include "gatewayd/core/bench.h"
#include "gatewayd/core/control.h"

struct rooms;

/* The bench as bench.h asks for it; it is initialised here and released by rooms_free(). */
struct rooms *rooms_new(struct bench *b);
void rooms_free(struct rooms **r);

/* As one of the nodes of a store that is shared; nodes.h. */
int rooms_join(struct rooms *r, struct err *e);
void rooms_leave(struct rooms *r);

/* Where clients are let in. */
struct control *rooms_control(struct rooms *r);
/* Takes the configuration, for all that follows. */
void rooms_reload(struct rooms *r, struct conf *conf);
/* The parent reaped a process. */
void rooms_ended(struct rooms *r, const struct parent_talk_ended *ended);
/* The sender has rows whose results are to come. */
bool rooms_sending(const struct rooms *r);

#endif
