/*
 * Where the store is: core over its socket, or this process when no daemon listens there.
 *
 * Below gatewayctl, which asks for whole verbs, and the local halves, which ask for the other half
 * of their own verb.
 */
#ifndef GATEWAYD_CTL_CTL_ASK_H
#define GATEWAYD_CTL_CTL_ASK_H

#include "gatewayd/ctl/ctl.h"

struct ctl_request {
	const struct ctl_verb *verb;
	const char *const *argv; /* from the verb's name on */
	int argc;
	struct span input;
	int columns;
	const char *conf_path; /* -c */
	struct ctl *local;     /* who gets a file that the verb gives; NULL: nobody */
};

/*
 * Gives the exit status; what the verb wrote is added to out and err.  A configuration without a
 * store has only the socket: EX_CONFIG when no daemon listens there.
 */
int ctl_ask(const struct conf *conf, const struct ctl_request *r, struct buf *out, struct buf *err);
/* Somebody listens on the control socket, or will (base/run_lock.h).  *ret_pid: 0: not known. */
bool ctl_daemon_runs(const struct conf *conf, pid_t *ret_pid);
/* For a local half: the verb's other half, with these words behind its name and that input. */
int ctl_ask_half(struct ctl *c, int n, const char *const *words, struct span input,
		 struct buf *out);
/* The same without input, where --json is among the words: what it wrote, read; *ret_answer is the
 * caller's, and set only with EX_OK. */
int ctl_ask_value(struct ctl *c, int n, const char *const *words, json_t **ret_answer);
/* The same with the words as they came and --json. */
int ctl_ask_json(struct ctl *c, struct buf *out);
/* The same with the words as they came, into c->out. */
int ctl_ask_same(struct ctl *c, struct span input);

#endif
