/* What was answered, as the configuration will have it. */
#ifndef GATEWAYD_BEGIN_BEGIN_PLAN_H
#define GATEWAYD_BEGIN_BEGIN_PLAN_H

#include "gatewayd/begin/begin_ask.h"
#include "gatewayd/begin/begin_server.h"

/* Whom the package makes. */
#define BEGIN_USER "gatewayd"

enum { BEGIN_MAILBOXES_MAX = 32, BEGIN_STAFF_MAX = 200 };

/* A secret on its way into a file; `path` may be one that is there already, which stays. */
struct begin_secret {
	const char *name; /* "support.password"; NULL: there is none */
	const char *text; /* NULL: the file of this name is there already */
	const char *path; /* as it is written into the configuration; begin_write.c fills it in */
};

struct begin_mailbox {
	const char *name, *address, *user, *queue;
	struct begin_secret password;
	const char *oauth; /* row; NULL: it has a password */
};

struct begin_oauth {
	const char *name, *provider, *flow, *tenant, *client_id; /* the last three may be NULL */
	const char *token_endpoint;				 /* NULL: the provider's */
	struct begin_secret client_secret, key, certificate, refresh_token;
};

struct begin_person {
	const char *id, *name, *address;
};

struct begin_plan {
	const char *provider; /* "own", "microsoft365", "google" */
	const char *company, *hostname, *zone;
	struct begin_mailbox mailboxes[BEGIN_MAILBOXES_MAX];
	size_t mailbox_count;
	struct begin_server imap, smtp; /* host NULL: the provider's */
	const char *smtp_user;
	struct begin_secret smtp_password;
	struct begin_oauth oauth; /* name NULL: there is none */
	struct begin_person staff[BEGIN_STAFF_MAX];
	size_t staff_count;
	const char *ca_file; /* NULL: the system's */
	const char *user;    /* that the daemon runs as; "": whoever starts it */
	bool make_user;	     /* it is not there yet */
	const char *store, *socket;
	struct begin_secret token_key;
	/* What was found out when it was tried: texts of the configuration; NULL: nothing. */
	const char *authserv_ids, *border_hosts;
	bool no_plus, no_verp, without_id;
};

/* A person is to log in once the daemon runs: until then the servers cannot be tried. */
bool begin_plan_logs_in(const struct begin_plan *p);

/* Asks for all of it; what is in the plan already is what Enter gives.  As begin_ask(). */
int begin_plan_ask(struct begin_ask *q, struct begin_plan *p, struct err *e);

/* begin_keys.c: ERR_PERM: a line of the answers has a key that no question has. */
int begin_keys_check(struct begin_ask *q, struct err *e);

/* begin_staff.c: "Alice Archer <alice@example.com>, bob@example.com".  What is wrong; NULL:
 * nothing. */
const char *begin_staff_read(const char *text, struct arena *a, struct begin_plan *p);

#endif
