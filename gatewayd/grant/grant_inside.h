/* The inside of a grant, for the files that implement grant.h. */
#ifndef GATEWAYD_GRANT_GRANT_INSIDE_H
#define GATEWAYD_GRANT_GRANT_INSIDE_H

#include "gatewayd/grant/answer.h"
#include "gatewayd/grant/grant.h"
#include "gatewayd/grant/grant_form.h"

/* A person logs in (grant_login.c). */
struct grant_device {
	enum grant_login state;
	uint32_t number;
	bool asking; /* a question is under way */
	bool anew;   /* and another log-in waits for its end */
	struct arena arena;
	struct answer_device said;
	int64_t until_ms;
	struct loop_timer timer;
	char text[ERR_TEXT_MAX];
};

struct grant {
	const struct setup_grant *conf;
	const struct grant_host *host;
	struct grant_client client;
	char *of; /* whose refresh tokens are its own: endpoint and client */

	struct buf refresh; /* empty: none */
	int64_t refresh_until;
	bool unkept;	/* it is not on the disk yet */
	bool from_conf; /* it is the configuration's, and the one on the disk was refused */

	struct buf access; /* empty: none */
	int64_t serial, access_until;
	struct buf claims;
	int64_t renewable_ms; /* at a refusal, from then on */

	bool asking;
	unsigned failures;     /* one after another */
	uint32_t all_failures; /* since this process began */
	struct loop_timer renew, keep;
	bool good;
	char text[ERR_TEXT_MAX];
	struct grant_device device;
};

/* grant_access.c, and above it grant_login.c. */
void grant_timers_init(struct grant *g);
void grant_find_refresh(struct grant *g); /* on the disk, else in the configuration */
void grant_ask(struct grant *g);	  /* for an access token, unless it does so already */
/* Says how it stands now. */
void grant_say(struct grant *g);
/* An access token came, perhaps with a refresh token. */
void grant_take(struct grant *g, const struct answer_tokens *t);
/* A callback of https_post(): asks what stands in the form. */
int grant_post(struct grant *g, const char *url, struct buf *form,
	       void (*fn)(void *ctx, const struct https_answer *a), struct err *e);

void grant_login_init(struct grant *g);
void grant_login_release(struct grant *g);

#endif
