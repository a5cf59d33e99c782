/*
 * What a daemon does before it listens at its control socket, for who asks meanwhile: a line in
 * SOCKET.note, which core writes and drops; what one that died has left is dropped by the next.
 * Who may look into its folder may read it.
 */
#ifndef GATEWAYD_BASE_RUN_NOTE_H
#define GATEWAYD_BASE_RUN_NOTE_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum { RUN_NOTE_MAX = 200 };

/* ERR_PERM: there can be none. */
int run_note_put(const char *socket, struct span line, struct err *e);
void run_note_drop(const char *socket);
/* Appends its first RUN_NOTE_MAX bytes on one line (escape_line()); false: nothing stands there. */
bool run_note_get(const char *socket, struct buf *ret_line);

#endif
