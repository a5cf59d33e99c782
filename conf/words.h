/*
 * The words of a language that mails are made with: names of states, reasons, units, dates, what
 * commands answer.  They stand in LANGUAGE/words.conf beside the templates, are looked for in the
 * same folders, and are read when the configuration is.
 *
 * A word is a row of the tables below: its id, its group and key in the file, and the names that
 * may stand in it as {{name}}.  A new one is a row here and a line in each shipped words.conf.  A
 * file of the operator's own gives only what it changes; what a language does not have is English.
 */
#ifndef CONF_WORDS_H
#define CONF_WORDS_H

#include "conf/conf.h"
#include "conf/phrasebook.h"

#define WORDS_STATES(X, g)                                \
	X(WORD_STATE_NEW, g, "new", "")                   \
	X(WORD_STATE_OPEN, g, "open", "")                 \
	X(WORD_STATE_WAITING, g, "waiting", "")           \
	X(WORD_STATE_RESOLVED, g, "resolved", "")         \
	X(WORD_STATE_CLOSED, g, "closed", "")             \
	X(WORD_WAITS_YOU, g, "waiting_you", "")           \
	X(WORD_WAITS_CUSTOMER, g, "waiting_customer", "") \
	X(WORD_WAITS_OTHERS, g, "waiting_others", "")

/* They end a sentence: "You get this because {{reason}}." */
#define WORDS_REASONS(X, g)                                  \
	X(WORD_REASON_WROTE, g, "wrote", "address")          \
	X(WORD_REASON_STAFF, g, "staff", "queue")            \
	X(WORD_REASON_CONTACT, g, "contact", "account")      \
	X(WORD_REASON_PARTICIPANT, g, "participant", "case") \
	X(WORD_REASON_OPERATOR, g, "operator", "host")

/* What operators are told of; name: of the mailbox, the process, the part. */
#define WORDS_TROUBLES(X, g)                              \
	X(WORD_TROUBLE_MAILBOX, g, "mailbox", "name")     \
	X(WORD_TROUBLE_ASIDE, g, "aside", "name")         \
	X(WORD_TROUBLE_UNDECIDED, g, "undecided", "name") \
	X(WORD_TROUBLE_SMTP, g, "smtp", "name")           \
	X(WORD_TROUBLE_HOOK, g, "hook", "name")           \
	X(WORD_TROUBLE_DISK, g, "disk", "name")           \
	X(WORD_TROUBLE_CLOCK, g, "clock", "name")         \
	X(WORD_TROUBLE_TOKEN, g, "token", "name")         \
	X(WORD_TROUBLE_ROLE, g, "role", "name")           \
	X(WORD_TROUBLE_BUDGET, g, "budget", "name")       \
	X(WORD_TROUBLE_ROOM, g, "room", "name")

#define WORDS_UNITS(X, g)                      \
	X(WORD_HOURS, g, "hours", "n")         \
	X(WORD_BYTES, g, "bytes", "n")         \
	X(WORD_KILOBYTES, g, "kilobytes", "n") \
	X(WORD_MEGABYTES, g, "megabytes", "n")

#define WORDS_TEXTS(X, g)                                     \
	X(WORD_NO_OWNER, g, "no_owner", "")                   \
	X(WORD_NO_SUBJECT, g, "no_subject", "")               \
	X(WORD_NO_FILE_NAME, g, "no_file_name", "")           \
	X(WORD_ALIKE, g, "alike", "n")                        \
	X(WORD_LINE, g, "line", "")                           \
	X(WORD_LINES, g, "lines", "n")                        \
	X(WORD_FILE, g, "file", "")                           \
	X(WORD_FILES, g, "files", "n")                        \
	X(WORD_LINE_QUOTED, g, "line_quoted", "")             \
	X(WORD_LINES_QUOTED, g, "lines_quoted", "n")          \
	X(WORD_LINES_SIGNED, g, "lines_signed", "n")          \
	X(WORD_CUT_LARGE, g, "cut_large", "size")             \
	X(WORD_CUSTOMER_CLOSED, g, "customer_closed", "")     \
	X(WORD_CUSTOMER_REOPENED, g, "customer_reopened", "") \
	X(WORD_REPORT_UNPROVEN, g, "report_unproven", "")     \
	X(WORD_WRITE_ABOVE, g, "write_above", "")             \
	X(WORD_SEE_FILES, g, "see_files", "")                 \
	X(WORD_FILE_ASK, g, "file_ask", "n")                  \
	X(WORD_FILE_KEPT, g, "file_kept", "")                 \
	X(WORD_BEHALF_UNKNOWN, g, "behalf_unknown", "")       \
	X(WORD_NO_CONTRACT, g, "no_contract", "queue")

