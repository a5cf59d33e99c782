/*
 * Who is told of what: one table.
 *
 * A cell is an event, those who may be told of it, the mail template that tells them, and when.  Of
 * the table are made what sends (gatewayd/post/notice.h), what `gatewayctl template list` prints,
 * and the check of `queues.*.notices`, which turns cells on and off.  The cells of an event are
 * walked in this order, nobody is told of it twice, and no member of staff of what they did.
 */
#ifndef CONF_NOTICES_H
#define CONF_NOTICES_H

#include "conf/conf.h"

/* X(id, name) */
#define NOTICE_EVENTS(X)                                                                     \
	X(OPENED, "opened")		/* a mail opened a case */                           \
	X(FOLLOWED, "followed")		/* the same, about one that is over for too long */  \
	X(PROVEN, "proven")		/* a second copy of its mail proved the sender */    \
	X(PHONED, "phoned")		/* the operator opened one: a call, an import */     \
	X(NOTED, "noted")		/* somebody who is no staff added to a case */       \
	X(URGENT, "urgent")		/* a customer says so on an open case */             \
	X(ANSWERED, "answered")		/* staff wrote to the customer */                    \
	X(ASSIGNED, "assigned")		/* another owner, or none */                         \
	X(MOVED, "moved")		/* to another queue */                               \
	X(RAISED, "raised")		/* the severity */                                   \
	X(STATE, "state")		/* another state */                                  \
	X(SET, "set")			/* a colleague of the owner set it */                \
	X(JOINED, "joined")		/* or merged, unmerged or split the case */          \
	X(UNANSWERED, "unanswered")	/* its customer does not answer: remind_after */     \
	X(EXPIRED, "expired")		/* nor did later, and it was closed: close_after */  \
	X(MERGED, "merged")		/* a case into another of the same customer */       \
	X(UNMERGED, "unmerged")		/* and out of it again */                            \
	X(SPLIT, "split")		/* a note became a case of its own */                \
	X(REOPENED, "reopened")		/* a case that was over is open again */             \
	X(BOUNCED, "bounced")		/* a mail of a case was not delivered */             \
	X(RESENT, "resent")		/* an answer is sent again, to one address */        \
	X(LATE, "late")			/* an answer was not sent for hours */               \
	X(WENT, "went")			/* it went out after all */                          \
	X(COMMANDED, "commanded")	/* staff gave commands, or an answer was not sent */ \
	X(HELD, "held")			/* an answer was held and not sent since */          \
	X(MORNING, "morning")		/* of a working day, to who wants it */              \
	X(REMINDED, "reminded")		/* #remind */                                        \
	X(UNVERIFIED, "unverified")	/* From is staff, and nothing proves it */           \
	X(ELSEWHERE, "elsewhere")	/* a notice was answered from another address */     \
	X(NEAR, "near")			/* a deadline comes near */                          \
	X(MISSED, "missed")		/* a deadline was missed, or still is */             \
	X(FILED, "filed")		/* mails became no case: once a day */               \
	X(CASES, "cases")		/* many cases of one sender */                       \
	X(RELEASED, "released")		/* staff wanted cases of such mails */               \
	X(SIGN_IN, "sign-in")		/* staff asked for a link to the web pages */        \
	X(TOO_LARGE, "too-large")	/* a mail over limits.mail_bytes */                  \
	X(REFERRED, "referred")		/* a stranger wrote to a queue that takes none */    \
	X(ASKED, "asked")		/* a customer asked for the state of a case */       \
	X(ASKED_LIST, "asked-list")	/* or for a list of cases */                         \
	X(ASKED_SHOW, "asked-show")	/* or for what was written in one */                 \
	X(ASKED_SEARCH, "asked-search") /* or for known answers */                           \
	X(ASKED_HELP, "asked-help")	/* or how to ask */                                  \
	X(UNSUBSCRIBED, "unsubscribed") /* no more recommendations */                        \
	X(RECOMMENDED, "recommended")	/* a property went live */                           \
	X(MAILBOX, "mailbox")		/* it is not read */                                 \
	X(ASIDE, "aside")		/* mails wait aside because of an error */           \
	X(UNDECIDED, "undecided")	/* a mail is kept and not decided */                 \
	X(SMTP, "smtp")			/* the mail server takes no mail */                  \
	X(HOOK, "hook")			/* a webhook does not take what is posted to it */   \
	X(DISK, "disk")			/* it is nearly full */                              \
	X(CLOCK, "clock")		/* it was set */                                     \
	X(TOKEN, "token")		/* there is none, or it ends soon */                 \
	X(ROLE, "role")			/* a process does not run, or ends and ends */       \
	X(BUDGET, "budget")		/* of automatic mails to strangers: used up */       \
	X(ROOM, "room")			/* a part of core has trouble */
