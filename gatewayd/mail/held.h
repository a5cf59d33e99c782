/*
 * Answers to customers: sent, or held until their author says #send.
 */
#ifndef GATEWAYD_MAIL_HELD_H
#define GATEWAYD_MAIL_HELD_H

#include "gatewayd/mail/staff_answer.h"
#include "gatewayd/post/post.h"

enum { HELD_TOLD_AFTER_S = 4 * 3600 }; /* then the queue hears that an answer waits */

/*
 * The answer goes out, its note is kept; the case is the author's when it was nobody's.  What waits
 * of the same author is replaced by it.  *ret_sent tells it in a transcript.
 */
struct answer {
	const struct conf_staff *author;
	struct store_note note;		     /* of kind NOTE_OUTBOUND */
	const struct mime_attachment *files; /* that go out */
	size_t file_count;
};
int answer_send(struct desk *d, const struct answer *a, int64_t note, struct post_command *ret_sent,
		struct err *e);

/* A note of the case as an answer, with the files that go out; its author where that is still
 * staff.  ERR_PERM: there is no such note. */
int answer_read(struct desk *d, int64_t number, int64_t note, struct answer *ret_answer,
		struct err *e);

/* ERR_PERM: the note is damaged, and what stands in it is not what its author wrote. */
int answer_has_words(const struct answer *a, struct err *e);

/* That the note `note` waits, and why. */
int held_add(struct desk *d, int64_t number, int64_t note, const struct conf_staff *author,
	     enum staff_held why, struct err *e);
/* It waits for that reason from now on. */
int held_again(struct desk *d, const struct store_held *held, enum staff_held why, struct err *e);
/* The one that the answered mail tells of: the nearest of `answers` (Message-IDs, the nearest
 * first) that is ours; id 0: none that waits. */
int held_told(struct desk *d, int64_t number, const struct span *answers, size_t n,
	      struct store_held *ret_held, struct err *e);
/* That one; where the answered mail tells neither of a held answer nor of commands, the only one of
 * `staff` that waits on the case; id 0: none. */
int held_find(struct desk *d, int64_t number, const struct conf_staff *staff,
	      const struct span *answers, size_t n, struct store_held *ret_held, struct err *e);
/* ERR_PERM: there is nothing in it to send. */
int held_send(struct desk *d, const struct store_held *held, const struct conf_staff *sender,
	      struct post_command *ret_sent, struct err *e);

size_t answer_lines(struct span text);
/* A picture that came inline with an earlier note of the same author: of a signature. */
int answer_is_logo(struct desk *d, const struct store_note *note, struct span content,
		   bool *ret_logo, struct err *e);

#endif
