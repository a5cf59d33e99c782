/*
 * Part of store.h: the outbox: a row per recipient (I3), and how much may be sent.
 */
#ifndef STORE_STORE_OUTBOX_H
#define STORE_STORE_OUTBOX_H

#include "store/store_open.h"

#define STORE_OUTBOX_STATES(X)                                                        \
	X(OUTBOX_QUEUED, "queued")                                                    \
	X(OUTBOX_SENDING, "sending")                                                  \
	X(OUTBOX_SENT, "sent")                                                        \
	X(OUTBOX_FAILED, "failed")                                                    \
	X(OUTBOX_CANCELLED, "cancelled")                                              \
	X(OUTBOX_SUPPRESSED, "suppressed")                                            \
	X(OUTBOX_UNKNOWN, "unknown") /* may have been delivered: held for a person */ \
	X(OUTBOX_BOUNCED, "bounced") /* was sent, and came back */
enum outbox_state {
#define X(id, name) id,
	STORE_OUTBOX_STATES(X)
#undef X
	    OUTBOX_STATE_COUNT,
};
const char *outbox_state_name(enum outbox_state state);
bool outbox_state_find(struct span name, enum outbox_state *ret_state);

struct store_outbox {
	int64_t id, case_number, note_id; /* 0: none */
	struct span kind;		  /* the template: "confirmation", "customer_reply" ... */
	struct span sender;		  /* envelope; "": the null reverse-path */
	struct span recipient;
	struct span message_id; /* final */
	struct span subject;
	enum outbox_state state;
	int attempts;
	int64_t created_at, next_at, sent_at;
	int last_code; /* SMTP reply; 0: none */
	struct span last_text;
	bool automatic;
	int64_t late_at;    /* when it was told that it waits; INSTANT_NONE */
	struct span hook;   /* of the configuration: it is posted there; "": it is a mail */
	struct span domain; /* of the recipient, in one form; "": a hook's, or not known */
	int64_t content;    /* of a row that was read: where its message is */
};
/* state: queued (then next_at is an instant), suppressed (kept to be seen, never sent unless queued
 * by a person), cancelled, or unknown (held: store_again.h). */
#define STORE_AGAIN_WHY "held: it may have been sent before what was known of it was lost"
/* ret_id NULL: nobody asks for its number, and where store_unheard() was said it is added with
 * others, before a verb looks for it and by the commit at the latest. */
int store_outbox_add(struct store *s, const struct store_outbox *o, struct span message,
		     int64_t *ret_id, struct err *e);
/*
 * Inside of a transaction: from here to its end, as many mails at most as are due when they are
 * added as queued are claimed at once, as store_outbox_claim() of the same transaction would, in
 * fewer changes.  For who knows that no other row is due.  store_outbox_added(): how many were,
 * with those of the transaction that is open.
 *
 * store_outbox_take_added(): those whose transaction stands join the n of v, by next_at and id,
 * once, with what is needed to send them.
 */
void store_outbox_claim_added(struct store *s, size_t room);
size_t store_outbox_added(const struct store *s);
void store_outbox_take_added(struct store *s, struct arena *a, struct store_outbox **v, size_t *n);
/* Message-IDs of what went to a recipient about a case, oldest first. */
int store_outbox_ids(struct store *s, int64_t number, struct span recipient, struct arena *a,
		     struct span **ret_v, size_t *ret_n, struct err *e);
/* Claims up to limit queued rows of that hook ("": mails) with next_at <= now, by next_at and id:
 * they become sending, and their attempts count one more.  Nothing is sent before that is
 * committed. */
int store_outbox_claim(struct store *s, struct span hook, int64_t now, int limit, struct arena *a,
		       struct store_outbox **ret_v, size_t *ret_n, struct err *e);
/* The same without rows of the domains in `but`, which are named with a blank before and behind
 * each: " a.test b.test ". */
struct store_outbox_which {
	struct span hook, but;
	int64_t now;
	int limit;
	int64_t from_at, from_id; /* rows before these, by next_at and id, are not looked at */
};
int store_outbox_claim_but(struct store *s, const struct store_outbox_which *w, struct arena *a,
			   struct store_outbox **ret_v, size_t *ret_n, struct err *e);
/* The same of mails to one domain alone. */
int store_outbox_claim_domain(struct store *s, struct span domain, int64_t now, int limit,
			      struct arena *a, struct store_outbox **ret_v, size_t *ret_n,
			      struct err *e);
/* It was not tried: queued as it was before it was claimed; nothing when this node does not send
 * it. */
int store_outbox_unclaim(struct store *s, int64_t id, struct err *e);
/* The same of mails to operators (trouble, trouble_over) alone. */
int store_outbox_claim_operators(struct store *s, int64_t now, int limit, struct arena *a,
				 struct store_outbox **ret_v, size_t *ret_n, struct err *e);
int store_outbox_message(struct store *s, int64_t id, struct buf *ret_message, struct err *e);
/* The same of a row that was read a moment ago. */
int store_outbox_message_of(struct store *s, const struct store_outbox *row,
			    struct buf *ret_message, struct err *e);
/*
 * The outcome of an attempt, or a person's will.  next_at counts for queued only.
 *	sent		from queued, sending, cancelled (it was under way), failed (another node
 *			sent it, too); at becomes sent_at
 *	failed		from queued, sending, unknown
 *	bounced		from sending, sent, unknown
 *	unknown		from sending
 *	queued		from all but sent: again at next_at
 *	cancelled	from queued, sending, failed, unknown
 * All else is ERR_PERM.
 */
