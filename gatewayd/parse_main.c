/*
 * gatewayd-parse: the role that reads mail, as a program of its own.
 *
 * A child that parses is replaced after so many mails, and to load what the other roles need (TLS,
 * HTTP, databases) took longer than all else of its beginning.  This program has the parser, the
 * seal and the wire.  It is executed by the parent alone (parent/spawn.c), which says its version:
 * what stands on the wire between two versions is not the same.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/base/version.h"
#include "gatewayd/wire/role.h"

static int wrong_version(const char *version)
{
	struct err e;

	err_set(&e, ERR_PERM,
		"gatewayd-parse is version " GATEWAYD_VERSION
		", gatewayd version %s: install both anew",
		version);
	log_event(LOG_ERROR, "role.failed", log_text("role", role_name(ROLE_PARSE)),
		  log_reason(&e));
	return EX_CONFIG;
}

static int not_by_hand(void)
{
	fputs("gatewayd-parse is executed by gatewayd, see gatewayd(8)\n", stderr);
	return EX_USAGE;
}

int main(int argc, char **argv)
{
	struct role r = { .id = ROLE_PARSE, .clock = clock_real() };
	const char *version = NULL;
	bool debug = false;
	struct err e;
	int c;

	while ((c = getopt(argc, argv, "x:i:c:u:v:d")) != -1)
		switch (c) {
		case 'u': r.user = optarg; break;
		case 'v': version = optarg; break;
		case 'd': debug = true; break;
		case '?': return not_by_hand();
		default: break; /* which one it is, for who looks at the processes */
		}
	if (!version)
		return not_by_hand();
	umask(077);
	if (sandbox_begin(&e) < 0) {
		fprintf(stderr, "gatewayd-parse: %s\n", e.text);
		return EX_OSERR;
	}
	crypto_init();
	role_begin(&r, debug);
	return strcmp(version, GATEWAYD_VERSION) == 0 ? parse_main(&r) : wrong_version(version);
}
