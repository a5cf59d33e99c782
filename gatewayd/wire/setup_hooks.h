/*
 * The set-up of hooks (MSG_HOOKS_SETUP): where each webhook is, and what it is signed with.
 */
#ifndef GATEWAYD_WIRE_SETUP_HOOKS_H
#define GATEWAYD_WIRE_SETUP_HOOKS_H

#include "conf/conf.h"
#include "gatewayd/base/network.h"
#include "gatewayd/wire/messages.h"

enum { SETUP_HOOKS_MAX = 1000, SETUP_NETWORKS_MAX = 100, SETUP_HOOK_KEYS_MAX = 2 };

struct setup_hook {
	const char *name, *url;
	const char *ca_file; /* NULL: the system's */
	bool plain;
	int timeout_s;
	struct span keys[SETUP_HOOK_KEYS_MAX]; /* each signs */
	size_t key_count;
	struct network *networks; /* not public, and allowed all the same */
	size_t network_count;
};
struct setup_hooks {
	struct setup_hook *v;
	size_t n;
};
/* Reads the files of the secrets.  ERR_PERM names the hook. */
int setup_hooks_put(struct wire *w, const struct conf *conf, struct err *e);
/* Into the arena. */
int setup_hooks_get(struct wire_in *in, struct arena *a, struct setup_hooks *ret_setup,
		    struct err *e);

#endif