enum notice_event {
#define X(id, name) NOTICE_##id,
	NOTICE_EVENTS(X)
#undef X
	    NOTICE_EVENT_COUNT,
};

/* X(id, name, who reads it) */
#define NOTICE_AUDIENCES(X)                                                                       \
	X(REQUESTER, "requester", CUSTOMERS) /* or who wrote, of mails about no case */           \
	X(PARTICIPANTS, "participants", CUSTOMERS)                                                \
	X(FIRST_LINE, "reseller", CUSTOMERS) /* contacts of the account that is the first line */ \
	X(INDIRECT, "indirect", CUSTOMERS)   /* of the account that it was opened for */          \
	X(OWNER, "owner", STAFF)                                                                  \
	X(PREVIOUS, "previous-owner", STAFF)                                                      \
	X(QUEUE, "queue", STAFF)	       /* queues.*.notify */                              \
	X(OTHER_QUEUES, "other-queues", STAFF) /* that the mail was sent to as well */            \
	X(AUTHOR, "author", STAFF)	       /* the member of staff who wrote */                \
	X(HOLDER, "holder", STAFF)	       /* to whom a notice went */                        \
	X(ESCALATION, "escalation", STAFF)     /* queues.*.escalations, by level */               \
	X(OPERATORS, "operators", STAFF)       /* the configuration's operators */
enum notice_audience {
#define X(id, name, readers) NOTICE_TO_##id,
	NOTICE_AUDIENCES(X)
#undef X
	    NOTICE_AUDIENCE_COUNT,
};

/* X(id, in words) */
#define NOTICE_WHENS(X)                                                                    \
	X(ALWAYS, "")                                                                      \
	X(SINGLE, "it is not told with others of the sender")                              \
	X(UNOWNED, "it has no owner")                                                      \
	X(CLOSED, "it was closed")                                                         \
	X(NOT_CLOSED, "it was not closed")                                                 \
	X(ANSWERABLE, "the sender may get an automatic mail")                              \
	X(PASSED_ON, "the author is proven")                                               \
	X(CALLABLE, "they may get an automatic mail, and the queue has a phone or portal") \
	X(NAMED, "somebody owns it now, and no answer says so")                            \
	X(LISTED, "still among staff")                                                     \
	X(BEGINS, "it begins")                                                             \
	X(OVER, "it is over")
enum notice_when {
#define X(id, text) NOTICE_WHEN_##id,
	NOTICE_WHENS(X)
#undef X
};

/* Whether a queue that says nothing tells them.  FIXED: it cannot be turned off. */
enum notice_mode { NOTICE_OFF, NOTICE_ON, NOTICE_FIXED };