/* How sure we are of who wrote a mail; by: one of WORDS_VOUCHERS. */
#define WORDS_TRUST(X, g)                            \
	X(WORD_SURE_BOTH, g, "both", "by")           \
	X(WORD_SURE_BORDER, g, "border", "by")       \
	X(WORD_SURE_TOKEN, g, "token", "")           \
	X(WORD_SURE_NOT, g, "not_proven", "")        \
	X(WORD_SURE_FAILED, g, "failed", "")         \
	X(WORD_SURE_STAFF, g, "staff", "")           \
	X(WORD_SURE_OPERATOR, g, "operator", "")     \
	X(WORD_SURE_SYSTEM, g, "system", "")         \
	X(WORD_SURE_MACHINE, g, "machine", "")       \
	X(WORD_DOUBT_POSES, g, "poses", "what like") \
	X(WORD_DOUBT_MIXED, g, "mixed", "what")      \
	X(WORD_DOUBT_ALIKE, g, "alike", "what like")

/* What our border says of a sender. */
#define WORDS_VOUCHERS(X, g)               \
	X(WORD_BY_BORDER, g, "border", "") \
	X(WORD_BY_LOGIN, g, "login", "")   \
	X(WORD_BY_DMARC, g, "dmarc", "")   \
	X(WORD_BY_DKIM, g, "dkim", "")     \
	X(WORD_BY_INSIDE, g, "inside", "")

#define WORDS_DATES(X, g)                                                                 \
	X(WORD_DATE_TIME, g, "date_time", "weekday day month year hour hour_bare minute") \
	X(WORD_FIRST, g, "first", "")                                                     \
	X(WORD_SUNDAY, g, "sunday", "")                                                   \
	X(WORD_MONDAY, g, "monday", "")                                                   \
	X(WORD_TUESDAY, g, "tuesday", "")                                                 \
	X(WORD_WEDNESDAY, g, "wednesday", "")                                             \
	X(WORD_THURSDAY, g, "thursday", "")                                               \
	X(WORD_FRIDAY, g, "friday", "")                                                   \
	X(WORD_SATURDAY, g, "saturday", "")                                               \
	X(WORD_JANUARY, g, "january", "")                                                 \
	X(WORD_FEBRUARY, g, "february", "")                                               \
	X(WORD_MARCH, g, "march", "")                                                     \
	X(WORD_APRIL, g, "april", "")                                                     \
	X(WORD_MAY, g, "may", "")                                                         \
	X(WORD_JUNE, g, "june", "")                                                       \
	X(WORD_JULY, g, "july", "")                                                       \
	X(WORD_AUGUST, g, "august", "")                                                   \
	X(WORD_SEPTEMBER, g, "september", "")                                             \
	X(WORD_OCTOBER, g, "october", "")                                                 \
	X(WORD_NOVEMBER, g, "november", "")                                               \
	X(WORD_DECEMBER, g, "december", "")

