/*
 * What staff commands in a mail do, and the transcript that answers them.
 */
#ifndef GATEWAYD_MAIL_STAFF_COMMAND_H
#define GATEWAYD_MAIL_STAFF_COMMAND_H

#include "gatewayd/mail/command.h"
#include "gatewayd/post/post.h"

/* A command that has run. */
struct staff_done {
	bool is_done;
	struct post_command row, sent; /* of the transcript; sent: by #send */
	struct mime_attachment file;   /* that was asked for; content.p == NULL: none */
	int64_t about;		       /* the case that the transcript is about; 0: none */
};

struct staff_request {
	int64_t number;			/* 0: the mail is about no case */
	const struct conf_queue *queue; /* of the mailbox, or of the case */
	int64_t mail;			/* 0: none */
	struct span subject;		/* of the mail, where it is about no case and no command */
	const struct conf_staff *staff; /* trusted */
	const struct staff_commands *commands;
	bool answered; /* the mail holds an answer too: the customer needs no mail on the state */
	const struct span *answers; /* Message-IDs that the mail answers, the nearest first */
	size_t answer_count;
	struct mime_thread thread;
	struct staff_done *done;  /* of each command */
	struct post_command sent; /* that, and to whom: an answer; command.n == 0: there is none */
};

/* The command that could not be done, and why; line.n == 0: all were done. */
struct staff_failure {
	struct span line, why;
};

/* Those that say to whom the answer beside them goes: before it is sent.  As below. */
int staff_commands_address(struct desk *d, const struct staff_request *r,
			   struct staff_failure *ret_failure, struct err *e);

/*
 * All commands that have not run, and the transcript.  With *ret_failure nothing is told, and the
 * caller takes back what the commands before it did.
 */
int staff_commands_run(struct desk *d, const struct staff_request *r,
		       struct staff_failure *ret_failure, struct err *e);

/*
 * Of a mail about no case.  Each command is done or refused by itself, and the transcript says
 * which; what needs a case is refused.
 */
int staff_commands_ask(struct desk *d, const struct staff_request *r, struct err *e);

/*
 * "N [phone "caller, time"] reason": the argument of a severity command, for gatewayctl too.
 */
bool staff_severity_read(struct span argument, int *ret_severity, struct span *ret_phone,
			 struct span *ret_reason);

#endif
