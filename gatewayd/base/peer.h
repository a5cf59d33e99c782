/*
 * Who is at the other end of a local socket, by the kernel's word (unix(7): SO_PEERCRED,
 * SO_PEERGROUPS).
 */
#ifndef GATEWAYD_BASE_PEER_H
#define GATEWAYD_BASE_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct peer_rule {
	bool has_group;
	gid_t group; /* its members may */
};

/*
 * Root may; with a group its members, without one the user that this process runs as.  *ret_uid is
 * the peer's, or -1 when the kernel does not say.
 */
bool peer_may(int fd, const struct peer_rule *rule, uid_t *ret_uid);

#endif
