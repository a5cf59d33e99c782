/*
 * Part of store.h: answers of staff that were not sent, each an internal note of its case whose
 * `reply` is what would be sent.
 */
#ifndef STORE_STORE_HELD_H
#define STORE_STORE_HELD_H

#include "store/store_open.h"

#define STORE_HELD_STATES(X)  \
	X(HELD_WAITS, "held") \
	X(HELD_SENT, "sent")  \
	X(HELD_REPLACED, "replaced") /* its author sent another answer since */
enum held_state {
#define X(id, name) id,
	STORE_HELD_STATES(X)
#undef X
	    HELD_STATE_COUNT,
};

struct store_held {
	int64_t id, case_number, note_id;
	struct span staff; /* the id of its author */
	int64_t held_at;
	int64_t due_at; /* when its queue is told; INSTANT_NONE: never, or it was */
	enum held_state state;
	struct span why; /* of gatewayd/mail/staff_answer.h; "" of old ones */
};
/* id and state are ignored on the way in. */
int store_held_add(struct store *s, const struct store_held *h, struct err *e);
/* id 0: none. */
int store_held_by_note(struct store *s, int64_t note_id, struct arena *a, struct store_held *ret,
		       struct err *e);
/* Those of a case that wait, oldest first. */
int store_held_list(struct store *s, int64_t number, struct arena *a, struct store_held **ret_v,
		    size_t *ret_n, struct err *e);
int store_held_sent(struct store *s, int64_t id, struct err *e); /* ERR_PERM: no such one */
/* It waits for another reason, and its queue is told at due_at.  ERR_PERM: no such one */
int store_held_again(struct store *s, int64_t id, struct span why, int64_t due_at, struct err *e);
/* All that this member of staff has waiting on the case. */
int store_held_replace(struct store *s, int64_t number, struct span staff, struct err *e);
int store_held_due(struct store *s, int64_t now, int limit, struct arena *a,
		   struct store_held **ret_v, size_t *ret_n, struct err *e);
int store_held_told(struct store *s, int64_t id, struct err *e);
int store_held_next(struct store *s, int64_t *ret_at, struct err *e);

#endif
