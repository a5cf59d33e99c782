/*
 * All of core for one input: its rooms on a fake clock, a store in memory that has a case, mails
 * and rows in it, and at the other end of a real wire a peer that says what the input wants.
 *
 * An input is a script of moves, each {u8 move, u16 n, n bytes}, low byte first:
 *
 *	0..127   a frame: of the messages that this role may send to core, the move'th (modulo
 *	         their number); the bytes are its payload.  With a descriptor in its rule the first
 *	         two of them say how many of the others are what stands in it
 *	128      the bytes as they are, with no frame around them
 *	129      as much time passes as the first two bytes say, in seconds
 *	130      the peer ends, and a fresh one comes
 *	131      (parse) the bytes are written to the oldest order that waits, from its start
 *
 * What other roles would do is done honestly: the poller's mails are parsed.  At the end all that
 * core has is given back, no descriptor is left open, and `gatewayctl check` finds nothing.
 */
#ifndef TESTS_FUZZ_CORE_LAB_H
#define TESTS_FUZZ_CORE_LAB_H

#include "gatewayd/wire/messages.h"
#include "tests/fuzz/lab.h"

/* The lowest descriptor that is free: the same before and after, nothing was left open. */
int core_lab_free_fd(void);

void core_lab_play(enum role_id role, struct span script);

#endif
