/*
 * Part of store.h: where a person stands, and what is put in the place of what is known of them.
 *
 * Numbers, times, states and deadlines stay.  Verbs that replace need a transaction.
 */
#ifndef STORE_STORE_PERSON_H
#define STORE_STORE_PERSON_H

#include "store/store_open.h"

/* --- keyed hashes; who has the store can try guesses --- */

int store_person_key(struct store *s, uint8_t ret_key[MAC_KEY_SIZE], struct err *e);
int store_person_set_key(struct store *s, const uint8_t key[MAC_KEY_SIZE], struct err *e);
/* Of a kind, so that a hash of one kind says nothing of another. */
int store_person_hash(struct store *s, const char *kind, struct span what,
		      uint8_t ret_hash[MAC_SIZE], struct err *e);
/* Of an address, whatever the case of its letters; for many, by the key that was read once. */
void store_person_address(const uint8_t key[MAC_KEY_SIZE], struct span address,
			  uint8_t ret_hash[MAC_SIZE]);
enum { STORE_PSEUDONYM_SIZE = 2 * MAC_SIZE + 1 };
/* The same in hex, for where an address may not stand in clear. */
int store_person_pseudonym(struct store *s, struct span address, char ret_hex[STORE_PSEUDONYM_SIZE],
			   struct err *e);

/* --- where people stand --- */

enum person_table {
	PERSON_CASES,
	PERSON_PARTICIPANTS,
	PERSON_NOTES,
	PERSON_OUTBOX,
	PERSON_MAILS, /* address: the whole From */
	PERSON_CONTACTS,
	PERSON_OPTOUTS,
	PERSON_EVENTS, /* of cases; address: all that one says that names addresses, else "" */
	PERSON_TABLE_COUNT,
};
struct store_stand {
	int64_t id, case_number; /* 0: of no case */
	struct span address, name;
};
/* Rows of the table behind that id, at most `limit`. */
int store_person_stands(struct store *s, enum person_table table, int64_t after, int limit,
			struct arena *a, struct store_stand **ret_v, size_t *ret_n, struct err *e);
/* About how many rows there are in all. */
int store_person_rows(struct store *s, int64_t *ret_rows, struct err *e);
/* The case that this one was merged into in the end, itself first, and all merged into that. */
int store_person_family(struct store *s, int64_t number, struct arena *a, int64_t **ret_v,
			size_t *ret_n, struct err *e);

/* --- what is replaced --- */

int store_person_case(struct store *s, int64_t number, struct span subject, struct span name,
		      struct span address, struct span resource, struct err *e);
struct store_person_note {
	int64_t id;
	struct span author_name, author_address, author, text, reply, message_id;
};
int store_person_note(struct store *s, const struct store_person_note *n, struct err *e);
/* The files of a note: their names, and what is in them; *ret_n how many there are. */
int store_person_files(struct store *s, int64_t note_id, struct span filename, int64_t *ret_n,
		       struct err *e);
int store_person_file(struct store *s, int64_t attachment_id, struct span filename, struct err *e);
/* The name of one, the bytes stay. */
int store_person_file_name(struct store *s, int64_t attachment_id, struct span filename,
			   struct err *e);
/* Bytes of a mail that nothing names any more: they are damaged, so that files of other notes that
 * stand in them cannot be read, and go with the last of these files. */
struct store_left {
	int64_t content; /* 0: nothing is left */
	struct err why;
};
int store_person_is_left(struct store *s, int64_t content, bool *ret_left, struct err *e);
/* What was known of it, and its bytes; identity: 32 bytes that stand for it. */
struct store_person_mail {
	int64_t id;
	struct span from, subject, message_id, reason;
	uint8_t identity[SHA256_SIZE];
};
int store_person_mail(struct store *s, const struct store_person_mail *m,
		      struct store_left *ret_left, struct err *e);
/* Its recipient, what it said, and the words of the server. */
int store_person_outbox(struct store *s, int64_t id, struct span recipient, struct span subject,
			struct err *e);
/* The bytes alone; *ret_dropped: there were some; what is left of them. */
int store_person_drop_raw(struct store *s, int64_t mail_id, bool *ret_dropped,
			  struct store_left *ret_left, struct err *e);
int store_person_drop_message(struct store *s, int64_t outbox_id, bool *ret_dropped, struct err *e);
int store_person_event(struct store *s, int64_t id, struct span actor, struct span data,
		       struct err *e);
struct store_person_reminder {
	int64_t id;
	struct span text;
};
int store_person_reminders(struct store *s, int64_t number, struct arena *a,
			   struct store_person_reminder **ret_v, size_t *ret_n, struct err *e);
int store_person_reminder(struct store *s, const struct store_person_reminder *r, struct err *e);
/* Answers that wait: never sent. */
int store_person_held(struct store *s, int64_t number, struct err *e);

/* What a case has beside its notes and is of no use without them: what staff were shown, alike
 * mails, keys of threads. */
int store_person_forget_case(struct store *s, int64_t number, struct err *e);
/* An address in one case: as a participant, and whether it can be reached. */
int store_person_leave(struct store *s, int64_t number, struct span address, struct err *e);
/* A mail in lists that wait. */
int store_person_forget_mail(struct store *s, int64_t mail_id, struct err *e);
/* An address as a contact, in opt-outs, dead addresses and budgets; *ret_n rows. */
int store_person_forget_address(struct store *s, struct span address, int64_t *ret_n,
				struct err *e);

/* --- that nothing of it is left in the files --- */

/* Old words in the index of cases go when its parts are merged, some pages at a
 * time; begin: a new round.  *ret_done: nothing is left to merge. */
int store_person_words(struct store *s, bool begin, bool *ret_done, struct err *e);
/* Outside of a transaction.  The log goes; whole: the file is written again, so that unused parts
 * of its pages are empty.  It needs as much room on the disk and reads all. */
int store_person_compact(struct store *s, bool whole, struct err *e);

#endif
