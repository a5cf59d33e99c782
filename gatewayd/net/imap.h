/*
 * An IMAP session (RFC 3501 with UIDPLUS, MOVE, IDLE, NAMESPACE) over a
 * stream of connect.h.
 *
 * A session's beginning is as few round trips as there are answers to wait for: what the server can
 * is taken from its answer to the log-in, and what depends on no answer is sent together.  Nothing
 * is sent ahead of STARTTLS or the log-in: what came behind those would be of another stream.
 *
 * libetpan never connects by itself and never sees a byte that imap_guard.h has not passed.  Each
 * command has one deadline for its whole answer (command_timeout_s; a fetch gets more with its
 * size) and a byte limit.  After an error of class ERR_TEMP with imap_usable() false the session is
 * dead: close it and open another.  A NO from the server leaves it usable.
 *
 * One thread at a time uses a session.  UIDs are valid under the UIDVALIDITY of the last select
 * only.
 */
#ifndef GATEWAYD_NET_IMAP_H
#define GATEWAYD_NET_IMAP_H

#include "gatewayd/base/units.h"
#include "gatewayd/net/imap_stream.h"

struct imap;

int imap_open(const struct connect_options *o, struct imap **ret_imap, struct err *e);
void imap_close(struct imap **i); /* says LOGOUT without waiting for an answer */
bool imap_usable(const struct imap *i);
int64_t imap_round_trip_ms(const struct imap *i); /* that a short command took, at the beginning */
bool imap_can_idle(const struct imap *i);
bool imap_can_move(const struct imap *i); /* in one command that is done or not */
bool imap_can_uidplus(const struct imap *i);

/*
 * Commands can be sent before their turn, so that none waits for the round trip of another (RFC
 * 3501 section 5.5).  What is called between imap_ahead(i, true) and imap_ahead(i, false) is sent
 * together, and comes to nothing else.  In its turn it is called once more, with the same
 * arguments, and takes its answer; no other command may come before it.  imap_describe(),
 * imap_fetch(), imap_mark(), imap_claim() and imap_unclaim() can be sent so, and imap_move() where
 * imap_can_move(); imap_select(), imap_examine(), imap_folder_exists() and imap_folder_create();
 * and, as the last, imap_list().
 *
 * A command may be sent behind a select for the folder that this selects.  When that fails its
 * answer means nothing: servers differ in which folder is selected then, and may call it BAD, after
 * which the session is dead.  So that no mail is taken for another, what changes anything is sent
 * when the UIDVALIDITY is known.
 */
void imap_ahead(struct imap *i, bool on);
/* What is done while an answer is awaited (imap_stream.h); wake may send ahead. */
void imap_meanwhile(struct imap *i, const struct imap_while *w);

/* The keyword of mails that we moved: where the server keeps keywords they say that a store knew
 * them. */
#define IMAP_MARK "$gatewayd"

struct imap_folder {
	uint32_t uidvalidity;
	uint32_t exists;
	uint32_t uidnext; /* that the next mail gets; 0: the server does not say */
	bool read_only;
	bool keeps_mark;
};
/* A folder by the name in the configuration (UTF-8, "/" between levels). */
int imap_select(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e);
/* The same to look at alone: no command then changes anything in it (EXAMINE). */
int imap_examine(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e);
int imap_folder_exists(struct imap *i, const char *folder, bool *ret_exists, struct err *e);
/* Creates it, so that people see it in their clients.  Also where it is there already, which the
 * server refuses. */
int imap_folder_create(struct imap *i, const char *folder, struct err *e);
/* Finds the folder, creates it when it is missing. */
int imap_folder_ensure(struct imap *i, const char *folder, struct err *e);

/* It had so many mails when it was selected that imap_list() asks for them by parts: sent ahead,
 * its answer would go unread, and be asked for once more. */
bool imap_is_full(const struct imap *i);
enum { IMAP_LIST_MAX = 16 * MIB }; /* UIDs; a server can claim 4 billion */
/* The UIDs of the selected folder, rising; the caller frees *ret_uids with mem_free().  Over
 * IMAP_LIST_MAX: ERR_TEMP, and none. */
int imap_list(struct imap *i, uint32_t **ret_uids, size_t *ret_count, struct err *e);

/* The same of those with a UID from there on; marked: that have IMAP_MARK. */
int imap_list_from(struct imap *i, uint32_t from, bool marked, uint32_t **ret_uids,
		   size_t *ret_count, struct err *e);

