/*
 * Part of store.h: people who are erased, how far that is, and what stays so that nothing of them
 * comes back.
 *
 * A person is known by the keyed hashes of their addresses (store_person_hash()); addresses and
 * names stand beside these in clear only as long as it is not done.
 */
#ifndef STORE_STORE_ERASURE_H
#define STORE_STORE_ERASURE_H

#include "store/store_mail.h"
#include "store/store_person.h"

struct store_erasure {
	int64_t id, at;
	int64_t done_at;    /* INSTANT_NONE: it goes on */
	bool is_dry;	    /* it is counted, and changes nothing */
	int phase;	    /* of gatewayd/person/job.h */
	int64_t place;	    /* in it */
	struct span counts; /* one JSON object of numbers */
};
int store_erasure_add(struct store *s, int64_t at, bool is_dry, int64_t *ret_id, struct err *e);
int store_erasure_get(struct store *s, int64_t id, struct arena *a,
		      struct store_erasure *ret_erasure, struct err *e); /* ERR_PERM: none */
/* The first one that is not done; id 0: there is none. */
int store_erasure_next(struct store *s, struct arena *a, struct store_erasure *ret_erasure,
		       struct err *e);
/* Writes down phase, place, counts and done_at. */
int store_erasure_step(struct store *s, const struct store_erasure *er, struct err *e);
/* Its items and names, and addresses but for their hashes, or with these. */
int store_erasure_forget(struct store *s, int64_t id, bool hashes_too, struct err *e);

/* An address of theirs; "": it is not known yet. */
struct store_erasure_address {
	uint8_t hash[MAC_SIZE];
	struct span address;
};
int store_erasure_address(struct store *s, int64_t id, const struct store_erasure_address *row,
			  struct err *e);
int store_erasure_addresses(struct store *s, int64_t id, struct arena *a,
			    struct store_erasure_address **ret_v, size_t *ret_n, struct err *e);
int store_erasure_name(struct store *s, int64_t id, struct span name, struct err *e);
int store_erasure_names(struct store *s, int64_t id, struct arena *a, struct span **ret_v,
			size_t *ret_n, struct err *e);

/* What is still to be done: "case" (with those merged into it), "mail", "outbox" (of no case). */
struct store_erasure_item {
	struct span kind;
	int64_t id; /* 0: there is none */
};
int store_erasure_item(struct store *s, int64_t id, const struct store_erasure_item *item,
		       struct err *e);
int store_erasure_item_next(struct store *s, int64_t id, struct arena *a,
			    struct store_erasure_item *ret_item, struct err *e);
int store_erasure_item_done(struct store *s, int64_t id, const struct store_erasure_item *item,
			    struct err *e);

/*
 * A mail that was erased: message_id and identity, or message_id, size and received_at, of `m`
 * count.  Marked, either finds it.  It is written to the companion of the store as well (below).
 */
int store_erased_mark(struct store *s, const struct store_mail *m, int64_t at, struct err *e);
/* The same in the store alone: for what a backup of before may bring back. */
int store_erased_mark_here(struct store *s, const struct store_mail *m, int64_t at, struct err *e);
/* Whether anything was: of most stores nothing, and nothing needs a hash then. */
int store_erased_any(struct store *s, bool *ret_any, struct err *e);
int store_erased_has(struct store *s, const struct store_mail *m, bool *ret_has, struct err *e);
/* A text by which its copies are known (gatewayd/identity/mail_alike.h). */
int store_erased_mark_text(struct store *s, struct span text, int64_t at, struct err *e);
int store_erased_has_text(struct store *s, struct span text, bool *ret_has, struct err *e);
int store_erased_was_seen(struct store *s, const struct store_mail *m, bool *ret_was,
			  struct err *e);

/*
 * The list of the erased: the key of the hashes, and each hash of an address or a mail with its
 * time.  A backup that is put in the place of the store learns from it what was erased since
 * (store_erased_again()), and the daemon erases that again.
 *
 * Of a file it is STORE.erased.  Of a database each node has one of its own, in a folder that
 * store_erased_beside() names: it writes down what it erases itself, and store_erased_gather()
 * adds what others did.  Without a folder there is none.
 */
/* The path of the list of a file; the caller's. */
char *store_erased_path(const char *where);
/* No effect on a file. */
int store_erased_beside(struct store *s, const char *folder, struct err *e);
/* What the store knows and the list does not is added to it, and is on the disk. */
int store_erased_gather(struct store *s, struct err *e);
/* The last erasure that is done; another one than before: there is something to gather.  0: none.
 */
int store_erased_last(struct store *s, int64_t *ret_id, struct err *e);
int store_erased_keep_address(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at,
			      struct err *e);
/* What was written to it is on the disk: before each commit that erases. */
int store_erased_sync(struct store *s, struct err *e);
/* In a transaction, of a database: it may have been put back.  *ret_people: addresses that are to
 * be erased again. */
int store_erased_recall(struct store *s, int64_t now, int64_t *ret_people, struct err *e);
/* The same of another list; a file's, after a restore. */
int store_erased_again(struct store *s, const char *path, int64_t now, int64_t *ret_people,
		       struct err *e);

#endif
