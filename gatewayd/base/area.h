/*
 * Memory that two roles have: one puts mails there, the other reads them where they stand.  A mail
 * goes by the number of its slot, in a message, and not through a socket, which would copy it in
 * and out.
 *
 * The writer takes a slot and gives it back once the reader has said that it is done with what is
 * in it.  The reader cannot write: the memory is sealed against that, and keeps its size.
 */
#ifndef GATEWAYD_BASE_AREA_H
#define GATEWAYD_BASE_AREA_H

#include <stdint.h>

#include "gatewayd/base/err.h"
#include "gatewayd/base/str.h"
#include "gatewayd/base/units.h"

enum {
	AREA_SLOTS = 192,
	AREA_SLOT_BYTES = 16 * KIB,
};

/* In place; zeroed: there is none, and no slot is free. */
struct area {
	char *p;
	bool taken[AREA_SLOTS]; /* the writer's */
};

/* For the writer; *ret_fd is for the reader, and the caller closes it.  ERR_TEMP: no memory, or the
 * kernel cannot seal it (Linux 5.1). */
int area_make(struct area *a, int *ret_fd, struct err *e);
/* For the reader; the descriptor stays the caller's, and need not stay open.  ERR_PERM: it is no
 * such memory. */
int area_map(struct area *a, int fd, struct err *e);
void area_release(struct area *a);

/* Where the bytes are now, 1 to AREA_SLOTS; 0: they are none or too many, or no slot is free. */
uint32_t area_put(struct area *a, struct span bytes);
void area_give_back(struct area *a, uint32_t slot); /* 0: nothing */

/* ERR_PERM: there is no such slot, or none has so many bytes. */
int area_get(const struct area *a, uint32_t slot, size_t n, struct span *ret_bytes, struct err *e);

#endif
