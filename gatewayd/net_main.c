/*
 * gatewayd-net: the roles that talk to other machines.
 *
 * They have TLS, HTTP and IMAP, and what those bring.  Beside a store that is a file core, which
 * decides, and the parent load nothing of it: they begin in half the time; and what a mail server
 * or a browser says reaches no library there.
 */
#include "gatewayd/base/program.h"
#include "gatewayd/wire/role_program.h"

int main(int argc, char **argv)
{
	static const struct role_entry roles[] = {
		{ ROLE_POLLER, poller_main }, { ROLE_SENDER, sender_main }, { ROLE_WEB, web_main },
		{ ROLE_TOKENS, tokens_main }, { ROLE_HOOKS, hooks_main },
	};
	static const struct role_program program = { PROGRAM_NET, roles,
						     sizeof(roles) / sizeof(*roles) };

	return role_program_main(&program, argc, argv);
}
