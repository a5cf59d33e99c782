/*
 * Mails that came from a poller and are not kept yet.
 */
#ifndef GATEWAYD_CORE_ARRIVAL_H
#define GATEWAYD_CORE_ARRIVAL_H

#include "gatewayd/base/memory.h"
#include "gatewayd/core/bench.h"

struct arrival {
	struct peer *from; /* NULL: gone */
	char *mailbox;
	struct talk_mail mail; /* fd owned until it is mapped; at.session.mailbox is `mailbox` */
	struct memory raw;
	uint8_t raw_sha256[SHA256_SIZE];
	bool is_said;	    /* its bytes, which are these */
	int64_t instead_of; /* the mail that had this UID before; 0: none */
	int64_t id;	    /* in the store */
	bool moved;	    /* by a person, into the folder */
	bool kept, is_new;
	struct arrival *next;
};

/* A memfd can have any size, without a byte of memory, until it is read.  ERR_PERM: a poller gives
 * no mail as large as that. */
int arrival_check(const struct talk_mail *mail, const struct conf_limits *limits, struct err *e);
/* Copies what is in the message, and takes the descriptor. */
struct arrival *arrival_new(struct peer *from, const struct talk_mail *mail);
void arrival_free(struct arrival *a);
/* What is known of it before its bytes are read. */
struct store_mail arrival_mail(const struct arrival *a);
/* raw has its bytes then; ERR_PERM: they are others than said. */
int arrival_map(struct arrival *a, struct err *e);
/* The next two: from `from` up to `end`, which is not among them; NULL: all. */
/* That their places and bytes are to be asked about (store_ahead.h). */
void arrivals_say(struct store *s, struct arrival *from, const struct arrival *end);
/* What pollers will hear of as kept; those of one mailbox stand together. */
int arrivals_count(struct store *s, const struct arrival *from, const struct arrival *end,
		   struct err *e);

#endif
