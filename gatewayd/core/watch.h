/*
 * Tells operators by mail of each trouble (trouble.h) once as it begins and once as it ends,
 * whatever restarts between: the store keeps what they were told.
 */
#ifndef GATEWAYD_CORE_WATCH_H
#define GATEWAYD_CORE_WATCH_H

#include "gatewayd/core/delivery.h"
#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/intake.h"

enum {
	WATCH_EVERY_MS = 60000,
	WATCH_OVER_S = 120, /* that it must be away to be over */
};

struct watch;

struct watch *watch_new(struct bench *b, const struct intake *intake,
			const struct grant_list *grants, struct delivery *delivery);
void watch_free(struct watch **w);
/* A process ended, and not by an order. */
void watch_ended(struct watch *w, const struct parent_talk_ended *ended);
void watch_turn(struct watch *w);

#endif
