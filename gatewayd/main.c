/* gatewayd: the options, then the parent or, when re-executed by it, a role (all but one:
 * parse_main.c). */
#include <getopt.h>
#include <inttypes.h>
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
#include "gatewayd/wire/role.h"

#define DEFAULT_CONF "/etc/gatewayd/gatewayd.conf"

struct options {
	struct parent_options parent;
	bool check;
	enum conf_scope scope;
	const char *role; /* re-executed */
	const char *user;
	uint32_t instance;
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
	uint64_t instance = 0;
	int c;

	*o = (struct options){ .parent.conf_path = DEFAULT_CONF };
	while ((c = getopt_long(argc, argv, "c:dhnsVx:i:u:", names, NULL)) != -1) {
		switch (c) {
		case 'c': o->parent.conf_path = optarg; break;
		case 'd': o->parent.debug = true; break;
		case 'n': o->check = true; break;
		case 's': o->scope = CONF_POLICY_ONLY; break;
		case 'x': o->role = optarg; break;
		case 'u': o->user = optarg; break;
		case 'i':
			if (!span_u64(span_of(optarg), &instance) || instance > UINT32_MAX)
				return -1;
			o->instance = (uint32_t)instance;
			break;
		case 'h': usage(stdout); return 1;
		case 'V': puts("gatewayd " GATEWAYD_VERSION); return 1;
		default: return -1;
		}
	}
	/* What runs has looked at all of it. */
	return optind == argc && (o->check || o->scope == CONF_FULL) ? 0 : -1;
}

static int run_role(const struct options *o)
{
	static const struct {
		enum role_id id;
		int (*main)(struct role *r);
	} roles[] = {
		{ ROLE_CORE, core_main },     { ROLE_POLLER, poller_main },
		{ ROLE_SENDER, sender_main }, { ROLE_WEB, web_main },
		{ ROLE_TOKENS, tokens_main }, { ROLE_HOOKS, hooks_main },
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		struct role r = { .id = roles[i].id,
				  .instance = o->instance,
				  .conf_path = o->parent.conf_path,
				  .user = o->user,
				  .clock = clock_real() };

		if (strcmp(o->role, role_name(roles[i].id)) != 0)
			continue;
		role_begin(&r, o->parent.debug);
		return roles[i].main(&r);
	}
	return usage(stderr);
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
	struct options o;
	struct err e;

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
	return o.role ? run_role(&o) : load_and_run(&o);
}
