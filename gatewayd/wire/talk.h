/*
 * What core and the network roles tell each other, message by message (messages.h).
 *
 * put: fills and sends.  get: reads and checks the whole frame; texts point into it and are valid
 * until the next wire_read().  Descriptors become the reader's.
 */
#ifndef GATEWAYD_WIRE_TALK_H
#define GATEWAYD_WIRE_TALK_H

#include "gatewayd/base/area.h"
#include "gatewayd/base/arena.h"
#include "gatewayd/wire/messages.h"

/* The folders of a mailbox. */
enum talk_place { TALK_INBOX, TALK_PROCESSED, TALK_QUARANTINE, TALK_PLACE_COUNT };

/* A session of a poller on one folder: a UID of another session may mean another mail. */
struct talk_session {
	struct span mailbox; /* its name in the configuration */
	uint32_t uidvalidity;
	uint32_t number; /* the poller's, one more for each log-in and folder */
	enum talk_place place;
};

/* A place in a folder. */
struct talk_at {
	struct talk_session session;
	uint32_t uid;
};

/*
 * MSG_FOLDER: the mails that are in the folder now, at most TALK_UIDS_MAX a message; a larger
 * folder takes several, each answered by its own MSG_WANT; one without mails has no answer.  What
 * core wants of one may come before the next.
 */
enum {
	TALK_UIDS_MAX = 10000,
	TALK_LIST_MAX = 16 * MIB, /* mails of an inbox that wait */
};
struct talk_listed {
	uint32_t uid;
	int64_t received_at; /* INTERNALDATE; INSTANT_NONE: the server gives none */
	int64_t size;	     /* RFC822.SIZE */
	struct span id;	     /* the field Message-ID, where mails were moved to; else empty */
};
struct talk_folder {
	struct talk_session session;
	bool first, last;	   /* message of a look at the folder */
	struct talk_listed *mails; /* get: in the arena */
	size_t n;
};
int talk_folder_put(struct wire *w, const struct talk_folder *f, struct err *e);
int talk_folder_get(struct wire_in *in, struct arena *a, struct talk_folder *ret_folder,
		    struct err *e);

/*
 * MSG_PLACE: at the beginning of a session, for each folder that mails are moved to: a question,
 * how far it is compared with the store, answered by MSG_PLACE_FROM; and, when what that wanted was
 * reported by MSG_FOLDER and is kept, how far it is compared now.
 */
struct talk_compared {
	struct talk_session session;
	bool done;
	bool keeps_marks; /* the server keeps the keyword of mails that we moved */
	uint32_t upto;	  /* done: all UIDs up to this */
};
int talk_compared_put(struct wire *w, const struct talk_compared *c, struct err *e);
int talk_compared_get(struct wire_in *in, struct talk_compared *ret_compared, struct err *e);

struct talk_compare {
	struct talk_session session;
	uint32_t from;	/* the first UID that is to be compared; 0: none */
	bool all;	/* else only those that have our keyword */
	uint32_t store; /* what it claims mails by (net/imap.h); 0: it claims none */
	bool wait;	/* core cannot say now: ask again */
};
int talk_compare_put(struct wire *w, const struct talk_compare *c, struct err *e);
int talk_compare_get(struct wire_in *in, struct talk_compare *ret_compare, struct err *e);

/* MSG_WANT: for each UID of the MSG_FOLDER what to do with it. */
enum talk_want {
	TALK_FETCH,	 /* not known: fetch it */
	TALK_MOVE,	 /* kept long ago: move it to the processed folder, if it is not there */
	TALK_MOVE_ASIDE, /* quarantined: to the quarantine folder, where there is one */
	TALK_WAIT,	 /* being kept right now: ask again next time */
	TALK_ELSEWHERE,	 /* another node has the mailbox: new mail is no reason to ask again */
	TALK_REFUSED,	 /* the store does not take this one: a trouble (poller/troubles.h) */
	TALK_WANT_COUNT,
};
struct talk_wants {
	struct talk_session session;
	uint32_t *uids;
	uint8_t *wants; /* enum talk_want */
	size_t n;
};
int talk_wants_put(struct wire *w, const struct talk_wants *t, struct err *e);
int talk_wants_get(struct wire_in *in, struct arena *a, struct talk_wants *ret_wants,
		   struct err *e);

/* MSG_MAIL: one mail, its bytes in a memfd of `kept` bytes; MSG_MAIL_HERE: they are in the message.
 */
enum {
	TALK_HERE_MAX = 32 * KIB, /* bytes of a mail in a message, here and below */
	TALK_CUT_MAX = 256 * KIB, /* of one over limits.mail_bytes */
};
struct talk_mail {
	struct talk_at at;
	int64_t received_at; /* INTERNALDATE */
	int64_t size;	     /* on the server */
	int64_t kept;	  /* bytes in the memfd: less than size for a mail over limits.mail_bytes */
	int fd;		  /* put: stays the caller's; -1: here */
	struct span here; /* get: until the next wire_read() */
};
int talk_mail_put(struct wire *w, const struct talk_mail *m, struct err *e);
int talk_mail_get(struct wire_in *in, struct talk_mail *ret_mail, struct err *e);

