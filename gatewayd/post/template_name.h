/*
 * The templates there are, and the names that may stand in them: one table each, for the composer
 * and for the check of templates.  conf/templates/README.md describes them for operators.
 *
 * A name is OURS when its value is ours, staff's or the operator's, and FOREIGN when it carries
 * what somebody else chose.  Only OURS goes to a customer who is not authenticated
 * (gatewayd/README.md, invariant I7); a name that is not in the table does not go there either, so
 * that a new one has to be judged first.  A FOREIGN list takes its rows with it.
 */
#ifndef GATEWAYD_POST_TEMPLATE_NAME_H
#define GATEWAYD_POST_TEMPLATE_NAME_H

#include "gatewayd/base/str.h"

#define TEMPLATE_NAMES(X)                                                                 \
	X("case", OURS)                                                                   \
	X("queue", OURS)                                                                  \
	X("company", OURS)                                                                \
	X("reason", OURS)                                                                 \
	X("severity", OURS)                                                               \
	X("priority", OURS)                                                               \
	X("severity_label", OURS)                                                         \
	X("severity_meaning", OURS)                                                       \
	X("severity_requested", OURS) /* a number */                                      \
	X("due", OURS)                                                                    \
	X("due_zone", OURS)                                                               \
	X("phone", OURS)                                                                  \
	X("portal", OURS)                                                                 \
	X("community", OURS)                                                              \
	X("suggestions", OURS) /* of the operator's knowledge base: title, link, score */ \
	X("suggestions_found", OURS)                                                      \
	X("title", OURS)                                                                  \
	X("link", OURS)                                                                   \
	X("excerpt", OURS)   /* of an answer without link */                              \
	X("resources", OURS) /* of the queue: title, link */                              \
	X("resources_found", OURS)                                                        \
	X("team", OURS) /* of the operator's import */                                    \
	X("team_phone", OURS)                                                             \
	X("team_address", OURS)                                                           \
	X("score", OURS)                                                                  \
	X("reseller", OURS)                                                               \
	X("owner", OURS)                                                                  \
	X("state", OURS)                                                                  \
	X("commands", OURS) /* usage, does */                                             \
	X("commands_found", OURS)                                                         \
	X("usage", OURS)                                                                  \
	X("does", OURS)                                                                   \
	X("cut", OURS) /* how much of a mail is left out */                               \
	X("referral", OURS)                                                               \
	X("limit", OURS)                                                                  \
	X("property", OURS)    /* of the operator's import */                             \
	X("of_property", OURS) /* of the operator's import */                             \
	X("recommendations", OURS)                                                        \
	X("unsubscribe", OURS)                                                            \
	X("unsubscribe_url", OURS)                                                        \
	X("alike", OURS)                                                                  \
	X("take_link", FOREIGN) /* to staff only, as are the next three */                \
	X("resolve_link", FOREIGN)                                                        \
	X("waiting_link", FOREIGN)                                                        \
	X("note_link", FOREIGN)                                                           \
	X("package", FOREIGN)                                                             \
	X("open_cases", FOREIGN) /* number, subject */                                    \
	X("open_cases_found", FOREIGN)                                                    \
	X("unreachable", OURS)                                                            \
	X("trouble", OURS)                                                                \
	X("since", OURS)                                                                  \
	X("opened_for_you", OURS)                                                         \
	X("reopens_until", OURS)                                                          \
	X("over", OURS)	   /* the case that cannot be opened again */                     \
	X("closes", OURS)  /* when a case is closed that nobody answers */                \
	X("other", OURS)   /* the number of a case */                                     \
	X("follows", OURS) /* the number of a case */                                     \
	X("possibly", FOREIGN)                                                            \
	X("remark", OURS)                                                                 \
	X("behalf", OURS)                                                                 \
	X("participants", FOREIGN) /* addresses that a customer named */                  \
	X("others", FOREIGN)                                                              \
	X("outside", FOREIGN)                                                             \
	X("also_to", FOREIGN)                                                             \
	X("about", FOREIGN) /* subject of the mail that is answered */                    \
	X("via", FOREIGN)                                                                 \
	X("beside", FOREIGN) /* staff's own, for staff only */                            \
	X("reply_to", FOREIGN)                                                            \
	X("envelope", FOREIGN)                                                            \
	X("cc", FOREIGN)                                                                  \
	X("sure", FOREIGN)   /* for staff only */                                         \
	X("doubts", FOREIGN) /* doubt */                                                  \
	X("doubt", FOREIGN)                                                               \
	X("subject", FOREIGN)                                                             \
	X("customer", FOREIGN)                                                            \
	X("account", FOREIGN) /* says whose an unproven From is */                        \
	X("text", FOREIGN)                                                                \
	X("text_html", FOREIGN)                                                           \
	X("files", FOREIGN) /* file, file_type, file_size */                              \
	X("files_found", FOREIGN)                                                         \
	X("file", FOREIGN)                                                                \
	X("file_type", FOREIGN)                                                           \
	X("file_note", FOREIGN)                                                           \
	X("file_size", FOREIGN)                                                           \
	X("similar", FOREIGN)                                                             \
	X("similar_found", FOREIGN)                                                       \
	X("mails", FOREIGN) /* that became no case: number, sender, subject, why */       \
	X("mails_found", FOREIGN)                                                         \
	X("why", FOREIGN)                                                                 \
	X("count", OURS)                                                                  \
	X("example", OURS)                                                                \
	X("more", OURS)                                                                   \
	X("left_out", OURS) /* of the history: how many */                                \
	X("next", OURS)	    /* the command for the rest of a listing */                   \
	X("slip", OURS)	    /* a mail was no command */                                   \
	X("no_case", OURS)  /* the number in it */                                        \
	X("query", FOREIGN) /* what was searched for */                                   \
	X("cases", FOREIGN)                                                               \
	X("cases_found", FOREIGN)                                                         \
	X("number", FOREIGN) /* in lists of cases, as are age and late */                 \
	X("age", FOREIGN)                                                                 \
	X("late", FOREIGN)                                                                \
	X("happened", FOREIGN) /* "Sam made Tess the owner" */                            \
	X("history", FOREIGN)  /* history_at, history_who, history_kind, history_text */  \
	X("history_found", FOREIGN)                                                       \
	X("history_at", FOREIGN)                                                          \
	X("history_who", FOREIGN)                                                         \
	X("history_kind", FOREIGN)                                                        \
	X("history_text", FOREIGN)                                                        \
	X("transcript", FOREIGN)                                                          \
	X("command", FOREIGN)                                                             \
	X("result", FOREIGN)                                                              \
	X("today", FOREIGN) /* lists of cases, as are mine and waits */                   \
	X("today_found", FOREIGN)                                                         \
	X("mine", FOREIGN)                                                                \
	X("mine_found", FOREIGN)                                                          \
	X("waits", FOREIGN)                                                               \
	X("waits_found", FOREIGN)                                                         \
	X("found", FOREIGN)                                                               \
	X("line", FOREIGN)                                                                \
	X("holder", OURS)                                                                 \
	X("write_above", OURS)                                                            \
	X("held", FOREIGN) /* a line of the answer may stand in it */                     \
	X("lines", OURS)                                                                  \
	X("file_count", OURS)                                                             \
	X("hours", OURS)                                                                  \
	X("sender", FOREIGN)                                                              \
	X("recipient", FOREIGN)                                                           \
	X("answer", OURS) /* what came back is an answer of staff */                      \
	X("error", FOREIGN)                                                               \
	X("week_from", OURS)                                                              \
	X("report_queue", OURS)                                                           \
	X("week_to", OURS)                                                                \
	X("opened", OURS)                                                                 \
	X("closed", OURS)                                                                 \
	X("reopened", OURS)                                                               \
	X("before", OURS)                                                                 \
	X("backlog", OURS)                                                                \
	X("met", OURS)                                                                    \
	X("breached", OURS)                                                               \
	X("share", OURS)                                                                  \
	X("median", OURS)

