/*
 * Part of store.h: what came in, kept before anything else happens to it (gatewayd/README.md,
 * invariant I1, I2, I8).
 */
#ifndef STORE_STORE_MAIL_H
#define STORE_STORE_MAIL_H

#include "store/store_open.h"

enum mail_state { /* X-macro so that names and states stay in step */
#define STORE_MAIL_STATES(X)               \
	X(MAIL_KEPT, "kept")               \
	X(MAIL_CASE, "case")               \
	X(MAIL_NOTE, "note")               \
	X(MAIL_COMMAND, "command")         \
	X(MAIL_AUTO_FILED, "auto-filed")   \
	X(MAIL_DUPLICATE, "duplicate")     \
	X(MAIL_QUARANTINED, "quarantined") \
	X(MAIL_DROPPED, "dropped") /* out of quarantine, by a person */
#define X(id, name) id,
		  STORE_MAIL_STATES(X)
#undef X
		      MAIL_STATE_COUNT,
};
const char *mail_state_name(enum mail_state state);
bool mail_state_find(struct span name, enum mail_state *ret_state);

/* A mail that was read once more because what was known of it may be lost (store_again.h). */
enum mail_again {
	AGAIN_NO,
	AGAIN_HOLD,   /* what it would send or command waits for a person */
	AGAIN_QUIET,  /* a person let it go: it has its effect, and sends nothing */
	AGAIN_LET_GO, /* a person let it go: it is as any other */
};

struct store_location {
	struct span mailbox; /* its name in the configuration; "ingest", "import" */
	uint32_t uidvalidity, uid;
};

struct store_mail {
	int64_t id;
	struct store_location location; /* where it was first seen */
	int64_t received_at;		/* INTERNALDATE */
	int64_t kept_at;
	struct span message_id;	       /* "" when there is none */
	uint8_t identity[SHA256_SIZE]; /* of what every copy has; zeros: not said yet */
	int64_t size;		       /* on the server; more than was kept when truncated */
	bool truncated;
	bool moved;    /* into the mailbox by a person: its clock starts at kept_at */
	bool history;  /* imported: sends nothing */
	bool released; /* a person took it out of quarantine: no rule puts it back */
	enum mail_again again;
	int attempts;
	enum mail_state state;
	struct span reason;	   /* why that state, one line */
	int64_t case_number;	   /* 0: none */
	int64_t note_id;	   /* 0: none */
	struct span from, subject; /* as the header scanner saw them; for listings */
};

/*
 * Commits nothing by itself; 16 to 64 mails a transaction are ten times as fast as one.  uid 0 is
 * no location (never known: "ingest", "import").  When the mail is known at its location (`is_same`
 * of store_mail_at) *ret_id is that one and *ret_new is false; else it counts (store_seen.h).  id,
 * attempts, state and what follows are ignored on the way in.
 */
int store_mail_keep(struct store *s, const struct store_mail *m, struct span raw, int64_t *ret_id,
		    bool *ret_new, struct err *e);
/* What the store knows of a location. */
struct store_mail_place {
	int64_t id; /* the mail there, or that was there last; 0: none ever */
	enum mail_state state;
	/* Size and INTERNALDATE (where both are known) are the same too; else it is another mail
	 * that got the UID again. */
	bool is_same;
};
/* location, received_at and size of m count. */
int store_mail_at(struct store *s, const struct store_mail *m, struct store_mail_place *ret_place,
		  struct err *e);
/* A copy of a mail that had an effect (case, note, command, auto-filed). */
struct store_twin {
	int64_t id;
	int proof; /* what was proven of its sender, as bits: 1 a token, 2 our server's word */
	enum mail_state state;
	int64_t case_number, note_id; /* 0: none */
};
enum { STORE_TWINS_MAX = 20 };
/*
 * What a mail is known by beside its Message-ID may be left out while no other mail has that: it is
 * said of both when another comes, or when the bytes go.
 */
bool store_mail_is_identified(const struct store_mail *m);
/* No other mail has the Message-ID of `m`, whatever became of it. */
int store_mail_alone(struct store *s, const struct store_mail *m, bool *ret_alone, struct err *e);
/* Its identity is that of `m`, unless it has one. */
int store_mail_identify(struct store *s, const struct store_mail *m, struct err *e);
/* The numbers of those with the Message-ID of `m`, but not itself, that had an effect and have no
 * identity.  They are few: those that were decided while they were alone. */
int store_mail_unidentified(struct store *s, const struct store_mail *m, struct arena *a,
			    int64_t **ret_v, size_t *ret_n, struct err *e);
/* Of the Message-ID and identity of `m`, but not itself, the oldest first. */
int store_mail_twins(struct store *s, const struct store_mail *m, struct arena *a,
		     struct store_twin **ret_v, size_t *ret_n, struct err *e);