/* How a command of staff is written (gatewayd/case/staff_verb.h). */
#define WORDS_USAGE(X, g)                         \
	X(WORD_USAGE_NOTE, g, "note", "")         \
	X(WORD_USAGE_TAKE, g, "take", "")         \
	X(WORD_USAGE_ASSIGN, g, "assign", "")     \
	X(WORD_USAGE_WAITING, g, "waiting", "")   \
	X(WORD_USAGE_RESOLVE, g, "resolve", "")   \
	X(WORD_USAGE_CLOSE, g, "close", "")       \
	X(WORD_USAGE_OPEN, g, "open", "")         \
	X(WORD_USAGE_SEVERITY, g, "severity", "") \
	X(WORD_USAGE_QUEUE, g, "queue", "")       \
	X(WORD_USAGE_MERGE, g, "merge", "")       \
	X(WORD_USAGE_CALL, g, "call", "")         \
	X(WORD_USAGE_SEND, g, "send", "")         \
	X(WORD_USAGE_CC, g, "cc", "")             \
	X(WORD_USAGE_FROM, g, "from", "")         \
	X(WORD_USAGE_TO, g, "to", "")             \
	X(WORD_USAGE_ORIGINAL, g, "original", "") \
	X(WORD_USAGE_FILE, g, "file", "")         \
	X(WORD_USAGE_AWAY, g, "away", "")         \
	X(WORD_USAGE_BACK, g, "back", "")         \
	X(WORD_USAGE_HELP, g, "help", "")         \
	X(WORD_USAGE_LIST, g, "list", "")         \
	X(WORD_USAGE_SHOW, g, "show", "")         \
	X(WORD_USAGE_SEARCH, g, "search", "")     \
	X(WORD_USAGE_NEW, g, "new", "")           \
	X(WORD_USAGE_SUBJECT, g, "subject", "")   \
	X(WORD_USAGE_ACCOUNT, g, "account", "")   \
	X(WORD_USAGE_LINK, g, "link", "")         \
	X(WORD_USAGE_REMIND, g, "remind", "")     \
	X(WORD_USAGE_SNIPPET, g, "snippet", "")   \
	X(WORD_USAGE_KB, g, "kb", "")             \
	X(WORD_USAGE_UNMERGE, g, "unmerge", "")   \
	X(WORD_USAGE_SPLIT, g, "split", "")       \
	X(WORD_USAGE_REOPEN, g, "reopen", "")

/* What it does. */
#define WORDS_COMMANDS(X, g)                     \
	X(WORD_HELP_NOTE, g, "note", "")         \
	X(WORD_HELP_TAKE, g, "take", "")         \
	X(WORD_HELP_ASSIGN, g, "assign", "")     \
	X(WORD_HELP_WAITING, g, "waiting", "")   \
	X(WORD_HELP_RESOLVE, g, "resolve", "")   \
	X(WORD_HELP_CLOSE, g, "close", "")       \
	X(WORD_HELP_OPEN, g, "open", "")         \
	X(WORD_HELP_SEVERITY, g, "severity", "") \
	X(WORD_HELP_QUEUE, g, "queue", "")       \
	X(WORD_HELP_MERGE, g, "merge", "")       \
	X(WORD_HELP_CALL, g, "call", "")         \
	X(WORD_HELP_SEND, g, "send", "")         \
	X(WORD_HELP_CC, g, "cc", "")             \
	X(WORD_HELP_FROM, g, "from", "")         \
	X(WORD_HELP_TO, g, "to", "")             \
	X(WORD_HELP_ORIGINAL, g, "original", "") \
	X(WORD_HELP_FILE, g, "file", "")         \
	X(WORD_HELP_AWAY, g, "away", "")         \
	X(WORD_HELP_BACK, g, "back", "")         \
	X(WORD_HELP_HELP, g, "help", "")         \
	X(WORD_HELP_LIST, g, "list", "")         \
	X(WORD_HELP_SHOW, g, "show", "")         \
	X(WORD_HELP_SEARCH, g, "search", "")     \
	X(WORD_HELP_NEW, g, "new", "")           \
	X(WORD_HELP_SUBJECT, g, "subject", "")   \
	X(WORD_HELP_ACCOUNT, g, "account", "")   \
	X(WORD_HELP_LINK, g, "link", "")         \
	X(WORD_HELP_REMIND, g, "remind", "")     \
	X(WORD_HELP_SNIPPET, g, "snippet", "")   \
	X(WORD_HELP_KB, g, "kb", "")             \
	X(WORD_HELP_UNMERGE, g, "unmerge", "")   \
	X(WORD_HELP_SPLIT, g, "split", "")       \
	X(WORD_HELP_REOPEN, g, "reopen", "")

