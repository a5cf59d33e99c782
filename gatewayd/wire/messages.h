/*
 * What the roles say to each other: the table that the wire enforces.
 *
 * X(id, name, from, to, largest payload, descriptors, secrets stand in it).  What stands in each
 * message is written beside its put and get in this folder: parent_talk.h (parent and core),
 * setup.h, setup_poller.h, setup_sender.h, setup_tokens.h, setup_web.h, setup_hooks.h (first
 * messages), talk.h (core and the network roles), grant_talk.h (access tokens), parse_talk.h (parse
 * children), web_talk.h (the web role), hook_talk.h (the hooks role), control_talk.h (gatewayctl).
 */
#ifndef GATEWAYD_WIRE_MESSAGES_H
#define GATEWAYD_WIRE_MESSAGES_H

#include "gatewayd/base/units.h"
#include "gatewayd/wire/wire.h"

/* CONTROL is a gatewayctl on the control socket: no process of ours, and no more than its user may.
 */
#define ROLES(X)                 \
	X(ROLE_PARENT, "parent") \
	X(ROLE_CORE, "core")     \
	X(ROLE_POLLER, "poller") \
	X(ROLE_PARSE, "parse")   \
	X(ROLE_SENDER, "sender") \
	X(ROLE_WEB, "web")       \
	X(ROLE_TOKENS, "tokens") \
	X(ROLE_HOOKS, "hooks")   \
	X(ROLE_CONTROL, "control")
enum role_id {
#define X(id, name) id,
	ROLES(X)
#undef X
	    ROLE_COUNT,
};