/* Of its Message-ID, with an identity, and finished with that `said`. */
int store_mail_alike(struct store *s, const struct store_mail *m, int64_t said, struct arena *a,
		     struct store_twin **ret_v, size_t *ret_n, struct err *e);
/* How many are quarantined for what went wrong, and by no rule. */
int store_mail_aside(struct store *s, int64_t *ret_n, struct err *e);
/* Whether a mail with that Message-ID waits for a decision, which the mail `id` may answer: one of
 * a lower number, or kept at `since_at` or later, as other nodes have numbers of their own. */
int store_mail_undecided(struct store *s, struct span message_id, int64_t id, int64_t since_at,
			 bool *ret_any, struct err *e);
/* Kept mails not yet decided, oldest first, with id > after. */
int store_mail_pending(struct store *s, int64_t after, int limit, struct arena *a,
		       struct store_mail **ret_v, size_t *ret_n, struct err *e);
/* Those of them that were imported. */
int store_mail_history_pending(struct store *s, int64_t *ret_n, struct err *e);
/* It is tried for the attempts-th time: said once more, where it is not known whether that stands,
 * it counts once. */
int store_mail_attempt(struct store *s, int64_t id, int attempts, struct err *e);
/* What became of it.  proof as in store_twin; said: of what it says (gatewayd/mail/twin.h), 0: not
 * known. */
struct store_mail_end {
	enum mail_state state;
	struct span reason;
	int64_t case_number, note_id; /* 0: none */
	int proof;
	int64_t said;
};
int store_mail_end(struct store *s, int64_t id, const struct store_mail_end *end, struct err *e);
/* The same, of a mail nothing was proven of. */
int store_mail_finish(struct store *s, int64_t id, enum mail_state state, struct span reason,
		      int64_t case_number, int64_t note_id, struct err *e);
int store_mail_reset(struct store *s, int64_t id, struct err *e);   /* back to kept, attempts 0 */
int store_mail_release(struct store *s, int64_t id, struct err *e); /* and released */
int store_mail_get(struct store *s, int64_t id, struct arena *a, struct store_mail *ret_mail,
		   struct err *e); /* ERR_PERM: no such mail */
int store_mail_raw(struct store *s, int64_t id, struct buf *ret_raw, struct err *e);
/* The same a piece at a time. */
int store_mail_raw_read(struct store *s, int64_t id, store_piece_fn *fn, void *ctx, struct err *e);
/* Where the earlier one is the same byte by byte, its bytes are those of this one, too: they are
 * kept once.  raw: of `id`, as it is kept. */
int store_mail_share(struct store *s, int64_t id, int64_t earlier, struct span raw, struct err *e);
/* A slice of retention. */
struct store_expiry {
	int64_t after, before; /* mails with id > after, kept before that instant */
	int64_t to;	       /* and id <= to; 0: any */
	bool left;	       /* those that still have their bytes; else all count */
	int limit;	       /* mails */
	int64_t bytes;	       /* of theirs; the mail that reaches it is the last */
	/* Has a mail say its identity, for which its bytes are needed. */
	int (*identify)(struct store *s, int64_t id, struct err *e);
};
struct store_expired {
	int64_t last;	   /* the highest id that was looked at; 0: there was none */
	bool is_damaged;   /* that one: it keeps what it has, and the slice ends with it */
	struct err damage; /* where it is */
};
/*
 * Retention: takes the raw bytes of decided mails away; what waits for a decision or a person keeps
 * its own.  Attachments and notes stay, so a mail goes only when all files that stand in it can be
 * read.
 */
int store_mail_expire(struct store *s, const struct store_expiry *slice,
		      struct store_expired *ret_done, struct err *e);
/* All mails with that Message-ID (without <>), or all when it is empty; newest first. */
struct store_mail_filter {
	struct span message_id; /* "": any */
	int state;		/* -1: any */
	int64_t case_number;	/* 0: any */
	int64_t since_at;	/* kept since; 0: any */
	int64_t before;		/* with a lower id; 0: any */
	int limit;
};
int store_mail_list(struct store *s, const struct store_mail_filter *f, struct arena *a,
		    struct store_mail **ret_v, size_t *ret_n, struct err *e);

/* How many came to a case, also those that are no note of it (a storm's). */
int store_mail_count_case(struct store *s, int64_t case_number, int64_t *ret_n, struct err *e);

/* Of each state, how often a mail was given it here (store_mail_end()) in what was committed. */
const int64_t *store_mail_decided(const struct store *s);

/* What became of the mails that were first seen in a mailbox; reads all mails. */
struct store_mail_count {
	struct span mailbox;
	int64_t kept; /* all of them, by whatever state */
	int64_t states[MAIL_STATE_COUNT];
};
int store_mail_count(struct store *s, struct arena *a, struct store_mail_count **ret_v,
		     size_t *ret_n, struct err *e);

#endif
