/*
 * What an IMAP server may say before libetpan hears it.
 *
 * The guard reads the stream as RFC 3501 section 2.2 cuts it, lines with literals inside, and lets
 * whole lines through.  It keeps limits (line, literal, bytes and lines a command), and refuses
 * what libetpan 1.9.4 does not survive: BYE (it reads a union wrongly and crashes: to us it is the
 * end of the stream), huge literals (allocated before they come), deep nesting (recursion), NUL
 * bytes, a list of flags that has none and no end, and data that was never asked for (ENVELOPE,
 * BODYSTRUCTURE).  It also remembers that an EXISTS went by, and keeps untagged lines before
 * "+ idling" from libetpan, which would wait for ever (hush), and EXPUNGE, which nobody asks for.
 *
 * Where commands are sent ahead, the end of a later one ("8 OK") can come before that of the one
 * whose turn it is; libetpan, which knows one at a time, gets it when its turn comes, which is when
 * that of the one before has gone through.  A SELECT that was sent ahead says how many mails there
 * are, which is no news: that is forgotten at its end.
 *
 * Pure: bytes in, bytes out, no libetpan, no I/O.
 */
#ifndef GATEWAYD_NET_IMAP_GUARD_H
#define GATEWAYD_NET_IMAP_GUARD_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"
#include "gatewayd/base/units.h"

enum {
	IMAP_LINE_MAX = 64 * KIB,	 /* a line without its literals */
	IMAP_SEARCH_LINE_MAX = 16 * MIB, /* "* SEARCH 1 2 3 ..." */
	IMAP_SEARCH_UIDS_MAX = 1500000,	 /* a command; libetpan takes 64 bytes for each */
	IMAP_LITERAL_MAX = 8 * KIB,	 /* a literal that is no message */
	IMAP_LITERALS_MAX = 16,		 /* in one line */
	IMAP_DEPTH_MAX = 16,		 /* of parentheses */
	IMAP_HELD_MAX = 64 * KIB,	 /* of ends that came early */
};

struct imap_guard {
	struct buf line;	/* of the response under way, until it is whole */
	size_t line_bytes;	/* of this response, without literals */
	uint64_t literal_left;	/* bytes of a literal still to come */
	int literals;		/* in this response */
	int64_t body_max;	/* largest literal of BODY[] let through */
	int64_t command_left;	/* bytes this command's answer may still have */
	int64_t uids_left;	/* that "* SEARCH" may still name in it */
	bool hush;		/* untagged lines are dropped until a "+" or a tag comes */
	bool exists;		/* an EXISTS or RECENT came since the user cleared it */
	uint32_t news_tag;	/* at whose end it is cleared, too; 0: none */
	bool no_search;		/* "* SEARCH ..." is dropped, however long it is */
	bool bye;		/* the server said BYE */
	bool broken;		/* a limit was hit; nothing goes through any more */
	uint32_t tag, last_tag; /* whose turn it is; the last one sent ahead; 0: none is */
	bool ended;		/* what comes next is of the one behind it */
	struct buf held;	/* ends of others */
	uint32_t looked;	/* the turn whose end was last looked for among them */
	char bye_text[128];
};

void imap_guard_init(struct imap_guard *g);
void imap_guard_release(struct imap_guard *g);

/* Before each command: what its answer may cost in all, and the largest message in it. */
void imap_guard_command(struct imap_guard *g, int64_t answer_max, int64_t body_max);
/* One more command is sent ahead. */
void imap_guard_ahead(struct imap_guard *g, int64_t answer_max, int64_t body_max);
/* The turn of a command sent ahead: what was held of it is appended to out now or at the end of the
 * response under way. */
void imap_guard_turn(struct imap_guard *g, uint32_t tag, struct buf *out);

/*
 * Takes bytes from the server and appends to out what libetpan may read.  0, or -1 with e filled:
 * the server broke a rule (ERR_TEMP: the session ends, another may do better) or said BYE.  What
 * went into out before the offence is good.
 */
int imap_guard_feed(struct imap_guard *g, struct span bytes, struct buf *out, struct err *e);

#endif
