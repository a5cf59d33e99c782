/*
 * Part of store.h: who did what.  Rows are only added; no address of a customer stands in them
 * (store_person_pseudonym() in store_person.h).
 */
#ifndef STORE_STORE_AUDIT_H
#define STORE_STORE_AUDIT_H

#include "store/store_open.h"

enum audit_channel { /* X-macro so that names and channels stay in step */
#define STORE_AUDIT_CHANNELS(X)                                             \
	X(AUDIT_CONTROL, "control") /* gatewayctl, by the socket of core */ \
	X(AUDIT_STORE, "store")	    /* gatewayctl, while no daemon ran */   \
	X(AUDIT_MAIL, "mail")	    /* a command of staff */                \
	X(AUDIT_WEB, "web")	    /* the pages */
#define X(id, name) id,
		     STORE_AUDIT_CHANNELS(X)
#undef X
			 AUDIT_CHANNEL_COUNT,
};
const char *audit_channel_name(enum audit_channel channel);

struct store_audit {
	int64_t id, at;
	enum audit_channel channel;
	struct span who;     /* "uid:1000", a staff id, "token" */
	struct span action;  /* a verb of gatewayctl, "#close", "sign-in" */
	int64_t case_number; /* 0: none */
	struct span detail;  /* what it was told, without texts */
};
/* id is ignored. */
int store_audit_add(struct store *s, const struct store_audit *row, struct err *e);

struct store_audit_filter {
	struct span who,
	    action;	     /* "": any; who: also a browser; an action may be its first words */
	int64_t case_number; /* 0: any */
	int64_t since_at, until_at; /* since <= at < until; 0: any */
	int64_t before;		    /* with a lower id; 0: any */
	int limit;
};
/* The newest first. */
int store_audit_list(struct store *s, const struct store_audit_filter *f, struct arena *a,
		     struct store_audit **ret_v, size_t *ret_n, struct err *e);

#endif
