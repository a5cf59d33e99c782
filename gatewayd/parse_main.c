/*
 * gatewayd-parse: the role that reads mail, as a program of its own.
 *
 * A child that parses is replaced after so many mails, and to load what the other roles need (TLS,
 * HTTP, databases) took longer than all else of its beginning.  This program has the parser, the
 * seal and the wire.
 */
#include "gatewayd/base/program.h"
#include "gatewayd/wire/role_program.h"

int main(int argc, char **argv)
{
	static const struct role_entry roles[] = { { ROLE_PARSE, parse_main } };
	static const struct role_program program = { PROGRAM_PARSE, roles, 1 };

	return role_program_main(&program, argc, argv);
}