#define MESSAGES(X)                                                                     \
	X(MSG_PEER, "peer", ROLE_PARENT, ROLE_CORE, KIB, 1, 0)                          \
	X(MSG_CORE_SETUP, "core-setup", ROLE_PARENT, ROLE_CORE, 64 * KIB, 1, 1)         \
	X(MSG_ENDED, "ended", ROLE_PARENT, ROLE_CORE, 64, 0, 0)                         \
	X(MSG_READY, "ready", ROLE_CORE, ROLE_PARENT, 64, 0, 0)                         \
	X(MSG_PING, "ping", ROLE_PARENT, ROLE_CORE, 0, 0, 0)                            \
	X(MSG_PONG, "pong", ROLE_CORE, ROLE_PARENT, 0, 0, 0)                            \
	X(MSG_POLLER_PING, "poller-ping", ROLE_PARENT, ROLE_POLLER, 0, 0, 0)            \
	X(MSG_POLLER_PONG, "poller-pong", ROLE_POLLER, ROLE_PARENT, 0, 0, 0)            \
	X(MSG_SENDER_PING, "sender-ping", ROLE_PARENT, ROLE_SENDER, 0, 0, 0)            \
	X(MSG_SENDER_PONG, "sender-pong", ROLE_SENDER, ROLE_PARENT, 0, 0, 0)            \
	X(MSG_WEB_PING, "web-ping", ROLE_PARENT, ROLE_WEB, 0, 0, 0)                     \
	X(MSG_WEB_PONG, "web-pong", ROLE_WEB, ROLE_PARENT, 0, 0, 0)                     \
	X(MSG_RELOAD, "reload", ROLE_PARENT, ROLE_CORE, 0, 1, 0)                        \
	X(MSG_RELOADED, "reloaded", ROLE_CORE, ROLE_PARENT, 4 * KIB, 0, 0)              \
	X(MSG_REPLACE, "replace", ROLE_CORE, ROLE_PARENT, 64, 0, 0)                     \
	X(MSG_POLLER_SETUP, "poller-setup", ROLE_PARENT, ROLE_POLLER, 4 * MIB, 1, 1)    \
	X(MSG_FOLDER, "folder", ROLE_POLLER, ROLE_CORE, MIB, 0, 0)                      \
	X(MSG_WANT, "want", ROLE_CORE, ROLE_POLLER, MIB, 0, 0)                          \
	X(MSG_PLACE, "place", ROLE_POLLER, ROLE_CORE, 4 * KIB, 0, 0)                    \
	X(MSG_PLACE_FROM, "place-from", ROLE_CORE, ROLE_POLLER, 4 * KIB, 0, 0)          \
	X(MSG_MAIL, "mail", ROLE_POLLER, ROLE_CORE, 4 * KIB, 1, 0)                      \
	X(MSG_KEPT, "kept", ROLE_CORE, ROLE_POLLER, 4 * KIB, 0, 0)                      \
	X(MSG_POLLER_STATUS, "poller-status", ROLE_POLLER, ROLE_CORE, 4 * KIB, 0, 0)    \
	X(MSG_SENDER_SETUP, "sender-setup", ROLE_PARENT, ROLE_SENDER, 64 * KIB, 1, 1)   \
	X(MSG_SEND, "send", ROLE_CORE, ROLE_SENDER, 4 * KIB, 1, 0)                      \
	X(MSG_SENT, "sent", ROLE_SENDER, ROLE_CORE, 4 * KIB, 0, 0)                      \
	X(MSG_BACK, "back", ROLE_SENDER, ROLE_CORE, 64, 0, 0)                           \
	X(MSG_LANES, "lanes", ROLE_SENDER, ROLE_CORE, 32 * KIB, 0, 0)                   \
	X(MSG_WRITTEN, "written", ROLE_CORE, ROLE_SENDER, 64, 0, 0)                     \
	X(MSG_TOKENS_SETUP, "tokens-setup", ROLE_PARENT, ROLE_TOKENS, MIB, 1, 1)        \
	X(MSG_TOKENS_PING, "tokens-ping", ROLE_PARENT, ROLE_TOKENS, 0, 0, 0)            \
	X(MSG_TOKENS_PONG, "tokens-pong", ROLE_TOKENS, ROLE_PARENT, 0, 0, 0)            \
	X(MSG_TOKENS_ACCESS, "tokens-access", ROLE_TOKENS, ROLE_PARENT, 64 * KIB, 0, 1) \
	X(MSG_POLLER_ACCESS, "poller-access", ROLE_PARENT, ROLE_POLLER, 64 * KIB, 0, 1) \
	X(MSG_SENDER_ACCESS, "sender-access", ROLE_PARENT, ROLE_SENDER, 64 * KIB, 0, 1) \
	X(MSG_POLLER_REFUSED, "poller-refused", ROLE_POLLER, ROLE_PARENT, KIB, 0, 0)    \
	X(MSG_SENDER_REFUSED, "sender-refused", ROLE_SENDER, ROLE_PARENT, KIB, 0, 0)    \
	X(MSG_TOKENS_RENEW, "tokens-renew", ROLE_PARENT, ROLE_TOKENS, KIB, 0, 0)        \
	X(MSG_GRANT, "grant", ROLE_TOKENS, ROLE_CORE, 16 * KIB, 0, 0)                   \
	X(MSG_LOGIN, "login", ROLE_CORE, ROLE_TOKENS, KIB, 0, 0)                        \
	X(MSG_HOOKS_SETUP, "hooks-setup", ROLE_PARENT, ROLE_HOOKS, MIB, 0, 1)           \
	X(MSG_HOOKS_PING, "hooks-ping", ROLE_PARENT, ROLE_HOOKS, 0, 0, 0)               \
	X(MSG_HOOKS_PONG, "hooks-pong", ROLE_HOOKS, ROLE_PARENT, 0, 0, 0)               \
	X(MSG_POST, "post", ROLE_CORE, ROLE_HOOKS, KIB, 1, 0)                           \
	X(MSG_POSTED, "posted", ROLE_HOOKS, ROLE_CORE, 4 * KIB, 0, 0)                   \
	X(MSG_PARSE_SETUP, "parse-setup", ROLE_PARENT, ROLE_PARSE, 64, 0, 0)            \
	X(MSG_PARSE, "parse", ROLE_CORE, ROLE_PARSE, 64, 2, 0)                          \
	X(MSG_PARSED, "parsed", ROLE_PARSE, ROLE_CORE, 64, 0, 0)                        \
	X(MSG_WEB_SETUP, "web-setup", ROLE_PARENT, ROLE_WEB, 4 * KIB, 0, 0)             \
	X(MSG_ASK, "ask", ROLE_WEB, ROLE_CORE, 16 * KIB, 0, 1)                          \
	X(MSG_TOLD, "told", ROLE_CORE, ROLE_WEB, 4 * KIB, 1, 1)                         \
	X(MSG_REQUEST, "request", ROLE_CONTROL, ROLE_CORE, 256 * KIB, 1, 0)             \
	X(MSG_ANSWER, "answer", ROLE_CORE, ROLE_CONTROL, 4 * KIB, 2, 0)                 \
	X(MSG_PARSE_HERE, "parse-here", ROLE_CORE, ROLE_PARSE, 33 * KIB, 0, 0)          \
	X(MSG_PARSED_HERE, "parsed-here", ROLE_PARSE, ROLE_CORE, 257 * KIB, 0, 0)       \
	X(MSG_PARSE_THERE, "parse-there", ROLE_CORE, ROLE_PARSE, 64, 1, 0)              \
	X(MSG_SEND_HERE, "send-here", ROLE_CORE, ROLE_SENDER, 36 * KIB, 0, 0)           \
	X(MSG_SEND_AREA, "send-area", ROLE_CORE, ROLE_SENDER, 0, 1, 0)                  \
	X(MSG_SEND_THERE, "send-there", ROLE_CORE, ROLE_SENDER, 4 * KIB, 0, 0)          \
	X(MSG_MAIL_HERE, "mail-here", ROLE_POLLER, ROLE_CORE, 36 * KIB, 0, 0)
enum message {
#define X(id, name, from, to, max, fds, secret) id,
	MESSAGES(X)
#undef X
	    MESSAGE_COUNT,
};

extern const struct wire_rule message_rules[MESSAGE_COUNT];
const char *role_name(enum role_id role);

/* A wire with these rules.  Each message is traced at LOG_DEBUG, by name and size, not by content.
 */
void message_wire(struct wire *w, int fd, enum role_id self, enum role_id peer);

#endif
