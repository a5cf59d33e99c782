/*
 * The deadlines of a case in the store: a cache of what sla_compute() says of its events.
 *
 * Every change of a case ends with case_clock_update(), which recomputes all clocks and writes
 * the rows; `gatewayctl check` computes again and compares.
 */
#ifndef GATEWAYD_CASE_CASE_CLOCK_H
#define GATEWAYD_CASE_CASE_CLOCK_H

#include "gatewayd/case/case_log.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/case/sla.h"

/* A case's events and places as sla_compute() wants them; in the arena of the desk. */
int case_clock_input(struct desk *d, int64_t number, struct sla_input *ret_input, struct err *e);
int case_clock_compute(struct desk *d, int64_t number, struct sla_input *ret_input,
		       struct sla *ret_sla, struct err *e);

/* Writes the deadlines; alarms that are done already stay done. */
int case_clock_update(struct desk *d, int64_t number, struct err *e);
/* The same for a case that was opened just now: of its log only that counts for the clocks. */
int case_clock_begin(struct desk *d, int64_t number, const struct case_event *opened,
		     struct err *e);
/* *ret_same is false when the store has something else than the events say. */
int case_clock_check(struct desk *d, int64_t number, bool *ret_same, struct err *e);

/* Where account and queue put a case: package and contracts from the store, in the arena. */
int case_clock_place(struct desk *d, struct span queue, struct span account,
		     struct sla_place *ret_place, struct err *e);

/* "initial", "next", "resolution": the name of a clock in the store. */
const char *case_clock_name(enum sla_kind kind);

#endif