/* What the transcript answers. */
#define WORDS_ANSWERS(X, g)                                                     \
	X(WORD_DONE_NOTE, g, "note", "")                                        \
	X(WORD_DONE_NO_NOTE, g, "no_note", "")                                  \
	X(WORD_DONE_OWNER, g, "owner", "owner")                                 \
	X(WORD_DONE_STATE, g, "state", "state")                                 \
	X(WORD_DONE_SEVERITY, g, "severity", "severity")                        \
	X(WORD_DONE_QUEUE, g, "queue", "queue")                                 \
	X(WORD_DONE_MERGE, g, "merge", "case")                                  \
	X(WORD_MERGE_LEFT, g, "merge_left", "case people")                      \
	X(WORD_DONE_CALL, g, "call", "")                                        \
	X(WORD_NOT_DONE, g, "not_done", "why")                                  \
	X(WORD_WRITE, g, "write", "usage")                                      \
	X(WORD_UNKNOWN_COMMAND, g, "unknown", "commands")                       \
	X(WORD_FURTHER_LINES, g, "further_lines", "")                           \
	X(WORD_TOO_MANY, g, "too_many", "")                                     \
	X(WORD_DONE_SEND, g, "send", "")                                        \
	X(WORD_DONE_TO, g, "to", "address")                                     \
	X(WORD_WENT_OUT, g, "went_out", "to lines files")                       \
	X(WORD_MORE, g, "more", "n")                                            \
	X(WORD_RELEASED, g, "released", "")                                     \
	X(WORD_NOT_ASIDE, g, "not_aside", "")                                   \
	X(WORD_NO_CASE_LINE, g, "no_case_line", "")                             \
	X(WORD_DONE_CC, g, "cc", "people")                                      \
	X(WORD_DONE_UNCC, g, "uncc", "people")                                  \
	X(WORD_DONE_FROM, g, "from", "address before")                          \
	X(WORD_DONE_ORIGINAL, g, "original", "")                                \
	X(WORD_DONE_FILE, g, "file", "file")                                    \
	X(WORD_UNDO, g, "undo", "done command")                                 \
	X(WORD_DONE_AWAY, g, "away", "until deputy")                            \
	X(WORD_DONE_AWAY_ALONE, g, "away_alone", "until")                       \
	X(WORD_DONE_BACK, g, "back", "")                                        \
	X(WORD_DONE_OWNER_AWAY, g, "owner_away", "owner until deputy name")     \
	X(WORD_DONE_OWNER_AWAY_ALONE, g, "owner_away_alone", "owner until")     \
	X(WORD_DONE_HELP, g, "help", "")                                        \
	X(WORD_DONE_LIST, g, "list", "first last n command")                    \
	X(WORD_DONE_LIST_CUT, g, "list_cut", "first last n command")            \
	X(WORD_DONE_LIST_NONE, g, "list_none", "")                              \
	X(WORD_LIST_ROW, g, "list_row", "case subject")                         \
	X(WORD_LIST_ABOUT, g, "list_about", "queue severity state owner")       \
	X(WORD_LIST_PRIORITY, g, "list_priority", "priority")                   \
	X(WORD_LIST_DUE, g, "list_due", "due")                                  \
	X(WORD_LIST_MISSED, g, "list_missed", "due")                            \
	X(WORD_DONE_SEARCH, g, "search", "first last n command")                \
	X(WORD_DONE_SEARCH_CUT, g, "search_cut", "first last n command")        \
	X(WORD_DONE_SHOW, g, "show", "case command")                            \
	X(WORD_DONE_SHOW_CUT, g, "show_cut", "case command")                    \
	X(WORD_DONE_SHOW_MOST, g, "show_most", "case command")                  \
	X(WORD_SHOW_SUBJECT, g, "show_subject", "subject")                      \
	X(WORD_SHOW_STATE, g, "show_state", "queue severity label state owner") \
	X(WORD_SHOW_FROM, g, "show_from", "customer")                           \
	X(WORD_SHOW_ACCOUNT, g, "show_account", "account")                      \
	X(WORD_SHOW_PEOPLE, g, "show_people", "people")                         \
	X(WORD_SHOW_OPENED, g, "show_opened", "time")                           \
	X(WORD_SHOW_DUE, g, "show_due", "clock due")                            \
	X(WORD_SHOW_MISSED, g, "show_missed", "clock due")                      \
	X(WORD_SHOW_LINK, g, "show_link", "kind case")                          \
	X(WORD_SHOW_LINKED, g, "show_linked", "kind case")                      \
	X(WORD_SHOW_NOTES, g, "show_notes", "")                                 \
	X(WORD_SHOW_NOTE, g, "show_note", "time who kind sure")                 \
	X(WORD_SHOW_LINE, g, "show_line", "")                                   \
	X(WORD_SHOW_LINES, g, "show_lines", "n")                                \
	X(WORD_SHOW_EARLIER, g, "show_earlier", "n")                            \
	X(WORD_SHOW_FILES, g, "show_files", "")                                 \
	X(WORD_SHOW_FILE, g, "show_file", "n file type bytes")                  \
	X(WORD_SHOW_HISTORY, g, "show_history", "")                             \
	X(WORD_SHOW_EVENT, g, "show_event", "time who what")                    \
	X(WORD_DONE_SEARCH_NONE, g, "search_none", "")                          \
	X(WORD_DONE_NEW, g, "new", "case customer")                             \
	X(WORD_DONE_SUBJECT, g, "subject", "subject")                           \
	X(WORD_DONE_ACCOUNT, g, "account", "account")                           \
	X(WORD_DONE_UNMERGE, g, "unmerge", "case")                              \
	X(WORD_DONE_SPLIT, g, "split", "case")                                  \
	X(WORD_DONE_LINK, g, "link", "case")                                    \
	X(WORD_DONE_UNLINK, g, "unlink", "case")                                \
	X(WORD_UNDO_SEVERITY, g, "undo_severity", "severity")                   \
	X(WORD_DONE_REMIND, g, "remind", "time")                                \
	X(WORD_DONE_NO_REMIND, g, "no_remind", "n")                             \
	X(WORD_REMINDED, g, "reminded", "")                                     \
	X(WORD_DONE_TEXT, g, "text", "")                                        \
	X(WORD_DONE_SNIPPET, g, "snippet", "name")                              \
	X(WORD_DONE_SNIPPETS, g, "snippets", "")                                \
	X(WORD_DONE_NO_SNIPPETS, g, "no_snippets", "")                          \
	X(WORD_DONE_KB, g, "kb", "name")                                        \
	X(WORD_DONE_KB_LIST, g, "kb_list", "")                                  \
	X(WORD_DONE_KB_NONE, g, "kb_none", "")                                  \
	X(WORD_NOT_KEPT, g, "not_kept", "")

