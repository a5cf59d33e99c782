/*
 * The commands of staff, "#verb ..." at the top of a mail: one table.
 *
 * Of it are made what runs them, the short list in notices, the answer to #help, and the list in
 * gatewayd-mail.7.  A row is STAFF_id, and in the words of a language WORD_USAGE_id (how it is
 * written) and WORD_HELP_id (what it does).
 */
#ifndef GATEWAYD_CASE_STAFF_VERB_H
#define GATEWAYD_CASE_STAFF_VERB_H

#include "conf/words.h"

/* X(id, verb, what runs it: staff_run_... in gatewayd/mail/staff_run.h, what it needs, where it is
 * told).  A command that needs no case is done in a mail about none, too, of staff for whom our
 * border vouches. */
#define STAFF_VERBS(X)                                       \
	X(NOTE, "note", run_note, CASE, NOTICES)             \
	X(TAKE, "take", run_take, CASE, NOTICES)             \
	X(ASSIGN, "assign", run_assign, CASE, NOTICES)       \
	X(WAITING, "waiting", run_waiting, CASE, NOTICES)    \
	X(RESOLVE, "resolve", run_resolve, CASE, NOTICES)    \
	X(CLOSE, "close", run_close, CASE, NOTICES)          \
	X(OPEN, "open", run_open, CASE, HELP)                \
	X(SEVERITY, "severity", run_severity, CASE, NOTICES) \
	X(QUEUE, "queue", run_queue, CASE, NOTICES)          \
	X(MERGE, "merge", run_merge, CASE, HELP)             \
	X(CALL, "call", run_call, CASE, HELP)                \
	X(SEND, "send", run_send, CASE, NOTICES)             \
	X(CC, "cc", run_cc, CASE, NOTICES)                   \
	X(FROM, "from", run_from, CASE, HELP)                \
	X(TO, "to", run_to, CASE, HELP)                      \
	X(ORIGINAL, "original", run_original, CASE, HELP)    \
	X(FILE, "file", run_file, CASE, HELP)                \
	X(AWAY, "away", run_away, NO_CASE, HELP)             \
	X(BACK, "back", run_back, NO_CASE, HELP)             \
	X(HELP, "help", run_help, NO_CASE, NOTICES)          \
	X(LIST, "list", run_list, NO_CASE, HELP)             \
	X(SHOW, "show", run_show, NO_CASE, NOTICES)          \
	X(SEARCH, "search", run_search, NO_CASE, HELP)       \
	X(NEW, "new", run_new, NO_CASE, HELP)                \
	X(SUBJECT, "subject", run_subject, CASE, HELP)       \
	X(ACCOUNT, "account", run_account, CASE, HELP)       \
	X(LINK, "link", run_link, CASE, HELP)                \
	X(REMIND, "remind", run_remind, CASE, HELP)          \
	X(SNIPPET, "snippet", run_snippet, NO_CASE, HELP)    \
	X(KB, "kb", run_kb, NO_CASE, HELP)                   \
	X(UNMERGE, "unmerge", run_unmerge, CASE, HELP)       \
	X(SPLIT, "split", run_split, CASE, HELP)             \
	X(REOPEN, "reopen", run_reopen, CASE, HELP)
enum staff_verb {
#define X(id, verb, runs, needs, told) STAFF_##id,
	STAFF_VERBS(X)
#undef X
	    STAFF_UNKNOWN,
	STAFF_VERB_COUNT = STAFF_UNKNOWN,
};
const char *staff_verb_name(enum staff_verb verb);
enum word staff_verb_usage(enum staff_verb verb); /* not of STAFF_UNKNOWN */
enum word staff_verb_help(enum staff_verb verb);
bool staff_verb_needs_case(enum staff_verb verb);
bool staff_verb_in_notices(enum staff_verb verb); /* else only in the answer to #help */

#endif
