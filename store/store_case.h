/*
 * Part of store.h: cases and the links between them.
 */
#ifndef STORE_STORE_CASE_H
#define STORE_STORE_CASE_H

#include "store/store_open.h"
#include "store/store_reach.h"

#define STORE_CASE_STATES(X)         \
	X(CASE_NEW, "new")           \
	X(CASE_OPEN, "open")         \
	X(CASE_WAITING, "waiting")   \
	X(CASE_RESOLVED, "resolved") \
	X(CASE_CLOSED, "closed")
enum case_state {
#define X(id, name) id,
	STORE_CASE_STATES(X)
#undef X
	    CASE_STATE_COUNT,
};
const char *case_state_name(enum case_state state);
static inline bool case_state_is_over(enum case_state state)
{
	return state == CASE_RESOLVED || state == CASE_CLOSED;
}
bool case_state_find(struct span name, enum case_state *ret_state);

struct store_case {
	int64_t number;			  /* from 1 on */
	struct span queue, kind, channel; /* channel: "email", "phone" */
	int severity;
	int severity_requested; /* 0: none */
	enum case_state state;
	struct span subject;
	struct span requester_name, requester_address;
	struct span account;  /* id; "": none */
	struct span behalf;   /* the indirect customer's account; "": none */
	struct span reseller; /* the account that is the first line; "": none */
	bool top_visible;     /* on behalf, but shown at the top level only */
	struct span owner;    /* staff id; "": none */
	struct span rule;     /* the routing rule that fired; "": none */
	struct span resource; /* "community"; "": none */
	int priority;
	int64_t opened_at, updated_at;
	int64_t merged_into;	/* 0: none */
	struct span language;	/* of the requester's first mail; "": not known */
	struct span written_to; /* the address of ours in it; "": not known */
	enum reach reach;	/* of the requester; only store_case_open() looks at it */
};

int store_case_open(struct store *s, const struct store_case *c, int64_t *ret_number,
		    struct err *e);
int store_case_get(struct store *s, int64_t number, struct arena *a, struct store_case *ret_case,
		   struct err *e); /* ERR_PERM: no such case */
/* What it was merged into in the end, over however many others; itself when it was not. */
int store_case_root(struct store *s, int64_t number, int64_t *ret_root, struct err *e);
/* Writes every field but number and opened_at. */
int store_case_update(struct store *s, const struct store_case *c, struct err *e);
struct store_case_filter {
	bool open_only, closed_only;		      /* open: new, open, waiting */
	struct span queue, owner, requester, account; /* "": any; account: its cases, and those on
							 its behalf that are not top_visible */
	int64_t before;				      /* numbers below, for paging; 0: any */
	int64_t since_at;			      /* opened since; 0: any */
	int limit;
};
int store_case_list(struct store *s, const struct store_case_filter *f, struct arena *a,
		    struct store_case **ret_v, size_t *ret_n, struct err *e); /* newest first */

/* STORE_TALLY_ROWS of the open cases of a queue, oldest first, behind so many that were counted. */
enum { STORE_TALLY_ROWS = 500 };
struct store_case_tally {
	int64_t open, unowned, waiting;
	int64_t oldest_at; /* INSTANT_NONE: there is none */
};
int store_case_tally(struct store *s, struct span queue, int after,
		     struct store_case_tally *ret_tally, struct err *e);

#define STORE_LINK_KINDS(X)                       \
	X(LINK_POSSIBLY_ABOUT, "possibly-about")  \
	X(LINK_MERGED, "merged") /* into other */ \
	X(LINK_RELATED, "related")                \
	X(LINK_FOLLOWS, "follows") /* other was over for too long */
enum link_kind {
#define X(id, name) id,
	STORE_LINK_KINDS(X)
#undef X
	    LINK_KIND_COUNT,
};
const char *link_kind_name(enum link_kind kind);

struct store_link {
	int64_t number, other;
	enum link_kind kind;
	int64_t at;
};
int store_link_add(struct store *s, const struct store_link *l, struct err *e); /* again: nothing */
/* In either direction; nothing when there is none. */
int store_link_remove(struct store *s, int64_t number, int64_t other, enum link_kind kind,
		      struct err *e);
int store_link_list(struct store *s, int64_t number, struct arena *a, struct store_link **ret_v,
		    size_t *ret_n, struct err *e); /* both directions */

#endif
