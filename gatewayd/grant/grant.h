/*
 * One row of conf.oauth at work: it has an access token, renews it before it ends, and once when a
 * server refuses it; a person may log in for it.
 *
 * A rotated refresh token is durable before the one before it is forgotten; while it cannot be kept
 * it is used from memory, and kept is tried again.
 */
#ifndef GATEWAYD_GRANT_GRANT_H
#define GATEWAYD_GRANT_GRANT_H

#include "gatewayd/grant/keep.h"
#include "gatewayd/net/https.h"
#include "gatewayd/wire/grant_talk.h"
#include "gatewayd/wire/setup_tokens.h"

/* Who runs it. */
struct grant_host {
	struct loop *loop;
	struct clock clock;
	struct https *https;
	struct keep keep;
	void (*access)(void *ctx, const struct grant_talk_access *a);
	void (*state)(void *ctx, const struct grant_talk_state *s); /* when it changed */
	void *ctx;
};

struct grant;
/* conf and host must outlive it.  What is wrong with its key it says itself. */
struct grant *grant_new(const struct setup_grant *conf, const struct grant_host *host);
void grant_free(struct grant **g);
const char *grant_name(const struct grant *g);

void grant_start(struct grant *g);
void grant_refused(struct grant *g, int64_t serial);
void grant_login(struct grant *g, uint32_t number);

#endif
