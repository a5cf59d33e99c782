/*
 * The settings of a daemon that is to run: the configuration, and all that it points at.
 *
 * Loaded by main.c at the start and for `gatewayd -n`, by the parent at a reload; the other roles
 * get the files that were read then (gatewayd/wire/setup.h) and never look at the disk.
 */
#ifndef GATEWAYD_POST_SETTINGS_H
#define GATEWAYD_POST_SETTINGS_H

#include "conf/conf.h"

/*
 * NULL when there are problems, in the configuration, in a template that one of its queues would
 * send, or with what the store needs of this machine; the caller frees with conf_free().
 * CONF_POLICY_ONLY looks at no secret and no folder, and at nothing for the store.
 */
struct conf *settings_load(const char *path, enum conf_scope scope,
			   struct conf_problems *ret_problems);

/* The key of one that differs and that a running daemon cannot change; NULL: there is none. */
const char *settings_fixed(const struct conf *now, const struct conf *fresh);

#endif
