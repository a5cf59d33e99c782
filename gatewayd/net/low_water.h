/*
 * How much must have come before a socket wakes who waits for it.
 *
 * A server sends a mail of 300 KB as some twenty records of TLS; woken for each of them, a reader
 * spends more on waking than on reading.  Where nothing is complete before so many bytes more have
 * come, most of them may gather in the kernel (SO_RCVLOWAT of socket(7)).  An end of the stream
 * wakes at once.
 */
#ifndef GATEWAYD_NET_LOW_WATER_H
#define GATEWAYD_NET_LOW_WATER_H

#include <stdint.h>

struct low_water {
	int bytes; /* what the socket has; 0: any byte wakes */
};

/* So many bytes are still to come, of which TLS may hold a part of one record already. */
void low_water_set(struct low_water *l, int socket, uint64_t to_come);

#endif
