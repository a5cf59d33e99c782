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
	struct talk_mail mail; /* fd owned until raw has it; at.session.mailbox is `mailbox` */
	struct memory raw;
	int64_t instead_of; /* the mail that had this UID before; 0: none */
	int64_t id;	    /* in the store */
	bool moved;	    /* by a person, into the folder */
	bool kept, is_new;
	bool is_refused; /* by the store: it is not the store's trouble */
	struct arrival *next;
};

/* Those that wait, in the order in which they came. */
struct arrivals {
	struct arrival *first, **last;
	size_t n;
	int64_t bytes;
};
void arrivals_init(struct arrivals *v);
void arrivals_release(struct arrivals *v);
/* Takes it. */
void arrivals_add(struct arrivals *v, struct arrival *a);
/* The first, which is the caller's then; there is one. */
struct arrival *arrivals_take(struct arrivals *v);
bool arrivals_has(const struct arrivals *v, const struct talk_session *s, uint32_t uid);
/* The first of those behind as many as `most`, or so many that they have `most_bytes`; NULL: none.
 */
const struct arrival *arrivals_behind(const struct arrivals *v, size_t most, int64_t most_bytes);
/* Nobody is told of those that this peer brought. */
void arrivals_forget(struct arrivals *v, const struct peer *p);

/* Copies what is in the message, and takes the descriptor.  NULL, ERR_PERM: no poller gives that:
 * more than a mail has at most (a memfd can have any size, without a byte of memory, until it is
 * read), or other bytes than it says. */
struct arrival *arrival_new(struct peer *from, const struct talk_mail *mail,
			    const struct conf_limits *limits, struct err *e);
void arrival_free(struct arrival *a);
/* What is known of it before its bytes are read. */
struct store_mail arrival_mail(const struct arrival *a);
/* Its bytes, where they are or in `room` (memory_open()); ERR_PERM as in arrival_new(). */
int arrival_open(struct arrival *a, struct buf *room, struct span *ret_raw, struct err *e);
/* It stays where it is; its poller says so for as long, and gives it again now and then. */
void arrival_refuse(struct arrival *a, const struct err *e);
/* The next three: from `from` up to `end`, which is not among them; NULL: all. */
int64_t arrivals_longest(const struct arrival *from, const struct arrival *end); /* its bytes */
/* That their places are to be asked about (store_ahead.h). */
void arrivals_say(struct store *s, const struct arrival *from, const struct arrival *end);
/* What pollers will hear of as kept; those of one mailbox stand together. */
int arrivals_count(struct store *s, const struct arrival *from, const struct arrival *end,
		   struct err *e);
/* Tells its poller what became of it. */
void arrival_tell(struct arrival *a);
/* That its UID was another mail's: the server was restored, or the mailbox moved to another one. */
void arrival_warn(const struct arrival *a);

#endif
