#include "gatewayd/base/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"

static bool has_group(int fd, gid_t group)
{
	socklen_t size = 0;
	gid_t *groups;
	bool found = false;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || errno != ERANGE)
		return false; /* none */
	groups = mem_alloc(size);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0)
		for (size_t i = 0; i < size / sizeof(*groups); i++)
			found = found || groups[i] == group;
	free(groups);
	return found;
}

bool peer_may(int fd, const struct peer_rule *rule, uid_t *ret_uid)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	*ret_uid = (uid_t)-1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return false;
	*ret_uid = who.uid;
	if (who.uid == 0)
		return true;
	if (!rule->has_group)
		return who.uid == geteuid();
	return who.gid == rule->group || has_group(fd, rule->group);
}
