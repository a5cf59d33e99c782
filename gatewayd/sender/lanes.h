/*
 * Which mail goes next, and on how few connections.
 *
 * A lane is a connection, or may become one.  LANES_FIRST are open at first; one more is opened
 * when a mail has waited for LANES_GROW_MS that could begin (for less where the server is quick,
 * not at all where its replies come within LANES_AT_ONCE_MS: two connections have it busy then), up
 * to `most`, and one is closed for each mail that ends while none waits.  Mails begin in the
 * order in which they came, but
 *  - of one case to one recipient never two at once, so that they stay in order (one that failed
 *    and is tried again later is not waited for: I4);
 *  - a domain has seven eighths of all lanes at most, but an eighth before the first of its mails
 *    has ended and as long as it is slow, and half of that while others wait.  A domain is slow
 * when its replies take LANES_SLOW_TIMES as long as those to others, and longer than LANES_SLOW_MS
 *    (then it hangs), or than LANES_PASSED_MS where others ended meanwhile, twice as many as there
 *    are lanes; a mail that has no reply yet counts as it stands.  All that hang have half of the
 *    lanes together, all others that are slow a quarter, and each of the two an eighth while quick
 *    ones wait, so that what is a little slow does not wait for what hangs.  A mail that may not
 *    begin because its domain is slow is given back, so that it takes no room from others, and so
 *    are those that follow it to that recipient about that case;
 *  - no lane waits for what hangs while all others do, too, and a mail waits: domains that nothing
 *    was known of can take all lanes before they are known to hang.  The last of their mails is
 *    given back when another one has waited for LANES_CUT_MS, unless the server may have all of it.
 *    On a single lane what is known to hang waits until no other mail does.
 *
 * Pure: time is handed in, in milliseconds; what waits for anything else than a server's reply to a
 * mail (a connection, core) does not count.  Not for several threads.
 */
#ifndef GATEWAYD_SENDER_LANES_H
#define GATEWAYD_SENDER_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "gatewayd/base/str.h"

enum {
	LANES_FIRST = 2,
	LANES_GROW_MS = 10, /* where its replies take half of that or more */
	LANES_GROW_LEAST_MS = 1,
	LANES_AT_ONCE_MS = 1, /* replies that take less */
	LANES_SLOW_MS = 250,
	LANES_PASSED_MS = 20,
	LANES_SLOW_TIMES = 4,
	LANES_CUT_MS = 10000, /* that another mail waits while all lanes wait for what hangs */
	LANES_SLOW_MAX = 64,  /* domains; more are not held to be slow */
	LANES_FORGET_MS = 10 * 60 * 1000, /* a domain that nothing was sent to for so long */
	LANES_MAILS_MAX = 256,		  /* here at once */
};

struct lanes_domain;
struct lanes_gone;

/* The caller's, in place; its texts live as long as it is here. */
struct lanes_mail {
	int64_t row;
	int64_t case_number; /* 0: none */
	struct span recipient;
	struct span domain; /* in one form: of one domain are equal bytes */

	struct lanes_mail *next;
	struct lanes_domain *at;
	int64_t since_ms; /* it waits, or the server's reply is awaited, since then; 0: it is not */
	int64_t took_ms;  /* for replies before that */
	uint64_t before;  /* that had ended when it began */
	bool goes_back;	  /* after the one before it */
	bool is_whole;	  /* the caller's: the server may have all of it, so it is not cut */
};

struct lanes {
	size_t most, open;
	struct lanes_mail *waiting, *out; /* out: begun and not ended */
	struct lanes_mail *next;	  /* each waits for one that is out (lanes_next()) */
	struct lanes_gone *gone;	  /* went back, and core may not know it yet */
	size_t waiting_count, out_count;  /* waiting: with the next */
	uint64_t ended, looked;		  /* looked: that had ended at the last look */
	int64_t grown_ms;
	double ms; /* that the replies to a mail take, as a rule; < 0: not known */
	double told_ms;
	struct lanes_domain *domains;
	size_t domain_count;
	bool changed; /* lanes_view() has news */
};

void lanes_init(struct lanes *l, size_t most);
void lanes_release(struct lanes *l); /* the mails are the caller's */

/* Waits from now on; false: LANES_MAILS_MAX are here. */
bool lanes_add(struct lanes *l, struct lanes_mail *m, int64_t now_ms);
/* The next one to begin, on a lane that does nothing; NULL: none may begin now. */
struct lanes_mail *lanes_begin(struct lanes *l, int64_t now_ms);
/* One that may not begin because its domain is slow, or follows one that went back; the last first;
 * NULL: none. */
struct lanes_mail *lanes_back(struct lanes *l);
/* Each lane waits for a domain that hangs, and another mail has waited for LANES_CUT_MS: one that
 * is under way, and no more from now on; the caller breaks it off and gives it back.  NULL: none.
 */
struct lanes_mail *lanes_cut(struct lanes *l, int64_t now_ms);
/* Core has that row again, if it went back: those that follow it come behind it from now on. */
void lanes_written(struct lanes *l, int64_t row);
/* The one that may follow m, which is out, on its lane as soon as m has ended: nothing slow is
 * waited for, or held up.  NULL: none. */
struct lanes_mail *lanes_next(const struct lanes *l, const struct lanes_mail *m);
/* It is to do so; then it does, or it does not and the caller gives it back. */
void lanes_next_keep(struct lanes *l, struct lanes_mail *next);
void lanes_next_begin(struct lanes *l, struct lanes_mail *next);
void lanes_next_back(struct lanes *l, struct lanes_mail *next);
/* Its reply has been awaited for so long that none should wait for it. */
bool lanes_is_stuck(const struct lanes_mail *m, int64_t now_ms);
/* From now on a reply of the server to it is awaited, or is not. */
void lanes_asked(struct lanes_mail *m, int64_t now_ms);
void lanes_held(struct lanes_mail *m, int64_t now_ms);
/* It has ended; told: the server said, or failed to say, something about this mail. */
void lanes_end(struct lanes *l, struct lanes_mail *m, bool told, int64_t now_ms);
/* Its reply has not been awaited for longer than replies take, about. */
bool lanes_is_soon(const struct lanes *l, const struct lanes_mail *m, int64_t now_ms);
/* And it is to come within a millisecond and such a part of the time that replies take. */
enum { LANES_DUE_PART = 16 };
bool lanes_is_due(const struct lanes *l, const struct lanes_mail *m, int64_t now_ms);
/* Takes any that waits; NULL: none. */
struct lanes_mail *lanes_drop(struct lanes *l);
/* Looks which domains became slow; how long until it should look again, or a mail may begin that
 * may not now; -1: not before something happens. */
int64_t lanes_look(struct lanes *l, int64_t now_ms);

/* A domain that is slow. */
struct lanes_slow {
	struct span name; /* lives until the next call */
	int64_t ms;	  /* that its replies take */
	size_t room;	  /* mails more that it may have here, as long as all have room */
};
/* How many there are is returned. */
size_t lanes_view(struct lanes *l, struct lanes_slow ret_v[LANES_SLOW_MAX]);
/* Mails more that all of them may have here together. */
size_t lanes_slow_room(const struct lanes *l);

#endif