int store_outbox_result(struct store *s, int64_t id, enum outbox_state state, int64_t at,
			int64_t next_at, int code, struct span text, struct err *e);
/* It was being sent and went out, and nobody was told that it is late.  ERR_PERM: it was changed,
 * or is late: it must be read. */
int store_outbox_sent(struct store *s, int64_t id, int64_t at, int code, struct span text,
		      struct err *e);
/* One more attempt of which nobody knows how it ended; *ret_unknowns counts it. */
int store_outbox_unknown(struct store *s, int64_t id, int *ret_unknowns, struct err *e);
/* What a claimed row would send cannot be read: it has failed, and counts as damaged until its next
 * result, or until its message is erased. */
int store_outbox_damage(struct store *s, int64_t id, struct span text, struct err *e);
int store_outbox_damaged(struct store *s, int64_t *ret_n, struct err *e);
/* The mails that this process or node has claimed, or none that there is, and whose results are not
 * written down. */
int store_outbox_sending(struct store *s, struct arena *a, struct store_outbox **ret_v,
			 size_t *ret_n, struct err *e);
/* After a crash: what this process or node was sending is queued again, with the same Message-ID:
 * mails, or what goes to hooks; so is what was claimed by none that there is (a store that was
 * copied, or is older than nodes).  Each is due as it was, and now at the latest.  Of another node:
 * store_node_end(). */
int store_outbox_recover(struct store *s, bool hooks, int64_t now, size_t *ret_n, struct err *e);
/* The clock went back: what waits until after `latest` is due now. */
int store_outbox_rewind(struct store *s, int64_t latest, int64_t now, size_t *ret_n, struct err *e);
int store_outbox_next(struct store *s, struct span hook, int64_t *ret_at, struct err *e);
/* What waits for that hook and was made before has failed, for that reason. */
int store_outbox_expire(struct store *s, struct span hook, int64_t before, struct span text,
			size_t *ret_n, struct err *e);
/* Each hook that something waits for, or failed for. */
struct store_hook {
	struct span name;
	int64_t waiting, failed;
	int64_t oldest_at; /* of what waits; INSTANT_NONE */
};
int store_outbox_hooks(struct store *s, struct arena *a, struct store_hook **ret_v, size_t *ret_n,
		       struct err *e);
int store_outbox_get(struct store *s, int64_t id, struct arena *a, struct store_outbox *ret_row,
		     struct err *e);
struct store_outbox_filter {
	int state;	     /* -1: any */
	int64_t case_number; /* 0: any */
	int64_t since_at;    /* made since; 0: any */
	int64_t before;	     /* with a lower id; 0: any */
	int limit;
};
int store_outbox_list(struct store *s, const struct store_outbox_filter *f, struct arena *a,
		      struct store_outbox **ret_v, size_t *ret_n, struct err *e); /* newest first */
/* The row that was sent with this Message-ID, for bounces; id 0: none. */
int store_outbox_by_message_id(struct store *s, struct span message_id, struct arena *a,
			       struct store_outbox *ret_row, struct err *e);

/* Those of a person's words that were made before and wait, and were not told of; oldest first. */
int store_outbox_late(struct store *s, int64_t made_before, int limit, struct arena *a,
		      struct store_outbox **ret_v, size_t *ret_n, struct err *e);
/* When the oldest of them was made, or INSTANT_NONE. */
int store_outbox_waits(struct store *s, int64_t *ret_at, struct err *e);
/* Before that is told; *ret_waits false: another node settled it meanwhile. */
int store_outbox_told_late(struct store *s, int64_t id, int64_t at, bool *ret_waits, struct err *e);
/* The last row of the case to that address that went out; id 0: none. */
int store_outbox_last_to(struct store *s, int64_t number, struct span recipient, struct arena *a,
			 struct store_outbox *ret_row, struct err *e);

/* At most `max` of a key within any `window_s` seconds: the window slides. */
struct store_budget {
	struct span key;
	int64_t window_s;
	int max;
	int64_t of_case; /* nothing is taken of the key before that case is opened; 0: of any */
};
int store_budget_used(struct store *s, const struct store_budget *b, int64_t now, int64_t *ret_used,
		      struct err *e);
enum { STORE_BUDGET_KEYS = 3 }; /* at most in one call of the next two */
/* Takes one of each budget when all of them have room, else nothing; *ret_within: they had.  Two of
 * one key stand beside each other, the shorter window first, and what is taken counts for both. */
int store_budget_take(struct store *s, const struct store_budget *v, size_t n, int64_t now,
		      bool *ret_within, struct err *e);
/* Takes one of each budget that has room, each of a key of its own; ret_within[i]: v[i] had. */
int store_budget_take_each(struct store *s, const struct store_budget *v, size_t n, int64_t now,
			   bool *ret_within, struct err *e);
/* That these two are to be asked of some of them (store_ahead.h), of however many keys. */
void store_budget_say(struct store *s, const struct store_budget *v, size_t n, int64_t now);
/* Forgets what was taken before; call it now and then, senders choose how many keys there are. */
int store_budget_sweep(struct store *s, int64_t before, struct err *e);

#endif