/* What happened to a case, in mails to staff; who: a name, or one of the two below. */
#define WORDS_HAPPENED(X, g)                                            \
	X(WORD_MADE_OWNER, g, "owner", "who owner")                     \
	X(WORD_MADE_OWNER_BEFORE, g, "other_owner", "who owner before") \
	X(WORD_UNASSIGNED, g, "no_owner", "who before")                 \
	X(WORD_MOVED, g, "moved", "who queue before")                   \
	X(WORD_RAISED, g, "raised", "who severity before")              \
	X(WORD_SET, g, "set", "who state")                              \
	X(WORD_MERGED_AWAY, g, "merged_away", "who other")              \
	X(WORD_MERGED_IN, g, "merged_in", "who other")                  \
	X(WORD_UNMERGED, g, "unmerged", "who other")                    \
	X(WORD_SPLIT_OFF, g, "split_off", "who other")                  \
	X(WORD_EXPIRED, g, "expired", "")                               \
	X(WORD_SAYS_URGENT, g, "urgent", "who wish")                    \
	X(WORD_COLLEAGUE, g, "answered", "who")                         \
	X(WORD_THE_OPERATOR, g, "operator", "")                         \
	X(WORD_THE_POLICY, g, "policy", "")

/* The notes of a history. */
#define WORDS_HISTORY(X, g)                      \
	X(WORD_NOTE_INBOUND, g, "inbound", "")   \
	X(WORD_NOTE_OUTBOUND, g, "outbound", "") \
	X(WORD_NOTE_INTERNAL, g, "internal", "") \
	X(WORD_NOTE_SYSTEM, g, "system", "")     \
	X(WORD_HISTORY_MORE, g, "more", "n")

