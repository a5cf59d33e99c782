#include "gatewayd/wire/messages.h"

#include "gatewayd/base/log.h"

const struct wire_rule message_rules[MESSAGE_COUNT] = {
#define X(id, name, from, to, max, fds, secret) [id] = { name, from, to, max, fds, secret },
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

static void trace(const struct wire *w, const struct wire_rule *rule, bool sent, uint32_t bytes)
{
	log_event(LOG_DEBUG, sent ? "wire.sent" : "wire.came", log_text("message", rule->name),
		  log_text("peer", role_name((enum role_id)w->peer)), log_int("fd", w->fd),
		  log_uint("bytes", bytes));
}

void message_wire(struct wire *w, int fd, enum role_id self, enum role_id peer)
{
	wire_init(w, fd, (uint8_t)self, (uint8_t)peer, message_rules, MESSAGE_COUNT);
	w->trace = trace;
}
