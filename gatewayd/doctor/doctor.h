/*
 * Everything that a daemon would meet, tried: the configuration, its files, the store's folder,
 * each mailbox and the SMTP servers, webhooks, what our border writes, the clock, the machine.
 *
 * Runs as whoever calls it, who has become the daemon's user before (gatewayctl does); as root, by
 * whom the daemon was started, it reads files as root and does all else as conf->user.  Beside a
 * living daemon nothing is disturbed: folders are looked at with EXAMINE and BODY.PEEK[], no mail
 * is moved or flagged, and no refresh token is used, which might end the daemon's.  Without one a
 * mail to itself is sent by each mailbox, and removed when it has come back.
 */
#ifndef GATEWAYD_DOCTOR_DOCTOR_H
#define GATEWAYD_DOCTOR_DOCTOR_H

#include "gatewayd/base/json.h"

#define DOCTOR_MAKES_USER                                                                       \
	"useradd --system --user-group --home-dir /var/lib/gatewayd --shell /usr/sbin/nologin " \
	"gatewayd"

enum doctor_state {
	DOCTOR_GOOD,
	DOCTOR_NOTE,  /* it works; better is possible, or this could not be tried */
	DOCTOR_WRONG, /* mails would not come or go */
	DOCTOR_STATES,
};
const char *doctor_state_name(enum doctor_state s);

struct doctor_finding {
	enum doctor_state state;
	const char *what;  /* "mailbox support" */
	const char *text;  /* what was found */
	const char *todo;  /* what to do; NULL: nothing */
	const char *paste; /* lines for the configuration; NULL: none */
};

/* As people read it; what is to be pasted stands in lines of its own. */
void doctor_line(const struct doctor_finding *f, struct buf *out);

struct doctor_options {
	const char *conf_path;
	const char *user;     /* that the daemon runs as; NULL: not known */
	bool daemon_runs;     /* with this configuration */
	const json_t *status; /* its `status`; NULL: none */
	bool mail; /* send mails to itself beside a living daemon, too, which files them */
	/* At once, for each; the texts are valid during the call. */
	void (*say)(void *ctx, const struct doctor_finding *f);
	void *ctx;
};

/* Of a user that the configuration names: what is wrong, and what to do. */
const char *doctor_no_user(struct arena *a, const char *user);
extern const char doctor_user_todo[];

/* How many things are wrong. */
size_t doctor_run(const struct doctor_options *o);

#endif
