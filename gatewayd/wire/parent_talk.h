/*
 * What the parent and core tell each other, message by message (messages.h); the configuration
 * stands in setup.h.
 *
 * put: fills and sends.  get: reads and checks the whole frame; texts point into it and are valid
 * until the next wire_read().
 */
#ifndef GATEWAYD_WIRE_PARENT_TALK_H
#define GATEWAYD_WIRE_PARENT_TALK_H

#include <sys/types.h>

#include "gatewayd/wire/messages.h"

/* MSG_PEER: a fresh process, and core's end of the channel to it. */
struct parent_talk_peer {
	enum role_id role;
	uint32_t instance;
	pid_t pid;
	int fd;		    /* put: stays the caller's; get: becomes the reader's */
	struct span server; /* of a poller (setup_poller.h), "host:port"; empty: of any */
};
int parent_talk_peer_put(struct wire *w, const struct parent_talk_peer *p, struct err *e);
int parent_talk_peer_get(struct wire_in *in, struct parent_talk_peer *ret_peer, struct err *e);

/* MSG_REPLACE: kill that process and start a fresh one. */
struct parent_talk_replace {
	enum role_id role;
	uint32_t instance;
	pid_t pid; /* of no other: a fresh one with that number is left alone */
};
int parent_talk_replace_put(struct wire *w, const struct parent_talk_replace *r, struct err *e);
int parent_talk_replace_get(struct wire_in *in, struct parent_talk_replace *ret_replace,
			    struct err *e);

/*
 * MSG_ENDED: a process is gone, and what waitpid(2) and its usage said; it comes before the
 * MSG_PEER of its successor.  Of core: those before this one.
 */
struct parent_talk_ended {
	enum role_id role;
	uint32_t instance;
	pid_t pid;
	int signal;	   /* 0: it ended by itself */
	int status;	   /* 0 when a signal ended it */
	int64_t cpu_ms;	   /* of its life */
	int64_t rss_bytes; /* most that it had in memory */
	int64_t ago_s;	   /* so many seconds before this is said */
};
int parent_talk_ended_put(struct wire *w, const struct parent_talk_ended *d, struct err *e);
int parent_talk_ended_get(struct wire_in *in, struct parent_talk_ended *ret_ended, struct err *e);

/* MSG_RELOADED: core has the new configuration, or why it keeps the old one. */
struct parent_talk_reloaded {
	bool taken;
	struct span reason;
};
int parent_talk_reloaded_put(struct wire *w, const struct parent_talk_reloaded *r, struct err *e);
int parent_talk_reloaded_get(struct wire_in *in, struct parent_talk_reloaded *ret_reloaded,
			     struct err *e);

/* MSG_READY, and the pings and pongs of each role: nothing stands in them; wire_done() reads one.
 */
int parent_talk_word_put(struct wire *w, enum message word, struct err *e);

#endif
