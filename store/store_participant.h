/*
 * Part of store.h: who is in the conversation of a case, and by what else it is known.
 */
#ifndef STORE_STORE_PARTICIPANT_H
#define STORE_STORE_PARTICIPANT_H

#include "store/store_open.h"

#define STORE_ORIGINS(X)                                                        \
	X(ORIGIN_NAMED, "named")   /* in To or Cc of a mail of the requester */ \
	X(ORIGIN_JOINED, "joined") /* may see the case, and answered */         \
	X(ORIGIN_STAFF, "staff")   /* with #cc */                               \
	X(ORIGIN_MERGED, "merged") /* the requester of a case merged into it */
enum participant_origin {
#define X(id, name) id,
	STORE_ORIGINS(X)
#undef X
	    ORIGIN_COUNT,
};

struct store_person {
	struct span address, name;
	enum participant_origin origin;
};

/* People who are written to besides the requester.  Again: the name alone changes. */
int store_participant_add(struct store *s, int64_t number, const struct store_person *p,
			  struct err *e);
int store_participant_remove(struct store *s, int64_t number, struct span address, struct err *e);
/* Those of one case become some of another, too, but for those whom staff added. */
int store_participant_copy(struct store *s, int64_t from, int64_t to, struct err *e);
/* Without the requester, in the order in which they came. */
int store_participant_list(struct store *s, int64_t number, struct arena *a,
			   struct store_person **ret_v, size_t *ret_n, struct err *e);

enum participant_role { ROLE_NONE, ROLE_PARTICIPANT, ROLE_REQUESTER };
/* Of an address, or of another one of the same contact; ASCII case ignored. */
int store_participant_role(struct store *s, int64_t number, struct span address,
			   enum participant_role *ret_role, struct err *e);

/*
 * Keys that mails of a case have in common with mails that have not come yet: the Message-ID of a
 * mail that we never saw, the reference of somebody's own ticket system.  The oldest case of a key
 * is found; 0: none.
 */
int store_thread_add(struct store *s, struct span key, int64_t number, struct err *e);
int store_thread_case(struct store *s, struct span key, int64_t *ret_number, struct err *e);

#endif
