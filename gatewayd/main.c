/* gatewayd: the options, then the parent or, when executed again by it, core.  The other roles are
 * in programs of their own: net_main.c, parse_main.c. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "conf/conf.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/base/version.h"
#include "gatewayd/parent/parent.h"
#include "gatewayd/post/settings.h"
#include "gatewayd/wire/role_program.h"

#define DEFAULT_CONF "/etc/gatewayd/gatewayd.conf"

struct options {
	struct parent_options parent;
	bool check;
	enum conf_scope scope;
};

static int usage(FILE *to)
{
	fputs("usage: gatewayd [-c FILE] [-n [-s]] [-d] [-h] [-V]\n"
	      "  -c FILE  the configuration (" DEFAULT_CONF ")\n"
	      "  -n       check the configuration and exit\n"
	      "  -s       with -n: look at no secrets and folders, for who may not see them\n"
	      "  -d       log more\n"
	      "  -h       print this\n"
	      "  -V       print the version\n",
	      to);
	return EX_USAGE;
}

static int options_read(int argc, char **argv, struct options *o)
{
	static const struct option names[] = { { "help", no_argument, NULL, 'h' },
					       { "version", no_argument, NULL, 'V' },
					       { 0 } };
	int c;

	*o = (struct options){ .parent.conf_path = DEFAULT_CONF };
	while ((c = getopt_long(argc, argv, "c:dhnsV", names, NULL)) != -1) {
		switch (c) {
		case 'c': o->parent.conf_path = optarg; break;
		case 'd': o->parent.debug = true; break;
		case 'n': o->check = true; break;
		case 's': o->scope = CONF_POLICY_ONLY; break;
		case 'h': usage(stdout); return 1;
		case 'V': puts("gatewayd " GATEWAYD_VERSION); return 1;
		default: return -1;
		}
	}
	/* What runs has looked at all of it. */
	return optind == argc && (o->check || o->scope == CONF_FULL) ? 0 : -1;
}

static int load_and_run(const struct options *o)
{
	struct conf_problems problems;
	struct conf *conf;
	int status = EX_OK;

	conf_problems_init(&problems);
	conf = settings_load(o->parent.conf_path, o->scope, &problems);
	if (!conf) {
		fputs(buf_cstr(&problems.text), stderr);
		if (problems.count > 1)
			fprintf(stderr, "%s: %zu problems\n", o->parent.conf_path, problems.count);
		status = EX_CONFIG;
	} else if (o->check) {
		fputs(buf_cstr(&problems.text), stderr);
		printf("%s: good: %zu %s, %zu %s, %zu staff; %zu %s\n", o->parent.conf_path,
		       conf->mailbox_count, conf->mailbox_count == 1 ? "mailbox" : "mailboxes",
		       conf->queue_count, conf->queue_count == 1 ? "queue" : "queues",
		       conf->staff_count, problems.warnings,
		       problems.warnings == 1 ? "warning" : "warnings");
	} else {
		status = parent_main(&o->parent, &conf);
	}
	conf_problems_release(&problems);
	conf_free(&conf);
	return status;
}

int main(int argc, char **argv)
{
	static const struct role_entry core = { ROLE_CORE, core_main };
	static const struct role_program again = { "gatewayd", &core, 1 };
	struct options o;
	struct err e;

	if (argc > 1 && strcmp(argv[1], "-x") == 0)
		return role_program_main(&again, argc, argv);
	switch (options_read(argc, argv, &o)) {
	case -1: return usage(stderr);
	case 1: return EX_OK;
	default: break;
	}
	umask(077);
	if (sandbox_begin(&e) < 0) {
		fprintf(stderr, "gatewayd: %s\n", e.text);
		return EX_OSERR;
	}
	crypto_init();
	return load_and_run(&o);
}
