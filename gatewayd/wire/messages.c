#include "gatewayd/wire/messages.h"

const struct wire_rule message_rules[MESSAGE_COUNT] = {
#define X(id, name, from, to, max, fds) [id] = { name, from, to, max, fds },
	MESSAGES(X)
#undef X
};

const char *role_name(enum role_id role)
{
	static const char *const names[] = {
#define X(id, name) name,
		ROLES(X)
#undef X
	};

	return names[role];
}