/*
 * X(file without ".txt", for whom, about what): what goes to customers is shipped in more
 * languages.
 */
#define TEMPLATE_FILES(X)                         \
	X("case_for_you", CUSTOMERS, OF_CASE)     \
	X("case_closed", CUSTOMERS, OF_CASE)      \
	X("case_expired", CUSTOMERS, OF_CASE)     \
	X("case_history", CUSTOMERS, OF_CASE)     \
	X("case_merged", CUSTOMERS, OF_CASE)      \
	X("case_reopened", CUSTOMERS, OF_CASE)    \
	X("case_split", CUSTOMERS, OF_CASE)       \
	X("case_state", CUSTOMERS, OF_CASE)       \
	X("case_unmerged", CUSTOMERS, OF_CASE)    \
	X("confirmation", CUSTOMERS, OF_CASE)     \
	X("customer_reply", CUSTOMERS, OF_CASE)   \
	X("follow_up", CUSTOMERS, OF_CASE)        \
	X("help_answer", CUSTOMERS, OF_NONE)      \
	X("listing_answer", CUSTOMERS, OF_NONE)   \
	X("owner_assigned", CUSTOMERS, OF_CASE)   \
	X("participant_note", CUSTOMERS, OF_CASE) \
	X("recommendation", CUSTOMERS, OF_NONE)   \
	X("referral", CUSTOMERS, OF_NONE)         \
	X("search_answer", CUSTOMERS, OF_NONE)    \
	X("status_answer", CUSTOMERS, OF_CASE)    \
	X("too_large", CUSTOMERS, OF_NONE)        \
	X("unsubscribe_done", CUSTOMERS, OF_NONE) \
	X("urgent", CUSTOMERS, OF_CASE)           \
	X("waiting_reminder", CUSTOMERS, OF_CASE) \
	X("answer_waits", STAFF, OF_CASE)         \
	X("case_brief", STAFF, OF_CASE)           \
	X("cases_digest", STAFF, OF_NONE)         \
	X("command_transcript", STAFF, OF_CASE)   \
	X("morning", STAFF, OF_NONE)              \
	X("digest_answer", STAFF, OF_NONE)        \
	X("filed_digest", STAFF, OF_NONE)         \
	X("not_delivered", STAFF, OF_CASE)        \
	X("outbox_late", STAFF, OF_CASE)          \
	X("outbox_went", STAFF, OF_CASE)          \
	X("owner_update", STAFF, OF_CASE)         \
	X("sign_in", STAFF, OF_NONE)              \
	X("sla_breach", STAFF, OF_NONE)           \
	X("sla_warning", STAFF, OF_NONE)          \
	X("staff_new_case", STAFF, OF_CASE)       \
	X("staff_elsewhere", STAFF, OF_CASE)      \
	X("staff_unverified", STAFF, OF_CASE)     \
	X("weekly_report", STAFF, OF_NONE)        \
	X("trouble", STAFF, OF_NONE)              \
	X("trouble_over", STAFF, OF_NONE)

struct template_file {
	const char *name;
	bool for_staff, of_case;
};
extern const struct template_file template_files[];
extern const size_t template_file_count;
/* NULL: there is none of that name. */
const struct template_file *template_file_find(const char *name);

extern const char *const template_names[];
extern const size_t template_name_count;

bool template_name_known(struct span name);
/* The one in the table that was likely meant; NULL: none. */
const char *template_name_near(struct span name);
/* It is in the table, and OURS. */
bool template_name_is_ours(struct span name);

#endif
