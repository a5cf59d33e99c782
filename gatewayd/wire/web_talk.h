/*
 * What the web role asks of core, and what it is told, as messages (messages.h).
 *
 * The role holds no store: it names a page and what the browser sent, core looks at the session and
 * answers with what stands on the page, as JSON (core/board.h).
 */
#ifndef GATEWAYD_WIRE_WEB_TALK_H
#define GATEWAYD_WIRE_WEB_TALK_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/units.h"
#include "gatewayd/wire/messages.h"

/* X(id, who may see it: EVERYBODY or STAFF who are signed in) */
#define WEB_PAGES(X)                                                    \
	X(WEB_READY, EVERYBODY)	  /* is the daemon at work */           \
	X(WEB_METRICS, EVERYBODY) /* text; word: "openmetrics" or "" */ \
	X(WEB_LINK, EVERYBODY)	  /* word: the address to mail to */    \
	X(WEB_SIGN_IN, EVERYBODY) /* word: of that link */              \
	X(WEB_SIGN_OUT, EVERYBODY)                                      \
	X(WEB_UNSUBSCRIBE, EVERYBODY) /* word: the token */             \
	X(WEB_BOARD, STAFF)                                             \
	X(WEB_CASES, STAFF)  /* queue, owner, state, before */          \
	X(WEB_CASE, STAFF)   /* number, before: a note */               \
	X(WEB_SEARCH, STAFF) /* word */                                 \
	X(WEB_DEADLINES, STAFF)                                         \
	X(WEB_FILE, STAFF) /* number */
enum web_page {
#define X(id, who) id,
	WEB_PAGES(X)
#undef X
	    WEB_PAGE_COUNT,
};

enum { WEB_WAITING_MAX = 64 }; /* questions at a time */

struct web_ask {
	uint32_t id; /* the role's own, for the answer */
	enum web_page page;
	struct span session, browser; /* cookies as the browser sent them; "" */
	struct span word, queue, owner, state;
	int64_t number, before; /* 0: not given */
};
int web_ask_put(struct wire *w, const struct web_ask *ask, struct err *e);
/* Texts are in the arena. */
int web_ask_get(struct wire_in *in, struct arena *a, struct web_ask *ret_ask, struct err *e);

enum web_outcome {
	WEB_DONE,
	WEB_STRANGER,  /* nobody is signed in */
	WEB_NOT_FOUND, /* no such case, file, token */
	WEB_TROUBLE,   /* core could not */
	WEB_OUTCOME_COUNT,
};

enum { WEB_NAME_MAX = KIB }; /* bytes */
struct web_told {
	uint32_t id;
	enum web_outcome outcome;
	struct span session; /* a new one, of WEB_SIGN_IN; "" */
	struct span name;    /* of a file; put: what is longer is cut */
	struct span body;    /* get: mapped, released by web_told_release() */
};
int web_told_put(struct wire *w, const struct web_told *told, struct err *e);
int web_told_get(struct wire_in *in, struct arena *a, struct web_told *ret_told, struct err *e);
void web_told_release(struct web_told *told);

#endif