enum {
	IMAP_HEAD_BYTES = 256 * KIB, /* of a mail over the limit */
	IMAP_RANGE_MAX = 256,	     /* UIDs in one call below, where it says no other number */
	IMAP_MOVE_MAX = 1024,	     /* UIDs that are claimed, or moved, in one */
	IMAP_MIN_RATE = 32 * KIB,    /* bytes a second that a fetch must reach */
	IMAP_HERE_MAX = 32 * KIB,    /* bytes of a mail that costs no memfd */
};

struct imap_mail {
	uint32_t uid;
	bool present;	     /* the server still has it */
	int64_t received_at; /* INTERNALDATE; INSTANT_NONE when the server gave none */
	int64_t size;	     /* RFC822.SIZE */
	/* from imap_fetch() only: */
	bool came;
	int64_t length;
	char *here;	   /* that many bytes on the heap, up to IMAP_HERE_MAX; NULL: none */
	int fd;		   /* a sealed memfd of them; -1: none */
	bool truncated;	   /* over the limit: there are only the first IMAP_HEAD_BYTES */
	bool size_differs; /* length is not what size lets expect: no body, a part of it, more */
};

/* Fills ret_mails[n] (any number; uid set by the caller, rising) with what the server says of each.
 */
int imap_describe(struct imap *i, struct imap_mail *ret_mails, size_t n, struct err *e);

/* Its bytes, wherever they are. */
void imap_mail_release(struct imap_mail *mail);
/* The mail's bytes are the callee's. */
typedef void imap_mail_fn(void *ctx, const struct imap_mail *mail);

/*
 * Fetches described mails with BODY.PEEK[], each handed to fn when it is complete; those that have
 * gone have not `came` afterwards.  Mails over max_bytes come truncated, the others in one command.
 * On error what was handed over is good.  fn and ctx are the same as long as one is under way.
 */
int imap_fetch(struct imap *i, struct imap_mail *mails, size_t n, int64_t max_bytes,
	       imap_mail_fn *fn, void *ctx, struct err *e);

/* What the server said last, printable, appended. */
void imap_last_words(const struct imap *i, struct buf *out);

/*
 * Moves them (at most IMAP_MOVE_MAX) to a folder: MOVE, else COPY + STORE \Deleted + UID EXPUNGE,
 * else (no UIDPLUS) without the expunge, because a bare EXPUNGE would take other people's deleted
 * mails with it; such mails are then left out by imap_list().  UIDs that are not there are no
 * error.
 */
int imap_move(struct imap *i, const uint32_t *uids, size_t count, const char *folder,
	      struct err *e);

/* Sets IMAP_MARK on them; it goes with a mail that is moved or copied. */
int imap_mark(struct imap *i, const uint32_t *uids, size_t count, struct err *e);

struct imap_claims {
	uint32_t store;		       /* whose they are */
	bool ours[IMAP_MOVE_MAX];      /* of each mail: no other store claims it */
	bool there[IMAP_MOVE_MAX];     /* else it is gone, and not ours */
	bool kin[IMAP_MOVE_MAX];       /* all its claims are of nodes of one store, ours */
	uint32_t yield[IMAP_MOVE_MAX]; /* claimed by a lower store, rising */
	size_t yields;
};
/* The upper 16 bits of a claim are the store's, the lower ones may be a node's. */
bool imap_claim_is_kin(uint32_t a, uint32_t b);
/*
 * Sets IMAP_MARK and the claim of that store (not 0), and says which of the mails (at most
 * IMAP_MOVE_MAX) no other store claims: those alone may be moved.  A claim is written before the
 * others are read, so that of two stores one at most is alone; where neither is, the claim of the
 * lower one stays: imap_unclaim() the others.
 */
int imap_claim(struct imap *i, const uint32_t *uids, size_t count, uint32_t store,
	       struct imap_claims *ret_claims, struct err *e);
int imap_unclaim(struct imap *i, const uint32_t *uids, size_t count, uint32_t store, struct err *e);

/* The end of a move whose copies are made: \\Deleted and, with UIDPLUS, UID EXPUNGE. */
int imap_remove(struct imap *i, const uint32_t *uids, size_t count, struct err *e);

/* Before a wait without a command: memory that was kept for reading is given back. */
void imap_rest(struct imap *i);

enum imap_event { IMAP_CHANGED, IMAP_QUIET, IMAP_WOKEN };

/*
 * Waits with IDLE until the folder changes, wake_fd (-1: none) is readable, or timeout_ms passed.
 * Servers drop an IDLE after 29 minutes (RFC 2177): keep timeout_ms below.
 */
int imap_idle(struct imap *i, int wake_fd, int timeout_ms, enum imap_event *ret_event,
	      struct err *e);

#endif
