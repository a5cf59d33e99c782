#include "gatewayd/wire/role_program.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/base/version.h"

struct words {
	const char *role, *version;
	bool debug, good;
};

static struct words words_read(int argc, char **argv, struct role *r)
{
	struct words w = { .good = true };
	uint64_t instance = 0;
	int c;

	while ((c = getopt(argc, argv, "x:i:c:u:v:d")) != -1)
		switch (c) {
		case 'x': w.role = optarg; break;
		case 'i': w.good = w.good && span_u64(span_of(optarg), &instance); break;
		case 'c': r->conf_path = optarg; break;
		case 'u': r->user = optarg; break;
		case 'v': w.version = optarg; break;
		case 'd': w.debug = true; break;
		default: w.good = false; break;
		}
	w.good = w.good && instance <= UINT32_MAX && optind == argc;
	r->instance = (uint32_t)instance;
	return w;
}

static int wrong_version(const struct role_program *p, const struct role *r, const char *version)
{
	struct err e;

	err_set(&e, ERR_PERM,
		"%s is version " GATEWAYD_VERSION ", gatewayd version %s: install both anew",
		p->name, version);
	log_event(LOG_ERROR, "role.failed", log_text("role", role_name(r->id)), log_reason(&e));
	return EX_CONFIG;
}

static int run(const struct role_program *p, const struct role_entry *entry, struct role *r,
	       const struct words *w)
{
	struct err e;

	umask(077);
	if (sandbox_begin(&e) < 0) {
		fprintf(stderr, "%s: %s\n", p->name, e.text);
		return EX_OSERR;
	}
	crypto_init();
	r->id = entry->id;
	role_begin(r, w->debug);
	return strcmp(w->version, GATEWAYD_VERSION) == 0 ? entry->main(r)
							 : wrong_version(p, r, w->version);
}

int role_program_main(const struct role_program *p, int argc, char **argv)
{
	struct role r = { .clock = clock_real() };
	struct words w = words_read(argc, argv, &r);

	for (size_t i = 0; w.good && w.role && w.version && i < p->n; i++)
		if (strcmp(w.role, role_name(p->roles[i].id)) == 0)
			return run(p, &p->roles[i], &r, &w);
	fprintf(stderr, "%s: roles are executed by gatewayd, see gatewayd(8)\n", p->name);
	return EX_USAGE;
}