/* X(event, audience, template, when, mode) */
#define NOTICES(X)                                                     \
	X(OPENED, OWNER, "staff_new_case", SINGLE, ON)                 \
	X(OPENED, QUEUE, "staff_new_case", SINGLE, ON)                 \
	X(OPENED, OTHER_QUEUES, "staff_new_case", SINGLE, ON)          \
	X(OPENED, REQUESTER, "confirmation", ANSWERABLE, ON)           \
	X(OPENED, FIRST_LINE, "case_for_you", ALWAYS, ON)              \
	X(OPENED, INDIRECT, "case_for_you", ALWAYS, ON)                \
	X(FOLLOWED, OWNER, "staff_new_case", SINGLE, ON)               \
	X(FOLLOWED, QUEUE, "staff_new_case", SINGLE, ON)               \
	X(FOLLOWED, OTHER_QUEUES, "staff_new_case", SINGLE, ON)        \
	X(FOLLOWED, REQUESTER, "follow_up", ANSWERABLE, ON)            \
	X(FOLLOWED, FIRST_LINE, "case_for_you", ALWAYS, ON)            \
	X(FOLLOWED, INDIRECT, "case_for_you", ALWAYS, ON)              \
	X(PROVEN, REQUESTER, "confirmation", ANSWERABLE, ON)           \
	X(PHONED, OWNER, "staff_new_case", ALWAYS, ON)                 \
	X(PHONED, QUEUE, "staff_new_case", UNOWNED, ON)                \
	X(PHONED, REQUESTER, "confirmation", ANSWERABLE, ON)           \
	X(NOTED, OWNER, "owner_update", ALWAYS, ON)                    \
	X(NOTED, QUEUE, "owner_update", UNOWNED, ON)                   \
	X(NOTED, REQUESTER, "participant_note", PASSED_ON, ON)         \
	X(NOTED, PARTICIPANTS, "participant_note", PASSED_ON, ON)      \
	X(URGENT, OWNER, "case_brief", ALWAYS, ON)                     \
	X(URGENT, QUEUE, "case_brief", UNOWNED, ON)                    \
	X(URGENT, REQUESTER, "urgent", CALLABLE, ON)                   \
	X(ANSWERED, REQUESTER, "customer_reply", ALWAYS, FIXED)        \
	X(ANSWERED, PARTICIPANTS, "customer_reply", ALWAYS, ON)        \
	X(ANSWERED, OWNER, "case_brief", ALWAYS, ON)                   \
	X(ASSIGNED, REQUESTER, "owner_assigned", NAMED, ON)            \
	X(ASSIGNED, OWNER, "case_brief", ALWAYS, ON)                   \
	X(ASSIGNED, PREVIOUS, "case_brief", ALWAYS, ON)                \
	X(MOVED, OWNER, "case_brief", ALWAYS, ON)                      \
	X(MOVED, QUEUE, "case_brief", ALWAYS, ON)                      \
	X(RAISED, OWNER, "case_brief", ALWAYS, ON)                     \
	X(RAISED, QUEUE, "case_brief", UNOWNED, ON)                    \
	X(STATE, REQUESTER, "case_closed", CLOSED, ON)                 \
	X(STATE, REQUESTER, "case_state", NOT_CLOSED, ON)              \
	X(SET, OWNER, "case_brief", ALWAYS, ON)                        \
	X(JOINED, OWNER, "case_brief", ALWAYS, ON)                     \
	X(UNANSWERED, REQUESTER, "waiting_reminder", ALWAYS, ON)       \
	X(EXPIRED, REQUESTER, "case_expired", ALWAYS, ON)              \
	X(EXPIRED, OWNER, "case_brief", ALWAYS, ON)                    \
	X(EXPIRED, QUEUE, "case_brief", UNOWNED, ON)                   \
	X(MERGED, REQUESTER, "case_merged", ALWAYS, ON)                \
	X(UNMERGED, REQUESTER, "case_unmerged", ALWAYS, ON)            \
	X(SPLIT, REQUESTER, "case_split", ALWAYS, ON)                  \
	X(REOPENED, REQUESTER, "case_reopened", ALWAYS, ON)            \
	X(BOUNCED, OWNER, "not_delivered", ALWAYS, ON)                 \
	X(BOUNCED, QUEUE, "not_delivered", UNOWNED, ON)                \
	X(RESENT, REQUESTER, "customer_reply", ALWAYS, FIXED)          \
	X(LATE, OWNER, "outbox_late", ALWAYS, ON)                      \
	X(LATE, QUEUE, "outbox_late", UNOWNED, ON)                     \
	X(WENT, OWNER, "outbox_went", ALWAYS, ON)                      \
	X(WENT, QUEUE, "outbox_went", UNOWNED, ON)                     \
	X(COMMANDED, AUTHOR, "command_transcript", ALWAYS, FIXED)      \
	X(HELD, QUEUE, "answer_waits", ALWAYS, ON)                     \
	X(MORNING, AUTHOR, "morning", ALWAYS, FIXED)                   \
	X(REMINDED, AUTHOR, "case_brief", ALWAYS, FIXED)               \
	X(UNVERIFIED, AUTHOR, "staff_unverified", ALWAYS, ON)          \
	X(ELSEWHERE, OWNER, "staff_elsewhere", ALWAYS, ON)             \
	X(ELSEWHERE, QUEUE, "staff_elsewhere", UNOWNED, ON)            \
	X(ELSEWHERE, HOLDER, "staff_elsewhere", LISTED, ON)            \
	X(NEAR, OWNER, "sla_warning", ALWAYS, ON)                      \
	X(NEAR, QUEUE, "sla_warning", UNOWNED, ON)                     \
	X(MISSED, OWNER, "sla_breach", ALWAYS, ON)                     \
	X(MISSED, QUEUE, "sla_breach", UNOWNED, ON)                    \
	X(MISSED, ESCALATION, "sla_breach", ALWAYS, ON)                \
	X(FILED, QUEUE, "filed_digest", ALWAYS, ON)                    \
	X(CASES, QUEUE, "cases_digest", ALWAYS, ON)                    \
	X(RELEASED, AUTHOR, "digest_answer", ALWAYS, FIXED)            \
	X(SIGN_IN, AUTHOR, "sign_in", ALWAYS, FIXED)                   \
	X(TOO_LARGE, REQUESTER, "too_large", ANSWERABLE, ON)           \
	X(REFERRED, REQUESTER, "referral", ANSWERABLE, ON)             \
	X(ASKED, REQUESTER, "status_answer", ALWAYS, ON)               \
	X(ASKED_LIST, REQUESTER, "listing_answer", ALWAYS, ON)         \
	X(ASKED_SHOW, REQUESTER, "case_history", ALWAYS, ON)           \
	X(ASKED_SEARCH, REQUESTER, "search_answer", ALWAYS, ON)        \
	X(ASKED_HELP, REQUESTER, "help_answer", ALWAYS, ON)            \
	X(UNSUBSCRIBED, REQUESTER, "unsubscribe_done", ANSWERABLE, ON) \
	X(RECOMMENDED, REQUESTER, "recommendation", ALWAYS, ON)        \
	X(MAILBOX, OPERATORS, "trouble", BEGINS, ON)                   \
	X(MAILBOX, OPERATORS, "trouble_over", OVER, ON)                \
	X(ASIDE, OPERATORS, "trouble", BEGINS, ON)                     \
	X(ASIDE, OPERATORS, "trouble_over", OVER, ON)                  \
	X(UNDECIDED, OPERATORS, "trouble", BEGINS, ON)                 \
	X(UNDECIDED, OPERATORS, "trouble_over", OVER, ON)              \
	X(SMTP, OPERATORS, "trouble", BEGINS, ON)                      \
	X(SMTP, OPERATORS, "trouble_over", OVER, ON)                   \
	X(HOOK, OPERATORS, "trouble", BEGINS, ON)                      \
	X(HOOK, OPERATORS, "trouble_over", OVER, ON)                   \
	X(DISK, OPERATORS, "trouble", BEGINS, ON)                      \
	X(DISK, OPERATORS, "trouble_over", OVER, ON)                   \
	X(CLOCK, OPERATORS, "trouble", BEGINS, ON)                     \
	X(CLOCK, OPERATORS, "trouble_over", OVER, ON)                  \
	X(TOKEN, OPERATORS, "trouble", BEGINS, ON)                     \
	X(TOKEN, OPERATORS, "trouble_over", OVER, ON)                  \
	X(ROLE, OPERATORS, "trouble", BEGINS, ON)                      \
	X(ROLE, OPERATORS, "trouble_over", OVER, ON)                   \
	X(BUDGET, OPERATORS, "trouble", BEGINS, ON)                    \
	X(BUDGET, OPERATORS, "trouble_over", OVER, ON)                 \
	X(ROOM, OPERATORS, "trouble", BEGINS, ON)                      \
	X(ROOM, OPERATORS, "trouble_over", OVER, ON)

struct notice_cell {
	enum notice_event event;
	enum notice_audience audience;
	const char *template;
	enum notice_when when;
	enum notice_mode mode;
};
extern const struct notice_cell notice_cells[];
extern const size_t notice_cell_count;

const char *notice_event_name(enum notice_event event);
const char *notice_audience_name(enum notice_audience audience);
bool notice_for_staff(enum notice_audience audience);
const char *notice_when_text(enum notice_when when); /* "": always */

/* What `queues.*.notices` says of it, else its mode. */
bool notice_is_on(const struct notice_cell *cell, const struct conf_queue *queue);

/* An entry of that list, "opened.requester off": NULL, or what is wrong (a static text). */
const char *notice_check(const char *entry);

#endif