/*
 * MSG_KEPT: what became of a MSG_MAIL.  TALK_MOVE, TALK_MOVE_ASIDE: it is durable, move it;
 * TALK_WAIT: it could not be kept, leave it and report it again in a later cycle; TALK_REFUSED: nor
 * is that likely then.
 */
struct talk_kept {
	struct talk_at at;
	enum talk_want want;
};
int talk_kept_put(struct wire *w, const struct talk_kept *k, struct err *e);
int talk_kept_get(struct wire_in *in, struct talk_kept *ret_kept, struct err *e);

/* MSG_POLLER_STATUS: for `gatewayctl status`; sent when it changes. */
struct talk_status {
	struct span mailbox;
	bool good;
	struct span text;	/* "idle", "fetching", or what is wrong */
	uint32_t aside;		/* mails in the folder that the server does not give */
	struct span aside_text; /* the first of them, "" when there is none */
};
int talk_status_put(struct wire *w, const struct talk_status *s, struct err *e);
int talk_status_get(struct wire_in *in, struct talk_status *ret_status, struct err *e);

/* MSG_SEND_AREA, before any other: where messages stand.  put: the descriptor stays the caller's.
 * get: the area is the reader's, who must have none yet. */
int talk_send_area_put(struct wire *w, int fd, struct err *e);
int talk_send_area_get(struct wire_in *in, struct area *ret_area, struct err *e);

/* MSG_SEND: one message to one recipient, in a memfd; MSG_SEND_HERE: in the message;
 * MSG_SEND_THERE: in the area, until how it ended is told. */
struct talk_send {
	int64_t row;		       /* of the outbox */
	int64_t case_number;	       /* 0: none */
	uint64_t results;	       /* a mark of what is written down of earlier tries */
	struct span sender, recipient; /* envelope; sender may be "" */
	struct span domain;	       /* of the recipient, in one form */
	int fd;			       /* the message, CRLF; put: stays the caller's; -1: here */
	struct span here;
	uint32_t slot; /* 0: not there */
	uint32_t size; /* of what is there, bytes */
};
int talk_send_put(struct wire *w, const struct talk_send *s, struct err *e);
int talk_send_get(struct wire_in *in, struct talk_send *ret_send, struct err *e);

/* MSG_SENT: how it ended. */
enum talk_outcome {
	TALK_SENT,
	TALK_RETRY,   /* 4xx, or the connection */
	TALK_FAILED,  /* 5xx, or an address or message that cannot be sent */
	TALK_UNKNOWN, /* the final reply was lost: may have been delivered */
	TALK_OUTCOME_COUNT,
};
struct talk_sent {
	int64_t row;
	enum talk_outcome outcome;
	int code;	  /* SMTP reply; 0: none */
	struct span text; /* the reply or the reason */
	bool server;	  /* it is the server's trouble or the login's, and no mail's */
	uint32_t awaited; /* other mails that the server has all of, and may soon reply to */
	uint32_t held;	  /* and those that it soon replies to once MSG_WRITTEN has come */
};
int talk_sent_put(struct wire *w, const struct talk_sent *s, struct err *e);
int talk_sent_get(struct wire_in *in, struct talk_sent *ret_sent, struct err *e);

/* MSG_BACK: that row was not begun, as its domain is slow: it may be claimed again. */
int talk_back_put(struct wire *w, int64_t row, struct err *e);
int talk_back_get(struct wire_in *in, int64_t *ret_row, struct err *e);

/* MSG_LANES: how the sender fares; comes when that changes. */
enum { TALK_SLOW_MAX = 64 };
struct talk_slow {
	struct span domain;
	int64_t ms;    /* that its replies take */
	uint32_t room; /* rows more that it may have at the sender */
};
struct talk_lanes {
	uint32_t open, most; /* connections that are used, and may be */
	int64_t ms;	     /* that the replies to a mail take, as a rule; < 0: not known */
	uint32_t slow_room;  /* rows more that all that are slow may have there together */
	struct talk_slow slow[TALK_SLOW_MAX];
	size_t n;
};
int talk_lanes_put(struct wire *w, const struct talk_lanes *l, struct err *e);
int talk_lanes_get(struct wire_in *in, struct talk_lanes *ret_lanes, struct err *e);

/*
 * MSG_WRITTEN: how the row of a MSG_SENT ended is in the store.  No more than TALK_OUT mails for
 * each connection that may be are with the server, sent or all but that, without that word: these
 * may go out twice when the machine dies (taken.h).  To a server that takes its time fewer are, as
 * they are written down within a millisecond or two.
 */
enum { TALK_OUT = 4 };
int talk_written_put(struct wire *w, int64_t row, struct err *e);
int talk_written_get(struct wire_in *in, int64_t *ret_row, struct err *e);

#endif
