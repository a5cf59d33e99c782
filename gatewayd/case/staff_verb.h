/*
 * The commands of staff, "#verb ..." at the top of a mail: one table.
 *
 * Of it are made what runs them, the list in notices, the answer to an unknown one, and the list in
 * gatewayd.8.  A row is STAFF_id, and in the words of a language WORD_USAGE_id (how it is
 * written) and WORD_HELP_id (what it does).
 */
#ifndef GATEWAYD_CASE_STAFF_VERB_H
#define GATEWAYD_CASE_STAFF_VERB_H

#include "conf/words.h"

/* X(id, verb, what runs it: staff_run_... in gatewayd/mail/staff_run.h) */
#define STAFF_VERBS(X)                        \
	X(NOTE, "note", run_note)             \
	X(TAKE, "take", run_take)             \
	X(ASSIGN, "assign", run_assign)       \
	X(WAITING, "waiting", run_waiting)    \
	X(RESOLVE, "resolve", run_resolve)    \
	X(CLOSE, "close", run_close)          \
	X(OPEN, "open", run_open)             \
	X(SEVERITY, "severity", run_severity) \
	X(QUEUE, "queue", run_queue)          \
	X(MERGE, "merge", run_merge)          \
	X(CALL, "call", run_call)             \
	X(SEND, "send", run_send)             \
	X(CC, "cc", run_cc)                   \
	X(FROM, "from", run_from)             \
	X(TO, "to", run_to)                   \
	X(ORIGINAL, "original", run_original) \
	X(FILE, "file", run_file)             \
	X(AWAY, "away", run_away)             \
	X(BACK, "back", run_back)
enum staff_verb {
#define X(id, verb, run) STAFF_##id,
	STAFF_VERBS(X)
#undef X
	    STAFF_UNKNOWN,
	STAFF_VERB_COUNT = STAFF_UNKNOWN,
};
const char *staff_verb_name(enum staff_verb verb);
enum word staff_verb_usage(enum staff_verb verb); /* not of STAFF_UNKNOWN */
enum word staff_verb_help(enum staff_verb verb);

#endif
