/*
 * Part of store.h: whose turn it was last, where a rule of routing gives cases by turns.
 */
#ifndef STORE_STORE_TURN_H
#define STORE_STORE_TURN_H

#include "store/store_open.h"

/* A staff id; "": nobody had one yet. */
int store_turn_get(struct store *s, struct span rule, struct arena *a, struct span *ret_staff,
		   struct err *e);
int store_turn_set(struct store *s, struct span rule, struct span staff, struct err *e);

#endif
