/*
 * What a customer asks by mail (conf/policy/README.md section 5), once it is known that they may.
 */
#ifndef GATEWAYD_MAIL_CUSTOMER_COMMAND_H
#define GATEWAYD_MAIL_CUSTOMER_COMMAND_H

#include "gatewayd/mail/customer_read.h"
#include "gatewayd/post/post.h"

enum { CUSTOMER_LIST_MAX = 50 }; /* cases in one answer */

struct customer_request {
	const struct customer_command *command;
	int64_t number; /* each of the command's in its turn; 0: it has none */
	const struct conf_queue *queue;
	struct post_person from;	     /* authenticated */
	const struct author *author;	     /* the same, as staff are told */
	bool answered;			     /* a mail to them is allowed */
	const struct store_account *account; /* id.p == NULL: unknown */
	bool contact;			     /* of the account by address, not by domain only */
	bool company;			     /* may see the account's cases, not only their own */
	struct mime_thread thread;
};

int customer_command_run(struct desk *d, const struct customer_request *r, struct err *e);

#endif
