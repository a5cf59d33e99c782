/*
 * Which queue an address of ours belongs to.
 *
 * To the mailbox that has it as its own, else to the queue whose address it is, else to the mailbox
 * that has it as an alias; a plus part and a token in it do not matter.
 */
#ifndef GATEWAYD_IDENTITY_OUR_ADDRESS_H
#define GATEWAYD_IDENTITY_OUR_ADDRESS_H

#include "conf/conf.h"

struct our_address {
	const struct conf_queue *queue; /* NULL: no address of ours */
	struct span address;		/* as it is configured; borrowed */
	bool is_alias; /* of a mailbox: nobody says that a plus part of it arrives */
};

struct our_address our_address_find(const struct conf *conf, struct span to);

#endif