/* Why an answer of staff is not sent. */
#define WORDS_HELD(X, g)                              \
	X(WORD_HELD_COMMAND, g, "command", "line")    \
	X(WORD_HELD_FAILED, g, "failed", "line why")  \
	X(WORD_HELD_SLIP, g, "slip", "line")          \
	X(WORD_HELD_MANY, g, "many", "n")             \
	X(WORD_HELD_INTERNAL, g, "internal", "")      \
	X(WORD_HELD_NOTHING, g, "nothing", "")        \
	X(WORD_HELD_FILE, g, "file", "")              \
	X(WORD_HELD_SEND, g, "send", "")              \
	X(WORD_HELD_NOBODY, g, "nobody", "")          \
	X(WORD_HELD_MACHINE, g, "machine", "")        \
	X(WORD_HELD_LARGE, g, "large", "")            \
	X(WORD_HELD_OTHER, g, "other", "who at text") \
	X(WORD_HELD_CLOSED, g, "closed", "")          \
	X(WORD_HELD_UNMARKED, g, "unmarked", "line")  \
	X(WORD_HELD_BODY, g, "body", "")              \
	X(WORD_HELD_SIGNATURE, g, "signature", "")    \
	X(WORD_HELD_NOTICE, g, "notice", "line")      \
	X(WORD_HELD_WAITS, g, "waits", "line")

/* Why something is not done, in transcripts and by gatewayctl. */
#define WORDS_REFUSALS(X, g)                                      \
	X(WORD_NOT_OF_QUEUE, g, "not_of_queue", "name queue")     \
	X(WORD_NO_STAFF, g, "no_staff", "name")                   \
	X(WORD_NO_QUEUE, g, "no_queue", "name")                   \
	X(WORD_NO_LISTED, g, "no_listed", "name")                 \
	X(WORD_DID_YOU_MEAN, g, "did_you_mean", "known")          \
	X(WORD_THERE_ARE, g, "there_are", "known")                \
	X(WORD_NO_ACCOUNT, g, "no_account", "name")               \
	X(WORD_NO_CASE, g, "no_case", "case")                     \
	X(WORD_SAY_CALL, g, "say_call", "")                       \
	X(WORD_WAS_MERGED, g, "was_merged", "case into")          \
	X(WORD_NOT_NEW, g, "not_new", "case")                     \
	X(WORD_NOT_MERGED, g, "not_merged", "case")               \
	X(WORD_WHICH_MERGED, g, "which_merged", "case")           \
	X(WORD_NO_SPLIT, g, "no_split", "case")                   \
	X(WORD_NOT_OVER, g, "not_over", "case")                   \
	X(WORD_LINK_ITSELF, g, "link_itself", "case")             \
	X(WORD_MERGE_ITSELF, g, "merge_itself", "case")           \
	X(WORD_MERGE_OTHER, g, "merge_other", "case into")        \
	X(WORD_OFF_SCALE, g, "off_scale", "severity kind levels") \
	X(WORD_SAME_SEVERITY, g, "same_severity", "severity")     \
	X(WORD_NEEDS_CALL, g, "needs_call", "kind")               \
	X(WORD_NEEDS_REASON, g, "needs_reason", "")               \
	X(WORD_NONE_HELD, g, "none_held", "")                     \
	X(WORD_NO_PERSON, g, "no_person", "name")                 \
	X(WORD_NO_PARTICIPANT, g, "no_participant", "name")       \
	X(WORD_TOO_MANY_PEOPLE, g, "too_many_people", "name")     \
	X(WORD_NO_ADDRESS, g, "no_address", "name")               \
	X(WORD_NONE_CAME_BACK, g, "none_came_back", "")           \
	X(WORD_NO_ORIGINAL, g, "no_original", "")                 \
	X(WORD_NO_FILE, g, "no_file", "name")                     \
	X(WORD_NO_COMMAND, g, "no_command", "")                   \
	X(WORD_NEEDS_CASE, g, "needs_case", "")                   \
	X(WORD_NOT_YOURS, g, "not_yours", "case")                 \
	X(WORD_NOT_LINKED, g, "not_linked", "case")               \
	X(WORD_NO_SNIPPET, g, "no_snippet", "name")               \
	X(WORD_NO_ARTICLE, g, "no_article", "name")               \
	X(WORD_ONE_A_LINE, g, "one_a_line", "")                   \
	X(WORD_OWN_DEPUTY, g, "own_deputy", "")                   \
	X(WORD_PAST, g, "past", "when")                           \
	X(WORD_BELOW_NEW, g, "below_new", "line")

