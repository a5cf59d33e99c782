/*
 * What was found due, done in one transaction; nothing due is nothing written.
 */
#ifndef GATEWAYD_TIMER_DUE_H
#define GATEWAYD_TIMER_DUE_H

#include "gatewayd/case/desk.h"

enum { DUE_A_TURN = 100 };

typedef int due_fn(struct desk *d, void *row, struct err *e);
/* For each of the n rows of v, `size` bytes each: all of them, or none. */
int due_each(struct desk *d, void *v, size_t n, size_t size, due_fn *fn, struct err *e);

#endif
