/*
 * One erasure under way; for the files that do it (erase.c, find.c, erase_case.c, erase_mail.c).
 */
#ifndef GATEWAYD_PERSON_JOB_H
#define GATEWAYD_PERSON_JOB_H

#include "gatewayd/base/json.h"
#include "gatewayd/person/person.h"

/* First each of PERSON_TABLE_COUNT tables is read, then: */
enum job_phase {
	JOB_ITEMS = PERSON_TABLE_COUNT, /* what was found is erased, one thing a slice */
	JOB_SUMMARIES, /* what went out about no case in particular may list anybody's */
	JOB_ADDRESSES,
	JOB_FORGET, /* addresses and names that were needed until now */
	JOB_WORDS,  /* the index of words is merged */
	JOB_FILE,   /* what is left in unused parts of the file */
	JOB_DONE,
};

/* What is counted, and what it is called for people. */
#define JOB_COUNTS(X)                                                                           \
	X(JOB_CASES, "cases", "cases of this person alone")                                     \
	X(JOB_SHARED, "shared_cases", "cases with other people in them")                        \
	X(JOB_OPEN, "open_cases", "of these are open: see to them, nobody can be answered")     \
	X(JOB_NOTES, "notes", "notes")                                                          \
	X(JOB_MENTIONS, "mentions", "notes of others that name or quote this person")           \
	X(JOB_MAILS, "mails", "mails that came in")                                             \
	X(JOB_RAW, "raw_mails", "mails of others in shared cases: as they came")                \
	X(JOB_FILES, "files", "files")                                                          \
	X(JOB_OUTGOING, "outgoing", "mails that went out")                                      \
	X(JOB_CANCELLED, "cancelled",                                                           \
	  "of these waited and are not sent, but for what was under way")                       \
	X(JOB_LEFT, "left", "mails to others that wait to be sent: erase again afterwards")     \
	X(JOB_UNDECIDED, "undecided", "mails that are not decided yet: erase again afterwards") \
	X(JOB_DAMAGED, "damaged",                                                               \
	  "damaged mails: what is left goes with the files of other cases that stand in it")    \
	X(JOB_UNREAD, "unread_notes",                                                           \
	  "damaged notes of others: their words go, which may be about this person")            \
	X(JOB_EVENTS, "events", "events of cases")                                              \
	X(JOB_ADDRESS_ROWS, "address_rows", "contacts, opt-outs, dead addresses, budgets")
enum job_count {
#define X(id, name, text) id,
	JOB_COUNTS(X)
#undef X
	    JOB_COUNT_COUNT,
};

struct job_file {
	struct store_attachment row;
	bool is_damaged;
};

/* Rows that are damaged, which the answer names. */
enum job_damage {
	JOB_DAMAGED_MAILS, /* of which something is left: a content */
	JOB_DAMAGED_NOTES, /* of others, in a case: their words could not be looked at, and went */
	JOB_DAMAGE_COUNT,
};
struct job_damaged {
	struct job_damaged_row {
		int64_t id, of; /* the content, the case */
	} * v;
	size_t n;
};

struct job {
	struct desk *d;
	struct store_erasure row;
	struct person person;
	struct person_words words;
	struct job_file *files; /* that they sent to the case at hand */
	size_t file_count;
	bool whole; /* of no person: a case with everybody in it but for staff (expire.h) */
	int64_t counts[JOB_COUNT_COUNT];
	struct job_damaged damaged[JOB_DAMAGE_COUNT];
};

/* Writes down where a person was found; an address that was not known in clear is kept. */
int job_found(struct job *j, const char *kind, int64_t id, struct err *e);
/* It is one of theirs. */
bool job_has(struct job *j, struct span address);
/* One slice of a table; *ret_more: rows are left. */
int job_find(struct job *j, enum person_table table, bool *ret_more, struct err *e);
/* Each inside a transaction. */
int job_case(struct job *j, int64_t number, struct err *e);
int job_mail(struct job *j, const struct store_mail *m, bool all, struct err *e);
void job_add_damaged(struct job *j, enum job_damage what, int64_t id, int64_t of);
void job_log_left(int64_t mail_id, const struct store_left *left);
int job_outbox(struct job *j, const struct store_outbox *o, bool all, struct err *e);
/* One slice of what went out about no case: digests, deadlines, listings, reports. */
int job_summaries(struct job *j, bool *ret_more, struct err *e);

#endif
