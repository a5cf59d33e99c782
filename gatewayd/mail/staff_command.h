/*
 * What staff commands in a mail do, and the transcript that answers them.
 */
#ifndef GATEWAYD_MAIL_STAFF_COMMAND_H
#define GATEWAYD_MAIL_STAFF_COMMAND_H

#include "gatewayd/mail/command.h"
#include "gatewayd/post/post.h"

struct staff_request {
	int64_t number;
	const struct conf_staff *staff; /* trusted */
	const struct staff_commands *commands;
	bool answered; /* the mail holds an answer too: the customer needs no mail on the state */
	struct mime_thread thread;
};

/* A command that cannot be done is told in the transcript, and the next one is tried. */
int staff_commands_run(struct desk *d, const struct staff_request *r, struct err *e);

/*
 * "N [phone "caller, time"] reason": the argument of a severity command, for gatewayctl too.
 */
bool staff_severity_read(struct span argument, int *ret_severity, struct span *ret_phone,
			 struct span *ret_reason);

#endif
