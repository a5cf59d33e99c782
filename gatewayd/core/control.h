/*
 * The control socket: requests of gatewayctl, answered by the verbs of ctl.h inside core.
 *
 * Who may open the socket's file may do everything; its mode is 0600 (or 0660 of the daemon's
 * group). MSG_REQUEST {columns, zone, words...} with a memfd of standard input; MSG_ANSWER {exit
 * status} with a memfd that holds what goes to standard output, then what goes to standard error
 * {bytes of each}.
 */
#ifndef GATEWAYD_CORE_CONTROL_H
#define GATEWAYD_CORE_CONTROL_H

#include "gatewayd/core/core.h"

struct control;

struct control *control_new(struct core *c, struct err *e);
void control_free(struct control **control);

#endif