/* What stands for the words of people in a preview (gatewayctl template show). */
#define WORDS_SAMPLES(X, g)                                    \
	X(WORD_SAMPLE_SUBJECT, g, "subject", "")               \
	X(WORD_SAMPLE_TEXT, g, "text", "")                     \
	X(WORD_SAMPLE_CUSTOMER, g, "customer", "")             \
	X(WORD_SAMPLE_ACCOUNT, g, "account", "")               \
	X(WORD_SAMPLE_OWNER, g, "owner", "")                   \
	X(WORD_SAMPLE_ARTICLE, g, "article", "")               \
	X(WORD_SAMPLE_RECOMMENDATION, g, "recommendation", "") \
	X(WORD_SAMPLE_REFERRAL, g, "referral", "")             \
	X(WORD_SAMPLE_ERROR, g, "error", "")

/* X(group, its words) */
#define WORDS_GROUPS(G)               \
	G("states", WORDS_STATES)     \
	G("reasons", WORDS_REASONS)   \
	G("troubles", WORDS_TROUBLES) \
	G("units", WORDS_UNITS)       \
	G("texts", WORDS_TEXTS)       \
	G("trust", WORDS_TRUST)       \
	G("vouchers", WORDS_VOUCHERS) \
	G("dates", WORDS_DATES)       \
	G("usage", WORDS_USAGE)       \
	G("commands", WORDS_COMMANDS) \
	G("answers", WORDS_ANSWERS)   \
	G("happened", WORDS_HAPPENED) \
	G("history", WORDS_HISTORY)   \
	G("held", WORDS_HELD)         \
	G("refusals", WORDS_REFUSALS) \
	G("samples", WORDS_SAMPLES)

enum word {
#define X(id, g, key, names) id,
#define G(group, words)	     words(X, group)
	WORDS_GROUPS(G)
#undef G
#undef X
	    WORD_COUNT,
};

struct words_zone {
	const char *zone; /* a name of the tz database */
	const char *text; /* what people call it */
};

struct words {
	const char *language;
	const struct conf_queue *queue; /* NULL: of all that have no folder of their own */
	const char *v[WORD_COUNT];
	struct words_zone *zones;
	size_t zone_count;
	struct policy_words common; /* by which a mail is known to be in this language */
	const char *letters; /* that no other language has: "a-z", the first and the last; NULL */
	struct policy_words unsubscribe; /* with which people leave a list */
	struct policy_words customers[PHRASE_CLASS_COUNT];
	struct policy_scale *own, *shipped; /* labels and meanings of severities */
	size_t own_count, shipped_count;
};

struct loader;

/* For all languages of the conf, whose queues and folders are known by now. */
void words_read(struct loader *l);

/* Of the queue (NULL: of none), in the language, else in English, else empty ones; never NULL. */
const struct words *words_find(const struct conf *c, const struct conf_queue *queue,
			       const char *language);

/* "" when no file has it. */
struct span words_get(const struct words *w, enum word id);
/* "states.new"; and the names that may stand in it, with blanks between. */
const char *words_key(enum word id);
const char *words_names(enum word id);

/* In the words of the language, else as the policy table has it; NULL past the end of the scale. */
const char *words_label(const struct words *w, const struct policy_kind *kind, int severity);
const char *words_meaning(const struct words *w, const struct policy_kind *kind, int severity);
/* The zone's name when the words have none for it. */
struct span words_zone(const struct words *w, const char *zone);

#endif
